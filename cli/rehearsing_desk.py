"""What a rehearsal hands in by the hundred, graded side by side: known submissions, and attacks."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.attacks import ESCAPED, Attack
from cli.rehearsing_judge import CRAMPED, HASTY
from grading.authoring.patches import Patch, Patches, grouped, patched
from grading.authoring.rehearsal import Met
from grading.domain.errors import ChainruleError, HouseFault, RubricFault, StudentFault
from grading.domain.report import Json
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge

if TYPE_CHECKING:
    from grading.authoring.rubric import Part
    from grading.domain.assignment import Assignment
    from grading.judge.config import JudgeConfig

SERVER = ("-m", "cli.rehearsing_judge")
TRIES = 2
Report = Mapping[str, Any]
Group = tuple[Patch, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """All known submissions together.

    Attributes:
        seeds: on how many each was graded.
        mistakes: the wrong ones, each with how often it lost its rows and was named.
        right: how many right ones there are.
        faults: what no threshold forgives, in words to the author.
    """

    seeds: int = 0
    mistakes: tuple[Met, ...] = ()
    right: int = 0
    faults: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The known submissions as `--json` prints them."""
        return {
            "seeds": self.seeds,
            "wrong": [met.to_json() for met in self.mistakes],
            "right": self.right,
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


class Desk:
    """Takes hand-ins and grades them in the background, as many at once as there are cores."""

    def __init__(self, judge: Judge, slug: str) -> None:
        self._judge = judge
        self._slug = slug
        cores = len(os.sched_getaffinity(0))
        # Attacks wait for deadlines most of their time.
        self._pool, self._beside = ThreadPoolExecutor(cores), ThreadPoolExecutor(cores)

    def hand_in(self, submission: Submission, seed: int) -> "Future[Report]":
        """The report to come."""
        return self._pool.submit(self._graded, submission, seed, self._slug)

    def attack(self, submission: Submission, seed: int, *, hasty: bool) -> "Future[Report]":
        """The report to come on an attack, which is given little room and, if `hasty`, little time."""
        return self._beside.submit(self._graded, submission, seed, HASTY if hasty else CRAMPED)

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


@contextmanager
def desk(assignment: "Assignment", config: "JudgeConfig", standins: Path) -> Iterator[Desk]:
    """A desk with a judge for this assignment alone.

    Raises:
        HouseFault: no sandbox.
    """
    alone = replace(config, assignment_dirs=(assignment.folder,), standin_dir=standins, warm=False)
    with Judge.start(alone, SERVER) as judge:
        opened = Desk(judge, assignment.slug)
        try:
            yield opened
        finally:
            opened.close()


class KnownSubmissions:
    """The known submissions of an assignment, handed in when this is made.

    Args:
        folder: of the right sample.
        known: the patches of each file.
        at: where they are graded.
        seeds: on which.
    """

    def __init__(self, folder: Path, known: Sequence[Patches], at: Desk, seeds: Sequence[int]) -> None:
        self._seeds = seeds
        self._known = known
        self._waiting: list[tuple[Patches, Group, int, Future[Report]]] = []
        for one in known:
            content = (folder / one.file).read_bytes()
            beside = tuple(SubmittedFile(name, (folder / name).read_bytes()) for name in one.beside)
            groups = [*grouped(content, one.wrong, one.together), *grouped(content, one.right, one.together)]
            for group in groups:
                submission = Submission((SubmittedFile(one.file, patched(content, group)), *beside))
                self._waiting += [(one, group, seed, at.hand_in(submission, seed)) for seed in seeds]

    def found(self, rows_of: Mapping[str, Sequence[str]]) -> Known:
        """What became of them, once all are graded.

        Args:
            rows_of: the ids of each file's rows.
        """
        faults: list[str] = []
        met: dict[tuple[str, str], list[tuple[bool, bool, frozenset[str]]]] = {}
        for one, group, seed, report in self._waiting:
            try:
                rows = [row for row in report.result()["criteria"] if row["id"] in rows_of[one.file]]
            except ChainruleError as fault:
                faults.append(f"{_names(group)}: {fault} (seed {seed})")
                continue
            faults += [f"{_names(group)}: {said} (seed {seed})" for said in _amiss(group, rows)]
            for patch in group:
                if patch.loses:
                    met.setdefault((one.file, patch.name), []).append(_met(patch, rows))
        mistakes = [
            _summed(patch, met[one.file, patch.name])
            for one in self._known
            for patch in one.wrong
            if (one.file, patch.name) in met
        ]
        return Known(len(self._seeds), tuple(mistakes), sum(len(one.right) for one in self._known), tuple(faults))


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
    """Attacks on an assignment, handed in when this is made."""

    def __init__(self, attacks: Sequence[Attack], parts: "Sequence[Part]", at: Desk, seed: int) -> None:
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
