"""The demo course can be set up again and again."""

from sqlalchemy import func, select

from grading.store.credentials import caller_by_token, peek_link
from grading.store.demo import set_up_demo
from grading.store.tables import Course, Offering, User
from tests.store.course import TOY, Town


def test_setting_up_twice_adds_nothing_but_new_keys(town: Town):
    """The same course and people; the earlier tokens stop, the new ones work."""
    with town.database.write() as db:
        db.delete(db.scalar(select(Offering)))
    with town.database.write() as db:
        first = set_up_demo(db, town.settings, {TOY.slug: TOY})
    counts = []
    with town.database.write() as db:
        counts.append([db.scalar(select(func.count()).select_from(table)) for table in (Course, User, Offering)])
        second = set_up_demo(db, town.settings, {TOY.slug: TOY})
        counts.append([db.scalar(select(func.count()).select_from(table)) for table in (Course, User, Offering)])
    with town.database.read() as db:
        assert caller_by_token(db, first.student_token) is None
        assert caller_by_token(db, second.student_token).login == "emmy"
        assert peek_link(db, second.instructor_link.rpartition("/")[2]).login == "ada"
        assert peek_link(db, first.instructor_link.rpartition("/")[2]) is not None

    assert counts[0] == counts[1]
    assert second.slug == TOY.slug
    assert second.instructor_link.startswith(town.settings.url + "/sign-in/")
