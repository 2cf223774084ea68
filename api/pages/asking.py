"""Who asks for a page."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import callers
from grading.store.access import Caller, Forbidden


class SignInNeeded(Exception):  # noqa: N818 - it is not an error: the visitor is led to the sign-in page
    """The page is for people who are signed in."""


def visitor(request: Request) -> Caller | None:
    """Who is signed in, or None."""
    return callers.caller_of(request)


def signed_in(request: Request) -> Caller:
    """Who is signed in.

    Raises:
        SignInNeeded: nobody.
    """
    caller = visitor(request)
    if caller is None:
        raise SignInNeeded
    return caller


def staff(caller: Annotated[Caller, Depends(signed_in)]) -> Caller:
    """Who is signed in and staff of a course.

    Raises:
        Forbidden: the caller is staff of none.
    """
    if not caller.is_staff:
        raise Forbidden("This page is for course staff.")
    return caller


def to_sign_in(request: Request, _fault: Exception) -> Response:
    """To the sign-in page, and from there back to here."""
    back = quote(request.url.path) if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={back}" if back != "/" else "/sign-in", status_code=303)


def local_path(given: str) -> str:
    """`given` if it is a path of this service, otherwise the start page: nobody is sent elsewhere after signing in."""
    inside = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if inside else "/"
