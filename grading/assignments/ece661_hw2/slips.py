"""Known mistakes of the labs, recognised by their id in the evidence."""

from grading.checks.conclusions import slip
from grading.mistakes import lenet, resnet_cifar

NONE = (
    slip("no-network", "There is no network for colour pictures.", "Define it, and make one."),
    slip("network-stops", "Your network raises an error when pictures go through it.", "Follow the shapes."),
)
LAYERS = (
    *NONE,
    slip("convolutions-number", "Both networks have two convolutions.", "Count them."),
    slip("filters", "A convolution has another number of filters.", "LeNet-5: 6 and 16; SimpleNN: 8 and 16."),
    slip("kernel-size", "A convolution has kernels of another size.", "LeNet-5: 5 x 5 twice."),
    slip("padding", "A convolution keeps the size of its maps.", "No padding: 32 becomes 28."),
    slip("pooling", "The maps do not shrink by 2 behind a convolution.", "MaxPool2d(2, 2) behind each."),
    slip("linear-layers", "There are three linear layers: 120, 84, 10.", "Count them."),
    slip("linear-widths", "A linear layer has another width.", "120, 84, 10."),
    slip("biases-missing", "A layer has no biases.", "Leave bias=True."),
)
ENDINGS = (
    slip("softmax-on-logits", "The network ends in a softmax, which CrossEntropyLoss contains.", "Put out scores."),
    slip("relu-on-logits", "The network ends in a ReLU.", "Scores may be negative."),
    slip("sigmoid-on-logits", "The network ends in a sigmoid.", "Put out scores."),
    slip("tanh-on-logits", "The network ends in a tanh.", "Put out scores."),
)
COMPUTES = (*(slip(k.id, k.says, k.look) for k in lenet.FORWARD), *ENDINGS)
STATISTICS = (
    slip("no-pipeline", "No transform of pictures was found.", "Give CIFAR10 a transform."),
    slip("no-tensor", "Pictures do not become tensors.", "transforms.ToTensor()."),
    slip("no-normalisation", "Pixels are left between 0 and 1.", "transforms.Normalize(mean, std) behind ToTensor."),
    slip("half-statistics", "Mean and deviation are 0.5.", "Use CIFAR-10's."),
    slip("imagenet-statistics", "These are ImageNet's statistics.", "Use CIFAR-10's."),
    slip("mnist-statistics", "These are MNIST's statistics.", "Use CIFAR-10's."),
    slip("mean-only", "Only the mean is subtracted.", "Divide by the deviations too."),
    slip("statistics-exchanged", "Mean and deviation are exchanged.", "Normalize(mean, std)."),
    slip("evaluation-not-normalised", "Only training pictures are normalised.", "Normalise both alike."),
    slip("training-not-normalised", "Only validation pictures are normalised.", "Normalise both alike."),
    slip("other-statistics", "These are not CIFAR-10's statistics.", "(.4914, .4822, .4465), (.2023, .1994, .2010)."),
)
STEADY = (
    *STATISTICS[:2],
    slip("evaluation-augmented", "Validation pictures are varied at random.", "Only training pictures are."),
)
AUGMENTED = (
    *STATISTICS[:2],
    slip("no-augmentation", "Training pictures are neither cropped nor flipped.",
         "RandomCrop(32, padding=4) and RandomHorizontalFlip()."),
    slip("crop-size", "Training pictures do not come out 32 x 32.", "RandomCrop(32, padding=4)."),
    slip("no-random-crop", "Training pictures are never shifted.", "RandomCrop(32, padding=4)."),
    slip("crop-without-padding", "The crop cannot move.", "padding=4 leaves it room."),
    slip("other-padding", "The crop moves by another number of pixels than four.", "padding=4."),
    slip("no-flip", "Pictures are never flipped.", "RandomHorizontalFlip()."),
    slip("always-flipped", "Every picture is flipped.", "RandomHorizontalFlip() with p = 0.5."),
    slip("vertical-flip", "Pictures are turned upside down.", "RandomHorizontalFlip()."),
)  # fmt: skip
SETUP = (
    slip("no-optimizer", "No optimizer of the network was found.", "optim.SGD(net.parameters(), ...)."),
    slip("not-sgd", "The optimizer is not SGD.", "optim.SGD."),
    slip("no-momentum", "SGD runs without momentum.", "momentum=MOMENTUM."),
    slip("decay-as-dampening", "The weight decay was passed as dampening, SGD's fourth argument.",
         "weight_decay=REG, by name."),
    slip("no-weight-decay", "SGD runs without weight decay.", "weight_decay=REG."),
    slip("rate-out-of-range", "The learning rate cannot train.", "About 0.01."),
    slip("momentum-out-of-range", "The momentum is not between 0.5 and 1.", "0.9."),
)  # fmt: skip
LOSS = (
    slip("no-loss", "No loss of a training step was found.", "criterion(outputs, targets), then backward()."),
    slip("not-cross-entropy", "What is minimised is not the mean cross-entropy of the scores.",
         "nn.CrossEntropyLoss() of the network's output."),
    slip("sum-instead-of-mean", "The loss is summed over the batch.", "Leave the mean."),
    slip("probabilities-as-logits", "A softmax stands in front of the loss.", "CrossEntropyLoss takes scores."),
    slip("initial-loss-off", "The loss does not begin near ln 10.", "Begin from torch's own weights."),
)  # fmt: skip
MODES = (
    slip("no-training-step", "No training step was taken.", "loss.backward(), optimizer.step()."),
    slip("trained-in-evaluation-mode", "Training goes on in evaluation mode.", "net.train() at each epoch's start."),
    slip("evaluated-in-training-mode", "Validation runs in training mode.", "net.eval() before the validation."),
    slip("trained-on-validation", "The validation pictures train the network too.", "No step in the validation loop."),
    slip("no-validation", "No validation pass was found.", "Evaluate after each epoch."),
)
LEARNS = (
    *NONE,
    slip(
        "does-not-learn",
        "The network does not learn.",
        "Look for .detach(), .data, torch.no_grad() or requires_grad=False in it: gradients must reach every layer.",
    ),
)
CLEARED = (
    slip(
        "no-zero-grad",
        "Gradients are not cleared between steps: they add up.",
        "optimizer.zero_grad() for each batch, before backward().",
    ),
)
PENALTY = (
    slip(
        "no-l1",
        "No L1 penalty reaches the gradients.",
        "Add strength * sum of w.abs() to the loss before backward(); .item(), .detach() or .data cut it off.",
    ),
    slip("l1-subtracted", "The penalty has the wrong sign.", "Add it to the loss."),
    slip(
        "l1-not-everywhere",
        "The penalty does not reach all layers.",
        "Sum over all weights: += in the loop, not =, and no mean, which divides by the size of the layer.",
    ),
    slip("l2-instead-of-l1", "This is an L2 penalty.", "w.abs() or norm(1), not the square or norm(2)."),
    slip("l1-without-abs", "The weights are summed with their signs.", "w.abs().sum()."),
    slip("other-penalty", "What is added is no L1 penalty.", "Its slope is strength * sign(w)."),
)
NORMALISED = (
    *NONE,
    slip("no-batch-normalisation", "No network has a normalisation.", "BatchNorm2d behind each convolution."),
    slip("normalisation-missing", "A convolution has no normalisation behind it.", "Behind each of the two."),
    *COMPUTES,
)
RATE = (slip("no-larger-rate", "No training uses a larger rate than 0.01.", "Try 0.1 with batch normalisation."),)
SWISH = (
    *NONE,
    slip("no-swish", "No network computes with Swish.", "x * torch.sigmoid(x) in the place of every ReLU."),
    slip("swish-not-by-hand", "Swish was taken from torch.", "Write it: x * torch.sigmoid(x)."),
    slip("swish-missing-somewhere", "Some activations are not Swish.", "In the place of every ReLU."),
)
SWEEPS = (
    slip("rates-missing", "Some learning rates were not tried.", "1.0, 0.1, 0.05, 0.01, 0.005, 0.001."),
    slip("strengths-missing", "Some strengths of L2 were not tried.", "1e-2, 1e-3, 1e-4, 1e-5, 0."),
)
RESIDUAL = (
    *NONE,
    slip("not-twenty-layers", "The network does not have 19 convolutions 3 x 3.", "One, and nine blocks of two."),
    slip("too-wide", "The network is as wide as one for ImageNet.", "16, 32 and 64 maps."),
    slip("other-widths", "The stages have other widths.", "16, 32 and 64 maps."),
    slip("projection-everywhere", "Every block has a convolution in its shortcut.", "Only where a stage begins."),
    slip("no-normalisation-in-resnet", "A convolution has no normalisation.", "Behind each of them."),
    slip("head", "The last layer is not 64 to 10.", "The mean of each map, then Linear(64, 10)."),
    slip("stem-pools", "The network shrinks pictures before the first stage.", "3 x 3, stride 1, no pooling."),
    *(slip(k.id, k.says, k.look) for k in resnet_cifar.FORWARD),
    *ENDINGS,
)  # fmt: skip
