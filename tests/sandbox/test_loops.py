"""Loops that are cut in the box, here without one: the guest's own functions on small programs."""

from pathlib import Path
from typing import Any

import pytest

from grading.sandbox.guest.drivers.calls import trace_call
from grading.sandbox.guest.program import loader, loops
from grading.sandbox.guest.program.state import ProgramState, Unit

COUNTING = "    done = []\n{loop}\n        done.append(i)\n    return done\n"
HEADS = {
    "range": "    for i in range(1, 50001):",
    "range of an argument": "    for i in range(n):",
    "while from zero": "    i = -1\n    while i < 50000:\n        i += 1",
    "while from one": "    i = 0\n    while i < 50000:\n        i += 1",
    "while an argument says so": "    i = -1\n    while i < n:\n        i += 1",
    "short while": "    i = -1\n    while i < 9:\n        i += 1",
    "for ever": "    i = -1\n    while True:\n        i += 1",
    "another count": "    import itertools\n    for i in itertools.count():",
}


def loaded(source: str, *, first_line: int = 1) -> ProgramState:
    """A program of one unit, with its loops ready to be cut."""
    namespace: dict[str, Any] = {"__name__": "program"}
    program = ProgramState(
        "notebook.ipynb", "definitions", [Unit("cell 1", source, first_line)], namespace, {}, 400, seed=0, work=Path()
    )
    loops.install(program)
    loader.execute(program, 0)
    return program


def rounds_of(reply: dict[str, Any]) -> int:
    """How many rounds the function went, as its list tells."""
    return len(reply["value"] if reply["value"] is not None else reply["locals"]["done"])


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("head", HEADS)
def test_a_loop_goes_as_many_rounds_as_asked(head: str, most: int) -> None:
    """However a training loop counts, it is cut to the rounds that the question needs, no more and no fewer."""
    program = loaded("def train(n=50000):\n" + COUNTING.format(loop=HEADS[head]), first_line=3)

    assert rounds_of(trace_call(program, "train", steps=most, capture=False)) == most


def test_a_loop_over_layers_is_no_training() -> None:
    """A loop over something that is no count goes to its end."""
    program = loaded("def train(n=50000):\n" + COUNTING.format(loop="    for i in ('W1', 'W2', 'W3'):"))

    assert rounds_of(trace_call(program, "train", steps=1)) == 3


def test_without_steps_nothing_is_cut() -> None:
    """Only a question that names its steps cuts a loop."""
    program = loaded("def train(n=50000):\n" + COUNTING.format(loop="    i = -1\n    while i < 9:\n        i += 1"))

    assert rounds_of(trace_call(program, "train")) == 10


def test_an_imported_range_is_cut_as_well() -> None:
    """`from builtins import range`, as old notebooks have it, does not take the cutting range away."""
    program = loaded("from builtins import range\ndef train(n=50000):\n" + COUNTING.format(loop=HEADS["range"]))

    assert rounds_of(trace_call(program, "train", steps=2)) == 2
