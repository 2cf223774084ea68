"""Questions to a program that fine-tunes a pretrained ResNet-18: loss, optimizers, first weights, last layer.

The program runs as a whole; a recorder in the box finds what it builds, whatever it is called, and every verdict comes
from fresh questions to those things. Each function here is a check that a rubric's criterion can hold.
"""

from collections.abc import Mapping, Sequence

import torch

from grading.authoring import Draw, Subject, expect, remark
from grading.checks import image_programs, losses, optimizers, pretrained
from grading.checks.conclusions import Conclusion, insist, wrong
from grading.checks.image_programs import Inventory, Logits, RecordedNetwork
from grading.mistakes import STOPPED

ROWS, CLASSES = 5, 7
CONFIDENT = 400
"""Times larger: logits hundreds apart."""


# -- the loss ---------------------------------------------------------------------------------------------


def loss_is_cross_entropy(student: Subject, draw: Draw) -> None:
    """The loss is the mean cross-entropy of the logits, very confident ones included."""
    there = image_programs.inventory(student)
    used = [loss for loss in there.losses if loss.training] or list(there.losses)
    slopes = _slopes(there)
    if not used and not slopes:
        insist(wrong("No loss was found: neither a loss function nor a training step."))
    logits = torch.from_numpy(draw.normal(ROWS, CLASSES, scale=2.0))
    labels = torch.from_numpy(draw.labels(ROWS, CLASSES))
    conclusions: list[Conclusion] = []
    for loss in used:

        def ask(predictions: torch.Tensor, targets: torch.Tensor, number: int = loss.number) -> float:
            reply = student.drive("vision_loss", number, predictions.numpy(), targets.numpy())
            value = expect.array(reply, "the loss", finite=False)
            return float(value.reshape(-1)[0]) if value.size else float("nan")

        conclusion = losses.values(ask, logits, labels, loss.form, smoothing=loss.smoothing, weighted=loss.weighted)
        if conclusion.holds and loss.training:
            insist(losses.extremes(ask, logits * CONFIDENT, labels, loss.form))
        conclusions.append(conclusion)
    held = [o for o in conclusions if o.holds]
    if not conclusions or (held and slopes) or any(losses.slope_at_output(s.values, s.slope).holds for s in slopes):
        return
    insist(held[0] if held else conclusions[0])


def training_minimises_it(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the program's own training step is the data
    """What your training minimises is that loss: at the network's output its slope is (softmax - one-hot) / batch."""
    slopes = _slopes(image_programs.inventory(student))
    if not slopes:
        remark("No training step could be looked at: the loss was judged by its values.")
    for one in slopes:
        insist(losses.slope_at_output(one.values, one.slope))


def _slopes(there: Inventory) -> list[Logits]:
    return [one for one in there.logits if one.complete]


# -- optimizers -------------------------------------------------------------------------------------------


def adam(student: Subject, draw: Draw) -> None:
    """There is an Adam over your network's parameters, and its steps are Adam's."""
    _optimizer(student, draw, "adam")


def sgd(student: Subject, draw: Draw) -> None:
    """There is an SGD over your network's parameters, and its steps are those of gradient descent."""
    _optimizer(student, draw, "sgd")


def _optimizer(student: Subject, draw: Draw, wanted: str) -> None:
    there = image_programs.inventory(student)
    insist(optimizers.both(image_programs.optimizers_seen(student, there, draw), wanted))


# -- the network and its weights --------------------------------------------------------------------------


def network_is_resnet18(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The network that you train is a ResNet-18."""
    _one_of([pretrained.architecture(n.alignment) for n in _classifiers(student)])


def starts_from(checkpoint: Mapping[str, torch.Tensor], student: Subject, draw: Draw) -> None:
    """When training begins every layer but the last is the checkpoint's, the normalisations' statistics included.

    Args:
        checkpoint: ResNet-18's tensors by torchvision's names.
        student: the program.
        draw: of the places where tensors are compared.
    """
    whole = [n for n in _classifiers(student) if n.alignment.whole]
    _one_of([pretrained.loaded(image_programs.compared(student, n, checkpoint, draw)) for n in whole])


def last_layer_fits_the_classes(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - shapes need no draw
    """The last layer is new and has one output for each class of your data."""
    whole = [n for n in _classifiers(student) if n.alignment.whole]
    classes = image_programs.inventory(student).classes
    _one_of([pretrained.head(n.alignment, classes, trained=bool(n.steps)) for n in whole])


def _classifiers(student: Subject) -> list[RecordedNetwork]:
    """The networks that were trained, or all where none was, most trained first."""
    groups = image_programs.groups(image_programs.inventory(student))
    every = [image_programs.representative(group) for group in groups]
    trained = [n for n in every if n.steps] or every
    if not trained:
        insist(wrong(f"No network was found: build a ResNet-18. {STOPPED}"))
    return trained


def _one_of(conclusions: Sequence[Conclusion]) -> None:
    """Insist on the best of several networks; tell about the others."""
    insist(next((o for o in conclusions if o.holds), conclusions[0]))
    if not all(o.holds for o in conclusions):
        remark("Another network of yours does not pass this: " + next(o.message for o in conclusions if not o.holds))
