"""2-cd: a convolutional network on CIFAR-10, step by step. 8 points, ours: 5.25 for the code, 2.75 for questions.

The notebook is run as a whole, with few pictures and epochs; what it builds is then asked.

Policy where the statement leaves room:

* Where several networks or pipelines are there, each step counts where any of them has it; where only the last state is
  kept, that state is graded for all steps, and a remark says so.
* What `main` and `get_dataset` build counts also where the notebook never calls them.
* Convolutions without biases in front of a normalisation, a normalisation behind the activation, another rate of
  dropout, dropout elsewhere as well, LogSoftmax before cross-entropy: allowed.
* CIFAR-10's own deviations (.247, .243, .262) in the place of the statement's: allowed.
"""

from collections.abc import Callable, Sequence

from grading.assignments.rdfia_tp2 import cnn_networks, cnn_pictures, cnn_slips
from grading.authoring import PROPORTIONAL, Draw, Function, Part, Subject, remark
from grading.checks.conclusions import Conclusion, insist, wrong
from grading.checks.image_networks import FoundNetworks, ImageNetwork, seen

FILE = "1_cd_CNNs.ipynb"
ARCHITECTURE, METHODS = "2. CIFAR-10", "3. Better results"

part = Part(
    FILE,
    mode="run",
    expects=[Function(name) for name in ("ConvNet", "get_dataset", "epoch", "main")],
    options={"epochs": 3, "batches": 4, "batch_size": 4, "train_batches": 2, "whole": 8},
)


def _any(conclusions: Sequence[Conclusion]) -> None:
    """Insist on one that holds; where none does, on the last, which stands for the final state."""
    insist(next((o for o in conclusions if o.holds), conclusions[-1]))


def _networks(student: Subject) -> tuple[FoundNetworks, tuple[ImageNetwork, ...]]:
    there = seen(student)
    working = tuple(n for n in there.networks if not n.raised) or there.networks
    if not working:
        digits = " Those that were found take pictures of one channel." if there.others else ""
        insist(wrong(f"No network for pictures of three channels was found.{digits}", "no-network"))
    return there, working


def _each(student: Subject, judge: Callable[[ImageNetwork], Conclusion]) -> None:
    _, networks = _networks(student)
    _any([judge(n) if not n.raised else _stopped(n) for n in networks])


def _stopped(network: ImageNetwork) -> Conclusion:
    return wrong(f"{network.kind} raised {network.raised}", "network-stops")


# -- the network: 1.5 points ----------------------------------------------------------------------------

architecture = part.criterion(
    "cd-architecture", "The network for CIFAR-10", section=ARCHITECTURE, points="1.5", award=PROPORTIONAL
)


@architecture.holds(id="cd-layers", reference=False, mistakes=cnn_slips.LAYERS, weight="2")
def layers_are_the_statements(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network has the statement's layers: three convolutions and two linear layers, of the statement's sizes."""
    there, networks = _networks(student)
    if len(there.networks) == 1:
        remark(
            "Your notebook ends with one network for colour pictures: every row about the network is about that one."
        )
    for said in there.said:
        remark(f"{said}.")
    _any([cnn_networks.layers(n) if not n.raised else _stopped(n) for n in networks])


@architecture.holds(id="cd-scores", reference=False, mistakes=cnn_slips.COMPUTES, needs=("cd-layers",))
def scores_are_the_statements(student: Subject, draw: Draw) -> None:
    """With the same weights your network computes what the statement's does: ReLU in between, scores at the end."""
    _, networks = _networks(student)
    fitting = [n for n in networks if not n.raised and cnn_networks.layers(n).holds]
    _any([cnn_networks.computes(student, n, draw) for n in fitting])


# -- pictures: 1.75 points ------------------------------------------------------------------------------

normalisation = part.criterion("cd-normalisation", "Normalised pictures", section=METHODS, points="0.75")


@normalisation.holds(id="cd-statistics", reference=False, mistakes=cnn_slips.STATISTICS)
def pictures_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - black and white need no draw
    """Training and test pictures are normalised, channel by channel, with (.491, .482, .447) and (.202, .199, .201)."""
    insist(cnn_pictures.statistics(student, seen(student)))


augmentation = part.criterion("cd-augmentation", "Crops and flips", section=METHODS, points="1", award=PROPORTIONAL)


@augmentation.holds(id="cd-training-crops", reference=False, mistakes=cnn_slips.TRAINING_CROPS)
def training_pictures_vary(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Training pictures are random crops of 28 x 28, flipped at random from left to right."""
    insist(cnn_pictures.training(student, seen(student)))


@augmentation.holds(id="cd-test-crops", reference=False, mistakes=cnn_slips.EVALUATION_CROPS)
def test_pictures_are_central(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Test pictures are cut to their central 28 x 28."""
    insist(cnn_pictures.evaluation(student, seen(student)))


@augmentation.holds(id="cd-ceiling", reference=False, mistakes=cnn_slips.CEILING, follows=("cd-architecture",))
def small_pictures_fit(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network takes pictures of 28 x 28 and still has 1024 inputs at its first linear layer."""
    _each(student, cnn_networks.ceiling)


# -- schedule, dropout, normalisation: 2 points ---------------------------------------------------------

schedule = part.criterion("cd-schedule", "Learning rate schedule", section=METHODS, points="0.75")


@schedule.holds(id="cd-rates", reference=False, mistakes=cnn_slips.RATES, follows=("cd-architecture",))
def rates_fall(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """The learning rate is multiplied by 0.95 after each epoch."""
    there = seen(student)
    rates = [r for r in there.rates if r]
    if not rates:
        said = " ".join(("Your program took no training step.", *(f"{said}." for said in there.said)))
        insist(wrong(said, "no-training"))
    _any([cnn_networks.schedule(r) for r in rates])


dropout = part.criterion("cd-dropout", "Dropout", section=METHODS, points="0.5")


@dropout.holds(id="cd-dropout-place", reference=False, mistakes=cnn_slips.DROPOUT, follows=("cd-architecture",))
def dropout_between_linear_layers(student: Subject, draw: Draw) -> None:
    """Between the two linear layers there is dropout, in training only."""
    _each(student, lambda n: cnn_networks.dropout(student, n, draw))


batch_normalisation = part.criterion("cd-batch-normalisation", "Batch normalisation", section=METHODS, points="0.75")


@batch_normalisation.holds(id="cd-batch-normalisation-place", reference=False, mistakes=cnn_slips.NORMALISATION)
def convolutions_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """Behind each convolution there is a batch normalisation: 320 parameters more."""
    _each(student, cnn_networks.normalised)
