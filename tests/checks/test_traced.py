"""A training function seen from outside: parameters after some steps, and what is in sight after the first."""

from typing import Any

import numpy as np
import pytest

from grading.authoring.requirement import remarks_kept
from grading.checks.traced import Training, shows_array, shows_scores
from grading.domain.errors import BadReply
from reference_models.mlp import softmax

N, CLASSES = 30, 3
RNG = np.random.default_rng(0)
START = {"W": RNG.normal(size=(4, CLASSES)), "b": RNG.normal(size=(1, CLASSES))}
MOVED = {name: value + 1e-3 for name, value in START.items()}
TRAINED = Training(
    "train", ("W", "b"), before=1, returns="it should return W and b", loop="for i in range(9)", examples=N
)
SCORES = RNG.normal(size=(N, CLASSES))
LABELS = RNG.integers(0, CLASSES, N)


def after(**reply: Any) -> dict[str, Any]:
    """What is found in one reply of the driver."""
    return TRAINED.after(lambda *_, **__: {"value": None, **reply}, steps=2, start=START)


@pytest.mark.parametrize(
    "reply",
    [
        {"value": ([0.1, 0.2], MOVED["W"], MOVED["b"])},
        {"value": ([0.1, 0.2], MOVED["W"], MOVED["b"], "more")},
        {"value": MOVED},
        {"value": [MOVED["b"][0], 5 + MOVED["W"], MOVED["W"]]},
        {"locals": {"model": MOVED}},
        {"locals": {"weights": MOVED["W"], "bias": MOVED["b"], "dW": 9 + MOVED["W"]}},
    ],
    ids=["by place", "and more", "by name", "by shape", "in a model", "among the locals"],
)
def test_parameters_are_found_wherever_they_are(reply: dict[str, Any]) -> None:
    """In what is returned or what is left in the function; of several that fit, the one nearest to its start."""
    found = after(**reply)

    assert all(np.array_equal(found[name], MOVED[name]) for name in START)


def test_a_bias_that_was_broadcast_is_kept_as_it_is() -> None:
    """Wrong, and worth its name."""
    wide = np.ones((N, 1)) * MOVED["b"]

    assert after(value=([0.1, 0.2], MOVED["W"], wide))["b"].shape == wide.shape


def test_what_is_missing_is_named() -> None:
    """The student reads which parameters were not found."""
    with pytest.raises(BadReply, match="shape of b; it should return"):
        after(value=MOVED["W"])


def test_a_loop_that_is_not_cut_is_refused_and_a_short_one_remarked() -> None:
    """The plots have one entry for each iteration; where its length tells the loop from others, it is cut by that."""
    lengths: list[int | None] = []

    def put(*_: Any, loop_length: int | None = None, **__: Any) -> dict[str, Any]:
        lengths.append(loop_length)
        plot = [0.5] * (7 if loop_length is None or stubborn else 2)
        return {"value": [plot, list(plot), MOVED["W"], MOVED["b"]]}

    stubborn = False
    with remarks_kept() as said:
        TRAINED.after(put, steps=2, start=START, when_short="It runs {ran} times.")
    assert ([one.message for one in said], lengths) == (["It runs 7 times."], [None, 7])

    stubborn = True
    with pytest.raises(BadReply, match="ran its loop 7 times where 2"):
        TRAINED.after(put, steps=2, start=START)


LIKELIHOOD = softmax(SCORES)[np.arange(N), LABELS]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (SCORES + 5, True),
        (SCORES.T, True),
        (np.exp(SCORES), True),
        (softmax(SCORES), True),
        ((softmax(SCORES) - np.eye(CLASSES)[LABELS]) / N, True),
        (-np.log(LIKELIHOOD), True),
        (float(-np.log(LIKELIHOOD).mean()), True),
        (2 * SCORES, False),
        (RNG.normal(size=(N, CLASSES)), False),
        (0.123, False),
    ],
)
def test_scores_are_seen_in_whatever_follows_from_them(value: Any, seen: bool) -> None:
    """Shifted, as probabilities, as the loss or its gradient; other numbers are not taken for them."""
    watched = TRAINED.watched(lambda *_, **__: {"value": None, "locals": {"it": value}})

    assert shows_scores(watched, SCORES, LABELS) is seen
    assert watched["raised"] == ""


def test_what_was_computed_before_an_error_counts() -> None:
    """Beside what it had printed by then."""
    raised = {"exception": "ValueError", "text": "no", "where": "line 3"}
    loss = float(-np.log(LIKELIHOOD).mean())
    watched = TRAINED.watched(
        lambda *_, **__: {"value": None, "locals": {"a": START["W"]}, "raised": raised, "printed": f"loss {loss:.6f}"}
    )

    assert "ValueError" in watched["raised"]
    assert shows_array(watched, START["W"])
    assert shows_scores(watched, SCORES, LABELS)
