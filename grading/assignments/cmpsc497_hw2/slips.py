"""Known mistakes of notebook 2: what each says to the student, and where to look.

The checks decide from data which mistake it is and put its id into the evidence; these are the words.
"""

from grading.checks.conclusions import slip
from grading.mistakes import STOPPED

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
        "no-normalization",
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
    slip("mean-and-std-swapped", "Mean and std are exchanged.", "Normalize takes the mean first."),
    slip(
        "mean-only",
        "The mean is subtracted, but nothing is divided by the deviation.",
        "Give Normalize the std as well.",
    ),
    slip("std-only", "The mean is not subtracted.", "Give Normalize the mean as well."),
    slip("bytes-not-scaled", "The values run from 0 to 255.", "Scale to [0, 1] and normalise."),
    slip(
        "bytes-normalized",
        "Bytes are normalised with statistics that are meant for [0, 1].",
        "Scale to [0, 1] before Normalize.",
    ),
    slip(
        "normalized-twice",
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

ARCHITECTURE = (
    slip("other-architecture", "This is another network.", "Use torchvision.models.resnet18."),
    slip(
        "first-layer-replaced",
        "The first convolution was replaced by a new one.",
        "Keep it and resize the pictures instead.",
    ),
    slip("layers-replaced", "Layers inside the network were replaced.", "Replace the last layer only."),
)

WEIGHTS = (
    slip("random-initialisation", "The network starts from random weights.", "Pass weights=ResNet18_Weights.DEFAULT."),
    slip(
        "partly-loaded",
        "A part of the network does not carry the pretrained weights.",
        "Look at what load_state_dict(strict=False) returns, and reset no layer.",
    ),
    slip(
        "re-initialised",
        "Loaded weights were overwritten by an initialisation.",
        "Initialise the new last layer only, not the whole network.",
    ),
    slip(
        "statistics-not-loaded",
        "The normalisations' running statistics are those of a new network.",
        "Load the buffers as well, not the parameters alone.",
    ),
    slip(
        "statistics-drifted",
        "The normalisations' running statistics changed before training.",
        "Do not reset them, and call eval() for trial runs.",
    ),
    slip("other-weights", "These are not the ImageNet weights of ResNet-18.", "Pass weights=ResNet18_Weights.DEFAULT."),
)

HEAD = (
    slip(
        "head-not-replaced",
        "The last layer still has ImageNet's 1000 outputs.",
        "Replace it: model.fc = nn.Linear(model.fc.in_features, number_of_classes).",
    ),
    slip(
        "wrong-number-of-classes",
        "The last layer has the wrong number of outputs.",
        "One output for each class of your data set.",
    ),
    slip(
        "no-head",
        "There is no last layer that tells your classes apart.",
        "Replace it: model.fc = nn.Linear(model.fc.in_features, number_of_classes).",
    ),
)

MAPS = (
    slip("no-figure", "There is no figure of feature maps.", f"Draw feature maps with plt.imshow. {STOPPED}"),
    slip("blank-figure", "The figure is blank.", "Look at what imshow is given: all its numbers are equal."),
    slip(
        "maps-before-fine-tuning",
        "The maps are those of the network before fine-tuning.",
        "Run the picture through the network that you trained.",
    ),
    slip(
        "chained-convolutions",
        "The convolutions are run one after the other.",
        "Use forward hooks: normalisation, ReLU, pooling and shortcuts belong to it.",
    ),
    slip("no-residual", "The shortcuts are left out.", "Use forward hooks on the network itself."),
    slip("few-stages", "Too few of the network's stages are shown.", "Show the stem and each of layer1 to layer4."),
    slip(
        "too-few-channels",
        "Each stage has many channels, and a few of them tell little.",
        "Show several channels of each stage, or their mean.",
    ),
    slip(
        "filters-not-activations",
        "The figure shows kernels.",
        "Show what the layers put out for a picture, not their weights.",
    ),
    slip("raw-input", "The figure shows the picture that goes in.", "Show what the layers put out."),
    slip(
        "unrelated-pictures",
        "The pictures are not this network's maps.",
        "Show output[0, channel] of each stage without mixing up axes.",
    ),
    slip(
        "no-forward-pass",
        "No picture was run through the network.",
        "Call the network on an image and keep the stages' outputs.",
    ),
)
