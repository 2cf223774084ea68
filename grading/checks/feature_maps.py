r"""Feature maps: do the pictures show what the student's own network computes?

Every inner output of the network is recomputed by the judge from the student's own weights and the images that
entered it. A picture shows a map if the two agree up to brightness and contrast: with both centred and of unit
length, :math:`\cos(p, m) \ge 1 - \epsilon`. Channels may come in any order, as means or maxima over channels,
enlarged, shrunk, coloured, or tiled into one sheet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the field's name

from reference_models.feature_maps import stage_of

Array = npt.NDArray[np.float32]

SAME_SIZE = 0.98
"""Least cosine for a picture of a map's own size; eight bits of grey leave 0.9999, clipped contrast 0.98."""

RESIZED = 0.93
"""The same after enlarging, shrinking or colouring."""

TINY = 16
"""Maps of fewer pixels agree with some channel by chance; they must agree almost exactly."""

EXACT = 1e-3
MOST_PLANES = 1500
PADDINGS = (2, 0, 1, 3, 4)
COLOUR_MAPS = ("viridis", "jet", "inferno", "plasma", "magma", "hot", "cividis", "turbo", "coolwarm", "bone", "Blues")
CHANNELS = 3


@dataclass(frozen=True, slots=True)
class Match:
    """One picture and the map it shows.

    Attributes:
        layer: the layer's name.
        channel: its channel, or -1 for a mean or maximum over channels.
        residual: length of what is left of the unit picture; 0 = the same.
        resized: whether sizes had to be brought together.
    """

    layer: str
    channel: int
    residual: float
    resized: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a set of pictures shows of a network.

    Attributes:
        matches: one for each plane that shows a map.
        planes: how many planes were looked at; constant ones are not counted.
        constant: how many were constant.
    """

    matches: tuple[Match, ...]
    planes: int
    constant: int

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages of the network that are shown, in alphabetical order."""
        return tuple(sorted({stage_of(m.layer) for m in self.matches}))

    @property
    def residual(self) -> float:
        """Median residual of pictures at their own size, for comparing two networks."""
        exact = [m.residual for m in self.matches if not m.resized]
        return float(np.median(exact)) if exact else 1.0

    @property
    def channels(self) -> int:
        """How many different maps are shown."""
        return len({(m.layer, m.channel) for m in self.matches})

    @property
    def means(self) -> int:
        """How many of them are means or maxima over channels."""
        return len({m.layer for m in self.matches if m.channel < 0})


@dataclass(slots=True)
class Library:
    """A network's maps, ready to be compared.

    Args:
        maps: layer → (n, channels, h, w); the first image counts, and others where several were shown.
    """

    maps: Mapping[str, Tensor]
    _rows: dict[tuple[int, int], list[tuple[str, int, Array]]] = field(default_factory=dict)

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Sizes of maps, largest first."""
        return tuple(sorted({(int(m.shape[2]), int(m.shape[3])) for m in self.maps.values()}, reverse=True))

    def of_size(self, size: tuple[int, int]) -> list[tuple[str, int, Array]]:
        """For each layer of that size and image: name, channels, unit rows (channels + aggregates, h * w)."""
        if size not in self._rows:
            rows = []
            for name, values in self.maps.items():
                if tuple(values.shape[2:]) == size:
                    rows += [(name, values.shape[1], unit(with_aggregates(image))) for image in values.detach().numpy()]
            self._rows[size] = rows
        return self._rows[size]


def with_aggregates(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Channels as rows, then their mean, maximum, mean magnitude and mean square: (channels + 4, h * w)."""
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    return np.concatenate(
        [
            flat,
            flat.mean(0, keepdims=True),
            flat.max(0, keepdims=True),
            np.abs(flat).mean(0, keepdims=True),
            (flat**2).mean(0, keepdims=True),
        ]
    )


def unit(rows: npt.NDArray[np.floating]) -> Array:
    """Rows centred and of length 1; constant rows become 0."""
    centred = rows.astype(np.float64) - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    scale = np.abs(rows).max(axis=1, keepdims=True) * np.sqrt(rows.shape[1])
    return np.where(length > 1e-7 * scale, centred / np.maximum(length, 1e-300), 0).astype(np.float32)


# -- pictures to planes ----------------------------------------------------------------------------------


def planes(picture: npt.NDArray[np.generic]) -> list[Array]:
    """A picture as the grey planes that may each be a map.

    Args:
        picture: (h, w), (h, w, 3) or (h, w, 4), numbers.
    """
    values = np.asarray(picture).astype(np.float32)
    if values.ndim == 2:  # noqa: PLR2004 - already one plane
        return [values]
    colours = values[..., :CHANNELS]
    if np.allclose(colours, colours[..., :1], atol=1e-6 * max(1.0, float(np.abs(colours).max(initial=0)))):
        return [np.ascontiguousarray(colours[..., 0])]
    scaled = colours / np.float32(255) if colours.max(initial=0) > 1.5 else colours  # noqa: PLR2004 - bytes, not fractions
    decoded = _uncoloured(scaled)
    return [decoded] if decoded is not None else [np.ascontiguousarray(colours[..., k]) for k in range(CHANNELS)]


@lru_cache(maxsize=1)
def _colour_tables() -> list[npt.NDArray[np.float64]]:
    from matplotlib import colormaps

    return [np.asarray(colormaps[name](np.linspace(0, 1, 256)))[:, :CHANNELS] for name in COLOUR_MAPS]


