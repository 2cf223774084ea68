"""A right program's answers, kept while it is graded, and given again with some of them spoilt.

So a rubric meets hundreds of hostile students without a box for each: the questions are the rubric's own, the answers
those of the right sample, apart from the one kind that is tried.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import torch

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, Died, Missing, Overran
from grading.domain.report import Integrity
from grading.evaluation.boxes import Box, OpensBoxes
from grading.evaluation.trace import copied
from grading.numerics.leaves import as_leaf
from grading.programs import Program
from grading.rehearsal.hostile import Reply, endings, replies
from grading.sandbox import Loaded, UnitResult

T = TypeVar("T")
UNSENDABLE = frozenset({"sparse_tensor", "objects", "as_objects", "record", "dates", "long_double"})
"""Kinds that no reply can be once it came through the wire."""

DEEPEST = 4
"""Below this many containers a reply is spoilt as a whole or not at all."""


@dataclass(slots=True)
class Tape:
    """What one program answered, in order.

    Attributes:
        answers: question with its arguments → its reply; a fault stands for a reply that did not come.
        latest: question → its last reply, for arguments that the right sample was never asked with.
        student_s: seconds of the program's own code.
        peak_bytes: most memory of any of its boxes, as far as they say.
    """

    loaded: Loaded | AnswerFault | None = None
    units: dict[int, UnitResult | AnswerFault] = field(default_factory=dict)
    figures: Sequence[Any] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    latest: dict[str, Any] = field(default_factory=dict)
    student_s: float = 0.0
    peak_bytes: int = 0


class Recorder:
    """A sandbox whose boxes are listened to.

    Args:
        sandbox: opens the boxes.
        answers: whether answers are kept; else only what the boxes used.

    Attributes:
        tapes: by name and mode of the program.
    """

    def __init__(self, sandbox: OpensBoxes, *, answers: bool = True) -> None:
        self._sandbox = sandbox
        self._answers = answers
        self.tier = sandbox.tier
        self.tapes: dict[tuple[str, str], Tape] = {}

    def open(self, program: Program, *, limits: Limits, seed: int, device: str) -> Box:
        """A fresh box of the sandbox, with the tape running."""
        box = self._sandbox.open(program, limits=limits, seed=seed, device=device)
        return _Recorded(box, self.tapes.setdefault((program.name, program.mode), Tape()), answers=self._answers)

    @property
    def slowest_s(self) -> float:
        """Most seconds of the program's own code in one file."""
        return max((tape.student_s for tape in self.tapes.values()), default=0.0)

    @property
    def peak_bytes(self) -> int:
        """Most memory of one box."""
        return max((tape.peak_bytes for tape in self.tapes.values()), default=0)


