"""The catalog of a running service: what its folders become is seen, and never breaks it."""

import shutil
from pathlib import Path

import pytest

from grading.assignments import live
from grading.assignments.catalog import catalog
from grading.assignments.live import LiveCatalog

MANIFEST = """
slug = "{slug}"
title = "{title}"
summary = "A small one."
points = "1"
[[files]]
name = "nets.py"
title = "Module"
"""


def written(folder: Path, title: str = "Nets", slug: str = "nets") -> Path:
    """An assignment's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assignment.toml").write_text(MANIFEST.format(slug=slug, title=title))
    return folder


def published(folder: Path, home: Path) -> None:
    """Put a folder in another's place, as the command does."""
    if home.exists():
        home.rename(folder.parent / "old")
    folder.rename(home)


@pytest.fixture
def course(tmp_path):
    """A folder of assignments with one in it."""
    written(tmp_path / "course" / "nets")
    return tmp_path / "course"


@pytest.fixture
def known(course):
    """What a service that runs knows of."""
    return LiveCatalog([course])


def test_it_has_what_the_catalog_has(course, known):
    """The same assignments in the same order, the built-in ones among them."""
    assert dict(known) == catalog([course])
    assert list(known) == sorted(known)


def test_a_publish_is_seen_at_once(course, known, tmp_path):
    """Another title, another version; and one that is new."""
    before = known["nets"]
    published(written(tmp_path / "new", "Nets, mended"), course / "nets")

    assert known["nets"].title == "Nets, mended"
    assert known["nets"].version != before.version

    published(written(tmp_path / "other", slug="more"), course / "more")
    assert "more" in known


def test_files_edited_in_place_are_looked_for_again_and_again(course, monkeypatch):
    """The folder's own time does not tell of them."""
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(live, "SHARE_OF_TIME", 1e9)
    known = LiveCatalog([course])
    before = known["nets"].version
    (course / "nets" / "assignment.toml").write_text(MANIFEST.format(slug="nets", title="Edited"))

    assert (known["nets"].title, known["nets"].version != before) == ("Edited", True)


def test_while_nothing_changes_no_folder_is_walked(known, monkeypatch):
    """A request costs the look at one folder's time."""
    monkeypatch.setattr(live, "fingerprint", None)

    assert known["nets"].title == "Nets"


def test_a_manifest_that_breaks_leaves_the_assignment_as_it_was(course, known, tmp_path):
    """Whoever is in the middle of a submission does not notice; the fault is told."""
    broken = written(tmp_path / "new")
    (broken / "assignment.toml").write_text("slug = ")
    published(broken, course / "nets")

    assert known["nets"].title == "Nets"
    assert any("not readable" in str(fault) for fault in known.faults)

    published(written(tmp_path / "mended", "Mended"), course / "again")
    shutil.rmtree(course / "nets")
    known._look()
    known._look()
    assert (known["nets"].title, known.faults) == ("Mended", ())


def test_one_that_is_moved_away_for_a_moment_stays(course, known, tmp_path):
    """A publish takes the old folder away before the new one comes."""
    (course / "nets").rename(tmp_path / "away")

    assert "nets" in known
    known._look()
    assert "nets" not in known


def test_a_slug_that_is_taken_stays_with_the_first(course, known, tmp_path):
    """The second folder is told of, and changes nothing."""
    published(written(tmp_path / "new", "Twin"), course / "twin")

    assert known["nets"].title == "Nets"
    assert any("is taken by" in str(fault) for fault in known.faults)


def test_a_folder_that_does_not_exist_yet_may_come(tmp_path):
    """The service was started before the first publish."""
    known = LiveCatalog([tmp_path / "later"])
    assert "nets" not in known
    written(tmp_path / "later" / "nets")

    assert "nets" in known
