"""Whose turn it is: laws of the queue's order, on each database."""

import random
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from grading.store import runs, submissions
from grading.store.access import QueueFull
from grading.store.fairness import REMEMBERED_CLAIMS, next_in_line, place_in_line
from grading.store.ids import new_id
from grading.store.queries.queue import lanes_of
from grading.store.tables import PURPOSE_REGRADE_DRY, Course, Enrollment, Offering, Run, SubmissionRow, WorkerRow, now
from tests.store.course import Town, submit

LEASE = timedelta(seconds=30)


def elsewhere(town: Town) -> Town:
    """The same town seen from the other course's offering."""
    offering = new_id()
    with town.database.write() as db:
        db.add(Offering(id=offering, course_id=town.courses["theirs"], slug="other", rubric_slug="toy", title="Other"))
        for login in ("ann", "ben"):
            db.add(Enrollment(course_id=town.courses["theirs"], user_id=town.users[login], role="student"))
    return Town(town.settings, town.database, town.courses, town.users, town.tokens, offering)


def served(town: Town, count: int) -> list[str]:
    """Who is served by one lane, one after another: `course/login` of each run."""
    names = {user_id: login for login, user_id in town.users.items()}
    courses = {course_id: name for name, course_id in town.courses.items()}
    order = []
    for _ in range(count):
        with town.database.write() as db:
            (run_id,) = next_in_line(db, ["cpu"], 1)
            claimed = runs.claim(db, run_id, "worker", LEASE)
            submission = db.get_one(SubmissionRow, claimed.submission_id)
            offering = db.get_one(Offering, submission.offering_id)
            order.append(f"{courses[offering.course_id]}/{names[submission.user_id]}")
            runs.fail(db, claimed, code="x", message="over", blame=runs.Blame.HOUSE)
    return order


def test_a_flood_of_one_student_makes_nobody_wait(town: Town):
    """Everybody's first comes before anybody's second, whenever it arrived."""
    for login in ("ann", "ann", "ann", "ann", "ben", "cyd"):
        submit(town, login)

    assert served(town, 6) == ["ours/ann", "ours/ben", "ours/cyd", "ours/ann", "ours/ann", "ours/ann"]


def test_who_had_a_turn_lets_the_others_go_first(town: Town):
    """Also when the next submission comes before the others' first."""
    submit(town, "ann")
    assert served(town, 1) == ["ours/ann"]
    submit(town, "ann")
    submit(town, "ben")

    assert served(town, 2) == ["ours/ben", "ours/ann"]


def test_a_course_in_a_surge_leaves_the_others_their_share(town: Town):
    """Ten waiting in one course, two in another that comes later: they alternate until the small one is done."""
    other = elsewhere(town)
    for _ in range(5):
        submit(town, "ann")
        submit(town, "ben")
    for login in ("stranger", "ann"):
        submit(other, login)
    order = [name.split("/")[0] for name in served(town, 12)]

    assert [place for place, course in enumerate(order) if course == "theirs"] == [1, 3]


def test_shares_are_kept_in_the_long_run(town: Town):
    """With shares of 3 to 1, three of four turns go to the one, while both have something waiting."""
    other = elsewhere(town)
    with town.database.write() as db:
        db.get_one(Course, town.courses["ours"]).share = 3
    for _ in range(12):
        submit(town, "ann")
        submit(other, "stranger")
    counted = Counter(name.split("/")[0] for name in served(town, 12))

    assert counted == {"ours": 9, "theirs": 3}


def test_the_place_that_is_shown_is_the_place_that_is_taken(town: Town):
    """Law: for any queue, the run at place k is served k-th when nothing else arrives and the past is forgotten."""
    chance = random.Random(town.offering)  # noqa: S311  # no secret: another mixture for each run
    other = elsewhere(town)
    waiting = [
        submit(*chance.choice([(town, "ann"), (town, "ben"), (town, "cyd"), (other, "stranger"), (other, "ann")])).id
        for _ in range(15)
    ]
    with town.database.read() as db:
        order = next_in_line(db, ["cpu"], 100)
        places = {run_id: place_in_line(db, db.get_one(Run, run_id)) for run_id in waiting}

    assert sorted(order) == sorted(waiting)
    assert [places[run_id] for run_id in order] == list(range(1, 16))