class _Recorded:
    def __init__(self, box: Box, tape: Tape, *, answers: bool) -> None:
        self._box = box
        self._tape = tape
        self._answers = answers

    @property
    def student_s(self) -> float:
        return self._box.student_s

    @property
    def spent(self) -> bool:
        return self._box.spent

    @property
    def integrity(self) -> Sequence[Integrity]:
        return self._box.integrity

    @property
    def repairs(self) -> Sequence[str]:
        return self._box.repairs

    def load(self) -> Loaded:
        def keep(loaded: Loaded | AnswerFault) -> None:
            self._tape.loaded = loaded

        return _kept(self._box.load, keep)

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:
        def keep(result: UnitResult | AnswerFault) -> None:
            self._tape.units[index] = result

        return _kept(lambda: self._box.run_unit(index, timeout_s=timeout_s), keep)

    def call(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        return self._answered(str(target), (args, kwargs), lambda: self._box.call(target, *args, **kwargs))

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        return self._answered(driver, (args, kwargs), lambda: self._box.drive(driver, *args, **kwargs))

    def figures(self) -> Sequence[Any]:
        self._tape.figures = self._box.figures()
        return self._tape.figures

    def end(self) -> Any:
        self._tape.student_s += self._box.student_s
        ended = self._box.end()
        self._tape.peak_bytes = max(self._tape.peak_bytes, int(getattr(ended, "peak_bytes", 0)))
        return ended

    def _answered(self, question: str, arguments: object, ask: Callable[[], Any]) -> Any:
        if not self._answers:
            return ask()
        key = _named(question, arguments)

        def keep(answer: Any) -> None:
            self._tape.answers[key] = self._tape.latest[question] = answer

        return copied(_kept(ask, keep))


def _named(question: str, arguments: object) -> str:
    """The question with a digest of its arguments: a check may ask it again, and in another order."""
    digest = hashlib.sha256()
    todo: list[object] = [arguments]
    while todo:
        match todo.pop():
            case dict() as table:
                todo += [*table.keys(), *table.values(), f"dict {len(table)}"]
            case list() | tuple() as items:
                todo += [*items, f"list {len(items)}"]
            case np.ndarray() | torch.Tensor() as numbers:
                array = np.ascontiguousarray(as_leaf(numbers).array)
                digest.update(f"{array.dtype} {array.shape} ".encode() + array.tobytes())
            case other:
                digest.update(repr(other).encode() + b";")
    return f"{question} {digest.hexdigest()}"


def _kept(ask: Callable[[], T], keep: Callable[[T | AnswerFault], None]) -> T:
    try:
        answer = ask()
    except AnswerFault as fault:
        keep(fault)
        raise
    keep(answer)
    return answer


@dataclass(frozen=True, slots=True)
class Hostility:
    """One hostile student: which kind of reply, and where.

    Attributes:
        kind: of reply; see `hostile`.
        inside: false: every reply as a whole; true: about half of what the replies hold, and sometimes a whole one.
    """

    kind: str
    reply: Reply
    inside: bool

    @property
    def name(self) -> str:
        """For the table."""
        return f"{self.kind} inside replies" if self.inside else self.kind

    def spoilt(self, right: Any, chance: random.Random) -> Any:
        """What this student answers where `right` would be right.

        Raises:
            AnswerFault: it gives no answer.
        """
        if not self.inside or chance.random() < 0.1:  # noqa: PLR2004 - seldom enough that most replies stay whole
            return self._instead(right)
        return self._within(right, chance, DEEPEST)

    def _within(self, right: Any, chance: random.Random, depth: int) -> Any:
        match right:
            case dict() if depth:
                return {k: self._within(v, chance, depth - 1) for k, v in right.items()}
            case list() | tuple() if depth:
                return type(right)(self._within(v, chance, depth - 1) for v in right)
            case _:
                return self._instead(right) if chance.random() < 0.5 else right  # noqa: PLR2004 - a coin

    def _instead(self, right: Any) -> Any:
        try:
            return self.reply(right)
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            # The kind is made from arrays, and the right reply is something else.
            return right


def hostilities() -> Iterator[Hostility]:
    """Every hostile student."""
    for kind, reply in [*((k, r) for k, r in replies() if k not in UNSENDABLE), *endings()]:
        yield Hostility(kind, reply, inside=False)
        yield Hostility(kind, reply, inside=True)


class Replay:
    """A sandbox whose boxes answer from tapes, as one hostile student would.

    Args:
        recorder: with the right sample's tapes.
        hostility: what is answered instead.
    """

    def __init__(self, recorder: Recorder, hostility: Hostility) -> None:
        self._tapes: Mapping[tuple[str, str], Tape] = recorder.tapes
        self._hostility = hostility
        self.tier = recorder.tier

    def open(self, program: Program, *, limits: Limits, seed: int, device: str) -> Box:  # noqa: ARG002 - the contract
        """A box that needs no process."""
        tape = self._tapes.get((program.name, program.mode), Tape())
        return _Replayed(tape, self._hostility, random.Random(f"{self._hostility.name} {seed}"))  # noqa: S311


class _Replayed:
    student_s = 0.0
    integrity: Sequence[Integrity] = ()
    repairs: Sequence[str] = ()

    def __init__(self, tape: Tape, hostility: Hostility, chance: random.Random) -> None:
        self._tape = tape
        self._hostility = hostility
        self._chance = chance
        self.spent = False

    def load(self) -> Loaded:
        return self._found(self._tape.loaded)

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:  # noqa: ARG002 - the contract
        return self._found(self._tape.units.get(index))

    def call(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        return self._answered(str(target), (args, kwargs))

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        return self._answered(driver, (args, kwargs))

    def figures(self) -> Sequence[Any]:
        return self._tape.figures

    def end(self) -> None:
        self.spent = True

    def _answered(self, question: str, arguments: object) -> Any:
        known, key = self._tape, _named(question, arguments)
        kept = known.answers.get(key, known.latest.get(question, Missing(f"no answer to {question}")))
        if isinstance(kept, AnswerFault):
            raise kept
        right = copied(kept)
        try:
            return self._hostility.spoilt(right, self._chance)
        except (Overran, Died):
            self.spent = True
            raise

    def _found(self, kept: T | AnswerFault | None) -> T:
        match kept:
            case None:
                self.spent = True
                raise Died("the right sample never came here")
            case AnswerFault():
                raise kept
            case _:
                return kept
