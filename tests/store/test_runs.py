"""A run's life: one holder, one result, never a zero for a fault of ours."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from grading.domain.verdict import Blame, RunState
from grading.store import reports, runs, submissions
from grading.store.access import Conflict, Forbidden, NotFound
from grading.store.queries.submissions import events_after
from grading.store.tables import CriterionRow, FindingRow, ReportRow, Run, SubmissionFile, now
from tests.store.course import PIXEL_NAME, Town, report_for, submit

LEASE = timedelta(seconds=30)


def claim(town: Town, run: Run, owner: str = "worker") -> runs.Claim | None:
    """Claim in a transaction of its own."""
    with town.database.write() as db:
        return runs.claim(db, run.id, owner, LEASE)


def store(town: Town, claimed: runs.Claim, content: bytes = b"right") -> reports.Stored | None:
    """Store in a transaction of its own."""
    with town.database.write() as db:
        return reports.store(db, claimed, report_for(content), [PIXEL_NAME], graded_at=now())


def state(town: Town, run: Run) -> str:
    """The run's state as everybody sees it."""
    with town.database.read() as db:
        return db.get_one(Run, run.id).state


def test_a_run_is_claimed_once(town: Town):
    """The second delivery of a message finds the claim and stops."""
    run = submit(town, "ann")

    assert claim(town, run) is not None
    assert claim(town, run, "other") is None
    assert state(town, run) == "running"


def test_a_claim_says_what_to_grade_and_until_when(town: Town):
    """Names and hashes of the files, the rubric, the seed; the lease lasts from the moment of the claim."""
    run = submit(town, "ann", b"right")
    claimed = claim(town, run)

    assert claimed is not None
    assert claimed.files == (("toy.py", hashlib.sha256(b"right").hexdigest()),)
    assert (claimed.rubric_slug, claimed.offering_id, claimed.seed) == ("toy", town.offering, run.seed)
    with town.database.read() as db:
        row = db.get_one(Run, run.id)
        assert abs(row.lease_expires_at - row.claimed_at - LEASE) < timedelta(seconds=1)
        assert row.claimed_at == claimed.claimed_at >= row.created_at


def test_a_submission_that_lost_its_files_does_not_keep_the_queue_from_going_on(town: Town):
    """It is claimed like any other, with nothing in it."""
    run = submit(town, "ann")
    with town.database.write() as db:
        db.execute(delete(SubmissionFile))
    claimed = claim(town, run)

    assert claimed is not None
    assert claimed.files == ()


@pytest.mark.parametrize("final", ["graded", "failed", "rejected", "cancelled", "superseded"])
def test_a_run_that_is_over_is_not_claimed(town: Town, final: str):
    """A late message changes nothing."""
    run = submit(town, "ann")
    with town.database.write() as db:
        db.get_one(Run, run.id).state = final

    assert claim(town, run) is None
    assert state(town, run) == final


def test_a_result_is_written_once(town: Town):
    """Report, rows and state appear together; a second store with the same claim writes nothing."""
    run = submit(town, "ann")
    claimed = claim(town, run)

    assert store(town, claimed, b"wrong") is not None
    assert store(town, claimed, b"right") is None
    with town.database.read() as db:
        row = db.get_one(Run, run.id)
        assert (row.state, row.lease_owner, row.lease_expires_at) == ("graded", None, None)
        assert row.claimed_at <= row.graded_at <= row.stored_at
        assert row.phases == {"start": 0.001, "load": 0.002, "checks": 0.007}
        assert db.get_one(ReportRow, run.id).body == report_for(b"wrong").to_json()
        assert db.scalar(select(func.count()).select_from(CriterionRow)) == 2
        assert set(db.scalars(select(FindingRow.mistake))) == {"flipped-sign", None}


def test_whoever_lost_the_lease_writes_nothing(town: Town):
    """A worker that was given up for dead and comes back finds the row changed."""
    run = submit(town, "ann")
    slow = claim(town, run, "slow")
    with town.database.write() as db:
        db.get_one(Run, run.id).lease_expires_at = now() - timedelta(seconds=1)
    with town.database.write() as db:
        runs.give_back_abandoned(db, dead_owners=[], max_attempts=3)
    fast = claim(town, run, "fast")

    assert store(town, slow, b"wrong") is None
    assert store(town, fast, b"right") is not None
    with town.database.read() as db:
        assert float(db.get_one(ReportRow, run.id).score) == 10.0


def test_the_same_owner_with_an_older_attempt_writes_nothing(town: Town):
    """It is the attempt that counts, not only the name."""
    run = submit(town, "ann")
    first = claim(town, run)
    with town.database.write() as db:
        runs.give_back_abandoned(db, dead_owners=["worker"], max_attempts=3)
    second = claim(town, run)

    assert store(town, first) is None
    assert store(town, second) is not None


