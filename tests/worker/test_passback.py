"""Passback against a platform that is as strict as the real ones together."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import httpx2
import pytest
from sqlalchemy import select

from grading.store import reports, runs
from grading.store.tables import GradebookEntry, GradePost, LineItem, Platform, now
from testing.lms import FakePlatform
from tests.store.course import Town, report_for, submit
from worker.lms import Guarded, Unsafe, refuse_unsafe, score_url
from worker.passback import MAX_TRIES, Passback

pytestmark = pytest.mark.slow


@pytest.fixture
def passback(town: Town) -> Iterator[Passback]:
    """What sends."""
    passback = Passback(town.settings, town.database)
    yield passback
    passback.close()


def grade(town: Town, content: bytes, login: str = "ann") -> str:
    """Submit and grade; the id of the post that waits."""
    run = submit(town, login, content)
    with town.database.write() as db:
        claimed = runs.claim(db, run.id, "w", timedelta(seconds=30))
        (post_id,) = reports.store(db, claimed, report_for(content), [], graded_at=now()).posts
    return post_id


def post(town: Town, post_id: str) -> GradePost:
    """The post as it is now."""
    with town.database.read() as db:
        return db.get_one(GradePost, post_id)


def due(town: Town, post_id: str) -> None:
    """Let the pause be over."""
    with town.database.write() as db:
        db.get_one(GradePost, post_id).next_try_at = now() - timedelta(seconds=1)


def test_a_score_arrives_as_the_standard_has_it(town: Town, platform: FakePlatform, passback: Passback):
    """The path is extended and the query kept; the media type is exact; the token was earned by a signed assertion."""
    post_id = grade(town, b"wrong")
    passback.send(post_id)
    ((path, score),) = platform.seen

    assert post(town, post_id).state == "sent"
    assert path == "/lineitems/12/lineitem/scores?type_id=3"
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("lms-ann", 4.0, 10.0)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert score["timestamp"].endswith("Z")
    assert "." in score["timestamp"]
    assert score["submission"]["submittedAt"] <= score["timestamp"]
    assert "/submissions/" in score["comment"]


def test_zero_is_a_score(town: Town, platform: FakePlatform, passback: Passback):
    """Nothing is left out because it is falsy."""
    post_id = grade(town, b"wrong")
    with town.database.write() as db:
        db.get_one(GradePost, post_id).score = Decimal(0)
    passback.send(post_id)

    assert platform.scores[0]["scoreGiven"] == 0.0


def test_timestamps_grow_by_whole_seconds_however_fast_the_posts(
    town: Town, platform: FakePlatform, passback: Passback
):
    """Five grades in a moment: all taken, none refused for its time."""
    for content in (b"wrong", b"right", b"wrong", b"right", b"wrong"):
        passback.send(grade(town, content))

    assert [score["scoreGiven"] for score in platform.scores] == [4, 10, 4, 10, 4]
    assert len(platform.seen) == 5


def test_an_unchanged_score_is_not_sent_again(town: Town, platform: FakePlatform, passback: Passback):
    """Platforms would add a comment each time."""
    passback.send(grade(town, b"wrong"))
    again = grade(town, b"wrong")
    passback.send(again)

    assert len(platform.seen) == 1
    assert post(town, again).state == "unchanged"


def test_sending_twice_sends_once(town: Town, platform: FakePlatform, passback: Passback):
    """A message that is delivered twice finds the post sent."""
    post_id = grade(town, b"wrong")
    for _ in range(3):
        passback.send(post_id)

    assert len(platform.seen) == 1


def test_a_token_is_used_until_it_runs_out(town: Town, platform: FakePlatform, passback: Passback):
    """One token for many posts; a new one when the platform no longer takes it."""
    passback.send(grade(town, b"wrong"))
    passback.send(grade(town, b"right"))
    assert platform.tokens == 1
    platform.answers.append((401, {}))
    post_id = grade(town, b"wrong")
    passback.send(post_id)
    due(town, post_id)
    passback.send(post_id)

    assert platform.tokens == 2
    assert post(town, post_id).state == "sent"


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {"Retry-After": "7"}), (502, {}), (503, {}), (403, {"X-Rate-Limit-Remaining": "0.0"}), (409, {})],
)
def test_what_may_pass_is_tried_again(
    town: Town, platform: FakePlatform, passback: Passback, status: int, headers: dict[str, str]
):
    """With a pause, and with a later timestamp."""
    platform.answers.append((status, headers))
    post_id = grade(town, b"wrong")
    passback.send(post_id)
    waiting = post(town, post_id)
    assert (waiting.state, waiting.status_code, waiting.tries) == ("waiting", status, 1)
    assert waiting.next_try_at > now() + timedelta(seconds=4)
    passback.send(post_id)
    assert len(platform.seen) == 1
    due(town, post_id)
    passback.send(post_id)

    assert post(town, post_id).state == "sent"
    assert platform.seen[0][1]["timestamp"] < platform.seen[1][1]["timestamp"]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_is_not_repeated_but_listed(town: Town, platform: FakePlatform, passback: Passback, status: int):
    """Unknown users and the like: staff see them, nobody hammers the platform."""
    platform.answers.append((status, {}))
    post_id = grade(town, b"wrong")
    passback.send(post_id)
    refused = post(town, post_id)

    assert (refused.state, refused.status_code) == ("refused", status)
    assert "as told" in refused.problem


def test_after_five_tries_a_post_is_given_up(town: Town, platform: FakePlatform, passback: Passback):
    """And can be sent again by hand, with new tries."""
    from grading.store.queries.posts import retry_post

    platform.answers += [(503, {})] * MAX_TRIES
    post_id = grade(town, b"wrong")
    for _ in range(MAX_TRIES + 2):
        due(town, post_id)
        passback.send(post_id)
    assert len(platform.seen) == MAX_TRIES
    assert post(town, post_id).state == "dead"
    with town.database.write() as db:
        retry_post(db, town.caller("teacher"), post_id)
    passback.send(post_id)

    assert post(town, post_id).state == "sent"


def test_a_platform_that_is_away_is_tried_again(town: Town, platform: FakePlatform, passback: Passback):
    """No answer is no refusal."""
    platform.stop()
    post_id = grade(town, b"wrong")
    passback.send(post_id)
    waiting = post(town, post_id)
    platform.start()

    assert (waiting.state, waiting.status_code) == ("waiting", None)


def test_points_that_wait_for_a_human_never_wipe_a_grade(town: Town, platform: FakePlatform, passback: Passback):
    """Platforms set the grade to nothing when they are told that it is pending."""
    passback.send(grade(town, b"wrong"))
    post_id = grade(town, b"right")
    with town.database.write() as db:
        db.get_one(GradePost, post_id).pending = True
    passback.send(post_id)

    assert len(platform.seen) == 1
    assert post(town, post_id).state == "unchanged"


def test_points_that_wait_for_a_human_are_said_to_where_nothing_is_there_yet(
    town: Town, platform: FakePlatform, passback: Passback
):
    """The first post may say so."""
    post_id = grade(town, b"right")
    with town.database.write() as db:
        db.get_one(GradePost, post_id).pending = True
    passback.send(post_id)

    assert platform.scores[0]["gradingProgress"] == "PendingManual"


def test_one_post_at_a_time_for_each_person(town: Town, platform: FakePlatform, passback: Passback):
    """While one is under way the next waits a moment."""
    post_id = grade(town, b"wrong")
    with town.database.write() as db:
        line_item = db.scalars(select(LineItem)).one()
        db.add(
            GradebookEntry(line_item_id=line_item.id, lms_user_id="lms-ann", sending_until=now() + timedelta(minutes=1))
        )
    passback.send(post_id)

    assert platform.seen == []
    assert post(town, post_id).state == "waiting"


def test_a_crash_after_sending_does_not_use_the_timestamp_again(
    town: Town, platform: FakePlatform, passback: Passback, monkeypatch
):
    """The stamp is kept before the post leaves."""
    post_id = grade(town, b"wrong")
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(passback, "_settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        passback.send(post_id)
    with town.database.write() as db:
        db.get_one(GradePost, post_id).next_try_at = now()
        db.scalars(select(GradebookEntry)).one().sending_until = None
    passback.send(post_id)

    assert [score["scoreGiven"] for score in platform.scores] == [4.0, 4.0]
    assert post(town, post_id).state == "sent"


def test_a_lost_key_is_our_fault_and_tried_again(town: Town, platform: FakePlatform, passback: Passback):
    """Staff read which platform's key is missing."""
    with town.database.write() as db:
        db.scalars(select(Platform)).one().key_file = "gone.pem"
    post_id = grade(town, b"wrong")
    passback.send(post_id)

    assert post(town, post_id).state == "waiting"
    assert "key" in post(town, post_id).problem


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest",
        "file:///etc",
    ],
)
def test_addresses_of_our_own_network_are_refused(town: Town, url: str):
    """Unless the operator allows them; then still nothing but http(s)."""
    town.settings.lms_private_addresses = False
    with pytest.raises(Unsafe):
        refuse_unsafe(url, town.settings)


