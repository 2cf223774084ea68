"""Known submissions: the right notebooks with a line changed, and what that must cost."""

from grading.assignments.ece661_hw2 import lab1, lab2, lab3
from grading.authoring.patches import Patch, Patches

NET, PICTURES, SETUP, TRAINING = ("lab1-network",), ("lab1-pictures",), ("lab1-setup",), ("lab1-training",)
NORMALIZE = "    transforms.Normalize(mean, std),\n"
VALIDATION = "transform_val = transforms.Compose([\n"
TENSOR = "    transforms.ToTensor(),\n"
OPTIONS = "lr=INITIAL_LR, momentum=MOMENTUM, weight_decay=REG"
CROP, FLIP = "    transforms.RandomCrop(32, padding=4),\n", "    transforms.RandomHorizontalFlip(),\n"
STEM_END = "        out = self.layer3"
LOSS = "loss = criterion(outputs, targets)"
HALF = "(0.5, 0.5, 0.5), (0.5, 0.5, 0.5)"
IMAGENET = "(0.485, 0.456, 0.406), (0.229, 0.224, 0.225)"


def _one(name: str, old: str, new: str, loses: tuple[str, ...], named: str, *more: str) -> Patch:
    return Patch(name, ((old, new),), loses, named, may_lose=more)


ZERO = "optimizer.zero_grad()\n"


