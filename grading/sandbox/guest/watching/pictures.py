"""What is drawn, as the arrays it was drawn from."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .networks import NetworkWatch

MOST_PICTURES = 6000
MOST_BYTES = 96 << 20


class Drawn:
    """One image on one pair of axes.

    Attributes:
        array: (h, w), (h, w, 3) or (h, w, 4); float32, or uint8 where it was drawn from bytes.
        figure: number of the figure in order of first drawing.
        fed: number of the images that a network had been fed last, or -1.
        title: what the axes were called when last looked at.
    """

    def __init__(self, array: np.ndarray[Any, Any], figure: int, fed: int, axes: Axes) -> None:
        self.array = array
        self.figure = figure
        self.fed = fed
        self.axes = axes


class PictureWatch:
    """Watches `imshow` and `pcolormesh`."""

    def __init__(self, networks: NetworkWatch) -> None:
        self.active = True
        self.networks = networks
        self.drawn: list[Drawn] = []
        self.dropped = 0
        self._figures: list[object] = []
        self._bytes = 0

    def install(self) -> None:
        """Put the recorder around the drawing methods; `matshow`, `pcolor` and `pyplot` end in them."""
        for name, position in (("imshow", 0), ("pcolormesh", -1), ("pcolor", -1)):
            setattr(Axes, name, self._drawing(getattr(Axes, name), position))

    def _drawing(self, original: Callable[..., Any], position: int) -> Callable[..., Any]:
        @functools.wraps(original)
        def draw(axes: Axes, *args: Any, **kwargs: Any) -> Any:
            result = original(axes, *args, **kwargs)
            if self.active:
                try:
                    self._note(axes, args[position] if args else kwargs.get("X", kwargs.get("C")))
                except Exception:
                    self.dropped += 1
            return result

        return draw

    def _note(self, axes: Axes, given: object) -> None:
        if hasattr(given, "detach"):
            given = given.detach().cpu()
        array = np.asarray(given)
        array = array if array.dtype == np.uint8 else array.astype(np.float32)
        array = array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array  # noqa: PLR2004 - one channel
        if array.ndim not in (2, 3) or len(self.drawn) >= MOST_PICTURES or self._bytes + array.nbytes > MOST_BYTES:
            self.dropped += 1
            return
        self._bytes += array.nbytes
        figure = axes.figure
        if not any(figure is known for known in self._figures):
            self._figures.append(figure)
        number = next(i for i, known in enumerate(self._figures) if known is figure)
        self.drawn.append(Drawn(np.array(array), number, self.networks.pin(), axes))
