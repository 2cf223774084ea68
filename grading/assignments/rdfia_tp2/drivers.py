"""2-ab's networks of two layers, which a program writes several times: by hand, with autograd, torch.nn and optim.

One name stands for several functions (`sgd` takes parameters, gradients and a rate in one section, a module and a rate
in another), so a task is bound by name, number of arguments and order (`meant`). Weights may lie either way and biases
have three shapes; the judge speaks of Wh (nh, nx), Wy (ny, nh), bh (nh,), by (ny,), and what goes in and comes out is
turned here (`Layout`). 30, 18, 6 and 3 numbers tell five inputs, six units and three classes apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from grading.sandbox.guest.drivers import driver
from grading.sandbox.guest.drivers.layouts import Layout, Shapes, by_size, entries, first_fitting, layout_of, tensor_of
from grading.sandbox.guest.program.state import Absent, ProgramState
from grading.sandbox.guest.program.versions import Version, call, in_order, versions_of

Values = Mapping[str, Any]

NAMES = ("Wh", "bh", "Wy", "by")
SIZES = (5, 6, 3)
AS_GIVEN = ("X", "htilde", "h", "ytilde", "yhat")
ROUNDING = 1e-5
KEPT, MADE = "two_layer.layout", "two_layer.made"

INIT = ("init_params", "init_parameters", "initialize_params", "init_param", "initialise_params")
STEP = ("sgd", "sgd_step", "update_params", "descente")
LOSS = ("loss_accuracy", "loss_and_accuracy", "compute_loss_accuracy", "perte_precision")
MODEL = ("init_model", "create_model", "build_model", "init_modele")
ROLES = {
    "init": (INIT, 3),
    "forward": (("forward", "forward_pass", "propagation_avant"), 2),
    "loss": (LOSS, 2),
    "backward": (("backward", "backward_pass", "retropropagation"), 3),
    "sgd": (STEP, 3),
    "autograd sgd": ((*STEP, "sgd_autograd"), 2),
    "nn sgd": ((*STEP, "sgd_nn"), 2),
    "nn loss": (LOSS, 3),
    "nn": (MODEL, 3),
    "optim": (MODEL, 4),
}
"""Task → what its function is called, and how many arguments it takes."""

BY_HAND, LATER = ("init", "forward", "loss", "backward", "sgd"), ("autograd sgd", "nn loss", "nn", "optim")
ASKED_OF_MODULES = ("parameters", "named_parameters", "weight")


# -- which function ---------------------------------------------------------------------------------------


def shapes(nx: int, nh: int, ny: int) -> Shapes:
    """The judge's shapes."""
    return {"Wh": (nh, nx), "bh": (nh,), "Wy": (ny, nh), "by": (ny,)}


def meant(program: ProgramState, task: str) -> Version:
    """The definition that a task means.

    Raises:
        Absent: the program has none.
    """
    names, arity = ROLES[task]
    found = versions_of(program, names, arity)
    if task in {"autograd sgd", "nn sgd"}:
        found = [v for v in found if v.speaks_of(ASKED_OF_MODULES) is (task == "nn sgd")]
    if task in BY_HAND:
        # The work by hand is over with the first definition that belongs to a later section alone.
        ends = min((v.unit for t in LATER for v in versions_of(program, *ROLES[t])), default=len(program.units))
        found = [v for v in found if v.unit < ends] or found[:1]
    if task == "init":
        # The second section's version stands before anything else of that section.
        found = [v for v in found if not _tracks(_made(program, v))] or found
    if not found:
        raise Absent(f"{program.name} defines no {names[0]} that takes {arity} arguments")
    return found[-1]


def _made(program: ProgramState, version: Version) -> Any:
    """What a version of `init_params` gives for the sizes of most questions, asked once; None where it raises."""
    known: dict[int, Any] = program.scratch.setdefault(MADE, {})
    if version.unit not in known:
        try:
            known[version.unit] = call(program, version, *SIZES)
        except Exception:
            known[version.unit] = None
    return known[version.unit]


def _tracks(made: Any) -> bool:
    return any(tensor_of(v) is not None and getattr(v, "requires_grad", False) for v in entries(made))


def asked(program: ProgramState, task: str, **given: Any) -> Any:
    """What the function of a task answers."""
    version = meant(program, task)
    return call(program, version, *in_order(version.function, given))


def likeliest(program: ProgramState, *, tracking: bool = False) -> Layout:
    """The layout that worked before, or that `init_params` gives; of its last version that keeps track, on request."""
    versions = versions_of(program, *ROLES["init"])
    made = [_made(program, v) for v in reversed(versions)] if tracking else []
    found = [layout_of(one, shapes(*SIZES)) for one in made if _tracks(one)]
    kept: Layout | None = program.scratch.get(KEPT)
    if kept is None and versions:
        kept = layout_of(_made(program, meant(program, "init")), shapes(*SIZES))
    return next((one for one in (*found, kept) if one is not None), Layout(shapes(*SIZES), NAMES))


def _in_some_layout(program: ProgramState, ask: Callable[[Layout], Any], fits: Callable[[Any], bool]) -> Any:
    """What the program answers in the first layout in which that fits, which is then the likeliest."""
    layout, answer = first_fitting(likeliest(program), ask, fits)
    program.scratch[KEPT] = layout or program.scratch.get(KEPT)
    return answer


# -- by hand ----------------------------------------------------------------------------------------------


