"""What figures show where the feature maps of a fine-tuned network are due."""

from grading.mistakes import STOPPED, KnownMistake

NO_FIGURE = KnownMistake(
    "no-figure", "There is no figure of feature maps.", f"Draw feature maps with plt.imshow. {STOPPED}"
)
BLANK_FIGURE = KnownMistake(
    "blank-figure", "The figure is blank.", "Look at what imshow is given: all its numbers are equal."
)
MAPS_BEFORE_FINE_TUNING = KnownMistake(
    "maps-before-fine-tuning",
    "The maps are those of the network before fine-tuning.",
    "Run the picture through the network that you trained.",
)
CHAINED_CONVOLUTIONS = KnownMistake(
    "chained-convolutions",
    "The convolutions are run one after the other.",
    "Use forward hooks: normalisation, ReLU, pooling and shortcuts belong to it.",
)
NO_RESIDUAL = KnownMistake("no-residual", "The shortcuts are left out.", "Use forward hooks on the network itself.")
FEW_STAGES = KnownMistake(
    "few-stages", "Too few of the network's stages are shown.", "Show the stem and each of layer1 to layer4."
)
TOO_FEW_CHANNELS = KnownMistake(
    "too-few-channels",
    "Each stage has many channels, and a few of them tell little.",
    "Show several channels of each stage, or their mean.",
)
FILTERS_NOT_ACTIVATIONS = KnownMistake(
    "filters-not-activations",
    "The figure shows kernels.",
    "Show what the layers put out for a picture, not their weights.",
)
RAW_INPUT = KnownMistake("raw-input", "The figure shows the picture that goes in.", "Show what the layers put out.")
UNRELATED_PICTURES = KnownMistake(
    "unrelated-pictures",
    "The pictures are not this network's maps.",
    "Show output[0, channel] of each stage without mixing up axes.",
)
NO_FORWARD_PASS = KnownMistake(
    "no-forward-pass",
    "No picture was run through the network.",
    "Call the network on an image and keep the stages' outputs.",
)
