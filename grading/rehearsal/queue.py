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
from typing import TYPE_CHECKING, Any, TypeVar

from grading.authoring.patches import Patch, Patches, grouped, patched
from grading.domain.errors import ChainruleError, HouseFault, RubricFault, StudentFault
from grading.domain.report import Json
from grading.domain.submission import Submission, SubmittedFile
from grading.intake import read_paths
from grading.judge.client import Judge
from grading.rehearsal.attacks import ESCAPED, Attack
from grading.rehearsal.judge import CRAMPED, FURTHER, HASTY, ROUNDS, USED
from grading.rehearsal.performances import Met
from grading.rehearsal.progress import Progress
from grading.rehearsal.samples import Sample, over_budget, right_samples

if TYPE_CHECKING:
    from grading.authoring.rubric import Part
    from grading.domain.assignment import Assignment
    from grading.judge.config import JudgeConfig

SERVER = ("-m", "grading.rehearsal.judge")
TRIES = 2
Report = Mapping[str, Any]
Group = tuple[Patch, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """All known submissions together.

    Attributes:
        seeds: on how many each was graded.
        boxes: in how many fresh ones, between which the seeds were dealt out.
        mistakes: the wrong ones, each with how often it lost its rows and was named.
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

    def __init__(self, judge: Judge, slug: str, progress: Progress) -> None:
        self._judge = judge
        self._slug = slug
        self._progress = progress
        cores = len(os.sched_getaffinity(0))
        # Attacks wait for deadlines most of their time.
        self._pool, self._beside = ThreadPoolExecutor(cores), ThreadPoolExecutor(cores)

    def submit(self, submission: Submission, seeds: Sequence[int]) -> "Future[Report]":
        """The report to come: on the first of the seeds, which follow one another, with the rows of the others.

        The program runs once for all of them.
        """
        asked = f"{ROUNDS}{len(seeds)}" if len(seeds) > 1 else self._slug
        report = self._pool.submit(self._graded, submission, seeds[0], asked)
        self._progress.awaited("samples and known submissions graded", report)
        return report

    def attack(self, submission: Submission, seed: int, *, hasty: bool) -> "Future[Report]":
        """The report to come on an attack, which is given little room and, if `hasty`, little time."""
        report = self._beside.submit(self._graded, submission, seed, HASTY if hasty else CRAMPED)
        self._progress.awaited("attacks fended off", report)
        return report

    def _graded(self, submission: Submission, seed: int, slug: str) -> Report:
        for _ in range(TRIES - 1):
            try:
                report = self._judge.grade(submission, slug, seed=seed).report
            except HouseFault:
                continue
            if report["final"]:
                return report
        return self._judge.grade(submission, slug, seed=seed).report

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
        opened = GradingQueue(judge, assignment.slug, progress)
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
        self._waiting: list[tuple[str, Sequence[int], Future[Report]]] = []
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
        for name, seeds, report in self._waiting:
            samples[name] = _further(samples[name], seeds, report, self._assignment)
        return tuple(samples.values())


def _further(sample: Sample, seeds: Sequence[int], waiting: "Future[Report]", assignment: "Assignment") -> Sample:
    try:
        report = waiting.result()
    except ChainruleError as fault:
        return replace(sample, seeds=sample.seeds + len(seeds), faults=(*sample.faults, f"{fault} (seed {seeds[0]})"))
    faults = [
        f"{said} (seed {seed})"
        for seed, rows in zip(seeds, _rows_by_seed(report), strict=True)
        for said in _amiss((), rows)
    ]
    slowest, peak = report[USED]["student_s"], report[USED]["peak_bytes"]
    # Others are graded at the same time, so only the first seed's seconds are held against the limit.
    faults += [said for said in over_budget(assignment, 0.0, peak) if not sample.faults]
    return Sample(
        sample.name,
        sample.seeds + len(seeds),
        (*sample.faults, *faults),
        max(sample.slowest_s, slowest),
        max(sample.peak_bytes, peak),
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
        self._waiting: list[tuple[Patches, Group, Sequence[int], Future[Report]]] = []
        for one in known:
            content = (folder / one.file).read_bytes()
            beside = tuple(SubmittedFile(name, (folder / name).read_bytes()) for name in one.beside)
            groups = [*grouped(content, one.wrong, one.together), *grouped(content, one.right, one.together)]
            for group in groups:
                submission = Submission((SubmittedFile(one.file, patched(content, group)), *beside))
                self._waiting += [(one, group, share, at.submit(submission, share)) for share in self._shares]

    def found(self, rows_of: Mapping[str, Sequence[str]]) -> Known:
        """What became of them, once all are graded.

        Args:
            rows_of: the ids of each file's rows.
        """
        faults: list[str] = []
        met: dict[tuple[str, str], list[tuple[bool, bool, frozenset[str]]]] = {}
        right = {(one.file, patch.name): 0 for one in self._known for patch in one.right}
        for one, group, seed, rows in self._rows(faults):
            own = [row for row in rows if row["id"] in rows_of[one.file]]
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

    def _rows(self, faults: list[str]) -> Iterator[tuple[Patches, Group, int, Sequence[Report]]]:
        """What was found on each submission and seed; where there is no report, a fault is added."""
        for one, group, share, report in self._waiting:
            try:
                by_seed = _rows_by_seed(report.result())
            except ChainruleError as fault:
                faults.append(f"{_names(group)}: {fault} (seed {share[0]})")
                continue
            yield from ((one, group, seed, rows) for seed, rows in zip(share, by_seed, strict=True))


def dealt(seeds: Sequence[int], boxes: int) -> list[Sequence[int]]:
    """Seeds in as many shares as there are boxes, each of seeds that follow one another; none is empty."""
    count = max(1, min(boxes, len(seeds)))
    ends = [len(seeds) * n // count for n in range(count + 1)]
    return [seeds[start:end] for start, end in itertools.pairwise(ends)]


def _rows_by_seed(report: Report) -> list[Sequence[Report]]:
    return [report["criteria"], *report[FURTHER]]


def _met(patch: Patch, rows: Sequence[Report]) -> tuple[bool, bool, frozenset[str]]:
    """Whether a wrong submission lost its rows, whether it was named there, and what other names it was given."""
    own = [row for row in rows if row["id"] in patch.loses]
    caught = all(row["points"] < row["possible"] for row in own)
    names = frozenset(f["mistake"] for row in own for f in row["findings"] if not f["passed"] and f["mistake"])
    return caught, caught and (not patch.named or patch.named in names), names - {patch.named}


def _summed(patch: Patch, seen: Sequence[tuple[bool, bool, frozenset[str]]]) -> Met:
    instead = tuple(sorted({name for _, named, names in seen if not named for name in names}))
    caught, named = sum(c for c, _, _ in seen), sum(n for _, n, _ in seen)
    return Met(", ".join(patch.loses), patch.name, len(seen), caught, named, instead)


def _amiss(group: Group, rows: Sequence[Report]) -> Iterator[str]:
    """What no threshold forgives: points that are lost for nothing, rows that nobody could judge."""
    excused = {row for patch in group for row in (*patch.loses, *patch.may_lose)}
    for row in rows:
        said = next((f["message"] for f in row["findings"] if not f["passed"]), "")
        if row["status"] == "error":
            yield f"{row['id']} could not be judged: {said}"
        elif row["status"] != "manual" and row["points"] < row["possible"] and row["id"] not in excused:
            yield f"{row['id']} gets {row['points']:g} of {row['possible']:g}: {said}"


def _names(group: Group) -> str:
    return " + ".join(patch.name for patch in group)


class Attacks:
    """Attacks on an assignment, submitted when this is made."""

    def __init__(self, attacks: Sequence[Attack], parts: "Sequence[Part]", at: GradingQueue, seed: int) -> None:
        self._waiting = [(a, at.attack(a.submission(parts), seed, hasty=a.hasty)) for a in attacks]

    def found(self) -> Attacked:
        """What became of them, once all are graded."""
        gained = [f"{attack.name}: {said}" for attack, report in self._waiting for said in _gained(attack, report)]
        return Attacked(len(self._waiting), tuple(gained))


def _gained(attack: Attack, graded: "Future[Report]") -> Iterator[str]:
    try:
        report = graded.result()
    except StudentFault:
        return  # nothing that could be graded
    except (HouseFault, RubricFault) as fault:
        yield f"stopped the grading: {fault}"
        return
    if report["score"] > attack.honest:
        yield from (f"{row['id']} pays {row['points']:g} points" for row in report["criteria"] if row["points"] > 0)
    if not report["final"]:
        said = [f["message"] for row in report["criteria"] if row["status"] == "error" for f in row["findings"]]
        yield f"left a row without a judgement: {said[:1]}"
    told = json.dumps({key: value for key, value in report.items() if key != "run"}, ensure_ascii=False)
    escaped = re.search(ESCAPED + r'[^"\\]{,200}', told)
    if escaped is not None:
        yield f"got out: {escaped.group()}"
