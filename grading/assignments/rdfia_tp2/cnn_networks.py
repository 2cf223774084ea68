"""2-cd's networks: whether small pictures fit, what dropout changes in training mode, how the rate falls."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Subject
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import ImageNetwork, outputs, state_of, stopped
from grading.checks.small_networks import layers, nearest, weights_for
from grading.mistakes import architecture, training
from reference_models.small_cnn import CONVNET

Array = npt.NDArray[np.float64]
ROUNDED_DOWN = replace(CONVNET, widths=(64 * 3 * 3, *CONVNET.widths[1:]), ceil=False)
"""Where the last pooling rounds 7 down to 3; the row on crops is about that."""

SHAPES = (CONVNET, ROUNDED_DOWN)
IMAGES = 3
DECAY = 0.95
RATE_TOLERANCE = 2e-3


def ceiling(network: ImageNetwork) -> Conclusion:
    """Whether pictures of 28 x 28 reach 1024 inputs."""
    if network.linears and network.linears[0].weight[1] == ROUNDED_DOWN.widths[0]:
        said = f"The first linear layer of {network.kind} has 576 inputs, 64 maps of 3 x 3."
        return wrong(said, architecture.NO_CEIL_MODE)
    if not network.small:
        return wrong(
            f"{network.kind} takes pictures of 32 x 32 only: for 28 x 28 the sizes do not fit.",
            architecture.NO_CEIL_MODE if layers(network, SHAPES).holds else None,
        )
    return right()


def _state(network: ImageNetwork, draw: Draw) -> dict[str, Array]:
    shape = nearest(network, SHAPES)
    return state_of(network, weights_for(network, shape, draw), first_linear=shape.first_linear)


def dropout(student: Subject, network: ImageNetwork, draw: Draw) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Whether what enters the last linear layer changes from one training pass to the next, and only there."""
    if not network.linears:
        return wrong(f"{network.kind} has no linear layers.")
    images = draw.torch.normal(IMAGES, 3, network.side, network.side)
    state = _state(network, draw) if layers(network, SHAPES).holds else {}
    evaluation, _, raised = outputs(student, network, state, images)
    varied, entered, error = outputs(student, network, state, images, training=3)
    if raised or error:
        return stopped(network, raised or error)
    if not _equal(evaluation):
        return wrong("In evaluation mode two passes of the same pictures differ.", architecture.DROPOUT_IN_EVALUATION)
    last = [one[-1] for one in entered if one]
    first = [one[0] for one in entered if one]
    if len(network.linears) > 1 and not _equal(last):
        between = _between(network)
        if not _equal(first) and not between and _before(network):
            said = "In training mode the input of the first linear layer varies from pass to pass already."
            return wrong(said, architecture.DROPOUT_BEFORE_FC4)
        said = "There is dropout before the linear layers as well: allowed."
        return right(said) if not _equal(first) else right()
    if not _equal(varied) and len(network.linears) == 1:
        return wrong(f"{network.kind} has one linear layer: there is no place between two of them.")
    if not _equal(varied):
        return wrong("In training mode only the scores vary from pass to pass.", architecture.DROPOUT_ON_SCORES)
    return wrong("Three passes of the same pictures in training mode are equal.", architecture.NO_DROPOUT)


def _equal(passes: Sequence[Array]) -> bool:
    first = passes[0] if passes else np.zeros(0)
    return all(p.shape == first.shape and np.allclose(p, first, rtol=1e-4, atol=1e-5, equal_nan=True) for p in passes)


def _places(network: ImageNetwork) -> list[int]:
    """For each dropout module, how many linear layers were called before it."""
    found, linears = [], 0
    for layer in network.layers:
        linears += layer.linear
        if "dropout" in layer.kind.lower():
            found.append(linears)
    return found


def _between(network: ImageNetwork) -> bool:
    return any(0 < place < len(network.linears) for place in _places(network))


def _before(network: ImageNetwork) -> bool:
    return 0 in _places(network)


def schedule(rates: Sequence[float]) -> Conclusion:
    """Whether the rate stays for an epoch's steps, and then falls by 5 %."""
    levels = [rates[0]]
    lengths = [1]
    for rate in rates[1:]:
        if abs(rate - levels[-1]) <= 1e-9 * abs(levels[-1]):
            lengths[-1] += 1
        else:
            levels.append(rate)
            lengths.append(1)
    facts = {"rates": [float(f"{rate:.6g}") for rate in rates[:12]]}
    shown = ", ".join(f"{rate:.4g}" for rate in rates[:6])
    if len(levels) == 1:
        return wrong(f"The rates of the first steps: {shown}.", training.RATE_CONSTANT, **facts)
    ratios = [after / before if before else 0.0 for before, after in pairwise(levels)]
    if any(ratio > 1 for ratio in ratios):
        return wrong(f"The rates of the first steps: {shown}.", training.RATE_RISES, **facts)
    if max(lengths) == 1 and len(rates) > 3:  # noqa: PLR2004 - more steps than epochs
        return wrong(f"The rates of the first steps: {shown}.", training.SCHEDULE_EACH_BATCH, **facts)
    if any(abs(ratio - DECAY) > RATE_TOLERANCE for ratio in ratios):
        said = f"After an epoch the rate is multiplied by {ratios[0]:.4g}, expected {DECAY:g}."
        return wrong(said, training.DECAY_FACTOR, **facts)
    return right(**facts)
