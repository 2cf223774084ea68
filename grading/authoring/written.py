"""Written answers: where they stand, and what counts as right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from grading.authoring.mistake import Explains
from grading.programs import Source

Find = Callable[[Source], str | None]


@dataclass(frozen=True, slots=True)
class Right:
    """The answer counts.

    Attributes:
        note: one sentence to the student about it ("without biases"), or "".
    """

    note: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The answer does not count.

    Attributes:
        message: goes on from "Your answer", like "is read as 12".
        mistake: that the answer shows, where it is a known one.
    """

    message: str
    mistake: Explains | None = None


@dataclass(frozen=True, slots=True)
class ForHuman:
    """A human decides, with the course's key points beside the answer."""

    points: tuple[str, ...]


class Accepts(Protocol):
    """What counts as right: `Word` and `Prose` here, `Formula` and `Quantity` in `grading.checks`."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Judge the text that was found; what is raised is the author's fault."""


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words, without regard to case, spaces and punctuation."""

    words: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if the whole answer is one of the words."""
        return Right() if _bare(answer) in {_bare(w) for w in self.words} else Wrong(f"reads {answer[:80]!r}")


@dataclass(frozen=True, slots=True)
class Prose:
    """Free text for a human.

    Attributes:
        points: what the course looks for, shown to staff beside the answer.
    """

    points: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:  # noqa: ARG002 - a human reads it
        """Always for a human."""
        return ForHuman(self.points)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
