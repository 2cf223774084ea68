"""2-cd written rightly in other ways, and wrongly: patches of the right sample."""

from grading.authoring.patches import Patch, Patches

FILE = "1_cd_CNNs.ipynb"
NETWORK, STATISTICS, CROPS = "cd-architecture", "cd-normalisation", "cd-augmentation"
SCHEDULE, DROPOUT, NORMALISATION = "cd-schedule", "cd-dropout", "cd-batch-normalisation"

INDENT = "            "
CONV1 = "nn.Conv2d(3, 32, (5, 5), stride=1, padding=2),"
CONV2 = "nn.Conv2d(32, 64, (5, 5), stride=1, padding=2),"
CONV3 = "nn.Conv2d(64, 64, (5, 5), stride=1, padding=2),"
BN1, BN2 = f"{INDENT}nn.BatchNorm2d(32),\n", f"{INDENT}nn.BatchNorm2d(64),\n"
POOL, POOL3 = "nn.MaxPool2d((2, 2), stride=2, padding=0)", "nn.MaxPool2d((2, 2), stride=2, padding=0, ceil_mode=True)"
DROP = f"{INDENT}nn.Dropout(0.5),\n"
HEAD = "nn.Linear(1000, 10),"
FC4 = "nn.Linear(1024, 1000),"
NORMALIZE = "normalize = transforms.Normalize(mean=[0.491, 0.482, 0.447], std=[0.202, 0.199, 0.201])"
CROP, FLIP = f"{INDENT}transforms.RandomCrop(28),\n", f"{INDENT}transforms.RandomHorizontalFlip(),\n"
CENTRE = f"{INDENT}transforms.CenterCrop(28),\n"
TENSOR = f"{INDENT}transforms.ToTensor(),\n{INDENT}normalize,\n"
SCHED = "lr_sched = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)"
STEP = "        lr_sched.step()"
RUN = "main(128, 0.1, epochs=30, cuda=True)"
FUNCTIONAL = '''class ConvNet(nn.Module):
    """Layers by name, the rest as functions."""

    def __init__(self):
        super(ConvNet, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, 5, 1, 2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding="same")
        self.conv3 = nn.Conv2d(64, 64, kernel_size=5, padding=2)
        self.bn1 = nn.BatchNorm2d(32)
        self.bn2 = nn.BatchNorm2d(64)
        self.bn3 = nn.BatchNorm2d(64)
        self.fc5 = nn.Linear(1000, 10)
        self.fc4 = nn.Linear(64 * 4 * 4, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = nn.functional.max_pool2d(torch.relu(self.bn2(self.conv2(x))), 2)
        x = nn.functional.max_pool2d(torch.relu(self.bn3(self.conv3(x))), 2, ceil_mode=True)
        x = torch.flatten(x, 1)
        x = nn.functional.dropout(torch.relu(self.fc4(x)), 0.3, self.training)
        return self.fc5(x)


class Unused(nn.Module):
    """Nothing."""

'''

