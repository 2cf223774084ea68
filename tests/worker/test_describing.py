"""Every version of every assignment is described, once; what stands in the way is told and breaks nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from grading.assignments.catalog import catalog
from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.domain.errors import HouseFault
from grading.store.descriptions import Descriptions, fault_of
from grading.store.tables import AssignmentVersion
from tests.store.course import DESCRIBED, SLUG, TOY, FakeJudge, Town
from worker import describing
from worker.describing import Describer
from worker.workplace import Announcer, Workplace

NEWER = replace(TOY, version="sha256:" + "9" * 64)


class DyingJudge(FakeJudge):
    """Dies of every description."""

    def describe(self, slug: str) -> Description:
        """Ask in vain."""
        self.asked.append(slug)
        raise HouseFault("the judge died")


def described(town: Town, assignment: Assignment = TOY) -> Description | None:
    """What is stored of it."""
    with town.database.read() as db:
        return Descriptions().of(db, assignment.slug, assignment.version)


def fault(town: Town, assignment: Assignment = TOY) -> str:
    """What is stored against it."""
    with town.database.read() as db:
        return fault_of(db, assignment)


@pytest.fixture
def unread(town: Town) -> Town:
    """A town whose assignment nobody has described."""
    with town.database.write() as db:
        db.execute(delete(AssignmentVersion))
    return town


@pytest.fixture
def judge() -> FakeJudge:
    """Describes the town's assignment."""
    return FakeJudge()


def test_what_is_not_described_is_asked_for_once(unread: Town, judge: FakeJudge):
    """Rows, points and known mistakes are the judge's."""
    describer = Describer(unread.database, {SLUG: TOY})
    for _ in range(3):
        describer.look(judge)

    assert described(unread) == DESCRIBED
    assert judge.asked == [SLUG]


def test_what_is_described_is_not_asked_for(town: Town, judge: FakeJudge):
    """Another worker has asked already."""
    Describer(town.database, {SLUG: TOY}).look(judge)

    assert judge.asked == []


def test_a_publish_is_described_beside_what_was_before(town: Town, judge: FakeJudge):
    """Old results keep their version's rows."""
    known: dict[str, Assignment] = {SLUG: TOY}
    describer = Describer(town.database, known)
    describer.look(judge)
    known[SLUG] = NEWER
    judge.described[SLUG] = Description(SLUG, NEWER.version, DESCRIBED.criteria[:1])
    describer.look(judge)

    assert described(town, NEWER) == judge.described[SLUG]
    assert described(town, TOY) == DESCRIBED


def test_a_rubric_that_cannot_be_read_is_told_and_waits_for_its_author(unread: Town, judge: FakeJudge):
    """It is asked for again of the next judge only, and then replaces the fault."""
    judge.described.clear()
    describer = Describer(unread.database, {SLUG: TOY})
    for _ in range(3):
        describer.look(judge)

    assert judge.asked == [SLUG]
    assert "does not import" in fault(unread)
    assert described(unread) is None

    describer.look(FakeJudge())
    assert (described(unread), fault(unread)) == (DESCRIBED, "")


def test_a_judge_that_dies_is_asked_again_after_a_while(unread: Town, monkeypatch):
    """Nothing is raised; staff see why there are no rows yet."""
    judge = DyingJudge()
    describer = Describer(unread.database, {SLUG: TOY})
    for _ in range(3):
        describer.look(judge)

    assert judge.asked == [SLUG]
    assert "the judge died" in fault(unread)

    monkeypatch.setattr(describing.time, "monotonic", lambda: float("inf"))
    describer.look(judge)
    assert judge.asked == [SLUG, SLUG]


def test_the_version_that_the_judge_read_is_the_one_described(town: Town, judge: FakeJudge):
    """The folder may change between two looks; what is missing then is asked for later."""
    describer = Describer(town.database, {SLUG: NEWER})
    describer.look(judge)

    assert described(town, NEWER) is None
    assert described(town, TOY) == DESCRIBED


@pytest.fixture
def place(unread: Town, judge: FakeJudge) -> Iterator[Workplace]:
    """A worker's workplace, with the judge not started yet."""
    made = Workplace(unread.settings, judge, Announcer(lambda *_: True), {SLUG: TOY})
    yield made
    made.close()


def test_nobody_starts_a_judge_to_have_something_described(unread: Town, judge: FakeJudge, place: Workplace):
    """A worker that only posts grades has none."""
    place.leases.start()
    place.describe_news()
    assert judge.asked == []

    place.judge.get()
    place.describe_news()
    assert described(unread) == DESCRIBED


def test_a_database_that_is_away_is_no_reason_to_end(town: Town, judge: FakeJudge, monkeypatch):
    """The next look does it."""

    class Away:
        def read(self) -> Any:
            """As SQLAlchemy when the server is gone."""
            from sqlalchemy.exc import OperationalError

            raise OperationalError("SELECT", {}, Exception("gone"))

    describer = Describer(town.database, {SLUG: NEWER})
    monkeypatch.setattr(describer, "_database", Away())
    describer.look(judge)

    assert judge.asked == []


def test_without_a_choice_the_worker_describes_what_the_settings_name(unread: Town, judge: FakeJudge):
    """The built-in assignments are among them."""
    made = Workplace(unread.settings, judge, Announcer(lambda *_: True))
    made.leases.start()
    made.judge.get()
    made.describe_news()
    made.close()

    assert set(judge.asked) == set(catalog())
