"""One run at a workplace: every fault ends where it belongs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import func, select

from grading.domain.errors import HouseFault, NotASubmission, RubricFault
from grading.store.blobs import Blobs
from grading.store.tables import FigureRow, ReportRow, Run, WorkerRow, now
from tests.store.course import PIXEL, PIXEL_NAME, SLUG, FakeJudge, Town, graded_as, report_for, submit
from worker import identity, metrics
from worker.grading_run import grade_run
from worker.sweep import Sweep
from worker.workplace import Announcer, Workplace


class Announced(list):
    """What was announced, in order."""

    def __call__(self, task: str, row_id: str, queue: str) -> bool:
        """Note it down."""
        self.append((task, row_id, queue))
        return True


@pytest.fixture
def judge() -> FakeJudge:
    """A judge that grades by the first word."""
    return FakeJudge()


@pytest.fixture
def waiters() -> Announced:
    """Collects what was announced."""
    return Announced()


@pytest.fixture
def place(town: Town, judge: FakeJudge, waiters: Announced) -> Iterator[Workplace]:
    """A workplace without Celery."""
    place = Workplace(town.settings, judge, Announcer(waiters))
    place.open()
    yield place
    place.close()


def ready(town: Town, login: str = "ann", content: bytes = b"right") -> str:
    """A waiting run with its bytes on disk."""
    return submit(town, login, content, Blobs(town.settings.blob_dir)).id


def row(town: Town, run_id: str) -> Run:
    """The run as it is now."""
    with town.database.read() as db:
        return db.get_one(Run, run_id)


def test_a_run_is_graded_with_its_own_seed_and_stored(town: Town, place: Workplace, judge: FakeJudge):
    """Report, figures, times of the stages."""
    run_id = ready(town)
    grade_run(place, run_id)
    run = row(town, run_id)

    assert run.state == "graded"
    assert judge.graded == [run.seed]
    assert run.created_at <= run.claimed_at <= run.graded_at <= run.stored_at
    assert place.blobs.read(PIXEL_NAME) == PIXEL
    with town.database.read() as db:
        assert db.scalars(select(FigureRow.sha256)).all() == [PIXEL_NAME]


def test_no_line_of_the_log_names_a_run_that_is_over(town: Town, place: Workplace):
    """A thread grades one run after another; what it says next is not about the last one."""
    grade_run(place, ready(town))

    assert structlog.contextvars.get_contextvars() == {}


def test_a_message_delivered_twice_grades_once(town: Town, place: Workplace, judge: FakeJudge):
    """The second finds the claim and stops."""
    run_id = ready(town)
    for _ in range(3):
        grade_run(place, run_id)

    assert len(judge.graded) == 1


def test_a_message_about_nothing_is_ignored(place: Workplace, judge: FakeJudge):
    """Old messages may outlive their rows."""
    grade_run(place, "no-such-run")

    assert judge.graded == []


@pytest.mark.parametrize(
    ("fault", "state", "blame", "code"),
    [
        (NotASubmission("broken-json", "The notebook is not JSON."), "rejected", "student", "broken-json"),
        (RubricFault("rubric.py raised"), "failed", "author", "rubric-fault"),
        (HouseFault("sandbox broke"), "queued", "house", None),
        (RuntimeError("a bug of ours"), "queued", "house", None),
    ],
)
def test_each_fault_ends_where_it_belongs(
    town: Town, place: Workplace, judge: FakeJudge, fault: Exception, state: str, blame: str, code: str | None
):
    """The student's, the author's, ours; never a report, so never a zero."""
    judge.faults.append(fault)
    run_id = ready(town)
    grade_run(place, run_id)
    run = row(town, run_id)

    assert (run.state, run.blame, run.fault_code, run.lease_owner) == (state, blame, code, None)
    with town.database.read() as db:
        assert db.get(ReportRow, run_id) is None


def test_a_fault_of_ours_is_tried_again_with_the_same_seed_until_it_goes_well(
    town: Town, place: Workplace, judge: FakeJudge
):
    """Twice broken, the third time graded."""
    judge.faults += [HouseFault("one"), HouseFault("two")]
    run_id = ready(town)
    for _ in range(3):
        with town.database.write() as db:
            db.get_one(Run, run_id).not_before = None
        grade_run(place, run_id)
    run = row(town, run_id)

    assert (run.state, run.attempts, run.fault) == ("graded", 3, None)
    assert set(judge.graded) == {run.seed}


def test_a_poisoned_run_is_flagged_and_blocks_nobody(town: Town, place: Workplace):
    """It came first and fails every time: three tries, then the staff's; the other is graded in the first round."""
    poisoned, other = ready(town, content=b"poison"), ready(town, "ben")
    states = []
    for _ in range(3):
        with town.database.write() as db:
            db.get_one(Run, poisoned).not_before = None
        for run_id in (poisoned, other):
            grade_run(place, run_id)
        states.append((row(town, poisoned).state, row(town, other).state))

    assert states == [("queued", "graded"), ("queued", "graded"), ("failed", "graded")]
    assert row(town, poisoned).attempts == 3


def test_criteria_that_we_could_not_judge_are_tried_again_then_shown(town: Town, place: Workplace):
    """The last try's report is kept for staff, without a final score."""
    run_id = ready(town, content=b"broken")
    states = []
    for _ in range(3):
        with town.database.write() as db:
            db.get_one(Run, run_id).not_before = None
        grade_run(place, run_id)
        states.append(row(town, run_id).state)
    with town.database.read() as db:
        assert db.get_one(ReportRow, run_id).final is False

    assert states == ["queued", "queued", "graded"]


