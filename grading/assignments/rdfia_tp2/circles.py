"""2-ab: a network with one hidden layer by hand, with autograd, torch.nn and torch.optim.

12 points, ours. Policy where the statement leaves room:

* Weights either way round, biases of any shape, in both cases as `init_params` or the functions themselves show.
* The loss is a mean, but questions 15-17 are per example: gradients of the mean and of the sum both count, as long as
  all four share the factor. The sum gets a remark.
* Accuracy as a rate or in percent.
* `init_params`, `sgd`, `loss_accuracy` and `init_model` mean several functions: they are told apart by the number of
  arguments, by what they ask of them, and by order.
* The functions are asked one by one; the program also runs as a whole, for what it trains (`circles_training`).
* A model that ends in LogSoftmax loses nothing: cross-entropy takes it again and changes nothing.
"""

from typing import Any

import numpy as np
import torch

from grading.assignments.rdfia_tp2 import circles_networks as net
from grading.assignments.rdfia_tp2.circles_networks import NET, REFERENCE, N, batch, known, parameters, plain, plains
from grading.authoring import PROPORTIONAL, Draw, Driven, Function, Part, Subject, Variant, remark
from grading.checks import autograd, by_hand, hand_networks
from grading.checks.conclusions import insist
from grading.checks.initialisation import judged
from grading.checks.trained import ask_machines, ask_networks
from grading.mistakes import circles_network as mistakes
from grading.mistakes.metrics import ACCURACY
from grading.programs.autograd import tracking, zeroes_outside
from reference_models import initializers
from reference_models.circles_network import NAMES, STANDARD_DEVIATION, variant

FILE = "1_ab_Intro_to_NNs.ipynb"
HAND, AUTOGRAD, NN, OPTIM = "1. By hand", "2. Autograd", "3. torch.nn", "4. torch.optim"
BACKWARDS = ("backward", "backward_pass", "retropropagation")
STEPPING = ("sgd", "step", "update", "descente", "descent")
"""Pieces of names of functions that take a step."""

WIDE = (40, 60, 30)
"""Layers with enough entries to tell one law from another."""

part = Part(
    FILE,
    expects=[
        *(Function(name) for name in ("init_params", "forward", "loss_accuracy", "backward", "sgd", "init_model")),
        *(
            Driven(name, driver=driver, ask=ask, told=None if name.endswith("by_hand") else "")
            for name, (driver, ask) in net.QUESTIONS.items()
        ),
        Driven("trained__circles", driver="trained_networks", ask=ask_networks, box="run", told=""),
        Driven("trained__mnist", driver="trained_networks", ask=ask_networks, box="run", told=""),
        Driven("machines", driver="trained_machines", ask=ask_machines, box="run", told=""),
    ],
    reference=REFERENCE,
    options={"trained": True, "epochs": 150, "batches": 200, "train_batches": 200, "batch_size": 5000},
    run_figures=2,
)


# -- by hand ----------------------------------------------------------------------------------------------

initialisation = part.criterion("ab-initialisation", "init_params", section=HAND, points="0.5")


