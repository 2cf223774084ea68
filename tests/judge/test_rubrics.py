"""The shelf: rubrics are held warm, and what was published or changed since is read again."""

import shutil

import pytest

from cli.authoring import TEMPLATE
from grading.assignments import describe
from grading.domain.errors import RubricFault
from grading.judge.rubrics import Shelf
from grading.mistakes import every


@pytest.fixture
def course(tmp_path):
    """A folder of assignments with one in it."""
    shutil.copytree(TEMPLATE, tmp_path / "course" / "first", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "course"


def renamed(folder, slug):
    """Gives the assignment in a folder another slug."""
    for name in ("assignment.toml", "rubric.py"):
        path = folder / name
        path.write_text(path.read_text().replace("new-assignment", slug))
    return folder


def test_an_unchanged_assignment_is_the_one_held(course):
    """Nothing is imported twice."""
    shelf = Shelf.read([course])

    assert shelf.take("new-assignment") is shelf.take("new-assignment")


def test_a_changed_rubric_is_read_again(course):
    """The next run is graded by the rubric as it stands now, under its new version."""
    shelf = Shelf.read([course])
    before = shelf.take("new-assignment")
    path = course / "first" / "rubric.py"
    path.write_text(path.read_text().replace('"Affine layer"', '"Affine layer, mended"'))
    after = shelf.take("new-assignment")

    assert next(iter(after.rubric.criteria)).title == "Affine layer, mended"
    assert after.assignment.version != before.assignment.version
    assert next(iter(before.rubric.criteria)).title == "Affine layer"


def test_a_rubric_describes_itself(course):
    """Its rows; its own mistakes in its own words, and every record that a check may recognise."""
    held = Shelf.read([course]).take("new-assignment")
    described = describe(held.assignment, held.rubric)

    assert (described.slug, described.version) == (held.assignment.slug, held.assignment.version)
    assert described.criteria == held.rubric.summaries()
    assert described.points == held.assignment.points
    assert {known.id for row in held.rubric.criteria for check in row.checks for known in check.mistakes} <= set(
        described.mistakes
    )
    assert {id_ for id_, record in every().items() if record.says} <= set(described.mistakes)


def test_a_new_assignment_is_found(course):
    """One that was published after the start needs no restart."""
    shelf = Shelf.read([course])
    with pytest.raises(RubricFault, match="second"):
        shelf.take("second")
    shutil.copytree(TEMPLATE, course / "second")
    renamed(course / "second", "second")

    assert shelf.take("second").assignment.slug == "second"


def test_a_broken_rubric_keeps_no_other_off_the_shelf(course):
    """Its author is told; everybody else is graded."""
    shutil.copytree(TEMPLATE, course / "second")
    broken = renamed(course / "second", "second") / "rubric.py"
    broken.write_text("raise ValueError('half written')\n")
    shelf = Shelf.read([course])

    assert {held.assignment.slug for held in shelf} >= {"new-assignment"}
    assert any("half written" in str(fault) for fault in shelf.faults)
    with pytest.raises(RubricFault, match="half written"):
        shelf.take("second")


def test_two_folders_of_one_name_do_not_mix(course, tmp_path):
    """Modules of the same name in two courses are two modules."""
    other = tmp_path / "other" / "first"
    shutil.copytree(course / "first", other)
    renamed(other, "elsewhere")
    shelf = Shelf.read([course, tmp_path / "other"])

    assert shelf.take("elsewhere").rubric.slug == "elsewhere"
    assert shelf.take("new-assignment").rubric.slug == "new-assignment"
