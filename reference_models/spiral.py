"""The spiral: a toy problem in the plane that no straight line solves."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def spiral(
    random: np.random.RandomState, *, per_class: int = 100, classes: int = 3, noise: float = 0.2
) -> tuple[Array, npt.NDArray[np.uint8]]:
    r"""Points on as many spiral arms as there are classes, in the plane.

    Point :math:`i` of arm :math:`j` lies at radius :math:`r_i` and angle :math:`t_i`:

    .. math:: r_i = \frac{i}{n - 1}, \qquad t_i = 4j + 4\,\frac{i}{n - 1} + \text{noise}\cdot\varepsilon_i,
              \qquad x = (r_i \sin t_i,\; r_i \cos t_i)

    Args:
        random: NumPy's older generator: the course's reference numbers come from the stream of `RandomState(0)`.
        per_class: n, points on each arm.
        classes: number of arms.
        noise: standard deviation of the angle, in radians.

    Returns:
        X (classes·n, 2) float64 and y (classes·n,) uint8, sorted by class.

    Source:
        CMPSC 497, Homework 2, notebook 1.

    >>> X, y = spiral(np.random.RandomState(0), per_class=4)
    >>> X.shape, y
    ((12, 2), array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], dtype=uint8))
    """
    radius = np.linspace(0.0, 1.0, per_class)
    arms = []
    for arm in range(classes):
        angle = np.linspace(4.0 * arm, 4.0 * (arm + 1), per_class) + noise * random.randn(per_class)
        arms.append(np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]))
    return np.concatenate(arms), np.repeat(np.arange(classes, dtype=np.uint8), per_class)
