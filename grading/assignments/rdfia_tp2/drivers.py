"""2-ab's networks of two layers, which a program writes several times: by hand, with autograd, torch.nn and optim.

The judge speaks of Wh (nh, nx), Wy (ny, nh), bh (nh,), by (ny,). 30, 18, 6 and 3 numbers tell five inputs, six units
and three classes apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from grading.sandbox.guest.drivers import driver
from grading.sandbox.guest.drivers.hand_networks import HandNetwork, Task
from grading.sandbox.guest.drivers.layouts import Layout, Shapes
from grading.sandbox.guest.program.state import ProgramState
from grading.sandbox.guest.program.versions import Version, call, in_order

Values = Mapping[str, Any]

NAMES = ("Wh", "bh", "Wy", "by")
SIZES = (5, 6, 3)
INIT = ("init_params", "init_parameters", "initialize_params", "init_param", "initialise_params")
STEP = ("sgd", "sgd_step", "update_params", "descente")
LOSS = ("loss_accuracy", "loss_and_accuracy", "compute_loss_accuracy", "perte_precision")
MODEL = ("init_model", "create_model", "build_model", "init_modele")


def shapes(nx: int, nh: int, ny: int) -> Shapes:
    """The judge's shapes."""
    return {"Wh": (nh, nx), "bh": (nh,), "Wy": (ny, nh), "by": (ny,)}


def _of_modules(version: Version) -> bool:
    return version.speaks_of(("parameters", "named_parameters", "weight"))


HAND = HandNetwork(
    {
        "init": Task(INIT, 3),
        "forward": Task(("forward", "forward_pass", "propagation_avant"), 2),
        "loss": Task(LOSS, 2),
        "backward": Task(("backward", "backward_pass", "retropropagation"), 3),
        "sgd": Task(STEP, 3),
        "autograd sgd": Task((*STEP, "sgd_autograd"), 2, later=True, fits=lambda version: not _of_modules(version)),
        "nn sgd": Task((*STEP, "sgd_nn"), 2, later=True, fits=_of_modules),
        "nn loss": Task(LOSS, 3, later=True),
        "nn": Task(MODEL, 3, later=True),
        "optim": Task(MODEL, 4, later=True),
    },
    shapes,
    SIZES,
    kept=("X", "htilde", "h", "ytilde", "yhat"),
)


# -- by hand ----------------------------------------------------------------------------------------------


@driver("two_layer_initial")
def initial(program: ProgramState, nx: int, nh: int, ny: int, *, autograd: bool = False) -> dict[str, Any]:
    """What `init_params` gives; see `HandNetwork.initial`."""
    return HAND.initial(program, nx, nh, ny, autograd=autograd)


@driver("two_layer_forward")
def forward(program: ProgramState, parameters: Values, x: Any) -> dict[str, Any]:
    """The forward pass: `yhat` and `outputs`."""
    return HAND.forward(program, parameters, x, len(parameters["by"]))


@driver("two_layer_loss")
def loss(program: ProgramState, kind: str, yhat: Any, y: Any) -> Any:
    """Loss and accuracy: of probabilities, "by hand"; of scores, given torch's own cross-entropy, "nn"."""
    import torch

    if kind == "by hand":
        return HAND.loss(program, yhat, y)
    version = HAND.meant(program, "nn loss")
    return call(program, version, torch.nn.CrossEntropyLoss(), torch.as_tensor(yhat), torch.as_tensor(y))


@driver("two_layer_backward")
def backward(program: ProgramState, parameters: Values, outputs: Values, y: Any) -> Any:
    """The gradients by hand, for intermediate values that are right."""
    return HAND.backward(program, parameters, outputs, y)


@driver("two_layer_step")
def step(program: ProgramState, parameters: Values, gradients: Values, eta: float) -> Any:
    """One step by hand: where the parameters are then."""
    return HAND.step(program, parameters, gradients, eta)


# -- with autograd, torch.nn and torch.optim --------------------------------------------------------------


@driver("two_layer_module")
def module(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState, kind: str, parameters: Values, x: Any, y: Any, eta: float
) -> dict[str, Any]:
    """What `init_model` builds, asked with parameters of the judge's.

    Returns:
        `shapes` of its parameters; `fits`: whether they are those of the two layers; `out`: what the module gives for
        `x`; `loss`: what its loss says to that and one-hot targets (or class numbers, where it takes no others).
    """
    import torch

    made = _built(program, kind, parameters, eta)
    told: dict[str, Any] = {"shapes": [list(p.shape) for p in made.model.parameters()], "out": None, "loss": None}
    if not _load(made.model, parameters):
        return {**told, "fits": False}
    made.model.eval()
    out, targets = made.model(torch.as_tensor(x)), torch.as_tensor(y)
    if made.loss is not None:
        try:
            told["loss"] = made.loss(out, targets)
        except (RuntimeError, ValueError, TypeError):
            told["loss"] = made.loss(out, targets.argmax(dim=1))
    return {**told, "fits": True, "out": out}


