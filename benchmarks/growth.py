"""`python -m benchmarks growth`: what a claim and a look at the queue cost as it grows, and how long a class waits.

First measured: the statements that a worker and a student's page run, with 10 to 10,000 runs waiting, on both
databases. Then simulated: a class of 1,000 before a deadline, on so many lanes, with gradings as long as those of the
built-in assignments. The simulation is held against a queue that was really worked off, by threads that sleep.
"""

import heapq
import math
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

import migrations
from benchmarks.servers import NotInstalledError, PostgreSQL
from benchmarks.table import Row, middle, milliseconds, seconds_of
from grading.store import fairness, runs
from grading.store.database import Database
from grading.store.queries import queue
from grading.store.tables import Run

WAITING: Final = (10, 100, 1000, 10_000)
REPEATS: Final = 15
STUDENTS: Final = 1000
# A class before a deadline: most hand in within the last hour, more and more the nearer it comes, some twice.
LAST_HOUR_S: Final = 3600.0
HAND_INS_EACH: Final = 2.0
GRADING_S: Final = {"two functions of NumPy": 0.06, "an ordinary notebook": 1.0, "a long one": 10.0}
LANES: Final = (2, 4, 8, 16, 32)
SPREAD: Final = 0.6
FILL: Final = Path(__file__).with_name("waiting_class.sql")


def deadline_arrivals(students: int, chance: random.Random) -> list[float]:
    """Seconds before the deadline's hour is over at which hand-ins arrive, in order: the rate grows to its end."""
    count = round(students * HAND_INS_EACH)
    # The density is proportional to exp(3 t): twenty times as many in the last minute as in the first.
    grow = 3.0
    return sorted(LAST_HOUR_S * _tilted(chance.random(), grow) for _ in range(count))


def simulate(arrivals: Sequence[float], gradings: Sequence[float], lanes: int) -> list[float]:
    """How long each waits until its grading starts: whoever came first is served by the lane that is free first."""
    free = [0.0] * lanes
    waits = []
    for arrived, takes in zip(arrivals, gradings, strict=True):
        start = max(arrived, heapq.heappop(free))
        waits.append(start - arrived)
        heapq.heappush(free, start + takes)
    return waits


def work_off(arrivals: Sequence[float], gradings: Sequence[float], lanes: int) -> list[float]:
    """The same by threads and a clock: what the simulation is held against."""
    waits = [0.0] * len(arrivals)
    ahead = iter(range(len(arrivals)))
    lock = threading.Lock()
    began = time.monotonic()

    def lane() -> None:
        while True:
            with lock:
                number = next(ahead, None)
            if number is None:
                return
            time.sleep(max(0.0, began + arrivals[number] - time.monotonic()))
            waits[number] = time.monotonic() - began - arrivals[number]
            time.sleep(gradings[number])

    threads = [threading.Thread(target=lane) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def lasting(mean_s: float, count: int, chance: random.Random) -> list[float]:
    """Times of gradings with that mean: skewed to the right, as measured ones are."""
    shift = SPREAD**2 / 2
    return [mean_s * chance.lognormvariate(-shift, SPREAD) for _ in range(count)]


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20)[-1]


def rows() -> Iterator[Row]:
    """Growth, then the simulation and what it is worth."""
    yield from _growth()
    yield from _held_against()
    chance = random.Random(7)  # noqa: S311  # the same class each time
    arrivals = deadline_arrivals(STUDENTS, chance)
    for what, mean_s in GRADING_S.items():
        gradings = lasting(mean_s, len(arrivals), chance)
        for lanes in LANES:
            waits = simulate(arrivals, gradings, lanes)
            load = sum(gradings) / LAST_HOUR_S / lanes
            yield Row(
                f"deadline of {STUDENTS}, {what}, {lanes} lanes",
                milliseconds(p95(waits)),
                f"longest {milliseconds(max(waits))}",
                f"p95 of the wait, simulated; lanes {load:.0%} busy over the hour",
            )


def _held_against() -> Iterator[Row]:
    chance = random.Random(11)  # noqa: S311  # the same class each time
    for lanes in (2, 8):
        gradings = lasting(0.25, 60 * lanes, chance)
        span = sum(gradings) / lanes / 0.9
        arrivals = sorted(span * _tilted(chance.random(), 3.0) for _ in gradings)
        simulated, real = simulate(arrivals, gradings, lanes), work_off(arrivals, gradings, lanes)
        yield Row(
            f"simulation against {lanes} lanes of threads",
            milliseconds(p95(simulated)),
            f"worked off: {milliseconds(p95(real))}, {p95(simulated) / p95(real):.2f}x",
            f"p95 of the wait, {len(gradings)} hand-ins",
        )


def _tilted(even: float, grow: float) -> float:
    return math.log(1 + even * (math.exp(grow) - 1)) / grow


def _growth() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="chainrule-growth-") as folder:
        yield from _on("SQLite", f"sqlite:///{Path(folder) / 'chainrule.db'}")
    try:
        cluster = PostgreSQL(synced=False)
    except NotInstalledError as error:
        yield Row("queue, PostgreSQL", "not measured", "", f"needs the programs {error}")
        return
    try:
        yield from _on("PostgreSQL", cluster.url)
    finally:
        cluster.remove()


def _on(name: str, url: str) -> Iterator[Row]:
    migrations.upgrade(url)
    database = Database(url)
    first: dict[str, float] = {}
    done = 0
    for waiting in WAITING:
        _fill(database, done, waiting)
        done = waiting
        with database.read() as db:
            last = db.get_one(Run, f"r{waiting - 1}")
        asked: dict[str, Callable[[Session], object]] = {
            "whose turn": lambda db: fairness.next_in_line(db, ("cpu",)),
            "a student's place": lambda db, last=last: fairness.place_in_line(db, last),  # type: ignore[misc]
            "what the sweep finds": lambda db: runs.waiting(db, queues=("cpu",)),
            "depth and age": queue.queue_state,
        }
        for what, question in asked.items():
            taken = []
            for _ in range(REPEATS):
                with database.read() as db:
                    taken.append(seconds_of(lambda db=db, question=question: question(db)))  # type: ignore[misc]
            first.setdefault(what, min(taken))
            yield Row(
                f"queue of {waiting:,}, {name}: {what}",
                milliseconds(min(taken)),
                f"{min(taken) / first[what]:.1f}x that of {WAITING[0]}",
                f"least of {REPEATS}, median {milliseconds(middle(taken))}",
            )
    database.close()


def _fill(database: Database, begin: int, end: int) -> None:
    script = "\n".join(line for line in FILL.read_text(encoding="utf-8").splitlines() if not line.startswith("--"))
    script = script.replace(":begin", str(begin)).replace(":end", str(end)).replace(":students", str(STUDENTS))
    with database.write() as db:
        for statement in filter(str.strip, script.split(";")):
            db.execute(text(statement))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
