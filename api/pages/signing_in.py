"""Sign in by a one-time link or a token; sign out.

Opening a link only shows a button: mail programs and chat previews open links too, and must not use one up.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import callers
from api.pages.asking import local_path, visitor
from api.pages.forms import FROM_OUR_PAGE, SEED_COOKIE
from api.pages.rendering import render
from api.service import service_of

router = APIRouter()

UNKNOWN_TOKEN = "This token is unknown, expired or revoked. Check that you copied all of it."  # noqa: S105 - a sentence


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form that takes a token."""
    if visitor(request) is not None:
        return RedirectResponse(local_path(next), status_code=303)
    return render(request, "sign_in.html", None, next=local_path(next), problem="")


@router.post("/sign-in", dependencies=[FROM_OUR_PAGE])
def sign_in_by_token(
    request: Request,
    token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Start a session for the token's owner."""
    service = service_of(request)
    service.sign_ins.refuse_if_too_many(request)
    with service.database.write() as db:
        cookie = callers.session_from_token(db, token.strip(), service.settings)
    if cookie is None:
        service.sign_ins.failed(request)
        return render(request, "sign_in.html", None, status=422, next=local_path(next), problem=UNKNOWN_TOKEN)
    return _begin(request, cookie, local_path(next))


@router.get("/sign-in/{link}")
def show_link(request: Request, link: str) -> Response:
    """Whose link it is, and the button that uses it."""
    with service_of(request).database.read() as db:
        user = callers.peek_link(db, link)
        name = user.name if user else ""
    return render(request, "sign_in_link.html", None, status=200 if name else 410, name=name, action=request.url.path)


@router.post("/sign-in/{link}", dependencies=[FROM_OUR_PAGE])
def sign_in_by_link(request: Request, link: str) -> Response:
    """Use the link up and start a session."""
    service = service_of(request)
    service.sign_ins.refuse_if_too_many(request)
    with service.database.write() as db:
        cookie = callers.redeem_link(db, link, service.settings)
    if cookie is None:
        service.sign_ins.failed(request)
        return render(request, "sign_in_link.html", None, status=410, name="", action=request.url.path)
    return _begin(request, cookie, "/")


@router.post("/sign-out", dependencies=[FROM_OUR_PAGE])
def sign_out(request: Request) -> Response:
    """End the session, here and in the database."""
    cookie = request.cookies.get(callers.COOKIE)
    if cookie:
        with service_of(request).database.write() as db:
            callers.end_session(db, cookie)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(callers.COOKIE)
    return response


def _begin(request: Request, cookie: str, path: str) -> Response:
    settings = service_of(request).settings
    response = RedirectResponse(path, status_code=303)
    response.set_cookie(
        callers.COOKIE,
        cookie,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite=settings.cookie_samesite,
        secure=settings.secure_cookies,
    )
    response.delete_cookie(SEED_COOKIE)
    return response
