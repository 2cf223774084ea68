"""Why an assignment is not fit to publish: each reason by itself is enough. No box is started here."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli import authoring
from grading.assignments.catalog import read_assignment
from grading.domain.assignment import Gate, Limits
from grading.rehearsal.gate import GateResult
from grading.rehearsal.performances import Met, Performance, Rehearsal
from grading.rehearsal.queue import Attacked, Known
from grading.rehearsal.samples import MIB, Devices, Hostiles, Sample, over_budget

SEEDS = (1, 2, 3, 4)


def played(role: Any, *, passed: int, named: int = 0, fault: str = "") -> Rehearsal:
    """A rehearsal with one performance."""
    row = Performance("f.py", "row", "f", role, "it", SEEDS, frozenset(SEEDS[:passed]), frozenset(SEEDS[:named]))
    return Rehearsal((replace(row, fault=fault),))


def met(caught: int, named: int) -> Known:
    """A wrong submission that lost its row, and was named, on so many of four seeds."""
    return Known(4, 1, (Met("row", "a patch", 4, caught, named, ()),), {})


FIT = GateResult("hw1", Gate(caught=0.75, named=0.5), played("mistake", passed=0, named=4))
REFUSALS: dict[str, tuple[GateResult, str]] = {
    "a right answer that fails": (replace(FIT, rehearsal=played("reference", passed=3)), "passes on 3 of 4 seeds"),
    "a check that breaks": (replace(FIT, rehearsal=played("mistake", passed=0, named=4, fault="it broke")), "it broke"),
    "mistakes that keep their points": (replace(FIT, known=met(1, 1)), "62.5% of the known mistakes lose"),
    "mistakes without their name": (
        replace(FIT, rehearsal=played("mistake", passed=0), known=met(4, 3)), "37.5% of the known mistakes are given",
    ),
    "a sample": (replace(FIT, samples=(Sample("right", 4, ("row gets 0 of 1: no",)),)), "Sample right: row gets 0"),
    "a known submission": (replace(FIT, known=Known(faults=("np.dot: row gets 0 of 1",))), "Known submission np.dot"),
    "a hostile student": (replace(FIT, hostiles=Hostiles(336, ("huge: row: it raised",))), "stops the grading: huge"),
    "an attack": (replace(FIT, attacked=Attacked(80, ("forges_frames: row pays 1",))), "The attack forges_frames"),
    "a GPU": (replace(FIT, devices=Devices(4, "", ("right, seed 1: row is failed",))), "Processor and GPU disagree"),
}  # fmt: skip


def test_what_reaches_every_threshold_is_fit() -> None:
    """Exactly at the manifest's shares as well."""
    assert FIT.good
    assert replace(FIT, rehearsal=Rehearsal(()), known=met(3, 2)).good


@pytest.mark.parametrize("reason", REFUSALS)
def test_each_reason_by_itself_refuses(reason: str) -> None:
    """One shortcoming, in words to the author; nothing else is wrong."""
    outcome, said = REFUSALS[reason]
    [found] = outcome.shortcomings

    assert said in found
    assert not outcome.good
    assert not outcome.to_json()["good"]


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_is_refused_is_not_published(run, tmp_path: Path, monkeypatch: Any, reason: str) -> None:
    """The command ends with the author's exit code, and no folder appears."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(authoring, "_rehearsed", lambda *_, **__: REFUSALS[reason][0])
    made = run("assignment", "new", "hw1")

    assert made.exit_code == 0, made.output
    assert run("assignment", "publish", "hw1", "--to", tmp_path / "srv").exit_code == 1
    assert not (tmp_path / "srv" / "hw1").exists()
    assert json.loads(run("assignment", "validate", "hw1", "--json").stdout)["shortcomings"]


@pytest.mark.parametrize(
    ("seconds", "mebibytes", "said"),
    [(50.0, 500, ""), (50.1, 500, "limits.part_s = 100"), (50.0, 501, "limits.memory_bytes = 1000 MiB")],
)
def test_a_right_sample_keeps_inside_its_share_of_time_and_memory(seconds: float, mebibytes: int, said: str) -> None:
    """The manifest's headroom is the share; what is beyond it is told with the limit to raise."""
    assignment = replace(
        read_assignment(authoring.TEMPLATE),
        limits=Limits(part_s=100.0, memory_bytes=1000 * MIB),
        gate=Gate(headroom=0.5),
    )
    found = over_budget(assignment, seconds, mebibytes * MIB)

    assert [said in one for one in found] == [True] * bool(said)
