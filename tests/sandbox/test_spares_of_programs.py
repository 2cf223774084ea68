"""Slicing never blames: what was left out runs where a question needs it."""

import pytest

from grading.domain.errors import Raised
from grading.programs import definitions
from grading.sandbox import Sandbox, SandboxConfig
from tests.programs.zoo import source_of

pytestmark = pytest.mark.box


@pytest.fixture(scope="module")
def sandbox():
    """One for all of these."""
    with Sandbox.start(SandboxConfig(images=("numpy",))) as started:
        yield started


def answer(sandbox: Sandbox, *cells: str) -> object:
    """What `f(5)` gives, and the repairs."""
    program = definitions(source_of(*cells), wanted=["f"])
    with sandbox.open(program, seed=1) as box:
        box.load()
        return box.call("f", 5), box.repairs


def test_a_name_that_only_heavy_code_gives_is_there(sandbox: Sandbox):
    """A training whose result a function reads, here as a class with fit()."""
    trained = "class Net:\n    def fit(self):\n        self.w = 3\n        return self\nnet = Net().fit()\nw = net.w"
    value, repairs = answer(sandbox, "def f(x):\n    return w * x", trained)

    assert value == 15
    assert any("run after all, since `net` is needed" in said for said in repairs)


def test_what_it_needs_in_turn_is_run_too(sandbox: Sandbox):
    """One spare after another."""
    cells = ("def f(x):\n    return c + x", "import time\na = [time.sleep(0), 1][1]\nb = [time.sleep(0), a][1]",
             "c = [time.sleep(0), b + 1][1]")  # fmt: skip
    assert answer(sandbox, *cells)[0] == 7


def test_a_name_that_nobody_gives_stays_the_students(sandbox: Sandbox):
    """A NameError of the program's own is what it is."""
    with pytest.raises(Raised) as raised:
        answer(sandbox, "def f(x):\n    return x + nowhere", "f(2)")

    assert raised.value.exception == "NameError"


def test_a_cell_may_await_and_future_imports_hold_on(sandbox: Sandbox):
    """As in IPython."""
    cells = (
        "from __future__ import annotations\nimport asyncio",
        "await asyncio.sleep(0)\nSTEP = await asyncio.sleep(0, 4)",
        "class Node:\n    def next(self) -> Node:\n        return self\n\ndef f(x):\n    return x + STEP",
    )
    assert answer(sandbox, *cells)[0] == 9


def test_nobody_answers_input_and_a_default_counts(sandbox: Sandbox):
    """`input() or 2` is two."""
    assert answer(sandbox, "def f(x):\n    return x * n", "n = int(input('how many? ') or 2)")[0] == 10
