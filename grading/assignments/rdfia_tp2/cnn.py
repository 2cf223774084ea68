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

from dataclasses import replace

from grading.authoring import PROPORTIONAL, Draw, Function, Part, Subject, remark
from grading.checks.colour_pictures import Wanted
from grading.checks.conclusions import Conclusion, insist, right, wrong
from grading.checks.image_networks import ImageNetwork, any_of, insist_on_one, remark_on_calls, seen
from grading.checks.schedules import decays
from grading.checks.small_networks import dropout, insist_on_scores, layers, nearest, normalised
from grading.mistakes.architecture import NO_CEIL_MODE
from grading.mistakes.training import NO_TRAINING
from reference_models.small_cnn import CONVNET, CROP

FILE = "1_cd_CNNs.ipynb"
ARCHITECTURE, METHODS = "2. CIFAR-10", "3. Better results"
PICTURES = Wanted("test", crop=CROP)
DECAY = 0.95

ROUNDED_DOWN = replace(CONVNET, widths=(64 * 3 * 3, *CONVNET.widths[1:]), ceil=False)
"""Where the last pooling rounds 7 down to 3; the row on crops is about that."""

SHAPES = (CONVNET, ROUNDED_DOWN)

part = Part(
    FILE,
    mode="run",
    expects=[Function(name) for name in ("ConvNet", "get_dataset", "epoch", "main")],
    options={"epochs": 3, "batches": 4, "batch_size": 4, "train_batches": 2, "whole": 8},
)


# -- the network: 1.5 points ----------------------------------------------------------------------------

architecture = part.criterion(
    "cd-architecture", "The network for CIFAR-10", section=ARCHITECTURE, points="1.5", award=PROPORTIONAL
)


@architecture.holds(id="cd-layers", reference=False, weight="2")
def layers_are_the_statements(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network has the statement's layers: three convolutions and two linear layers, of the statement's sizes."""
    networks = seen(student).networks
    if len(networks) == 1:
        remark(
            "Your notebook ends with one network for colour pictures: every row about the network is about that one."
        )
    remark_on_calls(student)
    if any(nearest(n, SHAPES) is ROUNDED_DOWN for n in networks):
        remark("fc4 has 576 inputs because the last pooling rounds down: the row on crops is about that.")
    insist_on_one(student, lambda n: layers(n, SHAPES))


@architecture.holds(id="cd-scores", reference=False, needs=("cd-layers",))
def scores_are_the_statements(student: Subject, draw: Draw) -> None:
    """With the same weights your network computes what the statement's does: ReLU in between, scores at the end."""
    insist_on_scores(student, draw, SHAPES)


# -- pictures: 1.75 points ------------------------------------------------------------------------------

normalisation = part.criterion("cd-normalisation", "Normalised pictures", section=METHODS, points="0.75")


@normalisation.holds(id="cd-statistics", reference=False)
def pictures_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - black and white need no draw
    """Training and test pictures are normalised, channel by channel, with (.491, .482, .447) and (.202, .199, .201)."""
    insist(PICTURES.normalised(student))


augmentation = part.criterion("cd-augmentation", "Crops and flips", section=METHODS, points="1", award=PROPORTIONAL)


@augmentation.holds(id="cd-training-crops", reference=False)
def training_pictures_vary(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Training pictures are random crops of 28 x 28, flipped at random from left to right."""
    insist(PICTURES.varied(student))


@augmentation.holds(id="cd-test-crops", reference=False)
def test_pictures_are_central(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - a ramp needs no draw
    """Test pictures are cut to their central 28 x 28."""
    insist(PICTURES.central(student))


def _ceiling(network: ImageNetwork) -> Conclusion:
    """Whether pictures of 28 x 28 reach 1024 inputs."""
    if network.linears and network.linears[0].weight[1] == ROUNDED_DOWN.widths[0]:
        said = f"The first linear layer of {network.kind} has 576 inputs, 64 maps of 3 x 3."
        return wrong(said, NO_CEIL_MODE)
    if not network.small:
        return wrong(
            f"{network.kind} takes pictures of 32 x 32 only: for 28 x 28 the sizes do not fit.",
            NO_CEIL_MODE if layers(network, SHAPES).holds else None,
        )
    return right()


@augmentation.holds(id="cd-ceiling", reference=False, follows=("cd-architecture",))
def small_pictures_fit(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network takes pictures of 28 x 28 and still has 1024 inputs at its first linear layer."""
    insist_on_one(student, _ceiling)


# -- schedule, dropout, normalisation: 2 points ---------------------------------------------------------

schedule = part.criterion("cd-schedule", "Learning rate schedule", section=METHODS, points="0.75")


@schedule.holds(id="cd-rates", reference=False, follows=("cd-architecture",))
def rates_fall(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the rates are the program's own
    """The learning rate is multiplied by 0.95 after each epoch."""
    there = seen(student)
    rates = [r for r in there.rates if r]
    if not rates:
        said = " ".join(("Your program took no training step.", *(f"{said}." for said in there.said)))
        insist(wrong(said, NO_TRAINING))
    any_of([decays(r, DECAY) for r in rates])


dropped = part.criterion("cd-dropout", "Dropout", section=METHODS, points="0.5")


@dropped.holds(id="cd-dropout-place", reference=False, follows=("cd-architecture",))
def dropout_between_linear_layers(student: Subject, draw: Draw) -> None:
    """Between the two linear layers there is dropout, in training only."""
    insist_on_one(student, lambda n: dropout(student, n, draw, SHAPES))


batch_normalisation = part.criterion("cd-batch-normalisation", "Batch normalisation", section=METHODS, points="0.75")


@batch_normalisation.holds(id="cd-batch-normalisation-place", reference=False)
def convolutions_are_normalised(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """Behind each convolution there is a batch normalisation: 320 parameters more."""
    insist_on_one(student, normalised)