def test_regrades_wait_behind_students_and_do_not_fill_the_queue(town: Town):
    """They came first, and there are more of them than the queue takes."""
    town.settings.queue_limit = 2
    first = submit(town, "ann")
    with town.database.write() as db:
        bulk = [
            submissions.new_run(db, first.submission_id, device="cpu", purpose=PURPOSE_REGRADE_DRY, current=False).id
            for _ in range(5)
        ]
    last = submit(town, "ben")
    with town.database.read() as db:
        order = next_in_line(db, town.settings.run_queues, 100)

    assert order == [first.id, last.id, *bulk]
    with pytest.raises(QueueFull):
        submit(town, "cyd")


def test_one_student_cannot_fill_the_queue(town: Town):
    """The bound for one is smaller than the bound for all."""
    town.settings.queue_limit_per_student = 2
    for _ in range(2):
        submit(town, "ann")
    with pytest.raises(QueueFull, match="your own"):
        submit(town, "ann")

    assert submit(town, "ben").state == "queued"


def test_what_pauses_is_not_next_but_keeps_its_place(town: Town):
    """After a fault of ours the run waits, and others go first meanwhile."""
    paused, due = submit(town, "ann"), submit(town, "ben")
    with town.database.write() as db:
        db.get_one(Run, paused.id).not_before = now() + timedelta(minutes=1)
    with town.database.read() as db:
        assert next_in_line(db, ["cpu"]) == [due.id]
        assert place_in_line(db, db.get_one(Run, paused.id)) == 1


def test_the_distant_past_is_forgotten(town: Town):
    """A student who had many turns long ago is not behind for ever: only the last claims count."""
    for _ in range(3):
        submit(town, "ann")
    served(town, 3)
    for _ in range(REMEMBERED_CLAIMS // 40):
        with town.database.write() as db:
            for run in db.scalars(select(Run)):
                run.claimed_at = None
    submit(town, "ann")
    submit(town, "ben")

    assert served(town, 2) == ["ours/ann", "ours/ben"]


def test_lanes_are_those_of_workers_alive(town: Town):
    """For the estimate: silent workers and those of other queues do not count."""
    with town.database.write() as db:
        for name, queues, seen in (("a", "cpu passback", 0), ("b", "gpu", 0), ("c", "cpu", 3600)):
            moment = now() - timedelta(seconds=seen)
            db.add(WorkerRow(owner=name, name=name, queues=queues, lanes=3, started_at=moment, seen_at=moment))
    with town.database.read() as db:
        assert (lanes_of(db, "cpu"), lanes_of(db, "cpu-bulk"), lanes_of(db, "gpu")) == (3, 3, 3)
        assert lanes_of(db, "tpu") == 1


def test_many_claimers_take_each_run_once(town: Town):
    """Eight at once, thirty runs: every run has one holder, and nobody sees an error."""
    waiting = [submit(town, ("ann", "ben", "cyd")[i % 3]).id for i in range(30)]
    taken: list[str] = []
    faults: list[BaseException] = []
    lock = threading.Lock()

    def work(owner: str) -> None:
        try:
            while True:
                with town.database.read() as db:
                    candidates = next_in_line(db, ["cpu"])
                if not candidates:
                    return
                for run_id in candidates:
                    with town.database.write() as db:
                        claimed = runs.claim(db, run_id, owner, LEASE)
                    if claimed is not None:
                        with lock:
                            taken.append(claimed.run_id)
                        break
        except BaseException as error:  # noqa: BLE001  # shown below, whatever it is
            faults.append(error)

    threads = [threading.Thread(target=work, args=(f"owner-{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert sorted(taken) == sorted(waiting)


def test_two_sweeps_take_an_abandoned_run_back_once(town: Town):
    """It loses one try, not two."""
    run = submit(town, "ann")
    with town.database.write() as db:
        runs.claim(db, run.id, "dead", LEASE)
    counts: list[int] = []

    def sweep() -> None:
        with town.database.write() as db:
            counts.append(len(runs.give_back_abandoned(db, dead_owners=["dead"], max_attempts=3)))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 0, 0, 1]
