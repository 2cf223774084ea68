"""While a class submits, everything dies that can die; afterwards each submission has one grade, and the right one.

Killed are workers, the API, and below the workers judges, zygotes and boxes. Redis is stopped and comes back empty,
PostgreSQL crashes and recovers, the wire between a worker and the database stalls for longer than a lease or is cut,
the blob disk is full for a while, every message is delivered twice more, and each process starts with a clock of its
own that is up to an hour wrong. The same code at a smaller size, with a judge that reads one word, is a test.
"""

import contextlib
import ctypes
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from grading.domain.jobs import QUEUE_CPU
from grading.domain.report import Report
from grading.sandbox import leftovers
from grading.store.blobs import Blobs
from grading.store.database import Database
from grading.store.settings import Settings
from grading.store.tables import GradebookEntry, GradePost, ReportRow, Run, RunEvent, SubmissionRow, now
from testing.department import Coursework, Enrolled, Member, submit
from testing.lms import FakePlatform
from testing.servers import PostgreSQL, Redis, Wire, free_port, small_disk, wait_for
from testing.service import tree_of
from worker.app import announcer_of, make_app
from worker.passback import UNDER_WAY

PATIENCE_S: Final = 1500.0
CLOCK_OFF_S: Final = 3600.0
READY: Final = "worker started"
# How the processes below a worker are known: what `ps` shows of them.
BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "judges": ("python",),
    "zygotes": ("chainrule-ward", "chainrule-numpy", "chainrule-torch"),
    "boxes": ("chainrule-init", "student"),
}
PR_SET_CHILD_SUBREAPER = 36

Undisturbed = Callable[[Sequence[tuple[bytes, int]]], Iterable[Report]]


@dataclass
class Aftermath:
    """What was left when the storm was over. All but the first three have to be zero or empty.

    Attributes:
        accepted: submissions that were answered with 202.
        disasters: how many of each kind there were.
        seconds: from the first submission to the last grade and post.
        lost: accepted submissions without a grade.
        doubled: submissions with more than one grade.
        changed: reports that differ from those of an undisturbed run with the same seeds.
        posted_twice: runs with more than one entry in the outbox.
        wrong_in_gradebook: students whose newest grade is not what the gradebook says last.
        stray: processes that outlived the department.
        leaked: temporary files and half-written blobs that outlived it.
        refused_to_leave: members that did not end in good order.
    """

    accepted: int = 0
    disasters: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    posted_twice: int = 0
    wrong_in_gradebook: int = 0
    stray: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    refused_to_leave: list[str] = field(default_factory=list)

    @property
    def harm(self) -> dict[str, object]:
        """Everything that must not be, and is."""
        facts: dict[str, object] = {
            "lost": self.lost,
            "doubled": self.doubled,
            "changed": self.changed,
            "posted twice": self.posted_twice,
            "wrong in the gradebook": self.wrong_in_gradebook,
            "stray": self.stray,
            "leaked": self.leaked,
            "refused to leave": self.refused_to_leave,
        }
        return {name: value for name, value in facts.items() if value}


