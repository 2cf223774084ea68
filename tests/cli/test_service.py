"""The HTTP client: submit once, follow to the end, tell faults apart."""

import json

import httpx2
import pytest

from cli.service import ServiceClient
from grading.domain.errors import HouseFault, NotASubmission, TooLarge


class FakeServer:
    """Answers from a script; keeps what it was asked."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked = []

    def __call__(self, request):
        """The next answer of the script."""
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def service(*answers):
    """A client of a scripted server, which never really sleeps."""
    server = FakeServer(*answers)
    slept = []
    client = ServiceClient("http://here:1/", "chr_x", transport=httpx2.MockTransport(server), pause=slept.append)
    return client, server, slept


def submission(state, **more):
    """An answer that describes a submission."""
    return httpx2.Response(200, json={"id": "s1", "state": state, **more})


def events(*names):
    """A stream of events that ends after the last."""
    text = "".join(f"id: {i}\nevent: {name}\ndata: {{}}\n\n" for i, name in enumerate(names, 1))
    return httpx2.Response(200, text=text, headers={"content-type": "text/event-stream"})


def problem(status, **more):
    """A problem+json answer."""
    return httpx2.Response(status, content=json.dumps({"title": "No", **more}))


def test_files_are_submitted_as_multipart_with_a_token():
    """Route, token, key and files are as the contract says."""
    client, server, _ = service(httpx2.Response(202, json={"id": "s1", "state": "queued"}))

    assert client.submit("nets-hw1", [("nets.py", b"x = 1")])["id"] == "s1"
    [request] = server.asked
    assert str(request.url) == "http://here:1/api/v1/assignments/nets-hw1/submissions"
    assert request.headers["Authorization"] == "Bearer chr_x"
    assert b'name="files"; filename="nets.py"' in request.content


def test_a_submission_that_was_cut_off_is_repeated_under_the_same_key():
    """The service can tell that it is the same submission."""
    client, server, _ = service(httpx2.ReadTimeout("slow"), httpx2.Response(202, json={"id": "s1"}))
    client.submit("nets-hw1", [("nets.py", b"x = 1")])
    keys = {request.headers["Idempotency-Key"] for request in server.asked}

    assert len(server.asked) == 2
    assert len(keys) == 1


def test_a_full_queue_is_waited_for():
    """503 with Retry-After is an invitation to come back then."""
    full = httpx2.Response(503, headers={"Retry-After": "7"}, json={})
    client, _, slept = service(full, httpx2.Response(202, json={"id": "s1"}))
    client.submit("nets-hw1", [("nets.py", b"x = 1")])

    assert slept == [7.0]


@pytest.mark.parametrize(
    ("answers", "kind", "said"),
    [
        ([problem(422, code="not-a-notebook", detail="a.ipynb is a picture")], NotASubmission, "is a picture"),
        ([problem(413, detail="too many bytes")], TooLarge, "too many bytes"),
        ([httpx2.Response(404, text="<html>")], NotASubmission, "404"),
        ([problem(500)] * 4, HouseFault, "500"),
        ([httpx2.ConnectError("refused")] * 4, HouseFault, "does not answer"),
        ([httpx2.Response(200, text="<html>")], HouseFault, "something else"),
    ],
)
def test_faults_are_told_apart(answers, kind, said):
    """Whose fault it is decides the exit code."""
    client, _, _ = service(*answers)
    with pytest.raises(kind, match=said) as caught:
        client.submit("nets-hw1", [("nets.py", b"x = 1")])

    assert type(caught.value) is kind


def test_events_lead_to_the_final_state():
    """Each change is told once; the stream's end is not the submission's."""
    client, _, _ = service(
        submission("queued"), events("running", "graded"), submission("running"), submission("graded", score=1)
    )

    assert [seen["state"] for seen in client.states("s1")] == ["queued", "running", "graded"]


def test_a_stream_that_breaks_is_taken_up_where_it_broke():
    """The next request names the last event seen."""
    client, server, _ = service(
        submission("queued"), events("running"), submission("running"), events("graded"), submission("graded")
    )

    assert [seen["state"] for seen in client.states("s1")] == ["queued", "running", "graded"]
    assert server.asked[3].headers["Last-Event-ID"] == "1"


def test_without_events_the_submission_is_asked_for():
    """A proxy that allows no streams only makes it slower."""
    client, _, slept = service(
        submission("queued"), httpx2.Response(502), submission("queued"), submission("running"), submission("failed")
    )

    assert [seen["state"] for seen in client.states("s1")] == ["queued", "running", "failed"]
    assert len(slept) == 3
