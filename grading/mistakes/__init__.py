"""Known mistakes: how right answers go wrong in students' hands, one line each.

A mistake is a variant of the right answer that is wrong in exactly one way, with the words for the student who made
it. When a student's answers equal a variant's, on inputs that nobody could foresee, the mistake has its name.

The banks start from counted public submissions; ids are stable, because statistics count them.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class KnownMistake(Generic[V]):
    """One way to be wrong.

    Attributes:
        id: stable, lower-case words joined by hyphens.
        says: to the student: what they did, in one sentence.
        look: to the student: where to look, or what to do, in one or two sentences.
        variant: the right answer with that one change.
    """

    id: str
    says: str
    look: str
    variant: V
