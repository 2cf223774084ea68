"""Lab 1: LeNet-5 on CIFAR-10. 16 points as the sheet gives them: a 2, b 4, d 2, g 8.

The notebook is run as a whole, on few pictures and for two epochs; what it builds is then asked. The sheet's bonus (h)
is in the report.
"""

from grading.assignments.ece661_hw2 import tools, training
from grading.authoring import PROPORTIONAL, Draw, Part, Subject
from grading.checks import gradients
from grading.checks.colour_pictures import Wanted
from grading.checks.conclusions import insist
from grading.checks.image_networks import insist_on_one, remark_on_calls, working
from grading.checks.short_training import learns
from grading.checks.small_networks import fitting, insist_on_scores, layers
from reference_models.small_cnn import LENET5, SIMPLE

FILE = "lenet5-cifar10.ipynb"
SECTION = "2. Lab 1"
SHAPES = (LENET5, SIMPLE)
PICTURES = Wanted("validation", padding=4)
part = Part(FILE, mode="run", files=tools.FILES, options=tools.OPTIONS)

net = part.criterion("lab1-network", "(a) The network", section=SECTION, points="2")


@net.holds(id="lab1_layers", reference=False)
def layers_are_the_sheets(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network is LeNet-5 (62,006 parameters) or SimpleNN (82,030), layer by layer."""
    remark_on_calls(student)
    insist_on_one(student, lambda n: layers(n, SHAPES))


@net.holds(id="lab1_scores", reference=False, needs=("lab1_layers",))
def scores_are_the_sheets(student: Subject, draw: Draw) -> None:
    """With weights of ours it computes what that network does: an activation behind every layer, scores at the end."""
    insist_on_scores(student, draw, SHAPES)


@net.holds(id="lab1_learns", reference=False, needs=("lab1_scores",))
def network_learns(student: Subject, draw: Draw) -> None:
    """Trained for a few batches on pictures of ours, it tells new ones apart."""
    insist(learns(student, fitting(working(student), SHAPES)[-1], draw, training.SMALL))


data = part.criterion("lab1-pictures", "(b) Pictures", section=SECTION, points="4", award=PROPORTIONAL)


@data.holds(id="lab1_statistics", reference=False)
def pictures_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - black and white need no draw
    """Training and validation pictures are normalised, channel by channel, with CIFAR-10's statistics."""
    insist(PICTURES.normalised(student))


@data.holds(id="lab1_steady", reference=False)
def validation_is_steady(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """A validation picture always comes out the same."""
    insist(PICTURES.steady(student))


setup = part.criterion("lab1-setup", "(d) Loss and optimizer", section=SECTION, points="2")


@setup.holds(id="lab1_sgd", reference=False)
def sgd_has_its_options(student: Subject, draw: Draw) -> None:
    """SGD trains the network, with momentum and weight decay, each passed as itself."""
    insist(training.sgd(student, draw))


loop = part.criterion("lab1-training", "(g) Training", section=SECTION, points="8", award=PROPORTIONAL)


@loop.holds(id="lab1_loss", reference=False)
def cross_entropy_is_minimised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own step is the data
    """What is minimised is the mean cross-entropy of the scores."""
    insist(training.cross_entropy(student))


@loop.holds(id="lab1_first_loss", reference=False, needs=("lab1_loss",))
def first_loss_is_that_of_guessing(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own step is the data
    """The first loss is near ln 10."""
    insist(training.first_loss(student))


@loop.holds(id="lab1_modes", reference=False)
def modes_are_kept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own passes are the data
    """Steps are taken in training mode, validation runs in evaluation mode and takes none."""
    insist(training.modes(student))


@loop.holds(id="lab1_zeroed", reference=False, needs=("lab1_loss",))
def gradients_are_cleared(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own steps are the data
    """Gradients are cleared before each step."""
    insist(gradients.cleared(student))
