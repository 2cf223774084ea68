"""task2a.py: preprocessing, loss, one-hot encoding, and the network with its tricks.

Source: the assignment sheet's tasks 2a, 2b, 2c (first weights), 3a, 3b, 4c and 4f. A task's points for code are here,
those for its report stand with the report.

Policy where the sheet says nothing:

* A row pays in proportion to its questions, except where there is one.
* A later task is judged given what an earlier one lost points for: whoever forgot 1/N pays once.
* Hidden layers may have a bias row, first or last; weights may lie either way; the 2022 constructor has no ReLU.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2.digits import STATISTICS
from grading.assignments.tdt4265_a2.settings import TWO_LAYERS, WITHOUT_RELU, ask_pass, network
from grading.authoring import PROPORTIONAL, Draw, Driven, Function, Part, Reference, Subject, expect, remark, require
from grading.authoring.mistake import acting
from grading.authoring.subject import Mistake
from grading.checks import backward, initialisation, preprocessing
from grading.checks.conclusions import insist
from grading.checks.softmax_networks import ATOL, RTOL, Known, Setting, answering, beside, given
from grading.checks.trainers import arrays
from grading.mistakes import softmax_network as known
from grading.mistakes.initialisation import LAWS, TORCH_DEFAULT_LEFT
from grading.mistakes.losses import BY_HAND
from grading.mistakes.preprocessing import ONE_HOT, PREPROCESSING
from reference_models import softmax_network as right
from reference_models.initializers import Fans, Law, lecun, uniform
from reference_models.softmax_network import INPUTS, MEAN, STD, Hidden

Array = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]

START = (90, 30, 10)
"""For the first weights: large enough layers that a wrong law shows, and no two fans alike."""

FANS = [Fans(n, m) for n, m in zip((INPUTS, *START), START, strict=False)]


def _preprocessed(put: Callable[..., Any], X: Images) -> Array:
    reply = expect.mapping(put(X, {"mean": MEAN, "std": STD}), "what the preprocessing answers", keys=("images",))
    images = expect.array(reply["images"], "what pre_process_images returns", shape=(len(X), None))
    if expect.sequence(reply.get("handed", []), "what was handed"):
        remark("Your pre_process_images takes the mean and deviation: it was handed the training set's.")
    return images


def _ask_weights(put: Callable[..., Any], improved: bool) -> list[Array]:
    told = put(network(START, "sigmoid", improved_init=improved))
    return arrays(expect.mapping(told, "a new network", keys=("ws",))["ws"], "self.ws")


def _seed() -> int:
    return np.random.randint(2**31)  # noqa: NPY002 - the generator that the judge seeds for every subject


EARLIER: tuple[tuple[Known, Hidden], ...] = (
    ((*known.FORWARD, *known.BACKWARD), "sigmoid"),
    ((*known.IMPROVED_FORWARD, *known.IMPROVED_BACKWARD), "improved"),
)
FORGIVEN = {"improved": 1, "deep": 2, "relu": 1}
"""How many of the earlier tasks' mistakes cost nothing again in each later task."""

LATER = {task: given(ask_pass, TWO_LAYERS, *EARLIER[:n]) for task, n in FORGIVEN.items()}

part = Part(
    "task2a.py",
    expects=[
        Function("pre_process_images", aliases=("preprocess_images", "preprocess")),
        Function("cross_entropy_loss", aliases=("cross_entropy",), arity=2),
        Function("one_hot_encode", aliases=("one_hot", "onehot_encode"), arity=2),
        Function("SoftmaxModel", aliases=("Softmax_Model", "SoftMaxModel")),
        Driven("preprocessed", driver="softmax_preprocess", target="pre_process_images", ask=_preprocessed),
        Driven("network", driver="softmax_pass", target="SoftmaxModel", ask=ask_pass),
        *(
            Driven(f"network__{task}", driver="softmax_pass", target="SoftmaxModel", ask=asked)
            for task, asked in LATER.items()
        ),
        Driven("first_weights", driver="softmax_initial", target="SoftmaxModel", ask=_ask_weights, told=""),
    ],
    reference=Reference(
        preprocessed=right.standardised,
        cross_entropy_loss=right.cross_entropy,
        one_hot_encode=right.one_hot,
        network=answering(),
        **{f"network__{task}": answering() for task in LATER},
        first_weights=lambda improved: right.initial(START, np.random.default_rng(_seed()), improved=improved),
    ),
)


# -- 2a: preprocessing, loss, one-hot encoding ------------------------------------------------------------

task_2a = part.criterion(
    "task-2a", "Preprocessing, cross-entropy, one-hot encoding", points="8", section="Task 2a", award=PROPORTIONAL
)
PIXELS = acting(PREPROCESSING, "preprocessed", lambda wrong: lambda X: wrong(X, MEAN, STD))


def _pictures(draw: Draw, n: int, bright: float = 0.6) -> Images:
    """Images of a brightness that no set of digits has."""
    return np.clip(draw.images(n, height=28, width=28, channels=1).reshape(n, -1) * bright, 0, 255).astype(np.uint8)


