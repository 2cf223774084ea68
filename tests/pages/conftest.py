"""The service with its pages, a course in it, and browsers without a screen that are signed in."""

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from tests.pages.classroom import SLUG, Classroom, Person


@pytest.fixture
def classroom(tmp_path):
    """A course of its own for the test."""
    return Classroom(tmp_path)


@pytest.fixture
def app(classroom):
    """The service over that course."""
    return create_app(classroom.settings, classroom.assignments)


class Browser:
    """Reads pages and sends forms as a browser without scripts does."""

    def __init__(self, app) -> None:
        self.client = TestClient(
            app, follow_redirects=True, headers={"Accept": "text/html"}, raise_server_exceptions=False
        )
        self.page = ""

    def get(self, path: str):
        """Open a page."""
        return self._took(self.client.get(path))

    def send(self, action: str, files=None, **fields: str):
        """Send the form with this action, with the token from the page that is open."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', self.page, re.DOTALL)

        assert form, f"no form for {action} on this page"
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
        return self._took(self.client.post(action, data=hidden | fields, files=files))

    def sign_in(self, classroom: Classroom, person: Person) -> "Browser":
        """Sign in by a link."""
        action = f"/sign-in/{classroom.link(person)}"
        self.get(action)
        self.send(action)
        return self

    def submit(self, *files: tuple[str, bytes]):
        """Submit on the assignment's page."""
        self.get(f"/assignments/{SLUG}")
        return self.send(f"/assignments/{SLUG}/submissions", files=[("files", file) for file in files])

    def _took(self, response):
        self.page = response.text
        return response


@pytest.fixture
def visitor(app):
    """Nobody in particular."""
    return Browser(app)


@pytest.fixture
def student(app, classroom):
    """A student, signed in."""
    return Browser(app).sign_in(classroom, classroom.student)


@pytest.fixture
def staff(app, classroom):
    """An instructor, signed in."""
    return Browser(app).sign_in(classroom, classroom.staff)
