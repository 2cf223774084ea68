"""During a deadline everything dies that can; afterwards each accepted submission has one grade, the right one."""

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from redis import Redis as Client
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from api.dispatcher import Dispatcher
from grading.domain.jobs import QUEUE_CPU
from grading.domain.report import Report
from grading.store.tables import Run
from testing.department import Coursework
from testing.servers import NotInstalledError, Redis
from testing.storm import Storm
from tests.store.course import POSTGRESQL, QUICK, SLUG, TOY, FakeJudge, Town, report_for
from tests.store.servers import redis_in
from worker.app import announcer_of, make_app
from worker.embedded import start

pytestmark = [pytest.mark.db, pytest.mark.slow]
on_postgresql = pytest.mark.parametrize("backend", [POSTGRESQL], indirect=True)

STUDENTS, EACH = 12, 3
WORK = Coursework(SLUG, TOY.files[0].name, b"right", b"wrong")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that may be killed."""
    redis = redis_in(tmp_path)
    yield redis
    redis.kill()


def until(holds: Callable[[], bool], within_s: float = 120.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def states(town: Town) -> dict[str, int]:
    """How many runs are in each state."""
    with town.database.read() as db:
        return dict(db.execute(select(Run.state, func.count()).group_by(Run.state)).all())


def undisturbed(wanted: Sequence[tuple[bytes, int]]) -> Iterable[Report]:
    """What the judge of these tests says when nothing happens to it."""
    return [report_for(content, seed=seed) for content, seed in wanted]


def test_nobody_loses_a_grade_and_nobody_gets_two(tmp_path: Path):
    """Workers, API, broker, database, wire and disk fail while a class submits, and no clock is right."""
    try:
        storm = Storm(tmp_path, WORK, "tests.chaos.household", undisturbed, QUICK)
    except NotInstalledError as error:
        pytest.skip(f"needs the programs {error}")
    with storm:
        seen = storm.rage(STUDENTS, EACH, 1)

    assert seen.harm == {}
    assert seen.accepted == STUDENTS * EACH
    assert len(seen.disasters) >= 9


@on_postgresql
def test_one_grading_goes_through_redis(town: Town, redis: Redis):
    """Upload, message in Redis, worker, report: the message is what wakes the worker, for its sweep is far away."""
    town.settings.broker_url = redis.url
    town.settings.sweep_s = 3600
    judge = FakeJudge()
    worker = start(town.settings, judge)
    try:
        with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
            headers = {"Authorization": f"Bearer {town.tokens['ann']}"}
            path = f"/api/v1/assignments/{SLUG}/submissions"
            told = client.post(path, files=[("files", ("toy.py", b"x = 1\n"))], headers=headers)
            until(lambda: states(town) == {"graded": 1})
            assert client.get("/readyz").json()["broker"] is True
        # Late second deliveries.
        app = make_app(town.settings)
        with town.database.read() as db:
            announcer_of(app).runs([(run_id, QUEUE_CPU) for run_id in db.scalars(select(Run.id)) for _ in range(2)])
        app.close()
    finally:
        worker.stop()

    assert told.status_code == 202
    assert len(judge.graded) == 1


@on_postgresql
def test_what_is_in_a_message_is_an_id_and_nothing_else(town: Town, redis: Redis):
    """JSON, one id, no names, no code; nobody is there to take it."""
    town.settings.broker_url = redis.url
    dispatcher = Dispatcher(town.settings)
    dispatcher.runs([("0192-run", "cpu")])
    dispatcher.close()
    with contextlib.closing(Client.from_url(redis.url)) as client:
        (message,) = [json.loads(raw) for raw in client.lrange("cpu", 0, -1)]
    assert message["content-type"] == "application/json"
    body = json.loads(base64.b64decode(message["body"]))

    assert body[:2] == [["0192-run"], {}]
