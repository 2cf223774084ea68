"""What a rehearsal makes of the reports on known submissions; no box is started here."""

from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from grading.authoring.patches import Patch, Patches
from grading.domain.errors import HouseFault
from grading.domain.report import CriterionResult, Explanation, Finding, NamedMistake
from grading.domain.verdict import Status
from grading.rehearsal.messages import RehearsalReply
from grading.rehearsal.queue import KnownSubmissions, dealt
from tests.store.course import report_for

KEPT = CriterionResult("affine", "Affine", "", Decimal(1), Decimal(1), Status.PASSED)
SAID = Finding("affine", False, Explanation(seen="No.", mistake=NamedMistake("no-bias")))
LOST = replace(KEPT, points=Decimal(0), status=Status.FAILED, findings=(SAID,))


class FakeQueue:
    """Gives scripted outcomes, one for each seed, to a submission whose content has a word in it."""

    def __init__(self, script: dict[str, Any]) -> None:
        self.script = script
        self.seeds: list[list[int]] = []

    def submit(self, submission: Any, seeds: Any) -> "Future[RehearsalReply]":
        """The reply as the rehearsal's judge gives it."""
        self.seeds.append(list(seeds))
        content = submission.files[0].content.decode()
        found = next(found for word, found in self.script.items() if word in content)
        reply: Future[RehearsalReply] = Future()
        if isinstance(found, Exception):
            reply.set_exception(found)
        else:
            reports = (replace(report_for(b""), criteria=(found.get(seed, KEPT),)) for seed in seeds)
            reply.set_result(RehearsalReply(tuple(reports)))
        return reply


@pytest.fixture
def known(tmp_path):
    """One wrong and one right way to write a file."""
    (tmp_path / "layers.py").write_text("x @ w + b")
    wrong = Patch("bias forgotten", ((" + b", ""),), ("affine",), "no-bias")
    right = Patch("np.dot", (("x @ w", "dot(x, w)"),))
    return tmp_path, [Patches("layers.py", wrong=[wrong], right=[right])]


def found(known: Any, script: dict[str, Any], seeds: range, boxes: int = 1) -> tuple[Any, FakeQueue]:
    """The outcome, and the queue that it was submitted to."""
    folder, patches = known
    at = FakeQueue(script)
    return KnownSubmissions(folder, patches, at, seeds, boxes).found({"layers.py": ["affine"]}), at


def test_every_seed_counts(known):
    """A wrong submission that keeps its points on one seed of three is caught on two."""
    outcome, _ = found(known, {"dot": {}, "x @ w": {1: LOST, 3: LOST}}, range(1, 4))
    [met] = outcome.mistakes

    assert (met.caught, met.named, met.seeds) == (2, 2, 3)
    assert outcome.right == {("layers.py", "np.dot"): 3}
    assert outcome.always_right == 1
    assert outcome.faults == ()


def test_a_right_submission_that_loses_on_one_seed_is_told(known):
    """Which seed it was stands beside it, and it no longer counts among those that keep every point."""
    outcome, _ = found(known, {"dot": {2: LOST}, "x @ w": dict.fromkeys(range(1, 4), LOST)}, range(1, 4))

    assert outcome.faults == ("np.dot: affine gets 0 of 1: No. (seed 2)",)
    assert (outcome.right, outcome.always_right) == ({("layers.py", "np.dot"): 2}, 0)


def test_seeds_are_dealt_out_between_boxes(known):
    """Each box has its share of the seeds; all of them are asked."""
    outcome, at = found(known, {"dot": {}, "x @ w": dict.fromkeys(range(1, 6), LOST)}, range(1, 6), boxes=2)

    assert at.seeds == [[1, 2], [3, 4, 5]] * 2
    assert (outcome.seeds, outcome.boxes, outcome.mistakes[0].caught) == (5, 2, 5)
    assert [list(share) for share in dealt(range(1, 3), 9)] == [[1], [2]]


def test_a_grading_that_breaks_is_told(known):
    """What was not graded is a fault and no success."""
    outcome, _ = found(known, {"dot": HouseFault("gone"), "x @ w": {1: LOST}}, range(1, 2))

    assert outcome.faults == ("np.dot: gone (seed 1)",)
    assert outcome.always_right == 0
