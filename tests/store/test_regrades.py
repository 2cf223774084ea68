"""Regrades: dry first, then applied; and the outbox that follows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from grading.store import regrades, reports, runs
from grading.store.access import Conflict, Forbidden, NotFound
from grading.store.lms import add_line_item, key_path, public_key, register_platform
from grading.store.queries.submissions import events_after, submission_of
from grading.store.tables import Enrollment, GradePost, Offering, Run, now
from tests.store.course import SLUG, Town, report_for, submit


def finish(town: Town, run_id: str, content: bytes) -> None:
    """Grade a waiting run."""
    with town.database.write() as db:
        claimed = runs.claim(db, run_id, "w", timedelta(seconds=30))
        assert claimed is not None
        reports.store(db, claimed, report_for(content), [], graded_at=now())


def connect(town: Town) -> None:
    """Give the offering a gradebook column."""
    with town.database.write() as db:
        platform = register_platform(
            db, town.settings, issuer="https://lms.example", client_id="c", token_url="https://lms.example/token"
        )
        offering = db.get_one(Offering, town.offering)
        add_line_item(db, platform, offering, url="https://lms.example/li/1", label="Toy", score_maximum=Decimal(10))


def posts(town: Town) -> list[tuple[str, float, str]]:
    """What is in the outbox: for whom, how much, and its state."""
    with town.database.read() as db:
        rows = db.scalars(select(GradePost).order_by(GradePost.id))
        return [(row.lms_user_id, float(row.score), row.state) for row in rows]


@pytest.fixture
def graded(town: Town) -> Town:
    """Ann and Ben are graded, both wrong."""
    for login in ("ann", "ben"):
        finish(town, submit(town, login, b"wrong").id, b"wrong")
    return town


def start(town: Town, login: str = "teacher") -> regrades.RegradeView:
    """Start a dry regrade."""
    with town.database.write() as db:
        regrade = regrades.start(db, town.caller(login), SLUG, device="cpu", reason="a better rubric")
    with town.database.read() as db:
        return regrades.progress_of(db, town.caller(login), regrade.id)


def test_a_dry_run_changes_nothing_that_students_see(graded: Town):
    """State, score and events stay, while the new runs are graded beside the old ones."""
    view = start(graded)
    for run_id in view.run_ids:
        finish(graded, run_id, b"right")
    with graded.database.read() as db:
        submission_id = db.get_one(Run, view.run_ids[0]).submission_id
        seen = submission_of(db, graded.caller("teacher"), submission_id)
        names = [event.name for event in events_after(db, submission_id, 0)]

    assert (view.total, view.done) == (2, 0)
    assert (seen.state, seen.score) == ("graded", 4)
    assert names == ["queued", "running", "graded"]


def test_the_difference_names_students_and_criteria(graded: Town):
    """Before and after, only where they differ."""
    view = start(graded)
    finish(graded, view.run_ids[0], b"right")
    finish(graded, view.run_ids[1], b"wrong")
    with graded.database.read() as db:
        view = regrades.progress_of(db, graded.caller("helper"), view.id)

    assert (view.done, view.failed, view.unchanged) == (2, 0, 1)
    (change,) = view.changes
    assert (change.student_name, change.old_score, change.new_score) == ("Ann", 4, 10)
    assert [(c.criterion_id, c.old_points, c.new_points) for c in change.criteria] == [("second", 0, 6)]


def test_a_regrade_across_versions_shows_the_rows_of_both(graded: Town):
    """A row that is gone has no new points, one that came no old ones; each has the title that it is stored with."""
    view = start(graded)
    newer = report_for(b"right")
    first, second = newer.criteria
    newer = replace(newer, criteria=(replace(first, id="third", title="Third"), second))
    with graded.database.write() as db:
        claimed = runs.claim(db, view.run_ids[0], "w", timedelta(seconds=30))
        assert claimed is not None
        reports.store(db, claimed, newer, [], graded_at=now())
    with graded.database.read() as db:
        (change,) = regrades.progress_of(db, graded.caller("teacher"), view.id).changes

    assert [(c.title, c.old_points, c.new_points) for c in change.criteria] == [
        ("Third", None, 4),
        ("Second", 0, 6),
        ("First", 4, None),
    ]


def test_applying_makes_the_new_reports_the_results(graded: Town):
    """Once; the old run stays as history and the difference can still be read."""
    view = start(graded)
    for run_id in view.run_ids:
        finish(graded, run_id, b"right")
    with graded.database.write() as db:
        applied, _ = regrades.apply(db, graded.caller("teacher"), view.id)
    with pytest.raises(Conflict), graded.database.write() as db:
        regrades.apply(db, graded.caller("teacher"), view.id)
    with graded.database.read() as db:
        submission_id = db.get_one(Run, view.run_ids[0]).submission_id
        assert submission_of(db, graded.caller("ann"), submission_id).score == 10
        assert db.scalar(select(func.count()).select_from(Run)) == 4

    assert applied.applied_at is not None
    assert [(change.old_score, change.new_score) for change in applied.changes] == [(4, 10), (4, 10)]


def test_an_unfinished_regrade_is_not_applied_and_not_doubled(graded: Town):
    """One at a time, and all of it or nothing."""
    view = start(graded)
    with pytest.raises(Conflict), graded.database.write() as db:
        regrades.apply(db, graded.caller("teacher"), view.id)
    with pytest.raises(Conflict):
        start(graded)


def test_a_failed_dry_run_leaves_the_old_result(graded: Town):
    """A fault of ours in a regrade costs nobody anything."""
    view = start(graded)
    finish(graded, view.run_ids[0], b"right")
    with graded.database.write() as db:
        db.get_one(Run, view.run_ids[1]).state = "failed"
    with graded.database.write() as db:
        applied, _ = regrades.apply(db, graded.caller("teacher"), view.id)
    with graded.database.read() as db:
        ben = db.get_one(Run, view.run_ids[1]).submission_id
        assert submission_of(db, graded.caller("teacher"), ben).score == 4

    assert applied.failed == 1


def test_only_the_courses_staff_regrades(graded: Town):
    """Students are refused; for others there is nothing."""
    view = start(graded)
    with graded.database.read() as db:
        with pytest.raises(Forbidden):
            regrades.progress_of(db, graded.caller("ann"), view.id)
        with pytest.raises(NotFound):
            regrades.progress_of(db, graded.caller("rival"), view.id)


@pytest.mark.usefixtures("key")
def test_a_score_and_its_post_are_written_together(town: Town):
    """The outbox has the grade as soon as the report is there."""
    connect(town)
    finish(town, submit(town, "ann", b"wrong").id, b"wrong")

    assert posts(town) == [("lms-ann", 4.0, "waiting")]


@pytest.mark.usefixtures("key")
def test_a_newer_grade_overtakes_one_that_waits(town: Town):
    """Only the newest is sent."""
    connect(town)
    finish(town, submit(town, "ann", b"wrong").id, b"wrong")
    finish(town, submit(town, "ann", b"right").id, b"right")

    assert posts(town) == [("lms-ann", 4.0, "unchanged"), ("lms-ann", 10.0, "waiting")]


@pytest.mark.usefixtures("key")
def test_an_older_attempt_that_is_graded_later_is_not_posted_over_the_newer(town: Town):
    """The counting attempt is posted, in whatever order they finish."""
    connect(town)
    first, second = submit(town, "ann", b"wrong"), submit(town, "ann", b"right")
    finish(town, second.id, b"right")
    finish(town, first.id, b"wrong")

    assert posts(town) == [("lms-ann", 10.0, "waiting")]


@pytest.mark.usefixtures("key")
def test_staff_strangers_and_unfinished_reports_are_not_posted(town: Town):
    """Platforms refuse scores of staff; a report with a fault of ours is no grade."""
    connect(town)
    with town.database.write() as db:
        db.get_one(Enrollment, (town.courses["ours"], town.users["ben"])).lms_user_id = None
    for login, content in (("teacher", b"right"), ("ben", b"right"), ("ann", b"broken")):
        finish(town, submit(town, login, content).id, content)

    assert posts(town) == []


@pytest.mark.usefixtures("key")
def test_an_applied_regrade_is_posted(town: Town):
    """The gradebook follows the result."""
    connect(town)
    finish(town, submit(town, "ann", b"wrong").id, b"wrong")
    view = start(town)
    finish(town, view.run_ids[0], b"right")
    assert posts(town) == [("lms-ann", 4.0, "waiting")]
    with town.database.write() as db:
        _, waiting = regrades.apply(db, town.caller("teacher"), view.id)

    assert len(waiting) == 1
    assert posts(town)[-1] == ("lms-ann", 10.0, "waiting")


def test_a_private_key_is_a_file_that_only_the_service_reads(town: Town):
    """Mode 600, nothing of it in the database, and its other half is what platforms are given."""
    with town.database.write() as db:
        platform = register_platform(
            db, town.settings, issuer="https://x.example", client_id="c", token_url="https://x.example/t"
        )
        path = key_path(town.settings, platform)

    assert path.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in path.read_bytes()
    assert all(b"PRIVATE" not in file.read_bytes() for file in town.settings.state.glob("chainrule.db*"))
    assert public_key(town.settings, platform).startswith(b"-----BEGIN PUBLIC KEY-----")
