"""What each reader sees of a report."""

import pytest

from grading.domain.report import Report
from grading.domain.verdict import Visibility
from grading.store.reports import as_seen_by, house_must_act
from tests.store.course import report_for

WRONG = report_for(b"wrong", seed=77)


def questions(report: Report) -> list[str]:
    """The questions of the second criterion that are shown."""
    return [finding.question for finding in report.criteria[1].findings]


def test_staff_see_everything():
    """The staff's view is the report itself."""
    assert as_seen_by(WRONG, "staff", after_due=False) == WRONG


def test_students_see_neither_seed_nor_integrity_nor_findings_for_staff():
    """Before the due date they see their own findings, and how many are still to come."""
    seen = as_seen_by(WRONG, "student", after_due=False)

    assert seen.run.seed is None
    assert seen.integrity == ()
    assert questions(seen) == ["second"]
    assert seen.criteria[1].hidden == 1


def test_after_the_due_date_students_see_what_waited_for_it():
    """Findings for staff stay with the staff."""
    seen = as_seen_by(WRONG, "student", after_due=True)

    assert questions(seen) == ["second", "later"]
    assert seen.criteria[1].hidden == 0


@pytest.mark.parametrize("after_due", [False, True])
def test_no_finding_for_staff_ever_reaches_a_student(after_due: bool):
    """Whatever the report, the word `staff` is in no finding that a student gets."""
    seen = as_seen_by(WRONG, "student", after_due=after_due)
    shown = {finding.visibility for criterion in seen.criteria for finding in criterion.findings}

    assert Visibility.STAFF not in shown


def test_what_a_student_sees_has_the_form_of_a_report():
    """It is read on the other side of HTTP as it was written."""
    seen = as_seen_by(WRONG, "student", after_due=False)

    assert Report.from_json(seen.to_json()) == seen


def test_points_are_the_same_for_everybody():
    """Hidden findings change no score."""
    seen = as_seen_by(WRONG, "student", after_due=False)

    assert [c.points for c in seen.criteria] == [c.points for c in WRONG.criteria]
    assert seen.score == WRONG.score


def test_only_faults_of_ours_are_worth_another_try():
    """A wrong answer is not."""
    assert house_must_act(report_for(b"broken"))
    assert not house_must_act(WRONG)
