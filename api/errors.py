"""Faults as problem details (RFC 9457): one table from what was raised to what is answered.

==================  ======  =====================================================
raised              status  who must act
==================  ======  =====================================================
Unauthenticated     401     the client: a token or a session
Forbidden           403     the client: another token
NotFound            404     the client
Conflict            409     the client, when the state has changed
TooLarge            413     the student
NotASubmission      422     the student
InvalidRequest      422     the client's author
TooManyAttempts     429     the client: wait
QueueFull           503     nobody: come back later
HouseFault          503     we
database away       503     we
anything else       500     we
==================  ======  =====================================================
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from api.sign_in_throttle import TooManyAttempts
from grading.domain.errors import ChainruleError, HouseFault, NotASubmission, TooLarge
from grading.store.access import Conflict, Forbidden, InvalidRequest, NotFound, QueueFull

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


class Unauthenticated(ChainruleError):  # noqa: N818  # named for what holds, like the faults of the domain
    """Nobody that we know is asking."""


def problem(  # noqa: D417  # the others are RFC 9457's words
    scope: Scope,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """A problem document; `code` is stable and for machines, `detail` is for people.

    Args:
        scope: of the request, for its id.
        more: members of this kind of problem (`file`, `errors`).
    """
    request_id = scope.get("state", {}).get("request_id", "")
    body = {
        "type": f"urn:chainrule:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:chainrule:request:{request_id}",
        "code": code,
        **more,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer everything that can be raised with a problem document."""
    app.add_exception_handler(ChainruleError, _declared)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DBAPIError, _database_away)
    app.add_exception_handler(Exception, _unforeseen)


def _declared(request: Request, error: Exception) -> Response:  # noqa: C901, PLR0911  # the table above, line by line
    scope, said = request.scope, str(error)
    match error:
        case Unauthenticated():
            return problem(
                scope, 401, "unauthenticated", said, headers={"WWW-Authenticate": 'Bearer realm="chainrule"'}
            )
        case Forbidden():
            return problem(scope, 403, "forbidden", said)
        case NotFound():
            return problem(scope, 404, "not-found", said)
        case Conflict():
            return problem(scope, 409, error.code, said)
        case TooLarge():
            return problem(scope, 413, error.code, said, file=error.file)
        case NotASubmission():
            return problem(scope, 422, error.code, said, file=error.file)
        case InvalidRequest():
            return problem(scope, 422, error.code, said)
        case TooManyAttempts():
            return problem(scope, 429, "too-many-attempts", said, headers={"Retry-After": str(error.retry_after_s)})
        case QueueFull():
            return problem(scope, 503, "queue-full", said, headers={"Retry-After": str(error.retry_after_s)})
        case HouseFault():
            log.error("house fault", problem=said)
            return problem(
                scope,
                503,
                "unavailable",
                "Something of ours is broken. Nothing was lost that was accepted; try again later.",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
        case _:
            return _unforeseen(request, error)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _unforeseen(request, error)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    detail = error.detail if error.detail != phrase else f"{request.method} {request.url.path}: {phrase}."
    return problem(request.scope, error.status_code, code, detail, headers=error.headers)


def _invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    # What was sent is not repeated: it may be large, or secret.
    errors = [{"where": ".".join(map(str, one["loc"])), "detail": one["msg"], "code": one["type"]} for one in found]
    said = "; ".join(f"{one['where']}: {one['detail']}" for one in errors)
    return problem(request.scope, 422, "invalid-request", said or "The request is not valid.", errors=errors)


def _database_away(request: Request, error: Exception) -> Response:
    log.error("database failed", problem=type(error).__name__, exc_info=error)
    said = "The database does not answer. Nothing was lost that was accepted; try again later."
    return problem(request.scope, 503, "unavailable", said, headers={"Retry-After": str(RETRY_AFTER_S)})


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("request failed", problem=type(error).__name__, exc_info=error)
    return problem(
        request.scope, 500, "internal-error", "Something of ours broke. It was written down; try again later."
    )