def _uncoloured(colours: Array) -> Array | None:
    """The grey values behind a colour-mapped picture, or None where no known colour map gives these colours."""
    flat = colours.reshape(-1, CHANNELS)
    probe = flat[:: max(1, len(flat) // 200)]
    for table in _colour_tables():
        distance = np.abs(probe[:, None] - table[None]).max(axis=2).min(axis=1)
        if np.quantile(distance, 0.95) < 0.01:  # noqa: PLR2004 - colours are stored in 256 steps
            nearest = (
                ((flat[:, None].astype(np.float32) - table[None].astype(np.float32)) ** 2).sum(axis=2).argmin(axis=1)
            )
            grey: Array = nearest.reshape(colours.shape[:2]).astype(np.float32)
            return grey
    return None


def tiles(plane: Array, size: tuple[int, int]) -> list[Array]:
    """The maps of a sheet on which maps of that size are laid out in a grid, or nothing where the sizes do not fit."""
    h, w = size
    height, width = plane.shape
    for pad in PADDINGS:
        for start, end in ((pad, 0), (0, -pad)) if pad else ((0, 0),):
            rows, over_rows = divmod(height - start - end, h + pad)
            columns, over_columns = divmod(width - start - end, w + pad)
            if over_rows or over_columns or rows * columns < 2:  # noqa: PLR2004 - one tile is no sheet
                continue
            found = [
                plane[
                    start + r * (h + pad) : start + r * (h + pad) + h, start + c * (w + pad) : start + c * (w + pad) + w
                ]
                for r in range(rows)
                for c in range(columns)
            ]
            border = np.ones(plane.shape, dtype=bool)
            for r in range(rows):
                for c in range(columns):
                    border[
                        start + r * (h + pad) : start + r * (h + pad) + h,
                        start + c * (w + pad) : start + c * (w + pad) + w,
                    ] = False
            if not pad or np.ptp(plane[border]) <= 1e-6 * max(1.0, float(np.abs(plane).max())):
                return found
    return []


# -- planes to maps --------------------------------------------------------------------------------------


def shown(pictures: Iterable[npt.NDArray[np.generic]], library: Library, *, resized: bool = True) -> Shown:
    """Which maps of a network the pictures show.

    Args:
        pictures: what was drawn, each (h, w), (h, w, 3) or (h, w, 4).
        library: the maps.
        resized: whether enlarged and shrunk maps count.
    """
    every = [plane for picture in pictures for plane in planes(picture)][:MOST_PLANES]
    alive = [p for p in every if p.size and np.isfinite(p).all() and np.ptp(p) > 0]
    matches: list[Match] = []
    by_size: dict[tuple[int, int], list[Array]] = {}
    for plane in alive:
        by_size.setdefault((plane.shape[0], plane.shape[1]), []).append(plane)
    sizes = set(library.sizes())
    for size, group in by_size.items():
        rest = group
        if size in sizes:
            found = _same_size(group, size, library)
            matches += [m for m in found if m]
            rest = [p for p, m in zip(group, found, strict=True) if m is None]
        for plane in rest:
            matches += _sheet(plane, library)
        if resized and rest and size not in sizes:
            matches += _resized(rest, library)
    return Shown(tuple(matches), len(alive), len(every) - len(alive))


def _same_size(group: Sequence[Array], size: tuple[int, int], library: Library) -> list[Match | None]:
    rows = unit(np.stack([p.reshape(-1) for p in group]))
    best: list[Match | None] = [None] * len(group)
    enough = 1 - EXACT**2 if size[0] * size[1] <= TINY else SAME_SIZE
    for name, channels, unit_maps in library.of_size(size):
        cosine = rows @ unit_maps.T
        where = cosine.argmax(axis=1)
        for i, k in enumerate(where):
            if cosine[i, k] < enough:
                continue
            left = float(np.linalg.norm(rows[i].astype(np.float64) - unit_maps[k]))
            known = best[i]
            if known is None or left < known.residual:
                best[i] = Match(name, int(k) if k < channels else -1, left)
    return best


def _sheet(plane: Array, library: Library) -> list[Match]:
    for size in library.sizes():
        found = [t for t in tiles(plane, size) if np.ptp(t) > 0]
        if len(found) < 2:  # noqa: PLR2004 - one tile is no sheet
            continue
        matches = [m for m in _same_size(found, size, library) if m]
        if 2 * len(matches) >= len(found):
            return matches
    return []


def _resized(group: Sequence[Array], library: Library) -> list[Match]:
    best: list[Match | None] = [None] * len(group)
    stacked = torch.from_numpy(np.stack(group))[:, None]
    height, width = stacked.shape[2:]
    for size in library.sizes():
        if size[0] * size[1] <= TINY or size[0] > height or size[1] > width:
            continue
        rows = unit(F.interpolate(stacked, size=size, mode="area")[:, 0].reshape(len(group), -1).numpy())
        for name, channels, unit_maps in library.of_size(size):
            cosine = rows @ unit_maps.T
            for i, k in enumerate(cosine.argmax(axis=1)):
                left = float(np.sqrt(max(0.0, 2 - 2 * float(cosine[i, k]))))
                known = best[i]
                if cosine[i, k] >= RESIZED and (known is None or left < known.residual):
                    best[i] = Match(name, int(k) if k < channels else -1, left, resized=True)
    return [m for m in best if m]
