"""Boxes that stay from one grading to the next."""

from typing import Any

import pytest

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, Died, Raised
from grading.domain.verdict import Tier
from grading.rehearsal.reusing import Reused
from grading.sandbox import Loaded, UnitResult
from tests.evaluation.fakes import FakeBox, program

LIMITS = Limits(part_s=10.0)


class Opened(FakeBox):
    """A box that counts how often it was loaded, run and asked for figures."""

    did: list[str]

    def load(self) -> Loaded:
        """Count, then load."""
        self.did.append("load")
        return super().load()

    def run_unit(self, index: int, *, timeout_s: float) -> UnitResult:
        """Count, then run."""
        self.did.append(f"cell {index}")
        return super().run_unit(index, timeout_s=timeout_s)

    def figures(self) -> Any:
        """Only those drawn since last asked."""
        self.did.append("figures")
        drawn, self.drawn = self.drawn, ()
        return drawn


class Sandbox:
    """Opens boxes of one kind, and keeps them."""

    tier = Tier.FULL

    def __init__(self, **made_with: Any) -> None:
        self.made_with = made_with
        self.opened: list[Opened] = []
        self.limits: list[Limits] = []

    def open(self, program: Any, *, limits: Limits, seed: int, device: str) -> Opened:
        """A fresh box."""
        box = Opened({"double": lambda x: 2 * x, "die": _die}, **self.made_with)
        box.did = []
        self.opened.append(box)
        self.limits.append(limits)
        return box


def _die() -> None:
    raise Died("gone")


def graded(boxes: Reused, mode: str = "definitions", seed: int = 1) -> Any:
    """A box as a session gets it."""
    return boxes.open(program(mode), limits=LIMITS, seed=seed, device="cpu")


def test_a_program_is_loaded_once_and_asked_often() -> None:
    """Each grading sees the same definitions and asks anew; the process is one."""
    sandbox = Sandbox()
    boxes = Reused(sandbox, 3)
    for seed in (1, 2, 3):
        box = graded(boxes, seed=seed)

        assert [d.name for d in box.load().defined] == ["double", "die"]
        assert box.call("double", seed) == 2 * seed
        box.end()
    assert len(sandbox.opened) == 1
    assert sandbox.opened[0].did == ["load"]
    assert not sandbox.opened[0].ended


def test_a_run_is_seen_by_every_grading() -> None:
    """Cells run once; each grading is given what they did, failures and figures included."""
    sandbox = Sandbox(unit_results=[UnitResult("cell 1", printed="3"), Raised("ValueError", "no")], drawn=("a figure",))
    boxes = Reused(sandbox, 2)
    for _ in range(2):
        box = graded(boxes, "run")

        assert box.run_unit(0, timeout_s=1.0).printed == "3"
        with pytest.raises(AnswerFault, match="no"):
            box.run_unit(1, timeout_s=1.0)
        assert box.figures() == ("a figure",)
        sandbox.opened[0].spent = False
        box.end()
    assert sandbox.opened[0].did == ["cell 0", "cell 1", "figures"]


def test_what_is_spent_is_opened_anew() -> None:
    """A program that ends its process is started again for the next grading."""
    sandbox = Sandbox()
    boxes = Reused(sandbox, 2)
    box = graded(boxes)
    with pytest.raises(Died):
        box.call("die")
    box.end()

    assert sandbox.opened[0].ended
    assert graded(boxes).call("double", 4) == 8
    assert len(sandbox.opened) == 2


def test_each_grading_counts_its_own_seconds() -> None:
    """The box has the time of all gradings; each grading is told its own."""
    sandbox = Sandbox()
    boxes = Reused(sandbox, 4)
    first = graded(boxes)
    first.call("double", 1)
    spent = first.student_s
    second = graded(boxes)

    assert spent == pytest.approx(0.001)
    assert second.student_s == 0.0
    assert sandbox.limits[0].part_s == 40.0


def test_closing_ends_every_box() -> None:
    """Nothing is left running."""
    sandbox = Sandbox()
    boxes = Reused(sandbox, 2)
    graded(boxes)
    graded(boxes, "run")
    boxes.close()

    assert [box.ended for box in sandbox.opened] == [True, True]


def test_what_a_run_left_behind_is_asked_for_once() -> None:
    """The inventory of a run is the same for every grading; a question that draws afresh is put each time."""
    sandbox = Sandbox(drivers={"vision_inventory": lambda: {"networks": []}, "initial_tensors": lambda name: name})
    boxes = Reused(sandbox, 2)
    for _ in range(2):
        box = graded(boxes, "run")

        assert box.drive("vision_inventory") == {"networks": []}
        assert box.drive("initial_tensors", "w1") == "w1"
    assert sandbox.opened[0].asked == ["vision_inventory", "initial_tensors", "initial_tensors"]
