"""What a program with networks for pictures has, taken apart: the box's replies as plain values of known form.

Nothing here trusts a reply: each goes through `expect`, and whatever has another form is the student's failing answer,
never an error of ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, FoundOnce, Subject, expect
from grading.checks import losses, optimizers, pretrained, transforms
from grading.checks.transforms import source
from grading.domain.errors import BadReply

Array = npt.NDArray[np.float64]
MOST = 64
MOST_NETWORKS = 8
ENTRIES = 24
LARGEST_IMAGE = 1024
FLOATING = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True)
class RecordedNetwork:
    """One network of the program.

    Attributes:
        number: to ask about it.
        group: networks that share their first convolution have the same.
        calls, steps: passes through it as a whole; optimizer steps that moved it.
        alignment: how its tensors correspond to a ResNet-18's.
    """

    number: int
    kind: str
    group: int
    calls: int
    steps: int
    recorded: bool
    alignment: pretrained.Alignment


@dataclass(frozen=True, slots=True)
class Input:
    """Images that entered a first convolution."""

    number: int
    network: int
    training: bool
    pinned: bool
    steps: int


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss that the program called or holds."""

    number: int
    name: str
    form: losses.Form
    smoothing: float
    weighted: bool
    training: bool


@dataclass(frozen=True, slots=True)
class Logits:
    """What left a network in training, and the loss's slope there."""

    values: Tensor
    slope: Tensor
    complete: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything found."""

    networks: tuple[RecordedNetwork, ...]
    inputs: tuple[Input, ...]
    losses: tuple[Loss, ...]
    logits: tuple[Logits, ...]
    optimizers: tuple[Mapping[str, Any], ...]
    own_optimizers: tuple[str, ...]
    sources: tuple[transforms.Source, ...]
    modes: Mapping[int, str]
    pipelines: tuple[str, ...]
    classes: tuple[int, ...]
    pictures: int

    @property
    def trained(self) -> bool:
        """Whether any network took a training step."""
        return any(n.steps for n in self.networks)


_inventories = FoundOnce[Inventory]("vision_inventory")


def inventory(student: Subject) -> Inventory:
    """What there is, asked once for each student.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    return _inventories.of(student, lambda: _asked(student))


