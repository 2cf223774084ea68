"""Whatever a student's program managed to put into a report is text on a page, and nothing else."""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.pages.classroom import NOTEBOOK_1, notebook, report
from tests.pages.conftest import Browser

pytestmark = pytest.mark.slow

# Words whose place the store or the pages compute with; all others may hold a student's text.
STRUCTURE = {
    "schema", "status", "visibility", "blame", "id", "sha256", "source", "part", "criterion", "slug", "version",
    "sandbox", "engine", "started_at", "device", "media_type", "question", "mistake",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)' autofocus onfocus='alert(1)",
    "</dd></section><iframe src=//evil></iframe>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "javascript:alert(1)",
    "\x1b]0;title\x07\x1b[31m\x9b31m\x08",
    "\u202egpj.exe\u2066\u200f",
    "&lt;b&gt;&#60;script&#62;",
)


class Markup(HTMLParser):
    """Collects what would be done on a page: elements and attributes that only an intruder writes."""

    def __init__(self) -> None:
        super().__init__()
        self.intruders: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note elements and attributes that our templates never write."""
        values = dict(attrs)
        if tag == "iframe" or (tag == "script" and not (values.get("src") or "").startswith("/")):
            self.intruders.append(tag)
        for name, value in attrs:
            leads_away = name in ("href", "src", "action") and (value or "").startswith(("javascript:", "//", "x"))
            if name.startswith("on") or name == "autofocus" or leads_away:
                self.intruders.append(f"{tag} {name}={value}")


def poisoned(value: Any, text: str, key: str = "") -> Any:
    """The same report with the text in every place that may hold a student's words."""
    match value:
        case str() if key not in STRUCTURE:
            return text
        case dict():
            return {k: poisoned(v, text, k) for k, v in value.items()}
        case list():
            return [poisoned(v, text, key) for v in value]
        case _:
            return value


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_report_becomes_markup(app, classroom, staff, text) -> None:
    """On the student's page and on staff's, in every field that holds words, evidence and integrity included."""
    student = Browser(app).sign_in(classroom, classroom.person("eve", f"Eve {text.replace(chr(0), '')}"))
    path = student.submit((NOTEBOOK_1, notebook("x = 1"))).url.path
    made = poisoned(report(), text)
    made["integrity"] = [{"kind": text, "detail": text}]
    for row in made["criteria"]:
        for finding in row["findings"]:
            finding["evidence"] = {"printed": text, text: text, "table": [[text]], "reached": text}
    classroom.grade_next(made)
    for page in (student.get(path).text, staff.get(path).text):
        markup = Markup()
        markup.feed(page)

        assert markup.intruders == []
        assert "<script>alert" not in page
        assert "{{" not in text or "{{ 7 * 7 }}" in page
