"""Which of the student's definitions a binding means: by name, by number of arguments, and at last by behaviour."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grading.authoring.bindings import Adapted, Behaviour, Function, folded
from grading.domain.errors import AnswerFault, Died, Overran
from grading.evaluation.trace import copied
from grading.numerics.closeness import difference
from grading.sandbox import Defined

MOST_CANDIDATES = 8
CALLED = ("function", "callable")


def find(binding: Function, defined: Sequence[Defined]) -> Defined | None:
    """The definition that a binding means: by name, alias, either loosely spelled, then by arity alone if it may."""
    names = (binding.name, *binding.aliases)
    for fold in (str, folded):
        for name in names:
            matches = [d for d in defined if fold(d.name) == fold(name)]
            if matches:
                fitting = [d for d in matches if binding.arity is None or fits(binding, d)]
                return (fitting or matches)[-1]
    if binding.by_arity and binding.arity is not None:
        # A signature without parameters may be an unknown one, which proves nothing.
        signed = [d for d in defined if d.kind == "function" and d.parameters]
        # One with just these arguments is meant before any that could be called with them.
        fitting = [d for d in signed if takes(d, binding.arity)] or [d for d in signed if fits(binding, d)]
        return fitting[0] if len(fitting) == 1 else None
    return None


def behaving(
    behaviour: Behaviour, defined: Sequence[Defined], ask: Callable[[Defined, tuple[Any, ...]], Any]
) -> tuple[Defined | None, bool]:
    """The last definition that answers the behaviour's question as the right function does, or as a wrong one.

    Args:
        behaviour: what to look for.
        defined: those that no other binding means.
        ask: puts a question to a definition. One that outruns its time ends the search.

    Returns:
        The definition or None, and whether its answer was right.
    """
    count = len(behaviour.arguments)
    answers: list[tuple[Defined, Any]] = []
    for candidate in [d for d in defined if d.kind in CALLED and takes(d, count)][:MOST_CANDIDATES]:
        try:
            answers.append((candidate, ask(candidate, copied(behaviour.arguments))))
        except (Overran, Died):
            break
        except AnswerFault:
            continue
    likely = [(d, a) for d, a in answers if not any(piece in folded(d.name) for piece in behaviour.unlike)]
    for right, function, asked in ((True, behaviour.right, answers), *((False, f, likely) for f in behaviour.mistakes)):
        with np.errstate(all="ignore"):
            like = function(*copied(behaviour.arguments))
        found = [d for d, answer in asked if difference(like, answer) is None]
        if found:
            return found[-1], right
    return None, False


def fits(binding: Function, defined: Defined) -> bool:
    """Whether a definition can be called with the binding's number of arguments, by its own names if need be."""
    count = binding.arity or 0
    return takes(defined, count) or adapted(binding, defined, (None,) * count) is not None


def takes(defined: Defined, count: int) -> bool:
    """Whether a definition can be called with so many positional arguments, as far as its signature is known."""
    if defined.kind not in ("function", "class") or not defined.parameters:
        return True
    most = sum(not p.startswith("*") for p in defined.parameters)
    more = any(p.startswith("*") and not p.startswith("**") for p in defined.parameters)
    return defined.required <= count and (count <= most or more)


def adapted(binding: Function, defined: Defined, args: Sequence[Any]) -> Adapted | None:
    """How a definition with other parameters is called; None where it takes the arguments as they are or not at all."""
    if binding.adapts is None or defined.kind not in ("function", "class") or not defined.parameters:
        return None
    return binding.adapts(defined.parameters, defined.required, args)
