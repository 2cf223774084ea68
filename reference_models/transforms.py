r"""From a picture to what a pretrained network expects.

Three things happen to an image of bytes: it is brought to one size (in training by a random crop, in evaluation
always in the same way), it becomes a float tensor with channels first, and each channel c is normalised with the
statistics of the pictures the network was trained on:

.. math:: v = \frac{p / 255 - \mu_c}{\sigma_c}.

So on a picture of one colour the whole pipeline is an affine map of each channel, whatever it does to size and
position. `endpoints` gives that map by its two ends, and every known way to get it wrong has other ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean and standard deviation of each channel, of pixels in [0, 1]."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


IMAGENET = Statistics(IMAGENET_MEAN, IMAGENET_STD)


def normalize(pixels: npt.NDArray[np.uint8], statistics: Statistics = IMAGENET) -> Array:
    r"""Bytes to normalised values, channels first.

    Args:
        pixels: (height, width, 3), uint8, red first.
        statistics: of the pictures that the network was trained on.

    Returns:
        (3, height, width), float64.

    >>> normalize(np.full((1, 1, 3), 255, np.uint8)).ravel().round(3)
    array([2.249, 2.429, 2.64 ])
    """
    scaled = pixels.astype(np.float64) / 255
    return np.ascontiguousarray(((scaled - statistics.mean) / statistics.std).transpose(2, 0, 1))


def endpoints(statistics: Statistics = IMAGENET) -> Array:
    """What black and white become: (2, 3), first black, then white.

    >>> endpoints().round(3)
    array([[-2.118, -2.036, -1.804],
           [ 2.249,  2.429,  2.64 ]])
    """
    mean, std = np.array(statistics.mean), np.array(statistics.std)
    return np.stack([(0 - mean) / std, (1 - mean) / std])


# -- known mistakes -------------------------------------------------------------------------------------

_NAMED = {
    "cifar-statistics": (
        Statistics((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
        Statistics((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
        Statistics((0.5071, 0.4867, 0.4408), (0.2675, 0.2565, 0.2761)),
    ),
    "half-statistics": (Statistics((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), Statistics((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))),
    "mnist-statistics": (Statistics((0.1307,) * 3, (0.3081,) * 3), Statistics((0.286,) * 3, (0.353,) * 3)),
    "mean-and-std-swapped": (Statistics(IMAGENET_STD, IMAGENET_MEAN),),
    "mean-only": (Statistics(IMAGENET_MEAN, (1.0, 1.0, 1.0)),),
    "std-only": (Statistics((0.0, 0.0, 0.0), IMAGENET_STD),),
}


def _mistakes() -> dict[str, tuple[Array, ...]]:
    right, bytes_ = endpoints(), np.array([[0.0] * 3, [255.0] * 3])
    mean, std = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)
    return {
        "no-normalization": (np.array([[0.0] * 3, [1.0] * 3]),),
        "bytes-not-scaled": (bytes_,),
        "bytes-normalized": ((bytes_ - mean) / std,),
        "normalized-twice": ((right - mean) / std,),
        "channels-reversed": (endpoints(Statistics(IMAGENET_MEAN[::-1], IMAGENET_STD[::-1])),),
        "scaled-twice": ((np.array([[0.0] * 3, [1 / 255] * 3]) - mean) / std, np.array([[0.0] * 3, [1 / 255] * 3])),
        **{name: tuple(endpoints(s) for s in group) for name, group in _NAMED.items()},
    }


MISTAKES: Mapping[str, tuple[Array, ...]] = _mistakes()
"""Mistake id → the ends (2, 3) that a pipeline with that mistake has."""
