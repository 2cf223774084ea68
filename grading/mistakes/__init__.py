"""Known mistakes: how right answers go wrong in students' hands. One record each, one file a subject.

A record (`KnownMistake`) has an id, what it says to the student, where to look, and what shows it: a `variant` of the
right answer that is wrong in exactly this way, or a check that recognises it in what it measured. Where a variant's
answers equal the student's, on inputs that nobody could foresee, or a check names the record, the mistake has its name.
The same mistake has the same id in every course; `every` has them all.

To add one, write its record into the file of its subject. One that belongs to a group (a tuple, or a table by rule) is
asked by every check that takes the group, and rehearsed wherever it is; one without a variant needs the line in the
check that sees it.

The banks start from counted public submissions; ids are stable, because statistics count them.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from grading.authoring.mistake import KnownMistake

__all__ = ["STOPPED", "KnownMistake", "every", "records"]

STOPPED = "Where a cell stopped with an error, as the notes tell, mend that first: what came after it is missing."
"""Advice wherever something was not found in a program that ran as a whole."""


@cache
def every() -> Mapping[str, KnownMistake[Any]]:
    """All records by their id; where several variants show one mistake, the first of them."""
    found: dict[str, KnownMistake[Any]] = {}
    for record in records():
        found.setdefault(record.id, record)
    return found


def records() -> Iterator[KnownMistake[Any]]:
    """Every record of this room, every variant too; one that stands in two groups comes twice."""
    for module in pkgutil.iter_modules(__path__):
        yield from _records(vars(importlib.import_module(f"{__name__}.{module.name}")).values())


def _records(values: Iterable[Any]) -> Iterator[KnownMistake[Any]]:
    for value in values:
        if isinstance(value, KnownMistake):
            yield value
        elif isinstance(value, tuple | list):
            yield from _records(value)
        elif isinstance(value, Mapping):
            yield from _records(value.values())
