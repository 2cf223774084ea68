"""A few of many variants on each day: all of them take minutes, and `chainrule assignment validate` tries them all.

`CHAINRULE_ROTATION=all` takes every one; a number stands for a day (of the proleptic calendar), to repeat a run.
"""

import datetime as dt
import os
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")

TURN = os.environ.get("CHAINRULE_ROTATION") or str(dt.datetime.now(tz=dt.UTC).date().toordinal())


def rotated(items: Iterable[T], count: int, *, turn: str = TURN) -> Sequence[T]:
    """`count` of the items, in their order; the same ones all day, and every one in its turn.

    The items are shuffled once, the same way always, and dealt out `count` a day.
    """
    every = list(items)
    if turn == "all" or count >= len(every):
        return every
    dealt = list(range(len(every)))
    random.Random(0).shuffle(dealt)  # noqa: S311 - not for secrets
    first = int(turn) * count
    today = {dealt[(first + n) % len(every)] for n in range(count)}
    return [item for n, item in enumerate(every) if n in today]
