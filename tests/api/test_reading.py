"""Reading over HTTP: submissions, reports, figures, events, results, regrades."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from grading.store import reports, runs
from grading.store.blobs import Blobs
from grading.store.tables import Run, User, WorkerRow, now
from tests.store.course import PIXEL, PIXEL_NAME, SLUG, Town, report_for, submit

HERE = f"/api/v1/assignments/{SLUG}"


def bearer(town: Town, login: str) -> dict[str, str]:
    """The header with somebody's token."""
    return {"Authorization": f"Bearer {town.tokens[login]}"}


def finish(town: Town, run_id: str, content: bytes) -> None:
    """Grade a waiting run."""
    Blobs(town.settings.blob_dir).write(PIXEL)
    with town.database.write() as db:
        claimed = runs.claim(db, run_id, "w", timedelta(seconds=30))
        reports.store(db, claimed, report_for(content), [PIXEL_NAME], graded_at=now())


@pytest.fixture
def graded(town: Town) -> tuple[Town, Run]:
    """Ann submitted something wrong and was graded."""
    run = submit(town, "ann", b"wrong", Blobs(town.settings.blob_dir))
    finish(town, run.id, b"wrong")
    return town, run


def events(text: str) -> list[tuple[str, str]]:
    """Ids and names of server-sent events."""
    blocks = [block for block in text.split("\n\n") if "event:" in block]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(one["id"], one["event"]) for one in fields]


def test_a_report_is_shown_as_far_as_its_reader_may_see(graded: tuple[Town, Run], client: TestClient):
    """The student's has no integrity and no seed, the staff's has."""
    town, run = graded
    path = f"/api/v1/submissions/{run.submission_id}/report"
    student = client.get(path, headers=bearer(town, "ann")).json()
    staff = client.get(path, headers=bearer(town, "teacher")).json()

    assert (student["integrity"], student["run"]["seed"]) == ([], None)
    assert staff == report_for(b"wrong").to_json()
    assert student["score"] == staff["score"] == 4.0


def test_there_is_no_report_before_there_is_one(town: Town, client: TestClient):
    """409 with the state, so that a client knows to wait."""
    run = submit(town, "ann")
    response = client.get(f"/api/v1/submissions/{run.submission_id}/report", headers=bearer(town, "ann"))

    assert (response.status_code, response.json()["code"]) == (409, "no-report")


def test_figures_are_inert_pictures(graded: tuple[Town, Run], client: TestClient):
    """As PNG only, never sniffed, never scripted; for those who see the report."""
    town, run = graded
    path = f"/api/v1/submissions/{run.submission_id}/figures/{PIXEL_NAME}"
    response = client.get(path, headers=bearer(town, "ann"))

    assert (response.content, response.headers["content-type"]) == (PIXEL, "image/png")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert client.get(path, headers=bearer(town, "ben")).status_code == 404
    assert client.get(path[:-64] + "0" * 64, headers=bearer(town, "ann")).status_code == 404


def test_files_come_back_as_they_were_submitted(graded: tuple[Town, Run], client: TestClient):
    """As a download, whatever they pretend to be."""
    town, run = graded
    response = client.get(f"/api/v1/submissions/{run.submission_id}/files/toy.py", headers=bearer(town, "ann"))

    assert response.content == b"wrong"
    assert response.headers["content-disposition"] == "attachment"
    assert response.headers["content-type"] == "application/octet-stream"


def test_events_are_sent_in_order_and_end_with_the_grade(graded: tuple[Town, Run], client: TestClient):
    """Each with an id and the state."""
    town, run = graded
    response = client.get(f"/api/v1/submissions/{run.submission_id}/events", headers=bearer(town, "ann"))

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [name for _, name in events(response.text)] == ["queued", "running", "graded"]
    assert '"state": "graded"' in response.text or '"state":"graded"' in response.text


def test_events_resume_after_the_last_one_seen(graded: tuple[Town, Run], client: TestClient):
    """A reader that was cut off misses nothing and sees nothing twice."""
    town, run = graded
    path = f"/api/v1/submissions/{run.submission_id}/events"
    whole = events(client.get(path, headers=bearer(town, "ann")).text)
    rest = events(client.get(path, headers={**bearer(town, "ann"), "Last-Event-ID": whole[0][0]}).text)
    after_all = client.get(path, headers={**bearer(town, "ann"), "Last-Event-ID": whole[-1][0]})

    assert rest == whole[1:]
    assert (after_all.status_code, events(after_all.text)) == (200, [])


def test_events_of_others_do_not_exist(graded: tuple[Town, Run], client: TestClient):
    """404 before a stream begins; a strange id is refused."""
    town, run = graded
    path = f"/api/v1/submissions/{run.submission_id}/events"

    assert client.get(path, headers=bearer(town, "ben")).status_code == 404
    assert client.get(path, headers={**bearer(town, "ann"), "Last-Event-ID": "x"}).status_code == 422


