"""The record of one known mistake: its id, its words, and what shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, Self

from typing_extensions import TypeVar

from grading.authoring.subject import Answer, Mistake

V = TypeVar("V", default=Any)

NO_VARIANT: Any = None
"""Of a mistake that only evidence shows."""


class Explains(Protocol):
    """What a finding says of the mistake that explains it."""

    @property
    def id(self) -> str:
        """Stable, lower-case words joined by hyphens."""

    @property
    def says(self) -> str:
        """To the student: what they did, in one sentence."""

    @property
    def look(self) -> str:
        """To the student: where to look or what to do."""

    @property
    def symptom(self) -> bool:
        """Whether it is what came of some mistake, and not the mistake itself."""


@dataclass(frozen=True, slots=True)
class KnownMistake(Generic[V]):
    """One way to be wrong, told once: every course, page, report and rehearsal reads it here.

    A check that recognises it in what it measured names it directly (`wrong(message, record)`, `require(…,
    mistake=record)`). One that has a `variant` is found by answering alike: `acting` gives it the names of a reference.

    Attributes:
        id: stable, lower-case words joined by hyphens; statistics count it, and every course uses the same.
        says: to the student: what they did, in one sentence.
        look: to the student: where to look, or what to do, in one or two sentences.
        variant: the right answer with that one change (a function, a network's class, a rule, a law); None where only
            evidence shows it.
        symptom: whether it is what came of some mistake, and not the mistake itself: "it learned nothing".
    """

    id: str
    says: str
    look: str = ""
    variant: V = field(default=NO_VARIANT)
    symptom: bool = False

    def advising(self, look: str) -> Self:
        """The same mistake with advice for one assignment: its sizes, its names."""
        return replace(self, look=look)

    def acting(self, **overrides: Answer) -> Mistake:
        """The mistake as a variant of an assignment's reference.

        Args:
            overrides: answers that replace the reference's, by name.
        """
        return Mistake(self.id, says=self.says, look=self.look, symptom=self.symptom, **overrides)


def acting(
    records: Iterable[KnownMistake[V]], name: str, answer: Callable[[V], Any] = lambda variant: variant
) -> tuple[Mistake, ...]:
    """Records whose variants answer one name of a reference, in their order; those without a variant are left out.

    Args:
        records: of one kind.
        name: of the reference's answer that they replace.
        answer: makes that answer of a variant.
    """
    return tuple(r.acting(**{name: answer(r.variant)}) for r in records if r.variant is not NO_VARIANT)
