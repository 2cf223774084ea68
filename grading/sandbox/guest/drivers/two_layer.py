"""Networks of two layers that a program writes several times over: by hand, with autograd, with torch.nn and optim.

One name stands for several functions (`sgd` takes parameters, gradients and a rate in one section, a module and a rate
in another), so a task is bound by name, number of arguments and order (`Role`). Weights may lie either way and biases
have three shapes; the judge speaks of Wh (nh, nx), Wy (ny, nh), bh (nh,), by (ny,), and what goes in and comes out is
turned here (`Layout`).
"""

import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from ..program.loader import VERSIONS, signature
from ..program.state import Absent, ProgramState
from . import DriverError, driver
from .two_layer_layouts import NAMES, ORIENTATIONS, SIZES, Layout, by_size, folded, in_order, layout_of, tensor_of

KEPT = "two_layer.layout"
TRACKING = "two_layer.tracking"
AS_GIVEN = ("X", "htilde", "h", "ytilde", "yhat")


@dataclass(frozen=True)
class Role:
    """A task: how the function may be called, and how many arguments it takes."""

    names: tuple[str, ...]
    arity: int


ROLES = {
    "init": Role(("init_params", "init_parameters", "initialize_params", "init_param", "initialise_params"), 3),
    "forward": Role(("forward", "forward_pass", "propagation_avant"), 2),
    "loss": Role(("loss_accuracy", "loss_and_accuracy", "compute_loss_accuracy", "perte_precision"), 2),
    "backward": Role(("backward", "backward_pass", "retropropagation"), 3),
    "sgd": Role(("sgd", "sgd_step", "update_params", "descente"), 3),
    "autograd sgd": Role(("sgd", "sgd_step", "update_params", "descente", "sgd_autograd"), 2),
    "nn sgd": Role(("sgd", "sgd_step", "update_params", "descente", "sgd_nn"), 2),
    "nn loss": Role(("loss_accuracy", "loss_and_accuracy", "compute_loss_accuracy", "perte_precision"), 3),
    "nn": Role(("init_model", "create_model", "build_model", "init_modele"), 3),
    "optim": Role(("init_model", "create_model", "build_model", "init_modele"), 4),
}


# -- which function ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """One definition of a function.

    Attributes:
        unit: where it was made.
    """

    unit: int
    function: Callable[..., Any]


def versions_of(program: ProgramState, role: Role) -> list[Version]:
    """Every definition that a role could mean, in order."""
    wanted = {folded(name) for name in role.names}
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    found = [
        Version(unit, function)
        for name, versions in table.items()
        if folded(name) in wanted
        for unit, function in versions.items()
        if isinstance(function, types.FunctionType) and _takes(function, role.arity)
    ]
    return sorted(found, key=lambda v: v.unit)


def _takes(function: Callable[..., Any], count: int) -> bool:
    names, required = signature(function)
    return required <= count and (count <= sum(not n.startswith("*") for n in names) or any("*" in n for n in names))


def _about_modules(function: Callable[..., Any]) -> bool:
    """Whether a step asks a module for its parameters."""
    code = getattr(function, "__code__", None)
    names = set(getattr(code, "co_names", ())) | {
        n for inner in getattr(code, "co_consts", ()) if isinstance(inner, types.CodeType) for n in inner.co_names
    }
    return bool(names & {"parameters", "named_parameters", "weight"})


def _first_section_ends(program: ProgramState) -> int:
    """The unit at which the work by hand is over: the first that belongs to a later section alone."""
    marks = [v.unit for v in versions_of(program, ROLES["autograd sgd"])]
    marks += [v.unit for v in versions_of(program, ROLES["nn loss"])]
    marks += [v.unit for kind in ("nn", "optim") for v in versions_of(program, ROLES[kind])]
    return min(marks, default=len(program.units))


def meant(program: ProgramState, task: str) -> Version:
    """The definition that a task means.

    Raises:
        Absent: the program has none.
    """
    role = ROLES[task]
    found = versions_of(program, role)
    if task in {"autograd sgd", "nn sgd"}:
        found = [v for v in found if _about_modules(v.function) is (task == "nn sgd")]
    if task in {"forward", "loss", "backward", "sgd", "init"}:
        end = _first_section_ends(program)
        found = [v for v in found if v.unit < end] or found[:1]
    if task == "init":
        # The second section's version stands before anything else of that section.
        found = [v for v in found if not _keeps_track(program, v)] or found
    if not found:
        raise Absent(f"{program.name} defines no {role.names[0]} that takes {role.arity} arguments")
    return found[-1]


def _keeps_track(program: ProgramState, version: Version) -> bool:
    """Whether a version of `init_params` gives tensors that keep track of gradients."""
    known: dict[int, bool] = program.scratch.setdefault(TRACKING, {})
    if version.unit not in known:
        try:
            known[version.unit] = _tracks(call(program, version, *SIZES))
        except Exception:
            known[version.unit] = False
    return known[version.unit]


@contextmanager
def _as_of(program: ProgramState, unit: int) -> Iterator[None]:
    """The names of a section as they were when it was written: a later section may use them for something else."""
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    held = {name: program.namespace[name] for name in table if name in program.namespace}
    for name, versions in table.items():
        if name in held and len(versions) > 1:
            earlier = [u for u in versions if u <= unit]
            program.namespace[name] = versions[max(earlier) if earlier else min(versions)]
    try:
        yield
    finally:
        program.namespace.update(held)


def call(program: ProgramState, version: Version, *args: Any) -> Any:
    """Call a definition among the names of its own section."""
    with _as_of(program, version.unit):
        return version.function(*args)


# -- either orientation, every shape of bias --------------------------------------------------------------


def layouts(program: ProgramState) -> list[Layout]:
    """All layouts, the likeliest first: the one that worked before, or that `init_params` gives."""
    first = program.scratch.get(KEPT) or _initial_layout(program) or Layout(*ORIENTATIONS[0])
    others = [replace(first, turned=turned, bias=bias) for turned, bias in ORIENTATIONS]
    return [first, *(one for one in others if one != first)]


def _initial_layout(program: ProgramState) -> Layout | None:
    try:
        return layout_of(call(program, meant(program, "init"), *SIZES))
    except Exception:
        return None


def tracked_layout(program: ProgramState) -> Layout:
    """The layout of the version of `init_params` that keeps track of gradients; the first section's without one."""
    for version in reversed(versions_of(program, ROLES["init"])):
        try:
            made = call(program, version, *SIZES)
            layout = layout_of(made) if _tracks(made) else None
        except Exception:  # noqa: S112 - a version that raises shows nothing
            continue
        if layout is not None:
            return layout
    return layouts(program)[0]


