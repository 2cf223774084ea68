"""The outermost layer around every answer: security headers, and faults of page requests shown as pages.

The API answers faults as problem details. When a browser asked for a page, the same problem is laid out for people:
same status, same title and detail, nothing added. So a fault has one source of words, whoever reads it.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.rendering import ENVIRONMENT

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
NOT_PAGES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics")
TITLES = {
    401: "Please sign in",
    403: "This is not for you",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "That does not go together",
    413: "That is too large",
    422: "That could not be understood",
    429: "Too many requests",
    500: "Something broke, and it is our fault",
    503: "Too busy for the moment",
}
DETAILS = {
    403: "Your account may not see this page. If it should, ask your course's staff.",
    404: "The page does not exist, or it is not one of yours.",
    413: "The upload is larger than the service takes. Submit only the files that the assignment names.",
    500: "What you submitted is stored. Try again in a moment; if it stays, tell your course's staff.",
}


class PageFrame:
    """ASGI layer: see the module.

    Args:
        app: what is inside.
        framed_by: origins of the learning platforms that may show our pages in a frame; nobody else may.
    """

    def __init__(self, app: ASGIApp, framed_by: Sequence[str] = ()) -> None:
        self.app = app
        self.policy = "; ".join((POLICY, " ".join(("frame-ancestors 'self'", *framed_by))))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, receive, send, self.policy)
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            # The server's own layer outside logs what is raised; the reader gets a page first.
            if answer.for_people and not answer.started:
                await answer.send_fault(500, "")
            raise


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, policy: str) -> None:
        self.scope, self.receive, self.out, self.policy = scope, receive, send, policy
        asked = Headers(scope=scope).get("accept", "")
        self.for_people = "text/html" in asked and not scope["path"].startswith(NOT_PAGES)
        self.started = False
        self.held: Message | None = None
        self.body = b""

    async def send(self, message: Message) -> None:
        """Pass a message on; hold back a fault until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            kind = headers.get("content-type", "")
            if self.for_people and message["status"] >= HTTPStatus.BAD_REQUEST and "text/html" not in kind:
                self.held = message
                return
            protect(headers, self.policy)
            self.started = True
            await self.out(message)
        elif self.held is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                status = self.held["status"]
                retry = Headers(raw=self.held["headers"]).get("retry-after", "")
                self.held = None
                await self.send_fault(status, retry)
        else:
            await self.out(message)

    async def send_fault(self, status: int, retry: str) -> None:
        """The fault as a page."""
        title = TITLES.get(status) or HTTPStatus(status).phrase
        detail = DETAILS.get(status) or _detail(self.body) or "Please go back and try again."
        text = ENVIRONMENT.get_template("error.html").render(
            caller=None, csrf="", here="", status=status, title=title, detail=detail
        )
        headers = {"Cache-Control": "no-store"} | ({"Retry-After": retry} if retry else {})
        response = HTMLResponse(text, status_code=status, headers=headers)
        protect(response.headers, self.policy)
        self.started = True
        await response(self.scope, self.receive, self.out)


def protect(headers: MutableHeaders, policy: str) -> None:
    """Add the security headers, keeping a stricter policy that an answer brought along."""
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if "text/html" in headers.get("content-type", ""):
        headers.setdefault("Content-Security-Policy", policy)


def _detail(body: bytes) -> str:
    try:
        problem = json.loads(body)
    except ValueError:
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else ""
    return detail if isinstance(detail, str) else ""
