"""Lab 3: ResNet-20 on CIFAR-10. 16 points as the sheet gives them: 8 for the network, 8 for its training, our split."""

from grading.assignments.ece661_hw2 import lab1, lab2, residual, tools, training
from grading.authoring import PROPORTIONAL, Draw, Function, Part, Subject
from grading.checks.conclusions import insist
from grading.checks.image_networks import ImageNetwork, any_of, insist_on_one, working
from grading.checks.short_training import learns

FILE = "resnet-cifar10.ipynb"
SECTION = "4. ResNet"

SPEAKING = ("BatchNorm2d", "stride", "avg_pool2d")
"""What this notebook's code holds; Lab 2's holds the first too, so that it must not speak alone."""

part = Part(FILE, mode="run", expects=[Function(n) for n in SPEAKING], files=tools.FILES, options=tools.OPTIONS)

net = part.criterion("resnet-network", "The network", section=SECTION, points="8")


@net.holds(id="resnet_layers", reference=False)
def layers_are_those_of_a_resnet20(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network is a ResNet-20 of 16, 32 and 64 maps: 269,722 parameters, and few more with projections."""
    insist_on_one(student, residual.layers)


@net.holds(id="resnet_scores", reference=False, needs=("resnet_layers",))
def scores_are_those_of_a_resnet20(student: Subject, draw: Draw) -> None:
    """With weights of ours it computes what a ResNet-20 does: the shortcut is added, then ReLU."""
    any_of([residual.computes(student, n, draw) for n in _fitting(student)])


@net.holds(id="resnet_learns", reference=False, needs=("resnet_scores",))
def network_learns(student: Subject, draw: Draw) -> None:
    """Trained for a few batches on pictures of ours, it tells new ones apart."""
    insist(learns(student, _fitting(student)[-1], draw, training.DEEP))


def _fitting(student: Subject) -> list[ImageNetwork]:
    return [n for n in working(student) if not n.raised and residual.layers(n).holds]


trained = part.criterion("resnet-training", "Its training", section=SECTION, points="8", award=PROPORTIONAL)
for id_, check in (
    ("resnet_loss", lab1.cross_entropy_is_minimised),
    ("resnet_modes", lab1.modes_are_kept),
    ("resnet_crops", lab2.training_pictures_vary),
    ("resnet_steady", lab1.validation_is_steady),
):
    trained.holds(id=id_, reference=False)(check)
