"""What surrounds every page."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.app import create_app
from api.pages import rendering
from grading.store.settings import Settings
from tests.pages.conftest import Browser

STATIC = Path(rendering.__file__).parent / "static"
TEMPLATES = Path(rendering.__file__).parent / "templates"


def test_pages_carry_the_security_headers(visitor) -> None:
    """Nothing from elsewhere, no inline script, no framing by others, no sniffing."""
    headers = visitor.get("/sign-in").headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


def test_only_the_platforms_that_the_operator_names_may_frame_the_pages(classroom) -> None:
    """The LMS's frame works, with a cookie that travels in it; others still may not."""
    chosen = classroom.settings.model_copy(
        update={"framed_by": ("https://lms.example",), "public_url": "https://grader.example"}
    )
    browser = Browser(create_app(chosen, classroom.assignments))
    headers = browser.get("/sign-in").headers

    assert headers["content-security-policy"].endswith("frame-ancestors 'self' https://lms.example")
    assert "samesite=none" in headers["set-cookie"].lower()
    assert "secure" in headers["set-cookie"].lower()


@pytest.mark.parametrize("origin", ["http://lms.example", "*", "https://a.example; script-src *", "https://a/b"])
def test_an_origin_is_an_origin(origin) -> None:
    """A setting cannot open the policy by mistake."""
    with pytest.raises(ValidationError):
        Settings(framed_by=(origin,))


def test_a_missing_page_is_a_page(visitor) -> None:
    """A reader is told in words."""
    answer = visitor.get("/nothing/here")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing here" in answer.text


def test_a_missing_resource_of_the_api_stays_a_problem_document(visitor) -> None:
    """Programs get problem details, also when they accept HTML."""
    answer = visitor.get("/api/v1/submissions/nothing")

    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_fault_of_ours_is_a_page(student, monkeypatch) -> None:
    """A page that breaks says whose fault it is and tells nothing else."""

    def breaks(*_arguments):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.pages.student.assignments.my_offerings", breaks)
    answer = student.get("/")

    assert (answer.status_code, "our fault" in answer.text) == (500, True)
    assert "secret detail" not in answer.text


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.relative_to(TEMPLATES).as_posix())
def test_templates_take_nothing_from_elsewhere_and_nothing_inline(path) -> None:
    """No address of another site, no inline script or style, no unescaped value."""
    text = path.read_text()

    assert not re.findall(r"https?://|<style|\bstyle=|\son\w+=|<script(?![^>]*\bsrc=)|\|\s*safe\b", text)


def test_vendored_files_are_those_of_their_packages() -> None:
    """Every vendored file is listed with its package, licence and digest, and none differs."""
    listed = json.loads((STATIC / "vendor" / "vendor.json").read_text())["files"]
    there = {p.relative_to(STATIC / "vendor").as_posix() for p in (STATIC / "vendor").glob("*/*")}

    assert there == {entry["file"] for entry in listed}
    for entry in listed:
        assert entry["sha256"] == hashlib.sha256((STATIC / "vendor" / entry["file"]).read_bytes()).hexdigest()
        assert entry["licence"]


def test_the_apis_documentation_is_served_from_here(visitor) -> None:
    """The page exists, and its files do."""
    page = visitor.get("/api/docs").text
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)

    assert addresses
    assert {200} == {visitor.client.get(address).status_code for address in addresses}
