"""A few of many variants in each test run: all take minutes, and `chainrule assignment validate` tries them all.

Which ones is decided by a number that `tests/conftest.py` draws and prints. `CHAINRULE_ROTATION` set to that number
repeats the choice; `CHAINRULE_ROTATION=all` takes every one.
"""

import os
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

TURN = os.environ["CHAINRULE_ROTATION"]


def rotated(items: Iterable[T], count: int, *, turn: str = TURN) -> Sequence[T]:
    """`count` of the items, in their order; the same ones for the same turn, and every one in some turn.

    The items are shuffled once, the same way always, and dealt out `count` a turn.
    """
    every = list(items)
    if turn == "all" or count >= len(every):
        return every
    dealt = list(range(len(every)))
    random.Random(0).shuffle(dealt)  # noqa: S311 - not for secrets
    first = int(turn) * count
    chosen = {dealt[(first + n) % len(every)] for n in range(count)}
    return [item for n, item in enumerate(every) if n in chosen]