def _asked(student: Subject) -> Inventory:
    """Ask what there is.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    keys = (
        "networks",
        "inputs",
        "logits",
        "optimizers",
        "own_optimizers",
        "losses",
        "pipelines",
        "sources",
        "classes",
        "pictures",
    )
    reply = expect.mapping(student.drive("vision_inventory"), "the inventory", keys=keys)

    def rows(key: str) -> list[Mapping[str, Any]]:
        return [expect.mapping(row, key) for row in list(expect.sequence(reply[key], key))[:MOST]]

    sources = rows("sources")
    return Inventory(
        networks=tuple(_network(i, row) for i, row in enumerate(rows("networks")[:MOST_NETWORKS])),
        inputs=tuple(_input(i, row) for i, row in enumerate(rows("inputs"))),
        losses=tuple(loss for i, row in enumerate(rows("losses")) if (loss := _loss(i, row)) is not None),
        logits=tuple(one for row in rows("logits") if (one := _logits(row)) is not None),
        optimizers=tuple(rows("optimizers")),
        own_optimizers=tuple(
            expect.text(n, "a name") for n in list(expect.sequence(reply["own_optimizers"], "names"))[:MOST]
        ),
        sources=tuple(source(row) for row in sources),
        modes={_whole(row, "chain"): "L" if row.get("mode") == "L" else "RGB" for row in sources},
        pipelines=tuple(
            expect.text(p, "a pipeline", length=300)
            for p in list(expect.sequence(reply["pipelines"], "pipelines"))[:MOST]
        ),
        classes=tuple(
            expect.integer(c, "classes", low=1, high=100_000)
            for c in list(expect.sequence(reply["classes"], "classes"))[:MOST]
        ),
        pictures=_whole(reply, "pictures"),
    )


def _whole(row: Mapping[str, Any], key: str) -> int:
    return expect.integer(row.get(key), key, low=-1, high=1 << 40)


def _flag(row: Mapping[str, Any], key: str) -> bool:
    return row.get(key) is True


def _network(number: int, row: Mapping[str, Any]) -> RecordedNetwork:
    names = [expect.text(n, "a tensor's name") for n in expect.sequence(row.get("names"), "tensor names")]
    shapes = [
        tuple(expect.integer(n, "a length", low=0) for n in expect.sequence(s, "a shape"))
        for s in expect.sequence(row.get("shapes"), "shapes")
    ]
    if len(names) != len(shapes):
        raise BadReply("a network's names and shapes differ in number")
    return RecordedNetwork(
        number,
        expect.text(row.get("type"), "a type"),
        _whole(row, "group"),
        _whole(row, "calls"),
        _whole(row, "steps"),
        _flag(row, "recorded"),
        pretrained.align(list(zip(names, shapes, strict=True))),
    )


def _input(number: int, row: Mapping[str, Any]) -> Input:
    return Input(number, _whole(row, "network"), _flag(row, "training"), _flag(row, "pinned"), _whole(row, "steps"))


def _loss(number: int, row: Mapping[str, Any]) -> Loss | None:
    if row.get("prediction") is None:
        return None
    rows = torch.from_numpy(expect.array(row["prediction"], "a loss's predictions", ndim=2, finite=False))
    options = expect.mapping(row.get("options"), "options")
    smoothing = options.get("label_smoothing")
    return Loss(
        number,
        expect.text(row.get("name"), "a name"),
        losses.form_of(rows),
        float(smoothing) if isinstance(smoothing, int | float) else 0.0,
        _flag(options, "weighted"),
        _flag(row, "training"),
    )


def _logits(row: Mapping[str, Any]) -> Logits | None:
    if row.get("slope") is None or _flag(row, "superseded"):
        return None
    values = expect.array(row["values"], "the logits", ndim=2, finite=False)
    slope = expect.array(row["slope"], "the slope at the logits", ndim=2, finite=False)
    if values.shape != slope.shape or not np.isfinite(values).all() or not np.isfinite(slope).all() or not values.size:
        return None
    return Logits(torch.from_numpy(values), torch.from_numpy(slope), _whole(row, "rows") == len(values))


# -- questions ------------------------------------------------------------------------------------------


def optimizers_seen(student: Subject, found: Inventory, draw: Draw) -> list[tuple[optimizers.FoundOptimizer, str]]:
    """Every optimizer with the path it takes, and its kind."""
    start = draw.normal(3, 4)
    gradients = [draw.normal(3, 4) for _ in range(5)]
    seen = []
    for number, row in enumerate(found.optimizers):
        groups = [
            expect.mapping(g, "a parameter group") for g in expect.sequence(row.get("groups"), "parameter groups")
        ]
        options = optimizers.hyperparameters(groups[0] if groups else {})
        path = expect.array(
            student.drive("vision_steps", number, start, gradients), "the optimizer's path", finite=False
        )
        one = optimizers.FoundOptimizer(
            name=expect.text(row.get("type"), "a type"),
            path=path,
            options=options,
            network=_whole(row, "network"),
            covered=_whole(row, "covered"),
            trainable=_whole(row, "trainable"),
            head=_flag(row, "head"),
            alive=_flag(row, "alive"),
            steps=_whole(row, "steps"),
            useful_steps=_whole(row, "useful_steps"),
            missed_head=_whole(row, "missed_head"),
            start=start,
            gradients=gradients,
        )
        seen.append((one, optimizers.kind_of(path, start, gradients, options)))
    for name in found.own_optimizers:
        reply = expect.mapping(
            student.drive("vision_own_steps", name, start, gradients), "an optimizer's path", keys=("path", "options")
        )
        options = optimizers.hyperparameters(expect.mapping(reply["options"], "options"))
        path = expect.array(reply["path"], "the optimizer's path", finite=False)
        own = optimizers.FoundOptimizer(name, path, options, start=start, gradients=gradients)
        seen.append((own, optimizers.kind_of(path, start, gradients, options)))
    return seen


def groups(found: Inventory) -> list[list[RecordedNetwork]]:
    """Networks with convolutions, those that share their first one together, the most trained first."""
    together: dict[int, list[RecordedNetwork]] = {}
    for network in found.networks:
        if network.alignment.convolutions:
            together.setdefault(network.group, []).append(network)
    return sorted(together.values(), key=lambda g: (-max(n.steps for n in g), -max(len(n.alignment.names) for n in g)))


def representative(group: Sequence[RecordedNetwork]) -> RecordedNetwork:
    """The module of a group that is the whole network: with the history, the last layer and the most tensors."""
    return max(
        group,
        key=lambda n: (n.alignment.whole, n.alignment.outputs is not None, n.recorded, n.calls, len(n.alignment.names)),
    )


def compared(
    student: Subject, network: RecordedNetwork, checkpoint: Mapping[str, Tensor], draw: Draw
) -> pretrained.Compared:
    """Entries of the network's body at fresh places, beside the checkpoint's."""
    wanted: dict[str, Array] = {}
    asked: dict[str, Array] = {}
    back: dict[str, str] = {}
    for name, own in network.alignment.names.items():
        if name in checkpoint:
            flat = checkpoint[name].reshape(-1)
            where = np.unique(draw.integers(min(ENTRIES, flat.numel()), high=flat.numel()))
            wanted[name] = flat[torch.from_numpy(where)].double().numpy()
            asked[own] = where
            back[own] = name
    reply = expect.mapping(
        student.drive("vision_entries", network.number, asked), "entries of the weights", keys=("start", "first")
    )

    def taken(key: str) -> dict[str, Array]:
        here = expect.mapping(reply[key], "entries")
        return {back[own]: expect.array(v, own, ndim=1, finite=False) for own, v in here.items() if own in back}

    return pretrained.Compared(wanted, taken("start"), taken("first"))
