"""The service as a department runs it: an API and workers as processes, on PostgreSQL and Redis.

Run as a program it is one of those processes: `python -m testing.department api|worker SETTINGS SECONDS`, where
SECONDS is how wrong that machine's clock is.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Self

import httpx2

from grading.domain.assignment import Assignment
from grading.domain.submission import Submission, SubmittedFile
from grading.store.database import Database
from grading.store.settings import Settings
from testing.service import ROOT

SLUG = "small"
FILE = "layers.py"
TEMPLATE = ROOT / "cli" / "template"
IN_FLIGHT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Coursework:
    """What the class submits: one file, and every third one is wrong.

    Attributes:
        slug, file: the assignment's, and the name under which it wants its one file.
        right, wrong: bytes; a line that says whose they are is added.
    """

    slug: str
    file: str
    right: bytes
    wrong: bytes

    def content(self, student: int, attempt: int) -> bytes:
        """That student's file at that attempt; no two are the same."""
        source = self.wrong if (student + attempt) % 3 == 0 else self.right
        return source + f"\n# {student} {attempt}\n".encode()

    def submission(self, content: bytes) -> Submission:
        """As the judge is given it."""
        return Submission((SubmittedFile(self.file, content),))


def small_assignment(folder: Path) -> Coursework:
    """The template of `chainrule assignment new`, as an assignment of a class: two functions of NumPy.

    Args:
        folder: where the assignment is put; not yet there.
    """
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*"):
        if path.suffix in {".py", ".toml"}:
            path.write_text(path.read_text(encoding="utf-8").replace("new-assignment", SLUG), encoding="utf-8")
    right = (folder / "samples" / "right" / FILE).read_bytes()
    return Coursework(SLUG, FILE, right, right.replace(b"x @ w + b", b"x @ w"))