@initialisation.holds(id="parameters-are-normal", form="free")
def parameters_are_normal(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the randomness is the program's own
    """init_params gives Wh, bh, Wy and by of the right sizes, the weights from N(0, 0.3), the biases too or 0."""
    nx, nh, ny = WIDE
    made = student.init_params__by_hand(nx, nh, ny)
    insist(hand_networks.shaped(made, {"Wh": (nh, nx), "bh": (nh,), "Wy": (ny, nh), "by": (ny,)}))
    normal = initializers.Law("normal", 0.0, STANDARD_DEVIATION)
    for name in ("Wh", "Wy", *(bias for bias in ("bh", "by") if np.any(made[bias]))):
        insist(judged(made[name], normal, name=name))


forward_row = part.criterion("ab-forward", "forward", section=HAND, points="1")


@forward_row.agrees(id="forward-probabilities", mistakes=known(mistakes.FORWARD, "forward__by_hand"))
def forward_probabilities(subject: Subject, draw: Draw) -> object:
    """The answer yhat is the softmax, row by row, of Wy tanh(Wh x + bh) + by."""
    return subject.forward__by_hand(parameters(draw), batch(draw)[0])["yhat"]


@forward_row.holds(id="forward-intermediate", form="free", needs=("forward-probabilities",))
def forward_intermediate(student: Subject, draw: Draw) -> None:
    """What forward keeps in `outputs` is what the statement names so: X, htilde, h, ytilde, yhat."""
    p, (x, _) = parameters(draw), batch(draw)
    seen = NET.forward(plains(p), plain(x))
    wanted = {name: getattr(seen, name) for name in net.PASSED}
    insist(hand_networks.kept_as_named(student.forward__by_hand(p, x)["outputs"], wanted, "outputs"))


@forward_row.holds(id="forward-large-scores", form="free", needs=("forward-probabilities",))
def forward_large_scores(student: Subject, draw: Draw) -> None:
    """The softmax stays finite for large scores (a remark; costs nothing)."""
    p = parameters(draw)
    p["Wy"] = p["Wy"] * 500
    if not np.isfinite(student.forward__by_hand(p, batch(draw)[0])["yhat"]).all():
        remark("Your softmax overflows for large scores: subtract each row's maximum first. It costs nothing here.")


loss_row = part.criterion("ab-loss-accuracy", "loss_accuracy", section=HAND, points="1", award=PROPORTIONAL)


def _telling(draw: Draw) -> tuple[torch.Tensor, torch.Tensor]:
    """Probabilities and one-hot targets for which no known mistake gives the right accuracy."""
    scores, targets = hand_networks.telling_scores(draw, N, net.NY)
    return torch.from_numpy(NET.output(scores)).float(), torch.from_numpy(targets).float()


def _in_percent(name: str) -> Variant:
    """The same with an accuracy from 0 to 100."""
    in_percent: dict[str, Any] = {name: net.answers(NET, lambda q, y: 100 * NET.accuracy(q, y))[name]}
    return Variant("accuracy-in-percent", note="Your accuracy is in percent: allowed.", **in_percent)


@loss_row.agrees(id="loss-value", mistakes=known(mistakes.LOSS, "loss_accuracy__by_hand"))
def loss_value(subject: Subject, draw: Draw) -> object:
    """L is the mean over the examples of -Σ y log yhat."""
    return subject.loss_accuracy__by_hand(*_telling(draw))["loss"]


@loss_row.agrees(
    id="accuracy-value",
    mistakes=known(ACCURACY, "loss_accuracy__by_hand"),
    also=[_in_percent("loss_accuracy__by_hand")],
)
def accuracy_value(subject: Subject, draw: Draw) -> object:
    """The accuracy is the share of examples whose largest probability is at the true class."""
    return subject.loss_accuracy__by_hand(*_telling(draw))["accuracy"]


backward_row = part.criterion("ab-backward", "backward, by hand", section=HAND, points="2")


def _gradients(subject: Subject, draw: Draw) -> dict[str, net.Array]:
    """The four gradients for intermediate values that are right."""
    p, (x, y) = parameters(draw), batch(draw)
    seen = NET.forward(plains(p), plain(x))
    outputs = {name: torch.from_numpy(getattr(seen, name)).float() for name in net.PASSED}
    found: dict[str, net.Array] = subject.backward__by_hand(p, outputs, y)
    return found


@backward_row.agrees(id="gradients", mistakes=known(mistakes.BACKWARD, "backward__by_hand"))
def gradients(subject: Subject, draw: Draw) -> object:
    """The four gradients together point along the gradient of the loss (shown divided by their common length)."""
    found = _gradients(subject, draw)
    length = hand_networks.length(found) or 1.0
    return {name: found[name] / length for name in NAMES}


@backward_row.holds(id="gradient-factor", form="free", needs=("gradients",))
def gradient_factor(student: Subject, draw: Draw) -> None:
    """The gradients are those of the mean over the batch, or of the sum: all four the same."""
    insist(hand_networks.mean_or_sum(_gradients(student, draw), _gradients(REFERENCE, draw), N))


@backward_row.holds(id="backward-by-hand", form="free", reference=False, needs=("gradients",))
def backward_by_hand(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the text shows it
    """The gradients of the first section are computed by hand, without autograd."""
    uses = by_hand.written(student.source, by_hand.AUTOGRAD, within=BACKWARDS) if student.source is not None else []
    insist(by_hand.judged(uses, "Write the formulas of questions 15 to 17; autograd belongs into section 2."))


step_row = part.criterion("ab-sgd", "sgd, by hand", section=HAND, points="0.5")


@step_row.agrees(id="sgd-step", mistakes=known(mistakes.STEP, "sgd__by_hand"))
def sgd_step(subject: Subject, draw: Draw) -> object:
    """A step of sgd moves every parameter by -eta times its gradient, in place or in what it returns."""
    return subject.sgd__by_hand(parameters(draw), parameters(draw.stream("gradients")), draw.number(0.07, 0.2))


# -- autograd ---------------------------------------------------------------------------------------------

autograd_row = part.criterion("ab-autograd", "With autograd", section=AUTOGRAD, points="1", award=PROPORTIONAL)


autograd_row.asks(
    "requires-grad",
    "The parameters of the second section keep track of gradients.",
    find=tracking,
    accepts=autograd.Tracks(),
)


@autograd_row.holds(id="parameters-are-leaves", form="free", needs=("requires-grad",))
def parameters_are_leaves(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - asked of the program's own parameters
    """Every parameter that torch keeps track of receives a gradient of its own."""
    made = student.init_params__by_hand(net.NX, net.NH, net.NY, autograd=True)
    insist(autograd.leaves(made, NAMES, "init_params"))


def _steps(subject: Subject, draw: Draw, question: str, *options: Any) -> dict[str, Any]:
    ask = getattr(subject, question)
    found: dict[str, Any] = ask(parameters(draw), *batch(draw), draw.number(0.2, 0.4), net.STEPS, *options)
    return found


@autograd_row.agrees(id="autograd-steps", mistakes=known(mistakes.DESCENT, "sgd__autograd"))
def autograd_steps(subject: Subject, draw: Draw) -> object:
    """After L.backward(), sgd moves every parameter by -eta times its gradient, and sets the gradients to zero."""
    path = _steps(subject, draw, "sgd__autograd", zeroes_outside(subject.source, STEPPING, modules=False))
    insist(autograd.kept(int(path["lost"]), "sgd"))
    return {name: path[name] for name in NAMES}


# -- torch.nn and torch.optim -------------------------------------------------------------------------------

nn_row = part.criterion("ab-nn", "With torch.nn", section=NN, points="1.5", award=PROPORTIONAL)
LOG_SOFTMAX = variant(scores=lambda own, p, X: np.log(own.forward(p, X).yhat))
HARMLESS = "Your model ends in a LogSoftmax: harmless before cross-entropy, which takes it again."


def _module_checks(kind: str) -> None:
    row, name = nn_row if kind == "nn" else optim_row, f"init_model__{kind}"
    own: dict[str, Any] = {name: net.answers(LOG_SOFTMAX)[name]}
    also = [Variant("log-softmax", note=HARMLESS, **own)]

    @row.agrees(id=f"{kind}-model", mistakes=known(mistakes.MODULE, name), also=also)
    def model(subject: Subject, draw: Draw) -> object:
        """The model is Linear, Tanh, Linear, and puts out scores: no softmax."""
        said = getattr(subject, name)(parameters(draw), *batch(draw), 0.1)
        return {"the number of parameters": said["parameters"], "what the model puts out": said["out"]}

    @row.agrees(id=f"{kind}-loss", mistakes=known(mistakes.CRITERION, name), also=also, needs=(f"{kind}-model",))
    def loss(subject: Subject, draw: Draw) -> object:
        """The loss of what the model puts out is the mean cross-entropy."""
        return getattr(subject, name)(parameters(draw), *batch(draw), 0.1)["loss"]


_module_checks("nn")


@nn_row.agrees(
    id="nn-loss-accuracy",
    mistakes=(*known(mistakes.CRITERION, "loss_accuracy__nn"), *known(ACCURACY, "loss_accuracy__nn")),
    also=[_in_percent("loss_accuracy__nn")],
)
def nn_loss_accuracy(subject: Subject, draw: Draw) -> object:
    """loss_accuracy(loss, Yhat, Y) gives the loss of the scores, and the share of right answers."""
    yhat, y = _telling(draw)
    return subject.loss_accuracy__nn(torch.log(yhat) + 1.0, y)


@nn_row.agrees(id="nn-steps", mistakes=known(mistakes.DESCENT, "sgd__nn"))
def nn_steps(subject: Subject, draw: Draw) -> object:
    """After L.backward(), sgd(model, eta) moves every parameter by -eta times its gradient, then zeroes them."""
    return _steps(subject, draw, "sgd__nn", zeroes_outside(subject.source, STEPPING, modules=True))


optim_row = part.criterion("ab-optim", "With torch.optim", section=OPTIM, points="1", award=PROPORTIONAL)
_module_checks("optim")


@optim_row.agrees(id="optim-steps", mistakes=known(mistakes.OPTIMIZER, "optim__steps"))
def optim_steps(subject: Subject, draw: Draw) -> object:
    """The optimizer is plain SGD over the model's parameters, with the rate eta."""
    return _steps(subject, draw, "optim__steps")
