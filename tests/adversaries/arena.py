"""Where attacks are tried: one warm judge, secrets planted all around it, and a neighbour who did nothing wrong."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.assignments.catalog import BUILT_IN
from grading.domain.report import GradedRun
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from tests.acceptance.conftest import NOTEBOOK_1, SLUG, right

TARGET, HASTY = "adversary-target", "adversary-target-hasty"
WAS_HERE = "chainrule-was-here"
SPARE, ZYGOTES = "chainrule-spare", ("chainrule-numpy", "chainrule-torch")
SHORT = {"call_s = 5.0": "call_s = 0.8", "cell_s = 45.0": "cell_s = 2.0", "part_s = 120.0": "part_s = 3.0"}
ROOMY = "\nmemory_bytes = 402_653_184\nfile_bytes = 16_777_216\nprocesses = 32"


@dataclass
class Canaries:
    """Secrets by the place where they were planted."""

    planted: dict[str, str] = field(default_factory=dict)

    def plant(self, place: str) -> str:
        """A new one."""
        canary = self.planted[place] = "CANARY-" + secrets.token_hex(12)
        return canary

    def among(self, text: str) -> list[str]:
        """Places whose secret is in a text."""
        return [place for place, canary in self.planted.items() if canary in text]


class Arena:
    """A judge with everything around it that an attack could want.

    Args:
        folder: of this arena alone; laid out like a service's state.
    """

    def __init__(self, folder: Path) -> None:
        self.canaries = Canaries()
        self._state = folder
        self._scratch = folder / "scratch"
        self._scratch.mkdir()
        self._open: list[int] = []
        self._plant_files()
        dirs = tuple(self._plant_assignment(slug) for slug in (TARGET, HASTY))
        with _environment(self._secret_variables()):
            self._plant_descriptors()
            self.judge = Judge.start(JudgeConfig(assignment_dirs=dirs, warm=False))
        content = right(NOTEBOOK_1).replace(
            b"The logistic function", self.canaries.plant("another submission").encode() + b" logistic function"
        )
        self._neighbour = Submission((SubmittedFile(NOTEBOOK_1, content),))
        self.undisturbed = self.neighbour()

    def neighbour(self) -> dict[str, Any]:
        """The honest neighbour's report, without what differs from one grading to the next."""
        report: dict[str, Any] = self.judge.grade(self._neighbour, SLUG, seed=7).report.to_json()
        return {key: value for key, value in report.items() if key != "run"}

    def grade(self, submission: Submission, *, seed: int, hasty: bool = False) -> GradedRun:
        """Grade one submission against the target assignment."""
        return self.judge.grade(submission, HASTY if hasty else TARGET, seed=seed)

    def leaked(self, reply: GradedRun) -> list[str]:
        """Places whose secret is in a report or its figures."""
        pixels = b"".join(reply.figures.values()).decode("latin-1")
        return self.canaries.among(json.dumps(reply.report.to_json(), ensure_ascii=False) + pixels)

    def traces(self) -> list[str]:
        """Files that an attack left outside its box."""
        places = [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp"), Path.cwd(), Path.home(), self._state]
        found = [path for place in places if place.is_dir() for path in place.glob(f"*{WAS_HERE}*")]
        assert list(self._scratch.glob("chainrule-*")), "the boxes are somewhere else"
        # Only where this judge's boxes have their folders: other judges of this machine may be under attack as well.
        # `walk`, because folders come and go meanwhile.
        deep = [f"{at}/{name}" for at, _, names in os.walk(self._scratch) for name in names if WAS_HERE in name]
        return [*map(str, found), *deep]

    def left_after(self, seconds: float) -> list[str]:
        """Processes of boxes that are still there when the time is up; returns as soon as there are none."""
        return left_after(self.judge.pid, seconds)

    def close(self) -> None:
        """End the judge."""
        self.judge.close()
        for descriptor in self._open:
            os.close(descriptor)

    # -- secrets ---------------------------------------------------------------------------------------

    def _secret_variables(self) -> dict[str, str]:
        plant = self.canaries.plant
        return {
            "DATABASE_URL": f"postgresql://{plant('the database address')}@localhost/chainrule",
            "CELERY_BROKER_URL": f"redis://:{plant('the broker address')}@localhost",
            "SECRET_KEY": plant("the session key"),
            "GITHUB_TOKEN": plant("a token in the environment"),
            # This one the judge itself is given; a box must not be.
            "LD_LIBRARY_PATH": f"/nonexistent/{plant('the environment of the judge')}",
            "TMPDIR": str(self._scratch),
        }

    def _plant_files(self) -> None:
        plant = self.canaries.plant
        (self._state / "blobs").mkdir()
        for name, place in (
            ("chainrule.db", "the database"),
            ("beside-the-database.txt", "a file beside the database"),
            ("token", "a token in a file"),
            ("blobs/" + "ab" * 32, "a stored submission"),
            ("rubric-notes.md", "a note about the rubric"),
        ):
            path = self._state / name
            path.write_text(plant(place), encoding="utf-8")
            path.chmod(0o644)
        self._state.chmod(0o755)

    def _plant_descriptors(self) -> None:
        for name in ("chainrule.db", "token"):
            descriptor = os.open(self._state / name, os.O_RDONLY)
            os.set_inheritable(descriptor, True)
            self._open.append(descriptor)
        reader, writer = os.pipe()
        os.write(writer, self.canaries.plant("an inherited pipe").encode())
        for end in (reader, writer):
            os.set_inheritable(end, True)
            self._open.append(end)

    def _plant_assignment(self, slug: str) -> Path:
        """The homework under another name, with secrets in its rubric and beside it."""
        folder = self._state / f"assignments-{slug}" / slug
        shutil.copytree(BUILT_IN / "cmpsc497_hw2", folder, ignore=shutil.ignore_patterns("__pycache__"))
        manifest = (folder / "assignment.toml").read_text(encoding="utf-8").replace(SLUG, slug)
        limits = {"[limits]": "[limits]" + ROOMY} | (SHORT if slug == HASTY else {})
        for old, new in limits.items():
            assert old in manifest
            manifest = manifest.replace(old, new)
        (folder / "assignment.toml").write_text(manifest, encoding="utf-8")
        rubric = (folder / "rubric.py").read_text(encoding="utf-8").replace(f'"{SLUG}"', f'"{slug}"')
        rubric += f'\nEXPECTED = "{self.canaries.plant(f"the rubric of {slug}")}"\n'
        # In the judge's memory, on the very function that answers are held against.
        rubric += "from reference_models import activations as planted\n"
        rubric += f'planted.sigmoid.secret = "{self.canaries.plant(f"the reference of {slug}")}"\n'
        (folder / "rubric.py").write_text(rubric, encoding="utf-8")
        (folder / "expected.txt").write_text(self.canaries.plant(f"a file of {slug}"), encoding="utf-8")
        return folder.parent


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def left_after(root: int, seconds: float) -> list[str]:
    """Students' processes below a process that are still there when the time is up."""
    end = time.monotonic() + seconds
    while (left := _students(root)) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def _students(root: int) -> list[str]:
    """Processes of boxes: in a process namespace of their own, and not its init; or a zygote's child."""
    parents = {pid: parent for pid in _processes() if (parent := _parent(pid))}
    names = {pid: _status(pid, "Name") for pid in parents}
    descendants, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in descendants} - descendants
        grown = bool(more)
        descendants |= more
    found, spared = [], set()
    for pid in sorted(descendants - {root}):
        numbers = _status(pid, "NSpid").split()
        parent = names.get(parents[pid], "")
        if names[pid] == SPARE and parent.startswith(ZYGOTES) and parents[pid] not in spared:
            # One that nobody has used yet. A second one of a zygote would be somebody who took its name.
            spared.add(parents[pid])
        elif (len(numbers) > 1 and numbers[-1] != "1") or parent.startswith(ZYGOTES):
            found.append(f"{pid} {names[pid]} {_status(pid, 'State')} of {parent}, NSpid {numbers}")
    return found


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> int:
    return int(_status(pid, "PPid") or 0)


def _status(pid: int, key: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key + ":")), "")