@driver("two_layer_initial")
def initial(program: ProgramState, nx: int, nh: int, ny: int, *, autograd: bool = False) -> dict[str, Any]:
    """What `init_params` gives.

    Args:
        program: the student's.
        nx: inputs.
        nh: hidden units.
        ny: classes.
        autograd: whether to look for the version that keeps track of gradients.

    Returns:
        `values`: name → array as it is, by size where the program's names are others; `tracked`, `leaves`: names for
        which torch keeps gradients, and of those the ones that receive them.
    """
    chosen = meant(program, "init")
    tracking = [v for v in versions_of(program, *ROLES["init"]) if autograd and _tracks(call(program, v, nx, nh, ny))]
    made = call(program, (tracking or [chosen])[-1], nx, nh, ny)
    by_name = isinstance(made, Mapping) and all(name in made for name in NAMES)
    values = {name: made[name] for name in NAMES} if by_name else by_size(entries(made), shapes(nx, nh, ny))
    if values is None:
        return {"values": made, "tracked": [], "leaves": []}
    tracked = [name for name in NAMES if _tracks([values[name]])]
    return {"values": values, "tracked": tracked, "leaves": [name for name in tracked if values[name].is_leaf]}


@driver("two_layer_forward")
def forward(program: ProgramState, parameters: Values, x: Any) -> dict[str, Any]:
    """The forward pass: `yhat`, and what it puts down on its way under the statement's names (`outputs`)."""
    shape = (len(x), len(parameters["by"]))

    def fits(answer: Any) -> bool:
        return tuple(getattr(answer[0], "shape", ())) == shape

    yhat, outputs = _in_some_layout(program, lambda layout: _passed(program, layout, parameters, x), fits)
    named = outputs if isinstance(outputs, Mapping) else {}
    return {"yhat": yhat, "outputs": {k: v for k, v in named.items() if k in AS_GIVEN and tensor_of(v) is not None}}


def _passed(program: ProgramState, layout: Layout, parameters: Values, x: Any) -> tuple[Any, Any]:
    """A forward pass's probabilities and intermediate values, in whichever order they are returned.

    Of several arrays of the right shape the one whose rows add up to 1 is meant.
    """
    answer = asked(program, "forward", params=layout.given(parameters), x=layout.array(x))
    shape = (len(x), len(parameters["by"]))
    parts = list(answer) if isinstance(answer, tuple | list) else [answer]
    nested = [p for kind in (Mapping, tuple | list) for p in parts if isinstance(p, kind)]
    outputs = nested[0] if nested else {}
    arrays = [p for p in parts if tensor_of(p) is not None]
    fitting = [a for a in arrays if tuple(a.shape) == shape]
    telling = [a for a in fitting if all(abs(float(row.sum()) - 1) <= ROUNDING for row in a)]
    yhat = next(iter([*telling, *fitting, *arrays]), outputs.get("yhat") if isinstance(outputs, Mapping) else None)
    return yhat, outputs


@driver("two_layer_loss")
def loss(program: ProgramState, kind: str, yhat: Any, y: Any) -> Any:
    """Loss and accuracy: of probabilities, "by hand"; of scores, given torch's own cross-entropy, "nn"."""
    import torch

    if kind == "nn":
        version = meant(program, "nn loss")
        return call(program, version, torch.nn.CrossEntropyLoss(), torch.as_tensor(yhat), torch.as_tensor(y))
    layout = likeliest(program)
    return asked(program, "loss", yhat=layout.array(yhat), y=layout.array(y))


@driver("two_layer_backward")
def backward(program: ProgramState, parameters: Values, outputs: Values, y: Any) -> Any:
    """The gradients by hand, for intermediate values that are right.

    What the program's own forward pass keeps beside them is handed over as well.
    """

    def ask(layout: Layout) -> Any:
        own: Any = {}
        try:
            _, own = _passed(program, layout, parameters, outputs["X"])
        except Exception:
            own = {}
        if isinstance(own, Mapping):
            other = [k for k, v in outputs.items() if getattr(own.get(k), "shape", v.shape) != v.shape]
            own = {**own, **{k: layout.array(v) for k, v in outputs.items() if k not in other}}
        found = asked(program, "backward", params=layout.given(parameters), outputs=own, y=layout.array(y))
        taken = layout.taken(found)
        return found if taken is None else taken

    def fits(found: Any) -> bool:
        return isinstance(found, dict) and all(
            tuple(getattr(found.get(n), "shape", ())) == tuple(parameters[n].shape) for n in NAMES
        )

    return _in_some_layout(program, ask, fits)


@driver("two_layer_step")
def step(program: ProgramState, parameters: Values, gradients: Values, eta: float) -> Any:
    """One step by hand: where the parameters are then, returned or changed in place."""
    layout = likeliest(program)
    raised: list[Exception] = []
    for slopes in layout.of_gradients:
        params = layout.given(parameters)
        try:
            answer = asked(program, "sgd", params=params, grads=slopes.given(gradients), eta=eta)
        except (LookupError, TypeError, AttributeError) as fault:
            raised.append(fault)
            continue
        return layout.taken(answer) or layout.taken(params)
    raise raised[0]


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
    answer = call(program, meant(program, kind), *(sizes if kind == "nn" else (*sizes, eta)))
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
    version, layout = meant(program, "autograd sgd"), likeliest(program, tracking=True)
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
        optimizer = SimpleNamespace(step=lambda: call(program, meant(program, "nn sgd"), model, eta))
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
