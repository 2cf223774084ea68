r"""From a picture to what a pretrained network expects.

Three things happen to an image of bytes: it is brought to one size (in training by a random crop, in evaluation
always in the same way), it becomes a float tensor with channels first, and each channel c is normalised with the
statistics of the pictures the network was trained on:

.. math:: v = \frac{p / 255 - \mu_c}{\sigma_c}.

So on a picture of one colour the whole pipeline is an affine map of each channel, whatever it does to size and
position. `endpoints` gives that map by its two ends.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Mean and standard deviation of each channel, of pixels in [0, 1]."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


IMAGENET = Statistics((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR10 = Statistics((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))
"""As sheets give it: the mean over pictures of each one's own deviation."""

CIFAR10_PIXELS = Statistics(CIFAR10.mean, (0.247, 0.2435, 0.2616))
"""With the deviation over all pixels."""


def endpoints(statistics: Statistics = IMAGENET) -> Array:
    """What black and white become: (2, 3), first black, then white.

    >>> endpoints().round(3)
    array([[-2.118, -2.036, -1.804],
           [ 2.249,  2.429,  2.64 ]])
    """
    mean, std = np.array(statistics.mean), np.array(statistics.std)
    return np.stack([(0 - mean) / std, (1 - mean) / std])
