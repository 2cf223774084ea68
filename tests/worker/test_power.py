"""The law of the straight line: wherever the power fails, and however often, there is one report and one post."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from grading.domain.jobs import GRADE_RUN
from grading.store.blobs import Blobs
from grading.store.queries.submissions import events_after
from grading.store.tables import GradebookEntry, GradePost, ReportRow, Run, now
from testing.lms import FakePlatform
from tests.store.course import FakeJudge, Town, submit
from worker import grading_run
from worker.grading_run import grade_run
from worker.leases import Leases
from worker.passback import Passback
from worker.sweep import Sweep
from worker.workplace import Announcer, Workplace

pytestmark = pytest.mark.slow

POINTS = (
    "committed, the message not sent",
    "claimed",
    "grading",
    "report written, not committed",
    "report committed, the post not announced",
    "post stamped, not sent",
)


class PowerCut(BaseException):
    """Nothing after this is done: neither handlers for errors nor what would have come next."""


class Plug:
    """Pulled at one point of the line, once."""

    def __init__(self) -> None:
        self.at = ""

    def reached(self, point: str) -> None:
        """Fail here, if it is here."""
        if point == self.at:
            self.at = ""
            raise PowerCut


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    """A plug with a hand on it at every point."""
    plug = Plug()
    take, store, send = Leases.take, grading_run.reports.store, Passback._try

    def taken(self):
        claimed = take(self)
        plug.reached("claimed")
        return claimed

    def stored(*args, **kwargs):
        written = store(*args, **kwargs)
        plug.reached("report written, not committed")
        return written

    def sent(self, parcel):
        plug.reached("post stamped, not sent")
        return send(self, parcel)

    monkeypatch.setattr(Leases, "take", taken)
    monkeypatch.setattr(grading_run.reports, "store", stored)
    monkeypatch.setattr(Passback, "_try", sent)
    return plug


class Judge(FakeJudge):
    """Grades until the power fails."""

    plug: Plug

    def grade(self, submission, slug, *, seed, device):
        """Grade by the first word."""
        self.plug.reached("grading")
        return super().grade(submission, slug, seed=seed, device=device)


def live(town: Town, plug: Plug) -> None:
    """One life of a worker: it starts, sweeps, does all it hears of, and ends, well or not."""

    def hear(task: str, row_id: str, _queue: str) -> bool:
        if task == GRADE_RUN:
            plug.reached("committed, the message not sent")
            grade_run(place, row_id)
        else:
            plug.reached("report committed, the post not announced")
            place.passback.send(row_id)
        return True

    judge = Judge()
    judge.plug = plug
    place = Workplace(town.settings, judge, Announcer(hear))
    place.leases.start()
    try:
        Sweep(place, 60).once()
    except PowerCut:
        pass
    finally:
        place.close()


def minutes_pass(town: Town) -> None:
    """Until a post that was under way when the power failed is due again."""
    with town.database.write() as db:
        for post in db.scalars(select(GradePost)):
            post.next_try_at = now() - timedelta(seconds=1)
        for entry in db.scalars(select(GradebookEntry)):
            entry.sending_until = None


def check_the_law(town: Town, platform: FakePlatform, plug: Plug, cuts: tuple[str, ...]) -> None:
    """Submit, cut the power at these points, live on in peace, and count."""
    run = submit(town, "ann", b"wrong", Blobs(town.settings.blob_dir))
    happened: list[bool] = []
    for point in (*cuts, "nowhere"):
        plug.at = point
        live(town, plug)
        happened.append(plug.at == "")
        minutes_pass(town)
    # A plug that nobody can pull would prove nothing.
    assert happened[0]
    with town.database.read() as db:
        assert [row.state for row in db.scalars(select(Run))] == ["graded"]
        assert [row.run_id for row in db.scalars(select(ReportRow))] == [run.id]
        assert [row.state for row in db.scalars(select(GradePost))] == ["sent"]
        names = [event.name for event in events_after(db, run.submission_id, 0)]
    assert names.count("graded") == 1
    assert [(score["userId"], score["scoreGiven"]) for score in platform.scores] == [("lms-ann", 4.0)]


@pytest.mark.parametrize("point", POINTS)
def test_one_power_cut_loses_and_doubles_nothing(town: Town, platform: FakePlatform, plug: Plug, point: str):
    """At every point of the line."""
    check_the_law(town, platform, plug, (point,))


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), list(itertools.product(POINTS, POINTS)))
def test_two_power_cuts_lose_and_double_nothing(
    town: Town, platform: FakePlatform, plug: Plug, first: str, second: str
):
    """The second one hits the life that mends what the first one broke."""
    check_the_law(town, platform, plug, (first, second))
