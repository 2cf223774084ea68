"""Whose network is in the pictures, and does the figure show enough of it?

The student's tensors and the images that went in are data; the maps are recomputed here. Where the pictures do not
show the student's fine-tuned network, the usual other things are tried: the raw image, the kernels, convolutions
chained without the rest.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from grading.checks.conclusions import Conclusion, wrong
from grading.checks.feature_maps import Library, Shown, planes, shown
from grading.mistakes import feature_maps as known
from reference_models import feature_maps

ENOUGH_STAGES = 4
"""Of the five (stem and four residual stages): "each stage" with one allowed to be missing, as where a course counts
the residual stages only.
"""

ENOUGH_CHANNELS = 8
CLOSER = 10
ROUNDING = 1e-4
"""Residual of maps that are equal but for single precision and the order of its sums."""

KERNELS = 8192
"""Layers with more kernels than this are not looked up: nobody draws a hundred thousand little pictures."""

MOST_IMAGES = 4
ALL = 1000

Picture = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network as it was when images went through it.

    Attributes:
        state: ResNet-18's names → tensors, floating point.
        images: (n, 3, height, width) that entered its first convolution.
        training: whether it was in training mode then.
        steps: how many optimizer steps it had taken.
        copied: whether its tensors are those of another network that was trained.
    """

    state: Mapping[str, Tensor]
    images: Tensor
    training: bool = False
    steps: int = 0
    copied: bool = False

    @property
    def tuned(self) -> bool:
        """Whether it was fine-tuned by then."""
        return self.steps > 0 or self.copied


@dataclass(slots=True)
class ShownStages:
    """What the pictures show of a candidate.

    Attributes:
        candidate: the network.
        shown: the maps found.
        maps: the candidate's maps of its first image, for the figure beside the student's.
        library: the maps that the pictures were compared with.
    """

    candidate: Candidate
    shown: Shown
    maps: Mapping[str, Tensor] = field(default_factory=dict)
    library: Library = field(default_factory=lambda: Library({}))


def best(pictures: Sequence[Picture], candidates: Sequence[Candidate]) -> ShownStages | None:
    """The candidate whose maps the pictures show most of; later ones win only by showing more."""
    found: ShownStages | None = None
    for candidate in candidates:
        for count in (1, MOST_IMAGES):
            if (count > 1 and len(candidate.images) == 1) or (count == 1 and candidate.training):
                continue
            seen = look(pictures, candidate, count)
            if found is None or better(seen, found):
                found = seen
            if len(seen.shown.stages) >= ENOUGH_STAGES:
                break
        if found is not None and certain(found):
            break
    return found


def look(pictures: Sequence[Picture], candidate: Candidate, count: int = 1) -> ShownStages:
    """Compare pictures with one candidate's maps of its first images, leaving out pictures of the images themselves."""
    given = _inputs(candidate)
    others = [picture for picture in pictures if not shown([picture], given, resized=False).matches]
    images = candidate.images if candidate.training else candidate.images[:count]
    with torch.no_grad():
        maps = feature_maps.feature_maps(candidate.state, images, training=candidate.training)
    kept = {name: values[:count] for name, values in maps.items()}
    library = Library(kept)
    return ShownStages(candidate, shown(others, library), {name: values[:1] for name, values in maps.items()}, library)


def better(one: ShownStages, other: ShownStages) -> bool:
    """Whether the pictures show more of one network than of another.

    More stages count most. Of two networks that both fit, as one does before and after a few steps, the pictures are of
    the one that fits ten times closer; where neither does, the fine-tuned one has the benefit of the doubt.
    """
    stages, others = len(one.shown.stages), len(other.shown.stages)
    if stages != others:
        return stages > others
    near, far = max(one.shown.residual, ROUNDING), max(other.shown.residual, ROUNDING)
    if near * CLOSER <= far or far * CLOSER <= near:
        return near < far
    return (one.candidate.tuned, len(one.shown.matches)) > (other.candidate.tuned, len(other.shown.matches))


def certain(seen: ShownStages) -> bool:
    """Whether no other network need be looked at: enough stages of a fine-tuned one, equal up to rounding."""
    return len(seen.shown.stages) >= ENOUGH_STAGES and seen.candidate.tuned and seen.shown.residual <= ROUNDING


