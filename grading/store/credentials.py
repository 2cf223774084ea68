"""Proof of identity: bearer tokens, sign-in links, sessions. Secrets are random and kept as hashes only."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grading.store.access import ALL_SCOPES, INSTRUCTOR_SCOPES, STUDENT_SCOPES, Caller
from grading.store.tables import STAFF, ApiToken, Enrollment, Role, SignInLink, User, WebSession, now

TOKEN_PREFIX = "chr_"  # noqa: S105  # so that a leaked one is recognised by scanners
SHOWN_CHARACTERS = 10
TOUCH_EVERY = timedelta(minutes=1)


def _new_secret(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    # A plain hash is enough: the secrets have 256 random bits, so there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def issue_token(  # noqa: D417  # db needs no words
    db: Session,
    *,
    scopes: Iterable[str],
    user_id: str | None = None,
    course_id: str | None = None,
    label: str = "",
    lifetime: timedelta | None = None,
) -> str:
    """Make a bearer token and return it: the only time that it can be read.

    Args:
        scopes: what it allows, from `access.ALL_SCOPES`.
        user_id: whom it speaks for; None for a platform, then `course_id` is needed.
        course_id: the one course it reaches; None for all of the person's.
        label: for the list of tokens.
        lifetime: None means until it is revoked.

    Raises:
        ValueError: an unknown scope, or neither a person nor a course.
    """
    wanted = sorted(set(scopes))
    if unknown := set(wanted) - ALL_SCOPES:
        raise ValueError(f"unknown scopes {sorted(unknown)}")
    if user_id is None and course_id is None:
        raise ValueError("a token speaks for a person or for a course")
    token = _new_secret(TOKEN_PREFIX)
    db.add(
        ApiToken(
            sha256=_hash(token),
            shown=token[:SHOWN_CHARACTERS],
            label=label,
            user_id=user_id,
            course_id=course_id,
            scopes=" ".join(wanted),
            expires_at=None if lifetime is None else now() + lifetime,
        )
    )
    return token


def issue_link(db: Session, user_id: str, lifetime: timedelta) -> str:
    """Make the secret part of a sign-in link for one person."""
    secret = _new_secret()
    db.add(SignInLink(sha256=_hash(secret), user_id=user_id, expires_at=now() + lifetime))
    return secret


def peek_link(db: Session, secret: str) -> User | None:
    """Whom the link would sign in, without using it up; None when it no longer works."""
    return db.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(SignInLink.sha256 == _hash(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now())
    )


def redeem_link(db: Session, secret: str, lifetime: timedelta) -> str | None:
    """Use the link up and return a new session's cookie value; None when it no longer works."""
    user_id = db.scalar(
        update(SignInLink)
        .where(SignInLink.sha256 == _hash(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now())
        .values(used_at=now())
        .returning(SignInLink.user_id)
    )
    return None if user_id is None else _open_session(db, user_id, lifetime)


def session_from_token(db: Session, token: str, lifetime: timedelta) -> str | None:
    """A session's cookie value for the person whose token it is.

    None when the token does not work, speaks for nobody in particular, or is bound to a course or to fewer scopes than
    its owner's role has: a session reaches all that its owner may, and must not be a way around the token's limits.
    """
    row = _live_token(db, token)
    if row is None or row.user_id is None:
        return None
    enrollments = _enrollments(db, row.user_id)
    courses = {enrollment.course_id for enrollment in enrollments}
    teaches = any(Role(enrollment.role) in STAFF for enrollment in enrollments)
    missing_scopes = set(INSTRUCTOR_SCOPES if teaches else STUDENT_SCOPES) - set(row.scopes.split())
    missing_courses = courses - {row.course_id} if row.course_id else set()
    if missing_scopes or missing_courses:
        return None
    return _open_session(db, row.user_id, lifetime)


def end_session(db: Session, cookie: str) -> None:
    """Sign the browser out; unknown cookies are nobody's business."""
    db.execute(
        update(WebSession)
        .where(WebSession.sha256 == _hash(cookie), WebSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def caller_by_token(db: Session, token: str) -> Caller | None:
    """Who holds that token, or None when it is unknown, revoked or past its time."""
    row = _live_token(db, token)
    if row is None:
        return None
    scopes = frozenset(row.scopes.split())
    if row.user_id is None:
        reach = frozenset({row.course_id} if row.course_id else set())
        return Caller(None, row.label, row.label, {}, reach, scopes, row.id, by_session=False)
    return _caller(db, row.user_id, scopes, row.id, course_id=row.course_id, by_session=False)


def caller_by_cookie(db: Session, cookie: str) -> Caller | None:
    """Who is signed in with that cookie."""
    row = db.scalar(
        select(WebSession).where(
            WebSession.sha256 == _hash(cookie), WebSession.ended_at.is_(None), WebSession.expires_at > now()
        )
    )
    return None if row is None else _caller(db, row.user_id, ALL_SCOPES, row.id, course_id=None, by_session=True)


def needs_touch(db: Session, token_id: str) -> bool:
    """Whether the token's last use is old enough to be written down again."""
    row = db.get(ApiToken, token_id)
    return row is not None and (row.last_used_at is None or row.last_used_at < now() - TOUCH_EVERY)


def touch(db: Session, token_id: str) -> None:
    """Write down that the token was used."""
    db.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now()))


def _open_session(db: Session, user_id: str, lifetime: timedelta) -> str:
    cookie = _new_secret()
    db.add(WebSession(sha256=_hash(cookie), user_id=user_id, expires_at=now() + lifetime))
    return cookie


def _live_token(db: Session, token: str) -> ApiToken | None:
    row = db.scalar(select(ApiToken).where(ApiToken.sha256 == _hash(token), ApiToken.revoked_at.is_(None)))
    return None if row is None or (row.expires_at is not None and row.expires_at <= now()) else row


def _enrollments(db: Session, user_id: str) -> list[Enrollment]:
    return list(db.scalars(select(Enrollment).where(Enrollment.user_id == user_id)))


def _caller(
    db: Session, user_id: str, scopes: frozenset[str], credential: str, *, course_id: str | None, by_session: bool
) -> Caller | None:
    user = db.get(User, user_id)
    if user is None:
        return None
    roles = {
        enrollment.course_id: Role(enrollment.role)
        for enrollment in _enrollments(db, user_id)
        if course_id in (None, enrollment.course_id)
    }
    return Caller(user.id, user.login, user.name, roles, frozenset(roles), scopes, credential, by_session=by_session)
