"""Networks of two layers that a program writes several times over: by hand, with autograd, with torch.nn and optim.

One name stands for several functions (`sgd` takes parameters, gradients and a rate in one section, a module and a rate
in another), so a task is bound by name, number of arguments and order (`Role`). Weights may lie either way and biases
have three shapes; the judge speaks of Wh (nh, nx), Wy (ny, nh), bh (nh,), by (ny,), and what goes in and comes out is
turned here (`Layout`).
"""

import itertools
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..loader import VERSIONS, signature  # noqa: TID252 - the guest's package has another name inside the box
from ..program import Absent, ProgramState  # noqa: TID252
from . import DriverError, driver

NAMES = ("Wh", "bh", "Wy", "by")
SIZES = (5, 6, 3)
MATRIX = 2
KEPT = "two_layer.layout"
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
    wanted = {_folded(name) for name in role.names}
    table: Mapping[str, Mapping[int, Any]] = program.scratch.get(VERSIONS, {})
    found = [
        Version(unit, function)
        for name, versions in table.items()
        if _folded(name) in wanted
        for unit, function in versions.items()
        if isinstance(function, types.FunctionType) and _takes(function, role.arity)
    ]
    return sorted(found, key=lambda v: v.unit)


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


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
    if not found:
        raise Absent(f"nothing in {program.name} is a {role.names[0]} of {role.arity} arguments")
    return found[-1]


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


@dataclass(frozen=True)
class Layout:
    """How a program lays its parameters out.

    Attributes:
        turned: whether weights are (inputs, outputs).
        bias: "row" (1, n), "flat" (n,) or "column" (n, 1).
    """

    turned: bool
    bias: str

    def given(self, parameters: Mapping[str, Any]) -> dict[str, Tensor]:
        """The judge's arrays as the program has them; fresh copies."""
        made = {}
        for name in NAMES:
            value = torch.as_tensor(parameters[name]).detach().clone()
            if value.ndim == MATRIX:
                made[name] = value.t().contiguous() if self.turned else value
            else:
                shape = {"row": (1, -1), "flat": (-1,), "column": (-1, 1)}[self.bias]
                made[name] = value.reshape(shape)
        return made

    def taken(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The program's arrays as the judge has them; what has another shape stays as it is."""
        made: dict[str, Any] = {}
        for name in NAMES:
            value = values[name]
            if isinstance(value, Tensor):
                plain = value.detach().clone()
                turned = self.turned and plain.ndim == MATRIX
                made[name] = (plain.t() if turned else plain) if name[0] == "W" else _flat(plain)
            else:
                made[name] = value
        return made


def _flat(bias: Tensor) -> Tensor:
    return bias.reshape(-1) if sum(n > 1 for n in bias.shape) <= 1 else bias


LAYOUTS = tuple(Layout(turned, bias) for turned, bias in itertools.product((False, True), ("row", "flat", "column")))


def layouts(program: ProgramState) -> list[Layout]:
    """All layouts, the likeliest first: the one that worked before, or that `init_params` gives."""
    first = program.scratch.get(KEPT) or _initial_layout(program)
    return sorted(LAYOUTS, key=lambda one: one != first)


def _initial_layout(program: ProgramState) -> Layout | None:
    nx, nh, _ = SIZES
    try:
        made = call(program, meant(program, "init"), *SIZES)
        weight, bias = made["Wh"], made["bh"]
        turned = {(nh, nx): False, (nx, nh): True}[tuple(weight.shape)]
        return Layout(turned, {1: "flat"}.get(bias.ndim) or ("row" if bias.shape[0] == 1 else "column"))
    except Exception:
        return None


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
    if not isinstance(made, dict):
        return {"values": made, "tracked": [], "leaves": [], "tracking": False}
    tensors = {k: v for k, v in made.items() if isinstance(v, Tensor)}
    return {
        "values": made,
        "tracked": [k for k, v in tensors.items() if v.requires_grad],
        "leaves": [k for k, v in tensors.items() if v.requires_grad and v.is_leaf],
        "tracking": bool(tracking),
    }


def _tracks(made: Any) -> bool:
    return isinstance(made, dict) and any(isinstance(v, Tensor) and v.requires_grad for v in made.values())


def _split(answer: Any) -> tuple[Any, dict[str, Any]]:
    """A forward pass's answer as probabilities and intermediate values, in whichever order."""
    parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    outputs = next((p for p in parts if isinstance(p, dict)), {})
    yhat = next((p for p in parts if isinstance(p, Tensor)), outputs.get("yhat"))
    return yhat, outputs


@driver("two_layer_forward")
def forward(program: ProgramState, parameters: Mapping[str, Any], x: Any) -> dict[str, Any]:
    """The forward pass: `yhat`, and what it puts down on its way under the statement's names (`outputs`)."""
    version = meant(program, "forward")
    given = torch.as_tensor(x)

    def ask(layout: Layout) -> tuple[Any, dict[str, Any]]:
        return _split(call(program, version, layout.given(parameters), given.clone()))

    rows, classes = len(given), len(parameters["by"])
    yhat, outputs = _in_some_layout(program, ask, lambda a: getattr(a[0], "shape", None) == (rows, classes))
    kept = {k: v for k, v in outputs.items() if k in AS_GIVEN and isinstance(v, Tensor)}
    return {"yhat": yhat, "outputs": kept}


@driver("two_layer_loss")
def loss(program: ProgramState, yhat: Any, y: Any) -> Any:
    """Loss and accuracy, by hand."""
    return call(program, meant(program, "loss"), torch.as_tensor(yhat).clone(), torch.as_tensor(y).clone())


@driver("two_layer_backward")
def backward(program: ProgramState, parameters: Mapping[str, Any], outputs: Mapping[str, Any], y: Any) -> Any:
    """The gradients by hand, for intermediate values that are right.

    What the program's own forward pass keeps beside them is handed over as well.
    """
    version = meant(program, "backward")
    target = torch.as_tensor(y)

    def ask(layout: Layout) -> Any:
        own: dict[str, Any] = {}
        given = layout.given(parameters)
        try:
            _, own = _split(call(program, meant(program, "forward"), layout.given(parameters), outputs["X"].clone()))
        except Exception:
            own = {}
        right = {
            k: v.clone() for k, v in outputs.items() if not isinstance(own.get(k), Tensor) or own[k].shape == v.shape
        }
        found = call(program, version, given, {**own, **right}, target.clone())
        return layout.taken(found) if isinstance(found, dict) and all(n in found for n in NAMES) else found

    def fits(found: Any) -> bool:
        return isinstance(found, dict) and all(
            tuple(getattr(found.get(n), "shape", ())) == tuple(parameters[n].shape) for n in NAMES
        )

    return _in_some_layout(program, ask, fits)


@driver("two_layer_step")
def step(program: ProgramState, parameters: Mapping[str, Any], gradients: Mapping[str, Any], eta: float) -> Any:
    """One step by hand: where the parameters are then, returned or changed in place."""
    layout = layouts(program)[0]
    given = layout.given(parameters)
    answer = call(program, meant(program, "sgd"), given, layout.given(gradients), eta)
    after = answer if isinstance(answer, dict) and all(n in answer for n in NAMES) else given
    return layout.taken(after)
