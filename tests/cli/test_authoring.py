"""`chainrule assignment`: from a template to a published assignment; no box is started here."""

import json
from pathlib import Path

import pytest

import migrations
from cli import authoring
from cli.authoring import TEMPLATE
from grading.assignments.catalog import read_assignment
from grading.domain.assignment import Gate
from grading.rehearsal import gate as rehearsing
from grading.rehearsal.gate import rehearsed as unboxed
from grading.rehearsal.performances import Rehearsal
from grading.store.database import Database
from grading.store.descriptions import Descriptions
from grading.store.settings import Settings


@pytest.fixture
def made(run, course, tmp_path):
    """A new assignment, as the command writes it."""
    folder = tmp_path / "mine"
    ended = run("assignment", "new", "nets-hw2", "--in", folder, "--title", "Nets, Part 2")

    assert ended.exit_code == 0, ended.output
    return folder


def test_a_new_assignment_is_sound_and_has_its_own_name(made):
    """The template's name is gone; the manifest reads without fault."""
    assignment = read_assignment(made)

    assert (assignment.slug, assignment.title) == ("nets-hw2", "Nets, Part 2")
    assert not any("new-assignment" in path.read_text() for path in made.rglob("*.*") if path.is_file())


def test_a_new_assignment_passes_validation(run, made):
    """Every mistake of the template is caught and named; right answers pass."""
    ended = run("assignment", "validate", made, "--unboxed", "--json", "--seeds", 3)
    outcome = json.loads(ended.stdout)

    assert ended.exit_code == 0
    assert outcome["good"]
    assert (outcome["rehearsal"]["caught"], outcome["rehearsal"]["named"]) == (1.0, 1.0)


def test_validation_names_the_mistake_that_slips_through(run, made):
    """A mistake that passes its check makes the assignment unfit, and the table says which."""
    rubric = made / "rubric.py"
    rubric.write_text(rubric.read_text().replace("lambda x, w, _b: x @ w,", "affine,"))
    ended = run("assignment", "validate", made, "--unboxed")

    assert ended.exit_code == 1
    assert "affine-without-bias" in ended.stdout
    assert "Not fit to publish" in ended.stdout


@pytest.mark.parametrize(
    ("file", "sound", "broken", "said"),
    [
        ("assignment.toml", 'points = "3"', 'points = "4"', "points are 4, those of rubric.py 3"),
        ("assignment.toml", 'name = "layers.py"', 'name = "layer.py"', "files lacks 'layers.py'"),
        ("assignment.toml", 'slug = "nets-hw2"', 'slug = "nets-hw3"', "rubric.py says 'nets-hw2'"),
        ("rubric.py", "import numpy as np", "import no_such_module", "does not import"),
        ("rubric.py", "rubric = Rubric(", "table = rubric = None and Rubric(", "does not import"),
    ],
)
def test_a_broken_assignment_is_its_authors(run, made, file, sound, broken, said):
    """Exit code 1, and the complaint names what is wrong."""
    path = made / file
    path.write_text(path.read_text().replace(sound, broken, 1))
    ended = run("assignment", "validate", made, "--unboxed")

    assert ended.exit_code == 1
    assert said in ended.stderr


@pytest.mark.parametrize("slug", ["Nets HW2", "../nets", "nets_hw2", ""])
def test_a_slug_must_be_one(run, slug, tmp_path):
    """What cannot be part of an address is refused."""
    assert run("assignment", "new", slug, "--in", tmp_path / "mine").exit_code == 2


def test_nothing_is_overwritten(run, made):
    """A folder that is there stays as it is."""
    assert run("assignment", "new", "nets-hw3", "--in", made).exit_code == 2
    assert read_assignment(made).slug == "nets-hw2"


