"""The worker as `make run` has it: threads in the service's process, a transport in memory, rows in the database."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from grading.domain.errors import HouseFault
from grading.store.blobs import Blobs
from grading.store.tables import ReportRow, Run
from tests.store.course import SLUG, TOY, FakeJudge, Town, found, submit
from tests.store.servers import redis_in
from worker.embedded import Worker, start

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture
def judge() -> FakeJudge:
    """A judge that grades by the first word."""
    return FakeJudge()


@pytest.fixture
def worker(town: Town, judge: FakeJudge) -> Iterator[Worker]:
    """A worker in this process."""
    worker = start(town.settings, judge)
    yield worker
    worker.stop()


def until(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def states(town: Town) -> dict[str, int]:
    """How many runs are in each state."""
    with town.database.read() as db:
        return dict(db.execute(select(Run.state, func.count()).group_by(Run.state)).all())


def test_fifty_submissions_at_once_are_all_graded(town: Town, worker: Worker, judge: FakeJudge):
    """Over HTTP, through the queue, into the database: none lost, none twice."""

    def one(i: int) -> int:
        login = ("ann", "ben", "cyd")[i % 3]
        return client.post(
            f"/api/v1/assignments/{SLUG}/submissions",
            files=[("files", ("toy.py", f"x = {i}\n".encode()))],
            headers={"Authorization": f"Bearer {town.tokens[login]}"},
        ).status_code

    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client, ThreadPoolExecutor(16) as pool:
        assert set(pool.map(one, range(50))) == {202}
        until(lambda: states(town) == {"graded": 50})
    with town.database.read() as db:
        assert db.scalar(select(func.count()).select_from(ReportRow)) == 50

    assert len(judge.graded) == 50


def test_a_reader_of_events_sees_the_grade_come(town: Town, worker: Worker, judge: FakeJudge):
    """The stream is open before the grading, and ends with it."""
    judge.seconds = 0.3
    headers = {"Authorization": f"Bearer {town.tokens['ann']}"}
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        told = client.post(
            f"/api/v1/assignments/{SLUG}/submissions", files=[("files", ("toy.py", b"x = 1\n"))], headers=headers
        ).json()
        text = client.get(told["links"]["events"], headers=headers).text

    assert [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event")] == [
        "queued",
        "running",
        "graded",
    ]


def test_what_waited_while_nobody_was_there_is_graded_at_the_next_start(town: Town, judge: FakeJudge):
    """No message was ever sent: the rows are the jobs."""
    for login in ("ann", "ben", "cyd"):
        submit(town, login, b"right", Blobs(town.settings.blob_dir))
    worker = start(town.settings, judge)
    until(lambda: states(town) == {"graded": 3})
    worker.stop()

    assert judge.closed


def test_a_fault_of_ours_is_retried_by_itself(town: Town, worker: Worker, judge: FakeJudge):
    """After a pause, without anybody asking."""
    judge.faults.append(HouseFault("once"))
    submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
    until(lambda: states(town) == {"graded": 1})

    assert len(judge.graded) == 2


def test_stopping_finishes_what_is_being_graded_and_leaves_no_thread(town: Town, judge: FakeJudge):
    """A warm stop; starting again in the same process works."""
    judge.seconds = 3.0  # long enough to be seen running on a busy machine
    before = set(threading.enumerate())
    for login in ("ann", "ben"):
        worker = start(town.settings, judge)
        submit(town, login, b"right", Blobs(town.settings.blob_dir))
        until(lambda: states(town).get("running", 0) == 1)
        worker.stop()
    left = {thread for thread in threading.enumerate() if thread.is_alive()} - before

    assert states(town) == {"graded": 2}
    assert not left


def test_a_killed_worker_loses_nothing(town: Town, judge: FakeJudge, tmp_path: Path):
    """Kill -9 in the middle of a grading: the next start takes the run back at once and grades it, same seed."""
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from grading.store.settings import Settings
        from tests.store.course import FakeJudge
        from worker.standalone import run
        settings = Settings(state=Path(sys.argv[1]), database_url=sys.argv[2], heartbeat_s=0.2, lease_s=600)
        run(settings, FakeJudge(seconds=600))
        """
    )
    town.database.close()
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), town.settings.database_url], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        run = submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
        until(lambda: states(town) == {"running": 1})
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert states(town) == {"running": 1}
    worker = start(town.settings, judge)
    until(lambda: states(town) == {"graded": 1})
    worker.stop()

    assert judge.graded == [run.seed]


def test_a_worker_of_its_own_stops_on_sigterm(town: Town, tmp_path: Path):
    """It finishes, leaves nothing claimed, and ends with 0; its log says which message it was about which run."""
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from grading.store.settings import Settings
        from tests.store.course import FakeJudge
        from worker.standalone import run
        run(Settings(state=Path(sys.argv[1]), database_url=sys.argv[2], heartbeat_s=0.2), FakeJudge(seconds=0.3))
        """
    )
    log = tmp_path / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), town.settings.database_url], cwd=ROOT, stderr=errors
        )
    try:
        run = submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
        until(lambda: states(town).get("running", 0) == 1 or states(town) == {"graded": 1})
        process.terminate()
        code = process.wait(60)
    finally:
        process.kill()
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]

    assert code == 0
    assert states(town) == {"graded": 1}
    (told,) = [line for line in lines if line["event"] == "run graded"]
    assert told["run_id"] == run.id
    assert told["task_id"]


def test_a_worker_stops_while_its_broker_is_away(tmp_path: Path):
    """Waiting for a broker that does not come back is no reason to stay; so nobody has to kill a worker in repair."""
    redis = redis_in(tmp_path)
    town = found(tmp_path / "town", broker_url=redis.url)
    worker = start(town.settings, FakeJudge())
    try:
        submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
        until(lambda: states(town) == {"graded": 1})
        redis.kill()
        time.sleep(3)  # the first pause between tries to connect is over, the second has begun
    finally:
        stopping = threading.Thread(target=worker.stop, daemon=True)
        stopping.start()
        stopping.join(60)
        redis.kill()

    assert not stopping.is_alive()
    town.end()


def test_neither_api_nor_worker_loads_torch():
    """They start in a moment and stay small."""
    program = "import sys, api.app, worker.embedded, worker.standalone; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)

    assert done.returncode == 0
