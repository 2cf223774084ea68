"""Networks for pictures with other layers than were asked for, seen in shapes and in what training mode changes."""

from grading.mistakes import KnownMistake

# -- whether there is one -------------------------------------------------------------------------------

NO_NETWORK = KnownMistake(
    "no-network", "There is no network for colour pictures.", "Define one whose first convolution takes three channels."
)
NETWORK_STOPS = KnownMistake(
    "network-stops",
    "Your network raises an error when pictures go through it.",
    "Print the shape behind each layer, and compare it with what the next one expects.",
)
NOT_TRIED = KnownMistake(
    "not-tried", "The network was not tried.", "Make one, feed it a batch of (n, 3, 32, 32), look at its scores."
)

# -- layers ---------------------------------------------------------------------------------------------

CONVOLUTIONS_NUMBER = KnownMistake(
    "convolutions-number", "The network has another number of convolutions.", "Count those that were asked for."
)
FILTERS = KnownMistake(
    "filters", "A convolution has another number of filters.", "Compare outputs and inputs of each with the task."
)
KERNEL_SIZE = KnownMistake("kernel-size", "A convolution has kernels of another size.", "Look at kernel_size.")
PADDING = KnownMistake(
    "padding", "A convolution makes maps of another size.", "Its padding and its stride are the task's."
)
POOLING = KnownMistake(
    "pooling", "The maps do not shrink by 2 behind a convolution.", "MaxPool2d(2, 2) behind each convolution."
)
LINEAR_LAYERS = KnownMistake(
    "linear-layers", "The network has another number of linear layers.", "Count those that were asked for."
)
LINEAR_INPUTS = KnownMistake(
    "linear-inputs",
    "The first linear layer has another number of inputs.",
    "It is maps times height times width of what the last pooling leaves.",
)
LINEAR_WIDTHS = KnownMistake("linear-widths", "A linear layer has another width.", "Compare it with the task's.")
BIASES_MISSING = KnownMistake("biases-missing", "A layer has no biases.", "Leave bias=True.")
NO_CEIL_MODE = KnownMistake("no-ceil-mode", "The last pooling rounds 7 down to 3.", "MaxPool2d(2, 2, ceil_mode=True).")

# -- behind the last layer ------------------------------------------------------------------------------

RELU_ON_SCORES = KnownMistake("relu-on-scores", "Your network ends in a ReLU.", "Scores may be negative.")
SIGMOID_ON_SCORES = KnownMistake("sigmoid-on-scores", "Your network ends in a sigmoid.", "Let it put out scores.")
TANH_ON_SCORES = KnownMistake("tanh-on-scores", "Your network ends in a tanh.", "Let it put out scores.")

# -- normalisation, dropout, Swish ----------------------------------------------------------------------

NO_BATCH_NORMALISATION = KnownMistake(
    "no-batch-normalisation", "There is no batch normalisation.", "nn.BatchNorm2d behind each convolution."
)
NORMALISATION_MISSING = KnownMistake(
    "normalisation-missing", "Not every convolution has its normalisation.", "One nn.BatchNorm2d behind each."
)
NORMALISATION_AFTER_POOLING = KnownMistake(
    "normalisation-after-pooling", "The normalisation follows the pooling.", "Directly behind the convolution."
)
NORMALISATION_OF_LINEAR_LAYERS = KnownMistake(
    "normalisation-of-linear-layers", "Only linear layers are normalised.", "nn.BatchNorm2d behind convolutions."
)
NO_DROPOUT = KnownMistake("no-dropout", "There is no dropout.", "nn.Dropout between the two linear layers.")
DROPOUT_BEFORE_FC4 = KnownMistake(
    "dropout-before-fc4", "Dropout stands before the first linear layer only.", "Between fc4 and fc5."
)
DROPOUT_ON_SCORES = KnownMistake(
    "dropout-on-scores", "Dropout is applied to the scores.", "In front of the last linear layer."
)
DROPOUT_IN_EVALUATION = KnownMistake(
    "dropout-in-evaluation", "Dropout stays on in evaluation mode.", "nn.Dropout, or training=self.training."
)
NO_SWISH = KnownMistake(
    "no-swish", "No network computes with Swish.", "x * torch.sigmoid(x) in the place of every ReLU."
)
SWISH_NOT_BY_HAND = KnownMistake("swish-not-by-hand", "Swish was taken from torch.", "Write it: x * torch.sigmoid(x).")
SWISH_MISSING_SOMEWHERE = KnownMistake(
    "swish-missing-somewhere", "Some activations are not Swish.", "In the place of every ReLU."
)

# -- ResNet-20 ------------------------------------------------------------------------------------------

NOT_TWENTY_LAYERS = KnownMistake(
    "not-twenty-layers", "The network does not have 19 convolutions 3 x 3.", "One, and nine blocks of two."
)
TOO_WIDE = KnownMistake("too-wide", "The network is as wide as one for ImageNet.", "16, 32 and 64 maps.")
OTHER_WIDTHS = KnownMistake("other-widths", "The stages have other widths.", "16, 32 and 64 maps.")
PROJECTION_EVERYWHERE = KnownMistake(
    "projection-everywhere", "Every block has a convolution in its shortcut.", "Only where a stage begins."
)
HEAD = KnownMistake("head", "The last layer is not 64 to 10.", "The mean of each map, then Linear(64, 10).")
STEM_POOLS = KnownMistake(
    "stem-pools", "The network shrinks pictures before the first stage.", "3 x 3, stride 1, no pooling."
)
