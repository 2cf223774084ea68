"""How pictures come to a network otherwise than they should: their form, normalisation, crops and flips.

A variant of a normalisation takes the statistics that were asked for, and gives the ends (2, 3) of what comes out
instead: black's and white's channels. Several conventions of one mistake give several.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from grading.mistakes import KnownMistake
from reference_models.transforms import CIFAR10, CIFAR10_PIXELS, IMAGENET, Statistics, endpoints

Array = npt.NDArray[np.float64]
Ends = Callable[[Statistics], tuple[Array, ...]]

_ASKED_FOR = "Use the statistics that were asked for."
_PIXELS = np.array([[0.0] * 3, [1.0] * 3])
_BYTES = 255 * _PIXELS


def _of(*statistics: Statistics) -> Ends:
    return lambda wanted: tuple(endpoints(one) for one in statistics if wanted not in statistics)


def _grey(mean: float, std: float) -> Statistics:
    return Statistics((mean,) * 3, (std,) * 3)


def _normalised(ends: Array, by: Statistics) -> Array:
    return np.asarray((ends - np.array(by.mean)) / np.array(by.std))


# -- form -----------------------------------------------------------------------------------------------

NO_PIPELINE = KnownMistake(
    "no-pipeline", "No transform of colour pictures was found.", "Give the data set a transform."
)
NO_TENSOR = KnownMistake(
    "no-tensor",
    "The pipeline does not end with a tensor.",
    "Add ToTensor() (or ToImage and ToDtype) before Normalize.",
)
INTEGER_TENSOR = KnownMistake(
    "integer-tensor",
    "The pixels stay integers.",
    "ToTensor() scales to [0, 1]; with v2 use ToDtype(torch.float32, scale=True).",
)
WRONG_AXES = KnownMistake(
    "wrong-axes",
    "The output's axes are not channels, height, width.",
    "Check for an extra batch axis or a missing colour channel.",
)
NOT_FINITE = KnownMistake(
    "not-finite", "The pipeline gives values that are not finite.", "Look for a deviation of 0, or a logarithm."
)
NO_RESIZE = KnownMistake(
    "no-resize",
    "Pictures keep their own size.",
    "Add Resize and a crop, or RandomResizedCrop, to 224 x 224: one size for all.",
)
TOO_SMALL = KnownMistake(
    "too-small", "Pictures are shrunk until nothing is left of them.", "The pretrained network saw 224 x 224."
)
TURNED = KnownMistake(
    "turned", "Evaluation pictures are turned or mirrored.", "Leave the orientation of evaluation pictures alone."
)

# -- normalisation --------------------------------------------------------------------------------------

PICTURES_ALIKE = KnownMistake(
    "pictures-alike", "Black and white pictures come out alike.", "Look at the deviations that Normalize is given."
)
NO_NORMALISATION: KnownMistake[Ends] = KnownMistake(
    "no-normalisation",
    "Pixels are left between 0 and 1.",
    "Add transforms.Normalize(mean, std) behind ToTensor.",
    lambda wanted: (_PIXELS,),  # noqa: ARG005 - a variant's signature
)
EVALUATION_NOT_NORMALISED = KnownMistake(
    "evaluation-not-normalised", "Only training pictures are normalised.", "Normalise both in the same way."
)
TRAINING_NOT_NORMALISED = KnownMistake(
    "training-not-normalised", "Training pictures are not normalised; others are.", "Normalise both in the same way."
)
OTHER_STATISTICS = KnownMistake("other-statistics", "The statistics are others than those asked for.", _ASKED_FOR)

NORMALISATION: tuple[KnownMistake[Ends], ...] = (
    NO_NORMALISATION,
    KnownMistake(
        "bytes-not-scaled",
        "The values run from 0 to 255.",
        "Scale to [0, 1] and normalise.",
        lambda wanted: (_BYTES,),  # noqa: ARG005 - a variant's signature
    ),
    KnownMistake(
        "bytes-normalised",
        "Bytes are normalised with statistics that are meant for [0, 1].",
        "Scale to [0, 1] before Normalize.",
        lambda wanted: (_normalised(_BYTES, wanted),),
    ),
    KnownMistake(
        "normalised-twice",
        "The pictures are normalised twice.",
        "Leave one Normalize; weights.transforms() normalises already.",
        lambda wanted: (_normalised(endpoints(wanted), wanted),),
    ),
    KnownMistake(
        "channels-reversed",
        "The statistics, or the colours, are in the order blue, green, red.",
        "PIL and torchvision use red, green, blue.",
        lambda wanted: (endpoints(Statistics(wanted.mean[::-1], wanted.std[::-1])),),
    ),
    KnownMistake(
        "scaled-twice",
        "The pixels are divided by 255 twice.",
        "ToTensor() divides already.",
        lambda wanted: (_normalised(_PIXELS / 255, wanted), _PIXELS / 255),
    ),
    KnownMistake(
        "cifar-statistics",
        "The statistics are CIFAR's.",
        "Pretrained weights expect those of the pictures that they were trained on, whatever your data are.",
        _of(CIFAR10, CIFAR10_PIXELS, Statistics((0.5071, 0.4867, 0.4408), (0.2675, 0.2565, 0.2761))),
    ),
    KnownMistake("imagenet-statistics", "The statistics are ImageNet's.", _ASKED_FOR, _of(IMAGENET)),
    KnownMistake("half-statistics", "Mean and deviation are 0.5.", _ASKED_FOR, _of(_grey(0.5, 0.5), _grey(0.5, 0.25))),
    KnownMistake(
        "mnist-statistics", "The statistics are MNIST's.", _ASKED_FOR, _of(_grey(0.1307, 0.3081), _grey(0.286, 0.353))
    ),
    KnownMistake(
        "statistics-exchanged",
        "Mean and deviation are exchanged.",
        "Normalize(mean, std) takes the mean first.",
        lambda wanted: (endpoints(Statistics(wanted.std, wanted.mean)),),
    ),
    KnownMistake(
        "mean-only",
        "The mean is subtracted, but nothing is divided by the deviation.",
        "Give Normalize the deviations as well.",
        lambda wanted: (endpoints(Statistics(wanted.mean, (1.0, 1.0, 1.0))),),
    ),
    KnownMistake(
        "std-only",
        "The mean is not subtracted.",
        "Give Normalize the means as well.",
        lambda wanted: (endpoints(Statistics((0.0, 0.0, 0.0), wanted.std)),),
    ),
)
"""Where black and white come out at these ends; the first that fits names it."""

# -- crops and flips ------------------------------------------------------------------------------------

NO_AUGMENTATION = KnownMistake(
    "no-augmentation",
    "The training pictures are never varied.",
    "Add a random crop and RandomHorizontalFlip() to the training pipeline.",
)
CROP_SIZE = KnownMistake(
    "crop-size", "Training pictures come out in another size.", "Give RandomCrop the size that was asked for."
)
RESIZED = KnownMistake("resized", "Pictures are resized where they should be cropped.", "RandomCrop, and no Resize.")
NO_RANDOM_CROP = KnownMistake(
    "no-random-crop",
    "Training pictures are never shifted: the crop is always at the same place.",
    "RandomCrop; where the crop is as large as the picture, with a padding.",
)
OTHER_PADDING = KnownMistake(
    "other-padding", "The crop moves by another number of pixels.", "Give RandomCrop the padding that was asked for."
)
NO_FLIP = KnownMistake("no-flip", "Pictures are never flipped.", "RandomHorizontalFlip().")
ALWAYS_FLIPPED = KnownMistake("always-flipped", "Every picture is flipped.", "RandomHorizontalFlip() with p = 0.5.")
VERTICAL_FLIP = KnownMistake("vertical-flip", "Pictures are turned upside down.", "RandomHorizontalFlip().")
EVALUATION_AUGMENTED = KnownMistake(
    "evaluation-augmented",
    "The evaluation pictures are changed at random.",
    "Give them a pipeline of their own without random transforms.",
)
EVALUATION_NOT_CROPPED = KnownMistake("evaluation-not-cropped", "Test pictures are not cropped.", "CenterCrop.")
EVALUATION_CROP_SIZE = KnownMistake(
    "evaluation-crop-size", "Test pictures come out in another size.", "Give CenterCrop the size that was asked for."
)
EVALUATION_OFF_CENTRE = KnownMistake(
    "evaluation-off-centre", "The crop of test pictures is not their centre.", "CenterCrop."
)
EVALUATION_RESIZED = KnownMistake(
    "evaluation-resized", "Test pictures are resized where they should be cropped.", "CenterCrop, and no Resize."
)
