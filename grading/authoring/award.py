"""Award rules: from the checks of one criterion to its share of the points, in exact decimals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Counted:
    """One check as an award rule sees it.

    Attributes:
        weight: the check's weight inside its criterion.
        passed: whether the question was answered rightly.
    """

    weight: Decimal
    passed: bool


class Award(Protocol):
    """A rule that turns checks into points."""

    def points(self, possible: Decimal, checks: Sequence[Counted]) -> Decimal:
        """Points for the checks that count, between 0 and `possible`, in hundredths."""


@dataclass(frozen=True, slots=True)
class AllOrNothing:
    """Every check passes, or no points: "a cell block is correct only if all its questions are"."""

    def points(self, possible: Decimal, checks: Sequence[Counted]) -> Decimal:
        """All of `possible` if there is a check and all passed, else 0."""
        return possible if checks and all(c.passed for c in checks) else Decimal(0)


@dataclass(frozen=True, slots=True)
class Proportional:
    """The share of the weight that passed, rounded half up to hundredths of a point."""

    def points(self, possible: Decimal, checks: Sequence[Counted]) -> Decimal:
        """`possible` times passed weight over all weight; 0 where nothing counts."""
        total = sum((c.weight for c in checks), Decimal(0))
        earned = sum((c.weight for c in checks if c.passed), Decimal(0))
        return (possible * earned / total).quantize(HUNDREDTH, ROUND_HALF_UP) if total else Decimal(0)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """All points if at least `k` checks pass, else none.

    Args:
        k: how many; at least 1.
    """

    k: int

    def points(self, possible: Decimal, checks: Sequence[Counted]) -> Decimal:
        """All of `possible` or 0."""
        return possible if sum(c.passed for c in checks) >= max(1, self.k) else Decimal(0)


@dataclass(frozen=True, slots=True)
class Manual:
    """A human awards the points; the checks are evidence for them."""

    def points(self, possible: Decimal, checks: Sequence[Counted]) -> Decimal:  # noqa: ARG002 - the rule's signature
        """Nothing yet: the criterion's status is `manual` and its points are pending."""
        return Decimal(0)


ALL_OR_NOTHING = AllOrNothing()
PROPORTIONAL = Proportional()
MANUAL = Manual()
