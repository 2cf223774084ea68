"""The later sections of a two-layer network: steps with autograd, modules and losses, an optimizer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..program.state import ProgramState
from . import driver
from .two_layer import call, meant, tracked_layout
from .two_layer_layouts import NAMES, Layout, in_order

LINEAR = Layout(turned=False, bias="flat")
"""How torch.nn.Linear lays its parameters out."""


# -- with autograd ----------------------------------------------------------------------------------------


def _mean_loss(p: Mapping[str, Tensor], layout: Layout, x: Tensor, y: Tensor) -> Tensor:
    """The right loss in the program's layout, so that a step is judged by itself."""
    wh, wy = (p["Wh"], p["Wy"]) if not layout.turned else (p["Wh"].t(), p["Wy"].t())
    hidden = torch.tanh(x @ wh.t() + p["bh"].reshape(1, -1))
    scores = hidden @ wy.t() + p["by"].reshape(1, -1)
    return -(y * torch.log_softmax(scores, dim=1)).sum(dim=1).mean()


@driver("two_layer_descent")
def descent(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState, parameters: Mapping[str, Any], x: Any, y: Any, eta: float, steps: int, zeroed: bool = False
) -> dict[str, Any]:
    """Some steps of the version of `sgd` that reads gradients from the tensors.

    With `zeroed` gradients are forgotten here before each backward pass, as the program's own loop does.

    Returns:
        `path`: name → (steps, ...); `lost`: the step after which the parameters keep track of no gradients, or -1.
    """
    version, layout = meant(program, "autograd sgd"), tracked_layout(program)
    inputs, targets = torch.as_tensor(x), torch.as_tensor(y)
    at = layout.given(parameters)
    for value in _tensors(at, layout).values():
        value.requires_grad_()
    path: list[dict[str, Any]] = []
    for number in range(steps):
        tensors = _tensors(at, layout)
        if not all(v.requires_grad and v.is_leaf for v in tensors.values()):
            return {"path": None, "lost": number}
        if zeroed:
            for value in tensors.values():
                value.grad = None
        _mean_loss(tensors, layout, inputs, targets).backward()  # type: ignore[no-untyped-call]
        answer = call(program, version, *in_order(version.function, {"params": at, "eta": eta}))
        if layout.taken(answer) is not None:
            at = answer
        path.append(layout.taken(at) or {})
    return {"path": {k: torch.stack([p[k] for p in path]) for k in NAMES}, "lost": -1}


def _tensors(at: Any, layout: Layout) -> dict[str, Tensor]:
    """The program's own tensors under the judge's names, not copied."""
    return {name: at[key] for name, key in zip(NAMES, layout.keys, strict=True)}


# -- with torch.nn and torch.optim ------------------------------------------------------------------------


@dataclass
class _Built:
    model: nn.Module
    loss: Any
    optimizer: Any


def _built(program: ProgramState, kind: str, sizes: tuple[int, int, int], eta: float) -> _Built:
    arguments = (*sizes, eta) if kind == "optim" else sizes
    answer = call(program, meant(program, kind), *arguments)
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    models = [p for p in parts if isinstance(p, nn.Module) and next(p.parameters(), None) is not None]
    optimizers = [p for p in parts if hasattr(p, "param_groups")]
    losses = [p for p in parts if callable(p) and p not in models and p not in optimizers]
    if not models:
        raise TypeError("init_model returned no module with parameters")
    return _Built(models[0], losses[0] if losses else None, optimizers[0] if optimizers else None)


def _load(model: nn.Module, parameters: Mapping[str, Any]) -> bool:
    """Put the judge's values in; whether the module's parameters have the shapes of two layers."""
    values = [torch.as_tensor(parameters[n]) for n in NAMES]
    own = list(model.parameters())
    if [tuple(p.shape) for p in own] != [tuple(v.shape) for v in values]:
        return False
    with torch.no_grad():
        for parameter, value in zip(own, values, strict=True):
            parameter.copy_(value)
    return True


@driver("two_layer_module")
def module(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState, kind: str, parameters: Mapping[str, Any], x: Any, y: Any, eta: float
) -> dict[str, Any]:
    """What `init_model` builds, asked with parameters of the judge's.

    Returns:
        `shapes` of its parameters; `fits`: whether they are those of the two layers; `out`: what the module gives for
        `x`; `loss`: what its loss says to that and one-hot targets (or class numbers, where it takes no others).
    """
    nh, nx = parameters["Wh"].shape
    made = _built(program, kind, (nx, nh, len(parameters["by"])), eta)
    shapes = [list(p.shape) for p in made.model.parameters()]
    if not _load(made.model, parameters):
        return {"shapes": shapes, "fits": False, "out": None, "loss": None}
    made.model.eval()
    out = made.model(torch.as_tensor(x))
    return {"shapes": shapes, "fits": True, "out": out, "loss": _said(made.loss, out, torch.as_tensor(y))}


def _said(criterion: Any, out: Any, targets: Tensor) -> Any:
    if criterion is None:
        return None
    try:
        return criterion(out, targets)
    except (RuntimeError, ValueError, TypeError):
        return criterion(out, targets.argmax(dim=1))


@driver("two_layer_nn_loss")
def nn_loss(program: ProgramState, scores: Any, y: Any) -> Any:
    """Loss and accuracy of the section with torch.nn, given torch's own cross-entropy."""
    version = meant(program, "nn loss")
    return call(program, version, nn.CrossEntropyLoss(), torch.as_tensor(scores), torch.as_tensor(y))


@driver("two_layer_nn_descent")
def nn_descent(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState,
    kind: str,
    parameters: Mapping[str, Any],
    x: Any,
    y: Any,
    eta: float,
    steps: int,
    zeroed: bool = False,
) -> dict[str, Any]:
    """Some steps on the cross-entropy: of `sgd(model, eta)`, or of the optimizer that `init_model` builds.

    The loss is that of the right network over the module's parameters: what else the program's own module computes is
    another question. With `zeroed` gradients are forgotten here before each backward pass, as the program's own loop
    does.

    Returns:
        `path`: name → (steps, ...), for a module of the driver's own with `sgd`, for the program's with an optimizer.
    """
    inputs, targets = torch.as_tensor(x), torch.as_tensor(y)
    nh, nx = parameters["Wh"].shape
    ny = len(parameters["by"])
    if kind == "optim":
        made = _built(program, "optim", (nx, nh, ny), eta)
        model, optimizer = made.model, made.optimizer
        if optimizer is None:
            return {"path": None, "missing": "optimizer"}
        if not _load(model, parameters):
            return {"path": None, "missing": "layers"}
    else:
        model = nn.Sequential(nn.Linear(nx, nh), nn.Tanh(), nn.Linear(nh, ny))
        _load(model, parameters)
        optimizer = None
    path: list[list[Tensor]] = []
    for _ in range(steps):
        if optimizer is not None or zeroed:
            model.zero_grad()
        tensors = dict(zip(NAMES, model.parameters(), strict=True))
        _mean_loss(tensors, LINEAR, inputs, targets).backward()  # type: ignore[no-untyped-call]
        if optimizer is not None:
            optimizer.step()
        else:
            call(program, meant(program, "nn sgd"), model, eta)
        path.append([p.detach().clone() for p in model.parameters()])
    return {"path": {n: torch.stack([p[i] for p in path]) for i, n in enumerate(NAMES)}, "missing": ""}
