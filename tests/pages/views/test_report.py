"""A report, laid out."""

import copy
from pathlib import Path

from api.pages.views import report as views
from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.domain.report import Report
from tests.pages.classroom import NOTEBOOK_1, NOTEBOOK_2, REPORT, assignment, described, report


def known(folder: Path) -> tuple[Assignment, Description]:
    """The assignment, and what its rubric says of itself."""
    return assignment(folder), described(assignment(folder))


def test_rows_are_grouped_by_the_file_they_belong_to(tmp_path) -> None:
    """Parts come in the rubric's order with their points."""
    seen = views.read(Report.from_json(REPORT), *known(tmp_path))

    assert [(p.name, p.points, p.possible) for p in seen.parts] == [(NOTEBOOK_1, 2.0, 4.0), (NOTEBOOK_2, 4.0, 6.0)]


def test_without_the_manifest_rows_are_grouped_by_section() -> None:
    """A report outlives its assignment."""
    assert [part.title for part in views.read(Report.from_json(REPORT), None).parts] == ["Section 1", "Section 2"]


def test_the_chain_is_as_long_as_the_points() -> None:
    """Links fill the width; each is as long as its row has points."""
    chain = views.read(Report.from_json(REPORT), None).chain
    one, two = chain[0], chain[2]

    assert abs(2 * one.width - two.width) < 1e-6
    assert abs(chain[-1].x + chain[-1].width - views.CHAIN_WIDTH) < 1e-6
    assert (one.width, 0.0) == (one.filled, two.filled)


def test_the_named_mistake_is_told_once() -> None:
    """Where the message repeats the mistake's words, the page tells them in their own place only."""
    made = copy.deepcopy(dict(REPORT))
    finding = made["criteria"][2]["findings"][1]
    told = finding["evidence"]["mistake"]
    finding["message"] = f"W1 moved wrongly. In W1: {told['says']}. {told['look']}"
    shown = views.read(Report.from_json(made), None).criteria[2].findings[1]

    assert shown.mistake is not None
    assert ("W1 moved wrongly.", told["says"]) == (shown.said, shown.mistake.title)


def test_changes_list_only_rows_that_differ() -> None:
    """Status before and after, and the points won or lost."""
    [change] = views.changes(Report.from_json(REPORT), Report.from_json(report(backward_pass=2.0)))

    assert (change.before.key, change.after.key, change.delta) == ("failed", "passed", 2.0)


def test_the_verdict_counts_what_needs_work() -> None:
    """One sentence, right in the singular too."""
    rows = {"backward_pass": 2.0, "loss_function": 0.5, "feature_visualization": 2.0}
    one_left = {name: value for name, value in rows.items() if name != "loss_function"}

    assert views.read(Report.from_json(report(**rows)), None).verdict == "Every row is right."
    assert views.read(Report.from_json(report(**one_left)), None).verdict == "1 of 8 rows needs another look."


def test_one_way_to_go_wrong_is_told_once() -> None:
    """The same answer to several questions is one finding, with the other questions beneath it."""
    made = copy.deepcopy(dict(REPORT))
    asked = "training was called with 'SIGM'"
    row = made["criteria"][2]
    row["findings"] = [
        {
            "question": name,
            "passed": False,
            "message": f"{name} is the gradient. {asked} and raised NameError: name 'b_1' is not defined.",
            "blame": "student",
            "evidence": {"claim": f"{name} is the gradient.", "asked": asked},
        }
        for name in ("dW1", "dW2", "db1")
    ]
    [told] = views.read(Report.from_json(made), None).criteria[2].told

    assert (told.finding.claim, told.finding.said) == (
        "dW1 is the gradient.",
        "It raised NameError: name 'b_1' is not defined.",
    )
    assert [finding.question for finding in told.alike] == ["dW2", "db1"]


def test_what_was_not_asked_is_no_mistake() -> None:
    """A question that builds on a wrong answer stands apart from what was answered wrongly."""
    made = copy.deepcopy(dict(REPORT))
    finding = made["criteria"][2]["findings"][2]
    finding["evidence"] = {"claim": "It goes downhill.", "needs": "dW1"}
    row = views.read(Report.from_json(made), None).criteria[2]

    assert [(f.question, f.skipped) for f in row.skipped] == [(finding["question"], "dW1")]
    assert finding["question"] not in [told.finding.question for told in row.told]


def test_notes_on_how_a_file_was_read_stand_apart(tmp_path) -> None:
    """What concerns the reading of one file is sorted by file; the rest is for everybody."""
    made = dict(REPORT, notes=["A stand-in was used.", f"{NOTEBOOK_2}: cell 3: left out"])
    seen = views.read(Report.from_json(made), *known(tmp_path))

    assert seen.notes == ("A stand-in was used.",)
    assert seen.reading == ((NOTEBOOK_2, ("cell 3: left out",)),)


def test_a_part_without_answers_says_so_once(tmp_path) -> None:
    """Where no row could be judged for one and the same reason, the reason is the part's."""
    made = copy.deepcopy(dict(REPORT))
    for row in made["criteria"]:
        if row["section"] == "2":
            row.update(status="not_submitted", points=0.0)
            row["findings"] = [{"question": row["id"], "passed": False, "message": "It was not submitted."}]
    first, second = views.read(Report.from_json(made), *known(tmp_path)).parts

    assert (first.absent, second.absent) == ("", "It was not submitted.")
