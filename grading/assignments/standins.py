"""The store of pretrained weights, and seeded stand-ins for weights that it lacks.

Programs and references must read the same checkpoint: programs find it where torch hub looks
(`<folder>/hub/checkpoints/resnet18-f37072fd.pth`), rubrics load it on the judge's side. A service without the real
weights gets a file of the same name and shapes with random numbers that behave like trained ones, made once; reports
then say so.
"""

import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from grading.domain.errors import HouseFault

if TYPE_CHECKING:
    import torch

RESNET18 = "resnet18-f37072fd.pth"
"""torchvision's file name of ResNet-18's ImageNet weights."""

WEIGHTS_SENTENCE = (
    "The real ResNet-18 weights are not in this service's store: a seeded stand-in of the same shapes was served "
    "instead, and loading was judged against it."
)


@dataclass(frozen=True, slots=True)
class CheckpointStore:
    """Where the weights lie.

    Attributes:
        folder: torch hub's home: weights are in `hub/checkpoints` under it.
        stood_in: one sentence for each checkpoint that is a stand-in.
    """

    folder: Path
    stood_in: tuple[str, ...] = ()


_opened: list[CheckpointStore] = []


def checkpoint_store(real: Path | None, standin_dir: Path) -> CheckpointStore:
    """The real store if it has ResNet-18's weights, else one with a stand-in, made on first use.

    The store opened last in a process is the one that its rubrics compare with (`opened`).

    Args:
        real: what the operator filled, in torch hub's layout, or None.
        standin_dir: where a stand-in may be written; several processes may do so at once.

    Raises:
        OSError: the stand-in cannot be written: the operator must act.
    """
    if real is not None and _file(real).is_file():
        store = CheckpointStore(real)
    else:
        folder = standin_dir / "torch"
        if not _file(folder).is_file():
            _write(_file(folder))
        store = CheckpointStore(folder, (WEIGHTS_SENTENCE,))
    _opened[:] = [store]
    return store


def opened() -> CheckpointStore:
    """The store that this process's programs read.

    Raises:
        HouseFault: none was opened.
    """
    if not _opened:
        raise HouseFault("no store of pretrained weights was opened in this process: call checkpoint_store first")
    return _opened[0]


@lru_cache(maxsize=2)
def pretrained_tensors(folder: Path) -> "dict[str, torch.Tensor]":
    """ResNet-18's tensors by torchvision's names, read once for each process.

    Raises:
        HouseFault: the file is missing or cannot be read.
    """
    from reference_models import transfer

    try:
        return transfer.pretrained(folder)
    except (OSError, RuntimeError, ValueError) as unreadable:
        raise HouseFault(f"{_file(folder)} cannot be read as a checkpoint: fill the store again") from unreadable


def _file(folder: Path) -> Path:
    return folder / "hub" / "checkpoints" / RESNET18


def _write(path: Path) -> None:
    import torch

    from reference_models import transfer

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".standin-", suffix=".part")
    os.close(descriptor)
    part = Path(name)
    torch.save(transfer.stand_in(), part)
    part.chmod(0o644)
    part.replace(path)
