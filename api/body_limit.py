"""Body sizes: more than the service takes is answered with 413, and never kept anywhere."""

import time

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

TOO_LARGE = 413
# A client that sends its whole body before it reads would lose the answer to a closed connection; so a
# refused body is read to its end and thrown away, within bounds.
DRAIN_BYTES = 1 << 30
DRAIN_S = 60.0


class BodyLimit:
    """Counts what arrives; declared and streamed bodies alike."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self._most_bytes:
            if headers.get(b"expect", b"").lower() != b"100-continue":
                await _drain(receive)
            await self._refusal(scope)(scope, receive, send)
            return
        counted = _Counted(receive, send, self._most_bytes)
        try:
            await self._app(scope, counted.receive, counted.send)
        except HTTPException:
            if not counted.refused:
                raise
        if counted.refused and not counted.answered:
            await self._refusal(scope)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        return problem(
            scope,
            TOO_LARGE,
            "too-large",
            f"The request's body is larger than {self._most_bytes:,} bytes. Submit the notebooks or modules only, "
            "without data sets, weights or environments.",
        )


class _Counted:
    """One request's two directions: a body that grows too large breaks off, and only we say why."""

    def __init__(self, receive: Receive, send: Send, most_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._left = most_bytes
        self.refused = False
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.refused = True
                if message.get("more_body"):
                    await _drain(self._receive)
                raise HTTPException(TOO_LARGE)
        return message

    async def send(self, message: Message) -> None:
        # What the application makes of the interruption (a broken form, say) is not what the client must hear.
        if self.refused and not self.answered:
            return
        self.answered = True
        await self._send(message)


async def _drain(receive: Receive) -> None:
    seen, until = 0, time.monotonic() + DRAIN_S
    while seen < DRAIN_BYTES and time.monotonic() < until:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        seen += len(message.get("body", b""))
