"""Known mistakes of the three-layer network's passes and of its training: each leads somewhere else."""

import numpy as np
import pytest

from grading.mistakes.backward_pass import BACKWARD, TRAINING
from grading.mistakes.forward_pass import FORWARD
from reference_models.mlp import NAMES
from tests.reference_models.test_mlp import NET, REG, X, Y, parameters


@pytest.mark.parametrize("known", FORWARD, ids=lambda known: known.id)
def test_forward_mistakes_change_the_scores(known):
    """A known mistake of the forward pass gives other scores, for one activation function at least."""
    p, wrong = parameters(), known.variant()

    assert any(
        not np.allclose(wrong.forward(p, X, f).scores, NET.forward(p, X, f).scores, rtol=1e-4) for f in ("SIGM", "RELU")
    )


@pytest.mark.parametrize("known", [*BACKWARD, *TRAINING], ids=lambda known: known.id)
def test_backward_mistakes_lead_elsewhere(known):
    """After two steps a known mistake is somewhere else, for one activation function at least."""
    ends = [
        [kind.train(f, X, Y, parameters(), 0.3, REG, steps=2).parameters for kind in (NET, known.variant())]
        for f in ("SIGM", "RELU")
    ]

    assert any(
        right[name].shape != wrong[name].shape or not np.allclose(right[name], wrong[name], rtol=1e-4)
        for right, wrong in ends
        for name in NAMES
    )
