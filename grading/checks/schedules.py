r"""Learning-rate schedules by the rates they give, epoch by epoch.

What counts is the rate with which each epoch was trained, read from the optimizer's groups or off its steps. Rates are
compared at 1e-6 relative, many times what a product of some hundred factors leaves in float64. Closed forms and
recurrences are the same to that.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.checks.conclusions import Conclusion, right, wrong
from reference_models.schedulers import MISTAKES, Schedule, rates

Array = npt.NDArray[np.float64]

RATE_TOLERANCE = 1e-6
FACTOR_TOLERANCE = 1e-3


def judged(seen: object, schedule: Schedule, *, batches: int = 1, also: Sequence[Schedule] = ()) -> Conclusion:
    """Your learning rate follows the schedule that was asked for.

    Args:
        seen: the rate of each epoch in order, the student's.
        schedule: what was asked for.
        batches: of an epoch, to recognise a schedule that steps with each.
        also: other right schedules, such as a decay that starts one epoch later.
    """
    got = admit.array(seen, "your learning rates", ndim=1)
    if len(got) == 0:
        return wrong("No learning rate was seen: the optimizer took no step.", "no-rates")
    for number, accepted in enumerate((schedule, *also)):
        if _same(rates(accepted, len(got)), got):
            return right(*(["Your schedule is another convention: allowed."] if number else []))
    longer = rates(schedule, (len(got) + 1) * max(2, batches))
    facts = {"rates": [float(v) for v in got[:8]]}
    if _same([longer[0]] * len(got), got):
        return wrong(MISTAKES["schedule-ignored"][1], "schedule-ignored", **facts)
    for mistake, (made, said) in MISTAKES.items():
        if mistake == "schedule-stepped-per-batch" and batches <= 1:
            continue
        if _same(made(longer, batches)[: len(got)], got):
            return wrong(said, mistake, **facts)
    return _other(got, longer, schedule, facts)


def _other(got: Array, wanted: Sequence[float], schedule: Schedule, facts: dict[str, list[float]]) -> Conclusion:
    ideal = np.asarray(wanted[: len(got)])
    factor = float(got[0] / ideal[0]) if ideal[0] else math.inf
    if math.isfinite(factor) and _same([factor * v for v in ideal], got):
        return wrong(
            f"Your schedule has the right form and starts at {got[0]:.4g}, where {ideal[0]:.4g} was given.",
            "schedule-start",
            **facts,
        )
    changes = got[1:] / np.where(got[:-1] == 0, np.inf, got[:-1])
    falls = changes[np.abs(changes - 1) > RATE_TOLERANCE]
    if schedule.kind in ("exponential", "step", "multistep") and len(falls):
        places = np.flatnonzero(np.abs(changes - 1) > RATE_TOLERANCE)
        due = np.flatnonzero(np.abs(ideal[1:] / ideal[:-1] - 1) > RATE_TOLERANCE)
        if np.array_equal(places, due) and np.allclose(falls, falls[0], rtol=FACTOR_TOLERANCE):
            return wrong(
                f"Your rate is multiplied by {falls[0]:.4g} each time.", "schedule-factor", factor=float(falls[0])
            )
        if np.allclose(falls, schedule.gamma, rtol=FACTOR_TOLERANCE):
            listed = ", ".join(str(int(p) + 1) for p in places[:6])
            return wrong(
                f"Your rate changes at epochs {listed} (counted from 0), not when it should.",
                "schedule-epochs",
                **facts,
            )
    first = int(np.argmax(np.abs(got - ideal) > RATE_TOLERANCE * np.abs(ideal)))
    return wrong(f"From epoch {first} (counted from 0) your learning rate leaves the schedule.", "", **facts)


def _same(wanted: Sequence[float], got: Array) -> bool:
    ideal = np.asarray(wanted, np.float64)
    return ideal.shape == got.shape and bool((np.abs(got - ideal) <= RATE_TOLERANCE * np.abs(ideal).max()).all())
