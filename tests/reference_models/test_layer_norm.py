"""Layer normalisation against torch's, forward and backward."""

import numpy as np
import torch

from reference_models.layer_norm import LayerNorm

DRAW = np.random.default_rng(5)
X, GAIN, SHIFT, UPSTREAM = (
    DRAW.normal(2, 3, (6, 4)),
    DRAW.normal(1, 1, 4),
    DRAW.normal(0, 1, 4),
    DRAW.normal(0, 1, (6, 4)),
)


def test_values_and_slopes_are_torchs():
    """Every entry, with the gain and the shift."""
    x, gain, shift = (torch.tensor(a, requires_grad=True) for a in (X, GAIN, SHIFT))
    y = torch.nn.functional.layer_norm(x, (4,), gain, shift)
    y.backward(torch.tensor(UPSTREAM))
    slopes = LayerNorm().backward(UPSTREAM, X, GAIN)

    np.testing.assert_allclose(LayerNorm().forward(X, GAIN, SHIFT), y.detach().numpy(), rtol=1e-10)
    for ours, theirs in ((slopes.x, x), (slopes.gain, gain), (slopes.shift, shift)):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-8, atol=1e-12)


def test_a_row_is_blind_to_its_own_scale_and_level():
    """Up to eps: rows that are shifted and stretched come out the same."""
    moved = 100 * X + DRAW.normal(0, 9, (6, 1))

    np.testing.assert_allclose(
        LayerNorm().forward(moved, GAIN, SHIFT), LayerNorm().forward(X, GAIN, SHIFT), rtol=1e-4, atol=1e-4
    )