def test_results_are_paged_by_links(graded: tuple[Town, Run], client: TestClient):
    """`Link` leads from page to page until the last."""
    town, _ = graded
    for login in ("ben", "cyd"):
        finish(town, submit(town, login).id, b"right")
    seen, path = [], f"{HERE}/results?limit=1&sort=score&order=desc"
    while path:
        response = client.get(path, headers=bearer(town, "teacher"))
        seen += [item["login"] for item in response.json()["items"]]
        path = response.links.get("next", {}).get("url")

    assert sorted(seen[:2]) == ["ben", "cyd"]
    assert seen[2:] == ["ann"]


def test_results_as_csv_are_safe_to_open(graded: tuple[Town, Run], client: TestClient):
    """A name that begins like a formula is no formula."""
    town, _ = graded
    with town.database.write() as db:
        db.get_one(User, town.users["ann"]).name = '=HYPERLINK("http://evil")'
    response = client.get(f"{HERE}/results", headers={**bearer(town, "teacher"), "Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(response.text))

    assert response.headers["content-type"].startswith("text/csv")
    assert row["name"] == '\'=HYPERLINK("http://evil")'
    assert (row["login"], row["score"], row["first"], row["second"]) == ("ann", "4", "4", "0")


@pytest.mark.parametrize(
    "name",
    [
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1",
        '"=1',
        "a,=1",
        "a\n=1",
    ],
)
def test_no_cell_of_the_csv_begins_like_a_formula(graded: tuple[Town, Run], client: TestClient, name: str):
    """However it is hidden; and no name gets out of its cell."""
    town, _ = graded
    with town.database.write() as db:
        db.get_one(User, town.users["ann"]).name = name
    response = client.get(f"{HERE}/results", headers={**bearer(town, "teacher"), "Accept": "text/csv"})
    (row,) = csv.DictReader(io.StringIO(response.text, newline=""))

    assert row["name"].removeprefix("'") == name
    assert row["name"].lstrip()[:1] not in set("=+-@＝")


def test_a_bad_cursor_is_refused(graded: tuple[Town, Run], client: TestClient):
    """422, not the first page."""
    response = client.get(f"{HERE}/results?cursor=zzz", headers=bearer(graded[0], "teacher"))

    assert (response.status_code, response.json()["code"]) == (422, "bad-cursor")


def test_assignments_tell_what_can_be_submitted(town: Town, client: TestClient):
    """Files, limits, points and starter files; only of one's own courses."""
    (told,) = client.get("/api/v1/assignments", headers=bearer(town, "ann")).json()["items"]
    starter = client.get(told["starter"][0]["href"], headers=bearer(town, "ann"))

    assert (told["slug"], told["points"], [f["name"] for f in told["files"]]) == (SLUG, 10.0, ["toy.py"])
    assert [criterion["possible"] for criterion in told["criteria"]] == [4.0, 6.0]
    assert starter.content.startswith(b'"""A small course')
    assert client.get(f"{HERE}/starter/conftest.py", headers=bearer(town, "ann")).status_code == 404
    assert client.get("/api/v1/assignments", headers=bearer(town, "stranger")).json() == {"items": []}


def test_a_regrade_goes_from_dry_run_to_applied(graded: tuple[Town, Run], client: TestClient):
    """Start, look at the difference, apply; the student's score follows only then."""
    town, run = graded
    staff, mine = bearer(town, "teacher"), f"/api/v1/submissions/{run.submission_id}"
    started = client.post(f"{HERE}/regrades", headers=staff, json={"reason": "fixed the rubric"})
    assert started.status_code == 202
    with town.database.read() as db:
        (waiting,) = [run_id for run_id, _ in runs.waiting(db, queues=["cpu-bulk"])]
    assert client.post(started.json()["links"]["apply"], headers=staff).status_code == 409
    finish(town, waiting, b"right")
    dry = client.get(started.headers["location"], headers=staff).json()
    before = client.get(mine, headers=bearer(town, "ann")).json()["score"]
    applied = client.post(dry["links"]["apply"], headers=staff)
    after = client.get(mine, headers=bearer(town, "ann")).json()["score"]

    assert [(c["old_score"], c["new_score"]) for c in dry["changes"]] == [(4.0, 10.0)]
    assert (before, applied.status_code, after) == (4.0, 200, 10.0)
    assert client.get(f"{HERE}/regrades", headers=staff).json()["items"][0]["reason"] == "fixed the rubric"


def test_a_waiting_submission_can_be_cancelled(town: Town, client: TestClient):
    """By the link that the submission names; a graded one cannot."""
    run = submit(town, "ann")
    told = client.get(f"/api/v1/submissions/{run.submission_id}", headers=bearer(town, "ann")).json()
    cancelled = client.post(told["links"]["cancel"], headers=bearer(town, "ann"))

    assert cancelled.json()["state"] == "cancelled"
    assert client.post(told["links"]["cancel"], headers=bearer(town, "ben")).status_code == 404


def test_a_platforms_token_reads_grades_and_nothing_else(graded: tuple[Town, Run], client: TestClient):
    """It speaks for no person."""
    town, run = graded
    platform = bearer(town, "platform")
    (told,) = client.get(f"{HERE}/grades", headers=platform).json()["items"]

    assert (told["login"], told["grade"]) == ("ann", 4.0)
    assert client.get(f"{HERE}/results", headers=platform).status_code == 403
    assert client.get(f"/api/v1/submissions/{run.submission_id}", headers=platform).status_code == 403


def test_metrics_are_readable_and_name_no_ids(graded: tuple[Town, Run], client: TestClient):
    """Routes are counted by template: a scanner cannot fill the memory."""
    town, run = graded
    client.get(f"/api/v1/submissions/{run.submission_id}", headers=bearer(town, "ann"))
    client.get("/made/up/path")
    told = client.get("/metrics").text

    assert 'chainrule_queue_depth{queue="cpu"} 0.0' in told
    assert 'chainrule_runs{blame="nobody",state="graded"} 1.0' in told
    assert run.submission_id not in told
    assert "made" not in told


def test_logs_have_neither_tokens_nor_code(graded: tuple[Town, Run], client: TestClient, capsys):
    """Whatever is asked and whatever breaks."""
    town, run = graded
    for path in (f"/api/v1/submissions/{run.submission_id}/report", f"{HERE}/results", "/nope"):
        client.get(path, headers=bearer(town, "ann"))
    written = "".join(capsys.readouterr())

    assert not [token for token in town.tokens.values() if token in written]


def test_unforeseen_faults_are_problems_without_details(town: Town, client: TestClient, monkeypatch):
    """500, a request id to ask about, and nothing of the inside."""
    from api.routes import assignments

    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(assignments, "my_offerings", broken)
    response = client.get("/api/v1/assignments", headers=bearer(town, "ann"))

    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert "the inside" not in response.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/v1/nope", 404), ("PATCH", "/healthz", 405)])
def test_routes_that_are_not_there_are_problems(client: TestClient, method: str, path: str, status: int):
    """404 and 405 look like every other problem."""
    response = client.request(method, path)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert response.json()["status"] == status


def test_a_clients_request_id_is_kept_if_it_is_harmless(client: TestClient):
    """So that both sides' logs can be put together; nonsense gets a new one."""
    kept = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"}).headers["x-request-id"]
    replaced = client.get("/healthz", headers={"X-Request-ID": "a b\tc{}"}).headers["x-request-id"]

    assert kept == "abc-12345678"
    assert replaced.isalnum()


def test_the_description_is_complete(client: TestClient):
    """Every route of the contract is there, and every problem has the same form."""
    told = client.get("/api/openapi.json").json()

    assert {
        "/api/v1/assignments",
        "/api/v1/assignments/{slug}",
        "/api/v1/assignments/{slug}/submissions",
        "/api/v1/assignments/{slug}/results",
        "/api/v1/assignments/{slug}/regrades",
        "/api/v1/submissions/{submission_id}",
        "/api/v1/submissions/{submission_id}/report",
        "/api/v1/submissions/{submission_id}/events",
        "/healthz",
        "/readyz",
        "/metrics",
    } <= set(told["paths"])
    assert "ProblemOut" in json.dumps(told["components"])


def test_readiness_tells_what_the_sandboxes_hold(town: Town, client: TestClient):
    """The weakest worker counts; one that is silent does not, and without any there is nothing to tell."""
    assert client.get("/readyz").json()["sandbox"] is None
    holds = [{"name": "landlock", "holds": True, "detail": ""}]
    fails = [{"name": "landlock", "holds": False, "detail": "no such call"}]
    with town.database.write() as db:
        for owner, tier, layers in (("a", "full", holds), ("b", "contained", fails)):
            db.add(WorkerRow(owner=owner, name=owner, queues="cpu", tier=tier, layers=layers))
        db.add(
            WorkerRow(
                owner="c", name="c", queues="cpu", tier="none", layers=[], seen_at=datetime(2026, 1, 1, tzinfo=UTC)
            )
        )
    told = client.get("/readyz")

    assert told.status_code == 200
    assert told.json()["sandbox"] == {"tier": "contained", "layers": {"landlock": False}}
