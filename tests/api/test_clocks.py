"""The service's own clock decides when something was submitted."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from grading.store.lateness import late_days
from grading.store.tables import Offering, SubmissionRow, now
from tests.store.course import SLUG, Town

LONG_AGO = "2001-01-01T00:00:00+00:00"
TIMES = ("accepted_at", "submitted_at", "created_at", "timestamp", "date", "due_at")


def test_nothing_that_a_client_says_moves_the_time_of_a_submission(town: Town, client: TestClient) -> None:
    """Neither headers nor form fields nor the address: a late submission is late."""
    with town.database.write() as db:
        offering = db.get_one(Offering, town.offering)
        offering.due_at, offering.late_percent_per_day = now() - timedelta(hours=1), Decimal(10)
    before = now()
    answer = client.post(
        f"/api/v1/assignments/{SLUG}/submissions",
        params=dict.fromkeys(TIMES, LONG_AGO),
        data=dict.fromkeys(TIMES, LONG_AGO),
        files=[("files", ("toy.py", b"x = 1\n"))],
        headers={
            "Authorization": f"Bearer {town.tokens['ann']}",
            "Date": "Mon, 01 Jan 2001 00:00:00 GMT",
            "X-Submitted-At": LONG_AGO,
            "If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT",
        },
    )

    assert answer.status_code == 202
    with town.database.read() as db:
        row = db.get_one(SubmissionRow, answer.json()["id"])
        due = db.get_one(Offering, town.offering).due_at
    assert before <= row.accepted_at <= now()
    assert late_days(row.accepted_at, due) == 1
    assert datetime.fromisoformat(answer.json()["accepted_at"]) == row.accepted_at


@pytest.mark.parametrize(
    "zone", [timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)), ZoneInfo("Europe/Oslo")]
)
def test_a_due_date_is_a_moment_and_not_a_clocks_reading(zone: timezone | ZoneInfo) -> None:
    """In the hour that a clock shows twice, and wherever it hangs: later than the moment is late, by whole days."""
    # At 01:00 UTC clocks in Oslo went back from 03:00 to 02:00: 02:30 was there twice, an hour apart.
    due = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    same = due.astimezone(zone)

    assert late_days(due, same) == 0
    assert late_days(due + timedelta(seconds=1), same) == 1
    assert late_days((due + timedelta(hours=1)).astimezone(zone), same) == 1
    assert late_days((due - timedelta(seconds=1)).astimezone(zone), same) == 0
    assert late_days((due + timedelta(hours=24)).astimezone(zone), same) == 1
    assert late_days((due + timedelta(hours=24, seconds=1)).astimezone(zone), same) == 2
