"""What is the matter with a network that should start from pretrained weights: layers, weights, last layer."""

from grading.mistakes import KnownMistake

# -- another network --------------------------------------------------------------------------------------

OTHER_ARCHITECTURE = KnownMistake("other-architecture", "This is another network.", "Use torchvision.models.resnet18.")
FIRST_LAYER_REPLACED = KnownMistake(
    "first-layer-replaced",
    "The first convolution was replaced by a new one.",
    "Keep it and resize the pictures instead.",
)
LAYERS_REPLACED = KnownMistake(
    "layers-replaced", "Layers inside the network were replaced.", "Replace the last layer only."
)

# -- other weights ----------------------------------------------------------------------------------------

RANDOM_INITIALISATION = KnownMistake(
    "random-initialisation", "The network starts from random weights.", "Pass weights=ResNet18_Weights.DEFAULT."
)
PARTLY_LOADED = KnownMistake(
    "partly-loaded",
    "A part of the network does not carry the pretrained weights.",
    "Look at what load_state_dict(strict=False) returns, and reset no layer.",
)
RE_INITIALISED = KnownMistake(
    "re-initialised",
    "Loaded weights were overwritten by an initialisation.",
    "Initialise the new last layer only, not the whole network.",
)
STATISTICS_NOT_LOADED = KnownMistake(
    "statistics-not-loaded",
    "The normalisations' running statistics are those of a new network.",
    "Load the buffers as well, not the parameters alone.",
)
STATISTICS_DRIFTED = KnownMistake(
    "statistics-drifted",
    "The normalisations' running statistics changed before training.",
    "Do not reset them, and call eval() for trial runs.",
)
OTHER_WEIGHTS = KnownMistake(
    "other-weights", "These are not the ImageNet weights of ResNet-18.", "Pass weights=ResNet18_Weights.DEFAULT."
)

# -- another last layer -----------------------------------------------------------------------------------

_REPLACE = "Replace it: model.fc = nn.Linear(model.fc.in_features, number_of_classes)."

HEAD_NOT_REPLACED = KnownMistake("head-not-replaced", "The last layer still has ImageNet's 1000 outputs.", _REPLACE)
WRONG_NUMBER_OF_CLASSES = KnownMistake(
    "wrong-number-of-classes",
    "The last layer has the wrong number of outputs.",
    "One output for each class of your data set.",
)
NO_HEAD = KnownMistake("no-head", "There is no last layer that tells your classes apart.", _REPLACE)
