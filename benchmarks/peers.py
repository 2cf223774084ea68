"""The small assignment of `two_layer`, by Chainrule and by what else is installed.

Chainrule warm: a judge that is already there, as in the service. Cold: the command, with everything it starts.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.table import Row, middle, milliseconds, seconds_of, spread
from grading.assignments.catalog import read_assignment
from grading.intake import read_paths
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig

FOLDER = Path(__file__).parent / "two_layer"
ROOT = FOLDER.parents[1]
ROUNDS = 7
SAMPLES = ("right", "wrong")
# Graders that start a kernel or a container for each submission; a ratio to them needs their own
# set-up of the assignment.
OTHERS = {"Otter-Grader": "otter", "nbgrader": "nbgrader", "PyBryt": "pybryt", "nbclient with a kernel": "ipykernel"}

# What a course without a grader has: the module imported into the process that asks, asserts, a seed written down.
PLAIN = """
import numpy as np
from numpy.testing import assert_allclose as close
import two_layer as t
r = np.random.default_rng(0)
X, Y = r.normal(size=(3, 2)), np.array([[0.0], [1.0], [1.0]])
W1, b1, W2, b2 = r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=(3, 1)), r.normal(size=1)
def right(X, W1):
    Z = X @ W1 + b1
    return Z, 1 / (1 + np.exp(-(np.maximum(Z, 0) @ W2 + b2)))
Z, P = right(X, W1)
d2 = (P - Y) / 3
def test_sigmoid(): close(t.sigmoid(np.array([-2.0, 0, 2, 5])), 1 / (1 + np.exp([2.0, 0, -2, -5])), 1e-6, 1e-9)
def test_relu(): close(t.relu(np.array([-2.0, 0, 2, 5])), [0, 0, 2, 5], 1e-6, 1e-9)
def test_forward(): close(t.forward(X, W1, b1, W2, b2)[0], P, 1e-6, 1e-9)
def test_forward_without_hidden(): close(t.forward(2 * X, 0 * W1, b1, W2, b2)[0], right(X, 0 * W1)[1], 1e-6, 1e-9)
def test_dW2(): close(t.backward(X, Y, W1, b1, W2, b2)[2], np.maximum(Z, 0).T @ d2, 1e-6, 1e-9)
def test_dW1(): close(t.backward(X, Y, W1, b1, W2, b2)[0], X.T @ ((d2 @ W2.T) * (Z > 0)), 1e-6, 1e-9)
"""
ALONE = """
for name, test in list(globals().items()):
    if name.startswith("test_"):
        try:
            test()
        except Exception:
            print("failed", name)
"""


def rows() -> Iterator[Row]:
    """Each grader on each sample, interleaved; then the one that never ends."""
    assignment = read_assignment(FOLDER)
    with ExitStack() as stack:
        judge = stack.enter_context(Judge.start(JudgeConfig(assignment_dirs=(FOLDER,))))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        actions: dict[str, Callable[[Path], object]] = {
            "Chainrule, warm": lambda p: judge.grade(read_paths([p], assignment), "two-layer", seed=1),
            "Chainrule, the command": lambda p: _run([sys.executable, "-m", "cli", "grade", str(p), *_ARGUMENTS], ROOT),
            "python and asserts": lambda p: _beside(folder, p, [sys.executable, "asked.py"]),
        }
        if importlib.util.find_spec("pytest"):
            pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_asked.py"]
            actions["pytest"] = lambda p: _beside(folder, p, pytest)
        yield from _compared(actions)
        looping = FOLDER / "samples" / "looping"
        took = seconds_of(lambda: actions["Chainrule, warm"](looping))
        limit = f"limit {assignment.limits.call_s:g} s a call"
        yield Row("Chainrule, warm: sigmoid loops for ever", milliseconds(took), limit, "pytest, python: never end")
    for name, module in OTHERS.items():
        installed = importlib.util.find_spec(module) is not None
        yield Row(name, "not measured" if installed else "not installed", "", "no adapter here" if installed else "")


_ARGUMENTS = ("--assignment", "two-layer", "--json")


def _compared(actions: dict[str, Callable[[Path], object]]) -> Iterator[Row]:
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for sample in SAMPLES:
            path = FOLDER / "samples" / sample
            for name, action in actions.items():
                taken.setdefault((name, sample), []).append(seconds_of(partial(action, path)))
    for sample in SAMPLES:
        unit = middle(taken["python and asserts", sample])
        for name in actions:
            seconds = taken[name, sample]
            ratio = f"{middle(seconds) / unit:.2g} × python and asserts"
            yield Row(f"{name}: {sample}", milliseconds(middle(seconds)), ratio, spread(seconds))


def _beside(folder: Path, sample: Path, command: list[str]) -> None:
    """Run a command where the sample and the questions lie side by side."""
    shutil.copyfile(sample / "two_layer.py", folder / "two_layer.py")
    (folder / "test_asked.py").write_text(PLAIN, encoding="utf-8")
    (folder / "asked.py").write_text(PLAIN + ALONE, encoding="utf-8")
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    _run(command, folder)


def _run(command: list[str], folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "OMP_NUM_THREADS": "1"}
    environment["CHAINRULE_ASSIGNMENT_DIRS"] = f'["{FOLDER}"]'
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    # pytest ends with 1 where a test failed, which the wrong sample is for.
    if ran.returncode not in {0, 1}:
        raise RuntimeError(f"{command} ended with {ran.returncode}: {ran.stderr.decode(errors='replace')[-2000:]}")