def test_three_faults_of_ours_end_in_a_flag_not_in_a_zero(town: Town):
    """The run is tried again with a pause, then flagged to staff without a report."""
    run = submit(town, "ann")
    for _ in range(3):
        with town.database.write() as db:
            db.get_one(Run, run.id).not_before = None
        claimed = claim(town, run)
        with town.database.write() as db:
            runs.release(db, claimed, message="disk full", max_attempts=3)
    with town.database.read() as db:
        row = db.get_one(Run, run.id)
        assert (row.state, row.blame, row.fault_code) == ("failed", "house", "house-fault")
        assert db.get(ReportRow, run.id) is None
        names = [event.name for event in events_after(db, run.submission_id, 0)]
    assert names == ["queued", "running", "retrying", "running", "retrying", "running", "failed"]


def test_a_run_that_pauses_is_not_claimed_before_its_time(town: Town):
    """After a fault of ours there is a pause."""
    run = submit(town, "ann")
    claimed = claim(town, run)
    with town.database.write() as db:
        runs.release(db, claimed, message="oops", max_attempts=3)

    assert claim(town, run) is None
    with town.database.read() as db:
        assert runs.waiting(db, queues=["cpu"]) == []


def test_a_lease_is_renewed_only_for_its_owner(town: Town):
    """Renewing says which runs are still held."""
    mine, other = submit(town, "ann"), submit(town, "ben")
    claim(town, mine, "me")
    claim(town, other, "them")
    with town.database.write() as db:
        assert runs.renew(db, "me", [mine.id, other.id], LEASE) == {mine.id}


def test_a_living_lease_is_not_taken_back(town: Town):
    """Only leases that ran out, or whose owner is dead."""
    kept, lost = submit(town, "ann"), submit(town, "ben")
    claim(town, kept, "alive")
    claim(town, lost, "dead")
    with town.database.write() as db:
        taken = runs.give_back_abandoned(db, dead_owners=["dead"], max_attempts=3)

    assert [run.id for run in taken] == [lost.id]
    assert (state(town, kept), state(town, lost)) == ("running", "queued")


def test_the_student_is_told_what_they_must_do_and_no_more(town: Town):
    """A rejection is the student's to read, a rubric's fault is the staff's."""
    rejected, failed = submit(town, "ann"), submit(town, "ben")
    with town.database.write() as db:
        runs.reject(db, runs.claim(db, rejected.id, "w", LEASE), code="not-a-notebook", message="Not a notebook.")
        runs.fail(
            db, runs.claim(db, failed.id, "w", LEASE), code="rubric-fault", message="secret.py:3", blame=Blame.AUTHOR
        )
    from grading.store.queries.submissions import submission_of

    with town.database.read() as db:
        assert submission_of(db, town.caller("ann"), rejected.submission_id).fault == "Not a notebook."
        assert "secret" not in submission_of(db, town.caller("ben"), failed.submission_id).fault
        assert submission_of(db, town.caller("teacher"), failed.submission_id).fault == "secret.py:3"


def test_a_waiting_submission_can_be_cancelled_by_its_student(town: Town):
    """Cancelling twice is the same as once; nobody else can."""
    run = submit(town, "ann")
    for _ in range(2):
        with town.database.write() as db:
            submissions.cancel(db, town.caller("ann"), run.submission_id)
    with pytest.raises(NotFound), town.database.write() as db:
        submissions.cancel(db, town.caller("ben"), run.submission_id)

    assert state(town, run) == "cancelled"


def test_a_running_submission_cannot_be_cancelled(town: Town):
    """Only a waiting one can."""
    run = submit(town, "ann")
    claim(town, run)
    with pytest.raises(Conflict), town.database.write() as db:
        submissions.cancel(db, town.caller("ann"), run.submission_id)


def test_staff_can_run_a_failed_submission_again(town: Town):
    """The new run is the result, the old one stays as history."""
    run = submit(town, "ann")
    with town.database.write() as db:
        db.get_one(Run, run.id).state = RunState.FAILED.value
    with pytest.raises(Forbidden), town.database.write() as db:
        submissions.retry(db, town.caller("ann"), run.submission_id)
    with town.database.write() as db:
        again = submissions.retry(db, town.caller("helper"), run.submission_id)

    assert (state(town, run), state(town, again)) == ("failed", "queued")
    assert again.seed != run.seed


def test_a_newer_submission_replaces_the_waiting_one_where_asked_for(town: Town):
    """Off by default; on, the waiting one is superseded and others' stay."""
    submit(town, "ben")
    first = submit(town, "ann")
    submit(town, "ann")
    assert state(town, first) == "queued"
    town.settings.supersede_waiting = True
    last = submit(town, "ann")

    assert (state(town, first), state(town, last)) == ("superseded", "queued")
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Run).where(Run.state == "queued")) == 2
