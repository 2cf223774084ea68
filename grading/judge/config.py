"""What a judge is started with, and what it says once it is ready."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.domain.errors import HouseFault
from grading.domain.verdict import Tier


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """Where things lie and how long they may take.

    Attributes:
        assignment_dirs: course-made assignments, beside the built-in ones.
        data_dir: data sets that programs may read, or None.
        checkpoint_dir: pretrained weights in torch hub's layout (`<dir>/hub/checkpoints/*.pth`), or None.
        standin_dir: where seeded stand-ins for missing weights are written; None: beside the system's temporary files.
        hidden: folders of the service that no box may read, wherever they lie: its state.
        gpu: index of the GPU that boxes for "cuda" are granted, None for none.
        gpu_slots: runs that may use it at the same time, each with such a share of its memory.
        allow_no_sandbox: grade even where no confinement holds. Only for submissions that are trusted.
        warm: run one grading while starting, so that the first student does not wait for late imports.
        deadline_s: wall seconds for one run, all told; a judge child that takes longer is killed.
        start_s: wall seconds until the judge must be ready.
    """

    assignment_dirs: tuple[Path, ...] = ()
    data_dir: Path | None = None
    checkpoint_dir: Path | None = None
    standin_dir: Path | None = None
    hidden: tuple[Path, ...] = ()
    gpu: int | None = None
    gpu_slots: int = 1
    allow_no_sandbox: bool = False
    warm: bool = True
    deadline_s: float = 900.0
    start_s: float = 180.0

    def to_bytes(self) -> bytes:
        """The configuration as the server is sent it."""
        return json.dumps(
            {
                "assignment_dirs": [str(folder.resolve()) for folder in self.assignment_dirs],
                "data_dir": _text(self.data_dir),
                "checkpoint_dir": _text(self.checkpoint_dir),
                "standin_dir": _text(self.standin_dir),
                "hidden": [str(folder.resolve()) for folder in self.hidden],
                "gpu": self.gpu,
                "gpu_slots": self.gpu_slots,
                "allow_no_sandbox": self.allow_no_sandbox,
                "warm": self.warm,
                "deadline_s": self.deadline_s,
                "start_s": self.start_s,
            }
        ).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "JudgeConfig":
        """The configuration that `to_bytes` wrote."""
        table: dict[str, Any] = json.loads(content)
        return cls(
            assignment_dirs=tuple(Path(folder) for folder in table["assignment_dirs"]),
            data_dir=_path(table["data_dir"]),
            checkpoint_dir=_path(table["checkpoint_dir"]),
            standin_dir=_path(table["standin_dir"]),
            hidden=tuple(Path(folder) for folder in table["hidden"]),
            gpu=table["gpu"],
            gpu_slots=table["gpu_slots"],
            allow_no_sandbox=table["allow_no_sandbox"],
            warm=table["warm"],
            deadline_s=table["deadline_s"],
            start_s=table["start_s"],
        )


@dataclass(frozen=True, slots=True)
class LayerFact:
    """One layer of the confinement, as the probe at start-up found it."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """The server's first words.

    Attributes:
        tier: how much of the sandbox holds.
        faults: what authors must mend: assignments that are not offered, and why.
        remarks: what operators should know: stand-ins in use and the like.
    """

    tier: Tier
    layers: tuple[LayerFact, ...]
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """The words as they cross the socket."""
        layers = [{"name": layer.name, "holds": layer.holds, "detail": layer.detail} for layer in self.layers]
        ready = {"tier": self.tier.value, "layers": layers, "faults": self.faults, "remarks": self.remarks}
        return json.dumps({"ready": ready}).encode()


def refusal(error: Exception) -> bytes:
    """What the server says instead when it cannot start."""
    return json.dumps({"refused": str(error)}).encode()


def readiness(content: bytes) -> Readiness:
    """The server's first words, read.

    Raises:
        HouseFault: the server could not start; the message is its own.
    """
    if not content:
        raise HouseFault("The judge ended while starting. Its log, on standard error, says why.")
    table: Mapping[str, Any] = json.loads(content)
    if "refused" in table:
        raise HouseFault(f"The judge could not start: {table['refused']}")
    ready = table["ready"]
    layers = tuple(LayerFact(layer["name"], layer["holds"], layer["detail"]) for layer in ready["layers"])
    return Readiness(Tier(ready["tier"]), layers, tuple(ready["faults"]), tuple(ready["remarks"]))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.resolve())


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)