def test_the_address_that_was_looked_at_is_the_one_that_is_called(town: Town, monkeypatch: pytest.MonkeyPatch):
    """A name that leads home when it is asked a second time gains nothing: it is asked once for each request."""
    town.settings.lms_private_addresses = False
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))],
    )
    seen = []

    def sends(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.url.host, request.headers["host"], request.extensions["sni_hostname"]))
        return httpx2.Response(200)

    with httpx2.Client(transport=Guarded(town.settings, httpx2.MockTransport(sends))) as client:
        client.post("https://lms.example/scores")
        with pytest.raises(Unsafe):
            client.post("https://lms.example/scores")

    assert seen == [("93.184.215.14", "lms.example", "lms.example")]


@pytest.mark.parametrize(
    ("line_item", "scores"),
    [
        ("https://c.example/api/lti/courses/1/line_items/2", "https://c.example/api/lti/courses/1/line_items/2/scores"),
        ("https://m.example/lineitem?type_id=3", "https://m.example/lineitem/scores?type_id=3"),
        ("https://m.example/lineitem/?a=b&c=d", "https://m.example/lineitem/scores?a=b&c=d"),
    ],
)
def test_scores_goes_to_the_path(line_item: str, scores: str):
    """Whatever the shape of the line item's address."""
    assert score_url(line_item) == scores
