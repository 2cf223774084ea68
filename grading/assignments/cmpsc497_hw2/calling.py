"""How a student's own version of the training function is called: arguments in another order, more of them, or split.

The assignment gives three_layer_net(NONLINEARITY, X, y, model, step_size, reg). Names say what an argument is, wherever
it stands; what a version asks for beside these is filled in where it can only mean one thing, and else with the
notebook's count of iterations.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from grading.assignments.cmpsc497_hw2.seen import CLASSES, HIDDEN, HIDDEN2, INPUTS, POINTS
from grading.authoring import Adapted, folded
from reference_models.mlp import NAMES

ITERATIONS = 50_000

NONLINEARITY, X, Y, MODEL, STEP_SIZE, REG = range(6)
ROLES: tuple[tuple[str, ...], ...] = (
    ("nonlinearity", "nonlin", "activation", "act", "activationfunction", "activationtype", "actfn", "actfunc", "mode"),
    ("x", "xtrain", "trainx", "inputs", "data", "features"),
    ("y", "ytrain", "trainy", "labels", "label", "targets", "target"),
    ("model", "params", "parameters", "weights", "net", "network"),
    ("stepsize", "step", "lr", "learningrate", "alpha", "eta"),
    ("reg", "lambda", "lam", "lambd", "lmbda", "regularization", "regstrength", "l2", "l2reg", "weightdecay"),
)
"""Names of each argument in the assignment's order, without case and underscores."""

SIZES = {
    "h": HIDDEN, "h1": HIDDEN, "hidden1": HIDDEN, "h2": HIDDEN2, "hidden2": HIDDEN2,
    "k": CLASSES, "c": CLASSES, "numclasses": CLASSES, "nclasses": CLASSES,
    "d": INPUTS, "dim": INPUTS, "inputdim": INPUTS,
    "numexamples": POINTS, "numtrainexamples": POINTS, "nsamples": POINTS, "m": POINTS, "batchsize": POINTS,
}  # fmt: skip
"""Further arguments that are sizes."""

COUNTS = {
    f"{front}{what}{plural}"
    for front in ("", "n", "num", "max", "numberof", "numof", "total")
    for what in ("epoch", "iter", "iteration", "step", "trainingstep", "trainingiteration")
    for plural in ("", "s")
} - {"step"}
"""Further arguments that say how often to go on."""


def adapted(parameters: Sequence[str], required: int, args: Sequence[Any]) -> Adapted | None:
    """The assignment's arguments by the names of a student's own version; None where they can go as they are.

    Args:
        parameters: names in the version's order, starred ones last.
        required: how many of them have no default.
        args: in the assignment's order; all None while it is only asked whether it could be called.
    """
    named = [p for p in parameters if not p.startswith("*")]
    if len(args) != len(ROLES) or len(named) < len(ROLES):
        return None
    places = _places(named)
    given = {p: args[role] for p, role in places.items()}
    if MODEL not in places.values() and set(NAMES) <= set(named):
        model = args[MODEL] or dict.fromkeys(NAMES)
        given |= {name: model[name] for name in NAMES}
        found = len(places) == len(ROLES) - 1
    else:
        found = len(places) == len(ROLES)
    if not found:
        front = [p for p in named if folded(p) not in COUNTS][: len(ROLES)]
        if len(front) < len(ROLES):
            return None
        given = dict(zip(front, args, strict=True))
    elif required <= len(ROLES) and named[: len(ROLES)] == sorted(places, key=lambda p: places[p]):
        return None
    further = {p: SIZES.get(folded(p), ITERATIONS) for p in named[:required] if p not in given}
    if not further and not found:
        return None
    said = f"is called with its arguments by name, in the order of your own version ({', '.join(named)})"
    if further:
        said = "requires more than the assignment's arguments; it got " + ", ".join(
            f"{p} = {value}" for p, value in further.items()
        )
    return Adapted({**given, **further}, said)


def _places(named: Sequence[str]) -> Mapping[str, int]:
    """Which argument each parameter is, as far as names tell; the first of two with the same meaning."""
    places: dict[str, int] = {}
    for parameter in named:
        role = next((i for i, names in enumerate(ROLES) if folded(parameter) in names), None)
        if role is not None and role not in places.values():
            places[parameter] = role
    return places
