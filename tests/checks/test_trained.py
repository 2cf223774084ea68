"""What a whole run leaves behind: who has learned, who has not, and what a person decides."""

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.outcome import Band
from grading.checks.trained import (
    UNDECIDED,
    Answered,
    Machine,
    ask_machines,
    ask_networks,
    best,
    kernels_compared,
    loops_openly,
    settings_varied,
)
from grading.domain.errors import BadReply
from grading.domain.submission import SubmittedFile
from grading.programs import read_source

DRAW = Draw(2, "a test")
ENOUGH = Band(0.7, usual=0.95, seeds=0)


def answering(share: float) -> tuple[list[Answered], np.ndarray]:
    """A network that is right on such a share of points, in every class."""
    labels = np.arange(400) % 2
    right = DRAW.uniform(len(labels)) < share
    outputs = np.eye(2)[np.where(right, labels, 1 - labels)]
    return [Answered("by hand", "cell 3", outputs)], labels


@pytest.mark.parametrize(("share", "mistake"), [(0.98, None), (0.78, None), (0.64, "below-band"), (0.5, "untrained")])
def test_what_has_learned_is_told_from_guessing(share: float, mistake: str | None) -> None:
    """Clearly better than guessing is learned, guessing is not, and a person decides in between."""
    conclusion = best(*answering(share), 2, ENOUGH)

    assert (conclusion.holds, conclusion.mistake_id or None) == (mistake is None, mistake)
    assert share != 0.64 or conclusion.mistake in UNDECIDED


def test_the_best_network_counts() -> None:
    """Experiments that diverge cost nothing; where all do, that is told."""
    good, labels = answering(0.95)
    lost = Answered("by hand", "cell 5", np.full((len(labels), 2), np.nan))

    assert best([*good, lost], labels, 2, ENOUGH).holds
    assert best([lost], labels, 2, ENOUGH).mistake_id == "diverged"


@pytest.mark.parametrize(
    ("code", "openly"),
    [
        ("for epoch in range(3):\n    params = sgd(params, backward(params, outputs, Y), eta)", True),
        ("if __name__ == '__main__':\n    while True:\n        L.backward()", True),
        ("def train(params):\n    for epoch in range(3):\n        L.backward()\ntrain(dict(params))", False),
        ("for k in range(3):\n    print(k)", False),
        ("for epoch in range(:", False),
    ],
)
def test_only_loops_outside_of_functions_are_seen(code: str, openly: bool) -> None:
    """What a function trains and keeps to itself is no loop that learned nothing."""
    assert loops_openly(read_source(SubmittedFile("circlesV1.py", code.encode()))) is openly


def machine(kernel: str, share: float, **settings: str) -> Machine:
    """One that is right on such a share of a hundred points, all of class 1."""
    return Machine(kernel, tuple(settings.items()), (np.arange(100) < 100 * share).astype(np.int64))


@pytest.mark.parametrize(
    ("machines", "mistake"),
    [
        ([machine("linear", 0.55), machine("rbf", 0.95)], ""),
        ([machine("linear", 0.55), machine("rbf", 0.05)], ""),
        ([machine("rbf", 0.95), machine("rbf", 0.9)], "one-kernel"),
        ([machine("poly", 0.95), machine("rbf", 0.9)], "linear-missing"),
        ([machine("linear", 0.55), machine("rbf", 0.6)], "machine-not-better"),
    ],
)
def test_kernels_are_compared_where_a_line_and_a_curve_were_tried(machines: list[Machine], mistake: str) -> None:
    """Whichever class comes first, a curve must do better than any line."""
    conclusion = kernels_compared(machines, np.ones(100, dtype=np.int64), curved=0.8, straight=0.75)

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


def test_a_line_that_separates_rings_is_given_more_than_points() -> None:
    """It costs nothing, and is told."""
    conclusion = kernels_compared([machine("linear", 0.9), machine("rbf", 0.9)], np.ones(100, np.int64), curved=0.8,
                                  straight=0.75)  # fmt: skip

    assert conclusion.holds
    assert "more than the two coordinates" in conclusion.remarks[0]


def test_settings_are_varied_within_a_kernel() -> None:
    """Another kernel is no other setting."""
    assert not settings_varied([machine("linear", 1, C="1"), machine("rbf", 1, C="2")]).holds
    assert settings_varied([machine("rbf", 1, C="1"), machine("rbf", 1, C="2")]).holds


def test_replies_are_taken_apart_with_care() -> None:
    """An answer of another shape is none; a machine that answers something else is no reply."""
    X = np.zeros((4, 2))
    row = {"kind": "module", "label": "cell 1", "out": np.zeros((4, 3))}

    assert ask_networks(lambda _: [row], X, 2) == [Answered("module", "cell 1", None)]
    with pytest.raises(BadReply):
        ask_machines(lambda _: [{"kernel": "rbf", "settings": {}, "said": np.zeros(3)}], X)
