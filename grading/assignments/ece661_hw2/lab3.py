"""Lab 3: ResNet-20 on CIFAR-10. 16 points as the sheet gives them: 8 for the network, 8 for its training, our split."""

from grading.assignments.ece661_hw2 import residual, tools, training
from grading.assignments.ece661_hw2.lab1 import PICTURES
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


@trained.holds(id="resnet_loss", reference=False)
def cross_entropy_is_minimised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own step is the data
    """What is minimised is the mean cross-entropy of the scores."""
    insist(training.cross_entropy(student))


@trained.holds(id="resnet_modes", reference=False)
def modes_are_kept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own passes are the data
    """Steps are taken in training mode, validation runs in evaluation mode and takes none."""
    insist(training.modes(student))


@trained.holds(id="resnet_crops", reference=False)
def training_pictures_vary(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Training pictures are shifted by up to four pixels, and mirrored half of the time."""
    insist(PICTURES.varied(student))


@trained.holds(id="resnet_steady", reference=False)
def validation_is_steady(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """A validation picture always comes out the same."""
    insist(PICTURES.steady(student))
