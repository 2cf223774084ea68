"""The rehearsal: right answers pass, mistakes lose their row and are named, hostile students block nothing."""

import json
from typing import Any

import numpy as np
import pytest

from grading.authoring import Mistake, Rubric
from grading.domain.assignment import Limits
from grading.domain.verdict import Status, Tier
from grading.evaluation.criteria import Evaluation
from grading.evaluation.session import Session
from grading.evaluation.student import BoxedStudent
from grading.rehearsal.performances import Rehearsal, rehearse
from grading.rehearsal.replaying import Hostility, Recorder, Replay, hostilities
from tests.evaluation.asked import SQUARED, TRIPLED, twin
from tests.evaluation.fakes import FakeBox, program
from tests.evaluation.sample import make_part, right


def rehearsed(part: Any, seeds: int = 3) -> Rehearsal:
    """A rubric of that part alone."""
    rubric = Rubric("some-hw", points="1")
    rubric.add(part)
    return rehearse(rubric, range(seeds))


def test_a_sound_rubric_is_good() -> None:
    """Everything is caught and named, and the table says so in plain JSON."""
    found = rehearsed(twin(mistakes=[SQUARED, TRIPLED]))

    assert (found.good, found.caught, found.named) == (True, 1, 1)
    assert json.loads(json.dumps(found.to_json()))["good"]


def test_a_mistake_that_keeps_the_points_lowers_the_mutation_score() -> None:
    """It is listed with the seeds on which it gets through, and is no fault of a right answer."""
    found = rehearsed(twin(mistakes=[TRIPLED, Mistake("none", says="Nothing.", f=lambda x: x + x)]))

    assert [(m.mistake, m.caught, m.seeds) for m in found.missed] == [("none", 0, 3)]
    assert (found.good, float(found.caught), found.faults) == (False, 0.5, ())


def test_two_mistakes_that_are_the_same_lower_the_share_that_is_named() -> None:
    """The second is caught, and called by the first one's name."""
    found = rehearsed(twin(mistakes=[TRIPLED, Mistake("thrice", says="Thrice.", f=lambda x: x + x + x)]))
    second = found.mistakes[1]

    assert (second.caught, second.named, second.instead) == (3, 0, ("tripled",))
    assert (float(found.caught), float(found.named)) == (1.0, 0.5)


def test_a_reference_that_no_answer_can_equal_is_a_fault() -> None:
    """No threshold forgives a check that a right answer fails."""
    found = rehearsed(twin(reference=lambda x: x * np.nan))

    assert not found.good
    assert "NaN" in found.faults[0]


def test_a_rehearsal_asks_the_reference_once_for_each_draw() -> None:
    """Many students are judged on the same draws; our own answers are remembered between them."""
    asked: list[int] = []

    def counting(x: Any) -> Any:
        asked.append(1)
        return 2 * x

    few, many = [TRIPLED], [TRIPLED, SQUARED]
    rehearsed(twin(reference=counting, mistakes=few), 1)
    first, asked[:] = len(asked), []
    rehearsed(twin(reference=counting, mistakes=many), 1)

    assert first == len(asked)


class FakeSandbox:
    """A sandbox whose boxes answer from plain functions."""

    tier = Tier.FULL

    def __init__(self, functions: dict[str, Any]) -> None:
        self.functions = functions

    def open(self, program: Any, *, limits: Limits, seed: int, device: str) -> FakeBox:
        """A fresh box."""
        return FakeBox(self.functions)


def rows_of(sandbox: Any) -> list[Any]:
    """The sample part's rows with boxes of that sandbox."""
    part = make_part()
    opened = lambda p: sandbox.open(p, limits=Limits(), seed=1, device="cpu")  # noqa: E731 - the session's own word
    session = Session({"definitions": program()}, opened, Limits())
    return Evaluation(part, BoxedStudent(session, part.expects), 1, renew=session.renew).results()


def test_a_replay_without_hostility_is_the_right_sample() -> None:
    """What was recorded answers every question of the same run, in whatever order."""
    recorder = Recorder(FakeSandbox(right()))
    first = rows_of(recorder)

    assert rows_of(Replay(recorder, Hostility("none", lambda reply: reply, inside=False))) == first
    assert {row.status for row in first} == {Status.PASSED}


def test_there_are_at_least_160_kinds_each_in_two_ways() -> None:
    """Every kind replaces whole replies once, and parts of them once; no two have one name."""
    names = [h.name for h in hostilities()]

    assert len(names) == len(set(names)) >= 2 * 160


@pytest.mark.parametrize("kind", ["none", "huge", "all_nan", "transposed", "raises", "dies", "overruns", "huge_int"])
def test_a_replayed_hostile_student_pays_and_nobody_else(kind: str) -> None:
    """The rubric's own questions are put to it, and its rows fail without an error."""
    recorder = Recorder(FakeSandbox(right()))
    rows_of(recorder)
    for hostility in (h for h in hostilities() if h.kind == kind):
        rows = rows_of(Replay(recorder, hostility))

        assert Status.ERROR not in {row.status for row in rows}, hostility.name
        assert hostility.inside or {row.points for row in rows} == {0}
