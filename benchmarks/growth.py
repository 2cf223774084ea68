"""`python -m benchmarks growth`: what a claim and a look at the queue cost as it grows, and how long a class waits.

First measured: the statements that a worker and a student's page run, with 10 to 10,000 runs waiting, on both
databases. Then simulated: a class of 1,000 before a deadline, on so many lanes, with gradings as long as those of the
built-in assignments. The simulation is held against a smaller class that submits to a real service.
"""

import heapq
import math
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import migrations
from benchmarks.table import Row, middle, milliseconds, seconds_of
from benchmarks.throughput import LANES as LANES_COMPARED
from benchmarks.throughput import Calm, works
from grading.store import fairness, runs
from grading.store.database import Database
from grading.store.queries import queue
from grading.store.tables import Run
from testing.servers import NotInstalledError, PostgreSQL

WAITING: Final = (10, 100, 1000, 10_000)
REPEATS: Final = 15
STUDENTS: Final = 1000
# A class before a deadline: most submit within the last hour, more and more the nearer it comes, some twice.
LAST_HOUR_S: Final = 3600.0
HAND_INS_EACH: Final = 2.0
GRADING_S: Final = {"two functions of NumPy": 0.06, "an ordinary notebook": 1.0, "a long one": 10.0}
LANES: Final = (2, 4, 8, 16, 32)
SPREAD: Final = 0.6
# The density of arrivals is proportional to exp(3 t): twenty times as many in the last minute as in the first.
GROW: Final = 3.0
# The class that the simulation is held against: so many submissions, so busy the lanes on the whole.
WARM: Final = 20
COMPARED: Final = 150
COMPARED_LOAD: Final = 0.8
FILL: Final = Path(__file__).with_name("waiting_class.sql")


def deadline_arrivals(students: int, chance: random.Random) -> list[float]:
    """Seconds before the deadline's hour is over at which submissions arrive, in order: the rate grows to its end."""
    count = round(students * HAND_INS_EACH)
    return sorted(LAST_HOUR_S * _tilted(chance.random(), GROW) for _ in range(count))


def simulate(arrivals: Sequence[float], gradings: Sequence[float], lanes: int) -> list[float]:
    """How long each waits until its grading starts: whoever came first is served by the lane that is free first."""
    free = [0.0] * lanes
    waits = []
    for arrived, takes in zip(arrivals, gradings, strict=True):
        start = max(arrived, heapq.heappop(free))
        waits.append(start - arrived)
        heapq.heappush(free, start + takes)
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
    """A class that submits faster and faster, at a real department: its waits, and those of the simulation."""
    chance = random.Random(11)  # noqa: S311  # the same class each time
    with tempfile.TemporaryDirectory(prefix="chainrule-growth-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        *_, (what, work) = works(folder)
        try:
            calm = Calm(folder, folder / "small", work)
        except NotInstalledError as error:
            yield Row("simulation against the service", "not measured", "", f"needs the programs {error}")
            return
        with calm:
            each_s = seconds_of(lambda: calm.serve(WARM)) / WARM
            span = COMPARED * each_s / COMPARED_LOAD
            calm.arrive(sorted(span * _tilted(chance.random(), GROW) for _ in range(COMPARED)))
            calm.drain()
            with calm.enrolled.database.read() as db:
                newest = select(Run.created_at, Run.claimed_at, Run.stored_at).order_by(Run.created_at.desc())
                rows = db.execute(newest.limit(COMPARED)).all()[::-1]
    times = [(created, claimed, stored) for created, claimed, stored in rows if claimed and stored]
    arrivals = [(created - times[0][0]).total_seconds() for created, *_ in times]
    real = [(claimed - created).total_seconds() for created, claimed, _ in times]
    gradings = [(stored - claimed).total_seconds() for _, claimed, stored in times]
    simulated = simulate(arrivals, gradings, LANES_COMPARED)
    for kind, of in (("mean", statistics.mean), ("p95", p95), ("longest", max)):
        yield Row(
            f"simulated wait, {kind}: {what}",
            milliseconds(of(simulated)),
            f"the service: {milliseconds(of(real))}, {of(simulated) / of(real):.2f}x",
            f"{COMPARED} submissions within {span:.0f} s, {LANES_COMPARED} lanes, each grading as long as it took",
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