RIGHT = (
    Patch(
        "functions and names",
        (
            (
                'class ConvNet(nn.Module):\n    """Three convolutions with batch normalisation, two linear layers with dropout."""\n',
                FUNCTIONAL,
            ),
        ),
    ),
    Patch(
        "normalisation behind the activation",
        (
            (f"{BN1}{INDENT}nn.ReLU(),\n", f"{INDENT}nn.ReLU(),\n{BN1}"),
            (f"{BN2}{INDENT}nn.ReLU(),\n", f"{INDENT}nn.ReLU(),\n{BN2}"),
        ),
    ),
    Patch(
        "convolutions without biases",
        (
            (CONV1, CONV1.replace("padding=2", "padding=2, bias=False")),
            (CONV2, CONV2.replace("padding=2", "padding=2, bias=False")),
            (CONV3, CONV3.replace("padding=2", "padding=2, bias=False")),
        ),
    ),
    Patch("main is never called", ((RUN, "# main(128, 0.1)"),)),
    Patch(
        "main at its own device",
        (
            (
                "if cuda:\n        model = model.cuda()",
                'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n    model.to(device)\n    if False:\n        model = model.cuda()',
            ),
        ),
    ),
    Patch(
        "statistics to four digits",
        ((NORMALIZE, "normalize = transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))"),),
    ),
    Patch(
        "tensors first, then crops",
        ((f"{CROP}{FLIP}{TENSOR}", f"{TENSOR}{CROP}{FLIP}"), (f"{CENTRE}{TENSOR}", f"{TENSOR}{CENTRE}")),
    ),
    Patch("flip before the crop", ((f"{CROP}{FLIP}", f"{FLIP}{CROP}"),)),
    Patch("more augmentation", ((f"{CROP}{FLIP}", f"{CROP}{FLIP}{INDENT}transforms.ColorJitter(0.1, 0.1),\n"),)),
    Patch(
        "schedule of lambdas",
        ((SCHED, "lr_sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: 0.95 ** e)"),),
    ),
    Patch(
        "schedule of one step",
        ((SCHED, "lr_sched = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.95)"),),
    ),
    Patch(
        "schedule before the epoch",
        (
            (STEP, ""),
            ("        top1_acc, _, loss = epoch(", "        lr_sched.step()\n        top1_acc, _, loss = epoch("),
        ),
    ),
    Patch(
        "rate by hand",
        ((STEP, "        for group in optimizer.param_groups:\n            group['lr'] *= 0.95"), (SCHED, "")),
    ),
    Patch("another rate of dropout", ((DROP, DROP.replace("0.5", "0.2")),)),
    Patch("dropout before the activation", ((f"{INDENT}nn.ReLU(),\n{DROP}", f"{DROP}{INDENT}nn.ReLU(),\n"),)),
    Patch("dropout in both places", ((f"{INDENT}{FC4}\n", f"{INDENT}nn.Dropout(0.2),\n{INDENT}{FC4}\n"),)),
    Patch(
        "momentum",
        (("torch.optim.SGD(model.parameters(), lr)", "torch.optim.SGD(model.parameters(), lr, momentum=0.9)"),),
    ),
    Patch("Adam", (("torch.optim.SGD(model.parameters(), lr)", "torch.optim.Adam(model.parameters(), lr=1e-3)"),)),
    Patch("log-softmax", ((HEAD, f"{HEAD}\n{INDENT}nn.LogSoftmax(dim=1),"),)),
    Patch("small pools", ((POOL3, "nn.MaxPool2d(2, ceil_mode=True)"), (f"{POOL},", "nn.MaxPool2d(2),"))),
    Patch("ceil mode everywhere", ((f"{POOL},", f"{POOL3},"),)),
    Patch(
        "loops in main",
        (
            (
                "            optimizer.zero_grad()\n            loss.backward()\n            optimizer.step()\n",
                "            loss.backward()\n            optimizer.step()\n            model.zero_grad()\n",
            ),
        ),
    ),
    Patch(
        "the data are looked at first",
        (
            (
                "PRINT_INTERVAL = 200",
                'PRINT_INTERVAL = 200\nshown = datasets.CIFAR10("datasets", train=True, download=True)',
            ),
        ),
    ),
    Patch("hard cuda", (("if cuda:\n        model = model.cuda()", "if True:\n        model = model.cuda()"),)),
)


def _wrong(name: str, row: str, mistake: str, *changes: tuple[str, str], may: tuple[str, ...] = ()) -> Patch:
    return Patch(name, changes, loses=(row,), named=mistake, may_lose=may)


