"""Manifests: what they say is read, what is wrong with them is named."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from grading.assignments import catalog as catalog_module
from grading.assignments.catalog import catalog, engine_digest, fingerprint, read_assignment, version_of
from grading.domain.assignment import Budget
from grading.domain.errors import RubricFault

SOUND = """
slug = "nets-hw1"
title = "Nets"
summary = "A small one."
points = "1.5"
starter = ["starter/nets.py"]
checkpoints = ["resnet18"]

[limits]
part_s = 30

[[files]]
name = "nets.py"
title = "Module"
"""


@pytest.fixture
def folder(tmp_path):
    """A sound assignment's folder."""
    return written(tmp_path / "nets", SOUND)


def written(folder: Path, manifest: str) -> Path:
    """A folder with this manifest and a starter file."""
    (folder / "starter").mkdir(parents=True)
    (folder / "starter" / "nets.py").write_text("x = 1\n")
    (folder / "assignment.toml").write_text(manifest)
    return folder


def test_a_manifest_is_read_whole(folder):
    """Every key lands in its field, points exact."""
    assignment = read_assignment(folder)

    assert (assignment.slug, assignment.title, assignment.summary) == ("nets-hw1", "Nets", "A small one.")
    assert assignment.points == Decimal("1.5")
    assert [file.name for file in assignment.files] == ["nets.py"]
    assert not assignment.files[0].required
    assert assignment.limits.part_s == 30.0
    assert assignment.limits.call_s == 5.0
    assert assignment.starter == ("starter/nets.py",)
    assert assignment.checkpoints == ("resnet18",)
    assert assignment.devices == ("cpu",)


@pytest.mark.parametrize(
    ("sound", "broken", "named"),
    [
        ('slug = "nets-hw1"', 'slug = "Nets HW1"', "slug is 'Nets HW1'"),
        ('slug = "nets-hw1"', "", "slug is missing"),
        ('title = "Nets"', "title = 3", "title is 3"),
        ('points = "1.5"', "points = 1.5", "points is 1.5"),
        ('points = "1.5"', 'points = "NaN"', "points is 'NaN'"),
        ("part_s = 30", "part_s = 0", "limits.part_s is 0"),
        ("part_s = 30", "part_s = true", "limits.part_s is True"),
        ("part_s = 30", "processes = 1.5", "limits.processes is 1.5"),
        ("part_s = 30", "parts = 30", "limits.parts is not a key"),
        ('name = "nets.py"', 'name = "../nets.py"', "files[0].name is '../nets.py'"),
        ('name = "nets.py"', 'name = "nets.txt"', "files[0].name is 'nets.txt'"),
        ('title = "Module"', 'title = "Module"\nrequired = "no"', "files[0].required is 'no'"),
        ("[[files]]", "[[rows]]\nid = 1\n\n[[files]]", "rows is not a key"),
        ('["starter/nets.py"]', '["starter/other.py"]', "starter names 'starter/other.py'"),
        ('["starter/nets.py"]', '["../nets/assignment.toml", "../../etc/passwd"]', "starter names '../../etc/passwd'"),
        ('["starter/nets.py"]', '"starter/nets.py"', "starter is not a list"),
        ('summary = "A small one."', 'summary = "A small one."\ndevices = ["tpu"]', "devices names 'tpu'"),
        ('summary = "A small one."', 'summary = "A small one."\nupload_bytes = "1"', "upload_bytes is '1'"),
        ('slug = "nets-hw1"', 'slug = "nets-hw1', "not readable as TOML"),
    ],
)
def test_a_broken_manifest_names_file_key_and_remedy(tmp_path, sound, broken, named):
    """The author learns which file, which key, and what to write instead."""
    folder = written(tmp_path / "nets", SOUND.replace(sound, broken))
    with pytest.raises(RubricFault) as caught:
        read_assignment(folder)

    assert str(folder / "assignment.toml") in str(caught.value)
    assert named in str(caught.value)
    assert str(caught.value).count(". ") >= 1


def test_rows_of_an_older_manifest_are_passed_over(folder):
    """A course's assignment goes on as it is; its author learns where the rows are read now."""
    (folder / "assignment.toml").write_text(SOUND + '\n[[criteria]]\nid = "forward"\npoints = "1.5"\n')
    [remark] = read_assignment(folder).remarks

    assert "criteria is not read any more" in remark
    assert "rubric.py" in remark


