"""Where the interpreter and our packages may lie: a box sees the first and not the second, wherever that is."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from grading.domain.errors import Raised
from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.conformance import CANARY, Backend

pytestmark = [pytest.mark.box, pytest.mark.timeout(330)]

REPOSITORY = Path(__file__).resolve().parents[2]
# What a zygote cannot do without.
NEEDED = (
    "numpy",
    "matplotlib",
    "mpl_toolkits",
    "PIL",
    "pillow",
    "contourpy",
    "cycler",
    "dateutil",
    "six",
    "kiwisolver",
)
ALSO = ("packaging", "pyparsing", "fontTools")
OURS = ("grading", "reference_models", "api", "worker", "cli", "migrations")
PRIVATE = ("/tmp", "/dev/shm", "/var/tmp", str(Path.home()))
# Enters the view as a warden does, and lays a box's folders as its init does; then says what is seen.
LOOK = """
import json, os, sys
from grading.sandbox.guest.confinement import syscalls, view

installed, laid, kept = json.loads(sys.argv[1]), view.interpreter_paths(), {}
view.interpreter_paths = lambda: tuple(sorted({*laid, *(f"{folder}/lib" for folder in installed)}))
try:
    view.leave_host(inner_root=os.geteuid() == 0)
    view.enter(data=None, checkpoints=None, hidden=[f"{folder}/lib/state" for folder in installed])
    syscalls.unshare(syscalls.CLONE_NEWPID)
except OSError as refused:
    sys.exit(f"refused: {refused}")
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
view.lay(file_bytes=1 << 20, uid=0, gid=0)
for folder in installed:
    seen = [name for name in os.listdir(f"{folder}/lib")]
    hidden = os.listdir(f"{folder}/lib/state")
    try:
        open(f"{folder}/lib/spoilt", "w")
        seen.append("written")
    except OSError:
        pass
    kept[folder] = [open(f"{folder}/lib/module.py").read(), sorted(seen), hidden, os.path.exists(f"{folder}/beside")]
print(json.dumps(kept))
"""


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("tests")
        shutil.copytree(source, target, copy_function=_link_or_copy, ignore=ignored)
    else:
        _link_or_copy(str(source), str(target))


@pytest.fixture(scope="module")
def environment() -> Iterator[Path]:
    """An environment below /tmp, which becomes the box's own, with our packages installed beside the others.

    The service's state lies in it too.
    """
    with tempfile.TemporaryDirectory(prefix="chainrule-test-", dir="/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        (packages,) = folder.glob("venv/lib/python3*/site-packages")
        installed = Path(np.__file__).parents[1]
        for entry in installed.iterdir():
            if entry.name.partition(".")[0] in (*NEEDED, *ALSO):
                _copy(entry, packages / entry.name)
        for name in OURS:
            _copy(REPOSITORY / name, packages / name)
        (packages / "state").mkdir()
        (packages / "state" / "database").write_text(CANARY)
        yield folder / "venv"


@pytest.fixture(scope="module", params=[Tier.FULL, Tier.CONTAINED], ids=lambda tier: tier.value)
def backend(request: pytest.FixtureRequest, environment: Path) -> Iterator[Backend]:
    """A sandbox of one tier whose boxes run on that environment."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    config = SandboxConfig(
        images=("numpy",), tier=request.param, python=environment / "bin" / "python", hidden=(packages / "state",)
    )
    with Sandbox.start(config) as sandbox:
        if sandbox.tier is not request.param:
            with Sandbox.start(SandboxConfig(images=("numpy",), tier=request.param)) as ordinary:
                assert ordinary.tier is sandbox.tier, "the environment must not cost a tier"
            pytest.skip(f"this machine gives no more than {sandbox.tier.value}: {sandbox.why}")
        yield Backend(sandbox, REPOSITORY, packages)


def test_an_environment_below_a_private_folder_is_seen(backend: Backend) -> None:
    """Late imports work where the interpreter lies below /tmp, and /tmp is the box's own all the same."""
    source = """
        import os, sys, tempfile
        def late():
            import colorsys, numpy.polynomial.chebyshev
            return sys.prefix, numpy.polynomial.chebyshev.__file__
        def scratch():
            with tempfile.NamedTemporaryFile() as file: file.write(b"x")
            return os.listdir(tempfile.gettempdir())
        def spoils(): open(sys.prefix + "/spoilt", "w")
        """
    packages = str(backend.state)
    with backend.box(source) as box:
        prefix, file = box.call("late")

        assert packages.startswith(prefix)
        assert file.startswith(packages)
        assert set(box.call("scratch")) <= {packages.split("/")[2], *(REPOSITORY.parts[2:3])}
        with pytest.raises(Raised):
            box.call("spoils")


def test_any_place_for_an_installation_is_shown() -> None:
    """Below each folder that a box gets a private one for, and below homes: the libraries, read-only, and no more."""
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place))) for place in PRIVATE]
        for folder in folders:
            (folder / "lib" / "state").mkdir(parents=True)
            (folder / "lib" / "state" / "database").write_text(CANARY)
            (folder / "lib" / "module.py").write_text("x = 1")
            (folder / "beside").write_text(CANARY)
        command = [sys.executable, "-c", LOOK, json.dumps([str(folder) for folder in folders])]
        looked = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
        if looked.stderr.startswith("refused"):
            pytest.skip(f"no view can be made on this machine: {looked.stderr}")

        assert looked.returncode == 0, looked.stderr
        for seen in json.loads(looked.stdout).values():
            assert seen == ["x = 1", ["module.py", "state"], [], False]


def test_our_packages_beside_the_others_are_not_seen(backend: Backend) -> None:
    """Installed like any package, our rubrics and references cannot be read: nor can a state folder among them."""
    source = """
        import importlib, os, sys
        def reads(root):
            found = []
            for folder, folders, files in os.walk(root):
                for name in files:
                    try:
                        with open(os.path.join(folder, name), "rb") as file: file.read(1)
                        found.append(os.path.join(folder, name))
                    except OSError: pass
            return found
        def imports(name): return str(importlib.import_module(name))
        """
    with backend.box(source) as box:
        for name in (*OURS, "state"):
            assert list((backend.state / name).rglob("*"))
            assert box.call("reads", str(backend.state / name)) == [], name
        for name in (
            "grading.pipeline",
            "reference_models.activations",
            "grading.rehearsal.attacks",
            "api.app",
            "worker.app",
        ):
            with pytest.raises(Raised) as seen:
                box.call("imports", name)

            assert seen.value.exception in ("ModuleNotFoundError", "PermissionError")
        assert box.call("reads", str(backend.state / "numpy"))
