"""Pretrained weights: is the network, before training, the checkpoint with a new last layer?

Decided on numbers, never on spelling: some entries of every tensor, at places drawn afresh for each run, are compared
with the checkpoint on the judge's side. A wrapper's prefixes and slices do not matter; the tensors are found by name
endings or by the order of their shapes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import pretrained as known
from reference_models import transfer

Array = npt.NDArray[np.float64]
Shape = tuple[int, ...]

EXACT = 1e-6
"""Relative to the tensor's scale: half precision would not pass, a copy through float32 does."""

LAYERS = {
    20: "ResNet-18",
    36: "ResNet-34",
    53: "ResNet-50",
    104: "ResNet-101",
    155: "ResNet-152",
    5: "AlexNet",
    13: "VGG-16",
    16: "VGG-19",
}
"""Convolutions of well-known networks, shortcuts included."""

CONVOLUTION = 4
MATRIX = 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a network's tensors correspond to a ResNet-18's.

    Attributes:
        names: ResNet-18's name → the network's name, for tensors of the right shape.
        missing: ResNet-18's names with no counterpart, or one of another shape.
        outputs: outputs of the last layer; None where no matrix follows the body.
        convolutions: how many the network has in all.
    """

    names: Mapping[str, str]
    missing: tuple[str, ...]
    outputs: int | None
    convolutions: int

    @property
    def whole(self) -> bool:
        """Whether every tensor of the body was found."""
        return not self.missing


def align(tensors: Sequence[tuple[str, Shape]]) -> Alignment:
    """Find a ResNet-18's body among a network's tensors.

    Args:
        tensors: names and shapes in the order of the layers.
    """
    wanted = {
        name: shape
        for name, shape in transfer.shapes().items()
        if name in transfer.BODY and name not in transfer.COUNTERS
    }
    shapes = dict(tensors)
    by_name = _by_name(shapes, wanted)
    by_order = _by_order([(n, s) for n, s in tensors if s], wanted)
    names = by_name if len(by_name) >= len(by_order) else by_order
    used = set(names.values())
    last = [name for name, _ in tensors if name in used][-1:]
    after = [s for _, s in tensors[[n for n, _ in tensors].index(last[0]) + 1 :]] if last else []
    heads = [s for s in after if len(s) == MATRIX]
    return Alignment(
        names=names,
        missing=tuple(name for name in wanted if name not in names),
        outputs=heads[-1][0] if heads else None,
        convolutions=sum(len(s) == CONVOLUTION for _, s in tensors),
    )


def _by_name(shapes: Mapping[str, Shape], wanted: Mapping[str, Shape]) -> dict[str, str]:
    anchor = "layer1.0.conv1.weight"
    found: dict[str, str] = {}
    for name in shapes:
        if name.endswith(anchor):
            prefix = name[: -len(anchor)]
            here = {w: prefix + w for w, shape in wanted.items() if shapes.get(prefix + w) == shape}
            # A ResNet-34 has every name of a ResNet-18, and more blocks.
            if not any(n.startswith(f"{prefix}layer") and n not in here.values() and shapes[n] for n in shapes):
                found = max(found, here, key=len)
    return found


def _by_order(tensors: Sequence[tuple[str, Shape]], wanted: Mapping[str, Shape]) -> dict[str, str]:
    order = list(wanted.items())
    for i, (_, shape) in enumerate(tensors):
        if shape == order[0][1]:
            found: dict[str, str] = {}
            for (name, given), (w, wanted_shape) in zip(tensors[i:], order, strict=False):
                if given != wanted_shape:
                    break
                found[w] = name
            return found
    return {}


@dataclass(frozen=True, slots=True)
class Compared:
    """Entries of every tensor of the body beside the checkpoint's: name → array of the same length.

    Attributes:
        wanted: from the checkpoint.
        start: just before the network was trained.
        first: before the network's first pass in training mode.
    """

    wanted: Mapping[str, Array]
    start: Mapping[str, Array]
    first: Mapping[str, Array]


def loaded(compared: Compared) -> Conclusion:
    """Every tensor of the body equals the checkpoint's when training begins."""
    start = {name for name in compared.wanted if _same(compared.start, compared.wanted, name)}
    first = {name for name in compared.wanted if _same(compared.first, compared.wanted, name)}
    statistics = {name for name in compared.wanted if name.endswith(("running_mean", "running_var"))}
    parameters = set(compared.wanted) - statistics
    off = sorted(parameters - start)
    if not off and (statistics <= start or statistics <= first):
        return right()
    if off:
        return _parameters(compared, off, first, parameters)
    drifted = sorted(statistics - (start & first) if not statistics <= first else statistics - start)
    fresh = all(_fresh(compared.first.get(name), name) for name in drifted)
    if fresh:
        return wrong(
            f"{len(drifted)} running statistics of the normalisations ({drifted[0]} …) are not the checkpoint's.",
            known.STATISTICS_NOT_LOADED,
            tensors=drifted[:6],
        )
    return wrong(
        f"{len(drifted)} running statistics of the normalisations ({drifted[0]} …) differ from the checkpoint's.",
        known.STATISTICS_DRIFTED,
        tensors=drifted[:6],
    )


