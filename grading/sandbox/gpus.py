"""GPU: which there are, and what a program needs to compute on one of them and on no other.

Nothing here starts CUDA: a process that did could not fork boxes any more. What a GPU is called and how much of its
memory is taken is asked of the driver; where its library is not there, device nodes alone tell which GPUs there are.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import pynvml

from grading.domain.errors import HouseFault

# Beside the GPU's own node: the driver's control node, and those of unified memory. None of them names a GPU; what a
# process may do through them is bound to the GPUs whose own node it can open.
SHARED: Final = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
# Of a GPU's memory, what slots share: the rest is CUDA's own, a few hundred MiB for each process.
SHARED_OUT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU.

    Attributes:
        index: as the driver numbers them; its device node ends in it.
        name: what the driver calls it; "" where it was not asked.
        uuid: its name among all GPUs, "" where the driver was not asked.
        memory_bytes: that it has, 0 where the driver was not asked.
    """

    index: int
    name: str = ""
    uuid: str = ""
    memory_bytes: int = 0


class Meter(Protocol):
    """Says how much of a GPU's memory is taken."""

    def used_bytes(self, gpu: Gpu) -> int | None:
        """By all processes together; None where nobody can tell."""


class Driver:
    """Asks NVIDIA's driver."""

    def used_bytes(self, gpu: Gpu) -> int | None:
        """By all processes together; None where its library is not there, or the GPU is gone."""
        with _driver() as nvml, contextlib.suppress(pynvml.NVMLError):
            if nvml is not None:
                return int(nvml.nvmlDeviceGetMemoryInfo(nvml.nvmlDeviceGetHandleByIndex(gpu.index)).used)
        return None


def found(folder: Path = Path("/dev")) -> tuple[Gpu, ...]:
    """The GPUs whose device nodes are there, in the driver's order.

    Args:
        folder: where device nodes are.
    """
    numbers = (node.name.removeprefix("nvidia") for node in folder.glob("nvidia*"))
    indexes = sorted(int(number) for number in numbers if number.isdigit())
    with _driver() as nvml:
        return tuple(Gpu(index) if nvml is None else _described(nvml, index) for index in indexes)


def nodes(index: int | None, folder: Path = Path("/dev")) -> tuple[Path, ...]:
    """The nodes of one GPU of NVIDIA's; none where no GPU is meant.

    Args:
        index: as the driver numbers them.
        folder: where device nodes are.

    Raises:
        HouseFault: there is no such GPU.
    """
    if index is None:
        return ()
    gpu = folder / f"nvidia{index}"
    if not gpu.exists():
        raise HouseFault(f"{gpu} is not there: no such GPU, or its driver is not loaded")
    return (gpu, *(node for name in SHARED if (node := folder / name).exists()))


def environment(index: int | None, slots: int, folder: Path = Path("/dev")) -> Mapping[str, str]:
    """What programs for the GPU are started with: which one it is, and what share of its memory each may take.

    A box sees the node of one GPU only, whatever this says; torch would otherwise count GPUs by starting CUDA. The
    share is kept by torch's allocator, which a program could go around; what it takes from its neighbours then is
    memory that they ask for in vain, and no verdict.

    Args:
        index: as the driver numbers them, None for no GPU.
        slots: programs that may use it at the same time.
        folder: where device nodes are.
    """
    if index is None:
        return {}
    uuid = next((gpu.uuid for gpu in found(folder) if gpu.index == index), "")
    # By its name: where only one GPU's node can be opened, CUDA calls that one 0, whatever the driver's number.
    visible = {"CUDA_VISIBLE_DEVICES": uuid} if uuid else {}
    share = f"per_process_memory_fraction:{SHARED_OUT / slots:.3f}"
    return {**visible, "PYTORCH_ALLOC_CONF": share, "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}


def _described(nvml: Any, index: int) -> Gpu:
    try:
        handle = nvml.nvmlDeviceGetHandleByIndex(index)
        memory = int(nvml.nvmlDeviceGetMemoryInfo(handle).total)
        return Gpu(index, str(nvml.nvmlDeviceGetName(handle)), str(nvml.nvmlDeviceGetUUID(handle)), memory)
    except pynvml.NVMLError:
        return Gpu(index)


@contextlib.contextmanager
def _driver() -> Iterator[Any]:
    """The driver's library, open; None where there is none."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        yield None
        return
    try:
        yield pynvml
    finally:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()
