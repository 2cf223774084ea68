"""Whose feature maps a program drew: its pictures beside the state of its networks when images were fed to them.

A recorder in the box keeps what was drawn, and the images that entered each network; here every reply is taken apart,
and `visualization` compares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, FoundOnce, Student, Subject, expect
from grading.authoring.executed import CapturedFigure
from grading.authoring.pictures import Picture
from grading.checks import pretrained, transforms, visualization
from grading.checks.conclusions import Conclusion, insist
from grading.checks.image_programs import FLOATING, LARGEST_IMAGE, Input, Inventory, inventory, representative
from grading.domain.errors import BadReply
from grading.programs import Source
from reference_models import transfer

MOST_FED = 2
MOST_CANDIDATES = 4
MOST_FIGURES = 5
PROBE = "layer4.1.conv2.weight"
"""Two networks that agree in it are copies."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of a program's figures.

    Attributes:
        pictures: everything drawn.
        shown: the network whose maps they show most of; None where no image went through a ResNet-18.
        other: what is wrong with the network that images went through instead.
    """

    pictures: list[npt.NDArray[np.generic]]
    shown: visualization.ShownStages | None
    other: Conclusion | None


_sights = FoundOnce[Sight]("vision_pictures")


def maps_are_your_networks(student: Subject, draw: Draw) -> None:  # noqa: ARG001 - the picture is the program's own
    """The figure shows what the stages of your fine-tuned network put out for a picture."""
    sight = seen(student)
    insist(visualization.judged(sight.pictures, sight.shown, trained=inventory(student).trained, other=sight.other))


def figures(row: str) -> Callable[[Student, Source, Draw], list[Picture]]:
    """A hook for a part's figures: the student's own, and beside it the judge's sheet of the same network's maps.

    Args:
        row: id of the criterion that they stand beside.
    """

    def feature_figures(student: Student, source: Source, draw: Draw) -> list[Picture]:  # noqa: ARG001 - the hook's form
        shown, pair = seen(student).shown, "feature-maps"
        if shown is None or not shown.maps:
            return []
        drawn = enumerate(_map_figures(student.executed().figures, shown), 1)
        own = [
            Picture(f"{pair}-student-{n}", f"Your figure ({one.unit})", one.png, "student", criterion=row, pair=pair)
            for n, one in drawn
        ]
        right = "Maps of your network for the same picture, computed by the judge: the first channels of each stage"
        sheet = visualization.sheet(shown.maps)
        return [*own, Picture(f"{pair}-reference", right, sheet, "reference", criterion=row, pair=pair)]

    return feature_figures


def _map_figures(drawn: Sequence[CapturedFigure], shown: visualization.ShownStages) -> list[CapturedFigure]:
    """The figures that show maps; where none does, the one with the most pictures in it."""
    pictured = [figure for figure in drawn if figure.png and figure.images]
    showing = [figure for figure in pictured if visualization.shows_maps(figure.images, shown)]
    return showing[:MOST_FIGURES] or sorted(pictured, key=lambda figure: len(figure.images))[-1:]


def seen(student: Subject) -> Sight:
    """Found once for each student: the row and the figure beside it need the same.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    return _sights.of(student, lambda: _looked(student))


def _looked(student: Subject) -> Sight:
    there = inventory(student)
    pictures, fed = _drawn(student)
    known = {i.number: i for i in there.inputs}
    late = [i.number for i in reversed(there.inputs) if i.number not in fed and not i.training]
    asked = [n for n in [*fed[:MOST_FED], *late] if n in known][:MOST_CANDIDATES]
    best: visualization.ShownStages | None = None
    for number in asked if pictures else []:
        candidate = _candidate(student, there, known[number])
        if candidate is None:
            continue
        shown = visualization.best(pictures, [_with_copies(student, there, candidate)])
        if shown is not None and (best is None or visualization.better(shown, best)):
            best = shown
        if best is not None and visualization.certain(best):
            break
    numbers = [known[n].network for n in asked]
    others = [pretrained.architecture(n.alignment) for n in there.networks if n.number in numbers]
    return Sight(pictures, best, next((o for o in others if not o.holds), None))


def _drawn(student: Subject) -> tuple[list[npt.NDArray[np.generic]], list[int]]:
    """Everything drawn, and the numbers of the inputs fed last before, most recent first."""
    pictures: list[npt.NDArray[np.generic]] = []
    fed: list[int] = []
    for row in expect.sequence(student.drive("vision_pictures"), "the pictures"):
        group = expect.mapping(row, "pictures", keys=("fed", "arrays"))
        arrays = expect.array(group["arrays"], "pictures", finite=False).astype(np.float32)
        if arrays.ndim not in (3, 4) or (arrays.ndim == 4 and arrays.shape[3] not in (3, 4)):  # noqa: PLR2004 - n, h, w and colours
            raise BadReply(f"pictures have shape {arrays.shape}")
        pictures += list(arrays)
        number = expect.integer(group["fed"], "an input's number", low=-1, high=1 << 40)
        if number >= 0 and number not in fed:
            fed.insert(0, number)
    return pictures, fed


def _candidate(student: Subject, found: Inventory, given: Input) -> visualization.Candidate | None:
    """The network behind an input as it was then; None where it is no ResNet-18."""
    network = next((n for n in found.networks if n.number == given.network), None)
    if network is None:
        return None
    whole = representative([n for n in found.networks if n.group == network.group])
    if not whole.alignment.whole:
        return None
    images = torch.from_numpy(
        expect.array(student.drive("vision_images", given.number), "the images", ndim=4).astype(np.float32)
    )
    if (
        images.shape[1] != transforms.CHANNELS
        or not 0 < max(images.shape[2:]) <= LARGEST_IMAGE
        or min(images.shape[2:]) < transforms.SMALLEST // 2
        or not len(images)
    ):
        return None
    reply = expect.mapping(student.drive("vision_state", network.number, given.number), "the network's tensors")
    own = pretrained.align([(n, tuple(v.shape)) for n, v in reply.items() if isinstance(v, Tensor)])
    shapes = transfer.shapes()
    state = {}
    for name, its in own.names.items():
        value = reply[its]
        if not isinstance(value, Tensor) or value.dtype not in FLOATING or tuple(value.shape) != shapes[name]:
            raise BadReply(f"{its} is not a tensor of floating-point numbers of shape {shapes[name]}")
        state[name] = torch.nan_to_num(value.float())
    if not own.whole:
        return None
    return visualization.Candidate(state, torch.nan_to_num(images), given.training, max(given.steps, 0))


def _with_copies(student: Subject, found: Inventory, given: visualization.Candidate) -> visualization.Candidate:
    """The candidate, marked where it is a copy (saved and loaded) of a network that was trained."""
    if given.tuned:
        return given
    for network in found.networks:
        if network.steps and network.alignment.whole:
            reply = expect.mapping(student.drive("vision_state", network.number), "the network's tensors")
            value = reply.get(network.alignment.names[PROBE])
            if (
                isinstance(value, Tensor)
                and value.shape == given.state[PROBE].shape
                and torch.equal(value.float(), given.state[PROBE])
            ):
                return replace(given, copied=True)
    return given
