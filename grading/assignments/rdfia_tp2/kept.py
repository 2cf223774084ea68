"""What the whole run of 2-ab left behind, as the box tells it: networks, and machines that were fitted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answered:
    """What one network that the program left behind puts out.

    Attributes:
        kind: "by hand", "autograd" or "module".
        label: the cell after which it was kept.
        outputs: (n, classes); None where it raised, or answered in another shape.
    """

    kind: str
    label: str
    outputs: Array | None


def ask_networks(put: Callable[..., Any], X: Array, classes: int) -> list[Answered]:
    """Every network that takes such inputs."""
    found = []
    for row in admit.sequence(put(X), "the networks that your program trained"):
        one = admit.mapping(row, "a network", keys=("kind", "label", "out"))
        out = None if one["out"] is None else admit.array(one["out"], "what a network puts out", finite=False)
        fits = out is not None and out.shape == (len(X), classes)
        found.append(Answered(admit.text(one["kind"], "a kind"), admit.text(one["label"], "a cell"),
                              out if fits else None))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine that the program fitted: its kernel, its settings as text, and its answers, 0 or 1."""

    kernel: str
    settings: tuple[tuple[str, str], ...]
    said: Labels


def ask_machines(put: Callable[..., Any], X: Array) -> list[Machine]:
    """Every machine that was fitted to points of the plane."""
    found = []
    for row in admit.sequence(put(X), "the machines that your program fitted"):
        one = admit.mapping(row, "a machine", keys=("kernel", "settings", "said"))
        settings = admit.mapping(one["settings"], "settings")
        said = admit.array(one["said"], "what a machine says", shape=(len(X),))
        found.append(Machine(
            admit.text(one["kernel"], "a kernel"),
            tuple(sorted((str(k), admit.text(v, "a setting")) for k, v in settings.items())),
            said.astype(np.int64),
        ))  # fmt: skip
    return found
