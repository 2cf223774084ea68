"""One part's boxes while it is graded: opened late, loaded once, replaced when spent, charged once for each wrong.

A part asks many questions about one program. Three rules keep a bad program from costing more than it should: a program
that does not load is loaded once, and its fault is remembered; a function that outran its time or ended the process is
not asked again; and all questions together have the part's time.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from grading.authoring.bindings import BoxMode
from grading.authoring.executed import CapturedFigure, Executed, UnitOutcome
from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, BadReply, Died, Overran, RubricFault
from grading.domain.report import Integrity
from grading.evaluation.boxes import Box, OpenBox
from grading.evaluation.recorded import captured
from grading.programs import Program
from grading.sandbox import Loaded

CELLS_SHARE = 0.75
"""Share of the part's time that the cells of a whole run may use; the questions have the rest."""

MAX_FIGURES = 200
T = TypeVar("T")


# As a box ends that was asked to: by its own goodbye, or because nobody needs it any more.
IN_GOOD_ORDER = frozenset({"ended", "closed"})


@dataclass(slots=True)
class Times:
    """Seconds by what they were spent on; none is counted twice.

    Attributes:
        start: opening boxes.
        load: loading programs or running their cells, without the student's own code.
        student: the student's own code, wherever it ran.
        killed: boxes that did not end in good order, by the cause that the sandbox tells.
    """

    start: float = 0.0
    load: float = 0.0
    student: float = 0.0
    killed: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Room:
    """One program and its box, if it has one."""

    program: Program
    box: Box | None = None
    loaded: Loaded | None = None
    executed: Executed | None = None
    closed: AnswerFault | None = None
    figures: list[CapturedFigure] = field(default_factory=list)