LAB1 = (
    _one("conv1 without biases", "Conv2d(3, 6, 5)", "Conv2d(3, 6, 5, bias=False)", NET, "biases-missing"),
    Patch("eight filters", (("Conv2d(3, 6, 5)", "Conv2d(3, 8, 5)"), ("Conv2d(6,", "Conv2d(8,")), NET, "filters"),
    _one("kernels of 3 x 3", "Conv2d(3, 6, 5)", "Conv2d(3, 6, 3)", NET, "kernel-size"),
    Patch("padding", (("Conv2d(3, 6, 5)", "Conv2d(3, 6, 5, padding=2)"), ("(400,", "(576,")), NET, "padding"),
    Patch(
        "pooling without a stride",
        (("F.max_pool2d(F.relu(self.conv1(x)), 2)", "F.max_pool2d(F.relu(self.conv1(x)), 2, 1)"), ("(400,", "(1936,")),
        NET,
        "pooling",
    ),
    Patch("a narrow layer", (("(400, 120)", "(400, 100)"), ("(120, 84)", "(100, 84)")), NET, "linear-widths"),
    Patch(
        "fc2 left out",
        (("        x = F.relu(self.fc2(x))\n", ""), ("Linear(84, 10)", "Linear(120, 10)")),
        NET,
        "linear-layers",
    ),
    *(
        _one(f"no ReLU after {name}", f"F.relu(self.{name}(x))", f"self.{name}(x)", NET, f"no-activation-after-{name}")
        for name in ("conv1", "conv2", "fc1", "fc2")
    ),
    _one("sigmoids", "F.relu(", "torch.sigmoid(", NET, "sigmoid-for-relu"),
    _one("tanh", "F.relu(", "torch.tanh(", NET, "tanh-for-relu"),
    _one("leaky ReLU", "F.relu(", "F.leaky_relu(", NET, "leaky-relu"),
    _one("no activation at all", "F.relu(", "(", NET, "no-activations"),
    _one("averages", "F.max_pool2d", "F.avg_pool2d", NET, "average-pooling"),
    _one("ReLU on the scores", "return self.fc3(x)", "return F.relu(self.fc3(x))", NET, "relu-on-scores", *TRAINING),
    _one(
        "softmax in the network",
        "return self.fc3(x)",
        "return F.softmax(self.fc3(x), 1)",
        (*NET, *TRAINING),
        "softmax-before-cross-entropy",
    ),
    _one("pixels as they are", NORMALIZE, "", PICTURES, "no-normalisation"),
    _one("halves", "Normalize(mean, std)", f"Normalize({HALF})", PICTURES, "half-statistics"),
    _one("ImageNet's statistics", "Normalize(mean, std)", f"Normalize({IMAGENET})", PICTURES, "imagenet-statistics"),
    _one("exchanged", "Normalize(mean, std)", "Normalize(std, mean)", PICTURES, "statistics-exchanged"),
    _one("only the mean", "Normalize(mean, std)", "Normalize(mean, (1.0, 1.0, 1.0))", PICTURES, "mean-only"),
    _one("another mean", "mean, std = (0.4914,", "mean, std = (0.6914,", PICTURES, "other-statistics"),
    _one(
        "validation as it is",
        VALIDATION + TENSOR + NORMALIZE,
        VALIDATION + TENSOR,
        PICTURES,
        "evaluation-not-normalised",
    ),
    _one("validation flipped", VALIDATION, VALIDATION + FLIP, PICTURES, "evaluation-augmented"),
    _one("decay as dampening", OPTIONS, "INITIAL_LR, MOMENTUM, REG", SETUP, "decay-as-dampening"),
    _one("Adam", f"optim.SGD(net.parameters(), {OPTIONS})", "optim.Adam(net.parameters())", SETUP, "not-sgd"),
    _one("no momentum", "momentum=MOMENTUM, ", "", SETUP, "no-momentum"),
    _one("no weight decay", ", weight_decay=REG", "", SETUP, "no-weight-decay"),
    _one("exchanged options", OPTIONS, "lr=INITIAL_LR, momentum=REG, weight_decay=MOMENTUM", SETUP,
         "momentum-out-of-range"),
    _one("a sum", "CrossEntropyLoss()", "CrossEntropyLoss(reduction='sum')", TRAINING, "sum-instead-of-mean"),
    _one("softmax before the loss", LOSS, "loss = criterion(outputs.softmax(1), targets)", TRAINING,
         "not-cross-entropy"),
    _one("squares", LOSS,
         "loss = F.mse_loss(outputs, F.one_hot(targets, 10).float())", TRAINING, "not-cross-entropy"),
    _one("eval left out", "    net.eval()\n", "", TRAINING, "evaluated-in-training-mode"),
    _one("train left out", "    net.train()\n", "", TRAINING, "trained-in-evaluation-mode"),
    _one("gradients never cleared", "        optimizer.zero_grad()\n", "", TRAINING, "gradients-accumulate"),
    Patch(
        "gradients cleared once an epoch",
        ((f"        {ZERO}", ""), ("    net.train()\n", f"    net.train()\n    {ZERO}")),
        TRAINING,
        "gradients-accumulate",
    ),
    _one("gradients cleared too late", "        optimizer.zero_grad()\n        loss.backward()\n",
         "        loss.backward()\n        optimizer.zero_grad()\n", TRAINING, "no-training-step"),
    _one("no step", "        optimizer.step()\n", "", TRAINING, "no-training-step"),
    _one("large weights", "net = LeNet5().to(device)",
         "net = LeNet5().to(device)\nfor p in net.parameters():\n    p.data.mul_(2.5)", TRAINING, "initial-loss-off"),
)  # fmt: skip
AUGMENTED, NORMALISED, RATE = ("lab2-augmentation",), ("lab2-normalisation",), ("lab2-rate",)
SWISH, RATES, STRENGTHS = ("lab2-swish",), ("lab2-rates",), ("lab2-strengths",)
LAB2 = (
    _one("neither crops nor flips", CROP + FLIP, "", AUGMENTED, "no-augmentation"),
    _one("no flips", FLIP, "", AUGMENTED, "no-flip"),
    _one("no crops", CROP, "", AUGMENTED, "no-random-crop"),
    _one("crops without room", CROP, "    transforms.RandomCrop(32),\n", AUGMENTED, "no-random-crop"),
    _one("a padding of 2", "padding=4", "padding=2", AUGMENTED, "other-padding"),
    _one("upside down", FLIP, "    transforms.RandomVerticalFlip(),\n", AUGMENTED, "vertical-flip"),
    _one("always mirrored", FLIP, "    transforms.RandomHorizontalFlip(1.0),\n", AUGMENTED, "always-flipped"),
    _one("validation flipped", VALIDATION, VALIDATION + FLIP, AUGMENTED, "evaluation-augmented"),
    _one("one normalisation", "self.bn2(self.conv2(x))", "self.conv2(x)", NORMALISED, "normalisation-missing"),
    Patch(
        "no normalisation",
        (("self.bn1(self.conv1(x))", "self.conv1(x)"), ("self.bn2(self.conv2(x))", "self.conv2(x)")),
        (*NORMALISED, *RATE),
        "no-batch-normalisation",
    ),
    Patch(
        "small rates only",
        (("lr=0.1)", "lr=0.02)"), ("[1.0, 0.1, 0.05, 0.01", "[0.02, 0.01")),
        (*RATE, *RATES),
        "no-larger-rate",
    ),
    _one("the sigmoid for Swish", "return x * torch.sigmoid(x)", "return torch.sigmoid(x)", SWISH, "no-swish"),
    _one("another slope", "return x * torch.sigmoid(x)", "return x * torch.sigmoid(2 * x)", SWISH, "no-swish"),
    _one("ReLU once", "x = swish(self.fc1(x))", "x = F.relu(self.fc1(x))", SWISH, "swish-missing-somewhere"),
    _one("nothing once", "x = swish(self.fc1(x))", "x = self.fc1(x)", SWISH, "swish-missing-somewhere"),
    _one("torch's own", "return x * torch.sigmoid(x)", "return F.silu(x)", SWISH, "swish-not-by-hand"),
    _one("torch's layer", "return x * torch.sigmoid(x)", "return nn.SiLU()(x)", SWISH, "swish-not-by-hand"),
    _one("a hard Swish", "return x * torch.sigmoid(x)", "return F.hardswish(x)", SWISH, "no-swish"),
    _one("Swish defined and not used", "swish(self.", "F.relu(self.", SWISH, "no-swish"),
    _one("three rates", "[1.0, 0.1, 0.05, 0.01, 0.005, 0.001]", "[0.1, 0.05, 0.01]", RATES, "rates-missing"),
    _one("a rate that is not passed on", "lr=lr, momentum", "lr=0.05, momentum", RATES, "rates-missing"),
    _one("two strengths", "[1e-2, 1e-3, 1e-4, 1e-5, 0.0]", "[1e-3, 1e-4]", STRENGTHS, "strengths-missing"),
    _one("a strength that is not passed on", "weight_decay=reg", "weight_decay=1e-4", STRENGTHS, "strengths-missing"),
)
L1 = "loss = loss + l1 * sum(p.abs().sum() for p in net.parameters() if p.ndim > 1)"
PENALISED, STEP = f"            if l1:\n                {L1}\n", "            optimizer.step()\n"
LAB2_L1 = (
    Patch("cubes", (("p.abs().sum() for", "p.abs().pow(3).sum() for"), ("l1=1e-5)", "l1=1e-3)")), ("lab2-l1",),
          "other-penalty"),
    *(_one(name, old, new, ("lab2-l1",), named)
    for name, old, new, named in (
        ("the penalty as a number", "p.abs().sum() for", "p.abs().sum().item() for", "no-l1"),
        ("the penalty of copies", "p.abs().sum() for", "p.data.abs().sum() for", "no-l1"),
        ("a strength of 0", "l1=1e-5)", "l1=0.0)", "no-l1"),
        ("squares for absolute values", "p.abs().sum() for", "p.pow(2).sum() for", "l2-instead-of-l1"),
        ("a root of squares", "p.abs().sum() for", "p.norm() for", "l2-instead-of-l1"),
        ("no absolute values", "p.abs().sum() for", "p.sum() for", "l1-without-abs"),
        ("only the last layer's", L1, L1.replace("sum(p.abs", "max(p.abs"), "l1-not-everywhere"),
        ("only linear layers", "if p.ndim > 1)", "if p.ndim == 2)", "l1-not-everywhere"),
        ("subtracted", "loss = loss + l1", "loss = loss - l1", "l1-subtracted"),
    )),
)  # fmt: skip
RESNET, RESNET_TRAINING = ("resnet-network",), ("resnet-training",)
SUM = "return F.relu(out + self.shortcut(x))"
LAB3 = (
    _one("no shortcut", SUM, "return F.relu(out)", RESNET, "no-shortcut"),
    _one("no ReLU behind the sum", SUM, "return out + self.shortcut(x)", RESNET, "no-relu-after-sum"),
    _one("ReLU before the sum", SUM, "return F.relu(out) + self.shortcut(x)", RESNET, "relu-before-sum"),
    _one("no ReLU in a block", "F.relu(self.bn1(self.conv1(x)))\n        out = self.bn2",
         "self.bn1(self.conv1(x))\n        out = self.bn2", RESNET, "no-relu-in-block"),
    _one("no ReLU behind the first", "F.relu(self.bn1(self.conv1(x)))\n" + STEM_END,
         "self.bn1(self.conv1(x))\n" + STEM_END, RESNET, "no-relu-after-stem"),
    _one("a projection in every block", "if stride != 1 or inputs != outputs:", "if True:", RESNET,
         "projection-everywhere"),
    _one("two blocks a stage", "Block(outputs, outputs), Block(outputs, outputs))", "Block(outputs, outputs))", RESNET,
         "not-twenty-layers"),
    Patch("ImageNet's widths", (("(3, 16,", "(3, 64,"), ("BatchNorm2d(16)", "BatchNorm2d(64)"),
                                ("(32, 64, 2)", "(128, 256, 2)"), ("(16, 32, 2)", "(64, 128, 2)"),
                                ("(16, 16, 1)", "(64, 64, 1)"), ("(64, 10)", "(256, 10)")), RESNET, "too-wide"),
    Patch("other widths", (("(3, 16,", "(3, 24,"), ("BatchNorm2d(16)", "BatchNorm2d(24)"),
                           ("(16, 32, 2)", "(24, 32, 2)"), ("(16, 16, 1)", "(24, 24, 1)")), RESNET, "other-widths"),
    _one("no normalisation", "self.bn2(self.conv2(out))", "self.conv2(out)", RESNET, "normalisation-missing"),
    Patch("a stem that shrinks", (("nn.Conv2d(3, 16, 3, 1, 1", "nn.Conv2d(3, 16, 3, 2, 1"),
                                  ("F.avg_pool2d(out, 8)", "F.adaptive_avg_pool2d(out, 1)")), RESNET, "stem-pools"),
    _one("maxima at the end", "F.avg_pool2d(out, 8)", "F.max_pool2d(out, 8)", RESNET, "maximum-at-the-end"),
    _one("softmax at the end", "return self.linear(out)", "return self.linear(out).softmax(1)",
         (*RESNET, *RESNET_TRAINING), "softmax-before-cross-entropy"),
    _one("no crops", CROP, "", RESNET_TRAINING, "no-random-crop"),
    _one("no flips", FLIP, "", RESNET_TRAINING, "no-flip"),
    _one("validation flipped", VALIDATION, VALIDATION + FLIP, RESNET_TRAINING, "evaluation-augmented"),
    _one("eval left out", "    net.eval()\n", "", RESNET_TRAINING, "evaluated-in-training-mode"),
    _one("train left out", "    net.train()\n", "", RESNET_TRAINING, "trained-in-evaluation-mode"),
    _one("a sum", "CrossEntropyLoss()", "CrossEntropyLoss(reduction='sum')", RESNET_TRAINING, "sum-instead-of-mean"),
)  # fmt: skip
RIGHT1 = (
    Patch("log-softmax at the end", (("return self.fc3(x)", "return F.log_softmax(self.fc3(x), 1)"),)),
    Patch("CIFAR-10's own deviations", (("(0.2023, 0.1994, 0.2010)", "(0.247, 0.2435, 0.2616)"),)),
    Patch("gradients set to None", (("optimizer.zero_grad()", "net.zero_grad(set_to_none=True)"),)),
    Patch("gradients cleared by hand", (("        optimizer.zero_grad()\n",
          "        for p in net.parameters():\n            p.grad = None\n"),)),
    Patch("gradients cleared after the step", (("        optimizer.zero_grad()\n", ""), ("        optimizer.step()\n",
          "        optimizer.step()\n        optimizer.zero_grad()\n"))),
    Patch("train(False)", (("net.eval()", "net.train(False)"),)),
    Patch("Nesterov", (("weight_decay=REG", "weight_decay=REG, nesterov=True"),)),
    Patch("another rate", (("INITIAL_LR = 0.01", "INITIAL_LR = 0.05"),)),
    Patch("the loss as a function", ((LOSS, "loss = F.cross_entropy(outputs, targets)"),)),
    Patch("augmented already", (("transform_train = transforms.Compose([\n",
                                 "transform_train = transforms.Compose([\n" + CROP + FLIP),)),
    Patch("a decay of the rate",
          (("    net.eval()\n", "    optimizer.param_groups[0]['lr'] *= DECAY\n    net.eval()\n"),)),
)  # fmt: skip
SWISHED = "    return x * torch.sigmoid(x)\n"
RIGHT2 = (
    Patch("normalised behind ReLU", (("F.relu(self.bn1(self.conv1(x)))", "self.bn1(F.relu(self.conv1(x)))"),
                                     ("F.relu(self.bn2(self.conv2(x)))", "self.bn2(F.relu(self.conv2(x)))"))),
    Patch("Swish by a quotient", (("return x * torch.sigmoid(x)", "return x / (1 + torch.exp(-x))"),)),
    Patch("Swish as a module", ((f"def swish(x):\n{SWISHED}",
          "class Swish(nn.Module):\n    def forward(self, x):\n        return x.sigmoid() * x\n\nswish = Swish()\n"),)),
    Patch("Swish held against torch's", ((SWISHED,
          f"{SWISHED}\n\nassert torch.allclose(swish(torch.ones(3)), F.silu(torch.ones(3)))\n"),)),
    Patch("L1 of all parameters", ((" if p.ndim > 1)", ")"),)),
    Patch("L1 by its norm, in a loop", ((L1,
          "for p in net.parameters():\n                    loss += l1 * torch.norm(p, p=1)"),)),
    Patch("L1 on the gradients", ((PENALISED, ""), (STEP,
          f"            for p in net.parameters():\n                p.grad.add_(l1 * p.detach().sign())\n{STEP}"))),
    Patch("L1 after the step", ((PENALISED, ""), (STEP,
          STEP + "            for p in net.parameters():\n                p.data -= lr * l1 * p.data.sign()\n"))),
    Patch("L1 in a pass of its own", ((L1, "(l1 * sum(p.abs().sum() for p in net.parameters())).backward()"),
          ("            optimizer.zero_grad()\n            loss.backward()\n", "            loss.backward()\n"),
          (STEP, STEP + "            optimizer.zero_grad()\n"))),
    Patch("a stronger L1", (("l1=1e-5)", "l1=1e-3)"),)),
    Patch("more rates", (("[1.0, 0.1,", "[1.0, 0.2, 0.1, 0.02,"),)),
    Patch("flips first", ((CROP + FLIP, FLIP + CROP),)),
    Patch("padding by itself", ((CROP, "    transforms.Pad(4),\n    transforms.RandomCrop(32),\n"),)),
)  # fmt: skip
RIGHT3 = (
    Patch("the mean by its name", (("F.avg_pool2d(out, 8).flatten(1)", "out.mean((2, 3))"),)),
    Patch("adaptive pooling", (("F.avg_pool2d(out, 8)", "F.adaptive_avg_pool2d(out, 1)"),)),
    Patch("a projection alone", ((", nn.BatchNorm2d(outputs))\n\n", ")\n\n"),)),
    Patch("the shortcut first", ((SUM, "return F.relu(self.shortcut(x) + out)"),)),
    Patch("ReLU in place", (("F.relu(", "F.relu_("),)),
)
patches = [
    Patches(lab1.FILE, LAB1, RIGHT1, together=4),
    Patches(lab2.FILE, (*LAB2, *LAB2_L1), RIGHT2, together=6),
    Patches(lab3.FILE, LAB3, RIGHT3, together=2),
]
