"""What each way of writing the assignment earns: in this process, without a box, for the hand-ins are our own."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from grading.assignments.tdt4265_a2.rehearsal import patches
from grading.authoring.patches import Patch, patched
from grading.authoring.probing import asked_once
from grading.domain.report import Report
from grading.domain.verdict import Blame, Status
from tests.rubrics.tdt4265_a2.in_process import assignment, graded, sample

WRONG = [(group.file, patch) for group in patches for patch in group.wrong]
RIGHT = [(group.file, patch) for group in patches for patch in group.right]
SEED = int(time.time() // 86_400)
"""Another seed, and other hand-ins, every day; the full breadth is `chainrule assignment validate`."""

SOME = 6


@pytest.fixture(autouse=True, scope="module")
def _ours_asked_once() -> Iterator[None]:
    """References and mistakes answer each question once for all hand-ins."""
    with asked_once():
        yield


def with_patch(file: str, patch: Patch) -> Report:
    """The report on the right sample with one patch."""
    files = dict(sample("right"))
    return graded({**files, file: patched(files[file], [patch])}, seed=SEED)


def lost(report: Report, file: str) -> set[str]:
    """The rows of one file without all of their points, of those that wait for nobody."""
    rows = {row.id for row in assignment().criteria if row.part == file}
    return {c.id for c in report.criteria if c.id in rows and c.status is not Status.MANUAL and c.points < c.possible}


def shown(report: Report) -> str:
    """The failing findings, for the message of a failing test."""
    failing = (f for c in report.criteria if c.status is not Status.MANUAL for f in c.findings if not f.passed)
    return "\n".join(f"{f.question} ({f.mistake}): {f.message}" for f in failing)


def assert_known(file: str, patch: Patch) -> None:
    """The patch costs its rows and no others, and has its name."""
    report = with_patch(file, patch)
    named = {f.mistake for c in report.criteria for f in c.findings}

    assert set(patch.loses) <= lost(report, file) <= {*patch.loses, *patch.may_lose}, f"{patch.name}: {shown(report)}"
    assert not patch.named or patch.named in named, f"{patch.name}: {shown(report)}"
    assert blames(report) <= {Blame.STUDENT, Blame.NOBODY}


def blames(report: Report) -> set[Blame]:
    """Who must act."""
    return {f.blame for c in report.criteria for f in c.findings}


@pytest.mark.parametrize("name", ["right", "right_2022"])
def test_right_samples_keep_all_points_that_wait_for_nobody(name: str) -> None:
    """A right hand-in of either edition loses nothing."""
    report = graded(sample(name), seed=SEED)

    assert [c.id for c in report.criteria if c.status not in (Status.PASSED, Status.MANUAL)] == [], shown(report)


@pytest.mark.parametrize("name", ["starter", "broken"])
def test_starter_and_broken_samples_blame_nobody_else(name: str) -> None:
    """Neither stops the grading, and the starter earns nothing."""
    report = graded(sample(name), seed=SEED)

    assert blames(report) <= {Blame.STUDENT, Blame.NOBODY}
    assert name != "starter" or report.score == Decimal(0), shown(report)


@pytest.mark.parametrize("nth", range(SOME))
def test_known_mistakes_lose_their_rows_and_are_named(nth: int) -> None:
    """A known mistake costs the rows it was made in and no other, and the report says which it was."""
    assert_known(*WRONG[(SEED * SOME + nth) % len(WRONG)])


@pytest.mark.parametrize("nth", range(SOME))
def test_right_variants_keep_their_points(nth: int) -> None:
    """A hand-in that is right in another way loses nothing."""
    file, patch = RIGHT[(SEED * SOME + nth) % len(RIGHT)]
    report = with_patch(file, patch)

    assert lost(report, file) == set(), f"{patch.name}: {shown(report)}"


def test_there_are_enough_of_both() -> None:
    """At least sixty ways to be wrong and twenty-five to be right."""
    assert len(WRONG) >= 60
    assert len(RIGHT) >= 25


def test_the_tasks_have_the_sheet_s_points() -> None:
    """The rows of each task add up to what the sheet gives for it."""
    totals: dict[str, Decimal] = {}
    for row in assignment().criteria:
        totals[row.section] = totals.get(row.section, Decimal(0)) + row.possible

    assert {name.removeprefix("Task "): int(points) for name, points in totals.items()} == {
        "1a": 4, "2a": 10, "2b": 18, "2c": 6, "2d": 5, "3a": 6, "3b": 9, "3c": 7,
        "4a": 3, "4b": 3, "4c": 14, "4d": 5, "4e": 6, "4f": 4,
    }  # fmt: skip
