"""Known submissions: those of 2020, put into this edition's right notebooks."""

from grading.assignments.ece661_hw2 import known
from grading.assignments.ece661_hw2.editions import taken_over
from grading.assignments.ece661_hw2.editions.simplenn.rubric import LABS
from grading.authoring.patches import Patch, Patches

WORDS = (
    ("LeNet5", "SimpleNN"),
    ("net.", "model."),
    ("net =", "model ="),
    ("(400,", "(576,"),
    ("*= DECAY", "*= 0.98"),
    ("Conv2d(3, 6, 5", "Conv2d(3, 8, 5"),
    ("Conv2d(3, 6, 3", "Conv2d(3, 8, 3"),
)
NET = known.NET
OTHER_SIZES = (
    Patch("ten filters", (("Conv2d(3, 8, 5)", "Conv2d(3, 10, 5)"), ("Conv2d(8,", "Conv2d(10,")), NET, "filters"),
    Patch("padding", (("Conv2d(3, 8, 5)", "Conv2d(3, 8, 5, padding=2)"), ("(576,", "(784,")), NET, "padding"),
    Patch(
        "pooling without a stride",
        (("F.max_pool2d(F.relu(self.conv1(x)), 2)", "F.max_pool2d(F.relu(self.conv1(x)), 2, 1)"), ("(576,", "(2304,")),
        NET,
        "pooling",
    ),
)
WRONG1 = taken_over(known.LAB1, words=WORDS, without=("eight filters", "padding", "pooling without a stride"))
patches = [
    Patches(LABS[0], (*WRONG1, *OTHER_SIZES), taken_over(known.RIGHT1, words=WORDS), together=4),
    Patches(LABS[1], (*known.LAB2, *known.LAB2_L1), known.RIGHT2, together=6),
    Patches(LABS[2], known.LAB3, known.RIGHT3, together=2),
]
