r"""Class-activation maps: where in the picture a network sees its class.

*CAM* (Zhou, Khosla, Lapedriza, Oliva, Torralba 2016, equation 2), for a network whose last maps :math:`A_k` are
averaged and enter one linear layer with weights :math:`w_{ck}`:

.. math:: M_c = \sum_k w_{ck} A_k .

*Grad-CAM* (Selvaraju et al. 2017, equations 1 and 2), for any network, with the score :math:`y_c` before the softmax:

.. math:: L_c = \mathrm{ReLU}\Big(\sum_k \alpha_k A_k\Big), \qquad
          \alpha_k = \frac{1}{hw} \sum_{ij} \frac{\partial y_c}{\partial A_{k,ij}} .

Shapes: maps (k, h, w), weights (classes, k), gradients (k, h, w); a map of the picture is (h, w). The scale of a map
says nothing, and each is shown in its own colours.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from reference_models.mistakes import KnownMistake

Array = npt.NDArray[np.float64]


def cam(maps: Array, weights: Array, label: int) -> Array:
    """The class-activation map of one class, (h, w).

    Args:
        maps: (k, h, w) of the last convolution.
        weights: (classes, k) of the linear layer.
        label: the class.
    """
    return np.asarray(np.einsum("k,khw->hw", weights[label], maps))


def grad_cam(maps: Array, gradients: Array) -> Array:
    """The gradient-weighted map, (h, w), never negative.

    Args:
        maps: (k, h, w) of one layer.
        gradients: (k, h, w) of the class's score by that layer.
    """
    return np.asarray(np.maximum(np.einsum("k,khw->hw", gradients.mean(axis=(1, 2)), maps), 0.0))


# -- known mistakes -------------------------------------------------------------------------------------

CAM: tuple[KnownMistake[Callable[[Array, Array, int], Array]], ...] = (
    KnownMistake(
        "cam-of-another-class",
        "The map is that of another class.",
        "Take the row of the linear layer's weights that belongs to the predicted class: argmax of the scores.",
        lambda maps, weights, label: cam(maps, weights, (label + 1) % len(weights)),
    ),
    KnownMistake(
        "cam-without-weights",
        "The maps are averaged; the class's weights are left out.",
        "Weight each map with the linear layer's weight for the class before adding them up.",
        lambda maps, _weights, _label: np.asarray(maps.mean(axis=0)),
    ),
    KnownMistake(
        "cam-single-map",
        "One map is shown; the weighted sum of all is due.",
        "Sum over the channels.",
        lambda maps, _weights, _label: maps[0],
    ),
)

GRAD_CAM: tuple[KnownMistake[Callable[[Array, Array], Array]], ...] = (
    KnownMistake(
        "grad-cam-without-relu",
        "Negative parts are kept: they speak for other classes.",
        "Cut the weighted sum off at 0.",
        lambda maps, gradients: np.asarray(np.einsum("k,khw->hw", gradients.mean(axis=(1, 2)), maps)),
    ),
    KnownMistake(
        "grad-cam-not-pooled",
        "Maps and gradients are multiplied entry by entry; each map has one weight.",
        "Average each map's gradient over height and width first.",
        lambda maps, gradients: np.maximum((gradients * maps).sum(axis=0), 0.0),
    ),
    KnownMistake(
        "grad-cam-sign",
        "The map has the wrong sign: it is bright where the picture speaks against the class.",
        "Differentiate the class's score, not the loss.",
        lambda maps, gradients: grad_cam(maps, -gradients),
    ),
    KnownMistake(
        "grad-cam-gradient-only",
        "The gradient is shown; it has to weight the maps.",
        "Multiply each map by its averaged gradient, and add them up.",
        lambda _maps, gradients: np.asarray(np.abs(gradients).mean(axis=0)),
    ),
    KnownMistake(
        "grad-cam-without-weights",
        "The maps are averaged; the gradients are left out.",
        "Weight each map with the average of its gradient.",
        lambda maps, _gradients: np.asarray(maps.mean(axis=0)),
    ),
)
