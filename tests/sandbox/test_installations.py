"""Where the interpreter and our packages may lie: a box sees the first and not the second, wherever that is."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grading.domain.errors import Raised
from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.conformance import CANARY, Backend

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]

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
OURS = ("grading", "reference_models")


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("tests", "__pycache__")
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
        assert set(box.call("scratch")) <= {packages.split("/")[2]}
        with pytest.raises(Raised):
            box.call("spoils")


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
        for name in ("grading.pipeline", "reference_models.activations"):
            with pytest.raises(Raised) as seen:
                box.call("imports", name)

            assert seen.value.exception in ("ModuleNotFoundError", "PermissionError")
        assert box.call("reads", str(backend.state / "numpy"))
