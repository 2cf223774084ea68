"""Sentences to the student: what was asked, what came back, what should hold. Never an expected value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from grading.domain.errors import AnswerFault, Died, Overran, Raised
from grading.domain.report import Explanation, Json
from grading.domain.sentences import LONGEST, SHOWN
from grading.evaluation.trace import Trace, Unformed
from grading.numerics.closeness import Difference, Gap, GapKind
from grading.numerics.leaves import as_leaf


def asked(trace: Trace) -> str:
    """The last question in words: "sigmoid was called with a float64 array of shape (4, 7)"; "" for a driver's."""
    if not trace.calls or not trace.calls[-1].told:
        return ""
    call = trace.calls[-1]
    # Where the student reads another name, it is a question of ours about it; what is named then is not its argument.
    named = call.kwargs if call.told == call.name else {}
    given = ", ".join([*map(_argument, call.args), *(f"{k}={_argument(v)}" for k, v in named.items())])
    return f"{call.told} was called with {given}" if given else f"{call.told} was called"


def gap_words(gap: Gap) -> str:  # noqa: PLR0911 - one for each way to differ
    """What came back, for one leaf that differs."""
    what = gap.path or "the answer"
    match gap.kind:
        case GapKind.STRUCTURE | GapKind.SHAPE:
            return f"{what} is {gap.got}, expected {gap.expected}"
        case GapKind.SHAPE if gap.answer is not None and gap.right is not None:
            return f"{what} has shape {gap.answer.shape}, expected {gap.right.shape}"
        case GapKind.DTYPE if not gap.size:
            return f"{what} is {gap.got}, expected {gap.expected}"
        case GapKind.FINITE:
            return f"{what} has {gap.value} at {_index(gap)}" if gap.index else f"{what} is {gap.value}"
        case GapKind.DTYPE | GapKind.VALUE:
            if gap.answer is not None and gap.answer.kind == "text":
                return f"{what} is another text"
            if not gap.index:
                return f"{what} is {gap.value}, which is not right"
            furthest = f"the one furthest off is {gap.value} at {_index(gap)}"
            return f"{what} has {gap.wrong} of {gap.size} entries wrong; {furthest}"


def difference_words(found: Difference) -> str:
    """What came back, with a list of the leaves that differ."""
    text = gap_words(found.first)
    others = [p for p in found.paths[1:] if p]
    if not others:
        return text
    shown = ", ".join(others[:SHOWN]) + (f" and {len(others) - SHOWN} more" if len(others) > SHOWN else "")
    return f"{text}; also wrong: {shown}"


def fault_words(fault: AnswerFault, trace: Trace) -> Explanation:
    """What went wrong instead of an answer: what was asked, who did what."""
    question = asked(trace)
    match fault:
        case Unformed():
            return Explanation(asked=question, seen=f"{'its' if question else 'the'} answer {fault.where.text}")
        case Raised() | Overran() | Died() if not fault.unasked:
            subject = "the process" if isinstance(fault, Died) else "it" if question else "your program"
            return Explanation(asked=question, subject=subject, seen=_verb(fault))
        case _:
            return Explanation(seen=str(fault))


def gap_evidence(found: Difference, trace: Trace) -> dict[str, Json]:
    """The evidence of a difference: where, and what the student's own answer is there."""
    gap = found.first
    evidence: dict[str, Json] = {"differs_in": gap.kind.value, "got_form": gap.got}
    if gap.kind in (GapKind.STRUCTURE, GapKind.SHAPE):
        evidence["expected_form"] = gap.expected
    if gap.value:
        evidence |= {"index": list(gap.index), "got": gap.value, "wrong": gap.wrong, "of": gap.size}
    if any(found.paths):
        evidence["where"] = list[Json](p for p in found.paths if p)[: 2 * SHOWN]
    return evidence | call_evidence(trace)


def call_evidence(trace: Trace) -> dict[str, Json]:
    """The evidence of what was asked."""
    question = asked(trace)
    return {"asked": question} if question else {}


def kept(evidence: Mapping[str, Json]) -> dict[str, Json]:
    """An author's evidence as plain JSON: arrays become lists of their first entries, unknown things text."""
    return {str(k): _json(v) for k, v in evidence.items()}


def arrays_asked(trace: Trace) -> list[Any]:
    """The arrays among the arguments of the last call."""
    if not trace.calls:
        return []
    found: list[Any] = []
    stack: list[Any] = [*trace.calls[-1].args, *trace.calls[-1].kwargs.values()]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, (list, tuple)):
            stack.extend(value)
        elif isinstance(value, (np.ndarray, torch.Tensor)):
            array = as_leaf(value).array
            if array is not None and array.dtype.kind in "biuf":
                found.append(array.astype(np.float64))
    return found


def _json(value: Any, depth: int = 4) -> Json:  # noqa: PLR0911 - one for each type
    match value:
        case None | bool() | int() | str():
            return value if not isinstance(value, str) else value[:LONGEST]
        case float():
            return value if np.isfinite(value) else str(value)
        case np.generic():
            return _json(value.item())
        case np.ndarray() | torch.Tensor() if value.ndim == 0:
            return _json(value.item())
        case np.ndarray() | torch.Tensor():
            return [_json(v, depth - 1) for v in value.reshape(-1)[:64].tolist()]
        case dict() if depth:
            return {str(k): _json(v, depth - 1) for k, v in list(value.items())[:64]}
        case list() | tuple() if depth:
            return [_json(v, depth - 1) for v in value[:64]]
        case _:
            return str(value)[:LONGEST]


def _argument(value: Any) -> str:  # noqa: PLR0911 - one for each type
    match value:
        case str():
            return repr(value) if len(value) <= 40 else "text"  # noqa: PLR2004 - fits the sentence
        case bool() | int() | None:
            return str(value)
        case float():
            return f"{value:.6g}"
        case np.ndarray() | torch.Tensor():
            return str(as_leaf(value))
        case dict():
            return "a dictionary with " + ", ".join(str(k) for k in list(value)[:12])
        case list() | tuple():
            return f"a {type(value).__name__} of {len(value)}"
        case _ if any("__str__" in vars(kind) for kind in type(value).__mro__[:-1]):
            return str(value)[:200]  # an author's own kind of question, which says what it is
        case _:
            return f"your {type(value).__name__}" if type(value).__name__ != "Handle" else "your object"


def _verb(fault: AnswerFault) -> str:
    if isinstance(fault, Raised):
        return str(fault)
    did = "did not answer in time" if isinstance(fault, Overran) else "ended"
    return f"{did} ({fault})" if str(fault) else did


def _index(gap: Gap) -> str:
    return f"[{', '.join(str(i) for i in gap.index)}]"