class Storm:
    """A department, a class, and what befalls them.

    Args:
        folder: for everything that lies on a disk.
        work: what is submitted.
        program: the module whose processes the API and the workers are.
        undisturbed: the reports for contents and seeds, by a judge that nothing happens to.
        settings: of the department, beside addresses.
        below: kinds of processes below the workers that are killed; names in `BELOW`.
    """

    def __init__(
        self,
        folder: Path,
        work: Coursework,
        program: str,
        undisturbed: Undisturbed,
        settings: Mapping[str, Any],
        *,
        below: Sequence[str] = (),
    ) -> None:
        self._work, self._undisturbed, self._below = work, undisturbed, below
        self._chance = random.SystemRandom()
        self._stack = contextlib.ExitStack()
        self._before = set(tree_of(os.getpid()))
        # Whoever loses its parent becomes our child, so that we find it.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._stack.callback(ctypes.CDLL(None).prctl, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        self._cluster = PostgreSQL()
        self._stack.callback(self._cluster.remove)
        self._redis = Redis(folder)
        self._stack.callback(self._redis.kill)
        self._wire = Wire(self._cluster.port)
        self._stack.callback(self._wire.close)
        self._platform = FakePlatform()
        self._platform.start()
        self._stack.callback(self._platform.stop)
        self._temporary = folder / "tmp"
        self._settings = Settings(
            **{
                "state": folder / "state",
                "database_url": self._cluster.url,
                "broker_url": self._redis.url,
                "port": free_port(),
                "lms_private_addresses": True,
                # So many deaths in so short a time would otherwise look like poisoned submissions.
                "max_attempts": 50,
                **settings,
            }
        )
        self._disk = self._stack.enter_context(small_disk(self._settings.blob_dir))
        far = self._cluster.url_through(self._wire.port)
        # One worker posts: the platform knows one token at a time. The other is far from the database.
        updates: dict[str, dict[str, object]] = {
            "api": {},
            "first worker": {"worker_queues": ("cpu", "passback")},
            "second worker": {"worker_queues": ("cpu",), "database_url": far},
        }
        self._members = {
            name: Member(program, name.split()[-1], self._settings.model_copy(update=update), folder, name)
            for name, update in updates.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self._members.values():
            member.kill()
        self._stack.close()

    def rage(self, students: int, each: int, rounds: int) -> Aftermath:
        """Let the class submit, and everything happen that many times; then count."""
        seen = Aftermath()
        enrolled = Enrolled(self._settings, self._work, students)
        self._stack.callback(enrolled.close)
        address = self._platform.url
        self._platform.audience = f"{address}/audience"
        self._platform.public_key = enrolled.add_column(self._settings, address, Decimal(10))
        for name in self._members:
            self._start(name)
        began = time.monotonic()
        accepted: dict[tuple[int, int], str] = {}
        with ThreadPoolExecutor(min(students, 32)) as pool:
            until = began + PATIENCE_S

            def student(number: int) -> None:
                for attempt in range(each):
                    accepted[number, attempt] = submit(
                        f"http://127.0.0.1:{self._settings.port}",
                        enrolled.tokens[number],
                        self._work,
                        self._work.content(number, attempt),
                        key=f"{number}-{attempt}",
                        until=until,
                    )

            class_ = [pool.submit(student, number) for number in range(students)]
            self._befall(seen, lambda: len(accepted) / (students * each), rounds)
            for one in class_:
                one.result()
        wait_for(lambda: self._all_graded(seen, enrolled, len(accepted)), "grades", PATIENCE_S)
        wait_for(lambda: hurry(enrolled) == 0, "posts", PATIENCE_S)
        seen.seconds = time.monotonic() - began
        self._count(seen, enrolled, accepted)
        self._leave(seen)
        return seen

    def _all_graded(self, seen: Aftermath, enrolled: Enrolled, accepted: int) -> bool:
        self._revive(seen)
        return states(enrolled).get("graded", 0) >= accepted

    def _revive(self, seen: Aftermath) -> None:
        """Start what ended by itself, because the database was away when it started: as service managers do."""
        for name, member in self._members.items():
            if member.process is not None and member.process.poll() is not None:
                seen.disasters[f"{name} ended by itself"] += 1
                self._start(name)

    def _befall(self, seen: Aftermath, progress: Callable[[], float], rounds: int) -> None:
        disasters = self._disasters()
        order = [name for _ in range(rounds) for name in self._chance.sample(list(disasters), len(disasters))]
        for number, name in enumerate(order):
            # The next one strikes when another part of the class has submitted, however fast this machine is.
            part = number / len(order)
            while progress() < part:
                self._revive(seen)
                time.sleep(0.02)
            # A session of ours may be among the connections that are cut.
            with contextlib.suppress(SQLAlchemyError):
                disasters[name]()
            seen.disasters[name] += 1

    def _disasters(self) -> dict[str, Callable[[], None]]:
        return {
            **{f"kill {name}": lambda name=name: self._die(name) for name in self._members},  # type: ignore[misc]
            **{f"kill {kind}": lambda kind=kind: self._kill_below(kind) for kind in self._below},  # type: ignore[misc]
            "lose and empty Redis": self._lose_redis,
            "crash PostgreSQL": self._crash_database,
            "deliver all twice": self._deliver_twice,
            "stall the wire": self._stall,
            "cut the wire": self._wire.cut,
            "fill the disk": self._fill_disk,
        }

    def _start(self, name: str) -> None:
        self._members[name].start(self._chance.uniform(-CLOCK_OFF_S, CLOCK_OFF_S))

    def _die(self, name: str) -> None:
        self._members[name].kill()
        self._start(name)

    def _kill_below(self, kind: str) -> None:
        workers = [member for name, member in self._members.items() if name != "api"]
        below = [pid for worker in workers for pid in tree_of(worker.pid)[1:] if name_of(pid) in BELOW[kind]]
        for pid in below:
            if kind != "boxes" or self._chance.random() < 0.5:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _lose_redis(self) -> None:
        self._redis.kill()
        time.sleep(self._chance.uniform(0, 3))
        self._redis.start()

    def _crash_database(self) -> None:
        self._cluster.crash()
        time.sleep(self._chance.uniform(0, 1))
        self._cluster.start()

    def _deliver_twice(self) -> None:
        app = make_app(self._settings)
        database = Database.open(self._settings)
        try:
            with database.read() as db:
                run_ids = db.scalars(select(Run.id)).all()
            announcer_of(app).runs([(run_id, QUEUE_CPU) for run_id in run_ids for _ in range(2)])
        finally:
            database.close()
            app.close()

    def _stall(self) -> None:
        self._wire.stall()
        time.sleep(1.5 * self._settings.lease_s)
        self._wire.heal()

    def _fill_disk(self) -> None:
        with self._disk():
            time.sleep(self._chance.uniform(0.5, 2))

    def _count(self, seen: Aftermath, enrolled: Enrolled, accepted: Mapping[tuple[int, int], str]) -> None:
        with enrolled.database.read() as db:
            graded = Counter(db.scalars(select(RunEvent.submission_id).where(RunEvent.name == "graded")))
            posted = Counter(db.scalars(select(GradePost.run_id)))
            rows = db.execute(
                select(SubmissionRow.id, Run.seed, ReportRow.body)
                .join(Run, Run.submission_id == SubmissionRow.id)
                .join(ReportRow, ReportRow.run_id == Run.id)
            ).all()
        reports = {row[0]: (row[1], row[2]) for row in rows}
        seen.accepted = len(accepted)
        seen.lost = sum(submission not in reports for submission in accepted.values())
        seen.doubled = sum(count > 1 for count in graded.values()) + len(rows) - len(reports)
        seen.doubled += len(accepted) - len(set(accepted.values()))
        seen.posted_twice = sum(count > 1 for count in posted.values())
        kept = [(who, *reports[submission]) for who, submission in accepted.items() if submission in reports]
        calm = self._undisturbed([(self._work.content(*who), seed) for who, seed, _ in kept])
        scores: dict[tuple[int, int], float] = {}
        for (who, _, body), expected in zip(kept, calm, strict=True):
            scores[who] = float(expected.score)
            seen.changed += lasting(Report.from_json(body)) != lasting(expected)
        newest = {f"lms-{n}": (n, max(a for m, a in accepted if m == n)) for n in {n for n, _ in accepted}}
        last = {score["userId"]: score["scoreGiven"] for score in self._platform.scores}
        seen.wrong_in_gradebook = sum(last.get(lms) != scores.get(who) for lms, who in newest.items())

    def _all_here(self, seen: Aftermath) -> bool:
        self._revive(seen)
        return all(member.says(READY) for name, member in self._members.items() if name != "api")

    def _leave(self, seen: Aftermath) -> None:
        # Whoever is still loading its libraries knows no good order yet: a signal just ends it.
        wait_for(lambda: self._all_here(seen), "workers", PATIENCE_S)
        for name, member in self._members.items():
            try:
                code = member.stop()
            except subprocess.TimeoutExpired:
                seen.refused_to_leave.append(f"{name}: still there after a minute")
                member.kill()
            else:
                if code and (code, name) != (-signal.SIGTERM, "api"):
                    seen.refused_to_leave.append(f"{name}: {code}")
        mine = {*self._before, *self._servers(), *(member.pid for member in self._members.values())}
        with contextlib.suppress(RuntimeError):
            wait_for(lambda: not alive_but(mine), "stray processes", 15)
        seen.stray = [f"{pid} {name_of(pid)}" for pid in alive_but(mine)]
        # Whoever was killed may have left drafts of blobs; the next start of a worker removes them.
        Blobs(self._settings.blobs).tidy(timedelta(0))
        kept = [path for path in self._settings.blob_dir.rglob("*") if path.is_file()]
        seen.leaked = [path.name for path in kept if not re.fullmatch("[0-9a-f]{64}", path.name)]
        # So may a judge, its sandbox's folder.
        leftovers.tidy(older_than_s=0, below=self._temporary)
        seen.leaked += [str(path.relative_to(self._temporary)) for path in self._temporary.rglob("*")]

    def _servers(self) -> set[int]:
        return {pid for root in (self._cluster.pid, self._redis.pid) for pid in tree_of(root)}


def states(enrolled: Enrolled) -> Mapping[str, int]:
    """How many runs are in each state; nothing where the database is away."""
    try:
        return enrolled.states()
    except SQLAlchemyError:
        return {}


def hurry(enrolled: Enrolled) -> int:
    """How many scores are still on their way; the minutes that a failed or orphaned post waits pass at once.

    A post counts as orphaned when it has been under way for longer than any sender takes: its platform may have it.
    """
    time.sleep(0.5)
    with contextlib.suppress(SQLAlchemyError), enrolled.database.write() as db:
        orphaned = now() + UNDER_WAY - timedelta(seconds=20)
        db.execute(update(GradebookEntry).where(GradebookEntry.sending_until < orphaned).values(sending_until=None))
        db.execute(update(GradePost).where(GradePost.state == "waiting").values(next_try_at=now()))
        return db.scalar(select(func.count()).select_from(GradePost).where(GradePost.state == "waiting")) or 0
    return -1


def lasting(report: Report) -> Report:
    """A report without what differs from one grading to the next."""
    return replace(report, run=replace(report.run, started_at="", seconds=0.0, phases={}))


def name_of(pid: int) -> str:
    """What `ps` shows."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    return ""


def alive_but(known: set[int]) -> list[int]:
    """Processes below this one that are neither known nor dead; of those that are dead, orphans are buried.

    The first process of a name space is not gone before all of its orphans are.
    """
    found = []
    for pid in set(tree_of(os.getpid())[1:]) - known:
        with contextlib.suppress(OSError, IndexError):
            state, parent = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
            if state != "Z":
                found.append(pid)
            elif int(parent) == os.getpid():
                os.waitpid(pid, os.WNOHANG)
    return found
