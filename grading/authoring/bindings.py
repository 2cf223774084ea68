"""Bindings: from a name that the rubric uses to something the student's program can be asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

BoxMode = Literal["definitions", "run"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a function answers: tells it from others where its name does not.

    Attributes:
        arguments: of one harmless question, which every candidate is asked.
        right: the reference, which is asked the same.
        mistakes: known wrong ones. They decide only where nobody answers rightly.
        unlike: pieces of names, in lower case, of functions that are meant as something else: those are never taken for
            a wrong one.
    """

    arguments: tuple[Any, ...]
    right: Callable[..., Any]
    mistakes: Sequence[Callable[..., Any]] = ()
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adapted:
    """How a student's version of a function with other parameters is called.

    Attributes:
        arguments: all of them, by the version's own names.
        said: what was done, after the function's name, for the report's notes.
    """

    arguments: Mapping[str, Any]
    said: str


Adapts = Callable[[Sequence[str], int, Sequence[Any]], Adapted | None]
"""(parameters, how many are required, the assignment's arguments) → how to call it; None: with these arguments.

Asked with arguments that are all None where it only matters whether there is a way.
"""


@dataclass(frozen=True, slots=True)
class Function:
    """A function or class that the student defines; `student.<name>(...)` calls it.

    Bound by exact name, then by alias, then by either without regard to case and underscores, then, if `by_arity`, by
    being the only definition left that takes that many arguments; at last, if `behaves`, by its answers. Anything but
    the exact name is listed in the report's notes.

    Attributes:
        name: as the assignment names it.
        aliases: other names that count.
        arity: how many positional arguments the rubric passes; a definition that cannot take them is reported before it
            is called.
        by_arity: whether the number of arguments alone may decide.
        behaves: what it answers, for finding it under an unknown name.
        adapts: how a version with other parameters is called: in another order, with more of them; what it does is
            listed in the notes.
        box: which box is asked, where a part has both; None = the part's own mode.
    """

    name: str
    aliases: tuple[str, ...] = ()
    arity: int | None = None
    by_arity: bool = False
    behaves: Behaviour | None = None
    adapts: Adapts | None = None
    box: BoxMode | None = None


@dataclass(frozen=True, slots=True)
class Driven:
    """A question that our own driver answers inside the box, about whatever the student made.

    Attributes:
        name: the rubric's word for it; `student.<name>(...)`, and the reference's callable of that name. What follows a
            double underscore is not shown to the student: "train__one_step" is a question about `train`.
        driver: the driver's registered name; "" = the same as `name`.
        target: name of a `Function` of this part; the student's name for it goes in front of the arguments. Where the
            driver takes that function's own arguments next, as a list and a dictionary, its `adapts` may change them.
        ask: packs one question on the judge's side: called as `ask(put, *args, **kwargs)`, where `put(*args, **kwargs)`
            asks the driver (the target is filled in) and returns its reply. What comes back is the student's: take it
            apart only through `grading.authoring.expect`.
        box: which box is asked, where a part has both; None = the part's own mode.
        told: what the student reads was called; "" = nothing, because the arguments are the driver's and not those that
            the student's function takes; None = the target, or else the name.
    """

    name: str
    driver: str = ""
    target: str = ""
    ask: Callable[..., Any] | None = None
    box: BoxMode | None = None
    told: str | None = None


Binding = Function | Driven


def folded(name: str) -> str:
    """A name without case and underscores."""
    return name.replace("_", "").casefold()
