"""Known mistakes of 2-cd's code, recognised by their id in the evidence."""

from grading.authoring import Mistake
from grading.checks.conclusions import slip
from grading.mistakes.cifar_cnn import FORWARD

NONE = (
    slip("no-network", "There is no network for colour pictures.", "Change the first convolution to three channels."),
    slip(
        "network-stops",
        "Your network raises an error when pictures go through it.",
        "Print the shape behind each layer, and compare it with what the next one expects.",
    ),
)
LAYERS = (
    *NONE,
    slip("convolutions-number", "The statement's network has three convolutions.", "conv1, conv2 and conv3."),
    slip("filters", "A convolution has another number of filters than the statement's.", "Compare with its table."),
    slip("kernel-size", "A convolution has kernels of another size than the statement's.", "kernel_size=5."),
    slip("padding", "A convolution changes the size of its maps.", "padding=2 and stride=1 keep it with 5 x 5."),
    slip("pooling", "The maps do not shrink by 2 behind a convolution.", "MaxPool2d(2, 2) behind each."),
    slip("linear-layers", "The statement's network has two linear layers.", "fc4 and fc5."),
    slip("fc4-inputs", "The first linear layer has another number of inputs.", "64 maps of 4 x 4 are 1024."),
    slip(
        "fc4-width",
        "The first linear layer has another number of outputs than the statement's.",
        "Compare with its table.",
    ),
    slip("classes", "The last layer has another number of outputs.", "CIFAR-10 has 10 classes."),
    slip("biases-missing", "A layer has no biases.", "Leave bias=True."),
)
COMPUTES = (
    *(slip(k.id, k.says, k.look) for k in FORWARD),
    slip("softmax-before-cross-entropy", "Your network ends in a softmax, which the loss contains already.",
         "Let it put out scores."),
    slip("relu-on-scores", "Your network ends in a ReLU.", "Scores may be negative."),
    slip("sigmoid-on-scores", "Your network ends in a sigmoid.", "Let it put out scores."),
    slip("tanh-on-scores", "Your network ends in a tanh.", "Let it put out scores."),
)  # fmt: skip
STATISTICS = (
    slip("no-pipeline", "No pipeline for colour pictures was found.", "Give CIFAR10 a transform."),
    slip("no-tensor", "Pictures do not become tensors.", "transforms.ToTensor()."),
    slip("no-normalisation", "Pixels are left between 0 and 1.", "transforms.Normalize(mean, std) behind ToTensor."),
    slip("half-statistics", "Mean and deviation are 0.5.", "Use the statement's numbers."),
    slip("imagenet-statistics", "These are ImageNet's statistics.", "Use the statement's numbers, CIFAR-10's."),
    slip("mnist-statistics", "These are MNIST's statistics.", "Use the statement's numbers, CIFAR-10's."),
    slip("mean-only", "Only the mean is subtracted.", "Divide by the deviations too."),
    slip("statistics-exchanged", "Mean and deviation are exchanged.", "Normalize(mean, std)."),
    slip("evaluation-not-normalised", "Only training pictures are normalised.", "Normalise both in the same way."),
    slip("training-not-normalised", "Only test pictures are normalised.", "Normalise both in the same way."),
    slip("other-statistics", "The statistics are others than the statement's.", "They are CIFAR-10's."),
)  # fmt: skip
TRAINING_CROPS = (
    *STATISTICS[:2],
    slip("no-augmentation", "Training pictures are neither cropped nor flipped.",
         "RandomCrop(28) and RandomHorizontalFlip()."),
    slip("crop-size", "Training pictures have another size than 28 x 28.", "RandomCrop(28)."),
    slip("no-random-crop", "The crop is always at the same place.", "RandomCrop(28)."),
    slip("resized", "Pictures are resized where they should be cropped.", "RandomCrop(28)."),
    slip("no-flip", "Pictures are never flipped.", "RandomHorizontalFlip()."),
    slip("always-flipped", "Every picture is flipped.", "RandomHorizontalFlip() with p = 0.5."),
    slip("vertical-flip", "Pictures are turned upside down.", "RandomHorizontalFlip()."),
)  # fmt: skip
EVALUATION_CROPS = (
    *STATISTICS[:2],
    slip("evaluation-augmented", "Test pictures are varied at random.", "CenterCrop(28) and nothing random."),
    slip("evaluation-not-cropped", "Test pictures keep 32 x 32.", "CenterCrop(28)."),
    slip("evaluation-crop-size", "Test pictures have another size than 28 x 28.", "CenterCrop(28)."),
    slip("evaluation-off-centre", "The crop of test pictures is not their centre.", "CenterCrop(28)."),
    slip("evaluation-resized", "Test pictures are resized where they should be cropped.", "CenterCrop(28)."),
)
CEILING = (
    *NONE,
    slip("no-ceil-mode", "The last pooling rounds 7 down to 3.", "MaxPool2d(2, 2, ceil_mode=True)."),
)
RATES = (
    slip(
        "no-training",
        "No training step was seen, so no learning rate either.",
        "Run main, and keep it working.",
        symptom=True,
    ),
    slip("rate-constant", "The learning rate stays the same.", "Call the schedule's step() after each epoch."),
    slip("schedule-each-batch", "The learning rate falls with every batch.", "Call step() once an epoch."),
    slip("decay-factor", "The learning rate falls by another factor.", "Look at gamma."),
    slip("rate-rises", "The learning rate rises.", "gamma is a factor, below 1."),
)
DROPOUT = (
    *NONE,
    slip("no-dropout", "There is no dropout.", "nn.Dropout between the two linear layers."),
    slip("dropout-before-fc4", "Dropout stands before the first linear layer only.", "Between fc4 and fc5."),
    slip("dropout-on-scores", "Dropout is applied to the scores.", "Between fc4 and fc5."),
    slip("dropout-in-evaluation", "Dropout stays on in evaluation mode.", "nn.Dropout, or training=self.training."),
)
NORMALISATION = (
    *NONE,
    slip("no-batch-normalisation", "There is no batch normalisation.", "nn.BatchNorm2d behind each convolution."),
    slip("normalisation-missing", "Not every convolution has its normalisation.", "One behind each of the three."),
    slip("normalisation-after-pooling", "The normalisation follows the pooling.", "Directly behind the convolution."),
    slip("normalisation-of-linear-layers", "Only linear layers are normalised.", "BatchNorm2d behind convolutions."),
)  # fmt: skip

EVERY: tuple[Mistake, ...] = (
    *LAYERS, *COMPUTES, *STATISTICS, *TRAINING_CROPS, *EVALUATION_CROPS, *CEILING, *RATES, *DROPOUT, *NORMALISATION,
)  # fmt: skip
