"""Whole submissions in real boxes: the samples, and a few known submissions of each lab; the rest is the gate's."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grading.assignments.ece661_hw2 import rubric
from grading.assignments.ece661_hw2.known import patches
from grading.authoring.patches import Patch, patched
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from tests.rubrics.tdt4265_a2.test_paper import pdf_of

pytestmark = [pytest.mark.box, pytest.mark.timeout(240)]
SLUG = "ece661-hw2"
SAMPLES = Path(rubric.__file__).parent / "samples"
TODAY = int(time.time() // 86_400)
"""Other known submissions every day; all of them are `chainrule assignment validate ece661-hw2`."""

Report = Mapping[str, Any]
WRONG = [(one.file, patch) for one in patches for patch in one.wrong]
RIGHT = [(one.file, patch) for one in patches for patch in one.right]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """One judge for all."""
    with Judge.start(JudgeConfig(warm=False)) as judge:
        yield judge


def graded(judge: Judge, files: Mapping[str, bytes]) -> Report:
    """The report on these files."""
    handed = tuple(SubmittedFile(name, content) for name, content in files.items())
    return judge.grade(Submission(handed), SLUG, seed=TODAY).report.to_json()


def sample(name: str) -> dict[str, bytes]:
    """A sample's files."""
    return {path.name: path.read_bytes() for path in sorted((SAMPLES / name).iterdir())}


def lost(report: Report) -> set[str]:
    """The rows of files that were submitted without all of their points, of those that no person waits for."""
    fine = {"manual", "not_submitted"}
    return {row["id"] for row in report["criteria"] if row["status"] not in fine and row["points"] < row["possible"]}


def said(report: Report) -> list[tuple[str, str]]:
    """The failing findings, for the message of a failing test."""
    return [(f["mistake"], f["message"]) for row in report["criteria"] for f in row["findings"] if not f["passed"]]


@pytest.mark.parametrize("name", ["right", "right_simplenn"])
def test_right_samples_have_everything_but_what_waits(judge: Judge, name: str) -> None:
    """82 at once, ten explanations for a person."""
    report = graded(judge, sample(name))

    assert (report["score"], report["pending_points"]) == (82.0, 10.0), said(report)


@pytest.mark.parametrize("name", ["starter", "broken"])
def test_other_samples_stop_nothing(judge: Judge, name: str) -> None:
    """The starter earns nothing, and no row is left without a judgement."""
    report = graded(judge, sample(name))

    assert report["final"], said(report)
    assert name != "starter" or (report["score"], report["pending_points"]) == (0.0, 0.0)


def test_a_bonus_that_was_not_tried_is_no_failure(judge: Judge) -> None:
    """What belongs to the sheet and is missing is: the sweep over rates."""
    penalty = "            if l1:\n                loss = loss + l1 * sum(p.abs().sum() for p in net.parameters() if p.ndim > 1)\n"
    untried = Patch("no bonus", ((penalty, ""), (", l1=0.0", ""), (", l1=1e-5", "")))
    file = "lenet5-cifar10-dev.ipynb"
    rows = {
        name: {row["id"]: row["status"] for row in graded(judge, {file: content})["criteria"]}
        for name, content in {
            "untried": patched(sample("right")[file], [untried]),
            "tried": patched(sample("right")[file], [Patch("no effect", ((", l1=1e-5", ", l1=0.0"),))]),
        }.items()
    }

    assert (rows["untried"]["lab2-l1"], rows["untried"]["lab2-strengths"]) == ("not_attempted", "passed")
    assert rows["tried"]["lab2-l1"] == "failed"


@pytest.mark.parametrize("nth", range(3))
def test_known_mistakes_lose_their_rows_and_are_named(judge: Judge, nth: int) -> None:
    """Those rows and no others, but for those that depend on the draw."""
    file, patch = WRONG[(TODAY * 3 + nth) % len(WRONG)]
    report = one_patch(judge, file, patch)
    named = {f["mistake"] for row in report["criteria"] for f in row["findings"]}

    assert set(patch.loses) <= lost(report) <= {*patch.loses, *patch.may_lose}, (patch.name, said(report))
    assert patch.named in named, (patch.name, said(report))


@pytest.mark.parametrize("nth", range(2))
def test_right_variants_lose_nothing(judge: Judge, nth: int) -> None:
    """Right in another way is right."""
    file, patch = RIGHT[(TODAY * 2 + nth) % len(RIGHT)]
    report = one_patch(judge, file, patch)

    assert lost(report) == set(), (patch.name, said(report))


def test_claims_stand_beside_what_training_here_showed(judge: Judge) -> None:
    """What the stored outputs claim, what the short run printed, and what the network learned: a remark, no points."""
    notebook = json.loads(sample("right")["lenet5-cifar10.ipynb"])
    text = "Validation loss: 0.41, Validation accuracy: 0.9100\n"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    report = graded(judge, {"lenet5-cifar10.ipynb": json.dumps(notebook).encode()})
    remarks = [f["message"] for row in report["criteria"] for f in row["findings"] if f.get("remark")]

    assert lost(report) == set(), said(report)
    assert any("claim an accuracy of up to 91.0%" in one and "trained here on" in one for one in remarks), remarks


def test_a_report_in_pdf_is_read_or_waits(judge: Judge) -> None:
    """Words under numbers are judged; what was not found is no zero, but for a person."""
    text = "1. Batch normalization\n\nTrue, it centres each layer's inputs.\n\nTwo: PyTorch is dynamic. True."
    report = graded(judge, {"hw2_report.pdf": pdf_of(text)})
    rows = {row["id"]: row["status"] for row in report["criteria"] if row["id"].startswith(("statement", "initial"))}

    assert report["final"]
    assert rows["statement-2-word"] == rows["statement-2-why"] == rows["initial-loss"] == "manual"
    assert set(rows.values()) <= {"manual", "passed"}


def one_patch(judge: Judge, file: str, patch: Patch) -> Report:
    """The report on the right notebook of that lab with one patch."""
    return graded(judge, {file: patched(sample("right")[file], [patch])})


def test_at_least_forty_mistakes_are_known() -> None:
    """And twenty ways of being right."""
    assert len(WRONG) >= 40
    assert len(RIGHT) >= 15
