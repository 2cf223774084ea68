"""What a score is worth when it came late."""

import math
from datetime import UTC, datetime
from decimal import Decimal

DAY_S = 24 * 60 * 60


def late_days(accepted_at: datetime, due_at: datetime | None) -> int:
    """Days begun after the due date; 0 when in time or nothing is due."""
    if due_at is None:
        return 0
    # Two times of one zone are compared by the clock on the wall, which shows an hour twice when summer ends.
    late_s = (accepted_at.astimezone(UTC) - due_at.astimezone(UTC)).total_seconds()
    return max(0, math.ceil(late_s / DAY_S))


def grade_of(score: Decimal, days: int, percent_per_day: Decimal) -> Decimal:
    """The score less `percent_per_day` of itself for each late day, never below 0.

    >>> grade_of(Decimal("8"), 2, Decimal("10"))
    Decimal('6.4')
    """
    share = max(Decimal(0), Decimal(100) - days * percent_per_day) / 100
    return (score * share).normalize() if share != 1 else score