@task_2a.holds(id="normalised", form="free", weight="2", mistakes=PIXELS)
def normalised(student: Subject, draw: Draw) -> None:
    """pre_process_images takes out the mean and divides by the standard deviation of the training set."""
    X = _pictures(draw, 9)
    insist(preprocessing.normalised(student.preprocessed(X), X, STATISTICS))


@task_2a.holds(id="normalised-alike", form="free", weight="1", needs=("normalised",), mistakes=PIXELS)
def normalised_alike(student: Subject, draw: Draw) -> None:
    """Training and validation images are normalised with the same two numbers, those of the training set."""
    X, other = _pictures(draw, 9), _pictures(draw, 7, 0.3)
    insist(preprocessing.alike(student.preprocessed(X), X, student.preprocessed(other), other))


@task_2a.holds(id="bias-column", form="free", weight="1", mistakes=PIXELS)
def bias_column(student: Subject, draw: Draw) -> None:
    """pre_process_images adds a column of ones: 784 columns become 785."""
    X = _pictures(draw, 9)
    insist(preprocessing.bias_column(student.preprocessed(X), X))


def _probabilities(draw: Draw, n: int, classes: int) -> Array:
    scores = np.exp(draw.normal(n, classes, scale=1.5))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


@task_2a.agrees(id="cross-entropy", weight="3", mistakes=acting(BY_HAND, "cross_entropy_loss"), rtol=RTOL, atol=ATOL)
def cross_entropy_values(subject: Subject, draw: Draw) -> object:
    """cross_entropy_loss is the mean over the batch of -sum(targets * log(outputs)), one number."""
    n, classes = draw.sizes(2, 4, 12)
    losses = {}
    for rows in (n, 3 * n):
        targets, outputs = draw.one_hot(rows, classes), _probabilities(draw, rows, classes)
        what = f"the loss of {rows} rows"
        losses[what] = expect.number(subject.cross_entropy_loss(targets, outputs), what)
    return losses


@task_2a.agrees(id="one-hot", weight="1", mistakes=acting(ONE_HOT, "one_hot_encode"))
def one_hot_rows(subject: Subject, draw: Draw) -> object:
    """one_hot_encode makes of each label a row with a single 1 at its place."""
    n, classes = draw.sizes(2, 5, 9)  # not 10, which some write down
    labels = draw.labels(n, classes).astype(np.uint8)[:, None]
    return expect.array(subject.one_hot_encode(labels, classes), "what one_hot_encode returns")


# -- 2b: one hidden layer ---------------------------------------------------------------------------------

task_2b = part.criterion("task-2b", "Forward and backward pass", points="18", section="Task 2b", award=PROPORTIONAL)


@task_2b.agrees(id="forward", weight="6", form="free", **beside(known.FORWARD))
def forward(subject: Subject, draw: Draw) -> object:
    """The forward pass gives softmax probabilities of one hidden layer of sigmoids."""
    return subject.network(Setting.drawn(draw, TWO_LAYERS, "sigmoid"), backward=False)


@task_2b.agrees(id="gradients", weight="9", **beside(known.BACKWARD, after=known.FORWARD))
def gradients(subject: Subject, draw: Draw) -> object:
    """Backward fills self.grads with the gradients of the mean loss for both layers."""
    return subject.network(Setting.drawn(draw, TWO_LAYERS, "sigmoid"))


@task_2b.holds(id="slope", weight="3", form="free", follows=("forward", "gradients"))
def slope_of_your_loss(student: Subject, draw: Draw) -> None:
    """Your gradients are the slope of the cross-entropy of your own forward pass, along a random direction."""
    s = Setting.drawn(draw, TWO_LAYERS, "sigmoid")
    found = student.network(s)["gradients"]
    require(len(found) == len(s.weights), f"self.grads has {len(found)} entries, expected {len(s.weights)}.")
    names = [f"self.grads[{n}]" for n in range(len(found))]
    places = dict(zip(names, s.weights, strict=True))
    for name, w, g in list(zip(names, s.weights, found, strict=True))[1:]:
        # A network without hidden biases has no place for the spare row, which stays where it is.
        places[name] = w if np.shape(g) == w.shape else w[:-1]

    def loss(moved: Mapping[str, Array]) -> float:
        weights = [np.concatenate([moved[k], w[len(moved[k]) :]]) for k, w in zip(names, s.weights, strict=True)]
        outputs = student.network(s.with_weights(weights), backward=False)["outputs"]
        require(np.shape(outputs) == s.Y.shape, f"forward gives {np.shape(outputs)}, expected {s.Y.shape}.")
        require((outputs > 0).all(), "forward gives numbers that are no probabilities: not all are above 0.")
        return right.cross_entropy(s.Y, outputs)

    insist(backward.slope(loss, places, dict(zip(names, found, strict=True)), draw))


@task_2b.holds(id="large-logits", weight="0", form="free", needs=("forward",))
def large_logits(student: Subject, draw: Draw) -> None:
    """Softmax of large logits stays finite (a remark; it costs nothing)."""
    s = Setting.drawn(draw, TWO_LAYERS, "sigmoid")
    outputs = student.network(s.with_weights((*s.weights[:-1], 3000 * s.weights[-1])), backward=False)["outputs"]
    if not np.isfinite(outputs).all():
        remark("For large logits your softmax overflows to NaN. Subtract each row's maximum first; it costs nothing.")


