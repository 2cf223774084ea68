"""What somebody who reaches the broker could put into a queue: it is no way to run code or to change a grade."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Producer

from grading.domain.jobs import GRADE_RUN
from grading.store.blobs import Blobs
from tests.store.course import FakeJudge, Town, submit
from tests.worker.test_embedded import states, until
from worker.embedded import Worker, start

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PICKLED = "application/x-python-serialize"


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


def put(town: Town, body: bytes, kind: str, task: str = GRADE_RUN) -> None:
    """A message in the queue of runs, as a stranger would write it."""
    headers = {"lang": "py", "task": task, "id": "stranger", "root_id": "stranger", "argsrepr": "", "kwargsrepr": ""}
    with Connection(town.settings.broker_url) as connection:
        encoding = "binary" if kind == PICKLED else "utf-8"
        Producer(connection).publish(
            body, content_type=kind, content_encoding=encoding, routing_key="cpu", headers=headers
        )


def bomb(path: Path) -> bytes:
    """A pickle that makes a file when it is read."""
    return f"cos\nsystem\n(S'touch {path}'\ntR.".encode()


def test_a_message_that_is_code_is_not_run(town: Town, worker: Worker, judge: FakeJudge, tmp_path: Path) -> None:
    """It is thrown away unread, and the next run is graded."""
    put(town, bomb(tmp_path / "escaped"), PICKLED)
    submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
    until(lambda: states(town) == {"graded": 1})
    reads = "import pickle, sys; pickle.loads(sys.stdin.buffer.read())"
    subprocess.run([sys.executable, "-c", reads], input=bomb(tmp_path / "as_it_would"), check=True)

    assert worker
    assert len(judge.graded) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file() and "esc" in path.name] == []
    assert (tmp_path / "as_it_would").exists()


@pytest.mark.parametrize(
    ("body", "task"),
    [
        (b'[["no-such-run"], {}, {}]', GRADE_RUN),
        (b'[["\' OR 1=1 --"], {}, {}]', GRADE_RUN),
        (b'[["../../etc/passwd"], {}, {}]', GRADE_RUN),
        (b'[[["a", "list"]], {}, {}]', GRADE_RUN),
        (b'[[], {"run_id": null, "seed": 7}, {}]', GRADE_RUN),
        (b'[["a", "b", "c"], {}, {}]', GRADE_RUN),
        (b"not json", GRADE_RUN),
        (b"[" * 100_000, GRADE_RUN),
        (b'[["x"], {}, {"chord": {"task": "os.system"}}]', "os.system"),
    ],
)
def test_a_message_about_no_run_of_ours_is_ignored(
    town: Town, worker: Worker, judge: FakeJudge, body: bytes, task: str
) -> None:
    """Whatever it says, it changes nothing, and the next run is graded."""
    put(town, body, "application/json", task)
    submit(town, "ann", b"right", Blobs(town.settings.blob_dir))
    until(lambda: states(town) == {"graded": 1})

    assert worker
    assert len(judge.graded) == 1
