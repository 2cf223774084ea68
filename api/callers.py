"""Who is asking: the one place that decides. A bearer token, or a browser's session."""

import hashlib
import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from sqlalchemy.orm import Session
from starlette.requests import Request

from api.errors import Unauthenticated
from api.service import Service, service_of
from grading.store import access, credentials
from grading.store.access import Caller, Forbidden
from grading.store.credentials import end_session, peek_link
from grading.store.settings import Settings

__all__ = ["COOKIE", "Caller", "caller_of", "csrf_matches", "csrf_token", "end_session", "peek_link"]

COOKIE = "chainrule_session"
CSRF_HEADER = "x-csrf-token"
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="A token that begins with chr_.")


def caller_of(request: Request) -> Caller | None:
    """Who proves to be who; None for nobody. A bearer token wins over a cookie, also when it is wrong."""
    service = service_of(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind:
        return _by_token(service, token.strip()) if kind.lower() == "bearer" else None
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    with service.database.read() as db:
        return credentials.caller_by_cookie(db, cookie)


def asking(
    request: Request,
    wanted: SecurityScopes,
    _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """The caller, with a credential that has the wanted scopes.

    Raises:
        Unauthenticated: nobody that we know.
        Forbidden: a scope is missing, or a browser's session without proof that one of our pages sent the request.
    """
    caller = caller_of(request)
    if caller is None:
        raise Unauthenticated("Send a valid token: Authorization: Bearer chr_…")
    if missing := [scope for scope in wanted.scopes if scope not in caller.scopes]:
        raise Forbidden(f"This token lacks the scope {' '.join(missing)}.")
    if caller.by_session and request.method not in HARMLESS:
        given = request.headers.get(CSRF_HEADER, "")
        if not csrf_matches(request, service_of(request), given):
            raise Forbidden("A browser's session cannot do this without X-CSRF-Token; use a bearer token.")
    return caller


Member = Annotated[Caller, Security(asking)]
Submitter = Annotated[Caller, Security(asking, scopes=[access.SUBMISSIONS_WRITE])]
Reader = Annotated[Caller, Security(asking, scopes=[access.SUBMISSIONS_READ])]
ResultsReader = Annotated[Caller, Security(asking, scopes=[access.RESULTS_READ])]
Regrader = Annotated[Caller, Security(asking, scopes=[access.REGRADES_WRITE])]
Grader = Annotated[Caller, Security(asking, scopes=[access.MARKS_WRITE])]
GradesReader = Annotated[Caller, Security(asking, scopes=[access.GRADES_READ])]
GradesPoster = Annotated[Caller, Security(asking, scopes=[access.GRADES_POST])]


def redeem_link(db: Session, link: str, settings: Settings) -> str | None:
    """Use a sign-in link up; the new session's cookie value, or None when the link no longer works."""
    return credentials.redeem_link(db, link, timedelta(hours=settings.session_hours))


def session_from_token(db: Session, token: str, settings: Settings) -> str | None:
    """A session for a token's owner; None when the token does not work or gives less than a session would."""
    return credentials.session_from_token(db, token, timedelta(hours=settings.session_hours))


def csrf_token(request: Request, service: Service) -> str:
    """What a page of this session must send along to change something."""
    cookie = request.cookies.get(COOKIE, "")
    bound = hashlib.sha256(cookie.encode()).digest()
    return hmac.new(service.settings.secret_key(), b"csrf" + bound, hashlib.sha256).hexdigest()


def csrf_matches(request: Request, service: Service, given: str) -> bool:
    """Whether the request comes from a page of this session."""
    return hmac.compare_digest(csrf_token(request, service).encode(), given.encode())


def _by_token(service: Service, token: str) -> Caller | None:
    with service.database.read() as db:
        caller = credentials.caller_by_token(db, token)
        stale = caller is not None and credentials.needs_touch(db, caller.credential)
    if caller is not None and stale:
        with service.database.write() as db:
            credentials.touch(db, caller.credential)
    return caller
