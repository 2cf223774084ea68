"""What a killed sandbox leaves behind is removed by the next one, and what a living one needs is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.sandbox import leftovers
from grading.sandbox.leftovers import OwnFolder

KILLED = """
import os
from grading.sandbox.leftovers import OwnFolder
(OwnFolder().path / "errors").touch()
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary files, for this test alone."""
    monkeypatch.setattr(leftovers.tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_of_a_killed_sandbox_is_removed_and_that_of_a_living_one_is_not(temporary: Path):
    """Whoever lives holds a lock; a young folder may not have its lock yet."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    subprocess.run([sys.executable, "-c", KILLED], cwd=root, env=environment, check=False)
    living = OwnFolder()

    assert len(list(temporary.iterdir())) == 2
    assert leftovers.tidy() == 0
    assert leftovers.tidy(older_than_s=0) == 1
    assert list(temporary.iterdir()) == [living.path]

    living.remove()

    assert list(temporary.iterdir()) == []


def test_what_only_looks_like_a_sandbox_is_left_alone(temporary: Path):
    """A file, and a link that leads elsewhere."""
    (temporary / f"{leftovers.PREFIX}file").touch()
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (temporary / f"{leftovers.PREFIX}link").symlink_to(elsewhere)

    assert leftovers.tidy(older_than_s=0) == 0
    assert elsewhere.exists()
