"""A program that wants a GPU, computed on the CPU.

`torch.cuda.is_available()` stays False: it is the truth, and a program that chooses by it then takes the way that its
author wrote for such a machine, which needs nothing of ours. What would fail for want of a GPU is served instead: what
is asked about the device, its timers and streams, tensors made or sent there. Only where a program insists (asserts,
raises, leaves, or does its work under that condition alone) is the condition answered for it: see `adapting`.
"""

import contextlib
import functools
import sys
import time
import types
from collections.abc import Callable
from typing import Any, Self

from .old_libraries import asked_by_student
from .state import ProgramState

NO_GPU = "there is no GPU here: what was sent to it was computed on the CPU"
INSISTED = "there is no GPU here: where the program insists on one, it went on without"
ACCELERATORS = ("cuda", "mps", "xpu")
QUIET = (
    "set_device", "synchronize", "empty_cache", "reset_peak_memory_stats", "reset_max_memory_allocated",
    "reset_max_memory_cached", "reset_accumulated_memory_stats", "ipc_collect", "init", "set_stream",
    "set_per_process_memory_fraction", "manual_seed", "manual_seed_all", "seed", "seed_all",
)  # fmt: skip
"""Of torch.cuda: give nothing back, and do nothing here."""

NUMBERS = (
    "memory_allocated", "max_memory_allocated", "memory_reserved", "max_memory_reserved", "memory_cached",
    "max_memory_cached", "current_device", "utilization", "memory_usage", "temperature", "power_draw", "clock_rate",
)  # fmt: skip
"""Of torch.cuda: 0 here."""

MEMORY = 16 << 30
TENSORS = ("Float", "Double", "Half", "BFloat16", "Byte", "Char", "Short", "Int", "Long", "Bool")


class Properties:
    """What `torch.cuda.get_device_properties` says."""

    name = "no GPU (computed on the CPU)"
    major, minor, multi_processor_count, warp_size = 7, 5, 1, 32
    total_memory, L2_cache_size = MEMORY, 4 << 20
    max_threads_per_multi_processor = 1024
    is_integrated = is_multi_gpu_board = 0
    gcnArchName = uuid = ""

    def __repr__(self) -> str:
        return f"_CudaDeviceProperties(name={self.name!r}, major={self.major}, minor={self.minor})"


class Event:
    """torch.cuda.Event by the clock."""

    def __init__(self, *_: object, **__: object) -> None:
        self.at: float | None = None

    def record(self, *_: object) -> None:
        """Now."""
        self.at = time.perf_counter()

    def elapsed_time(self, end: "Event") -> float:
        """Milliseconds between two events."""
        if self.at is None or end.at is None:
            raise RuntimeError("Both events must be recorded before calculating elapsed time.")
        return (end.at - self.at) * 1000

    def query(self) -> bool:
        """Everything is done at once here."""
        return True

    def wait(self, *_: object) -> None:
        """Nothing to wait for."""

    synchronize = wait


class Stream:
    """torch.cuda.Stream, and whatever is entered to compute somewhere: it is all one here."""

    cuda_stream = device_index = 0

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def wait_stream(self, *_: object) -> None:
        """Nothing to wait for."""

    wait_event = synchronize = wait_stream

    def record_event(self, event: Event | None = None) -> Event:
        """An event, recorded now."""
        event = event or Event()
        event.record()
        return event

    def query(self) -> bool:
        """Everything is done at once here."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def is_accelerator(value: Any) -> bool:
    """Whether a device, or what names one, is not the CPU."""
    if isinstance(value, str):
        return value.split(":")[0] in ACCELERATORS
    return isinstance(value, sys.modules["torch"].device) and value.type in ACCELERATORS


def on_the_cpu(program: ProgramState, function: Callable[..., Any], *, numbered: bool = False) -> Callable[..., Any]:
    """The function, with every GPU among its arguments replaced.

    Args:
        program: is told.
        function: any.
        numbered: whether its first argument may be a GPU's number, as that of `.to`.
    """

    def number(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def call(*args: Any, **kwargs: Any) -> Any:
        gpus = [is_accelerator(a) or (numbered and i == 1 and number(a)) for i, a in enumerate(args)]
        named = {k for k, v in kwargs.items() if is_accelerator(v) or (k == "device" and number(v))}
        if named or any(gpus):
            program.mended(NO_GPU)
            args = tuple("cpu" if gpu else a for a, gpu in zip(args, gpus, strict=True))
            kwargs = {k: "cpu" if k in named else v for k, v in kwargs.items()}
        return function(*args, **kwargs)

    call.__name__ = getattr(function, "__name__", "call")
    call.__doc__ = function.__doc__
    return call


def install(program: ProgramState) -> None:
    """Serve on the CPU what asks for a GPU."""
    import torch
    from torch.utils import _device

    def stay(self: Any, *_: object, **__: object) -> Any:
        program.mended(NO_GPU)
        return self

    tensor, module, top, devices = (_loose(x) for x in (torch.Tensor, torch.nn.Module, torch, _device.DeviceContext))
    for kind in (tensor, module):
        kind.cuda = kind.xpu = stay
        kind.to = on_the_cpu(program, kind.to, numbered=True)
    module.to_empty = on_the_cpu(program, module.to_empty)
    torch.UntypedStorage.cuda = torch.TypedStorage.cuda = stay  # type: ignore[method-assign]
    tensor.pin_memory = lambda self, *_, **__: self
    tensor.record_stream = lambda *_, **__: None
    for name in ("new_tensor", "new_zeros", "new_ones", "new_full", "new_empty"):
        setattr(tensor, name, on_the_cpu(program, getattr(tensor, name)))
    makers = {f.__name__ for f in _device._device_constructors()}  # noqa: SLF001 - torch's own list
    liked = {"rand_like", "randn_like", "randint_like", "zeros_like", "ones_like", "full_like", "empty_like"}
    for name in sorted(makers | liked | {"as_tensor", "load", "set_default_device"}):
        if hasattr(torch, name):
            setattr(torch, name, on_the_cpu(program, getattr(torch, name)))
    torch.version.cuda = torch.version.cuda or "12.4"
    devices.__init__ = on_the_cpu(program, devices.__init__)  # `with torch.device("cuda"):`
    top.Generator = _generators(program, torch.Generator)
    tensor.type = _by_cpu_type(tensor.type)
    top.set_default_tensor_type = _by_cpu_type(top.set_default_tensor_type)
    _serve_questions(program)
    _serve_mixed_precision(program)


def _loose(value: Any) -> Any:
    """A library's object, to change."""
    return value


