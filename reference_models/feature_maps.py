"""What every layer of a ResNet-18 puts out, written as one walk through the network.

The network is its tensors: a mapping from the names that torchvision gives them (`layer3.0.downsample.1.running_var`)
to values. So the same walk serves the pretrained checkpoint, a student's fine-tuned network and a stand-in, and
nothing of theirs has to be executed.
"""

from collections.abc import Callable, Mapping

from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the field's name

State = Mapping[str, Tensor]
Maps = dict[str, Tensor]

STAGES = ("stem", "layer1", "layer2", "layer3", "layer4")
"""The stages in order of depth: the stem (convolution, normalisation, ReLU, pooling) and the four residual stages."""

BLOCKS = tuple(f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1))


def stage_of(name: str) -> str:
    """The stage that a layer belongs to.

    >>> stage_of("layer2.1.bn1"), stage_of("relu")
    ('layer2', 'stem')
    """
    head = name.split(".", maxsplit=1)[0]
    return head if head in STAGES else "stem"


def feature_maps(state: State, images: Tensor, *, training: bool = False) -> Maps:
    """Outputs of every inner layer of a ResNet-18 (He, Zhang, Ren, Sun 2016, table 1).

    Args:
        state: torchvision's names → tensors, the last layer not needed. Floating point, one dtype.
        images: (n, 3, height, width), preprocessed, of the same dtype.
        training: normalise with the statistics of this batch, as a network in training mode does, instead of the
            running ones.

    Returns:
        Layer → (n, channels, h, w) in order of depth: `conv1`, `bn1`, `relu`, `maxpool`, then for each block its
        `conv1`, `bn1`, `relu1`, `conv2`, `bn2`, where there is one `downsample`, and the block's output under the
        block's name (`layer1.0`).
    """
    maps: Maps = {}

    def norm(x: Tensor, name: str) -> Tensor:
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        if training:
            return F.batch_norm(x, None, None, weight, bias, training=True)
        return F.batch_norm(x, mean, variance, weight, bias)

    x = maps["conv1"] = F.conv2d(images, state["conv1.weight"], stride=2, padding=3)  # (n, 64, H/2, W/2)
    x = maps["bn1"] = norm(x, "bn1")
    x = maps["relu"] = F.relu(x)
    x = maps["maxpool"] = F.max_pool2d(x, 3, stride=2, padding=1)  # (n, 64, H/4, W/4)
    for block in BLOCKS:
        entered = x
        stride = 2 if f"{block}.downsample.0.weight" in state else 1
        x = maps[f"{block}.conv1"] = F.conv2d(x, state[f"{block}.conv1.weight"], stride=stride, padding=1)
        x = maps[f"{block}.bn1"] = norm(x, f"{block}.bn1")
        x = maps[f"{block}.relu1"] = F.relu(x)
        x = maps[f"{block}.conv2"] = F.conv2d(x, state[f"{block}.conv2.weight"], padding=1)
        x = maps[f"{block}.bn2"] = norm(x, f"{block}.bn2")
        if stride == 2:  # noqa: PLR2004 - the residual has to be brought to the new size
            entered = F.conv2d(entered, state[f"{block}.downsample.0.weight"], stride=2)
            entered = maps[f"{block}.downsample"] = norm(entered, f"{block}.downsample.1")
        x = maps[block] = F.relu(x + entered)
    return maps


# -- known mistakes -------------------------------------------------------------------------------------


def chained(state: State, images: Tensor, *, activate: Callable[[Tensor], Tensor] | None = None) -> Maps:
    """The convolutions alone, one after the other: no normalisation, no residual connection, no pooling.

    A well-known recipe collects the convolutions of a ResNet in a list and runs the image through it. What comes out
    is not what the network computes: beyond the first layer the inputs are wrong.

    Args:
        state: torchvision's names → tensors.
        images: (n, 3, height, width), preprocessed.
        activate: applied after each convolution (ReLU, in a milder form of the mistake).

    Returns:
        Layer → (n, channels, h, w), the names of `feature_maps`' convolutions.
    """
    maps: Maps = {}
    x = maps["conv1"] = F.conv2d(images, state["conv1.weight"], stride=2, padding=3)
    for block in BLOCKS:
        stride = 2 if f"{block}.downsample.0.weight" in state else 1
        for name, step in (("conv1", stride), ("conv2", 1)):
            entered = activate(x) if activate else x
            x = maps[f"{block}.{name}"] = F.conv2d(entered, state[f"{block}.{name}.weight"], stride=step, padding=1)
    return maps


def without_residual(state: State, images: Tensor) -> Maps:
    """Convolution, normalisation and ReLU in a row, the shortcut left out."""
    maps: Maps = {}

    def norm(x: Tensor, name: str) -> Tensor:
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        return F.batch_norm(x, mean, variance, state[f"{name}.weight"], state[f"{name}.bias"])

    x = maps["conv1"] = F.conv2d(images, state["conv1.weight"], stride=2, padding=3)
    x = F.max_pool2d(F.relu(norm(x, "bn1")), 3, stride=2, padding=1)
    for block in BLOCKS:
        stride = 2 if f"{block}.downsample.0.weight" in state else 1
        x = F.relu(norm(F.conv2d(x, state[f"{block}.conv1.weight"], stride=stride, padding=1), f"{block}.bn1"))
        x = norm(F.conv2d(x, state[f"{block}.conv2.weight"], padding=1), f"{block}.bn2")
        x = maps[block] = F.relu(x)
    return maps


def filters(state: State) -> Maps:
    """The weights themselves: every kernel as a little picture, (out * in, h, w) a layer."""
    return {
        name.removesuffix(".weight"): value.reshape(1, -1, *value.shape[2:])
        for name, value in state.items()
        if value.ndim == 4  # noqa: PLR2004 - convolutions have four axes
    }