def _in_some_layout(program: ProgramState, ask: Callable[[Layout], Any], fits: Callable[[Any], bool]) -> Any:
    """What the program answers in the first layout in which it gives an answer that fits.

    Raises:
        Exception: what it raised in the likeliest, where it answers in none.
    """
    raised: Exception | None = None
    answered: list[Any] = []
    for layout in layouts(program):
        try:
            answer = ask(layout)
        except Exception as fault:
            raised = raised or fault
            continue
        if fits(answer):
            program.scratch[KEPT] = layout
            return answer
        answered.append(answer)
    if answered:
        return answered[0]
    raise raised or DriverError("no layout was tried")


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
        `values`: name → array as it is; `tracked`, `leaves`: names for which torch keeps gradients, and of those the
        ones that receive them; `tracking`: whether any version keeps track.
    """
    versions = versions_of(program, ROLES["init"])
    chosen = meant(program, "init")
    tracking = [v for v in versions if _tracks(call(program, v, nx, nh, ny))] if autograd else []
    if tracking:
        chosen = tracking[-1]
    made = call(program, chosen, nx, nh, ny)
    values = _named(made, (nx, nh, ny))
    if values is None:
        return {"values": made, "tracked": [], "leaves": [], "tracking": False}
    tensors = {k: v for k, v in values.items() if isinstance(v, Tensor)}
    return {
        "values": values,
        "tracked": [k for k, v in tensors.items() if v.requires_grad],
        "leaves": [k for k, v in tensors.items() if v.requires_grad and v.is_leaf],
        "tracking": bool(tracking),
    }


def _named(made: Any, sizes: tuple[int, int, int]) -> dict[str, Any] | None:
    """What `init_params` gives under the judge's names; by size where its own are others."""
    if isinstance(made, Mapping):
        if all(name in made for name in NAMES):
            return {name: made[name] for name in NAMES}
        return by_size(made.values(), sizes)
    return by_size(made, sizes) if isinstance(made, list | tuple) else None


def _tracks(made: Any) -> bool:
    values = made.values() if isinstance(made, Mapping) else made if isinstance(made, list | tuple) else ()
    return any(isinstance(v, Tensor) and v.requires_grad for v in values)


