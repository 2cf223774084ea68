"""`python -m benchmarks throughput`: small submissions through API, PostgreSQL, Redis and a worker, on this machine.

Held against the same boxes run back to back by a judge alone, as many at once as the worker has lanes. Rounds of the
three take turns, so that what the machine does beside falls on each. "Graded" counts from a waiting class; "all told"
has the uploads on the same processors as well. Memory is that of the API's and the worker's own process; its slope is
fitted over the second half, where caches are full.
"""

import contextlib
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

import numpy as np

from benchmarks.table import Row, middle, milliseconds, seconds_of
from grading.assignments.catalog import BUILT_IN
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from grading.store.settings import Settings
from testing.department import Coursework, Enrolled, Member, small_assignment, submit
from testing.servers import PostgreSQL, Redis, free_port
from testing.service import tree_of

ROUNDS: Final = 5
CHUNK: Final = 100
LANES: Final = 2
CLASS: Final = 50
PATIENCE_S: Final = 600.0
GOAL: Final = 0.85
NOTEBOOK: Final = "1.activation_function_and_vanishing_gradient.ipynb"


class Calm:
    """A department of one API and one worker, and a judge of our own beside it.

    Args:
        folder: for everything that lies on a disk.
        assignments: beside the built-in ones.
        work: what is submitted.
    """

    def __init__(self, folder: Path, assignments: Path, work: Coursework) -> None:
        self._work = work
        self._stack = contextlib.ExitStack()
        self._cluster = cluster = PostgreSQL()
        self._stack.callback(cluster.remove)
        self._redis = redis = Redis(folder)
        self._stack.callback(redis.kill)
        settings = Settings(
            state=folder / "state",
            database_url=cluster.url,
            broker_url=redis.url,
            port=free_port(),
            worker_concurrency=LANES,
            assignment_dirs=(assignments,),
            queue_limit=100_000,
            queue_limit_per_student=100_000,
        )
        self._address = f"http://127.0.0.1:{settings.port}"
        self.enrolled = Enrolled(settings, work, CLASS)
        self._stack.callback(self.enrolled.close)
        self.api, self.worker = (
            Member("testing.department", role, settings, folder, role) for role in ("api", "worker")
        )
        for member in (self.api, self.worker):
            member.start()
            self._stack.callback(member.kill)
        self._judge = self._stack.enter_context(
            Judge.start(JudgeConfig(assignment_dirs=(assignments,), hidden=(settings.state,)))
        )
        self.submitted = 0
        self.memory: list[tuple[int, float, float]] = []
        self.upload(LANES)
        self.drain()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def upload(self, count: int) -> None:
        """So many submissions over HTTP, several at once."""
        self.arrive([0.0] * count)

    def arrive(self, arrivals: Sequence[float]) -> None:
        """A submission over HTTP at each of these seconds from now, in ascending order."""
        began, first = time.monotonic(), self.submitted
        self.submitted += len(arrivals)

        def one(number: int) -> str:
            time.sleep(max(0.0, began + arrivals[number - first] - time.monotonic()))
            student, attempt = number % CLASS, number // CLASS
            token = self.enrolled.tokens[student]
            content = self._work.content(student, attempt)
            until = time.monotonic() + PATIENCE_S
            return submit(self._address, token, self._work, content, key=f"{student}-{attempt}", until=until)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(first, self.submitted)))

    def drain(self) -> None:
        """Wait until all is graded."""
        until = time.monotonic() + PATIENCE_S
        # Seldom while much is left: each look costs the same two processors a statement.
        while left := self.submitted - self.enrolled.states().get("graded", 0):
            if time.monotonic() > until:
                raise RuntimeError(f"{left} were not graded in time")
            time.sleep(min(0.02 * left, 1.0))
        self.memory.append((self.submitted, resident_mb(self.api.pid), resident_mb(self.worker.pid)))

    def serve(self, count: int) -> None:
        """So many from the upload to the grade."""
        self.upload(count)
        self.drain()

    def alone(self, count: int) -> None:
        """So many gradings without the service."""

        def one(number: int) -> None:
            content = self._work.content(number, 0)
            self._judge.grade(self._work.submission(content), self._work.slug, seed=number)

        with ThreadPoolExecutor(LANES) as pool:
            list(pool.map(one, range(count)))

    def processor_s(self) -> dict[str, float]:
        """Processor seconds so far, by part; those of processes that ended are their parents'."""
        below = tree_of(self.worker.pid)[1:]
        return {
            "api": processor_s(self.api.pid),
            "worker": processor_s(self.worker.pid, own=True),
            "judge and boxes": sum(processor_s(pid) for pid in below),
            "database": sum(processor_s(pid) for pid in tree_of(self._cluster.pid)),
            "broker": processor_s(self._redis.pid),
        }

    def waiting_class(self, count: int) -> None:
        """Submit so many while the worker stands still, and let it go."""
        os.kill(self.worker.pid, signal.SIGSTOP)
        try:
            self.upload(count)
        finally:
            os.kill(self.worker.pid, signal.SIGCONT)


