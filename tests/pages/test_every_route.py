"""A walk over every page and form, as everybody who should not get through; the API's own walk is `tests/api`."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.callers import COOKIE
from api.pages import router
from grading.store import credentials
from grading.store.tables import Table
from tests.api.test_callers import address, town
from tests.store.course import SLUG, TOY, Town

pytestmark = pytest.mark.slow

__all__ = ["address", "town"]

# For whoever comes; each has tests of its own.
OPEN = {"/sign-in", "/sign-in/{link}", "/sign-out", "/api/docs"}
# About whoever asks.
OWN = {"/"}
OF_STAFF = ("/manual", "/results", "/regrades", "/status", "/posts/", "/retry", "/read", "/contents")
# The last where a form is read before anybody asks whose it is: what it lacks says nothing about what is there.
REFUSED = (403, 404, 422)
# Written by signing in and looking, which is no harm.
OF_VISITS = {"web_sessions", "api_tokens", "sign_in_links", "workers"}


def routes(inside: Any = router) -> Iterator[tuple[str, str]]:
    """Method and path of every page and form."""
    for route in inside.routes:
        if hasattr(route, "methods"):
            yield from ((method, route.path) for method in sorted(route.methods - {"HEAD"}))
        else:
            yield from routes(route.original_router)


ALL = sorted(routes())
GUARDED = [(method, path) for method, path in ALL if path not in OPEN]
FORMS = [path for method, path in GUARDED if method == "POST"]


@pytest.fixture(scope="module")
def client(town: Town) -> Iterator[TestClient]:
    """The service with its pages; redirections are looked at and not followed."""
    app = create_app(town.settings, {SLUG: TOY}, pages=True)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


class Visit:
    """Somebody's browser: a session, and the proof that forms of its pages carry."""

    def __init__(self, town: Town, login: str) -> None:
        with town.database.write() as db:
            self.cookie = credentials.session_from_token(db, town.tokens[login], timedelta(hours=1))
        bound = hashlib.sha256(str(self.cookie).encode()).digest()
        self.proof = hmac.new(town.settings.secret_key(), b"csrf" + bound, hashlib.sha256).hexdigest()

    def ask(self, client: TestClient, method: str, path: str, csrf: str | None = None) -> Any:
        """Open a page or send a form, with a token for the API's header as well, so that only the session is asked."""
        return ask(client, method, path, {"Cookie": f"{COOKIE}={self.cookie}"}, self.proof if csrf is None else csrf)


def ask(client: TestClient, method: str, path: str, headers: dict[str, str], csrf: str = "") -> Any:
    """One request as a browser sends it."""
    files = [("files", ("toy.py", b"x = 1\n"))] if path.endswith("/submissions") else None
    given = {"csrf": csrf} if method == "POST" else None
    return client.request(method, path, data=given, files=files, headers={"Accept": "text/html", **headers})


def contents(town: Town) -> dict[str, list[str]]:
    """Every row that a request could change."""
    tables = [table for table in Table.metadata.sorted_tables if table.name not in OF_VISITS]
    with town.database.read() as db:
        return {table.name: sorted(map(repr, db.execute(select(table)).all())) for table in tables}


def there(path: str, address: dict[str, str]) -> str:
    """The path with what stands in the database filled in."""
    return path.format(**address, number=0, link="x")


def test_the_walk_sees_the_pages() -> None:
    """A change of the framework that hides them from it would make the rest of this file a walk over nothing."""
    assert len(GUARDED) >= 18
    assert {"/", "/status", "/assignments/{slug}/results", "/submissions/{submission_id}"} <= {p for _, p in GUARDED}


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_nobody_is_led_to_the_sign_in_page(
    town: Town, client: TestClient, address: dict[str, str], method: str, path: str
) -> None:
    """From every page and form, whatever cookie they made up; nothing changes."""
    before = contents(town)
    for headers in ({}, {"Cookie": f"{COOKIE}=made-up"}, {"Cookie": f"{COOKIE}="}):
        answer = ask(client, method, there(path, address), headers, "x")

        assert (answer.status_code, answer.headers["location"].partition("?")[0]) in {(303, "/sign-in"), (303, "/")}
    assert contents(town) == before