WRONG = (
    _wrong("no relu behind fc4", NETWORK, "no-activation-after-fc4", (f"{FC4}\n{INDENT}nn.ReLU(),", FC4)),
    _wrong("no relu behind conv1", NETWORK, "no-activation-after-conv1", (f"{BN1}{INDENT}nn.ReLU(),\n", BN1)),
    _wrong("tanh", NETWORK, "tanh-for-relu", ("nn.ReLU()", "nn.Tanh()")),
    _wrong("leaky", NETWORK, "leaky-relu", ("nn.ReLU()", "nn.LeakyReLU()")),
    _wrong("averages", NETWORK, "average-pooling", ("nn.MaxPool2d((2, 2)", "nn.AvgPool2d((2, 2)")),
    _wrong("softmax", NETWORK, "softmax-before-cross-entropy", (HEAD, f"{HEAD}\n{INDENT}nn.Softmax(dim=1),")),
    _wrong("relu on scores", NETWORK, "relu-on-scores", (HEAD, f"{HEAD}\n{INDENT}nn.ReLU(),")),
    _wrong(
        "kernels of 3",
        NETWORK,
        "kernel-size",
        (CONV3, CONV3.replace("(5, 5)", "(3, 3)").replace("padding=2", "padding=1")),
    ),
    _wrong(
        "no padding",
        NETWORK,
        "padding",
        ("stride=1, padding=2", "stride=1"),
        (FC4, "nn.Linear(64, 1000),"),
        may=(CROPS, SCHEDULE),
    ),
    _wrong(
        "filters",
        NETWORK,
        "filters",
        (CONV3, CONV3.replace("64, 64", "64, 128")),
        (
            f"{INDENT}nn.BatchNorm2d(64),\n{INDENT}nn.ReLU(),\n{INDENT}{POOL3}",
            f"{INDENT}nn.BatchNorm2d(128),\n{INDENT}nn.ReLU(),\n{INDENT}{POOL3}",
        ),
        (FC4, "nn.Linear(2048, 1000),"),
    ),
    _wrong("narrow fc4", NETWORK, "linear-widths", (FC4, "nn.Linear(1024, 100),"), (HEAD, "nn.Linear(100, 10),")),
    _wrong(
        "one linear layer",
        NETWORK,
        "linear-layers",
        (f"{INDENT}{FC4}\n{INDENT}nn.ReLU(),\n{DROP}{INDENT}{HEAD}", f"{INDENT}nn.Linear(1024, 10),"),
        may=(DROPOUT,),
    ),
    _wrong(
        "two convolutions",
        NETWORK,
        "convolutions-number",
        (f"{INDENT}{CONV3}\n{BN2}{INDENT}nn.ReLU(),\n", ""),
        may=(CROPS,),
    ),
    _wrong(
        "statistics of 0.5",
        STATISTICS,
        "half-statistics",
        (NORMALIZE, "normalize = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))"),
    ),
    _wrong(
        "ImageNet's statistics",
        STATISTICS,
        "imagenet-statistics",
        (NORMALIZE, "normalize = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))"),
    ),
    _wrong("no normalisation", STATISTICS, "no-normalisation", (f"{INDENT}normalize,\n", "")),
    _wrong(
        "test not normalised",
        STATISTICS,
        "evaluation-not-normalised",
        (f"{CENTRE}{TENSOR}", f"{CENTRE}{INDENT}transforms.ToTensor(),\n"),
    ),
    _wrong(
        "exchanged",
        STATISTICS,
        "statistics-exchanged",
        (NORMALIZE, "normalize = transforms.Normalize([0.202, 0.199, 0.201], [0.491, 0.482, 0.447])"),
    ),
    _wrong("no flip", CROPS, "no-flip", (FLIP, "")),
    _wrong("central crops in training", CROPS, "no-random-crop", (CROP, CENTRE)),
    _wrong("resized", CROPS, "resized", (CROP, f"{INDENT}transforms.Resize(28),\n")),
    _wrong("crops of 32", CROPS, "crop-size", (CROP, f"{INDENT}transforms.RandomCrop(32, padding=4),\n")),
    _wrong("vertical flips", CROPS, "vertical-flip", (FLIP, f"{INDENT}transforms.RandomVerticalFlip(),\n")),
    _wrong("random test", CROPS, "evaluation-augmented", (CENTRE, f"{CROP}{FLIP}")),
    _wrong("test not cropped", CROPS, "evaluation-not-cropped", (CENTRE, "")),
    _wrong("test resized", CROPS, "evaluation-resized", (CENTRE, f"{INDENT}transforms.Resize(28),\n")),
    _wrong("no ceil mode", CROPS, "no-ceil-mode", (", ceil_mode=True", ""), (FC4, "nn.Linear(576, 1000),")),
    _wrong("never stepped", SCHEDULE, "rate-constant", (STEP, "")),
    _wrong("gamma", SCHEDULE, "decay-factor", ("gamma=0.95", "gamma=0.5")),
    _wrong(
        "each batch",
        SCHEDULE,
        "schedule-each-batch",
        (STEP, ""),
        ("            optimizer.step()\n", "            optimizer.step()\n            lr_sched.step()\n"),
        ("    global loss_plot\n", "    global loss_plot, lr_sched\n"),
    ),
    _wrong("no dropout", DROPOUT, "no-dropout", (DROP, "")),
    _wrong(
        "dropout before fc4", DROPOUT, "dropout-before-fc4", (DROP, ""), (f"{INDENT}{FC4}\n", f"{DROP}{INDENT}{FC4}\n")
    ),
    _wrong("dropout on scores", DROPOUT, "dropout-on-scores", (DROP, ""), (HEAD, f"{HEAD}\n{DROP.rstrip()}")),
    _wrong("no batch normalisation", NORMALISATION, "no-batch-normalisation", (BN1, ""), (BN2, "")),
    _wrong("the first only", NORMALISATION, "normalisation-missing", (BN2, "")),
    _wrong(
        "behind the pooling",
        NORMALISATION,
        "normalisation-after-pooling",
        (BN1, ""),
        (BN2, ""),
        (f"{INDENT}{CONV2}", f"{BN1}{INDENT}{CONV2}"),
        (f"{INDENT}{CONV3}", f"{BN2}{INDENT}{CONV3}"),
        (f"{POOL3},\n", f"{POOL3},\n{BN2}"),
    ),
)

patches = Patches(FILE, wrong=WRONG, right=RIGHT, together=3)
