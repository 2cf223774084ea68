"""Submit over HTTP: what is taken, what is refused and how, and that the same request counts once."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from grading.store.tables import IdempotencyKey, Run, SubmissionRow
from tests.store.course import SLUG, TOY, Town

HERE = f"/api/v1/assignments/{SLUG}/submissions"
PROBLEM = "application/problem+json"


def bearer(town: Town, login: str) -> dict[str, str]:
    """The header with somebody's token."""
    return {"Authorization": f"Bearer {town.tokens[login]}"}


def files(content: bytes = b"x = 1\n", name: str = "toy.py") -> list:
    """One file as a form field."""
    return [("files", (name, content))]


def count(town: Town, table: type = SubmissionRow) -> int:
    """Rows of a table."""
    with town.database.read() as db:
        return db.scalar(select(func.count()).select_from(table))


def test_a_submission_is_accepted_and_queued(town: Town, client: TestClient):
    """202 with where to look and when, and the first in line."""
    response = client.post(HERE, files=files(), headers=bearer(town, "ann"))
    told = response.json()

    assert response.status_code == 202
    assert response.headers["location"] == f"/api/v1/submissions/{told['id']}"
    assert response.headers["retry-after"].isdecimal()
    assert (told["state"], told["queue_position"], told["attempt"]) == ("queued", 1, 1)
    assert told["eta_seconds"] > 0
    assert client.get(response.headers["location"], headers=bearer(town, "ann")).json()["id"] == told["id"]


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "toy.py"), (b"\xff\xfe\x00", "toy.py"), (b"{", "toy.ipynb"), (b"PK\x03\x04", "a.zip")]
)
def test_what_cannot_be_graded_is_refused_with_a_code(town: Town, client: TestClient, content: bytes, name: str):
    """422 as a problem document that names the file; nothing is kept."""
    response = client.post(HERE, files=files(content, name), headers=bearer(town, "ann"))
    told = response.json()

    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)
    assert told["code"]
    assert told["type"] == f"urn:chainrule:problem:{told['code']}"
    assert told["instance"].endswith(response.headers["x-request-id"])
    assert count(town) == 0


