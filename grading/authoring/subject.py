"""Subjects: whoever answers the assignment's functions.

The student's program, the reference, a known mistake and another right convention are asked in the same words:
`subject.sigmoid(x)`. A `Reference` is a namespace of callables. A `Variant` is the same namespace with some of them
replaced; a `Mistake` is a variant that is wrong in a known way and says so to the student.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from grading.domain.errors import RubricFault
from grading.programs import Source

if TYPE_CHECKING:
    from grading.authoring.draw import Draw
    from grading.authoring.executed import Executed

Answer = Callable[..., Any]


class NoReference(RubricFault):
    """The reference was asked for a function that it does not define."""


class Subject:
    """Something that answers the assignment's functions by name: `subject.sigmoid(x)`.

    Attributes:
        source: the text of the student's file, read and never executed; None for whoever is no student.
        device: where the program may compute, "cpu" or "cuda": a check may ask for more where there is a GPU.
    """

    source: Source | None = None
    device: str = "cpu"

    @property
    def itself(self) -> "Subject":
        """Who is asked, whoever writes it down: what was found out about it once holds in every check."""
        return self

    def recall(self, driver: str, answer: object) -> None:
        """Note that an answer of an earlier check is used again: a finding may come from it."""

    def __getattr__(self, name: str) -> Answer:
        """The function of that name, to be called with plain data."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._answering(name)

    def told_as(self, name: str) -> str:
        """What a student reads was called when this question was asked; "" = nothing."""
        return name.partition("__")[0] or name

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Put a question to a driver by name; on a reference, to its callable of the same name."""
        return self._answering(driver)(*args, **kwargs)

    def _answering(self, name: str) -> Answer:
        raise NoReference(f"nothing here answers {name!r}")


class Student(Subject, ABC):
    """The student's program, as a rubric may use it: a subject that also ran as a whole and has names of its own."""

    @abstractmethod
    def executed(self) -> "Executed":
        """What each cell did and drew when the whole program ran.

        Raises:
            AnswerFault: the run could not be begun.
        """

    @abstractmethod
    def bound(self, name: str) -> str:
        """The student's own name for an expected function.

        Raises:
            Missing: there is none.
        """


def around(function: Answer) -> Answer:
    """Mark a reference callable that is built around other answers of the same subject.

    The function takes the subject first: `three_layer_net=around(lambda s, *a: mlp.train(*a, sigmoid=s.sigmoid))`. So a
    variant that replaces `sigmoid` changes the network as well, and an error can be carried forward (`given=`).
    """

    def bound(subject: Subject, *args: Any, **kwargs: Any) -> Any:
        return function(subject, *args, **kwargs)

    bound.__dict__["takes_subject"] = True
    return bound


class Reference(Subject):
    """Right answers: a namespace of callables.

    Args:
        callables: name → function of plain data. Wrap one in `around` where it is built from others of them.
    """

    def __init__(self, **callables: Answer) -> None:
        self._callables = dict(callables)

    def _answering(self, name: str) -> Answer:
        try:
            function = self._callables[name]
        except KeyError:
            raise NoReference(f"the reference defines no {name!r}; it has {sorted(self._callables)}") from None
        if getattr(function, "takes_subject", False):
            return lambda *args, **kwargs: function(self, *args, **kwargs)
        return function

    @property
    def names(self) -> frozenset[str]:
        """What it answers."""
        return frozenset(self._callables)

    def with_(self, overrides: Mapping[str, Answer]) -> "Reference":
        """The same reference with some callables replaced; those built `around` them follow."""
        unknown = set(overrides) - set(self._callables)
        if unknown:
            raise RubricFault(f"overrides {sorted(unknown)}, which the reference does not define")
        return Reference(**{**self._callables, **overrides})


class Variant:
    """Another right answer: a convention that counts as well (`also=[...]`).

    Args:
        id: stable, hyphenated.
        note: one sentence to the student that says which convention was recognised, or "".
        overrides: callables that replace the reference's.
    """

    def __init__(self, id: str, /, *, note: str = "", **overrides: Answer) -> None:  # noqa: A002 - the report's word
        self.id = id
        self.note = note
        self.overrides = overrides


class Mistake:
    """A known mistake: a one-line variant of the reference that is wrong in one way.

    Args:
        id: stable, hyphenated; statistics and dashboards count it.
        says: to the student: what they did, in one sentence.
        look: to the student: where to look or what to do, in one sentence.
        recognise: instead of overrides, or beside them: decides from the failing finding's evidence (plain JSON that
            the judge made).
        asks: with `recognise`: a further question to the student's program, put where the evidence fits, so that what
            `says` claims was seen and not guessed. Called with the subject and a fresh draw; no where it raises.
        symptom: whether it is what came of some mistake, and not the mistake itself: "it learned nothing". Such a
            failure says which earlier losses it may follow from; see `Check.follows`.
        overrides: callables that replace the reference's; with `around` they may use the others.
    """

    def __init__(
        self,
        id: str,  # noqa: A002 - the report's word
        /,
        *,
        says: str,
        look: str = "",
        recognise: Callable[[Mapping[str, Any]], bool] | None = None,
        asks: "Callable[[Subject, Draw], bool] | None" = None,
        symptom: bool = False,
        **overrides: Answer,
    ) -> None:
        if not overrides and recognise is None:
            raise RubricFault(f"mistake {id!r} has neither an override nor a way to recognise it")
        if asks is not None and recognise is None:
            raise RubricFault(f"mistake {id!r} asks the student, and has no way to recognise when: give recognise too")
        self.id = id
        self.says = says
        self.look = look
        self.recognise = recognise
        self.asks = asks
        self.symptom = symptom
        self.overrides = overrides