def test_a_slug_names_an_assignment_as_its_folder_does(run, made, monkeypatch):
    """What the service knows can be rehearsed by slug; what it does not know is refused."""
    monkeypatch.setenv("CHAINRULE_ASSIGNMENT_DIRS", f'["{made.parent}"]')
    known = run("assignment", "validate", "nets-hw2", "--unboxed", "--json", "--seeds", 1)

    assert (known.exit_code, json.loads(known.stdout)["slug"]) == (0, "nets-hw2")
    assert run("assignment", "validate", "no-such", "--unboxed").exit_code == 2
    assert run("assignment", "validate").exit_code == 2


def test_below_the_manifests_threshold_nothing_is_published(run, made, monkeypatch):
    """A share of mistakes that are missed can be allowed by name; below it the assignment stays unpublished."""
    monkeypatch.setattr(
        rehearsing,
        "rehearsed",
        lambda folder, config, standins, **_: unboxed(folder, config, standins, seeds=2, boxed=False),
    )
    rubric, manifest = made / "rubric.py", made / "assignment.toml"
    rubric.write_text(rubric.read_text().replace("lambda x, w, _b: x @ w,", "affine,"))

    assert run("assignment", "publish", made).exit_code == 1
    sound = manifest.read_text()
    manifest.write_text(sound.replace("[[files]]", "[rehearsal]\ncaught = 0.5\nnamed = 0.5\n\n[[files]]", 1))
    assert run("assignment", "publish", made).exit_code == 0
    manifest.write_text(sound.replace("[[files]]", "[rehearsal]\ncaught = 1.5\n\n[[files]]", 1))
    assert "rehearsal.caught is 1.5" in run("assignment", "publish", made).stderr


@pytest.mark.box
def test_an_assignment_outside_the_repository_passes_the_whole_gate(run, made):
    """Its samples are graded in boxes and its hostile students block nothing."""
    ended = run("assignment", "validate", made, "--json", "--seeds", 2)
    outcome = json.loads(ended.stdout.splitlines()[-1])

    assert ended.exit_code == 0, outcome["shortcomings"]
    assert [sample["name"] for sample in outcome["samples"]] == ["right", "starter"]
    assert outcome["samples"][0]["peak_mib"] > 0
    assert outcome["hostiles"]["tried"] >= 160


@pytest.mark.box
def test_the_gate_finds_what_only_a_box_shows(run, made):
    """A right sample that is wrong, a starter that earns points and a probe that trips over a reply are all told."""
    right, starter = made / "samples" / "right" / "layers.py", made / "starter" / "layers.py"
    right.write_text(right.read_text().replace("x @ w + b", "x @ w"))
    starter.write_text(starter.read_text() + "\n\ndef affine(x, w, b):\n    return x @ w + b\n")
    (made / "known.py").unlink()  # its patches are of the right sample as it was
    rubric = made / "rubric.py"
    asked = "subject.softmax(draw.normal(n, k, scale=2.0))"
    rubric.write_text(rubric.read_text().replace(asked, f"['no', 'yes'][int(abs({asked}[0, 0]))]", 1))
    ended = run("assignment", "validate", made, "--json", "--seeds", 1)
    said = "\n".join(json.loads(ended.stdout.splitlines()[-1])["shortcomings"])

    assert ended.exit_code == 1
    assert "Sample right: affine gets 0 of 1" in said
    assert "Sample starter: affine gets 1 points" in said
    assert "A hostile student stops the grading: huge" in said


@pytest.fixture
def fit(monkeypatch):
    """Makes each rehearsal end well without a box."""
    outcome = rehearsing.GateResult("nets-hw2", Gate(), Rehearsal(()))
    monkeypatch.setattr(authoring, "_rehearsed", lambda *_, **__: outcome)


def test_publishing_puts_a_copy_where_the_service_reads(run, made, fit, tmp_path):
    """A second time replaces the first; nothing else is left behind."""
    home = tmp_path / "course" / "nets_hw2"
    for title in ("First", "Second"):
        manifest = made / "assignment.toml"
        manifest.write_text(manifest.read_text().replace("Nets, Part 2", title).replace("First", title))
        assert run("assignment", "publish", made).exit_code == 0

    assert read_assignment(home).title == "Second"
    assert sorted(path.name for path in home.parent.iterdir()) == ["nets", "nets_hw2"]


