"""Questions to the things that `vision_inventory` numbered. Arrays go out as they are; the judge compares."""

import copy
import inspect
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from ..program.state import ProgramState
from ..watching.networks import State, WatchedNetwork, copied, tensors_of
from . import DriverError, driver
from .vision import _values, watch_of

MOST_TITLE = 60


def _at(things: Sequence[Any], number: int, what: str) -> Any:
    if not 0 <= number < len(things):
        raise DriverError(f"there is no {what} {number}: ask vision_inventory first")
    return things[number]


# -- networks -------------------------------------------------------------------------------------------


@driver("vision_entries")
def entries(program: ProgramState, network: int, positions: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Some entries of a network's tensors as they were before training.

    Args:
        program: the student's.
        network: its number.
        positions: tensor name → flat positions.

    Returns:
        `start`: parameters just before the first step, statistics before the pass that led to it; `first`: both
        before the first pass in training mode. What was never trained is as it is now.
    """
    found = _at(watch_of(program).networks.networks, network, "network")
    now = tensors_of(found.module)
    first: State = found.first or {}
    start = _before_training(found)

    def take(state: State) -> dict[str, Any]:
        picked = {}
        for name, where in positions.items():
            value = state.get(name)
            if isinstance(value, Tensor):
                flat = value.detach().cpu().reshape(-1)
                index = torch.as_tensor(np.asarray(where, dtype=np.int64))
                picked[name] = flat[index[index < flat.numel()]].double()
        return picked

    return {"start": take(start), "first": take({**now, **first})}


def _before_training(network: WatchedNetwork) -> State:
    """A network's tensors as they were before its first optimizer step; now, where there was none."""
    return {
        **tensors_of(network.module),
        **(network.first or {}),
        **(network.at_step or {}),
        **(network.buffers or {}),
    }


@driver("vision_state")
def state(program: ProgramState, network: int, fed: int = -1) -> dict[str, Tensor]:
    """All tensors of a network: now, or as they were when the images `fed` went through it."""
    watch = watch_of(program)
    found = _at(watch.networks.networks, network, "network")
    if fed >= 0:
        given = _at(watch.networks.inputs, fed, "input")
        if given.state is not None:
            return dict(given.state)
        if not given.steps and found.steps:
            return _before_training(found)
    return copied(tensors_of(found.module))


@driver("vision_images")
def images(program: ProgramState, fed: int) -> Tensor:
    """Images that entered a first convolution: (n, 3, height, width), float32."""
    found = _at(watch_of(program).networks.inputs, fed, "input")
    if not isinstance(found.images, Tensor):
        raise DriverError("these images are no tensor")
    return found.images


@driver("vision_pictures")
def pictures(program: ProgramState) -> list[dict[str, Any]]:
    """What was drawn, grouped by figure, shape and the images that were fed last.

    Returns:
        For each group `figure`, `fed` (number of the input or -1), `titles` and `arrays` (n, h, w[, channels]).
    """
    watch = watch_of(program)
    numbers = {id(fed): i for i, fed in enumerate(watch.networks.inputs)}
    groups: dict[tuple[int, int, tuple[int, ...], str], list[Any]] = defaultdict(list)
    for drawn in watch.pictures.drawn:
        fed = numbers.get(drawn.fed, -1)
        groups[drawn.figure, fed, drawn.array.shape, drawn.array.dtype.str].append(drawn)
    return [
        {
            "figure": figure,
            "fed": fed,
            "titles": [str(d.axes.get_title())[:MOST_TITLE] for d in group],
            "arrays": np.stack([d.array for d in group]),
        }
        for (figure, fed, _, _), group in groups.items()
    ]


# -- training -------------------------------------------------------------------------------------------


@driver("vision_steps")
def steps(program: ProgramState, optimizer: int, start: Any, gradients: Sequence[Any]) -> Tensor:
    """Where an optimizer like the student's goes from `start` when it is handed these gradients.

    A copy with the same options as when it was made, no memory, and one parameter.

    Returns:
        (steps, *shape), float64.
    """
    watch = watch_of(program)
    made = _at(watch.training.optimizers, optimizer, "optimizer")
    with watch.paused():
        theta = torch.nn.Parameter(torch.as_tensor(np.asarray(start, dtype=np.float64)).clone())
        twin = copy.copy(made.optimizer)
        for name in ("step", "zero_grad"):
            twin.__dict__.pop(name, None)
        twin.state = defaultdict(dict)
        twin.param_groups = [{**made.groups[0], "params": [theta]}]
        return _walk(lambda: type(twin).step(twin), theta, gradients)


@driver("vision_own_steps")
def own_steps(program: ProgramState, name: str, start: Any, gradients: Sequence[Any]) -> dict[str, Any]:
    """The same for an optimizer written without torch's base class: it is constructed again with the options it holds.

    Returns:
        `path` (steps, *shape) and `options`, the numbers it was constructed with.
    """
    watch = watch_of(program)
    with watch.paused():
        value = dict(_values(watch.namespace)).get(name)
        if value is None:
            raise DriverError(f"nothing is called {name!r}")
        theta = torch.nn.Parameter(torch.as_tensor(np.asarray(start, dtype=np.float64)).clone())
        options: dict[str, Any] = {}
        _, *others = inspect.signature(type(value)).parameters.values()
        for parameter in others:
            for attribute in (parameter.name, f"_{parameter.name}"):
                held = getattr(value, attribute, None)
                if isinstance(held, bool | int | float | tuple):
                    options[parameter.name] = held
                    break
        twin = type(value)([theta], **options)
        path = _walk(twin.step, theta, gradients)
        return {"path": path, "options": {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}}


def _walk(step: Callable[[], Any], theta: torch.nn.Parameter, gradients: Sequence[Any]) -> Tensor:
    visited = []
    for gradient in gradients:
        theta.grad = torch.as_tensor(np.asarray(gradient, dtype=np.float64)).clone()
        step()
        visited.append(theta.detach().clone())
    return torch.stack(visited)


@driver("vision_loss")
def loss(program: ProgramState, number: int, predictions: Any, labels: Any) -> float:
    """What one of the program's losses says to these predictions (n, classes) and labels (n,).

    Labels go in as the program gives them: as integers, or one-hot where its own targets had two axes.
    """
    watch = watch_of(program)
    found = _at(watch.training.losses, number, "loss")
    given = torch.as_tensor(np.asarray(predictions, dtype=np.float64))
    target = torch.as_tensor(np.asarray(labels, dtype=np.int64))
    if found.target.ndim == 2:  # noqa: PLR2004 - one-hot
        target = functional.one_hot(target, given.shape[1]).to(given.dtype)
    with watch.paused():
        value = found.call(given, target)
    return (
        float(torch.as_tensor(value).detach().double().mean()) if torch.as_tensor(value).numel() == 1 else float("nan")
    )


# -- pipelines ------------------------------------------------------------------------------------------


@driver("vision_transform")
def transform(
    program: ProgramState, chain: int, pictures: Sequence[Any], *, repeats: int = 1, mode: str = "RGB", window: int = 0
) -> list[dict[str, Any]]:
    """What a pipeline makes of pictures.

    Args:
        program: the student's.
        chain: the pipeline's number.
        pictures: each (height, width, 3), uint8.
        repeats: how often each goes through.
        mode: PIL's mode of the pictures that the program's data set gives.
        window: return only the middle window of that size; 0 = everything.

    Returns:
        For each pass: `kind` ("tensor", or the type's name), `dtype`, `shape`, `values` (None unless they are an
        array), `drew` (whether random numbers were drawn).
    """
    watch = watch_of(program)
    steps_ = _at(program.scratch.get("vision.chains", []), chain, "pipeline")
    passes = []
    with watch.paused():
        for pixels in pictures:
            for _ in range(repeats):
                value: Any = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8)).convert(mode)
                before = _random_state()
                for step in steps_:
                    value = step(value)
                passes.append(_passed(value, window) | {"drew": _random_state() != before})
    return passes


def _random_state() -> tuple[Any, ...]:
    legacy: Any = np.random.get_state(legacy=True)  # noqa: NPY002 - students' transforms draw from it
    return torch.get_rng_state().numpy().tobytes(), random.getstate(), legacy[1].tobytes(), legacy[2]


def _passed(value: Any, window: int) -> dict[str, Any]:
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if isinstance(value, Tensor):
        plain = value.detach().cpu().as_subclass(Tensor)
        kind, array = "tensor", np.asarray(plain.float() if plain.dtype == torch.bfloat16 else plain)
    elif isinstance(value, np.ndarray):
        kind, array = "ndarray", np.asarray(value)
    else:
        return {"kind": type(value).__name__[:40], "dtype": "", "shape": [], "values": None}
    shape = list(array.shape)
    if window and array.ndim == 3:  # noqa: PLR2004 - channels, height, width
        top, left = max(0, (shape[1] - window) // 2), max(0, (shape[2] - window) // 2)
        array = array[:, top : top + window, left : left + window]
    return {"kind": kind, "dtype": str(array.dtype), "shape": shape, "values": np.ascontiguousarray(array)}