def processor_s(pid: int, *, own: bool = False) -> float:
    """Processor seconds of a process, and unless own those of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13] if own else fields[11:15])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Memory of one process that lies in the machine's, in MiB; that of its children is left out."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def slope_kb(counts: Sequence[int], megabytes: Sequence[float]) -> float:
    """Growth in KiB for each submission, by least squares over the second half."""
    half = len(counts) // 2
    return float(np.polyfit(counts[half:], megabytes[half:], 1)[0]) * 1024


def works(folder: Path) -> Iterator[tuple[str, Coursework]]:
    """What is submitted: the smallest there is, and a notebook of an ordinary course."""
    yield "two functions", small_assignment(folder / "small")
    sample = BUILT_IN / "cmpsc497_hw2" / "samples"
    right = (sample / "right" / NOTEBOOK).read_bytes()
    yield "a notebook", _Notebook("cmpsc497-hw2", NOTEBOOK, right, right)


class _Notebook(Coursework):
    def content(self, student: int, attempt: int) -> bytes:
        # Blanks at the end change the hash, and nothing else.
        return self.right + b" " * (1 + student) + b"\n" * attempt


def rows() -> Iterator[Row]:
    """Both kinds of work, and the memory that the whole of it took."""
    with tempfile.TemporaryDirectory(prefix="chainrule-throughput-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for what, work in works(folder):
            inside = folder / what.replace(" ", "-")
            inside.mkdir()
            with Calm(inside, folder / "small", work) as calm:
                yield from _of(what, calm)


def _of(what: str, calm: Calm) -> Iterator[Row]:
    seconds: dict[str, list[float]] = {"alone": [], "graded": [], "all told": []}
    spent: Counter[str] = Counter()
    for _ in range(ROUNDS):
        seconds["alone"].append(seconds_of(lambda: calm.alone(CHUNK)))
        before = calm.processor_s()
        calm.waiting_class(CHUNK)
        seconds["graded"].append(seconds_of(calm.drain))
        seconds["all told"].append(seconds_of(lambda: calm.serve(CHUNK)))
        spent.update({part: after - before[part] for part, after in calm.processor_s().items()})
    each: Callable[[str], float] = lambda kind: middle(seconds[kind]) / CHUNK  # noqa: E731
    for kind in ("graded", "all told"):
        ratios = [alone / served for alone, served in zip(seconds["alone"], seconds[kind], strict=True)]
        yield Row(
            f"throughput: {what}, {kind}",
            f"{1 / each(kind):.1f}/s",
            f"alone {1 / each('alone'):.1f}/s: {middle(ratios):.0%}" + (f"; goal {GOAL:.0%}" * (kind == "graded")),
            f"median of {ROUNDS} rounds of {CHUNK}, {min(ratios):.0%} to {max(ratios):.0%}; {LANES} lanes",
        )
    for part, processor in spent.items():
        yield Row(
            f"cost: {part}, {what}",
            milliseconds(processor / (2 * ROUNDS * CHUNK)),
            f"{processor / spent['judge and boxes']:.0%} of judge and boxes",
            "processor time for each submission",
        )
    counts, api, worker = zip(*calm.memory, strict=True)
    for part, megabytes in (("api", api), ("worker", worker)):
        yield Row(
            f"memory: {part}, {what}",
            f"{megabytes[-1]:.0f} MiB",
            f"{slope_kb(counts, megabytes):+.2f} KiB for each submission",
            f"resident, after {counts[-1]}; {megabytes[0]:.0f} MiB after {counts[0]}",
        )
