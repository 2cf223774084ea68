"""Cells that fail for our cutting loops short are run again, less shortened: here without a box."""

from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from grading.sandbox.guest.program import again, loader, loops
from grading.sandbox.guest.program.state import ProgramState, Unit
from grading.sandbox.guest.watching.loading import LoadingWatch
from grading.sandbox.guest.watching.networks import NetworkWatch

EPOCHS = "for epoch in __few__((range(5))):\n    {}\n"


def program_of(*sources: str) -> ProgramState:
    """A notebook run as a whole, with loops that train cut to two rounds."""
    units = [Unit(f"cell {i}", source) for i, source in enumerate(sources, start=1)]
    program = ProgramState(
        "notebook.ipynb", "run", units, {"__name__": "__main__"}, {"epochs": 2}, None, seed=0, work=Path()
    )
    loops.install(program)
    return program


def faults_of(program: ProgramState) -> dict[str, str]:
    """Run all units: label → what went wrong."""
    faults: dict[str, str] = {}
    for index, unit in enumerate(program.units):
        try:
            loader.execute(program, index)
        except Exception as fault:  # noqa: BLE001 - whatever a cell raises
            faults[unit.label] = loader.describe(fault)["text"]
    return faults


RIGHT = {
    "a plot over all epochs in the cell": (
        "history = []\n" + EPOCHS.format("history.append(epoch)") + "assert len(history) == len(range(1, 6))",
    ),
    "a plot over all epochs in a later cell": (
        "history = []",
        EPOCHS.format("history.append(epoch)"),
        "assert len(history) == 5",
    ),
    "a history kept in an object": (
        "class Log:\n    def __init__(self): self.values = {'loss': []}\nlog = Log()",
        EPOCHS.format("log.values['loss'].append(epoch)"),
        "assert log.values['loss'] == [0, 1, 2, 3, 4]",
    ),
    "what is set in the last round": (EPOCHS.format("if epoch == 4: last = epoch") + "print(last)",),
    "two loops, one report": (
        "history = []",
        EPOCHS.format("history.append(1)"),
        EPOCHS.format("history.append(2)"),
        "assert history == [1] * 5 + [2] * 5",
    ),
    "a function that trains": (
        (
            "def fit(epochs=5):\n    kept = []\n    for e in __few__((range(epochs))):\n        kept.append(e)\n"
            "    assert len(kept) == epochs\n    return kept"
        ),
        "a = fit()\nb = fit(7)",
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_fails_for_a_cut_loop_comes_to_its_end(what: str) -> None:
    """No fault is left, and the repair is listed."""
    program = program_of(*RIGHT[what])

    assert faults_of(program) == {}
    assert any("run again" in repair for repair in program.repairs)


def test_a_program_that_bears_the_cut_keeps_it() -> None:
    """Nothing is run twice without need."""
    program = program_of("count = 0\n" + EPOCHS.format("count += 1"))

    assert faults_of(program) == {}
    assert program.namespace["count"] == 2
    assert program.repairs == []


@pytest.mark.parametrize(
    ("sources", "ours"),
    [
        (("raise ValueError('mine')",), False),
        ((EPOCHS.format("pass"), "raise ValueError('mine')"), False),
        ((EPOCHS.format("total = epoch") + "raise ValueError('mine')",), True),
        ((EPOCHS.format("total = epoch"), "print(total)\nraise ValueError('mine')"), True),
    ],
)
def test_what_fails_all_the_same_says_whether_it_may_be_ours(sources: tuple[str, ...], ours: bool) -> None:
    """Only a failure in or after what was cut may be, and it is told in the student's words otherwise."""
    (text,) = faults_of(program_of(*sources)).values()

    assert text.startswith("mine")
    assert (again.NOTE in text) is ours


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first failure is told then."""
    monkeypatch.setattr(again, "CPU_S", 0.05)
    slow = "sum(i for i in range(200_000))"
    program = program_of(
        f"done = []\nfor e in __few__((range(10**6))):\n    done.append({slow})\nassert len(done) == 10**6"
    )

    assert again.NOTE in faults_of(program)["cell 1"]


def test_what_is_set_at_a_hundredth_step_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes over data have many batches where a cell failed for few; they are as long as their loader says."""
    for name in ("__init__", "__iter__", "__len__"):
        monkeypatch.setattr(DataLoader, name, getattr(DataLoader, name))
    program = program_of(
        "step = 0\nfor epoch in __few__((range(3))):\n    for i, x in enumerate(batches):\n        step += 1\n"
        "        if step % 100 == 0: mean = i\n    if i == len(batches) - 1: last = i\n    print(mean, last)"
    )
    watch = LoadingWatch({"batches": 3}, lambda _: None, NetworkWatch())
    monkeypatch.setattr(watch.stand_ins, "install", lambda: None)
    watch.install()
    program.scratch[again.WATCH] = type("Watch", (), {"loading": watch})()
    program.namespace["batches"] = DataLoader(torch.arange(4000), batch_size=2)  # type: ignore[arg-type]

    assert faults_of(program) == {}
    assert len(program.namespace["batches"]) == 3