def _split(answer: Any, shape: tuple[int, int]) -> tuple[Any, Any]:
    """A forward pass's answer as probabilities and intermediate values, in whichever order.

    Of several arrays of the right shape the one whose rows add up to 1 is meant.
    """
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    outputs: Any = next((p for p in parts if isinstance(p, Mapping)), None)
    if outputs is None:
        outputs = next((p for p in parts if isinstance(p, (tuple, list))), {})
    arrays = [p for p in parts if tensor_of(p) is not None]
    fitting = [a for a in arrays if tuple(a.shape) == shape]
    telling = [a for a in fitting if torch.allclose(torch.as_tensor(a).sum(1).double(), torch.ones(1).double())]
    yhat = next(iter([*telling, *fitting, *arrays]), outputs.get("yhat") if isinstance(outputs, Mapping) else None)
    return yhat, outputs


@driver("two_layer_forward")
def forward(program: ProgramState, parameters: Mapping[str, Any], x: Any) -> dict[str, Any]:
    """The forward pass: `yhat`, and what it puts down on its way under the statement's names (`outputs`)."""
    shape = (len(torch.as_tensor(x)), len(parameters["by"]))

    def ask(layout: Layout) -> tuple[Any, Any]:
        return _passed(program, layout, parameters, x, shape)

    yhat, outputs = _in_some_layout(program, ask, lambda a: tuple(getattr(a[0], "shape", ())) == shape)
    named = outputs if isinstance(outputs, Mapping) else {}
    return {"yhat": yhat, "outputs": {k: v for k, v in named.items() if k in AS_GIVEN and tensor_of(v) is not None}}


def _passed(
    program: ProgramState, layout: Layout, parameters: Mapping[str, Any], x: Any, shape: tuple[int, int]
) -> tuple[Any, Any]:
    version = meant(program, "forward")
    given = {"params": layout.given(parameters), "x": layout.array(x)}
    return _split(call(program, version, *in_order(version.function, given)), shape)


@driver("two_layer_loss")
def loss(program: ProgramState, yhat: Any, y: Any) -> Any:
    """Loss and accuracy, by hand."""
    version, layout = meant(program, "loss"), layouts(program)[0]
    given = {"yhat": layout.array(yhat), "y": layout.array(y)}
    return call(program, version, *in_order(version.function, given))


@driver("two_layer_backward")
def backward(program: ProgramState, parameters: Mapping[str, Any], outputs: Mapping[str, Any], y: Any) -> Any:
    """The gradients by hand, for intermediate values that are right.

    What the program's own forward pass keeps beside them is handed over as well.
    """
    version = meant(program, "backward")
    shape = (len(outputs["X"]), len(parameters["by"]))

    def ask(layout: Layout) -> Any:
        own: Any = {}
        try:
            _, own = _passed(program, layout, parameters, outputs["X"], shape)
        except Exception:
            own = {}
        if isinstance(own, Mapping):
            right = {
                k: layout.array(v)
                for k, v in outputs.items()
                if tensor_of(own.get(k)) is None or tuple(own[k].shape) == tuple(v.shape)
            }
            own = {**own, **right}
        given = {"params": layout.given(parameters), "outputs": own, "y": layout.array(y)}
        found = call(program, version, *in_order(version.function, given))
        taken = layout.taken(found)
        return found if taken is None else taken

    def fits(found: Any) -> bool:
        return isinstance(found, dict) and all(
            tuple(getattr(found.get(n), "shape", ())) == tuple(parameters[n].shape) for n in NAMES
        )

    return _in_some_layout(program, ask, fits)


def _slopes(layout: Layout) -> list[Layout]:
    """Layouts of gradients that are named after their parameters."""
    names = layout.keys if layout.kind == "dict" else NAMES
    return [replace(layout, keys=tuple(f"{front}{n}" for n in names), kind="dict") for front in ("d", "grad_", "g")]


@driver("two_layer_step")
def step(program: ProgramState, parameters: Mapping[str, Any], gradients: Mapping[str, Any], eta: float) -> Any:
    """One step by hand: where the parameters are then, returned or changed in place."""
    version, layout = meant(program, "sgd"), layouts(program)[0]
    named = replace(layout, keys=NAMES, kind="dict")
    raised: Exception | None = None
    # Gradients may have another container than parameters, and names of their own.
    for slopes in dict.fromkeys((layout, named, *_slopes(layout))):
        params = layout.given(parameters)
        given = {"params": params, "grads": slopes.given(gradients), "eta": eta}
        try:
            answer = call(program, version, *in_order(version.function, given))
        except (LookupError, TypeError, AttributeError) as fault:
            raised = raised or fault
            continue
        return layout.taken(answer) or layout.taken(params)
    raise raised or DriverError("no layout was tried")