def test_without_a_judge_nothing_is_claimed(town: Town, waiters: Announced):
    """A broken sandbox does not use up the tries of everything that waits."""

    def broken() -> FakeJudge:
        raise HouseFault("no sandbox here")

    place = Workplace(town.settings, broken, Announcer(waiters))
    run_id = ready(town)
    grade_run(place, run_id)
    place.database.close()

    assert (row(town, run_id).state, row(town, run_id).attempts) == ("queued", 0)


def test_a_missing_blob_is_our_fault(town: Town, place: Workplace):
    """The student handed it in; that we lost it is not their zero."""
    run_id = submit(town, "ann", b"never written").id
    grade_run(place, run_id)

    assert (row(town, run_id).state, row(town, run_id).blame) == ("queued", "house")


def test_a_figure_that_is_not_what_its_name_says_is_our_fault(
    town: Town, place: Workplace, judge: FakeJudge, monkeypatch
):
    """Nothing is stored under a wrong name."""
    honest = judge.grade
    monkeypatch.setattr(
        judge, "grade", lambda *args, **kwargs: graded_as(honest(*args, **kwargs).report, {PIXEL_NAME: b"other"})
    )
    run_id = ready(town)
    grade_run(place, run_id)

    assert row(town, run_id).state == "queued"


@pytest.mark.slow
def test_a_lease_lives_as_long_as_the_work(town: Town, judge: FakeJudge, place: Workplace):
    """Grading takes longer than a lease; the heartbeat keeps it, and the sweep leaves it alone."""
    import threading

    town.settings.lease_s = 0.6
    place.leases._lease = timedelta(seconds=0.6)
    judge.seconds = 1.5
    run_id = ready(town)
    thread = threading.Thread(target=grade_run, args=(place, run_id))
    thread.start()
    sweep = Sweep(place, 60)
    while thread.is_alive():
        sweep.once()
        thread.join(0.1)

    assert (row(town, run_id).state, row(town, run_id).attempts) == ("graded", 1)


def test_the_sweep_announces_everything_that_waits_once_in_a_while(town: Town, place: Workplace, waiters: Announced):
    """At the start all; a moment later nothing again."""
    run_ids = [ready(town, login) for login in ("ann", "ben")]
    sweep = Sweep(place, 60)
    sweep.once()
    sweep.once()

    assert waiters == [("chainrule.grade_run", run_id, "cpu") for run_id in run_ids]


def test_the_sweep_takes_back_what_the_dead_held(town: Town, place: Workplace, waiters: Announced):
    """A process that is gone is known to be dead before its lease runs out; one that lives is left alone."""
    lost, kept = ready(town), ready(town, "ben")
    alive = identity.new_owner()
    host, boot, _, started, nonce = alive.rsplit("/", 4)
    with town.database.write() as db:
        for run_id, owner in ((lost, f"{host}/{boot}/4194303/{started}/{nonce}"), (kept, alive)):
            run = db.get_one(Run, run_id)
            run.state, run.lease_owner, run.attempts = "running", owner, 1
            run.lease_expires_at = now() + timedelta(hours=1)
    Sweep(place, 60).once()

    assert (row(town, lost).state, row(town, kept).state) == ("queued", "running")
    assert [run_id for _, run_id, _ in waiters] == [lost]


def test_owners_of_other_machines_are_not_presumed_dead():
    """Only their leases tell."""
    assert identity.dead_among(["elsewhere/boot/1/2/3", "nonsense", ""]) == set()


def test_a_rebooted_machine_holds_nothing():
    """Nor does an earlier worker of this very process."""
    mine = identity.new_owner()
    host, boot, pid, started, nonce = mine.rsplit("/", 4)
    rebooted = "/".join((host, "0" * len(boot), pid, started, nonce))
    assert identity.dead_among([mine, rebooted]) == {rebooted}
    identity.retire(mine)

    assert identity.dead_among([mine]) == {mine}


def test_a_worker_says_what_its_sandbox_holds(town: Town, place: Workplace):
    """For the status page; its row goes when it stops."""
    place.judge.get()
    with town.database.read() as db:
        assert db.scalars(select(WorkerRow.tier)).all() == ["full"]
    place.leases.stop()
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(WorkerRow)) == 0


def test_a_broker_that_is_away_is_tried_once_and_not_for_each_row():
    """Each try takes seconds; a regrade of a thousand runs would wait for an hour."""
    tried: list[str] = []

    def deaf(task: str, row_id: str, queue: str) -> bool:
        tried.append(row_id)
        return False

    announcer = Announcer(deaf)
    announcer.runs([("a", "cpu"), ("b", "cpu")])
    announcer.posts(["c", "d"])

    assert tried == ["a", "c"]


def test_killed_boxes_are_counted_by_cause(town: Town, place: Workplace, judge: FakeJudge, monkeypatch):
    """An operator sees that many programs run out of memory before anybody complains."""
    made = report_for(b"right")
    made = replace(made, run=replace(made.run, killed={"memory": 2, "deadline": 1}))
    monkeypatch.setattr(judge, "grade", lambda *_, **__: graded_as(made))
    before = killed("memory")
    grade_run(place, ready(town))

    assert killed("memory") == before + 2


def killed(cause: str) -> float:
    """What the series says."""
    labels = {"assignment": SLUG, "cause": cause}
    return metrics.registry.get_sample_value("chainrule_boxes_killed_total", labels) or 0.0
