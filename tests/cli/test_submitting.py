"""`chainrule submit`: what is sent, and how the command ends."""

import json

import pytest

from cli import service
from cli.submitting import files_of
from grading.domain.errors import NotASubmission
from tests.cli.conftest import a_report


class FakeService:
    """Keeps the client's contract; the class attributes are the script."""

    final = "graded"

    def __init__(self, address, token) -> None:
        self.address = address

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, slug, files):
        """Taken."""
        return {"id": "s1", "state": "queued", "files": [name for name, _ in files]}

    def states(self, submission_id):
        """Straight to the end."""
        yield {"id": "s1", "state": "queued", "queue_position": 3}
        yield {"id": "s1", "state": self.final, "fault": "the disk was full"}

    def report(self, submission_id):
        """The report."""
        return a_report()


@pytest.fixture
def submit(run, monkeypatch, submitted):
    """Runs the command against the fake."""
    monkeypatch.setattr(service, "ServiceClient", FakeService)
    arguments = ("--assignment", "nets-hw1", "--server", "http://here:1", "--token", "chr_x")
    return lambda *more: run("submit", submitted(), *arguments, *more)


def test_without_wait_the_submission_is_named(submit):
    """The id is what one asks for later."""
    ended = submit()

    assert ended.exit_code == 0
    assert "s1" in ended.stdout


def test_with_wait_the_report_is_shown(submit):
    """Progress goes to standard error, the report to standard output."""
    ended = submit("--wait")

    assert ended.exit_code == 0
    assert "queued, number 3 in line" in ended.stderr
    assert "Score 2 of 2" in ended.stdout


def test_with_wait_and_json_the_report_is_all(submit):
    """One JSON document on standard output."""
    ended = submit("--wait", "--json")

    assert json.loads(ended.stdout)["score"] == 2.0


@pytest.mark.parametrize(("final", "code"), [("failed", 3), ("rejected", 2), ("cancelled", 2), ("superseded", 2)])
def test_what_was_not_graded_is_said(submit, monkeypatch, final, code):
    """The state, the reason and the exit code tell what became of it."""
    monkeypatch.setattr(FakeService, "final", final)
    ended = submit("--wait", "--json")

    assert (ended.exit_code, ended.stdout) == (code, "")
    assert f"{final}: the disk was full" in ended.stderr


def test_a_folder_is_sent_with_its_names(submitted, tmp_path):
    """Files keep their places in the folder; what editors and systems left behind stays at home."""
    submitted(name="hw/b/nets.py")
    submitted(name="hw/a.py")
    for junk in ("hw/.git/config", "hw/__MACOSX/a.py", "hw/__pycache__/a.pyc", "hw/.DS_Store"):
        submitted(name=junk)

    assert [name for name, _ in files_of([tmp_path / "hw"])] == ["a.py", "b/nets.py"]


def test_nothing_to_submit_is_refused(tmp_path):
    """A missing path and an empty folder are told at once, not by the server."""
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "nothing.py", tmp_path / "empty"):
        with pytest.raises(NotASubmission):
            files_of([path])
