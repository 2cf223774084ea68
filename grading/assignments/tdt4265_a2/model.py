"""task2a.py: preprocessing, loss, one-hot encoding, and the network with its tricks.

Source: the assignment sheet's tasks 2a, 2b, 2c (first weights), 3a, 3b, 4c and 4f. A task's points for code are here,
those for its report stand with the report.

Policy where the sheet says nothing:

* A row pays in proportion to its questions, except where there is one.
* A later task is judged given what an earlier one lost points for: whoever forgot 1/N pays once.
* Hidden layers may have a bias row, first or last; weights may lie either way; the 2022 constructor has no ReLU.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.tdt4265_a2 import networks, pixels
from grading.assignments.tdt4265_a2.networks import (
    ATOL,
    FIVE_LAYERS,
    RTOL,
    START,
    THREE_LAYERS,
    TWO_LAYERS,
    Setting,
    answering,
    ask_pass,
    ask_weights,
    given,
    hidden_biases,
    of_network,
    textbook_after,
)
from grading.assignments.tdt4265_a2.slips import LOSS_SLIPS, NORMAL_SLIPS, ONE_HOT_SLIPS, PIXEL_SLIPS, UNIFORM_SLIPS
from grading.authoring import PROPORTIONAL, Draw, Driven, Function, Part, Reference, Subject, remark, require
from grading.authoring import expect as admit
from grading.checks import initialisation
from grading.checks.conclusions import Conclusion, insist
from grading.mistakes.softmax_network import (
    BACKWARD,
    DEEP,
    FORWARD,
    IMPROVED_BACKWARD,
    IMPROVED_FORWARD,
    RELU,
    SLOPELESS,
)
from grading.numerics.gradients import central_difference, close, inner_product
from reference_models.initializers import Fans, normal, uniform
from reference_models.softmax_network import (
    INPUTS,
    MEAN,
    PIXELS,
    STD,
    Hidden,
    cross_entropy,
    initial,
    one_hot,
    standardised,
)

Array = npt.NDArray[np.float64]

SLOPE_STEP, SLOPE_RTOL, SLOPE_ATOL = 1e-3, 1e-3, 1e-4
"""The step changes pre-activations by about itself: an error of its square, and room for float32."""


def _preprocessed(put: Any, X: npt.NDArray[np.uint8]) -> Array:
    reply = admit.mapping(put(X, {"mean": MEAN, "std": STD}), "what the preprocessing answers", keys=("images",))
    images = admit.array(reply["images"], "what pre_process_images returns", shape=(len(X), None))
    if admit.sequence(reply.get("handed", []), "what was handed"):
        remark("Your pre_process_images takes the mean and deviation: it was handed the training set's.")
    return images


def _start(improved: bool) -> list[Array]:
    seed = np.random.randint(2**31)  # noqa: NPY002 - the generator that the judge seeds for every subject
    return initial(START, np.random.default_rng(seed), improved=improved)


REFERENCE = Reference(
    preprocessed=standardised,
    cross_entropy_loss=cross_entropy,
    one_hot_encode=one_hot,
    network=answering(),
    network__improved=answering(),
    network__deep=answering(),
    network__relu=answering(),
    first_weights=_start,
)

_2B: networks.Earlier = ((*FORWARD, *BACKWARD), "sigmoid")
_3B: networks.Earlier = ((*IMPROVED_FORWARD, *IMPROVED_BACKWARD), "improved")
EARLIER = {"improved": (_2B,), "deep": (_2B, _3B), "relu": (_2B,)}
"""What each later task forgives."""

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
            Driven(f"network__{task}", driver="softmax_pass", target="SoftmaxModel", ask=given(*earlier))
            for task, earlier in EARLIER.items()
        ),
        Driven("first_weights", driver="softmax_initial", target="SoftmaxModel", ask=ask_weights, told=""),
    ],
    reference=REFERENCE,
)


# -- 2a: preprocessing, loss, one-hot encoding ------------------------------------------------------------

task_2a = part.criterion(
    "task-2a", "Preprocessing, cross-entropy, one-hot encoding", points="8", section="Task 2a", award=PROPORTIONAL
)


def _pictures(draw: Draw, n: int, bright: float) -> npt.NDArray[np.uint8]:
    """Images of a brightness that no set of digits has."""
    return np.clip(draw.images(n, height=28, width=28, channels=1).reshape(n, -1) * bright, 0, 255).astype(np.uint8)


@task_2a.holds(id="normalised", form="free", weight="2", mistakes=PIXEL_SLIPS)
def normalised(student: Subject, draw: Draw) -> None:
    """pre_process_images takes out the mean and divides by the standard deviation of the training set."""
    X = _pictures(draw, 9, 0.6)
    insist(pixels.judged_statistics(pixels.taken_apart(_columns(student.preprocessed(X)), X), X))


@task_2a.holds(id="normalised-alike", form="free", weight="1", needs=("normalised",), mistakes=PIXEL_SLIPS)
def normalised_alike(student: Subject, draw: Draw) -> None:
    """Training and validation images are normalised with the same two numbers, those of the training set."""
    X, other = _pictures(draw, 9, 0.6), _pictures(draw, 7, 0.3)
    one, two = (pixels.taken_apart(_columns(student.preprocessed(x)), x) for x in (X, other))
    insist(pixels.judged_same(one, two, X, other))


@task_2a.holds(id="bias-column", form="free", weight="1", mistakes=PIXEL_SLIPS)
def bias_column(student: Subject, draw: Draw) -> None:
    """pre_process_images adds a column of ones: 784 columns become 785."""
    X = _pictures(draw, 9, 0.6)
    answer = _columns(student.preprocessed(X))
    insist(pixels.judged_bias(pixels.taken_apart(answer, X), answer))


def _columns(answer: object) -> Array:
    images = admit.array(answer, "what pre_process_images returns", ndim=2)
    allowed = (PIXELS, PIXELS + 1)
    if images.shape[1] not in allowed:
        insist(Conclusion(False, f"pre_process_images gives {images.shape[1]} columns, expected 785.", "bias-columns"))
    return images


def _probabilities(draw: Draw, n: int, classes: int) -> Array:
    scores = np.exp(draw.normal(n, classes, scale=1.5))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


@task_2a.agrees(id="cross-entropy", weight="3", mistakes=LOSS_SLIPS, rtol=RTOL, atol=ATOL)
def cross_entropy_values(subject: Subject, draw: Draw) -> object:
    """cross_entropy_loss is the mean over the batch of -sum(targets * log(outputs)), one number."""
    n, classes = draw.sizes(2, 4, 12)
    losses = {}
    for rows in (n, 3 * n):
        targets, outputs = draw.one_hot(rows, classes), _probabilities(draw, rows, classes)
        what = f"the loss of {rows} rows"
        losses[what] = admit.number(subject.cross_entropy_loss(targets, outputs), what)
    return losses


@task_2a.agrees(id="one-hot", weight="1", mistakes=ONE_HOT_SLIPS)
def one_hot_rows(subject: Subject, draw: Draw) -> object:
    """one_hot_encode makes of each label a row with a single 1 at its place."""
    n, classes = draw.sizes(2, 5, 9)  # not 10, which some write down
    labels = draw.labels(n, classes).astype(np.uint8)[:, None]
    return admit.array(subject.one_hot_encode(labels, classes), "what one_hot_encode returns")


# -- 2b: one hidden layer ---------------------------------------------------------------------------------

task_2b = part.criterion("task-2b", "Forward and backward pass", points="18", section="Task 2b", award=PROPORTIONAL)


@task_2b.agrees(
    id="forward", weight="6", mistakes=of_network(FORWARD), also=hidden_biases(), rtol=RTOL, atol=ATOL, form="free"
)
def forward(subject: Subject, draw: Draw) -> object:
    """The forward pass gives softmax probabilities of one hidden layer of sigmoids."""
    return subject.network(Setting.drawn(draw, TWO_LAYERS, "sigmoid"), backward=False)


@task_2b.agrees(
    id="gradients",
    weight="9",
    mistakes=of_network(BACKWARD),
    also=(*hidden_biases(), *textbook_after(FORWARD)),
    rtol=RTOL,
    atol=ATOL,
)
def gradients(subject: Subject, draw: Draw) -> object:
    """Backward fills self.grads with the gradients of the mean loss for both layers."""
    return subject.network(Setting.drawn(draw, TWO_LAYERS, "sigmoid"))


@task_2b.holds(id="slope", weight="3", form="free", follows=("forward", "gradients"))
def slope_of_your_loss(student: Subject, draw: Draw) -> None:
    """Your gradients are the slope of the cross-entropy of your own forward pass, along a random direction."""
    _insist_on_slope(student, draw, TWO_LAYERS)


def _insist_on_slope(student: Subject, draw: Draw, widths: tuple[int, ...]) -> None:
    s = Setting.drawn(draw, widths, "sigmoid")
    direction = [draw.normal(*w.shape, scale=1 / np.sqrt(len(w))) for w in s.weights]
    found = student.network(s)["gradients"]
    require(len(found) == len(direction), f"self.grads has {len(found)} entries, expected {len(direction)}.")
    shown = [d if np.shape(g) == d.shape else d[:-1] for g, d in zip(found, direction, strict=True)]
    for number, (g, d) in enumerate(zip(found, shown, strict=True)):
        require(np.shape(g) == d.shape, f"self.grads[{number}] has shape {np.shape(g)}, expected {d.shape}.")

    def loss(t: float) -> float:
        outputs = student.network(s.moved(direction, t), backward=False)["outputs"]
        require(np.shape(outputs) == s.Y.shape, f"forward gives {np.shape(outputs)}, expected {s.Y.shape}.")
        require((outputs > 0).all(), "forward gives numbers that are no probabilities: not all are above 0.")
        return cross_entropy(s.Y, outputs)

    slope = central_difference(loss, step=SLOPE_STEP)
    claimed = inner_product(dict(enumerate(found)), dict(enumerate(shown)))
    same = close(slope, claimed, rtol=SLOPE_RTOL, atol=SLOPE_ATOL)
    require(same, f"Along a random direction the slope of your loss is {slope:.4g}; your gradients say {claimed:.4g}.")


@task_2b.holds(id="large-logits", weight="0", form="free", needs=("forward",))
def large_logits(student: Subject, draw: Draw) -> None:
    """Softmax of large logits stays finite (a remark; it costs nothing)."""
    s = Setting.drawn(draw, TWO_LAYERS, "sigmoid").with_logits(3000.0)
    outputs = student.network(s, backward=False)["outputs"]
    if not np.isfinite(outputs).all():
        remark("For large logits your softmax overflows to NaN. Subtract each row's maximum first; it costs nothing.")


# -- 2c, 3a: first weights --------------------------------------------------------------------------------

task_2c = part.criterion("task-2c-start", "First weights, uniform on [-1, 1]", points="1", section="Task 2c")
task_3a = part.criterion("task-3a", "Improved weight initialisation", points="4", section="Task 3a")


def _starts(ws: Sequence[Array], *, improved: bool) -> None:
    require(len(ws) == len(START), f"self.ws has {len(ws)} entries, expected {len(START)}: one for each layer.")
    shapes = zip((INPUTS, *START), START, strict=False)
    laws, fans, named = {}, {}, {}
    for number, (inputs, units) in enumerate(shapes):
        name = f"ws[{number}]"
        w = np.asarray(ws[number])
        spare = inputs + 1 if number else inputs
        allowed = {(inputs, units), (spare, units), (units, inputs), (units, spare)}
        require(w.shape in allowed, f"{name} has shape {w.shape}, expected {(inputs, units)}.")
        laws[name] = normal(1 / np.sqrt(inputs)) if improved else uniform(-1.0, 1.0)
        fans[name] = Fans(inputs, units)
        named[name] = _weights_only(w, spare if number else 0)
    insist(initialisation.every(named, laws, fans=fans))


def _weights_only(w: Array, spare: int) -> Array:
    """The weights without a bias row that starts at 0."""
    if spare and spare in w.shape:
        lines = w if w.shape[0] == spare else w.T
        if not lines[0].any() or not lines[-1].any():
            return np.asarray(lines[1:] if not lines[0].any() else lines[:-1])
    return w


@task_2c.holds(id="uniform-start", form="free", mistakes=UNIFORM_SLIPS)
def uniform_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program draws
    """Without use_improved_weight_init every weight starts uniform on [-1, 1]."""
    _starts(student.first_weights(False), improved=False)


@task_3a.holds(id="normal-start", form="free", mistakes=NORMAL_SLIPS)
def normal_start(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program draws
    """With use_improved_weight_init each layer starts normal with standard deviation 1/sqrt(fan_in)."""
    _starts(student.first_weights(True), improved=True)


# -- 3b: the improved sigmoid -----------------------------------------------------------------------------

task_3b = part.criterion("task-3b", "Improved sigmoid", points="7", section="Task 3b", award=PROPORTIONAL)


@task_3b.agrees(
    id="improved-forward",
    weight="3",
    mistakes=of_network(IMPROVED_FORWARD, "network__improved"),
    also=hidden_biases("network__improved"),
    follows=("task-2b",),
    rtol=RTOL,
    atol=ATOL,
)
def improved_forward(subject: Subject, draw: Draw) -> object:
    """With use_improved_sigmoid the hidden layer is 1.7159 tanh(2z/3), and the output softmax."""
    return subject.network__improved(Setting.drawn(draw, TWO_LAYERS, "improved"), backward=False)


@task_3b.agrees(
    id="improved-gradients",
    weight="4",
    mistakes=of_network((*IMPROVED_BACKWARD, *SLOPELESS), "network__improved"),
    also=(*hidden_biases("network__improved"), *textbook_after(IMPROVED_FORWARD, "network__improved")),
    follows=("improved-forward", "task-2b"),
    rtol=RTOL,
    atol=ATOL,
)
def improved_gradients(subject: Subject, draw: Draw) -> object:
    """With use_improved_sigmoid the gradients have its slope."""
    return subject.network__improved(Setting.drawn(draw, TWO_LAYERS, "improved"))


# -- 4c: any number of layers -----------------------------------------------------------------------------

task_4c = part.criterion("task-4c", "Any number of hidden layers", points="14", section="Task 4c", award=PROPORTIONAL)


def _deep_question(number: int, widths: tuple[int, ...], hidden: Hidden, weight: str) -> None:
    said = f"{len(widths) - 1} hidden layers"

    def outputs(subject: Subject, draw: Draw) -> object:
        return subject.network__deep(Setting.drawn(draw, widths, hidden), backward=False)

    def grads(subject: Subject, draw: Draw) -> object:
        return subject.network__deep(Setting.drawn(draw, widths, hidden))

    outputs.__doc__ = f"With {said} the forward pass goes through all of them, with the hidden function in each."
    grads.__doc__ = f"With {said} self.grads has the gradients of all layers, first to last."
    also, mistakes = hidden_biases("network__deep"), of_network(DEEP, "network__deep")
    earlier = ("task-2b", "task-3b") if hidden == "improved" else ("task-2b",)
    task_4c.agrees(
        id=f"deep-forward-{number}",
        weight=weight,
        mistakes=mistakes,
        also=also,
        follows=earlier,
        rtol=RTOL,
        atol=ATOL,
    )(outputs)
    task_4c.agrees(
        id=f"deep-gradients-{number}",
        weight=str(3 * int(weight)),
        mistakes=mistakes,
        also=also,
        follows=(f"deep-forward-{number}", *earlier),
        rtol=RTOL,
        atol=ATOL,
    )(grads)


_deep_question(2, THREE_LAYERS, "improved", "2")
_deep_question(4, FIVE_LAYERS, "sigmoid", "1")


# -- 4f: ReLU ---------------------------------------------------------------------------------------------

task_4f = part.criterion("task-4f", "ReLU", points="1", section="Task 4f")


@task_4f.agrees(
    id="relu",
    mistakes=of_network(RELU, "network__relu"),
    also=(networks.WITHOUT_RELU, *hidden_biases("network__relu")),
    follows=("task-2b",),
    rtol=RTOL,
    atol=ATOL,
)
def relu(subject: Subject, draw: Draw) -> object:
    """With use_relu the hidden layer is max(0, z), forwards and backwards."""
    return subject.network__relu(Setting.drawn(draw, TWO_LAYERS, "relu"))
