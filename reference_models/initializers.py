r"""Laws of initial weights.

A layer with :math:`n_{in}` inputs and :math:`n_{out}` outputs keeps the size of what passes through it if its weights
have a variance near :math:`1/n_{in}`; keeping the size of the gradients as well asks for a compromise with
:math:`1/n_{out}`.

=============  ==========================================  =====================================
law            variance                                    source
=============  ==========================================  =====================================
LeCun          :math:`1/n_{in}`                            LeCun et al. 1998, section 4.6
Xavier         :math:`2/(n_{in}+n_{out})`                  Glorot, Bengio 2010, equation 12
Kaiming        :math:`2/n_{in}`                            He, Zhang, Ren, Sun 2015, equation 10
=============  ==========================================  =====================================

Each comes as a normal and as a uniform on :math:`[-a, a]` with :math:`a = \sqrt{3 \mathrm{Var}}`.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Shape = Literal["constant", "normal", "uniform"]
MATRIX = 2


@dataclass(frozen=True, slots=True)
class Law:
    """The distribution of one array's entries.

    Attributes:
        shape: of the distribution.
        mean: its mean.
        std: its standard deviation; 0 for a constant.
    """

    shape: Shape
    mean: float = 0.0
    std: float = 0.0

    @property
    def bound(self) -> float:
        """Furthest that a uniform lies from its mean."""
        return math.sqrt(3.0) * self.std

    def sample(self, random: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """An array of that shape whose entries are drawn by the law."""
        match self.shape:
            case "constant":
                return np.full(shape, self.mean)
            case "normal":
                return random.normal(self.mean, self.std, shape)
            case "uniform":
                return random.uniform(self.mean - self.bound, self.mean + self.bound, shape)

    def __str__(self) -> str:
        match self.shape:
            case "constant":
                return f"all {self.mean:g}"
            case "normal":
                return f"normal with mean {self.mean:g} and standard deviation {self.std:.4g}"
            case "uniform":
                return f"uniform on [{self.mean - self.bound:.4g}, {self.mean + self.bound:.4g}]"


@dataclass(frozen=True, slots=True)
class Fans:
    """How many numbers enter one unit of a layer, and how many units one number enters."""

    into: int
    out: int


def fans(shape: tuple[int, ...], *, inputs_first: bool = False) -> Fans:
    """Fan-in and fan-out of a weight array.

    Args:
        shape: (out, in, *kernel), torch's order; or (in, out).
        inputs_first: whether it is (in, out), as NumPy courses write x @ w.

    >>> fans((16, 6, 5, 5)), fans((784, 64), inputs_first=True)
    (Fans(into=150, out=400), Fans(into=784, out=64))
    """
    if len(shape) < MATRIX:
        raise ValueError("fans are those of a matrix or a kernel")
    area = math.prod(shape[2:])
    first, second = shape[0] * area, shape[1] * area
    return Fans(first, second) if inputs_first else Fans(second, first)


def zeros() -> Law:
    """Every entry 0: all units of a layer stay equal for ever."""
    return Law("constant")


def constant(value: float) -> Law:
    """Every entry the same."""
    return Law("constant", value)


def normal(std: float, mean: float = 0.0) -> Law:
    """Gaussian."""
    return Law("normal", mean, std)


def uniform(low: float, high: float) -> Law:
    """Uniform on [low, high].

    >>> str(uniform(-1, 1))
    'uniform on [-1, 1]'
    """
    return Law("uniform", (low + high) / 2, (high - low) / math.sqrt(12.0))


def scaled(shape: Shape, variance: float) -> Law:
    """Mean 0 and a given variance."""
    return Law(shape, 0.0, math.sqrt(variance))


def lecun(n: Fans, shape: Shape = "normal") -> Law:
    r"""Variance :math:`1/n_{in}`.

    >>> str(lecun(Fans(64, 10)))
    'normal with mean 0 and standard deviation 0.125'
    """
    return scaled(shape, 1 / n.into)


def xavier(n: Fans, shape: Shape = "normal", gain: float = 1.0) -> Law:
    r"""Variance :math:`g^2 \cdot 2/(n_{in}+n_{out})`."""
    return scaled(shape, gain**2 * 2 / (n.into + n.out))


def kaiming(n: Fans, shape: Shape = "normal", *, slope: float = 0.0) -> Law:
    r"""Variance :math:`2/((1+a^2)\,n_{in})` for a ReLU with slope a on the left.

    >>> str(kaiming(Fans(50, 10), "uniform"))
    'uniform on [-0.3464, 0.3464]'
    """
    return scaled(shape, 2 / ((1 + slope**2) * n.into))


def torch_default(n: Fans) -> Law:
    r"""What torch's Linear and Conv start from: uniform, variance :math:`1/(3 n_{in})`."""
    return scaled("uniform", 1 / (3 * n.into))
