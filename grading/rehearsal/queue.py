"""What a rehearsal submits by the hundred, graded side by side: known submissions, and attacks."""

import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grading.authoring.patches import Patch, Patches, grouped, patched
from grading.domain.errors import ChainruleError, HouseFault, RubricFault, StudentFault
from grading.domain.report import CriterionResult, Json
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Status
from grading.intake import read_paths
from grading.judge.client import Judge
from grading.rehearsal.attacks import ESCAPED, Attack
from grading.rehearsal.messages import RehearsalReply, RehearsalRequest, Room
from grading.rehearsal.performances import Met
from grading.rehearsal.progress import Progress
from grading.rehearsal.samples import Sample, over_budget, right_samples

if TYPE_CHECKING:
    from grading.authoring.rubric import Part
    from grading.domain.assignment import Assignment
    from grading.judge.config import JudgeConfig

SERVER = ("-m", "grading.rehearsal.judge")
TRIES = 2
Group = tuple[Patch, ...]
Outcomes = Sequence[CriterionResult]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """All known submissions together.

    Attributes:
        seeds: on how many each was graded.
        boxes: in how many fresh ones, between which the seeds were dealt out.
        mistakes: the wrong ones, each with how often it lost its criteria and was named.
        right: (file, name) of the right ones, each with on how many seeds it kept every point.
        faults: what no threshold forgives, in words to the author.
    """

    seeds: int = 0
    boxes: int = 0
    mistakes: tuple[Met, ...] = ()
    right: Mapping[tuple[str, str], int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def always_right(self) -> int:
        """How many right ones kept every point on every seed."""
        return sum(kept == self.seeds for kept in self.right.values())

    def to_json(self) -> dict[str, Json]:
        """The known submissions as `--json` prints them."""
        return {
            "seeds": self.seeds,
            "boxes": self.boxes,
            "wrong": [met.to_json() for met in self.mistakes],
            "right": [{"file": file, "name": name, "full_marks": kept} for (file, name), kept in self.right.items()],
            "faults": list(self.faults),
        }


@dataclass(frozen=True, slots=True)
class Attacked:
    """All attacks together.

    Attributes:
        tried: how many.
        gained: what went wrong with any of them, in words to the author.
    """

    tried: int = 0
    gained: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The attacks as `--json` prints them."""
        return {"tried": self.tried, "gained": list(self.gained)}


class GradingQueue:
    """Takes submissions and grades them in the background, as many at once as there are cores."""

    def __init__(self, judge: Judge, progress: Progress) -> None:
        self._judge = judge
        self._progress = progress
        cores = len(os.sched_getaffinity(0))
        # Attacks wait for deadlines most of their time.
        self._pool, self._beside = ThreadPoolExecutor(cores), ThreadPoolExecutor(cores)

    def submit(self, submission: Submission, seeds: Sequence[int]) -> "Future[RehearsalReply]":
        """The reply to come on all the seeds, which follow one another. The program runs once for all of them."""
        reply = self._pool.submit(self._graded, RehearsalRequest(submission, seeds[0], len(seeds)))
        self._progress.awaited("samples and known submissions graded", reply)
        return reply

    def attack(self, submission: Submission, seed: int, *, hasty: bool) -> "Future[RehearsalReply]":
        """The reply to come on an attack, which is given little room and, if `hasty`, little time."""
        room = Room.LITTLE_TIME if hasty else Room.LITTLE_ROOM
        reply = self._beside.submit(self._graded, RehearsalRequest(submission, seed, room=room))
        self._progress.awaited("attacks fended off", reply)
        return reply

    def _graded(self, request: RehearsalRequest) -> RehearsalReply:
        for _ in range(TRIES - 1):
            try:
                reply = self._once(request)
            except HouseFault:
                continue
            if reply.final:
                return reply
        return self._once(request)

    def _once(self, request: RehearsalRequest) -> RehearsalReply:
        return RehearsalReply.from_frame(self._judge.ask(request.to_frame()))

    def close(self) -> None:
        """Take nothing more."""
        for pool in (self._pool, self._beside):
            pool.shutdown(cancel_futures=True)


def started(start: Callable[[], T]) -> T:
    """What `start` gives; it is tried again where a busy machine let a deadline pass.

    Raises:
        HouseFault: the last time as well.
    """
    for _ in range(TRIES - 1):
        with suppress(HouseFault):
            return start()
    return start()


@contextmanager
def grading_queue(
    assignment: "Assignment", config: "JudgeConfig", standins: Path, progress: Progress
) -> Iterator[GradingQueue]:
    """A queue with a judge for this assignment alone.

    Raises:
        HouseFault: no sandbox.
    """
    alone = replace(config, assignment_dirs=(assignment.folder,), standin_dir=standins, warm=False)
    with started(lambda: Judge.start(alone, SERVER)) as judge:
        opened = GradingQueue(judge, progress)
        try:
            yield opened
        finally:
            opened.close()


class Samples:
    """The right samples on the seeds after the first, submitted when this is made.

    Args:
        assignment: whose samples.
        at: where they are graded.
        seeds: on which.
    """

    def __init__(self, assignment: "Assignment", at: GradingQueue, seeds: Sequence[int]) -> None:
        self._assignment = assignment
        self._waiting: list[tuple[str, Sequence[int], Future[RehearsalReply]]] = []
        for folder in right_samples(assignment) if seeds else ():
            if folder.is_dir():
                submission = read_paths([folder], assignment)
                self._waiting.append((folder.name, seeds, at.submit(submission, seeds)))

    def found(self, before: Iterable[Sample]) -> tuple[Sample, ...]:
        """The samples as they stand after all seeds.

        Args:
            before: after the first.
        """
        samples = {sample.name: sample for sample in before}
        for name, seeds, waiting in self._waiting:
            samples[name] = _further(samples[name], seeds, waiting, self._assignment)
        return tuple(samples.values())


def _further(
    sample: Sample, seeds: Sequence[int], waiting: "Future[RehearsalReply]", assignment: "Assignment"
) -> Sample:
    try:
        reply = waiting.result()
    except ChainruleError as fault:
        return replace(sample, seeds=sample.seeds + len(seeds), faults=(*sample.faults, f"{fault} (seed {seeds[0]})"))
    faults = [
        f"{said} (seed {seed})"
        for seed, report in zip(seeds, reply.reports, strict=True)
        for said in _amiss((), report.criteria)
    ]
    # Others are graded at the same time, so only the first seed's seconds are held against the limit.
    faults += [said for said in over_budget(assignment, 0.0, reply.peak_bytes) if not sample.faults]
    return Sample(
        sample.name,
        sample.seeds + len(seeds),
        (*sample.faults, *faults),
        max(sample.slowest_s, reply.student_s),
        max(sample.peak_bytes, reply.peak_bytes),
    )


class KnownSubmissions:
    """The known submissions of an assignment, submitted when this is made.

    Args:
        folder: of the right sample.
        known: the patches of each file.
        at: where they are graded.
        seeds: on which; they follow one another.
        boxes: in how many fresh ones each: the seeds are dealt out between them.
    """

    def __init__(
        self, folder: Path, known: Sequence[Patches], at: GradingQueue, seeds: Sequence[int], boxes: int
    ) -> None:
        self._seeds = seeds
        self._known = known
        self._shares = dealt(seeds, boxes)
        self._waiting: list[tuple[Patches, Group, Sequence[int], Future[RehearsalReply]]] = []
        for one in known:
            content = (folder / one.file).read_bytes()
            beside = tuple(SubmittedFile(name, (folder / name).read_bytes()) for name in one.beside)
            groups = [*grouped(content, one.wrong, one.together), *grouped(content, one.right, one.together)]
            for group in groups:
                submission = Submission((SubmittedFile(one.file, patched(content, group)), *beside))
                self._waiting += [(one, group, share, at.submit(submission, share)) for share in self._shares]

    def found(self, criteria_of: Mapping[str, Sequence[str]]) -> Known:
        """What became of them, once all are graded.

        Args:
            criteria_of: the ids of each file's criteria.
        """
        faults: list[str] = []
        met: dict[tuple[str, str], list[tuple[bool, bool, frozenset[str]]]] = {}
        right = {(one.file, patch.name): 0 for one in self._known for patch in one.right}
        for one, group, seed, outcomes in self._outcomes(faults):
            own = [outcome for outcome in outcomes if outcome.id in criteria_of[one.file]]
            amiss = [f"{_names(group)}: {said} (seed {seed})" for said in _amiss(group, own)]
            faults += amiss
            for patch in group:
                if patch.loses:
                    met.setdefault((one.file, patch.name), []).append(_met(patch, own))
                elif not amiss:
                    right[one.file, patch.name] += 1
        mistakes = [
            _summed(patch, met[one.file, patch.name])
            for one in self._known
            for patch in one.wrong
            if (one.file, patch.name) in met
        ]
        return Known(len(self._seeds), len(self._shares), tuple(mistakes), right, tuple(faults))

    def _outcomes(self, faults: list[str]) -> Iterator[tuple[Patches, Group, int, Outcomes]]:
        """What was found on each submission and seed; where there is no report, a fault is added."""
        for one, group, share, waiting in self._waiting:
            try:
                by_seed = [report.criteria for report in waiting.result().reports]
            except ChainruleError as fault:
                faults.append(f"{_names(group)}: {fault} (seed {share[0]})")
                continue
            yield from ((one, group, seed, outcomes) for seed, outcomes in zip(share, by_seed, strict=True))


def dealt(seeds: Sequence[int], boxes: int) -> list[Sequence[int]]:
    """Seeds in as many shares as there are boxes, each of seeds that follow one another; none is empty."""
    count = max(1, min(boxes, len(seeds)))
    ends = [len(seeds) * n // count for n in range(count + 1)]
    return [seeds[start:end] for start, end in itertools.pairwise(ends)]


def _met(patch: Patch, outcomes: Outcomes) -> tuple[bool, bool, frozenset[str]]:
    """Whether a wrong submission lost its criteria, whether it was named there, and what other names it was given."""
    own = [outcome for outcome in outcomes if outcome.id in patch.loses]
    caught = all(outcome.lost for outcome in own)
    names = frozenset(f.mistake for outcome in own for f in outcome.findings if not f.passed and f.mistake)
    return caught, caught and (not patch.named or patch.named in names), names - {patch.named}


def _summed(patch: Patch, seen: Sequence[tuple[bool, bool, frozenset[str]]]) -> Met:
    instead = tuple(sorted({name for _, named, names in seen if not named for name in names}))
    caught, named = sum(c for c, _, _ in seen), sum(n for _, n, _ in seen)
    return Met(", ".join(patch.loses), patch.name, len(seen), caught, named, instead)


def _amiss(group: Group, outcomes: Outcomes) -> Iterator[str]:
    """What no threshold forgives: points that are lost for nothing, criteria that nobody could judge."""
    excused = {criterion for patch in group for criterion in (*patch.loses, *patch.may_lose)}
    for outcome in outcomes:
        if outcome.status is Status.ERROR:
            yield f"{outcome.id} could not be judged: {outcome.said}"
        elif outcome.status is not Status.MANUAL and outcome.lost and outcome.id not in excused:
            yield f"{outcome.id} gets {float(outcome.points):g} of {float(outcome.possible):g}: {outcome.said}"


def _names(group: Group) -> str:
    return " + ".join(patch.name for patch in group)


class Attacks:
    """Attacks on an assignment, submitted when this is made."""

    def __init__(self, attacks: Sequence[Attack], parts: "Sequence[Part]", at: GradingQueue, seed: int) -> None:
        self._waiting = [(a, at.attack(a.submission(parts), seed, hasty=a.hasty)) for a in attacks]

    def found(self) -> Attacked:
        """What became of them, once all are graded."""
        gained = [f"{attack.name}: {said}" for attack, reply in self._waiting for said in _gained(attack, reply)]
        return Attacked(len(self._waiting), tuple(gained))


def _gained(attack: Attack, waiting: "Future[RehearsalReply]") -> Iterator[str]:
    try:
        reply = waiting.result()
    except StudentFault:
        return  # nothing that could be graded
    except (HouseFault, RubricFault) as fault:
        yield f"stopped the grading: {fault}"
        return
    [report] = reply.reports
    if float(report.score) > attack.honest:
        yield from (f"{row.id} pays {float(row.points):g} points" for row in report.criteria if row.points > 0)
    if not report.final:
        said = [row.said for row in report.criteria if row.status is Status.ERROR]
        yield f"left a criterion without a verdict: {said[:1]}"
    told = json.dumps(report.to_json() | {"run": None}, ensure_ascii=False)
    escaped = re.search(ESCAPED + r'[^"\\]{,200}', told)
    if escaped is not None:
        yield f"got out: {escaped.group()}"
