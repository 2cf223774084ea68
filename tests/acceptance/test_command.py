"""`chainrule grade` on the shipped samples, as a command of its own."""

import json
import subprocess
import sys
from collections import defaultdict

import pytest

from testing.service import ROOT
from tests.acceptance.conftest import NOTEBOOK_1, NOTEBOOK_2, SAMPLES, SLUG, without_times

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]


def graded(*paths, seed=None):
    """The report that the command prints."""
    seeded = [] if seed is None else ["--seed", str(seed)]
    command = [sys.executable, "-m", "cli", "grade", *map(str, paths), "--assignment", SLUG, "--json", *seeded]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_right_sample_gets_full_marks_and_the_same_seed_the_same_report():
    """10 of 10, and a grade that can be replayed."""
    first, again = (graded(SAMPLES / "right", seed=20) for _ in range(2))

    assert (first["score"], first["max_score"]) == (10.0, 10.0)
    assert {row["status"] for row in first["criteria"]} == {"passed"}
    assert without_times(first) == without_times(again)
    pairs = defaultdict(set)
    for figure in first["figures"]:
        if figure["pair"]:
            pairs[figure["criterion"], figure["pair"]].add(figure["source"])
    assert [row for row, _ in pairs] == ["backward-pass", "backward-pass", "feature-visualization"]
    assert all(sources == {"student", "reference"} for sources in pairs.values())


def test_the_starter_gets_nothing():
    """The untouched files earn no point."""
    report = graded(SAMPLES / "starter")

    assert (report["score"], report["max_score"]) == (0.0, 10.0)
    assert report["final"]


@pytest.mark.parametrize(("name", "points"), [(NOTEBOOK_1, 4.0), (NOTEBOOK_2, 6.0)])
def test_either_notebook_may_come_alone(name, points):
    """The other one's rows are not submitted, the notebook's own are graded."""
    report = graded(SAMPLES / "right" / name)

    assert report["score"] == points
    assert sum(row["possible"] for row in report["criteria"] if row["status"] == "not_submitted") == 10.0 - points


def test_a_batch_grades_every_entry(tmp_path):
    """Files and folders side by side, in the order of names, the broken one with a line of its own."""
    (tmp_path / "ada").symlink_to(SAMPLES / "starter", target_is_directory=True)
    (tmp_path / "bob.ipynb").write_text("{")
    (tmp_path / "eve.ipynb").write_bytes((SAMPLES / "right" / NOTEBOOK_1).read_bytes())
    command = [sys.executable, "-m", "cli", "grade", "--batch", str(tmp_path), "--assignment", SLUG, "--json"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]

    assert ran.returncode == 0
    assert [line["entry"] for line in lines] == ["ada", "bob.ipynb", "eve.ipynb"]
    assert [line.get("score") for line in lines] == [0.0, None, 4.0]
    assert lines[1]["error"]["code"] == "broken-json"
