"""One trace from upload to gradebook, whatever became of the messages."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from grading.domain.errors import HouseFault
from grading.store import tracing
from grading.store.tables import GradePost, Run
from testing.lms import FakePlatform
from tests.store.course import SLUG, TOY, FakeJudge, Town
from worker.grading_run import grade_run
from worker.workplace import Announcer, Workplace


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What a collector would get."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("chainrule"))
    return exporter


def test_upload_grading_and_post_are_one_trace(town: Town, platform: FakePlatform, spans: InMemorySpanExporter):
    """The worker finds the trace in the row; no message carried it, and no code is in it."""
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        headers = {"Authorization": f"Bearer {town.tokens['ann']}"}
        path = f"/api/v1/assignments/{SLUG}/submissions"
        client.post(path, files=[("files", ("toy.py", b"secret_formula = 1\n"))], headers=headers)
    place = Workplace(town.settings, FakeJudge(), Announcer(lambda *_: True))
    place.leases.start()
    grade_run(place, "the sweep rang")
    with town.database.read() as db:
        place.passback.send(db.scalars(select(GradePost.id)).one())
    place.close()
    told = spans.get_finished_spans()

    assert [span.name for span in told] == ["submit", "grade", "post grade"]
    assert len({span.context.trace_id for span in told}) == 1
    assert "secret_formula" not in "".join(span.to_json() for span in told)


def test_without_a_collector_nothing_is_kept(town: Town):
    """The row has no trace, and nothing else changes."""
    with TestClient(create_app(town.settings, {SLUG: TOY}, pages=False)) as client:
        headers = {"Authorization": f"Bearer {town.tokens['ann']}"}
        path = f"/api/v1/assignments/{SLUG}/submissions"
        answer = client.post(path, files=[("files", ("toy.py", b"x = 1\n"))], headers=headers)
    with town.database.read() as db:
        assert (answer.status_code, db.scalars(select(Run.trace)).all()) == (202, [None])


def test_a_collector_without_an_exporter_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch):
    """Nobody believes that traces are kept when they are not."""
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:4318")
    with pytest.raises(HouseFault, match=r"chainrule\[traces\]"):
        tracing.begin("api")
