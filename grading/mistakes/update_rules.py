"""The known mistakes of each update rule written by hand, for checks that look at any of them."""

from collections.abc import Mapping

from grading.mistakes.adaptive_rates import ADAM, ADAMW, RMSPROP
from grading.mistakes.momentum import MOMENTUM, NESTEROV, SGD, Known

MISTAKES: Mapping[str, tuple[Known, ...]] = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "rmsprop": RMSPROP,
    "adam": ADAM,
    "adamw": ADAMW,
}
"""Optimizer → known mistakes, the most frequent first."""