def test_a_zip_that_climbs_out_is_refused(town: Town, client: TestClient):
    """Names with .. lead nowhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../etc/cron.d/toy.py", "x = 1")
    response = client.post(HERE, files=files(packed.getvalue(), "work.zip"), headers=bearer(town, "ann"))

    assert response.status_code == 422
    assert count(town) == 0


@pytest.mark.parametrize("form", [{}, {"data": {"files": "text, not a file"}}, {"content": b"raw"}])
def test_a_form_without_files_is_refused(town: Town, client: TestClient, form: dict):
    """It is said what is missing."""
    response = client.post(HERE, headers=bearer(town, "ann"), **form)

    assert response.status_code == 422
    assert response.json()["code"] == "no-files"


def test_a_broken_form_is_refused(town: Town, client: TestClient):
    """400, not a crash."""
    headers = {**bearer(town, "ann"), "content-type": "multipart/form-data; boundary=x"}
    response = client.post(HERE, content=b"--y\r\nnonsense", headers=headers)

    assert (response.status_code, response.headers["content-type"]) in {(400, PROBLEM), (422, PROBLEM)}


def test_nobody_hands_in_without_a_token(town: Town, client: TestClient):
    """401 before the body is looked at."""
    response = client.post(HERE, files=files())

    assert response.status_code == 401
    assert "Bearer" in response.headers["www-authenticate"]


def test_a_closed_offering_takes_nothing(town: Town, client: TestClient):
    """409, and when it closed."""
    from datetime import timedelta

    from grading.store.tables import Offering, now

    with town.database.write() as db:
        db.get_one(Offering, town.offering).closes_at = now() - timedelta(minutes=1)
    response = client.post(HERE, files=files(), headers=bearer(town, "ann"))

    assert (response.status_code, response.json()["code"]) == (409, "closed")


def test_a_full_queue_says_when_to_come_back(town: Town):
    """503 with Retry-After; what waits already is kept."""
    town.settings.queue_limit = 1
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        first = client.post(HERE, files=files(), headers=bearer(town, "ann"))
        second = client.post(HERE, files=files(), headers=bearer(town, "ben"))

    assert (first.status_code, second.status_code) == (202, 503)
    assert int(second.headers["retry-after"]) > 0
    assert count(town) == 1


def test_the_same_key_with_the_same_files_is_one_submission(town: Town, client: TestClient):
    """However often it is sent; the answer tells of the same submission."""
    headers = {**bearer(town, "ann"), "Idempotency-Key": "once"}
    told = [client.post(HERE, files=files(), headers=headers).json() for _ in range(3)]

    assert {one["id"] for one in told} == {told[0]["id"]}
    assert count(town) == count(town, Run) == 1


def test_the_same_key_with_other_files_is_refused(town: Town, client: TestClient):
    """422: one of the two requests is a mistake."""
    headers = {**bearer(town, "ann"), "Idempotency-Key": "once"}
    client.post(HERE, files=files(), headers=headers)
    response = client.post(HERE, files=files(b"y = 2\n"), headers=headers)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")


def test_keys_belong_to_people(town: Town, client: TestClient):
    """Two students may think of the same key."""
    for login in ("ann", "ben"):
        client.post(HERE, files=files(), headers={**bearer(town, login), "Idempotency-Key": "k"})

    assert count(town) == 2


def test_a_key_whose_request_is_under_way_conflicts(town: Town, client: TestClient):
    """409 until there is an answer."""
    from api.actions.submissions import _digest
    from grading.store.submissions import remember

    with town.database.write() as db:
        remember(db, town.caller("ann"), "busy", _digest(SLUG, [("toy.py", b"x = 1\n")]))
    response = client.post(HERE, files=files(), headers={**bearer(town, "ann"), "Idempotency-Key": "busy"})

    assert (response.status_code, response.json()["code"]) == (409, "in-flight")


def test_a_refused_request_gives_its_key_back(town: Town, client: TestClient):
    """After the student mended the file the same key may be used."""
    headers = {**bearer(town, "ann"), "Idempotency-Key": "again"}
    refused = client.post(HERE, files=files(b""), headers=headers)
    assert count(town, IdempotencyKey) == 0
    accepted = client.post(HERE, files=files(), headers=headers)

    assert (refused.status_code, accepted.status_code) == (422, 202)


def test_the_same_key_sent_at_the_same_time_counts_once(town: Town, client: TestClient):
    """Eight at once: one submission; the others get it too, or are told to wait."""
    headers = {**bearer(town, "ann"), "Idempotency-Key": "rush"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(HERE, files=files(), headers=headers), range(8)))

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert count(town) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_unusable_key_is_refused(town: Town, client: TestClient, key: str):
    """Empty or endless."""
    response = client.post(HERE, files=files(), headers={**bearer(town, "ann"), "Idempotency-Key": key})

    assert response.status_code == 422


@pytest.mark.slow
def test_a_broker_that_is_away_refuses_nobody(town: Town):
    """The row is the job: 202 all the same."""
    town.settings.broker_url = "redis://127.0.0.1:1/0"
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        response = client.post(HERE, files=files(), headers=bearer(town, "ann"))
        ready = client.get("/readyz")

    assert response.status_code == 202
    assert (ready.status_code, ready.json()["broker"]) == (503, False)
    assert count(town, Run) == 1


def test_a_declared_body_that_is_too_large_is_refused(town: Town):
    """413 as a problem document."""
    town.settings.body_bytes = 1000
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        response = client.post(HERE, files=files(b"x" * 2000), headers=bearer(town, "ann"))

    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert response.json()["code"] == "too-large"


def test_a_streamed_body_that_grows_too_large_is_refused(town: Town):
    """Without a declared length, and although the form is already being read."""
    town.settings.body_bytes = 10_000
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="toy.py"\r\n\r\n'
    headers = {**bearer(town, "ann"), "content-type": "multipart/form-data; boundary=x"}

    def endless():
        yield head
        for _ in range(100):
            yield b"a" * 1000
        yield b"\r\n--x--\r\n"

    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        response = client.post(HERE, content=endless(), headers=headers)

    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert response.json()["code"] == "too-large"
    assert response.headers["x-request-id"]


def test_more_than_the_assignment_takes_is_refused(town: Town):
    """The assignment's own limit, below the service's."""
    from dataclasses import replace

    small = {SLUG: replace(TOY, upload_bytes=100)}
    with TestClient(create_app(town.settings, small, pages=False)) as client:
        response = client.post(HERE, files=files(b"#" * 200), headers=bearer(town, "ann"))

    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert count(town) == 0


@pytest.mark.slow
def test_fifty_at_once_are_all_taken(town: Town, client: TestClient):
    """None lost, none doubled, and the attempts of each student are numbered without gaps."""
    logins = [("ann", "ben", "cyd")[i % 3] for i in range(50)]

    def one(login: str) -> int:
        return client.post(HERE, files=files(), headers=bearer(town, login)).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(one, logins))
    with town.database.read() as db:
        attempts = sorted(db.scalars(select(SubmissionRow.attempt).where(SubmissionRow.user_id == town.users["ann"])))

    assert set(statuses) == {202}
    assert count(town) == count(town, Run) == 50
    assert attempts == list(range(1, logins.count("ann") + 1))
