"""The book-keeping of a GPU's slots, with a GPU that says what it is told to. No GPU is needed, and none is tried."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.domain.errors import HouseFault
from grading.domain.report import GpuUse
from grading.sandbox import gpus
from grading.sandbox.gpus import Gpu
from grading.store.settings import Settings
from grading.store.tables import ReportRow, Run, WorkerRow
from tests.store.course import FakeJudge, Town, report_for
from tests.worker.test_grading_run import Announced, judge, ready, row, waiters
from worker.gpu_slots import SLACK_BYTES, Slots, slot, take_gpu
from worker.grading_run import grade_run
from worker.workplace import Announcer, Workplace

__all__ = ["judge", "waiters"]

CARD = Gpu(0, "A card", "GPU-0000", 8 << 30)
BASE = 300 << 20


@dataclass
class FakeMeter:
    """Says what it was told; of a GPU that is gone, nothing.

    Attributes:
        used: bytes that are taken.
    """

    used: int | None = BASE

    def used_bytes(self, gpu: Gpu) -> int | None:
        """By all processes together."""
        return self.used


@dataclass
class Crowd:
    """Counts who is on the GPU at the same time."""

    inside: int = 0
    most: int = 0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def visit(self, slots: Slots) -> None:
        """Take a slot, look around, leave."""
        with slots.held():
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            with self.lock:
                self.inside -= 1
                self.done += 1


@given(count=st.integers(1, 4), runs=st.integers(1, 12))
@settings(max_examples=15)
def test_never_more_runs_than_slots_and_each_gets_its_turn(count: int, runs: int) -> None:
    """Whatever the number of each; afterwards all slots are free again."""
    slots, crowd = Slots(CARD, count, FakeMeter()), Crowd()
    with ThreadPoolExecutor(runs) as pool:
        list(pool.map(lambda _: crowd.visit(slots), range(runs)))

    assert crowd.done == runs
    assert crowd.most <= count
    assert slots.why_not() == ""


def test_a_slot_is_given_back_whatever_happens_in_it() -> None:
    """A run that breaks off does not keep the next one waiting."""
    slots = Slots(CARD, 1, FakeMeter())
    for _ in range(3):
        with pytest.raises(HouseFault, match="the box died"), slots.held():
            raise HouseFault("the box died")

    with slots.held() as use:
        pass
    assert use.seconds > 0


def test_a_run_on_the_processor_takes_no_slot() -> None:
    """Not where all are taken either."""
    slots = Slots(CARD, 1, FakeMeter())
    with slots.held(), slot(slots, "cpu") as use:
        pass

    assert use.seconds == 0
    assert use.in_report(report_for(b"right")) == report_for(b"right")


@pytest.mark.parametrize(("used", "peak"), [(BASE + 5, BASE + 5), (None, None)])
def test_the_most_memory_seen_is_kept(used: int | None, peak: int | None) -> None:
    """Nothing is made up where nobody can tell."""
    slots = Slots(CARD, 1, FakeMeter(used))
    with slots.held() as use:
        pass

    assert use.peak_bytes == peak
    assert use.in_report(report_for(b"right")).run.gpu == GpuUse(round(use.seconds, 6), peak)


def test_a_gpu_that_does_not_empty_gets_no_more_runs() -> None:
    """Until it is empty again; while a run of ours is on it, its memory is no sign of anything."""
    meter = FakeMeter()
    slots = Slots(CARD, 2, meter, clears_s=0.0)
    meter.used = BASE + SLACK_BYTES + (512 << 20)
    with slots.held():
        assert slots.why_not() == ""

    assert "still holds 576 MiB that no run of ours uses" in slots.why_not()
    meter.used = None
    assert "does not answer" in slots.why_not()
    meter.used = BASE + SLACK_BYTES
    assert slots.why_not() == ""


def test_a_gpu_belongs_to_one_worker(tmp_path: Path) -> None:
    """The next worker takes the next GPU; when none is left it says so and does not start."""
    chosen = Settings(state=tmp_path, worker_queues=("gpu",))
    there = (CARD, Gpu(1))

    assert take_gpu(chosen, there) == CARD
    assert take_gpu(chosen, there) == Gpu(1)
    with pytest.raises(HouseFault, match="no GPU is free for this worker; this machine has 0, 1"):
        take_gpu(chosen, there)


def test_a_named_gpu_is_taken_or_none(tmp_path: Path) -> None:
    """And a worker that grades nothing on GPUs takes none."""
    chosen = Settings(state=tmp_path, worker_queues=("gpu",), gpu=3)

    assert take_gpu(chosen.model_copy(update={"worker_queues": ("cpu",)}), (CARD,)) is None
    with pytest.raises(HouseFault, match="no GPU 3 is free for this worker; this machine has 0"):
        take_gpu(chosen, (CARD,))


def test_gpus_are_found_by_their_nodes(tmp_path: Path) -> None:
    """In the driver's order; what else the driver has there is no GPU."""
    for name in ("nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm", "nvidia-caps", "null"):
        (tmp_path / name).touch()

    assert [gpu.index for gpu in gpus.found(tmp_path)] == [2, 10]
    assert gpus.found(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(("slots", "share"), [(1, "0.900"), (2, "0.450"), (4, "0.225")])
def test_programs_on_a_gpu_are_told_their_share(slots: int, share: str, tmp_path: Path) -> None:
    """All of them together leave some for CUDA itself; without a GPU nobody is told anything."""
    told = gpus.environment(0, slots, tmp_path)

    assert told["PYTORCH_ALLOC_CONF"] == f"per_process_memory_fraction:{share}"
    assert gpus.environment(None, slots, tmp_path) == {}


@pytest.fixture
def place(town: Town, judge: FakeJudge, waiters: Announced) -> Iterator[Workplace]:
    """A workplace with a GPU."""
    place = Workplace(town.settings, judge, Announcer(waiters))
    place.slots = Slots(CARD, 1, FakeMeter(), clears_s=0.0)
    place.open()
    yield place
    place.close()


def on(town: Town, run_id: str, device: str) -> str:
    """The run, to be graded on that device by a worker of the only queue here."""
    with town.database.write() as db:
        db.get_one(Run, run_id).device = device
    return run_id


def test_what_a_run_used_of_the_gpu_is_kept_with_it(town: Town, place: Workplace) -> None:
    """In its row and in its report; a run on the processor used nothing."""
    graded, other = on(town, ready(town), "cuda"), on(town, ready(town, "ben"), "cpu")
    for run_id in (graded, other):
        grade_run(place, run_id)
    run = row(town, graded)
    with town.database.read() as db:
        bodies = [db.get_one(ReportRow, run_id).body["run"] for run_id in (graded, other)]

    assert run.gpu_seconds is not None
    assert run.gpu_seconds > 0
    assert run.gpu_peak_bytes == BASE
    assert bodies[0]["gpu"] == {"seconds": round(run.gpu_seconds, 6), "peak_bytes": BASE}
    assert "gpu" not in bodies[1]
    assert (row(town, other).gpu_seconds, row(town, other).gpu_peak_bytes) == (None, None)


def test_who_would_run_nothing_on_a_gpu_takes_no_slot(town: Town, place: Workplace) -> None:
    """A submission for a GPU with nothing in it is graded on the processor while another one has the GPU."""
    run_id = on(town, ready(town, content=b"  "), "cuda")
    with place.slots.held():
        grade_run(place, run_id)

    assert row(town, run_id).state == "graded"
    assert row(town, run_id).gpu_seconds is None


def test_a_gpu_that_somebody_else_fills_uses_up_no_tries(town: Town, place: Workplace) -> None:
    """The run waits, and is graded when the GPU is free."""
    run_id, meter = on(town, ready(town), "cuda"), FakeMeter()
    place.slots = Slots(CARD, 1, meter, clears_s=0.0)
    meter.used = BASE + (4 << 30)
    grade_run(place, run_id)
    waiting = row(town, run_id)
    meter.used = BASE
    grade_run(place, run_id)

    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert row(town, run_id).state == "graded"


def test_staff_see_which_gpu_a_worker_has(town: Town, place: Workplace) -> None:
    """Its name, its memory and its slots are in the worker's row."""
    place.judge.get()
    with town.database.read() as db:
        worker = db.get_one(WorkerRow, place.owner)

    assert worker.devices == [{"index": 0, "name": "A card", "memory_bytes": 8 << 30, "slots": 1}]