class Member:
    """One process of the department: started, killed, started again.

    Args:
        program: the module that is run.
        role: "api" or "worker".
        settings: its own.
        folder: for its log and its temporary files.
        name: for the log.
    """

    def __init__(self, program: str, role: str, settings: Settings, folder: Path, name: str) -> None:
        self._program, self._role, self.settings = program, role, settings
        self._log = folder / f"{name.replace(' ', '-')}.log"
        self._temporary = folder / "tmp"
        self._temporary.mkdir(exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        """Its process id.

        Raises:
            RuntimeError: it does not run.
        """
        if self.process is None:
            raise RuntimeError("this member was never started")
        return self.process.pid

    def start(self, clock_off_s: float = 0.0) -> None:
        """Start, with a clock that is so many seconds off; it is ready some time later."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHAINRULE_")}
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._program, self._role, self.settings.model_dump_json(), str(clock_off_s)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=kept | {"TMPDIR": str(self._temporary)},
            )

    def says(self, words: str) -> bool:
        """Whether its log has had these words since it was last started."""
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            return words.encode() in log.read()

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self, within_s: float = 60.0) -> int:
        """Ask it to leave; its exit code.

        Raises:
            subprocess.TimeoutExpired: it did not leave.
        """
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(within_s)


@cache
def _client() -> httpx2.Client:
    """One for all threads: making one reads the certificates of the whole world, which takes as long as a grading."""
    client = httpx2.Client(timeout=30, trust_env=False)
    atexit.register(client.close)
    return client


def submit(address: str, token: str, work: Coursework, content: bytes, *, key: str, until: float) -> str:
    """Submit over HTTP as a patient client does, whatever becomes of the service meanwhile; the submission's id.

    Raises:
        RuntimeError: refused for good, or no answer until that moment (`time.monotonic`).
    """
    url = f"{address}/api/v1/assignments/{work.slug}/submissions"
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    while True:
        try:
            files = [("files", (work.file, content))]
            answer = _client().post(url, files=files, headers=headers)
            if answer.status_code == httpx2.codes.ACCEPTED:
                return str(answer.json()["id"])
            # 409: the API died with this key in its hands; the key is free again after a while.
            if answer.status_code not in {409, 500, 503, 507}:
                raise RuntimeError(f"refused: {answer.status_code} {answer.text[:300]}")
        except httpx2.TransportError:
            pass
        if time.monotonic() > until:
            raise RuntimeError("no answer in time")
        time.sleep(0.1)


class Enrolled:
    """A course with one offering and a class, in a database of this version.

    Args:
        settings: where the database is; it is migrated.
        work: the assignment.
        students: how many.

    Attributes:
        offering, course: ids.
        tokens: one for each student.
    """

    def __init__(self, settings: Settings, work: Coursework, students: int) -> None:
        import migrations
        from grading.store import access
        from grading.store.credentials import issue_token
        from grading.store.ids import new_id
        from grading.store.tables import Course, Enrollment, Offering, Role, User

        migrations.upgrade(settings.database)
        self.database = Database.open(settings)
        self.course, self.offering = new_id(), new_id()
        with self.database.write() as db:
            db.add(Course(id=self.course, slug="course", title="A Course"))
            db.flush()
            db.add(
                Offering(id=self.offering, course_id=self.course, slug=work.slug, rubric_slug=work.slug, title="Small")
            )
            people = [User(id=new_id(), login=f"s{n}", name=f"Student {n}") for n in range(students)]
            db.add_all(people)
            db.flush()
            db.add_all(
                Enrollment(course_id=self.course, user_id=person.id, role=Role.STUDENT.value, lms_user_id=f"lms-{n}")
                for n, person in enumerate(people)
            )
            db.flush()
            self.tokens = [issue_token(db, scopes=access.STUDENT_SCOPES, user_id=person.id) for person in people]

    def states(self) -> Mapping[str, int]:
        """How many runs are in each state."""
        from sqlalchemy import func, select

        from grading.store.tables import Run

        with self.database.read() as db:
            counts = db.execute(select(Run.state, func.count()).group_by(Run.state))
            return {row[0]: row[1] for row in counts}

    def add_column(self, settings: Settings, address: str, maximum: Decimal) -> "object":
        """Let the offering's grades go to a learning platform there; the public key of what signs for it."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from grading.store.lms import add_line_item, private_key, register_platform
        from grading.store.tables import Offering

        with self.database.write() as db:
            row = register_platform(
                db,
                settings,
                issuer=address,
                client_id="chainrule",
                token_url=f"{address}/token",
                token_audience=f"{address}/audience",
            )
            offering = db.get_one(Offering, self.offering)
            add_line_item(
                db, row, offering, url=f"{address}/lineitems/1/lineitem", label="Small", score_maximum=maximum
            )
            return load_pem_private_key(private_key(settings, row), None).public_key()

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


class _Clock(datetime):
    """A clock that is wrong by as much as the class says."""

    off = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The moment, wrong."""
        return super().now(tz) + cls.off


def set_clock(off_s: float) -> None:
    """Let all times that this process writes be wrong by so many seconds."""
    from grading.store.tables import base

    _Clock.off = timedelta(seconds=off_s)
    setattr(base, "datetime", _Clock if off_s else datetime)  # noqa: B010  # no part of its interface


def run_api(settings: Settings, assignments: Mapping[str, Assignment]) -> None:
    """Be the API until SIGTERM."""
    import uvicorn

    from api import actions
    from api.app import create_app
    from grading.store.logs import log_as_json

    log_as_json()
    actions.IN_FLIGHT_FOR = IN_FLIGHT
    app = create_app(settings, assignments, pages=False)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


def run_worker(settings: Settings) -> None:
    """Be a worker with the judge of this installation until SIGTERM."""
    from cli.serving import starter_of
    from worker import standalone

    standalone.run(settings, starter_of(settings))


def main(
    words: Sequence[str],
    assignments: Mapping[str, Assignment] | None = None,
    work: Callable[[Settings], None] = run_worker,
) -> None:
    """Be one member.

    Args:
        words: role, settings as JSON, seconds by which the clock is wrong.
        assignments: what the API takes; None: those that the settings name.
        work: how to be a worker.
    """
    role, told, clock_off_s = words
    settings = Settings(**json.loads(told))
    set_clock(float(clock_off_s))
    if role == "worker":
        work(settings)
        return
    from grading.assignments.catalog import catalog

    run_api(settings, catalog(settings.assignment_dirs) if assignments is None else assignments)


if __name__ == "__main__":
    main(sys.argv[1:])