def judged(  # noqa: PLR0911 - one for each way to be wrong
    pictures: Sequence[Picture], seen: ShownStages | None, *, trained: bool, other: Conclusion | None = None
) -> Conclusion:
    """The pictures show maps of several stages and channels of the student's fine-tuned network.

    Args:
        pictures: everything drawn.
        seen: from `best`; None where no image went through a network.
        trained: whether any network took a training step.
        other: what is wrong with the network that images went through instead.
    """
    every = [plane for picture in pictures[:ALL] for plane in planes(picture)]
    if not every:
        return wrong("No picture was drawn while your notebook ran.", known.NO_FIGURE)
    if all(np.ptp(plane) == 0 for plane in every if plane.size):
        return wrong("Every picture in your figure has one colour.", known.BLANK_FIGURE, pictures=len(every))
    if seen is None and other is not None:
        return wrong(f"The maps cannot be those of a ResNet-18. {other.message}", other.mistake)
    if seen is None:
        return wrong(
            "Pictures were drawn, but no image went through a ResNet-18's first convolution before them.",
            known.NO_FORWARD_PASS,
        )
    stages, found = seen.shown.stages, seen.shown
    said = {"stages": list(stages), "maps": found.channels, "pictures": found.planes}
    if len(stages) < ENOUGH_STAGES:
        return _explained(pictures, seen)
    if not seen.candidate.tuned:
        elsewhere = "another one had" if trained else "nor had any other"
        return wrong(
            f"The network that your figure shows had taken no training step; {elsewhere}.",
            known.MAPS_BEFORE_FINE_TUNING,
            **said,
        )
    if found.channels < ENOUGH_CHANNELS and not found.means:
        return wrong(f"Only {found.channels} channels are shown.", known.TOO_FEW_CHANNELS, **said)
    notes = (
        ("The network was in training mode when its maps were taken: call eval() first.",)
        if seen.candidate.training
        else ()
    )
    return Conclusion(True, evidence={"stages": list(stages), "maps": found.channels}, remarks=notes)


def _explained(pictures: Sequence[Picture], seen: ShownStages) -> Conclusion:
    """Why the pictures do not show enough of the network."""
    stages = [str(s) for s in seen.shown.stages]
    facts = {"stages": list(stages), "pictures": seen.shown.planes}
    one, state = seen.candidate.images[:1], seen.candidate.state
    if not stages and shown(pictures, _inputs(seen.candidate), resized=False).matches:
        return wrong("The pictures in your figure agree with the image that was fed in.", known.RAW_INPUT, **facts)
    with torch.no_grad():
        chains = (
            feature_maps.chained(state, one),
            feature_maps.chained(state, one, activate=torch.relu),
            feature_maps.without_residual(state, one),
        )
    for chain, mistake in zip(
        chains, (known.CHAINED_CONVOLUTIONS, known.CHAINED_CONVOLUTIONS, known.NO_RESIDUAL), strict=True
    ):
        if len(shown(pictures, Library(chain), resized=False).stages) > max(1, len(stages)):
            return wrong(
                "The deeper maps are not what your network computes: there the layers get other inputs.",
                mistake,
                **facts,
            )
    if stages:
        return wrong(
            f"Only {len(stages)} of 5 stages ({', '.join(stages)}) are shown as the network computes them.",
            known.FEW_STAGES,
            **facts,
        )
    kernels = Library({k: v for k, v in feature_maps.filters(state).items() if v.shape[1] <= KERNELS})
    if shown(pictures, kernels).matches:
        return wrong(
            "The pictures in your figure are weights of your network's convolutions.",
            known.FILTERS_NOT_ACTIVATIONS,
            **facts,
        )
    return wrong(
        "None of the pictures agrees with what your network computes for the image that was fed to it.",
        known.UNRELATED_PICTURES,
        **facts,
    )


def _inputs(candidate: Candidate) -> Library:
    return Library({"input": candidate.images[:MOST_IMAGES].float()})


def shows_maps(pictures: Sequence[Picture], seen: ShownStages) -> bool:
    """Whether some of the pictures are maps of the network."""
    return bool(shown(pictures[:ENOUGH_CHANNELS], seen.library).matches)


# -- the sheet beside the student's figure ---------------------------------------------------------------


def sheet(maps: Mapping[str, Tensor], *, channels: int = 8, side: int = 64) -> bytes:
    """A PNG of maps: one row for each stage, its first channels, each stretched to the full range of colours.

    Drawn by hand: a plotting library takes a third of a second, and a student waits.

    Args:
        maps: layer → (1, channels, h, w), from `ShownStages.maps`.
        channels: how many of each stage.
        side: pixels of each map on the sheet.
    """
    picture = Image.new("P", (LABELS + channels * (side + GAP), len(ROWS) * (side + GAP)), WHITE)
    picture.putpalette([int(c) for colour in COLOURS for c in colour])
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(12)
    for row, (name, label) in enumerate(ROWS.items()):
        top = row * (side + GAP)
        pen.text((4, top + side // 2 - 6), label, fill=0, font=font)
        for column, values in enumerate(maps[name][0, :channels].float().numpy()):
            low, high = float(values.min()), float(values.max())
            stretched = (values - low) / max(high - low, 1e-12) * (WHITE - 1)
            one = Image.fromarray(stretched.astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)
            picture.paste(one, (LABELS + column * (side + GAP), top))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


ROWS = {"relu": "stem", "layer1.1": "layer1", "layer2.1": "layer2", "layer3.1": "layer3", "layer4.1": "layer4"}
"""The layers on the sheet, the stem after ReLU and the end of each residual stage, and what they are called there."""

LABELS, GAP, WHITE = 52, 2, 255
VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
"""The colour map's colours at 0, 1/4, 1/2, 3/4 and 1."""

SHADES = [np.interp(np.linspace(0, 4, WHITE), range(5), channel) for channel in zip(*VIRIDIS, strict=True)]
COLOURS = np.concatenate([np.stack(SHADES, axis=1), [[255.0, 255.0, 255.0]]])
