"""Who may call what: a walk over every route of the description, as everybody who should not get through."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.callers import COOKIE
from grading.store import access, credentials, regrades, reports, runs
from grading.store.blobs import Blobs
from grading.store.tables import GradePost, Offering, now
from tests.store.course import PIXEL, PIXEL_NAME, SLUG, TOY, Town, found, report_for, submit
from tests.store.test_regrades import connect

OPEN = {"/healthz", "/readyz", "/metrics"}
BODIES = {"judgement": {"points": 1}, "comments": {"criterion_id": "scale", "text": "Why?"}}


def routes() -> list[tuple[str, str, tuple[str, ...]]]:
    """Every route of the description: method, path, scopes."""
    from grading.store.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state=folder), {SLUG: TOY}, pages=False)
    return [
        (method.upper(), path, tuple(scope for one in operation.get("security", []) for scope in one["bearer"]))
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if path not in OPEN
    ]


ROUTES = routes()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for the whole walk: whoever does not get through leaves no trace."""
    town = found(tmp_path_factory.mktemp("town"))
    yield town
    town.database.close()


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[TestClient]:
    """The API, without pages."""
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def address(town: Town) -> dict[str, str]:
    """What stands in the paths: Ann's graded submission and what belongs to it."""
    Blobs(town.settings.blob_dir).write(PIXEL)
    connect(town)
    run = submit(town, "ann", b"wrong", Blobs(town.settings.blob_dir))
    with town.database.write() as db:
        claimed = runs.claim(db, run.id, "w", timedelta(seconds=30))
        reports.store(db, claimed, report_for(b"wrong"), [PIXEL_NAME], graded_at=now())
    with town.database.write() as db:
        regrade = regrades.start(db, town.caller("teacher"), SLUG, device="cpu")
        post = db.query(GradePost).one()
        post.state = "dead"
    return {
        "slug": SLUG,
        "submission_id": run.submission_id,
        "sha256": PIXEL_NAME,
        "name": "toy.py",
        "regrade_id": regrade.id,
        "post_id": post.id,
        "item_id": "0" * 20,
        "comment_id": "none",
    }


def call(client: TestClient, method: str, path: str, address: dict[str, str], **more: Any) -> int:
    """Call a route with the address filled in; the status."""
    last = path.rpartition("/")[2]
    files = [("files", ("toy.py", b"x = 1\n"))] if (method, last) == ("POST", "submissions") else None
    body = BODIES.get(last) if method in {"POST", "PUT"} else None
    return client.request(method, path.format(**address), files=files, json=body, **more).status_code


def test_every_route_names_its_credential():
    """Nothing is open by accident."""
    assert len(ROUTES) > 15
    assert [route for route in ROUTES if not route[2] and not route[1].startswith("/api/v1/assignments")] == []


@pytest.mark.parametrize(("method", "path", "scopes"), ROUTES)
def test_nobody_gets_through(client: TestClient, address: dict[str, str], method: str, path: str, scopes: tuple):
    """Without a credential, with a wrong one, and with an empty one: 401."""
    client.cookies.clear()
    for headers in ({}, {"Authorization": "Bearer chr_wrong"}, {"Authorization": "Bearer "}, {"Cookie": f"{COOKIE}=x"}):
        assert call(client, method, path, address, headers=headers) == 401


@pytest.mark.parametrize(("method", "path", "scopes"), ROUTES)
@pytest.mark.parametrize("login", ["stranger", "rival"])
def test_other_courses_do_not_exist(
    town: Town, client: TestClient, address: dict[str, str], login: str, method: str, path: str, scopes: tuple
):
    """Neither for their students nor for their instructors: 404, or 403 where the scope is missing already."""
    status = call(client, method, path, address, headers={"Authorization": f"Bearer {town.tokens[login]}"})

    if path == "/api/v1/assignments":
        assert status == 200
    elif login == "stranger" and not set(scopes) <= set(access.STUDENT_SCOPES):
        assert status == 403
    else:
        assert status == 404


@pytest.mark.parametrize(("method", "path", "scopes"), ROUTES)
def test_another_student_does_not_get_through(
    town: Town, client: TestClient, address: dict[str, str], method: str, path: str, scopes: tuple
):
    """Ben of the same course sees nothing of Ann's, and nothing that is the staff's."""
    status = call(client, method, path, address, headers={"Authorization": f"Bearer {town.tokens['ben']}"})

    if "submission_id" in path:
        assert status == 404
    elif not set(scopes) <= set(access.STUDENT_SCOPES):
        assert status == 403


@pytest.mark.parametrize(("method", "path", "scopes"), [route for route in ROUTES if route[2]])
def test_a_token_without_the_scope_does_not_get_through(
    town: Town, client: TestClient, address: dict[str, str], method: str, path: str, scopes: tuple
):
    """The instructor's role does not replace the token's scope."""
    others = access.ALL_SCOPES - set(scopes)
    with town.database.write() as db:
        token = credentials.issue_token(db, scopes=others, user_id=town.users["teacher"])

    assert call(client, method, path, address, headers={"Authorization": f"Bearer {token}"}) == 403


@pytest.mark.parametrize("path", [path for method, path, _ in ROUTES if method == "POST"])
def test_a_cookie_alone_changes_nothing(town: Town, client: TestClient, address: dict[str, str], path: str):
    """Another site can make a browser send the cookie, but not the header."""
    with town.database.write() as db:
        cookie = credentials.session_from_token(db, town.tokens["teacher"], timedelta(hours=1))
        before = db.query(Offering).count()

    assert call(client, "POST", path, address, headers={"Cookie": f"{COOKIE}={cookie}"}) == 403
    with town.database.read() as db:
        assert db.query(Offering).count() == before


def test_a_cookie_reads_and_with_its_token_writes(town: Town, client: TestClient, address: dict[str, str]):
    """So that pages can use the API: the header comes from a page of the same session."""
    import hashlib
    import hmac

    with town.database.write() as db:
        cookie = credentials.session_from_token(db, town.tokens["ann"], timedelta(hours=1))
    bound = hashlib.sha256(cookie.encode()).digest()
    proof = hmac.new(town.settings.secret_key(), b"csrf" + bound, hashlib.sha256).hexdigest()
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    path = "/api/v1/assignments/{slug}/submissions"

    assert call(client, "GET", path, address, headers=headers) == 200
    assert call(client, "POST", path, address, headers={**headers, "X-CSRF-Token": b"\xe9"}) == 403
    assert call(client, "POST", path, address, headers={**headers, "X-CSRF-Token": proof}) == 202


def test_a_wrong_token_is_not_replaced_by_a_cookie(town: Town, client: TestClient):
    """Who shows a token is judged by it."""
    with town.database.write() as db:
        cookie = credentials.session_from_token(db, town.tokens["ann"], timedelta(hours=1))
    headers = {"Cookie": f"{COOKIE}={cookie}", "Authorization": "Bearer chr_wrong"}

    assert client.get("/api/v1/assignments", headers=headers).status_code == 401