def _built(program: ProgramState, kind: str, parameters: Values, eta: float) -> SimpleNamespace:
    """The `model`, `loss` and `optimizer` that `init_model` returns, each None where it returns none.

    Raises:
        TypeError: there is no module with parameters.
    """
    from torch import nn

    nh, nx = parameters["Wh"].shape
    sizes = (nx, nh, len(parameters["by"]))
    answer = call(program, HAND.meant(program, kind), *(sizes if kind == "nn" else (*sizes, eta)))
    parts = list(answer) if isinstance(answer, tuple | list) else [answer]
    models = [p for p in parts if isinstance(p, nn.Module) and next(p.parameters(), None) is not None]
    optimizers = [p for p in parts if hasattr(p, "param_groups")]
    losses = [p for p in parts if callable(p) and p not in models and p not in optimizers]
    if not models:
        raise TypeError("init_model returned no module with parameters")
    return SimpleNamespace(model=models[0], loss=next(iter(losses), None), optimizer=next(iter(optimizers), None))


def _load(model: Any, parameters: Values) -> bool:
    """Put the judge's values in; whether the module's parameters have the shapes of two layers."""
    import torch

    values, own = [torch.as_tensor(parameters[n]) for n in NAMES], list(model.parameters())
    fits = [tuple(p.shape) for p in own] == [tuple(v.shape) for v in values]
    with torch.no_grad():
        for parameter, value in zip(own, values, strict=True) if fits else ():
            parameter.copy_(value)
    return fits


@driver("two_layer_descent")
def descent(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState, kind: str, parameters: Values, x: Any, y: Any, eta: float, steps: int, zeroed: bool = False
) -> dict[str, Any]:
    """Some steps on the mean loss: of `sgd` on tensors ("autograd"), on a module ("nn"), or of `init_model`'s "optim".

    The loss is that of the right network over what the step moves: what the program's own module computes is another
    question. With `zeroed` gradients are forgotten here before each backward pass, as the program's own loop does.

    Returns:
        `path`: name → (steps, ...); `lost`: the step after which parameters keep track of no gradients, or -1;
        `missing`: what `init_model` lacks, "" where nothing.
    """
    import torch

    inputs, targets = torch.as_tensor(x), torch.as_tensor(y)
    walk = _by_tensors(program, parameters, eta) if kind == "autograd" else _by_module(program, kind, parameters, eta)
    layout, at, path = walk.layout, walk.at, list[dict[str, Any]]()
    for number in range(steps if not walk.missing else 0):
        tensors = layout.own(at)
        if kind == "autograd" and not all(v.requires_grad and v.is_leaf for v in tensors.values()):
            return {"path": None, "lost": number, "missing": ""}
        for value in tensors.values() if zeroed or kind == "optim" else ():
            value.grad = None
        _mean_loss(tensors, layout.turned, inputs, targets).backward()
        at = walk.step(at)
        path.append(layout.taken(at) or {})
    moved = {k: torch.stack([p[k] for p in path]) for k in NAMES} if path else None
    return {"path": moved, "lost": -1, "missing": walk.missing}


@dataclass(frozen=True)
class _Walk:
    """Parameters as the program has them, what takes one step with them and gives them back, and what is missing."""

    layout: Layout
    at: Any = None
    step: Callable[[Any], Any] = lambda at: at
    missing: str = ""


def _by_tensors(program: ProgramState, parameters: Values, eta: float) -> _Walk:
    version, layout = HAND.meant(program, "autograd sgd"), HAND.likeliest(program, tracking=True)
    start = layout.given(parameters)
    for value in layout.own(start).values():
        value.requires_grad_()

    def step(at: Any) -> Any:
        answer = call(program, version, *in_order(version.function, {"params": at, "eta": eta}))
        return at if layout.taken(answer) is None else answer

    return _Walk(layout, start, step)


def _by_module(program: ProgramState, kind: str, parameters: Values, eta: float) -> _Walk:
    from torch import nn

    nh, nx = parameters["Wh"].shape
    layout = Layout(shapes(*SIZES), tuple(range(4)), "list")
    if kind == "optim":
        made = _built(program, kind, parameters, eta)
        model, optimizer = made.model, made.optimizer
    else:
        model = nn.Sequential(nn.Linear(nx, nh), nn.Tanh(), nn.Linear(nh, len(parameters["by"])))
        optimizer = SimpleNamespace(step=lambda: call(program, HAND.meant(program, "nn sgd"), model, eta))
    if optimizer is None or not _load(model, parameters):
        return _Walk(layout, missing="layers" if optimizer is not None else "optimizer")

    def step(at: Any) -> Any:
        optimizer.step()
        return at

    return _Walk(layout, list(model.parameters()), step)


def _mean_loss(p: Values, turned: bool, x: Any, y: Any) -> Any:
    """The right loss in the program's layout, so that a step is judged by itself."""
    import torch

    wh, wy = (p["Wh"].t(), p["Wy"].t()) if turned else (p["Wh"], p["Wy"])
    hidden = torch.tanh(x @ wh.t() + p["bh"].reshape(1, -1))
    scores = hidden @ wy.t() + p["by"].reshape(1, -1)
    return -(y * torch.log_softmax(scores, dim=1)).sum(dim=1).mean()
