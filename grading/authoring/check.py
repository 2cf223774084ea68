"""Checks: one question each, in one of three forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from grading.authoring.subject import Mistake, Reference, Variant
from grading.authoring.written import Accepts, Find
from grading.domain.verdict import Visibility

Form = Literal["same", "free"]
Probe = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One part of an answer, told in a finding of its own beside the answer's: a line of the inner ledger.

    Attributes:
        id: unique in the rubric; the finding's `question`.
        question: what should hold, in words to the student.
        part: the key of the answer, which is a dictionary.
    """

    id: str
    question: str
    part: str


@dataclass(frozen=True, slots=True)
class Agrees:
    """The subject's answer equals the reference's.

    Attributes:
        probe: (subject, draw) → answer; called with the student, the reference, and on failure with the mistakes.
        also: other right references.
        rtol, atol: override the tolerance by dtype; both or neither.
        given: names of the student's own functions that the reference may be rebuilt around (error carried forward).
        lines: parts of the answer that are told apart. They are judged from the same answer; the award counts none.
    """

    probe: Probe
    mistakes: tuple[Mistake, ...]
    also: tuple[Variant | Reference, ...]
    rtol: float | None
    atol: float | None
    given: tuple[str, ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """A property of the student's own answers.

    Attributes:
        probe: (student, draw) → None; says no with `require`.
        mistakes: known mistakes, named by equal answers or by `recognise`.
        reference: whether the reference is asked first, for the form of each reply and to clear the author.
    """

    probe: Probe
    mistakes: tuple[Mistake, ...]
    reference: bool


NO_ANSWER = "No answer was found"


@dataclass(frozen=True, slots=True)
class Asks:
    """A written answer.

    Attributes:
        find: where in the submission the answer stands.
        accepts: what counts as right.
        missing: to the student, where there is none.
    """

    find: Find
    accepts: Accepts
    missing: str = NO_ANSWER


@dataclass(frozen=True, slots=True)
class Check:
    """One question of a criterion.

    Attributes:
        id: unique in the rubric; the finding's `question`.
        question: the question in words, to the student: the probe's docstring.
        task: what is judged, and how.
        needs: ids of checks or criteria; where one of them failed this check is skipped with a reason.
        form: "same": each reply must have the reference's form before the probe sees it, and is brought into it (list →
            array, int → float, dtype, container); "free": the probe sees the reply as it came, and only an exception
            settles on form.
        weight: inside the criterion, for proportional awards.
        visibility: who may read the finding.
        hint: to the student, added to a failing message that no mistake explains.
        follows: ids of earlier criteria, of any part, and of earlier checks of its own: a failure without a name, or
            whose name is a symptom's, says that it may follow from what was lost there; the same mistake is told so.
    """

    id: str
    question: str
    task: Agrees | Holds | Asks
    needs: tuple[str, ...] = ()
    form: Form = "free"
    weight: Decimal = Decimal(1)
    visibility: Visibility = Visibility.STUDENT
    hint: str = ""
    follows: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The `question` of every finding that it gives."""
        lines = self.task.lines if isinstance(self.task, Agrees) else ()
        return (self.id, *(line.id for line in lines))

    @property
    def mistakes(self) -> Sequence[Mistake]:
        """The known mistakes of this check."""
        return () if isinstance(self.task, Asks) else self.task.mistakes
