"""Run by root, the tests hold the sandbox that an ordinary user starts against the same behaviours.

Such a user makes a user namespace first, owns no control group, and cannot give a box's processes a uid of their own on
the host. Where root's interpreter lies in root's home, the system's own is taken, with the packages of ours.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(600)]

REPOSITORY = Path(__file__).resolve().parents[2]
TRIED = [f"tests/sandbox/test_{name}.py" for name in ("conformance", "spares", "devices", "starting")]
NOBODY_S = 54_321
SETPRIV = shutil.which("setpriv")


def others_reach(path: Path) -> bool:
    """Whether everybody may go where the path leads."""
    real = path.resolve()
    return real.exists() and all(folder.stat().st_mode & stat.S_IXOTH for folder in (real, *real.parents))


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the ordinary user's, where everybody may look for it."""
    folder = Path(tempfile.mkdtemp(prefix="chainrule-ordinary-"))
    os.chown(folder, NOBODY_S, NOBODY_S)
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def interpreter(home: Path) -> Path:
    """One that an ordinary user can start, with the packages that these tests run with."""
    if others_reach(Path(sys.executable)):
        return Path(sys.executable)
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    if not others_reach(system) or not others_reach(Path(sys.prefix, "lib")):
        pytest.skip(f"an ordinary user reaches neither {sys.executable} nor another interpreter of this version")
    (home / "venv" / "bin").mkdir(parents=True)
    (home / "venv" / "bin" / "python").symlink_to(system)
    (home / "venv" / "lib").symlink_to(Path(sys.prefix, "lib").resolve())
    (home / "venv" / "pyvenv.cfg").write_text(f"home = {system.parent}\ninclude-system-site-packages = false\n")
    return home / "venv" / "bin" / "python"


@pytest.mark.skipif(os.geteuid() != 0 or SETPRIV is None, reason="only root can become somebody else")
def test_an_ordinary_users_sandbox_does_what_any_must(home: Path, interpreter: Path) -> None:
    """Every behaviour in both tiers, and what it cannot do there is known by name."""
    if not others_reach(REPOSITORY):
        pytest.skip(f"an ordinary user does not reach {REPOSITORY}")
    identity = [f"--reuid={NOBODY_S}", f"--regid={NOBODY_S}", "--clear-groups", "--inh-caps=-all"]
    options = ["-m", "", "-p", "no:cacheprovider", "-p", "no:randomly", "-q", "-rs", f"--basetemp={home}/tests"]
    ended = subprocess.run(
        [str(SETPRIV), *identity, interpreter, "-m", "pytest", *TRIED, *options],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert " passed" in ended.stdout