# -- 2c, 3a: first weights --------------------------------------------------------------------------------

task_2c = part.criterion("task-2c-start", "First weights, uniform on [-1, 1]", points="1", section="Task 2c")
task_3a = part.criterion("task-3a", "Improved weight initialisation", points="4", section="Task 3a")

IN_NUMPY = tuple(one for one in LAWS if one is not TORCH_DEFAULT_LEFT)


ASKED = {False: [uniform(-1.0, 1.0)] * len(FANS), True: [lecun(fans) for fans in FANS]}
"""The law of each layer, without the improved first weights and with them."""


def _starting(laws: Sequence[Law]) -> Callable[[bool], list[Array]]:
    """A network whose layers start by these laws."""

    def start(_: bool) -> list[Array]:
        random = np.random.default_rng(_seed())
        return [law.sample(random, (n.into, n.out)) for law, n in zip(laws, FANS, strict=True)]

    return start


def _wrong_starts(*, improved: bool) -> list[Mistake]:
    found = initialisation.wrong_starts(ASKED[improved], FANS, IN_NUMPY)
    return [one.acting(first_weights=_starting(laws)) for one, laws in found]


@task_2c.holds(id="uniform-start", form="free", mistakes=_wrong_starts(improved=False))
def uniform_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program draws
    """Without use_improved_weight_init every weight starts uniform on [-1, 1]."""
    insist(initialisation.by_hand(student.first_weights(False), ASKED[False], FANS, IN_NUMPY))


@task_3a.holds(id="normal-start", form="free", mistakes=_wrong_starts(improved=True))
def normal_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program draws
    """With use_improved_weight_init each layer starts normal with standard deviation 1/sqrt(fan_in)."""
    insist(initialisation.by_hand(student.first_weights(True), ASKED[True], FANS, IN_NUMPY))


# -- 3b: the improved sigmoid -----------------------------------------------------------------------------

task_3b = part.criterion("task-3b", "Improved sigmoid", points="7", section="Task 3b", award=PROPORTIONAL)


@task_3b.agrees(
    id="improved-forward", weight="3", follows=("task-2b",), **beside(known.IMPROVED_FORWARD, "network__improved")
)
def improved_forward(subject: Subject, draw: Draw) -> object:
    """With use_improved_sigmoid the hidden layer is 1.7159 tanh(2z/3), and the output softmax."""
    return subject.network__improved(Setting.drawn(draw, TWO_LAYERS, "improved"), backward=False)


@task_3b.agrees(
    id="improved-gradients",
    weight="4",
    follows=("improved-forward", "task-2b"),
    **beside((*known.IMPROVED_BACKWARD, *known.SLOPELESS), "network__improved", after=known.IMPROVED_FORWARD),
)
def improved_gradients(subject: Subject, draw: Draw) -> object:
    """With use_improved_sigmoid the gradients have its slope."""
    return subject.network__improved(Setting.drawn(draw, TWO_LAYERS, "improved"))


# -- 4c: any number of layers -----------------------------------------------------------------------------

task_4c = part.criterion("task-4c", "Any number of hidden layers", points="14", section="Task 4c", award=PROPORTIONAL)


def _deep_questions(widths: tuple[int, ...], hidden: Hidden, weight: int, follows: tuple[str, ...]) -> None:
    layers = len(widths) - 1

    def outputs(subject: Subject, draw: Draw) -> object:
        return subject.network__deep(Setting.drawn(draw, widths, hidden), backward=False)

    def grads(subject: Subject, draw: Draw) -> object:
        return subject.network__deep(Setting.drawn(draw, widths, hidden))

    said = f"With {layers} hidden layers"
    outputs.__doc__ = f"{said} the forward pass goes through all of them, with the hidden function in each."
    grads.__doc__ = f"{said} self.grads has the gradients of all layers, first to last."
    for name, question, worth, first in (
        (f"deep-forward-{layers}", outputs, weight, ()),
        (f"deep-gradients-{layers}", grads, 3 * weight, (f"deep-forward-{layers}",)),
    ):
        held = beside(known.DEEP, "network__deep")
        task_4c.agrees(id=name, weight=str(worth), follows=(*first, *follows), **held)(question)


_deep_questions((8, 5, 10), "improved", 2, ("task-2b", "task-3b"))
_deep_questions((9, 7, 5, 8, 10), "sigmoid", 1, ("task-2b",))


# -- 4f: ReLU ---------------------------------------------------------------------------------------------

task_4f = part.criterion("task-4f", "ReLU", points="1", section="Task 4f")


@task_4f.agrees(id="relu", follows=("task-2b",), **beside(known.RELU, "network__relu", also=[WITHOUT_RELU]))
def relu(subject: Subject, draw: Draw) -> object:
    """With use_relu the hidden layer is max(0, z), forwards and backwards."""
    return subject.network__relu(Setting.drawn(draw, TWO_LAYERS, "relu"))
