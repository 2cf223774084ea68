"""A report with people's marks over it: values only, so that the same marks always give the same score.

The judge's own report stays what its run determines. A criterion that people marked carries what they said in
`judgement`, and there also what the machine had said, so that a mark can be taken back.
"""

import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from grading.domain.verdict import Status


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One person's points for one answer.

    Attributes:
        settled: whether they count whatever others gave.
        answer_sha256: of the answer that the person read.
    """

    grader_id: str
    grader: str
    points: Decimal
    comment: str
    covered: tuple[str, ...]
    settled: bool
    answer_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """What several people's points come to.

    Attributes:
        state: "given" (all agree), "settled" (somebody's points count) or "disputed" (nothing counts yet).
        points: None while disputed.
    """

    state: str
    points: Decimal | None
    comment: str
    covered: tuple[str, ...]
    answer_sha256: str


def ruling(given: Sequence[GivenMark]) -> Ruling | None:
    """What counts: a settled mark, or what all who marked agree on; None where nobody did."""
    if not given:
        return None
    in_order = sorted(given, key=lambda one: (one.at, one.grader_id))
    settled = [one for one in in_order if one.settled]
    if settled:
        last = settled[-1]
        return Ruling("settled", last.points, last.comment, last.covered, last.answer_sha256)
    newest = in_order[-1].answer_sha256
    if len({one.points for one in in_order}) > 1:
        return Ruling("disputed", None, "", (), newest)
    comments = dict.fromkeys(one.comment for one in in_order if one.comment)
    covered = dict.fromkeys(point for one in in_order for point in one.covered)
    return Ruling("given", in_order[0].points, "\n\n".join(comments), tuple(covered), newest)


def with_marks(report: Mapping[str, Any], marks: Mapping[str, Sequence[GivenMark]]) -> dict[str, Any]:
    """The report with people's marks, by criterion id; a new value, the given one stays as it is.

    A mark counts in whatever state the machine left the criterion, also where it no longer finds the answer: it is a
    person's. `judgement.changed` says when the answer is another one than the person read.
    """
    made = copy.deepcopy(dict(report))
    for row in made["criteria"]:
        _restore(row)
        told = ruling(marks.get(row["id"], ()))
        if told is not None:
            _mark(row, told, marks[row["id"]], answer_digest(row, made))
    made["score"] = float(sum((Decimal(str(row["points"])) for row in made["criteria"]), Decimal(0)))
    waiting = [row for row in made["criteria"] if row["status"] == Status.MANUAL.value]
    made["pending_points"] = float(sum((Decimal(str(row["possible"])) for row in waiting), Decimal(0)))
    made["final"] = all(row["status"] != Status.ERROR.value for row in made["criteria"])
    return made


def answer_digest(row: Mapping[str, Any], report: Mapping[str, Any]) -> str | None:
    """The digest of what a person marks in that criterion: its answers, or the whole submission; None for nothing."""
    digests = [str(told["answer_sha256"]) for told in answers_of(row)]
    if len(digests) == 1:
        return digests[0]
    if digests:
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()
    status = row.get("judgement", {}).get("machine", row)["status"]
    return str(report["submission"]["sha256"]) if status == Status.MANUAL.value else None


def answers_of(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The evidence of the row's questions that wait for a person, in order."""
    return [
        evidence
        for finding in row["findings"]
        if isinstance(evidence := finding.get("evidence") or {}, Mapping) and evidence.get("answer_sha256")
    ]


def _restore(row: dict[str, Any]) -> None:
    before = row.pop("judgement", None)
    if before is not None:
        row["status"], row["points"] = before["machine"]["status"], before["machine"]["points"]


def _mark(row: dict[str, Any], told: Ruling, given: Sequence[GivenMark], digest: str | None) -> None:
    machine = {"status": row["status"], "points": row["points"]}
    possible = Decimal(str(row["possible"]))
    points = None if told.points is None else min(told.points, possible)
    if points is None:
        row["status"], row["points"] = Status.MANUAL.value, 0.0
    else:
        right = Status.PASSED if points == possible else Status.PARTIAL if points > 0 else Status.FAILED
        row["status"], row["points"] = right.value, float(points)
    row["judgement"] = {
        "state": told.state,
        "points": None if points is None else float(points),
        "comment": told.comment,
        "covered": list(told.covered),
        "changed": told.answer_sha256 != (digest or ""),
        "graders": sorted({one.grader for one in given}),
        "machine": machine,
    }


def for_student(row: dict[str, Any]) -> None:
    """Take out of a row, in place, what only staff may read: who marked, key points, what the machine had said."""
    judgement = row.pop("judgement", None)
    if judgement is not None and judgement["points"] is not None:
        row["judgement"] = {name: judgement[name] for name in ("state", "points", "comment")}
    for finding in row["findings"]:
        evidence = finding.get("evidence")
        if isinstance(evidence, dict):
            evidence.pop("look_for", None)
            evidence.pop("answer_sha256", None)
