"""Which pictures notebook 2 drew, and the state of the network behind each input at the moment it was fed."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Subject
from grading.authoring import expect as admit
from grading.checks import pretrained, transforms, visualization
from grading.checks.image_programs import FLOATING, LARGEST_IMAGE, Input, Inventory, representative
from grading.domain.errors import BadReply
from reference_models import transfer


def pictures_of(student: Subject) -> tuple[list[npt.NDArray[np.generic]], list[int]]:
    """Everything drawn, and the numbers of the inputs fed last before, most recent first."""
    pictures: list[npt.NDArray[np.generic]] = []
    fed: list[int] = []
    for row in admit.sequence(student.drive("vision_pictures"), "the pictures"):
        group = admit.mapping(row, "pictures", keys=("fed", "arrays"))
        arrays = admit.array(group["arrays"], "pictures", finite=False).astype(np.float32)
        if arrays.ndim not in (3, 4) or (arrays.ndim == 4 and arrays.shape[3] not in (3, 4)):  # noqa: PLR2004 - n, h, w and colours
            raise BadReply(f"pictures have shape {arrays.shape}")
        pictures += list(arrays)
        number = admit.integer(group["fed"], "an input's number", low=-1, high=1 << 40)
        if number >= 0 and number not in fed:
            fed.insert(0, number)
    return pictures, fed


def candidate(student: Subject, found: Inventory, given: Input) -> visualization.Candidate | None:
    """The network behind an input as it was then; None where it is no ResNet-18."""
    network = next((n for n in found.networks if n.number == given.network), None)
    if network is None:
        return None
    whole = representative([n for n in found.networks if n.group == network.group])
    if not whole.alignment.whole:
        return None
    images = torch.from_numpy(
        admit.array(student.drive("vision_images", given.number), "the images", ndim=4).astype(np.float32)
    )
    if (
        images.shape[1] != transforms.CHANNELS
        or not 0 < max(images.shape[2:]) <= LARGEST_IMAGE
        or min(images.shape[2:]) < transforms.SMALLEST // 2
        or not len(images)
    ):
        return None
    reply = admit.mapping(student.drive("vision_state", network.number, given.number), "the network's tensors")
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
    steps = max(given.steps, 0)
    return visualization.Candidate(state, torch.nan_to_num(images), given.training, steps)


def with_copies(student: Subject, found: Inventory, given: visualization.Candidate) -> visualization.Candidate:
    """The candidate, marked where it is a copy (saved and loaded) of a network that was trained."""
    if given.tuned:
        return given
    probe = "layer4.1.conv2.weight"
    for network in found.networks:
        if network.steps and network.alignment.whole:
            reply = admit.mapping(student.drive("vision_state", network.number), "the network's tensors")
            value = reply.get(network.alignment.names[probe])
            if (
                isinstance(value, Tensor)
                and value.shape == given.state[probe].shape
                and torch.equal(value.float(), given.state[probe])
            ):
                return replace(given, copied=True)
    return given
