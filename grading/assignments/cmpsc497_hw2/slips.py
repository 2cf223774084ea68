"""Known mistakes of notebook 2: what each says to the student, and where to look.

The checks decide from data which mistake it is and put its id into the evidence; these are the words.
"""

from grading.checks.conclusions import slip

FORM = (
    slip(
        "no-tensor",
        "The pipeline does not end with a tensor.",
        "Add ToTensor() (or ToImage and ToDtype) before Normalize.",
    ),
    slip(
        "integer-tensor",
        "The pixels stay integers.",
        "ToTensor() scales to [0, 1]; with v2 use ToDtype(torch.float32, scale=True).",
    ),
    slip(
        "no-resize",
        "Pictures keep their own size.",
        "Add Resize and a crop, or RandomResizedCrop, to 224 x 224: one size for all.",
    ),
    slip("too-small", "Pictures are shrunk until nothing is left of them.", "The pretrained network saw 224 x 224."),
    slip(
        "wrong-axes",
        "The output's axes are not channels, height, width.",
        "Check for an extra batch axis or a missing colour channel.",
    ),
)

STATISTICS = (
    slip(
        "no-normalisation",
        "The pixels are in [0, 1] and never normalised.",
        "Add Normalize with ImageNet's mean and std after ToTensor.",
    ),
    slip(
        "cifar-statistics",
        "The statistics are CIFAR's.",
        "The weights were trained on ImageNet: use its mean and std whatever your data are.",
    ),
    slip(
        "half-statistics",
        "Mean and std are 0.5.",
        "Use ImageNet's: mean (0.485, 0.456, 0.406), std (0.229, 0.224, 0.225).",
    ),
    slip("mnist-statistics", "The statistics are MNIST's.", "Use ImageNet's mean and std."),
    slip("statistics-exchanged", "Mean and std are exchanged.", "Normalize takes the mean first."),
    slip(
        "mean-only",
        "The mean is subtracted, but nothing is divided by the deviation.",
        "Give Normalize the std as well.",
    ),
    slip("std-only", "The mean is not subtracted.", "Give Normalize the mean as well."),
    slip("bytes-not-scaled", "The values run from 0 to 255.", "Scale to [0, 1] and normalise."),
    slip(
        "bytes-normalised",
        "Bytes are normalised with statistics that are meant for [0, 1].",
        "Scale to [0, 1] before Normalize.",
    ),
    slip(
        "normalised-twice",
        "The pictures are normalised twice.",
        "Leave one Normalize; weights.transforms() normalises already.",
    ),
    slip("scaled-twice", "The pixels are divided by 255 twice.", "ToTensor() divides already."),
    slip(
        "channels-reversed",
        "The statistics, or the colours, are in the order blue, green, red.",
        "PIL and torchvision use red, green, blue.",
    ),
)

RANDOMNESS = (
    slip(
        "augmented-evaluation",
        "The evaluation pictures are changed at random.",
        "Give the test set a pipeline of its own without random transforms.",
    ),
    slip(
        "no-augmentation",
        "The training pictures are never varied.",
        "Add a random flip or crop to the training pipeline.",
    ),
)
