"""Tokens, links and sessions: shown once, kept as hashes, gone when their time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text, update

from grading.store import access, credentials
from grading.store.tables import ApiToken, Role, SignInLink, WebSession, now
from tests.store.course import Town

HOUR = timedelta(hours=1)


def test_no_secret_is_in_the_database(town: Town):
    """Neither a token nor a link nor a cookie can be read from a stolen database."""
    with town.database.write() as db:
        token = credentials.issue_token(db, scopes=access.STUDENT_SCOPES, user_id=town.users["ann"])
        link = credentials.issue_link(db, town.users["ann"], HOUR)
        cookie = credentials.redeem_link(db, link, HOUR)
    with town.database.read() as db:
        dump = "".join(
            str(db.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
            for table in inspect(town.database.engine).get_table_names()
        )

    assert token.startswith("chr_")
    assert not [secret for secret in (token, link, cookie) if secret in dump]


def test_a_token_speaks_for_its_owner_in_its_course(town: Town):
    """Roles and reach come from the enrollment and the binding."""
    caller = town.caller("helper")

    assert caller.role_in(town.courses["ours"]) is Role.TA
    assert caller.staff_of(town.courses["ours"])
    assert not caller.staff_of(town.courses["theirs"])
    assert caller.courses == {town.courses["ours"]}


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_token_past_its_time_is_nobody(town: Town, column: str):
    """Revoked or expired, it opens nothing."""
    with town.database.write() as db:
        db.execute(update(ApiToken).values({column: now() - timedelta(seconds=1)}))
    with town.database.read() as db:
        assert credentials.caller_by_token(db, town.tokens["ann"]) is None


def test_an_unknown_token_is_nobody(town: Town):
    """As is an empty one."""
    with town.database.read() as db:
        assert credentials.caller_by_token(db, "chr_" + "x" * 43) is None
        assert credentials.caller_by_token(db, "") is None


def test_unknown_scopes_are_refused(town: Town):
    """A typing error must not become a token that can do nothing, or anything."""
    with pytest.raises(ValueError, match="unknown scopes"), town.database.write() as db:
        credentials.issue_token(db, scopes=["submissions:destroy"], user_id=town.users["ann"])


def test_a_link_signs_in_once(town: Town):
    """Looking at it does not use it up; using it does."""
    with town.database.write() as db:
        link = credentials.issue_link(db, town.users["ann"], HOUR)
    with town.database.write() as db:
        assert credentials.peek_link(db, link).login == "ann"
        assert credentials.peek_link(db, link) is not None
        cookie = credentials.redeem_link(db, link, HOUR)
    with town.database.write() as db:
        assert credentials.peek_link(db, link) is None
        assert credentials.redeem_link(db, link, HOUR) is None
        assert credentials.caller_by_cookie(db, cookie).login == "ann"


def test_an_old_link_signs_nobody_in(town: Town):
    """Links have a time."""
    with town.database.write() as db:
        link = credentials.issue_link(db, town.users["ann"], HOUR)
        db.execute(update(SignInLink).values(expires_at=now() - timedelta(seconds=1)))
    with town.database.write() as db:
        assert credentials.redeem_link(db, link, HOUR) is None


def test_signing_out_ends_the_session(town: Town):
    """The cookie is worth nothing afterwards; other sessions go on."""
    with town.database.write() as db:
        cookies = [
            credentials.redeem_link(db, credentials.issue_link(db, town.users["ann"], HOUR), HOUR) for _ in range(2)
        ]
        credentials.end_session(db, cookies[0])
    with town.database.read() as db:
        assert credentials.caller_by_cookie(db, cookies[0]) is None
        assert credentials.caller_by_cookie(db, cookies[1]) is not None


def test_an_old_session_is_nobody(town: Town):
    """Sessions have a time."""
    with town.database.write() as db:
        cookie = credentials.redeem_link(db, credentials.issue_link(db, town.users["ann"], HOUR), HOUR)
        db.execute(update(WebSession).values(expires_at=now() - timedelta(seconds=1)))
    with town.database.read() as db:
        assert credentials.caller_by_cookie(db, cookie) is None


def test_a_token_opens_a_session_only_if_it_gives_as_much(town: Town):
    """A narrow token must not be a way to get more than it gives."""
    with town.database.write() as db:
        narrow = credentials.issue_token(
            db, scopes=[access.SUBMISSIONS_READ], user_id=town.users["ann"], course_id=town.courses["ours"]
        )
        assert credentials.session_from_token(db, town.tokens["ann"], HOUR) is not None
        assert credentials.session_from_token(db, narrow, HOUR) is None
        assert credentials.session_from_token(db, town.tokens["platform"], HOUR) is None


def test_the_last_use_is_written_down_but_not_every_time(town: Town):
    """Once a minute is enough."""
    caller = town.caller("ann")
    with town.database.write() as db:
        assert credentials.needs_touch(db, caller.credential)
        credentials.touch(db, caller.credential)
    with town.database.read() as db:
        assert not credentials.needs_touch(db, caller.credential)
        assert db.scalar(select(ApiToken.last_used_at).where(ApiToken.id == caller.credential)) is not None
