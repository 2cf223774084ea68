"""A judge for the commands that answers at once."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import grading_here
from grading.domain.errors import HouseFault, NotASubmission, RubricFault
from grading.domain.report import GradedRun, Report

MANIFEST = """
slug = "nets-hw1"
title = "Nets"
summary = "A small one."
points = "2"
[[files]]
name = "nets.py"
title = "Module"
"""


def a_report(*, slug="nets-hw1", seed=1, points=2.0, message="matches", mistake=None, name="nets.py"):
    """A report with one criterion."""
    passed = points == 2.0
    finding = {
        "question": "forward",
        "passed": passed,
        "message": message,
        "mistake": mistake,
        "visibility": "student",
        "blame": "nobody" if passed else "student",
        "remark": False,
        "evidence": {},
    }
    criterion = {
        "id": "forward",
        "title": "Forward",
        "section": "1",
        "points": points,
        "possible": 2.0,
        "status": "passed" if passed else "failed",
        "findings": [finding],
    }
    return {
        "schema": "chainrule.report/1",
        "assignment": {"slug": slug, "version": "sha256:0"},
        "submission": {"sha256": "0", "files": [{"name": name, "bytes": 1}]},
        "run": {
            "seed": seed,
            "device": "cpu",
            "sandbox": "full",
            "engine": "0",
            "started_at": "2026-01-01T00:00:00+00:00",
            "seconds": 0.5,
            "phases": {},
        },
        "score": points,
        "max_score": 2.0,
        "pending_points": 0.0,
        "final": True,
        "criteria": [criterion],
        "integrity": [],
        "notes": ["sigmoid was found under the name sigm"],
        "figures": [{"id": "boundary/../x", "title": "Boundary", "sha256": "ab"}],
    }


class FakeJudge:
    """Keeps the judge's contract; does what the first file says."""

    def __init__(self) -> None:
        self.runs = []

    def grade(self, submission, slug, *, seed, device="cpu"):
        """Grade, or raise what the file asks for."""
        self.runs.append(seed)
        match submission.files[0].content.decode().split():
            case ["#house-fault", "once"] if len(self.runs) > 1:
                pass
            case ["#house-fault", *_]:
                raise HouseFault("no disk")
            case ["#rubric-fault"]:
                raise RubricFault("rubric.py does not import")
            case ["#not-a-submission"]:
                raise NotASubmission("broken", "is broken", file="nets.py")
            case ["#unfinished"]:
                lost = a_report(slug=slug, seed=seed, points=0.0)
                lost["criteria"][0]["status"] = "error"
                return GradedRun(Report.from_json(lost), {})
            case ["#wrong"]:
                report = a_report(slug=slug, seed=seed, points=0.0, message="bad \x1b[31m[red]news", mistake="sign")
                return GradedRun(Report.from_json(report), {"ab": b"png"})
        return GradedRun(Report.from_json(a_report(slug=slug, seed=seed)), {"ab": b"png"})


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course's folder with one assignment, and the settings that find it."""
    folder = tmp_path / "course" / "nets"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST)
    monkeypatch.setenv("CHAINRULE_ASSIGNMENT_DIRS", f'["{tmp_path / "course"}"]')
    monkeypatch.setenv("CHAINRULE_STATE", str(tmp_path / "var"))
    return folder


@pytest.fixture
def judge(course, monkeypatch):
    """The fake judge, in place of the real one."""
    fake = FakeJudge()

    @contextmanager
    def judge_for(_chosen):
        yield fake

    monkeypatch.setattr(grading_here, "judge_for", judge_for)
    return fake


@pytest.fixture
def run():
    """Runs the command with arguments."""
    from cli.main import app

    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def submitted(tmp_path):
    """Writes a module to be submitted and gives its path."""

    def write(content: str = "x = 1\n", name: str = "nets.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    return write