class Session:
    """The boxes of one part.

    Args:
        programs: what each kind of box is given.
        open_box: opens a fresh one.
        limits: of the part.
    """

    def __init__(self, programs: Mapping[BoxMode, Program], open_box: OpenBox, limits: Limits) -> None:
        self._rooms = {mode: _Room(program) for mode, program in programs.items()}
        self._open = open_box
        self._limits = limits
        self._not_again: dict[str, AnswerFault] = {}
        self._integrity: list[Integrity] = []
        self._repairs: list[str] = []
        self._forgiven_s = 0.0
        self.times = Times()

    def loaded(self, mode: BoxMode) -> Loaded | None:
        """What the program defines; None for a box that was run as a whole.

        Raises:
            AnswerFault: the program does not load.
            HouseFault: no box could be had.
        """
        self._box(mode)
        return self._rooms[mode].loaded

    def ask(self, mode: BoxMode, topic: str, question: Callable[[Box], Any]) -> Any:
        """Put one question to a box.

        Args:
            mode: to which.
            topic: which function it is about; one that outran its time or ended the process is not asked again.
            question: asks the box.

        Raises:
            AnswerFault: the student's program gave no usable answer.
            HouseFault: ours.
        """
        if topic in self._not_again:
            raise _again(topic, self._not_again[topic])
        if self._left_s <= 0:
            said = f"not asked: the questions before it took this file's {self._limits.part_s:.0f} s"
            raise Overran(said, unasked=True)
        room = self._rooms[mode]
        box = self._box(mode)
        try:
            return self._timed(box, lambda: question(box))
        except (Overran, Died) as fault:
            self._not_again[topic] = fault
            if mode == "run" and box.spent:
                said = f"not asked: the run of the notebook was lost when {topic} {_plainly(fault)}"
                room.closed = Died(said, unasked=True)
            raise

    def executed(self) -> Executed:
        """The whole run of the program; its cells run on the first call."""
        self._box("run")
        return self._rooms["run"].executed or Executed()

    def peek_executed(self) -> Executed | None:
        """The whole run if there was one."""
        room = self._rooms.get("run")
        return room.executed if room else None

    def renew(self) -> None:
        """Drop all boxes after a fault of ours; the next question gets a fresh one, and the part's time anew."""
        self._forgiven_s = self.times.student
        for room in self._rooms.values():
            self._drop(room)
            room.loaded = room.executed = None

    def close(self) -> None:
        """End all boxes."""
        for room in self._rooms.values():
            self._drop(room)

    @property
    def integrity(self) -> tuple[Integrity, ...]:
        """What staff should look at, from all boxes that were ended."""
        return tuple(dict.fromkeys(self._integrity))

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended, from the programs and all boxes that were ended."""
        written = [r for room in self._rooms.values() for r in room.program.repairs]
        return tuple(dict.fromkeys([*written, *self._repairs]))

    @property
    def _left_s(self) -> float:
        """Seconds that the program may still take; what it took before a fault of ours is not counted."""
        return self._limits.part_s - (self.times.student - self._forgiven_s)

    # -- one box ------------------------------------------------------------------------------------

    def _box(self, mode: BoxMode) -> Box:
        room = self._rooms.get(mode)
        if room is None:
            raise RubricFault(f"this part has no box of mode {mode!r}")
        if room.closed is not None:
            raise room.closed
        if room.box is not None and room.box.spent:
            self._drop(room)
        if room.box is None:
            begun, own = time.perf_counter(), self.times.student
            try:
                room.box = self._open(room.program)
            finally:
                opened = time.perf_counter()
                self.times.start += opened - begun
            try:
                if mode == "run":
                    room.executed = self._run(room.box, room.program)
                else:
                    room.loaded = self._timed(room.box, room.box.load)
            except AnswerFault as fault:
                room.closed = fault
                raise
            finally:
                self.times.load += max(0.0, time.perf_counter() - opened - (self.times.student - own))
        return room.box

    def _run(self, box: Box, program: Program) -> Executed:
        outcomes: list[UnitOutcome] = []
        # Another box of this part may have taken time before.
        budget = time.perf_counter() + CELLS_SHARE * self._left_s
        lost = ""
        for index, unit in enumerate(program.units):
            left = budget - time.perf_counter()
            if lost or left <= 0:
                lost = lost or f"the cells before {unit.label} took all of the run's time"
                outcomes.append(UnitOutcome(unit.label, ran=False))
                continue
            try:
                outcomes.append(self._ran(box, program, index, min(self._limits.cell_s, left)))
            except AnswerFault as fault:
                lost = f"{unit.label} {_plainly(fault)}"
                overran = isinstance(fault, Overran)
                outcomes.append(UnitOutcome(unit.label, ran=True, fault="" if overran else str(fault), overran=overran))
        room = self._rooms["run"]
        if box.spent:
            said = f"not asked: the run of the notebook ended early: {lost or 'its process is gone'}"
            room.closed = Died(said, unasked=True)
            return Executed(tuple(outcomes), (), str(room.closed))
        return Executed(tuple(outcomes), self._figures(box), lost)

    def _ran(self, box: Box, program: Program, index: int, timeout_s: float) -> UnitOutcome:
        result = self._timed(box, lambda: box.run_unit(index, timeout_s=timeout_s))
        fault = f"{result.fault.exception}: {result.fault.text}" if result.fault is not None else ""
        label = program.units[index].label
        return UnitOutcome(label, True, fault, result.overran, result.seconds, result.printed)

    def _figures(self, box: Box) -> tuple[CapturedFigure, ...]:
        try:
            return tuple(captured(f) for f in list(box.figures())[:MAX_FIGURES])
        except (AnswerFault, TypeError, ValueError):
            return ()

    def _timed(self, box: Box, question: Callable[[], T]) -> T:
        before = box.student_s
        try:
            return question()
        finally:
            self.times.student += max(0.0, box.student_s - before)

    def _drop(self, room: _Room) -> None:
        if room.box is None:
            return
        self._integrity.extend(room.box.integrity)
        self._repairs.extend(room.box.repairs)
        box, room.box = room.box, None
        cause = getattr(box.end(), "cause", "ended")
        if cause not in IN_GOOD_ORDER:
            self.times.killed[cause] += 1


def _plainly(fault: AnswerFault) -> str:
    match fault:
        case Overran():
            return "outran its time"
        case Died():
            return "ended the process"
        case BadReply():
            return "gave an unreadable answer"
        case _:
            return str(fault)


def _again(topic: str, fault: AnswerFault) -> AnswerFault:
    said = f"not asked again: {topic} {_plainly(fault)} in an earlier question"
    return (Overran if isinstance(fault, Overran) else Died)(said, unasked=True)
