"""Questions about small convolutional networks: what is called in which order, and what comes out with given weights.

A course that builds a network in steps keeps one class for each step, or only the last state; `main` may never have
been called. `image_networks_exercised` calls what is there, so that the recorder sees it.
"""

import contextlib
import copy
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..program.loader import VERSIONS, signature
from ..program.state import ProgramState
from . import DriverError, driver
from .vision import watch_of

MOST_CLASSES = 12
MOST_LAYERS = 64
SHORT = {
    "batch_size": 4, "batchsize": 4, "bs": 4, "bsize": 4, "taille_batch": 4, "batch": 4, "nbatch": 4,
    "lr": 0.05, "learning_rate": 0.05, "learningrate": 0.05, "eta": 0.05, "pas": 0.05,
    "epochs": 3, "epoch": 3, "num_epochs": 3, "n_epochs": 3, "nb_epochs": 3, "nepochs": 3, "epoques": 3,
    "cuda": False, "use_cuda": False, "gpu": False,
}  # fmt: skip
"""Arguments with which a program's own functions train next to nothing."""

BUNDLES = {"params", "args", "opt", "opts", "options", "hparams", "config", "parametres"}
"""Names of an argument that holds all of them as attributes, as `argparse` gives it."""


@driver("image_networks_exercised")
def exercised(program: ProgramState, trains: Sequence[str], loads: Sequence[str]) -> list[str]:
    """Call what the program defines and never called: training functions, data functions, networks.

    Args:
        program: the student's.
        trains: names of functions that train (`main`); the last version of each is called where nothing was trained.
        loads: names of functions that give data loaders; called where no data set was opened.

    Returns:
        One sentence for each call: what was called, and what it raised.
    """
    watch = watch_of(program)
    said: list[str] = []
    for names, there, lack in ((trains, _trained, "nothing had been trained"), (loads, _loaded, "no data were loaded")):
        said += [
            f"{f.__name__} was called, because {lack}{_called(f)}"[:300]
            for f in _own(program, names)
            if not there(watch)
        ]
    known = {type(network.module) for network in watch.networks.networks}
    for kind in _classes(program):
        if kind in known:
            continue
        with contextlib.suppress(Exception):
            watch.networks.network(kind())
    return said


def _own(program: ProgramState, names: Sequence[str]) -> list[types.FunctionType]:
    """The program's functions of these names, in the order of the names."""
    folded = {name.replace("_", "").casefold(): value for name, value in program.namespace.items()}
    found = [folded.get(name.replace("_", "").casefold()) for name in names]
    return [f for f in found if isinstance(f, types.FunctionType)]


def _trained(watch: Any) -> bool:
    return any(made.useful_steps for made in watch.training.optimizers)


def _loaded(watch: Any) -> bool:
    return bool(watch.loading.loaders)


def _called(function: types.FunctionType) -> str:
    """Call a function with small numbers: ", and raised ...", or nothing."""
    names, required = signature(function)
    given: dict[str, Any] = {}
    for place, parameter in enumerate(names):
        folded = parameter.casefold()
        short: Any = SHORT.get(folded)
        if folded in BUNDLES:
            short = types.SimpleNamespace(**SHORT, path="datasets", momentum=0.9, workers=0)
        if short is not None or place < required:
            given[parameter] = short
    try:
        function(**given)
    except Exception as fault:
        return f", and raised {type(fault).__name__}: {fault}"
    return ""


def _classes(program: ProgramState) -> Iterator[type[nn.Module]]:
    """The program's own networks that can be made without arguments, every version."""
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    found = [v for versions in table.values() for v in versions.values()]
    kinds = [k for k in found if isinstance(k, type) and issubclass(k, nn.Module) and not signature(k)[1]]
    yield from kinds[:MOST_CLASSES]


@driver("image_network_layers")
def layers(program: ProgramState, network: int, images: Any) -> dict[str, Any]:
    """Which layers a network calls for these images, in order, in evaluation mode.

    Returns:
        `layers`: for each `kind` (the class's name), `name`, `tensors` (name → shape) and `out` (shape of its output);
        `raised`: what stopped it, or ""; `taken`: torch's own functions that it called of those that are watched.
    """
    module = copied_network(program, network).eval()
    calls = watch_of(program).gradients.calls
    before = dict(calls)
    seen: list[dict[str, Any]] = []
    raised = ""
    with watch_of(program).paused(), _hooked(module, seen), torch.no_grad():
        try:
            module(torch.as_tensor(images))
        except Exception as fault:
            raised = f"{type(fault).__name__}: {fault}"[:300]
    taken = [name for name, count in calls.items() if count > before[name]]
    return {"layers": seen[:MOST_LAYERS], "raised": raised, "taken": taken}


@contextlib.contextmanager
def _hooked(module: nn.Module, seen: list[dict[str, Any]]) -> Iterator[None]:
    handles = []
    for name, layer in module.named_modules():
        if next(layer.children(), None) is not None:
            continue

        def note(layer: nn.Module, _: Any, out: Any, name: str = name) -> None:
            if len(seen) < MOST_LAYERS:
                tensors = {k: list(v.shape) for k, v in layer.state_dict().items() if isinstance(v, Tensor)}
                shape = list(out.shape) if isinstance(out, Tensor) else []
                seen.append({"kind": type(layer).__name__[:60], "name": name[:200], "tensors": tensors, "out": shape})

        handles.append(layer.register_forward_hook(note))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def copied_network(program: ProgramState, network: int) -> nn.Module:
    """A copy of a network on the CPU: what is asked of it changes nothing that later questions see."""
    known = watch_of(program).networks.networks
    if not 0 <= network < len(known):
        raise DriverError(f"there is no network {network}: ask vision_inventory first")
    with watch_of(program).paused():
        module = copy.deepcopy(known[network].module).float().cpu()
        if not all(bool(torch.isfinite(p).all()) for p in module.parameters()):
            # A training that diverged leaves nothing to look at.
            for layer in module.modules():
                if callable(reset := getattr(layer, "reset_parameters", None)):
                    reset()
        return module


@driver("image_network_outputs")
def outputs(
    program: ProgramState, network: int, state: Mapping[str, Any], images: Any, *, training: int = 0
) -> dict[str, Any]:
    """What a network puts out for images, with given tensors in place of its own.

    Args:
        program: the student's.
        network: its number.
        state: tensor name → values; the others stay.
        images: (n, 3, height, width), float32.
        training: so many passes in training mode instead of two in evaluation mode.

    Returns:
        `passes`: one output for each pass; `entered`: for each pass, what entered each linear layer in order;
        `raised`: what stopped it, or "".
    """
    module = copied_network(program, network)
    watch = watch_of(program)
    entered: list[list[Tensor]] = []
    passes: list[Tensor] = []
    with watch.paused():
        module.load_state_dict({k: torch.as_tensor(v) for k, v in state.items()}, strict=False)
        module.train(bool(training))
        for layer in module.modules():
            if isinstance(layer, nn.Linear):
                layer.register_forward_pre_hook(lambda _, given: entered[-1].append(given[0].detach().clone()))
        try:
            for _ in range(training or 2):
                entered.append([])
                with torch.no_grad():
                    passes.append(module(torch.as_tensor(images).clone()))
        except Exception as fault:
            said = f"{type(fault).__name__}: {fault}"[:300]
            return {"passes": [], "entered": [], "raised": said}
    return {"passes": passes, "entered": entered, "raised": ""}
