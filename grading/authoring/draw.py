"""Random inputs: fresh for each run, the same for every subject of a check.

A `Draw` is named by the run's secret seed and a key (the check's id). Every subject of a check gets a `Draw` of its own
with the same name and so sees the same numbers in the same order. Streams of different names are independent: the name
is hashed with SHA-256 and the digest seeds a PCG64 generator, so nothing about one check's inputs tells about
another's.
"""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch

Item = TypeVar("Item")
Array = npt.NDArray[Any]


class Draw:
    """A stream of random inputs.

    Args:
        seed: the run's seed.
        key: what the inputs are for; one independent stream for each key.
    """

    def __init__(self, seed: int, key: str) -> None:
        self._seed = seed
        self.key = key

    @cached_property
    def _generator(self) -> np.random.Generator:
        # Made when it is first used: many draws are only asked for their name.
        digest = hashlib.sha256(f"chainrule.draw/1\n{self._seed}\n{self.key}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    @property
    def name(self) -> tuple[int, str]:
        """Seed and key: two draws of one name give the same numbers in the same order."""
        return self._seed, self.key

    def stream(self, name: str) -> "Draw":
        """An independent stream under this one; the same for every subject, whatever was drawn before."""
        return Draw(self._seed, f"{self.key}/{name}")

    # -- arrays -------------------------------------------------------------------------------------

    def normal(self, *shape: int, scale: float = 1.0, mean: float = 0.0, dtype: str = "float64") -> Array:
        """Gaussian array of the given shape."""
        return (mean + scale * self._generator.standard_normal(shape)).astype(dtype)

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: str = "float64") -> Array:
        """Uniform array on [low, high)."""
        return self._generator.uniform(low, high, shape).astype(dtype)

    def away_from_zero(self, *shape: int, margin: float = 0.05, scale: float = 1.0, dtype: str = "float64") -> Array:
        """Gaussian array, both signs, no entry closer to 0 than `margin`: for functions with a kink there."""
        x = self._generator.standard_normal(shape) * scale
        return (np.where(x < 0, -margin, margin) + x).astype(dtype)

    def integers(self, *shape: int, low: int = 0, high: int, dtype: str = "int64") -> Array:
        """Integer array on [low, high)."""
        return self._generator.integers(low, high, shape).astype(dtype)

    def labels(self, n: int, classes: int, dtype: str = "int64") -> Array:
        """Class labels (n,) in 0 … classes-1; every class occurs where n >= classes."""
        every = np.arange(n) % classes if n >= classes else self._generator.integers(0, classes, n)
        return self._generator.permutation(every).astype(dtype)

    def one_hot(self, n: int, classes: int, dtype: str = "float64") -> Array:
        """One-hot labels (n, classes)."""
        return np.eye(classes, dtype=dtype)[self.labels(n, classes)]

    def bytes(self, *shape: int) -> Array:
        """Uniform uint8 array."""
        return self._generator.integers(0, 256, shape, dtype=np.uint8)

    def images(self, n: int, *, height: int = 32, width: int = 32, channels: int = 3) -> Array:
        """Smooth random pictures, uint8 (n, height, width, channels): a few plane waves and a little noise."""
        y, x = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
        frequency = self._generator.normal(0, 3, (n, channels, 4, 2))
        phase = self._generator.uniform(0, 2 * np.pi, (n, channels, 4))
        planes = frequency[..., :1, None] * y + frequency[..., 1:, None] * x + phase[..., None, None] / (2 * np.pi)
        waves = np.sin(2 * np.pi * planes).sum(axis=2)  # (n, channels, height, width)
        noisy = 127.5 + 40 * waves + self._generator.normal(0, 4, waves.shape)
        return np.ascontiguousarray(np.clip(noisy, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1))

    # -- choices ------------------------------------------------------------------------------------

    def integer(self, low: int, high: int) -> int:
        """One integer in low … high, both included."""
        return int(self._generator.integers(low, high + 1))

    def number(self, low: float, high: float) -> float:
        """One real number in [low, high)."""
        return float(self._generator.uniform(low, high))

    def sizes(self, count: int, low: int, high: int) -> tuple[int, ...]:
        """`count` different integers in low … high: a missing transpose hides where two sizes are equal."""
        return tuple(int(v) for v in self._generator.choice(np.arange(low, high + 1), count, replace=False))

    def choice(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self._generator.integers(0, len(items)))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different ones of the items, in random order."""
        return [items[int(i)] for i in self._generator.permutation(len(items))[:count]]

    def permutation(self, n: int) -> Array:
        """A permutation of 0 … n-1, int64."""
        return self._generator.permutation(n)

    def seed(self) -> int:
        """A seed for a generator elsewhere, in 0 … 2**31-1."""
        return int(self._generator.integers(0, 2**31))

    @cached_property
    def torch(self) -> "TorchDraw":
        """The same stream as tensors: `draw.torch.normal(4, 7)` is `draw.normal(4, 7)` as a tensor."""
        return TorchDraw(self)


class TorchDraw:
    """A `Draw` whose arrays are CPU tensors; float32 unless told otherwise, as torch's own are."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def normal(self, *shape: int, scale: float = 1.0, mean: float = 0.0, dtype: str = "float32") -> torch.Tensor:
        """Gaussian tensor."""
        return torch.from_numpy(self._draw.normal(*shape, scale=scale, mean=mean, dtype=dtype))

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: str = "float32") -> torch.Tensor:
        """Uniform tensor on [low, high)."""
        return torch.from_numpy(self._draw.uniform(*shape, low=low, high=high, dtype=dtype))

    def integers(self, *shape: int, low: int = 0, high: int) -> torch.Tensor:
        """Integer tensor on [low, high), int64."""
        return torch.from_numpy(self._draw.integers(*shape, low=low, high=high))

    def labels(self, n: int, classes: int) -> torch.Tensor:
        """Class labels (n,), int64."""
        return torch.from_numpy(self._draw.labels(n, classes))

    def images(self, n: int, *, height: int = 32, width: int = 32, channels: int = 3) -> torch.Tensor:
        """Smooth random pictures, uint8 (n, channels, height, width)."""
        pictures = self._draw.images(n, height=height, width=width, channels=channels)
        return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
