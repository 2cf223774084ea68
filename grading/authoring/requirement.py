"""What a `holds` check says: `require` and `remark`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from grading.domain.errors import RubricFault
from grading.domain.report import Json


class Unmet(Exception):  # noqa: N818 - it is no error: it is how a check says no
    """A requirement does not hold: the student's failing finding. Raised by `require`, caught by the evaluation."""

    def __init__(self, message: str, evidence: Mapping[str, Json]) -> None:
        super().__init__(message)
        self.message = message
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Remark:
    """A note to the student that costs nothing."""

    message: str
    evidence: Mapping[str, Json] = field(default_factory=dict)


_remarks: ContextVar[list[Remark] | None] = ContextVar("remarks", default=None)


def require(condition: object, message: str, *, evidence: Mapping[str, Json] | None = None) -> None:
    """Fail the check unless the condition holds.

    Args:
        condition: a truth value; NumPy and torch booleans of one element count. NaN comparisons are false, so write
            what must hold.
        message: to the student: what does not hold, where, what to do.
        evidence: small plain JSON for the report, and for a mistake's `recognise`.
    """
    if not bool(condition):
        raise Unmet(message, evidence or {})


def remark(message: str, *, evidence: Mapping[str, Json] | None = None) -> None:
    """Tell the student something that costs no points."""
    remarks = _remarks.get()
    if remarks is None:
        raise RubricFault("remark() was called outside a check")
    remarks.append(Remark(message, evidence or {}))


@contextmanager
def remarks_kept() -> Iterator[list[Remark]]:
    """Collect the remarks made inside the block."""
    kept: list[Remark] = []
    token = _remarks.set(kept)
    try:
        yield kept
    finally:
        _remarks.reset(token)
