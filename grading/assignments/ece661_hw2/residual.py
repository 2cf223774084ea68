"""ResNet-20 by its layers and parameters, and by what it computes with weights of ours."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks import modules
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import CalledLayer, ImageNetwork, outputs, stopped
from grading.mistakes import architecture
from grading.mistakes.resnet_cifar import FORWARD
from reference_models.resnet_cifar import BLOCKS, CLASSES, PARAMETERS, WIDTHS, Block, Convolution, ResNet

Array = npt.NDArray[np.float64]
SIDE, IMAGES = 32, 3
CONVOLUTIONS = 1 + 2 * BLOCKS * len(WIDTHS)
WIDE = 64
SHORTCUTS = 2


def _kernels(network: ImageNetwork) -> tuple[list[CalledLayer], list[CalledLayer]]:
    """Its convolutions 3 x 3, and those 1 x 1, in the order of the calls."""
    threes = [c for c in network.convolutions if c.weight[2:] == (3, 3)]
    return threes, [c for c in network.convolutions if c.weight[2:] == (1, 1)]


def layers(network: ImageNetwork) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Whether the layers are those of a ResNet-20."""
    said = f"{network.kind} has {network.parameters:,} parameters"
    threes, ones = _kernels(network)
    widths = [c.weight[0] for c in threes]
    if widths and widths[0] >= WIDE:
        return wrong(f"{said}: it begins with {widths[0]} maps.", architecture.TOO_WIDE)
    if len(threes) != CONVOLUTIONS or len(threes) + len(ones) != len(network.convolutions):
        return wrong(f"{said} and {len(threes)} convolutions 3 x 3.", architecture.NOT_TWENTY_LAYERS)
    wanted = [WIDTHS[0], *(width for width in WIDTHS for _ in range(2 * BLOCKS))]
    if widths != wanted:
        return wrong(
            f"{said}; its stages have {', '.join(map(str, dict.fromkeys(widths)))} maps.", architecture.OTHER_WIDTHS
        )
    if len(ones) > SHORTCUTS:
        return wrong(f"{said}; {len(ones)} shortcuts have a convolution.", architecture.PROJECTION_EVERYWHERE)
    if threes[0].out[2:] != (SIDE, SIDE) or threes[1].out[2:] != (SIDE, SIDE):
        return wrong(
            f"{said}; the first stage sees maps of {threes[1].out[2]} x {threes[1].out[2]}.", architecture.STEM_POOLS
        )
    if sum(layer.normalisation for layer in network.layers) < CONVOLUTIONS:
        return wrong(f"{said}; a convolution has no normalisation behind it.", architecture.NORMALISATION_MISSING)
    if [layer.weight for layer in network.linears] != [(CLASSES, WIDTHS[-1])]:
        return wrong(f"{said}; its linear layers: {[layer.weight for layer in network.linears]}.", architecture.HEAD)
    shown = "without parameters" if not ones else "with a convolution where a stage begins"
    return right(f"Shortcuts {shown}: {network.parameters:,} parameters, {PARAMETERS:,} without any in the shortcuts.")


def computes(student: Subject, network: ImageNetwork, draw: Draw) -> Conclusion:
    """Whether the network computes what a ResNet-20 does, with weights of ours."""
    state: dict[str, Array] = {}
    rng = np.random.default_rng(draw.seed())
    pairs = {layer.name: pair for layer, pair in _filled(network, rng, state)}
    threes, ones = _kernels(network)
    stem, *rest = (pairs[layer.name] for layer in threes)
    shortcuts = _shortcuts(threes, ones)
    blocks = [
        Block(rest[2 * n], rest[2 * n + 1], pairs[shortcuts[n].name] if n in shortcuts else None)
        for n in range(len(rest) // 2)
    ]
    head = _head(network.linears[0], rng, state)
    images = draw.torch.normal(IMAGES, 3, SIDE, SIDE)
    passes, _, raised = outputs(student, network, state, images)
    if raised:
        return stopped(network, raised)

    def said(kind: type[ResNet], *, centred: bool) -> Array:
        with torch.no_grad():
            return np.asarray(kind(centred=centred).forward(stem, blocks, head, images).double().numpy())

    conclusions = []
    for centred in (True, False):
        known = [(k, said(k.variant, centred=centred)) for k in FORWARD]
        conclusions.append(modules.forward(passes[0], said(ResNet, centred=centred), known))
        if conclusions[-1].holds or ones:
            return conclusions[-1]
    return next((o for o in conclusions if o.mistake), conclusions[0])


def _shortcuts(threes: Sequence[CalledLayer], ones: Sequence[CalledLayer]) -> dict[int, CalledLayer]:
    """Block → its shortcut's convolution, by the number of maps that it makes."""
    found: dict[int, CalledLayer] = {}
    for layer in ones:
        stage = WIDTHS.index(layer.weight[0]) if layer.weight[0] in WIDTHS else 0
        found[stage * BLOCKS] = layer
    return found if threes else {}


def _filled(
    network: ImageNetwork, rng: np.random.Generator, state: dict[str, Array]
) -> Iterator[tuple[CalledLayer, Convolution]]:
    """Each convolution with the normalisation called next for as many maps, filled with weights of ours."""
    waiting: CalledLayer | None = None
    for layer in (*network.layers, None):
        if waiting is not None and (layer is None or layer.convolution or layer.linear):
            yield waiting, _convolution(waiting, None, rng, state)
            waiting = None
        if layer is None:
            return
        if layer.convolution:
            waiting = layer
        elif waiting is not None and layer.normalisation:
            yield waiting, _convolution(waiting, layer, rng, state)
            waiting = None


def _convolution(
    layer: CalledLayer, norm: CalledLayer | None, rng: np.random.Generator, state: dict[str, Array]
) -> Convolution:
    outputs_, inputs, height, width = layer.weight
    weight = _drawn(rng, state, f"{layer.name}.weight", layer.weight, (2 / (inputs * height * width)) ** 0.5)
    bias = _drawn(rng, state, f"{layer.name}.bias", (outputs_,), 0.2) if "bias" in layer.tensors else None
    if norm is None:
        return Convolution(weight, bias)
    scale = (
        _between(rng, state, f"{norm.name}.weight", outputs_) if "weight" in norm.tensors else torch.ones(outputs_),
        _drawn(rng, state, f"{norm.name}.bias", (outputs_,), 0.2) if "bias" in norm.tensors else torch.zeros(outputs_),
        _drawn(rng, state, f"{norm.name}.running_mean", (outputs_,), 0.2),
        _between(rng, state, f"{norm.name}.running_var", outputs_),
    )
    return Convolution(weight, bias, scale)


def _head(layer: CalledLayer, rng: np.random.Generator, state: dict[str, Array]) -> tuple[Tensor, Tensor]:
    weight = _drawn(rng, state, f"{layer.name}.weight", layer.weight, (2 / layer.weight[1]) ** 0.5)
    bias = _drawn(rng, state, f"{layer.name}.bias", layer.weight[:1], 0.2)
    return weight, bias


def _drawn(rng: np.random.Generator, state: dict[str, Array], name: str, size: tuple[int, ...], scale: float) -> Tensor:
    state[name] = rng.normal(0.0, scale, size).astype(np.float32)
    return torch.from_numpy(state[name])


def _between(rng: np.random.Generator, state: dict[str, Array], name: str, size: int) -> Tensor:
    state[name] = rng.uniform(0.5, 1.5, size).astype(np.float32)
    return torch.from_numpy(state[name])
