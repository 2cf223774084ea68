"""What a score is worth when it came late."""

import math
from datetime import datetime
from decimal import Decimal

DAY_S = 24 * 60 * 60


def late_days(accepted_at: datetime, due_at: datetime | None) -> int:
    """Days begun after the due date; 0 when in time or nothing is due."""
    if due_at is None or accepted_at <= due_at:
        return 0
    return math.ceil((accepted_at - due_at).total_seconds() / DAY_S)


def grade_of(score: Decimal, days: int, percent_per_day: Decimal) -> Decimal:
    """The score less `percent_per_day` of itself for each late day, never below 0.

    >>> grade_of(Decimal("8"), 2, Decimal("10"))
    Decimal('6.4')
    """
    share = max(Decimal(0), Decimal(100) - days * percent_per_day) / 100
    return (score * share).normalize() if share != 1 else score
