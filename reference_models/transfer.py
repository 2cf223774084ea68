"""Transfer learning from a pretrained ResNet-18: what its tensors are, and how a fine-tuned network starts.

The network that a course fine-tunes equals the pretrained checkpoint in every tensor, parameters and running
statistics of the normalisations alike, except for the last layer, which is new and has one output for each class.
"""

from pathlib import Path

import torch
from torch import Tensor

HEAD = ("fc.weight", "fc.bias")
"""The tensors of the layer that is replaced."""

IMAGENET_CLASSES = 1000
FEATURES = 512
CHECKPOINT = "resnet18-f37072fd.pth"
"""torchvision's file name of the ImageNet weights; the second half is the beginning of the file's SHA-256."""


def _stage(index: int, before: int, width: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for block in (0, 1):
        entered = before if block == 0 else width
        prefix = f"layer{index}.{block}"
        shapes[f"{prefix}.conv1.weight"] = (width, entered, 3, 3)
        shapes |= _norm(f"{prefix}.bn1", width)
        shapes[f"{prefix}.conv2.weight"] = (width, width, 3, 3)
        shapes |= _norm(f"{prefix}.bn2", width)
        if entered != width:
            shapes[f"{prefix}.downsample.0.weight"] = (width, entered, 1, 1)
            shapes |= _norm(f"{prefix}.downsample.1", width)
    return shapes


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    vectors = {f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")}
    return {**vectors, f"{name}.num_batches_tracked": ()}


def shapes(classes: int = IMAGENET_CLASSES) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a ResNet-18's tensors, in the order of its layers.

    Source:
        He, Zhang, Ren, Sun 2016, table 1, 18 layers; names as in torchvision.

    >>> len(shapes()), shapes(10)["fc.weight"], shapes()["layer4.0.downsample.0.weight"]
    (122, (10, 512), (512, 256, 1, 1))
    """
    named: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7), **_norm("bn1", 64)}
    for index, (before, width) in enumerate(((64, 64), (64, 128), (128, 256), (256, 512)), start=1):
        named |= _stage(index, before, width)
    return {**named, "fc.weight": (classes, FEATURES), "fc.bias": (classes,)}


BODY = tuple(name for name in shapes() if name not in HEAD)
"""Every tensor but those of the last layer."""

COUNTERS = tuple(name for name in BODY if name.endswith("num_batches_tracked"))
"""Bookkeeping of the normalisations; older checkpoints lack them."""


def pretrained(hub: Path) -> dict[str, Tensor]:
    """The checkpoint's tensors.

    Args:
        hub: torch hub's folder layout; the file is `hub/checkpoints/resnet18-f37072fd.pth` under it.

    Returns:
        Name → tensor. Only tensors are read from the file, nothing in it is executed.

    Raises:
        OSError: the file is not there: whoever runs the service must act.
    """
    path = hub / "hub" / "checkpoints" / CHECKPOINT
    state = torch.load(path, map_location="cpu", weights_only=True)  # noqa: TID251 - ours, tensors only
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


# -- a stand-in for the checkpoint ------------------------------------------------------------------------


def stand_in(seed: int = 18) -> dict[str, Tensor]:
    """Random weights that behave like trained ones: for a service without the real checkpoint.

    Kernels are Kaiming-normal; the normalisations' weights, biases and running statistics are all different from what
    a fresh network has, so that loading only some of the tensors shows in each of them.

    Returns:
        The names and shapes of `shapes()`, float32.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(shape: tuple[int, ...], scale: float) -> Tensor:
        return torch.randn(shape, generator=generator) * scale

    def uniform(shape: tuple[int, ...], low: float, high: float) -> Tensor:
        return torch.rand(shape, generator=generator) * (high - low) + low

    state: dict[str, Tensor] = {}
    for name, shape in shapes().items():
        part = name.rsplit(".", 1)[-1]
        if part == "num_batches_tracked":
            state[name] = torch.tensor(5005)
        elif part == "running_mean":
            state[name] = normal(shape, 0.2)
        elif part == "running_var":
            state[name] = uniform(shape, 0.6, 1.6)
        elif part == "bias":
            state[name] = normal(shape, 0.1)
        elif len(shape) == 1:
            state[name] = uniform(shape, 0.25, 0.75)
        else:
            fan_in = 1
            for size in shape[1:]:
                fan_in *= size
            state[name] = normal(shape, (2 / fan_in) ** 0.5)
    return state
