"""A Chainrule service as a client sees it: submit, follow, read the report."""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import httpx2

from grading.domain.errors import HouseFault, NotASubmission, TooLarge

# States after which nothing more happens to a submission.
FINAL = frozenset({"graded", "failed", "rejected", "cancelled", "superseded"})
TRIES = 4
POLL_S = 1.0
TOO_LARGE = 413
SERVER_ERROR = 500
UNAVAILABLE = 503


class ServiceClient:
    """One server, asked with one token.

    Args:
        address: where the service answers, like "http://127.0.0.1:8000".
        token: bearer token with the scope to submit.
        transport: how requests travel; None for the network.
        pause: sleeps between tries, in seconds.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = httpx2.Client(
            base_url=address.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=httpx2.Timeout(30.0, write=300.0),
            transport=transport,
        )
        self._pause = pause

    def submit(self, slug: str, files: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
        """Submit files; a try that was cut off is repeated under the same key, so it counts once.

        Raises:
            NotASubmission: the service will not have it; the message is the service's.
            HouseFault: the service does not answer, or not sensibly.
        """
        parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = f"assignments/{slug}/submissions"
        return self._json(lambda: self._client.post(path, files=parts, headers=headers))

    def submission(self, submission_id: str) -> dict[str, Any]:
        """Where a submission stands.

        Raises:
            NotASubmission, HouseFault: as for `submit`.
        """
        return self._json(lambda: self._client.get(f"submissions/{submission_id}"))

    def report(self, submission_id: str) -> dict[str, Any]:
        """The report as the token's owner may see it.

        Raises:
            NotASubmission, HouseFault: as for `submit`.
        """
        return self._json(lambda: self._client.get(f"submissions/{submission_id}/report"))

    def states(self, submission_id: str) -> Iterator[dict[str, Any]]:
        """The submission each time its state changed, up to a final state.

        Events tell when to look; where they cannot be had the submission is asked for again and again.

        Raises:
            NotASubmission, HouseFault: as for `submit`.
        """
        last = ""
        for _ in self._occasions(submission_id):
            submission = self.submission(submission_id)
            state = str(submission.get("state"))
            if state != last:
                yield submission
            if state in FINAL:
                return
            last = state

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _occasions(self, submission_id: str) -> Iterator[None]:
        """Moments at which it is worth looking; endless."""
        yield
        seen = ""
        for _ in range(TRIES):
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
            events = f"submissions/{submission_id}/events"
            try:
                with self._client.stream("GET", events, headers=headers, timeout=60.0) as response:
                    if response.status_code != httpx2.codes.OK:
                        break
                    for event in httpx2.EventSource(response):
                        seen = event.id or seen
                        yield
            except httpx2.TransportError:
                self._pause(POLL_S)
            except httpx2.SSEError:
                break
        while True:
            self._pause(POLL_S)
            yield

    def _json(self, ask: Callable[[], httpx2.Response]) -> dict[str, Any]:
        response = self._answered(ask)
        if response.status_code == TOO_LARGE:
            raise TooLarge(*_problem(response))
        if response.is_client_error:
            raise NotASubmission(*_problem(response))
        if not response.is_success:
            raise HouseFault(f"The service answered {response.status_code}: {_problem(response)[1]}")
        try:
            value = response.json()
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise HouseFault(f"{response.url} answered something else than a Chainrule service does. Check --server.")
        return value

    def _answered(self, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        problem: Exception | None = None
        response: httpx2.Response | None = None
        for attempt in range(TRIES):
            if attempt:
                self._pause(_wait_s(response, attempt))
            try:
                response = ask()
            except (httpx2.TransportError, httpx2.InvalidURL) as error:
                problem, response = error, None
                continue
            if response.status_code < SERVER_ERROR:
                return response
        if response is not None:
            return response
        raise HouseFault(f"{self._client.base_url} does not answer: {problem}. Check --server, or try again later.")


def _wait_s(response: httpx2.Response | None, attempt: int) -> float:
    """As long as the service asks for, at most half a minute; else a little longer each time."""
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    return min(float(asked), 30.0) if asked.isdecimal() else 0.5 * 2.0 ** (attempt - 1)


def _problem(response: httpx2.Response) -> tuple[str, str]:
    """Code and words of a problem+json answer."""
    try:
        problem = json.loads(response.content)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return f"http-{response.status_code}", f"{response.status_code} {response.reason_phrase}"
    code = str(problem.get("code") or f"http-{response.status_code}")
    return code, str(problem.get("detail") or problem.get("title") or response.reason_phrase)
