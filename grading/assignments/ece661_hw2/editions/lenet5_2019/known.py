"""Known submissions: those of 2020's first two labs, put into the one notebook of this edition."""

from grading.assignments.ece661_hw2 import known, lab1
from grading.assignments.ece661_hw2.editions import taken_over
from grading.authoring.patches import Patch, Patches

WORDS = (
    ("self.conv1(x)", "self.bn1(self.conv1(x))"),
    ("self.conv2(x)", "self.bn2(self.conv2(x))"),
)
NOT_ASKED = {"lab2-rate": (), "lab2-swish": (), "lab2-rates": (), "lab2-strengths": ()}
# The one network is judged twice: without and with regard to its normalisation.
NETWORK = {"lab1-network": ("lab1-network", "lab2-normalisation")}
FLIPPED = "validation flipped"
MADE = "net = LeNet5().to(device)"
OTHERS = (
    # Normalisation takes back part of it, and so does another activation, which would share its notebook.
    Patch(
        "large weights",
        ((MADE, f"{MADE}\nfor p in net.parameters():\n    p.data.mul_(3.5)"),),
        ("lab1-training",),
        "initial-loss-off",
        alone=True,
    ),
    Patch(
        "eight filters",
        (("Conv2d(3, 6, 5)", "Conv2d(3, 8, 5)"), ("Conv2d(6,", "Conv2d(8,"), ("BatchNorm2d(6)", "BatchNorm2d(8)")),
        NETWORK["lab1-network"],
        "filters",
    ),
    Patch(
        FLIPPED,
        ((known.VALIDATION, known.VALIDATION + known.FLIP),),
        ("lab1-pictures", "lab2-augmentation"),
        "evaluation-augmented",
    ),
)
WITHOUT_BIASES = Patch(
    "convolutions without biases", (("(3, 6, 5)", "(3, 6, 5, bias=False)"), ("(6, 16, 5)", "(6, 16, 5, bias=False)"))
)
WRONG = (
    *taken_over(
        known.LAB1,
        words=WORDS,
        rows=NETWORK,
        without=("conv1 without biases", "eight filters", "large weights", FLIPPED),
    ),
    *taken_over(known.LAB2, rows=NOT_ASKED, without=(FLIPPED,)),
    *OTHERS,
)
FITTING = ("normalised behind ReLU", "flips first", "padding by itself")
RIGHT = (
    *taken_over(known.RIGHT1, words=WORDS, without=("augmented already",)),
    *(patch for patch in known.RIGHT2 if patch.name in FITTING),
    WITHOUT_BIASES,
    Patch(
        "linear layers normalised too",
        (
            (
                "        self.fc2 = nn",
                "        self.bn3 = nn.BatchNorm1d(120)\n        self.bn4 = nn.BatchNorm1d(84)\n        self.fc2 = nn",
            ),
            ("self.fc1(x)", "self.bn3(self.fc1(x))"),
            ("self.fc2(x)", "self.bn4(self.fc2(x))"),
        ),
    ),
)
patches = [Patches(lab1.FILE, WRONG, RIGHT, together=4)]
