"""The token in every form that changes something: proof that the form came from a page of ours.

Signed in, the token is the session's own (`api.callers`). Before that it is bound to a random cookie, so that nobody
can sign a visitor in under somebody else's name from another site.
"""

import hashlib
import hmac
import secrets
from typing import Annotated

from fastapi import Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import callers
from api.service import service_of

SEED_COOKIE = "chainrule_form"
SEED_SECONDS = 3600


class StaleForm(Exception):  # noqa: N818 - it is not an error: the visitor is asked to send the form again
    """A form without the right token: its page is too old, or is not ours. Nothing was changed."""


def token(request: Request) -> str:
    """The token for forms on the page that answers this request."""
    if request.cookies.get(callers.COOKIE):
        return callers.csrf_token(request, service_of(request))
    return _signed(request, _seed(request))


def keep_seed(request: Request, response: Response) -> None:
    """Give a visitor who is not signed in the cookie to which the token is bound."""
    if request.cookies.get(callers.COOKIE) or request.cookies.get(SEED_COOKIE):
        return
    response.set_cookie(
        SEED_COOKIE,
        _seed(request),
        max_age=SEED_SECONDS,
        httponly=True,
        samesite=service_of(request).settings.cookie_samesite,
        secure=service_of(request).settings.secure_cookies,
    )


def check(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Refuse the request unless its form carries the right token.

    Raises:
        StaleForm: it does not.
    """
    if request.cookies.get(callers.COOKIE):
        right = callers.csrf_matches(request, service_of(request), csrf)
    else:
        seed = request.cookies.get(SEED_COOKIE, "")
        right = bool(seed) and hmac.compare_digest(_signed(request, seed).encode(), csrf.encode())
    if not right:
        raise StaleForm


FROM_OUR_PAGE = Depends(check)


def to_stale_form(request: Request, _fault: Exception) -> Response:
    """Back to where the form stood, where a fresh one waits."""
    back = request.headers.get("referer", "")
    same = back.startswith(str(request.base_url))
    return RedirectResponse(back if same else "/", status_code=303)


def _seed(request: Request) -> str:
    known = request.cookies.get(SEED_COOKIE) or getattr(request.state, "form_seed", "")
    if not known:
        known = request.state.form_seed = secrets.token_urlsafe(24)
    return str(known)


def _signed(request: Request, seed: str) -> str:
    key = service_of(request).settings.secret_key()
    return hmac.new(key, b"form:" + seed.encode(), hashlib.sha256).hexdigest()
