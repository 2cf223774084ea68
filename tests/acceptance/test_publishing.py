"""A publish during the term, against a service that runs: page, interface and judge go by it, without a restart."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.authoring import TEMPLATE
from testing.service import RunningService
from tests.acceptance.conftest import QUICK_LEASES, Student

pytestmark = [pytest.mark.box, pytest.mark.slow]

NETS = "new-assignment"
RIGHT = TEMPLATE / "samples" / "right" / "layers.py"
WITHIN_S = 240.0


def published(course: Path, *changes: tuple[str, str]) -> None:
    """Put the template with these changes in its rubric where the service reads it, in two renames."""
    home, aside = course / "nets", course.parent / f"aside-{time.monotonic_ns()}"
    shutil.copytree(TEMPLATE, aside, ignore=shutil.ignore_patterns("__pycache__"))
    rubric = aside / "rubric.py"
    text = rubric.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    rubric.write_text(text)
    if home.exists():
        home.rename(aside.with_suffix(".old"))
    aside.rename(home)


class Class(Student):
    """A student who reads and submits this assignment."""

    def told(self) -> dict[str, Any]:
        """What the interface says of it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return dict(httpx2.get(f"{self.address}/assignments/{NETS}", headers=headers, timeout=30.0).json())

    def rows(self) -> list[str]:
        """The titles of its rows, once they are there."""
        end = time.monotonic() + WITHIN_S
        while (told := self.told())["being_prepared"]:
            assert time.monotonic() < end, told
            time.sleep(0.1)
        return [row["title"] for row in told["criteria"]]

    def graded(self) -> dict[str, Any]:
        """The report on the right sample."""
        return self.report(str(self.client.submit(NETS, [("layers.py", RIGHT.read_bytes())])["id"]))


def test_a_publish_is_seen_by_page_interface_and_judge(tmp_path):
    """The next submission is graded by the rows that students read; what was graded before keeps its own."""
    course = tmp_path / "course"
    course.mkdir()
    published(course)
    settings = {**QUICK_LEASES, "ASSIGNMENT_DIRS": json.dumps([str(course)])}
    with RunningService(tmp_path / "state", settings) as service:
        student = Class(service, service.token)
        assert student.rows() == ["Affine layer", "Softmax"]
        first = student.graded()

        published(course, ('"Softmax", section="2"', '"Softmax, stable", section="2"'))
        version = student.told()["version"]
        assert version != first["assignment"]["version"]
        assert student.rows() == ["Affine layer", "Softmax, stable"]
        second = student.graded()

        published(course, ("import numpy as np", "import no_such_module"))
        assert student.told()["being_prepared"]
        student.client.close()

    assert [row["title"] for row in first["criteria"]] == ["Affine layer", "Softmax"]
    assert [row["title"] for row in second["criteria"]] == ["Affine layer", "Softmax, stable"]
    assert (second["assignment"]["version"], second["score"]) == (version, 3.0)
