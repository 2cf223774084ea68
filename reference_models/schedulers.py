r"""Learning-rate schedules: the rate of each epoch, counted from 0.

A schedule is a sequence :math:`\eta_0, \eta_1, \dots`; the first epoch trains with :math:`\eta_0`, the rate that the
optimizer was made with.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which schedule, and its numbers.

    Attributes:
        kind: "constant", "exponential", "step", "multistep", "cosine" or "warmup".
        rate: of the first epoch; of a warm-up, the rate that it reaches.
        gamma: factor of each decay.
        every: epochs between two decays of "step".
        at: epochs of the decays of "multistep".
        epochs: length of "cosine", or of the warm-up.
        lowest: where "cosine" ends.
    """

    kind: str
    rate: float
    gamma: float = 1.0
    every: int = 1
    at: tuple[int, ...] = ()
    epochs: int = 0
    lowest: float = 0.0


def rates(s: Schedule, epochs: int) -> list[float]:
    r"""The rate of each epoch.

    Constant :math:`\eta`; exponential :math:`\eta\gamma^t`; step :math:`\eta\gamma^{\lfloor t/s\rfloor}`; multistep
    :math:`\eta\gamma^{\#\{a \le t\}}`; cosine
    :math:`\eta_{min} + \frac12(\eta - \eta_{min})(1 + \cos\frac{\pi t}{T})` (Loshchilov, Hutter 2017); linear warm-up
    :math:`\eta\min(1, (t + 1)/T)` (Goyal et al. 2017).

    >>> [round(r, 4) for r in rates(Schedule("exponential", 0.1, gamma=0.95), 3)]
    [0.1, 0.095, 0.0902]
    >>> rates(Schedule("step", 1.0, gamma=0.5, every=2), 5)
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    return [_rate(s, t) for t in range(epochs)]


def _rate(s: Schedule, t: int) -> float:
    match s.kind:
        case "constant":
            return s.rate
        case "exponential":
            return s.rate * s.gamma**t
        case "step":
            return s.rate * s.gamma ** (t // s.every)
        case "multistep":
            return s.rate * s.gamma ** sum(a <= t for a in s.at)
        case "cosine":
            return s.lowest + (s.rate - s.lowest) * (1 + math.cos(math.pi * min(t, s.epochs) / s.epochs)) / 2
        case "warmup":
            return s.rate * min(1.0, (t + 1) / s.epochs)
        case other:
            raise ValueError(f"no schedule is called {other!r}")


# -- known mistakes -------------------------------------------------------------------------------------

Wrong = Callable[[Sequence[float], int], list[float]]


def _compounded(right: Sequence[float], _: int) -> list[float]:
    """The decay of epoch t is multiplied onto the rate that was decayed already: rate *= gamma ** t."""
    found, now = [], right[0]
    for r in right:
        now = now * r / right[0]
        found.append(now)
    return found


MISTAKES: Mapping[str, tuple[Wrong, str]] = {
    "schedule-ignored": (
        lambda right, _: [right[0]] * len(right),
        "The rate never changes: call step() of the scheduler, or write the new rate into the optimizer's groups.",
    ),
    "schedule-one-epoch-early": (
        lambda right, _: [*right[1:]],
        "The rate changes one epoch too early: step() comes after the epoch's training, not before.",
    ),
    "schedule-one-epoch-late": (
        lambda right, _: [right[0], *right[:-1]],
        "The rate changes one epoch too late.",
    ),
    "schedule-stepped-per-batch": (
        lambda right, batches: [*right[::batches]],
        "The schedule steps once for every batch: step it once an epoch.",
    ),
    "schedule-stepped-twice": (
        lambda right, _: [*right[::2]],
        "The schedule steps twice in each epoch.",
    ),
    "schedule-compounded": (
        _compounded,
        "The decay of all epochs is multiplied onto a rate that was decayed already.",
    ),
    "schedule-grows": (
        lambda right, _: [right[0] ** 2 / r if r else math.inf for r in right],
        "The rate grows where it should shrink: multiply by the factor, do not divide.",
    ),
}
"""Mistake id → (rates for more epochs than were asked, batches of an epoch) → the rates seen; and what to say."""