def _serve_questions(program: ProgramState) -> None:
    """What is asked of torch.cuda itself."""
    import torch

    cuda: Any = torch.cuda

    def serve(name: str, function: Callable[..., Any]) -> None:
        if hasattr(cuda, name):
            setattr(cuda, name, function)

    def answer(value: Any) -> Callable[..., Any]:
        def say(*_: object, **__: object) -> Any:
            program.mended("there is no GPU here: what was asked about it was answered for the CPU")
            return value

        return say

    for name in QUIET:
        serve(name, lambda *_, **__: None)
    for name in NUMBERS:
        serve(name, answer(0))
    properties = Properties()
    for name, value in {
        "mem_get_info": (MEMORY, MEMORY),
        "get_device_name": properties.name,
        "get_device_properties": properties,
        "get_device_capability": (properties.major, properties.minor),
        "is_bf16_supported": False,
        "memory_summary": "",
        "list_gpu_processes": "",
        "get_arch_list": [],
    }.items():
        serve(name, answer(value))
    for name in ("memory_stats", "memory_snapshot"):
        serve(name, lambda *_, **__: {})
    serve("get_rng_state", lambda *_, **__: torch.get_rng_state())
    serve("set_rng_state", lambda *_, **__: None)
    count = cuda.device_count
    # Libraries hear the truth; a program that goes over its GPUs, or shares a batch among them, has one.
    serve("device_count", lambda: max(1, count()) if asked_by_student(program) else count())
    cuda.Event, cuda.Stream, cuda.ExternalStream = Event, Stream, Stream
    cuda.device = cuda.device_of = Stream
    cuda.stream = cuda.StreamContext = cuda.current_stream = cuda.default_stream = Stream
    nothing = types.SimpleNamespace(
        range_push=lambda *_: 0, range_pop=lambda *_: 0, mark=lambda *_: None, range=lambda *_, **__: Stream()
    )
    cuda.nvtx = nothing
    for kind in TENSORS:
        with contextlib.suppress(AttributeError):
            setattr(cuda, f"{kind}Tensor", getattr(torch, f"{kind}Tensor"))


def _serve_mixed_precision(program: ProgramState) -> None:
    """Autocast for a GPU changes nothing here, and its gradients need no scaling."""
    import torch

    autocast, scaler = _loose(torch.autocast), _loose(torch.amp.GradScaler)
    enter_autocast, make_scaler = autocast.__init__, scaler.__init__

    @functools.wraps(enter_autocast)
    def cast(self: Any, device_type: Any = "cpu", *args: Any, **kwargs: Any) -> None:
        if is_accelerator(device_type):
            program.mended("there is no GPU here: mixed precision for it was left out")
            enter_autocast(self, "cpu", enabled=False)
            return
        enter_autocast(self, device_type, *args, **kwargs)

    @functools.wraps(make_scaler)
    def scale(self: Any, *_: Any, **__: Any) -> None:
        make_scaler(self, "cpu", enabled=False)

    autocast.__init__, scaler.__init__ = cast, scale


def _generators(program: ProgramState, made: Any) -> Any:
    """A `torch.Generator` for any device, which makes ordinary ones for the CPU."""

    class Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, made)

    class Generator(metaclass=Meta):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return on_the_cpu(program, made)(*args, **kwargs)

    return Generator


def _by_cpu_type(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with `"torch.cuda.FloatTensor"` read as the CPU's type."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        def plain(value: Any) -> Any:
            return value.replace("torch.cuda.", "torch.") if isinstance(value, str) else value

        return function(*map(plain, args), **{k: plain(v) for k, v in kwargs.items()})

    return call


def serve_compilers(program: ProgramState) -> None:
    """`torch.compile` gives back what it is given: there is no compiler in the box, and the answers are the same."""
    import torch

    top, module = _loose(torch), _loose(torch.nn.Module)

    def compiled(model: Any = None, **_: object) -> Any:
        program.mended("torch.compile was left out: there is no compiler here, and what it is given works without")
        module._orig_mod = property(lambda self: self)  # noqa: SLF001 - what a compiled network calls its own
        return (lambda function: function) if model is None else model

    top.compile = compiled
    module.compile = lambda self, *_, **__: compiled(self) and None
