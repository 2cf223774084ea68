"""`examples/`: assignments to be read in one go, fit to publish as they stand."""

import json
from pathlib import Path

import pytest

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/assignment.toml"))
MOST_LINES = 150


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_is_short_and_catches_its_mistakes(run, course, folder):
    """Python and manifest together fit on two screens; every known mistake is caught and named."""
    lines = sum(len(path.read_text().splitlines()) for path in folder.iterdir() if path.suffix in {".py", ".toml"})
    ended = run("assignment", "validate", folder, "--unboxed", "--json", "--seeds", 3)

    assert lines < MOST_LINES
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["rehearsal"]["named"] == 1.0


@pytest.mark.box
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_passes_the_whole_gate(run, course, folder):
    """Samples, known submissions, hostile students and attacks, in boxes."""
    ended = run("assignment", "validate", folder, "--json", "--seeds", 2)

    assert ended.exit_code == 0, json.loads(ended.stdout.splitlines()[-1])["shortcomings"]


def test_there_is_an_example_with_drivers_of_its_own():
    """What the template leaves out can be seen somewhere."""
    assert any((folder / "drivers.py").is_file() for folder in EXAMPLES)
