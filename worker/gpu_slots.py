"""A worker's GPU: taken for itself, shared out in slots, watched, and used again only when it is empty."""

import contextlib
import fcntl
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog

from grading.domain.errors import HouseFault
from grading.domain.jobs import QUEUE_GPU
from grading.domain.report import GpuUse, Report
from grading.sandbox import gpus
from grading.sandbox.gpus import Gpu, Meter
from grading.store.settings import Settings

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.2
# Contexts of boxes that just ended are given back by the driver within this.
CLEARS_S: Final = 10.0
# What a driver may hold by itself, more or less at different times.
SLACK_BYTES: Final = 64 << 20


@dataclass
class SlotUse:
    """One run's time on the GPU.

    Attributes:
        seconds: that it held a slot; 0.0 while it does, and for a run that takes none.
        peak_bytes: most memory in use on the GPU meanwhile, by all of its slots; None where nobody can tell.
    """

    seconds: float = 0.0
    peak_bytes: int | None = None
    began: float = field(default_factory=time.monotonic)

    def in_report(self, report: Report) -> Report:
        """The report, with this use among the facts of its run where it was one."""
        if not self.seconds:
            return report
        gpu = GpuUse(round(self.seconds, 6), self.peak_bytes)
        return replace(report, run=replace(report.run, gpu=gpu))


class Slots:
    """The places on one GPU. A run waits for one; the first on an empty GPU checks that it is empty.

    Args:
        GPU: that they are on.
        count: runs that may use it at the same time.
        meter: says how much of its memory is taken.
        clears_s: how long the memory of what ended may take to be given back.
    """

    def __init__(self, gpu: Gpu, count: int, meter: Meter, *, clears_s: float = CLEARS_S) -> None:
        self.gpu, self.count = gpu, count
        self._meter, self._clears_s = meter, clears_s
        self._free = threading.Semaphore(count)
        self._lock = threading.Lock()
        self._uses: list[SlotUse] = []
        self._empty_bytes = meter.used_bytes(gpu)

    def why_not(self) -> str:
        """What keeps runs from the GPU: memory that no run of ours holds; "" where it may be used."""
        with self._lock:
            if self._uses or self._empty_bytes is None:
                return ""
            empty = self._empty_bytes
        deadline = time.monotonic() + self._clears_s
        while (used := self._meter.used_bytes(self.gpu)) is not None and used > empty + SLACK_BYTES:
            if time.monotonic() > deadline:
                return f"card {self.gpu.index} still holds {(used - empty) >> 20} MiB that no run of ours uses"
            time.sleep(EVERY_S)
        return "" if used is not None else f"card {self.gpu.index} does not answer any more"

    @contextlib.contextmanager
    def held(self) -> Iterator[SlotUse]:
        """One slot, from when one is free."""
        with self._free:
            use = SlotUse()
            with self._lock:
                self._uses.append(use)
            over = threading.Event()
            watcher = threading.Thread(target=self._watch, args=(use, over), name="card memory", daemon=True)
            watcher.start()
            try:
                yield use
            finally:
                over.set()
                watcher.join()
                with self._lock:
                    self._uses.remove(use)
                use.seconds = time.monotonic() - use.began

    def to_json(self) -> dict[str, object]:
        """For the list of workers."""
        gpu = self.gpu
        return {"index": gpu.index, "name": gpu.name, "memory_bytes": gpu.memory_bytes, "slots": self.count}

    def _watch(self, use: SlotUse, over: threading.Event) -> None:
        while True:
            used = self._meter.used_bytes(self.gpu)
            if used is not None:
                use.peak_bytes = max(used, use.peak_bytes or 0)
            if over.wait(EVERY_S):
                return


def slots_of(settings: Settings) -> Slots | None:
    """Those on the GPU that a worker for such runs has; None for any other worker."""
    if QUEUE_GPU not in settings.worker_queues or settings.gpu is None:
        return None
    gpu = next((gpu for gpu in gpus.found() if gpu.index == settings.gpu), Gpu(settings.gpu))
    return Slots(gpu, settings.gpu_slots, gpus.Driver())


@contextlib.contextmanager
def slot(slots: Slots | None, device: str) -> Iterator[SlotUse]:
    """A slot for a run on that device; nothing is taken for a run on the processor."""
    if device != "cuda" or slots is None:
        yield SlotUse()
        return
    with slots.held() as use:
        yield use


def take_gpu(settings: Settings, there: Sequence[Gpu]) -> Gpu | None:
    """A GPU that no other worker of this machine has, for as long as this process lives.

    Args:
        settings: may name one; `state` is where workers see what others have taken.
        there: the machine's.

    Returns:
        None for a worker that grades nothing on GPUs.

    Raises:
        HouseFault: there is none, or others have all of them.
    """
    if QUEUE_GPU not in settings.worker_queues:
        return None
    wanted = [gpu for gpu in there if settings.gpu in {None, gpu.index}]
    for gpu in wanted:
        if _lock(settings.state / "gpus", gpu):
            log.info("GPU taken", index=gpu.index, name=gpu.name)
            return gpu
    have = ", ".join(str(gpu.index) for gpu in there) or "none"
    named = "" if settings.gpu is None else f" {settings.gpu}"
    raise HouseFault(f"no GPU{named} is free for this worker; this machine has {have}")


def _lock(folder: Path, gpu: Gpu) -> bool:
    """Whether the GPU is ours now. The file is named for it, or else for the machine, whose state others may share."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{gpu.uuid or f'{socket.gethostname()}-{gpu.index}'}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # Let go of by the kernel when this process ends, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True
