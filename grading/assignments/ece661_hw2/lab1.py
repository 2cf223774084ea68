"""Lab 1: LeNet-5 on CIFAR-10. 16 points as the sheet gives them: a 2, b 4, d 2, g 8.

The notebook is run as a whole, on few pictures and for two epochs; what it builds is then asked. The sheet's bonus (h)
is in the report.
"""

from collections.abc import Callable, Sequence

from grading.assignments.ece661_hw2 import networks, pictures, slips, tools, training
from grading.authoring import PROPORTIONAL, Draw, Part, Subject, remark
from grading.checks import gradients
from grading.checks.conclusions import Conclusion, insist, wrong
from grading.checks.image_networks import FoundNetworks, ImageNetwork, seen
from grading.checks.short_training import learns

FILE = "lenet5-cifar10.ipynb"
SECTION = "2. Lab 1"
part = Part(FILE, mode="run", files=tools.FILES, options=tools.OPTIONS)


def found_networks(student: Subject) -> tuple[FoundNetworks, tuple[ImageNetwork, ...]]:
    """What there is, and the networks for colour pictures that work."""
    there = seen(student)
    working = tuple(n for n in there.networks if not n.raised) or there.networks
    if not working:
        insist(wrong("No network for pictures of three channels was found.", "no-network"))
    return there, working


def any_of(conclusions: Sequence[Conclusion]) -> None:
    """Insist on one that holds; where none does, on the last, which is the most trained one's."""
    insist(next((o for o in conclusions if o.holds), conclusions[-1]))


def stopped(network: ImageNetwork) -> Conclusion:
    """What is to be said of a network that raises."""
    return wrong(f"{network.kind} raised {network.raised}", "network-stops")


net = part.criterion("lab1-network", "(a) The network", section=SECTION, points="2")


@net.holds(id="lab1_layers", reference=False, mistakes=slips.LAYERS)
def layers_are_the_sheets(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network is LeNet-5 (62,006 parameters) or SimpleNN (82,030), layer by layer."""
    there, every = found_networks(student)
    for said in there.said:
        remark(f"{said}.")
    any_of([stopped(n) if n.raised else networks.layers(n) for n in every])


@net.holds(id="lab1_scores", reference=False, mistakes=slips.COMPUTES, needs=("lab1_layers",))
def scores_are_the_sheets(student: Subject, draw: Draw) -> None:
    """With weights of ours it computes what that network does: an activation behind every layer, scores at the end."""
    _, every = found_networks(student)
    any_of([networks.computes(student, n, draw) for n in every if not n.raised and networks.layers(n).holds])


@net.holds(id="lab1_learns", reference=False, mistakes=slips.LEARNS, needs=("lab1_scores",))
def network_learns(student: Subject, draw: Draw) -> None:
    """Trained for a few batches on pictures of ours, it tells new ones apart."""
    _, every = found_networks(student)
    fitting = [n for n in every if not n.raised and networks.layers(n).holds]
    insist(learns(student, fitting[-1], draw, training.SMALL))


data = part.criterion("lab1-pictures", "(b) Pictures", section=SECTION, points="4", award=PROPORTIONAL)


@data.holds(id="lab1_statistics", reference=False, mistakes=slips.STATISTICS)
def pictures_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - black and white need no draw
    """Training and validation pictures are normalised, channel by channel, with CIFAR-10's statistics."""
    insist(pictures.statistics(student, seen(student)))


@data.holds(id="lab1_steady", reference=False, mistakes=slips.STEADY)
def validation_is_steady(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """A validation picture always comes out the same."""
    insist(pictures.steady(student, seen(student)))


setup = part.criterion("lab1-setup", "(d) Loss and optimizer", section=SECTION, points="2")


@setup.holds(id="lab1_sgd", reference=False, mistakes=slips.SETUP)
def sgd_has_its_options(student: Subject, draw: Draw) -> None:
    """SGD trains the network, with momentum and weight decay, each passed as itself."""
    insist(training.sgd(student, draw))


loop = part.criterion("lab1-training", "(g) Training", section=SECTION, points="8", award=PROPORTIONAL)


@loop.holds(id="lab1_loss", reference=False, mistakes=slips.LOSS)
def cross_entropy_is_minimised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own step is the data
    """What is minimised is the mean cross-entropy of the scores."""
    insist(training.cross_entropy(student))


@loop.holds(id="lab1_first_loss", reference=False, mistakes=slips.LOSS, needs=("lab1_loss",))
def first_loss_is_that_of_guessing(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own step is the data
    """The first loss is near ln 10."""
    insist(training.first_loss(student))


@loop.holds(id="lab1_modes", reference=False, mistakes=slips.MODES)
def modes_are_kept(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own passes are the data
    """Steps are taken in training mode, validation runs in evaluation mode and takes none."""
    insist(training.modes(student))


@loop.holds(id="lab1_zeroed", reference=False, mistakes=slips.CLEARED, needs=("lab1_loss",))
def gradients_are_cleared(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own steps are the data
    """Gradients are cleared before each step."""
    insist(gradients.cleared(student))


def insist_on_each(student: Subject, judge: Callable[[ImageNetwork], Conclusion]) -> None:
    """Insist that one of the networks holds."""
    _, every = found_networks(student)
    any_of([stopped(n) if n.raised else judge(n) for n in every])
