"""Forward passes: layer by layer, and every example by itself."""

from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks import forward
from grading.domain.errors import BadReply

N = 6


def network(x: np.ndarray, p: dict[str, np.ndarray], slip: str = "") -> dict[str, np.ndarray]:
    """Two layers, right or with one slip."""
    z = x @ p["W1"] + (0 if slip == "missing-b1" else p["b1"])
    hidden = z if slip == "no-activation" else np.maximum(z, 0)
    scores = hidden @ p["W2"] + p["b2"]
    return {"hidden": hidden, "scores": np.maximum(scores, 0) if slip == "activated-scores" else scores}


def case(seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Inputs and parameters, all sizes different."""
    draw = Draw(seed, "forward")
    shapes = {"W1": (4, 5), "b1": (1, 5), "W2": (5, 3), "b2": (1, 3)}
    return draw.normal(N, 4), {name: draw.normal(*shape) for name, shape in shapes.items()}


SLIPS = ("missing-b1", "no-activation", "activated-scores")


@pytest.mark.parametrize("seed", range(10))
def test_a_right_network_passes_in_either_precision(seed: int) -> None:
    """Computed in the student's own dtype."""
    x, p = case(seed)
    single = network(x.astype(np.float32), {n: v.astype(np.float32) for n, v in p.items()})

    assert forward.layers(network(x, p), network(x, p)).holds
    assert forward.layers(single, network(x, p), dtype="float32").holds


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("slip", SLIPS)
def test_known_mistakes_are_named_and_the_first_layer_told(slip: str, seed: int) -> None:
    """What follows the first error only passes it on."""
    x, p = case(seed)
    known = {name: network(x, p, name) for name in SLIPS}
    conclusion = forward.layers(network(x, p, slip), network(x, p), known)

    assert conclusion.mistake == slip
    assert conclusion.evidence["layer"] == ("scores" if slip == "activated-scores" else "hidden")


def test_an_unknown_mistake_is_told_by_its_place() -> None:
    """The student's own entry, never the right one."""
    x, p = case(0)
    got = network(x, p)
    got["hidden"] = got["hidden"].copy()
    got["hidden"][2, 3] = 777.0
    conclusion = forward.layers(got, network(x, p))

    assert (conclusion.evidence["layer"], conclusion.evidence["index"], conclusion.evidence["got"]) == (
        "hidden",
        [2, 3],
        777.0,
    )


def test_another_shape_is_told_first() -> None:
    """A transposed layer by name."""
    x, p = case(0)
    right = network(x, p)

    assert forward.layers(right | {"hidden": right["hidden"].T}, right).mistake == "layer-transposed"
    assert forward.layers(right | {"hidden": right["hidden"][:2]}, right).mistake == "layer-shape"
    with pytest.raises(BadReply):
        forward.layers({"hidden": None, "scores": "x"}, right)


MIXED: dict[str, Any] = {
    "": lambda s: s,
    "examples-mixed": lambda s: s - s.mean(axis=0),
    "order-matters": lambda s: np.cumsum(s, axis=0),
    "layer-transposed": lambda s: s.T,
    "layer-shape": lambda s: s[:2],
}


@pytest.mark.parametrize("mistake", MIXED)
def test_examples_are_judged_by_themselves(mistake: str) -> None:
    """Neither order nor company changes a row."""
    for seed in range(5):
        x, p = case(seed)
        conclusion = forward.by_itself(
            lambda rows, p=p: MIXED[mistake](network(rows, p)["scores"]), x, Draw(seed, "own")
        )

        assert (conclusion.holds, conclusion.mistake) == (not mistake, mistake), conclusion.message
