"""A zygote: imports what student programs import, does a little of everything once, then forks a child per box.

It must never have a second thread: a lock that another thread holds at the fork is held for ever in the child, and
OpenMP after a fork hangs where the parent ever ran with two threads.
"""

import contextlib
import functools
import gc
import importlib
import os
import pkgutil
import signal
import socket
import stat
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final, NoReturn

from ..confinement import layers as confinement
from ..confinement import syscalls, view
from ..wire import control

# What each image has imported before a box is opened. A program that needs more imports it in its box.
IMAGES: Final[dict[str, tuple[str, ...]]] = {
    "numpy": (
        "numpy",
        "numpy.random",
        "numpy.linalg",
        "numpy.fft",
        "matplotlib.pyplot",
        "scipy.special",
        "PIL.Image",
        "PIL.PngImagePlugin",
        "PIL.JpegImagePlugin",
        "tqdm",
        "urllib.request",
        "http.client",
    ),
    "torch": (
        "torch",
        "torch.nn.functional",
        "torch.optim",
        "torch.optim.lr_scheduler",
        "torch.utils.data",
        "torchvision",
        "torchvision.models",
        "torchvision.transforms",
        "torchvision.transforms.v2",
        "torchvision.datasets",
        "scipy.stats",
        "scipy.ndimage",
        "pandas",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.datasets",
    ),
}
WITHOUT_TORCH: Final = "numpy"


@functools.cache
def others_reach_interpreter() -> bool:
    """Whether a uid that owns nothing could read this interpreter.

    Without a view of our own, paths keep their modes.
    """
    paths = [Path(path) for path in view.interpreter_paths()]
    folders = {folder for path in paths for folder in [path, *path.parents] if folder.is_dir()}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def main(name: str, channel: socket.socket, settings: dict[str, Any], *, tier: str, inner_root: bool) -> NoReturn:
    """Warm up, then fork on request until the warden is gone."""
    confinement.die_with_parent()
    syscalls.name_process(f"chainrule-{name}"[:15])
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        _warm_up(name, settings, tier)
        if len(os.listdir("/proc/self/task")) != 1:
            raise RuntimeError("more than one thread")  # noqa: TRY301 - told like any other fault
    except BaseException as fault:
        said = f"{type(fault).__name__}: {fault}"[:2000]
        sys.stderr.write(f"chainrule: the {name} zygote did not start: {said}\n")
        with contextlib.suppress(control.Gone):
            control.send(channel, {"fault": said})
        os._exit(1)
    with contextlib.suppress(control.Gone):
        control.send(channel, {"ready": name})
        _Forker(name, channel, settings, tier=tier, inner_root=inner_root).run()
    os._exit(0)


class _Forker:
    """Forks students and reports their births and deaths."""

    def __init__(
        self, name: str, channel: socket.socket, settings: dict[str, Any], *, tier: str, inner_root: bool
    ) -> None:
        self.name, self.channel, self.settings = name, channel, settings
        self.tier, self.inner_root = tier, inner_root
        self.children: dict[int, str] = {}

    def run(self) -> None:
        import select

        waker, wakee = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakee, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        poll.register(waker, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if waker in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(waker, 4096)
                self._reap()
            if self.channel.fileno() in ready:
                request, descriptors = control.receive(self.channel)
                try:
                    self._fork(request, descriptors)
                finally:
                    control.close(descriptors)

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> None:
        hatch, rest = descriptors[0], descriptors[1:]
        namespaces, joins = (rest[0], rest[1:]) if request["namespaces"] else (-1, rest)
        groups = dict(zip(request["cgroups"], joins, strict=True))
        if namespaces >= 0:
            # Only children go there; the next request names the next place.
            syscalls.setns(namespaces, syscalls.CLONE_NEWPID)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            from . import student

            place = student.StudentPlace(
                hatch,
                namespaces,
                groups,
                self.settings,
                self.name,
                str(request["folder"]),
                int(request["uid"]),
                tier=self.tier,
                inner_root=self.inner_root,
                granted=bool(request["granted"]),
            )
            student.main(place)
        self.children[pid] = str(request["student"])
        pidfd = os.pidfd_open(pid)
        try:
            control.send(self.channel, {"student": request["student"], "born": pid}, (pidfd,))
        finally:
            os.close(pidfd)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if not (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
                # Stopped: a child that asked to be traced. It has no business to.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                continue
            control.send(
                self.channel,
                {
                    "student": self.children.pop(pid, ""),
                    "gone": pid,
                    "status": status,
                    "cpu_s": usage.ru_utime + usage.ru_stime,
                    "peak_bytes": usage.ru_maxrss * 1024,
                },
            )


def _warm_up(name: str, settings: dict[str, Any], tier: str) -> None:
    scratch = view.BOX if tier == "full" else settings["run_dir"]
    os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="fonts-", dir=scratch)
    os.environ["TMPDIR"] = scratch
    warnings.simplefilter("ignore")
    wanted = IMAGES["numpy"] + (IMAGES["torch"] if name != WITHOUT_TORCH else ())
    import matplotlib as mpl

    mpl.use("Agg")
    for module in wanted:
        # A machine without, say, scikit-learn still grades what does not need it.
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(module)
    _prewarm_figures()
    if "torch" in sys.modules:
        _prewarm_torch()
    _import_ours(with_torch=name != WITHOUT_TORCH)
    warnings.resetwarnings()
    del os.environ["MPLCONFIGDIR"], os.environ["TMPDIR"]
    tempfile.tempdir = None
    # What is here now is never garbage; a collection in a box must not touch, and so copy, its pages.
    gc.collect()
    gc.freeze()


def _prewarm_figures() -> None:
    """The first figure finds fonts and fills caches: once, for all boxes."""
    import io

    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0], label="a")
    axes.imshow([[0, 1], [1, 0]])
    axes.set_title("Title $x^2$")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    plt.close("all")


def _prewarm_torch() -> None:
    """The first optimizer, convolution and loader import hundreds of modules each: once, for all boxes."""
    import torch

    torch.set_num_threads(1)
    with contextlib.suppress(RuntimeError):
        torch.set_num_interop_threads(1)
    image = torch.zeros(2, 3, 8, 8)
    layers = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.LazyLinear(2)
    )
    layers(image)
    for kind in (torch.optim.Adam, torch.optim.SGD, torch.optim.AdamW):
        optimizer = kind(layers.parameters(), lr=0.1)
        loss: Any = torch.nn.functional.cross_entropy(layers(image), torch.tensor([0, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for _ in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(image), batch_size=2):
        pass


def _import_ours(*, with_torch: bool) -> None:
    """Everything of this package, so that no box reads it from disk, and drivers are registered."""
    package = importlib.import_module((__package__ or "chainrule_guest.processes").rpartition(".")[0])
    if not with_torch:
        # `None` makes `import torch` an ImportError: a driver module that needs it is left out here.
        sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith((".boot", ".warden")):
                try:
                    importlib.import_module(found.name)
                except ImportError:
                    if with_torch:
                        raise
    finally:
        if not with_torch:
            del sys.modules["torch"]