def test_budgets_and_reports_are_read(folder):
    """A budget is for the right sample or for some of its files; a report may be a PDF."""
    (folder / "samples" / "right").mkdir(parents=True)
    (folder / "samples" / "right" / "nets.py").write_text("x = 1\n")
    budgets = '[[budgets]]\nfiles = ["nets.py"]\nseconds = 1.5\n\n[[budgets]]\nseconds = 60\n\n[[files]]'
    manifest = SOUND.replace("[[files]]", budgets).replace('title = "Module"', 'title = "Module"\nreport = true')
    (folder / "assignment.toml").write_text(manifest)
    assignment = read_assignment(folder)

    assert assignment.budgets == (Budget(("nets.py",), 1.5), Budget((), 60.0))
    assert assignment.files[0].report


@pytest.mark.parametrize(
    ("budget", "named"),
    [("seconds = 0", "seconds is 0"), ('files = ["other.py"]\nseconds = 1', "files is ['other.py']")],
)
def test_a_broken_budget_is_named(tmp_path, budget, named):
    """A budget for a file that the right sample lacks holds nothing."""
    folder = written(tmp_path / "nets", SOUND.replace("[[files]]", f"[[budgets]]\n{budget}\n\n[[files]]"))
    with pytest.raises(RubricFault) as caught:
        read_assignment(folder)

    assert f"budgets[0].{named}" in str(caught.value)


def test_a_folder_without_manifest_is_named(tmp_path):
    """The remedy is the command that writes one."""
    with pytest.raises(RubricFault, match="chainrule assignment new"):
        read_assignment(tmp_path)


def test_a_catalog_lists_folders_and_folders_of_folders(tmp_path):
    """An extra directory holds assignments or is one; one that does not exist holds none."""
    written(tmp_path / "course" / "one", SOUND)
    two = written(tmp_path / "two", SOUND.replace("nets-hw1", "nets-hw2"))
    found = catalog([tmp_path / "course", two, tmp_path / "nowhere"])

    assert {"nets-hw1", "nets-hw2"} <= found.keys()
    assert list(found) == sorted(found)


def test_a_broken_manifest_can_be_set_aside(tmp_path):
    """One author's error does not take the others' assignments off the list."""
    written(tmp_path / "good", SOUND)
    written(tmp_path / "bad", SOUND.replace("nets-hw1", "nets hw"))
    faults: list[RubricFault] = []

    assert "nets-hw1" in catalog([tmp_path], faults)
    assert len(faults) == 1
    with pytest.raises(RubricFault):
        catalog([tmp_path])


def test_a_slug_is_taken_once(tmp_path):
    """Two manifests with one slug are named together."""
    written(tmp_path / "a", SOUND)
    written(tmp_path / "b", SOUND)
    with pytest.raises(RubricFault, match="is taken by"):
        catalog([tmp_path])


def test_the_version_follows_every_file(folder):
    """A changed, added or renamed file is another version; caches of the interpreter are not."""
    seen = {version_of(folder)}
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "rubric.pyc").write_bytes(b"1")
    assert version_of(folder) in seen

    (folder / "starter" / "nets.py").write_text("x = 2\n")
    seen.add(version_of(folder))
    (folder / "rubric.py").write_text("")
    seen.add(version_of(folder))
    (folder / "rubric.py").rename(folder / "rubrics.py")
    seen.add(version_of(folder))

    assert len(seen) == 4
    assert all(version.startswith("sha256:") and len(version) == 71 for version in seen)


@pytest.mark.parametrize(
    ("edited", "follows"),
    [
        ("grading/checks/losses.py", True),
        ("grading/authoring/award.py", True),
        ("grading/assignments/standins.py", True),
        ("reference_models/mlp.py", True),
        ("grading/assignments/hw1/rubric.py", False),
    ],
)
def test_the_engine_is_everything_that_grades_but_the_assignments(tmp_path, monkeypatch, edited, follows):
    """Same rubric, same grade: a check or a reference that changes gives every assignment another version."""
    path = tmp_path / edited
    path.parent.mkdir(parents=True)
    (tmp_path / "grading" / "assignments").mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(catalog_module, "BUILT_IN", tmp_path / "grading" / "assignments")
    path.write_text("before = 1\n")
    before = engine_digest.__wrapped__()
    path.write_text("after = 2\n")

    assert (engine_digest.__wrapped__() != before) is follows


def test_the_fingerprint_follows_edits(folder):
    """An edit that keeps the size is still seen."""
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    (folder / "starter" / "nets.py").write_text("x = 3\n")

    assert fingerprint(folder) != before


def test_reading_the_catalog_loads_no_torch():
    """The web process announces assignments without torch."""
    program = "import sys; from grading.assignments.catalog import catalog; catalog(); print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "False"


def test_built_in_assignments_read_without_fault():
    """Every manifest that is shipped is sound."""
    faults: list[RubricFault] = []
    catalog((), faults)

    assert faults == []