@pytest.mark.parametrize(("method", "path"), [one for one in GUARDED if one[1] not in OWN])
@pytest.mark.parametrize("login", ["stranger", "rival"])
def test_another_courses_people_find_nothing(
    town: Town, client: TestClient, address: dict[str, str], login: str, method: str, path: str
) -> None:
    """Neither its students nor its instructors; their own session's proof is right, and does not help."""
    before = contents(town)
    status = Visit(town, login).ask(client, method, there(path, address)).status_code

    assert status in REFUSED or (login == "rival" and path == "/status")
    assert contents(town) == before


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_another_student_finds_neither_the_submission_nor_what_is_staffs(
    town: Town, client: TestClient, address: dict[str, str], method: str, path: str
) -> None:
    """Ben of the same course, with a proof that is right."""
    staffs = any(word in path for word in OF_STAFF)
    if "submission_id" in path or staffs:
        before = contents(town)

        assert Visit(town, "ben").ask(client, method, there(path, address)).status_code in REFUSED
        assert contents(town) == before
    elif method == "GET":
        assert Visit(town, "ben").ask(client, method, there(path, address)).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_a_form_from_elsewhere_changes_nothing(
    town: Town, client: TestClient, address: dict[str, str], path: str
) -> None:
    """Staff and students who are signed in, with no proof, a made-up one and somebody else's."""
    other = Visit(town, "cyd")
    before = contents(town)
    for login in ("teacher", "ann"):
        visit = Visit(town, login)
        for proof in ("", "0" * 64, other.proof, "é"):
            answer = visit.ask(client, "POST", there(path, address), proof)

            assert answer.status_code == 303
            assert answer.headers["location"] == "/"
    assert contents(town) == before


@pytest.mark.parametrize(("method", "path"), [one for one in ALL if one[0] == "GET"])
def test_every_page_carries_the_policy(
    town: Town, client: TestClient, address: dict[str, str], method: str, path: str
) -> None:
    """Shown to staff, who may see all of them: no inline script, no frame elsewhere, no guessing of types."""
    answer = Visit(town, "teacher").ask(client, method, there(path, address))

    assert answer.status_code < 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    if "text/html" in answer.headers.get("content-type", ""):
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors" in policy
        # What students wrote is shown in a frame that runs no script, has no origin and loads nothing.
        assert "unsafe" not in policy or policy.startswith("sandbox; default-src 'none'; style-src ")


@pytest.mark.parametrize("public", ["http://127.0.0.1:8000", "https://grader.example"])
def test_cookies_cannot_be_read_by_scripts_nor_sent_by_other_sites(town: Town, public: str) -> None:
    """Both cookies, and over https only where the service is reached that way."""
    settings = town.settings.model_copy(update={"public_url": public})
    with TestClient(create_app(settings, {SLUG: TOY}), follow_redirects=False) as client:
        page = client.get("/sign-in", headers={"Accept": "text/html"})
        form = page.text.split('name="csrf" value="')[1].split('"')[0]
        jar = page.headers["set-cookie"].partition(";")[0]
        signed_in = client.post(
            "/sign-in", data={"csrf": form, "token": town.tokens["ann"]}, headers={"Accept": "text/html", "Cookie": jar}
        )
    cookies = [*page.headers.get_list("set-cookie"), *signed_in.headers.get_list("set-cookie")]

    assert signed_in.status_code == 303
    assert any(cookie.startswith(f"{COOKIE}=") for cookie in cookies)
    for cookie in (cookie.lower() for cookie in cookies if "Max-Age=0" not in cookie):
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert ("secure" in cookie) is public.startswith("https")