def _parameters(compared: Compared, off: list[str], first: set[str], parameters: set[str]) -> Conclusion:
    share = f"{len(off)} of {len(parameters)} parameter tensors ({off[0]} …)"
    if parameters <= first:
        return wrong(
            f"{share} are the checkpoint's at first and no longer when training begins.",
            known.RE_INITIALISED,
            tensors=off[:6],
        )
    kernels = [name for name in parameters if "conv" in name or "downsample.0" in name]
    vectors = [name for name in parameters if name not in kernels]
    if not set(vectors) & set(off):
        return wrong(
            f"{share} differ from the checkpoint, all of them convolutions.", known.RE_INITIALISED, tensors=off[:6]
        )
    if not all(name in off for name in kernels):
        return wrong(f"{share} differ from the checkpoint.", known.PARTLY_LOADED, tensors=off[:6])
    if all(_fresh(compared.start.get(name), name) for name in vectors):
        return wrong("No tensor of the network is the checkpoint's.", known.RANDOM_INITIALISATION, tensors=off[:6])
    return wrong("No convolution is the checkpoint's.", known.OTHER_WEIGHTS, tensors=off[:6])


def _same(found: Mapping[str, Array], wanted: Mapping[str, Array], name: str) -> bool:
    mine, its = found.get(name), wanted[name]
    if mine is None or mine.shape != its.shape or not np.isfinite(mine).all():
        return False
    return bool(np.abs(mine - its).max(initial=0) <= EXACT * max(1.0, float(np.abs(its).max(initial=0))))


def _fresh(values: Array | None, name: str) -> bool:
    """Whether these are the entries that a new normalisation has."""
    ideal = 1.0 if name.endswith(("weight", "running_var")) else 0.0
    return values is not None and bool((np.abs(values - ideal) < EXACT).all())


def architecture(alignment: Alignment) -> Conclusion:
    """The network is a ResNet-18."""
    if alignment.whole:
        return right()
    if alignment.missing == ("conv1.weight",):
        return wrong("The first convolution is not ResNet-18's: its weights are lost.", known.FIRST_LAYER_REPLACED)
    name = LAYERS.get(alignment.convolutions, f"a network with {alignment.convolutions} convolutions")
    if alignment.names and alignment.convolutions == 20:  # noqa: PLR2004 - a ResNet-18's
        return wrong(
            f"{len(alignment.missing)} tensors ({alignment.missing[0]} …) have another shape than ResNet-18's.",
            known.LAYERS_REPLACED,
        )
    if alignment.names and name == "ResNet-18":
        return wrong(f"Only {len(alignment.names)} tensors of a ResNet-18 were found.", known.OTHER_ARCHITECTURE)
    return wrong(
        f"Your network is {name}; the assignment asks for ResNet-18.",
        known.OTHER_ARCHITECTURE,
        convolutions=alignment.convolutions,
    )


def head(alignment: Alignment, classes: Sequence[int], *, trained: bool) -> Conclusion:
    """The last layer is new and has one output for each class.

    Args:
        alignment: of the network.
        classes: how many classes the program's data sets have; empty where that is not certain.
        trained: whether the network took training steps: then no label was beyond its outputs.
    """
    outputs = alignment.outputs
    if outputs is None:
        return wrong("Your network ends without a linear layer.", known.NO_HEAD)
    if outputs in classes:
        return right(outputs=outputs)
    if outputs == transfer.IMAGENET_CLASSES:
        return wrong(f"The last layer has {outputs} outputs.", known.HEAD_NOT_REPLACED, outputs=outputs)
    if not classes:
        return right(
            f"Your last layer has {outputs} outputs; the number of classes could not be checked without your data.",
            outputs=outputs,
        )
    if outputs < max(classes) and trained:
        return right(
            f"Your last layer has {outputs} outputs, the data {max(classes)} classes: you seem to use some of them.",
            outputs=outputs,
        )
    return wrong(
        f"The last layer has {outputs} outputs, the data have {max(classes)} classes.",
        known.WRONG_NUMBER_OF_CLASSES,
        outputs=outputs,
    )
