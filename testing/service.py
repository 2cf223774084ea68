"""A whole service in processes of its own, for measurements and for the acceptance tests."""

import contextlib
import os
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
STATES = "SELECT state, COUNT(*) FROM runs WHERE submission_id IN ({}) GROUP BY state"
TOKEN_PREFIX = "chr_"  # noqa: S105 - what a token begins with, none itself


class RunningService:
    """`chainrule serve --with-worker --demo` on a free port, with its state in a folder of its own.

    Args:
        state: where everything the service keeps lies; a second service on the same folder carries on.
        settings: more settings, as environment variables without their prefix.
        start_s: wall seconds until it must answer.
    """

    def __init__(self, state: Path, settings: Mapping[str, str] | None = None, *, start_s: float = 120.0) -> None:
        self.state = state
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        chosen = {f"CHAINRULE_{key}": value for key, value in (settings or {}).items()}
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}
        begin = time.monotonic()
        log = (state.parent / f"{state.name}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "serve", "--with-worker", "--demo", "--port", str(self.port)],
                cwd=ROOT,
                env=environment | {"CHAINRULE_STATE": str(state), "PYTHONUNBUFFERED": "1"} | chosen,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.token = self._token(begin + start_s)
        except BaseException:
            self.kill()
            raise
        self.started_in_s = time.monotonic() - begin

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        connection = sqlite3.connect(self.state / "chainrule.db", timeout=10.0)
        try:
            return connection.execute(query, parameters).fetchall()
        finally:
            connection.close()

    def enroll(self, count: int) -> list[str]:
        """That many new students in the demo course, each as a token."""
        from sqlalchemy import select

        from grading.store.access import STUDENT_SCOPES
        from grading.store.credentials import issue_token
        from grading.store.database import Database
        from grading.store.tables import Course, Enrollment, Role, User

        database = Database(f"sqlite:///{self.state / 'chainrule.db'}")
        try:
            with database.write() as db:
                course = db.scalars(select(Course)).first()
                if course is None:
                    raise RuntimeError("the demo course is not there")
                stamp = time.time_ns()
                users = [User(login=f"s{stamp}-{i}", name=f"Student {i}") for i in range(count)]
                db.add_all(users)
                db.flush()
                for user in users:
                    db.add(Enrollment(course_id=course.id, user_id=user.id, role=Role.STUDENT.value))
                return [issue_token(db, scopes=STUDENT_SCOPES, user_id=user.id) for user in users]
        finally:
            database.close()

    def stop(self, timeout_s: float = 30.0) -> None:
        """End it in good order."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._wait_for_the_end()

    def kill(self, *, alone: bool = False) -> None:
        """End it, and unless alone whatever it started, as a power failure does."""
        members = [self.process.pid] if alone else tree_of(self.process.pid)
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait_for_the_end()

    def _wait_for_the_end(self) -> None:
        self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self) -> None:
        stream = self.process.stdout
        if stream is not None:
            for line in stream:
                self._lines.put(line.strip())
        self._lines.put(None)

    def _token(self, until: float) -> str:
        while (left := until - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise RuntimeError(f"the service ended while starting; see {self.state}.log")
            if line.startswith(TOKEN_PREFIX):
                return line
        raise RuntimeError(f"the service printed no token in time; see {self.state}.log")


def wait_until_over(service: RunningService, ids: list[str], timeout_s: float = 600.0) -> dict[str, int]:
    """How many runs ended in which state, once none is queued or running."""
    query = STATES.format(",".join("?" * len(ids)))
    end = time.monotonic() + timeout_s
    while True:
        states = {str(state): int(count) for state, count in service.rows(query, *ids)}
        if not states.keys() & {"queued", "running"} or time.monotonic() > end:
            return states
        time.sleep(0.05)


class MemoryWatch:
    """The most memory that a process and all below it held together, sampled while the block runs.

    Attributes:
        peak_bytes: proportional set size: pages that several processes share are counted once.
    """

    def __init__(self, pid: int, every_s: float = 0.1) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._every_s = every_s
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._pid))
            self._over.wait(self._every_s)


def tree_bytes(pid: int) -> int:
    """Proportional set size of a process and all below it."""
    return sum(_pss(member) for member in tree_of(pid))


def tree_of(pid: int) -> list[int]:
    """A process and all below it, itself first."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            below.setdefault(parent, []).append(int(entry.name))
    members, waiting = [], [pid]
    while waiting:
        members.append(waiting.pop(0))
        waiting += below.get(members[-1], [])
    return members


def program_of(pid: int) -> Sequence[str]:
    """The words a process was started with."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ()


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