def test_what_is_published_is_described_before_anybody_finds_it(run, made, fit, tmp_path):
    """Rows, points and known mistakes are in the service's database, under the version that its folder has."""
    chosen = Settings()
    migrations.upgrade(chosen.database)
    told = run("assignment", "publish", made).stdout
    database = Database.open(chosen)
    published = read_assignment(tmp_path / "course" / "nets_hw2")
    with database.read() as db:
        described = Descriptions().of(db, "nets-hw2", published.version)
    database.close()

    assert described is not None
    assert [(row.id, row.part) for row in described.criteria] == [("affine", "layers.py"), ("softmax", "layers.py")]
    assert described.points == published.points
    assert described.mistakes["affine-without-bias"].says
    assert "worker" not in told


def test_where_the_database_is_not_to_be_had_a_worker_describes_what_is_published(run, made, fit, tmp_path):
    """The command says so; it makes no database of its own."""
    told = run("assignment", "publish", made)

    assert told.exit_code == 0, told.output
    assert "as soon as one of the service's workers has read them" in told.stdout
    assert not (tmp_path / "var" / "chainrule.db").exists()


def test_rows_in_the_manifest_are_passed_over_with_a_remark(run, made):
    """An older assignment still passes; its author learns what to delete."""
    with (made / "assignment.toml").open("a") as manifest:
        manifest.write('\n[[criteria]]\nid = "affine"\ntitle = "Affine"\npart = "layers.py"\npoints = "3"\n')
    ended = run("assignment", "validate", made, "--unboxed", "--json", "--seeds", 1)

    assert ended.exit_code == 0
    assert "criteria is not read any more" in ended.stderr


def test_known_submissions_under_their_former_name_are_not_passed_over(run, made):
    """Left unread, they would hold nothing any more, and nobody would notice."""
    (made / "known.py").rename(made / "rehearsal.py")
    ended = run("assignment", "validate", made, "--unboxed", "--seeds", 1)

    assert (ended.exit_code, "read from known.py now" in ended.stderr) == (1, True)


def test_publishing_does_not_take_anothers_slug(run, made, fit):
    """The slug of the course's other assignment stays its own."""
    for file in ("assignment.toml", "rubric.py"):
        path = made / file
        path.write_text(path.read_text().replace("nets-hw2", "nets-hw1"))
    ended = run("assignment", "publish", made)

    assert ended.exit_code == 1
    assert "is taken by" in ended.stderr


def test_a_working_folder_that_the_settings_name_can_be_published_elsewhere(run, made, fit, monkeypatch, tmp_path):
    """The way that the guide takes: tried from where it lies, then published to the service's folder."""
    monkeypatch.setenv("CHAINRULE_ASSIGNMENT_DIRS", f'["{made.parent}"]')

    assert run("assignment", "publish", made, "--to", tmp_path / "srv").exit_code == 0
    assert read_assignment(tmp_path / "srv" / "nets_hw2").slug == "nets-hw2"


def test_without_a_place_to_publish_to_the_command_says_so(run, made, fit, monkeypatch):
    """The remedy is a setting, and it is named."""
    monkeypatch.delenv("CHAINRULE_ASSIGNMENT_DIRS")
    ended = run("assignment", "publish", made)

    assert ended.exit_code == 2
    assert "CHAINRULE_ASSIGNMENT_DIRS" in ended.stderr


def test_the_template_travels_with_the_command():
    """All the template's parts are there."""
    names = {path.relative_to(TEMPLATE).as_posix() for path in Path(TEMPLATE).rglob("*.*") if path.suffix != ".pyc"}

    assert names == {"assignment.toml", "rubric.py", "known.py", "starter/layers.py", "samples/right/layers.py"}
