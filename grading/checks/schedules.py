"""The learning rate of a program's steps: how it changes from epoch to epoch."""

from collections.abc import Sequence
from itertools import pairwise

from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import training

RATE_TOLERANCE = 2e-3


def decays(rates: Sequence[float], factor: float) -> Conclusion:
    """Whether the rate stays for an epoch's steps, and is then multiplied by the factor.

    Args:
        rates: at each step of one optimizer, one or more.
        factor: what was asked for.
    """
    levels = [rates[0]]
    lengths = [1]
    for rate in rates[1:]:
        if abs(rate - levels[-1]) <= 1e-9 * abs(levels[-1]):
            lengths[-1] += 1
        else:
            levels.append(rate)
            lengths.append(1)
    facts = {"rates": [float(f"{rate:.6g}") for rate in rates[:12]]}
    shown = ", ".join(f"{rate:.4g}" for rate in rates[:6])
    if len(levels) == 1:
        return wrong(f"The rates of the first steps: {shown}.", training.RATE_CONSTANT, **facts)
    ratios = [after / before if before else 0.0 for before, after in pairwise(levels)]
    if any(ratio > 1 for ratio in ratios):
        return wrong(f"The rates of the first steps: {shown}.", training.RATE_RISES, **facts)
    if max(lengths) == 1 and len(rates) > 3:  # noqa: PLR2004 - more steps than epochs
        return wrong(f"The rates of the first steps: {shown}.", training.SCHEDULE_EACH_BATCH, **facts)
    if any(abs(ratio - factor) > RATE_TOLERANCE for ratio in ratios):
        said = f"After an epoch the rate is multiplied by {ratios[0]:.4g}, expected {factor:g}."
        return wrong(said, training.DECAY_FACTOR, **facts)
    return right(**facts)
