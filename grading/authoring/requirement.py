"""What a `holds` check says: `require`, `remark` and `illustrate`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from grading.domain.errors import RubricFault
from grading.domain.report import Json
from grading.domain.verdict import Visibility

if TYPE_CHECKING:
    from grading.authoring.mistake import Explains

MOST_SKETCHES = 2
"""For each check."""


class Unmet(Exception):  # noqa: N818 - it is no error: it is how a check says no
    """A requirement does not hold: the student's failing finding. Raised by `require`, caught by the evaluation."""

    def __init__(
        self,
        message: str,
        evidence: Mapping[str, Json],
        hint: str = "",
        mistake: "Explains | None" = None,
        raised: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.evidence = evidence
        self.hint = hint
        self.mistake = mistake
        self.raised = raised


class Undecided(Unmet):
    """What holds cannot be told from here: a person decides. Raised by `leave_to_person`, caught by the evaluation."""

    def __init__(self, answer: str, look_for: Sequence[str]) -> None:
        super().__init__("", {})
        self.answer = answer
        self.look_for = tuple(look_for)


@dataclass(frozen=True, slots=True)
class Remark:
    """A note that costs nothing: to the student, or to whom `visibility` says; None = as visible as its check."""

    message: str
    evidence: Mapping[str, Json] = field(default_factory=dict)
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """A small picture that says more than a sentence; drawn only where it is kept.

    Attributes:
        title: caption, and the alternative text.
        draw: gives PNG bytes.
    """

    title: str
    draw: Callable[[], bytes]


_sketches: ContextVar[list[Sketch] | None] = ContextVar("sketches", default=None)
_remarks: ContextVar[list[Remark] | None] = ContextVar("remarks", default=None)


def require(
    condition: object,
    message: str,
    *,
    evidence: Mapping[str, Json] | None = None,
    hint: str = "",
    mistake: "Explains | None" = None,
    raised: str = "",
) -> None:
    """Fail the check unless the condition holds.

    Args:
        condition: a truth value; NumPy and torch booleans of one element count. NaN comparisons are false, so write
            what must hold.
        message: to the student: what does not hold, where, what to do.
        evidence: small plain JSON for the report, and for a mistake's `recognise`.
        hint: to the student, where no known mistake explains the failure: where to look.
        mistake: the known mistake that was seen, where one was.
        raised: what the program raised meanwhile (`str` of a `Raised`), told after the message: a report tells the same
            error once.
    """
    if not bool(condition):
        raise Unmet(message, evidence or {}, hint, mistake, raised)


def leave_to_person(answer: str, look_for: Sequence[str]) -> NoReturn:
    """Hand the check to a person: its row waits, and nothing is lost until then.

    Args:
        answer: what the person reads: a part of the program, say.
        look_for: the course's key points.
    """
    raise Undecided(answer, look_for)


def remark(message: str, *, evidence: Mapping[str, Json] | None = None) -> None:
    """Tell the student something that costs no points."""
    remarks = _remarks.get()
    if remarks is None:
        raise RubricFault("remark() was called outside a check")
    remarks.append(Remark(message, evidence or {}))


def illustrate(title: str, draw: Callable[[], bytes]) -> None:
    """Lay a small picture beside the finding, should the check fail: a path against the right one, a histogram.

    It is kept only where the student may read the finding as soon as it is made, and drawn only then; see `canvas` and
    `png_of`. Outside a check nothing happens.

    Args:
        title: caption, and the alternative text.
        draw: gives PNG bytes; called after the checks. What it raises is noted and costs nothing.
    """
    kept = _sketches.get()
    if kept is not None and len(kept) < MOST_SKETCHES:
        kept.append(Sketch(title, draw))


@contextmanager
def sketches_kept() -> Iterator[list[Sketch]]:
    """Collect the sketches made inside the block."""
    kept: list[Sketch] = []
    token = _sketches.set(kept)
    try:
        yield kept
    finally:
        _sketches.reset(token)


@contextmanager
def remarks_kept() -> Iterator[list[Remark]]:
    """Collect the remarks made inside the block."""
    kept: list[Remark] = []
    token = _remarks.set(kept)
    try:
        yield kept
    finally:
        _remarks.reset(token)
