"""The queue of answers over HTTP: anonymous, for staff with the scope, the same rules as on the page."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from grading.store.access import MARKS_WRITE, RESULTS_READ
from grading.store.credentials import issue_token
from tests.manual.hall import ESSAY, Hall
from tests.pages.classroom import Person

QUEUE = f"/api/v1/assignments/{ESSAY}/manual"


@pytest.fixture
def hall(tmp_path):
    """Two students' answers."""
    hall = Hall(tmp_path)
    hall.crowd(2)
    yield hall
    hall.database.close()


@pytest.fixture
def http(hall) -> TestClient:
    """A client of the service."""
    return TestClient(create_app(hall.settings, hall.assignments))


def as_(person: Person | str) -> dict[str, str]:
    """The header that proves who asks."""
    return {"Authorization": f"Bearer {person if isinstance(person, str) else person.token}"}


def test_from_the_queue_to_the_score(http, hall) -> None:
    """List, read, judge, look at the trail, take back."""
    queue = http.get(QUEUE, params={"view": "todo", "criterion": "symmetry"}, headers=as_(hall.staff)).json()
    assert (queue["progress"]["total"], len(queue["items"])) == (4, 2)
    links = queue["items"][0]["links"]
    detail = http.get(links["self"], headers=as_(hall.staff)).json()
    assert "gives the *same* gradient" in detail["answers"][0]["text"]
    assert len(detail["answers"][0]["key_points"]) == 2
    told = {"points": 1.5, "comment": "Say why.", "answer_sha256": detail["answer_sha256"]}
    marked = http.put(links["judgement"], json=told, headers=as_(hall.staff))
    assert (marked.status_code, marked.json()["own"]["points"], marked.json()["item"]["state"]) == (200, 1.5, "given")
    scores = [
        row["score"]
        for row in http.get(f"/api/v1/assignments/{ESSAY}/results", headers=as_(hall.staff)).json()["items"]
    ]
    assert sorted(scores) == [1.0, 2.5]
    assert http.delete(links["judgement"], headers=as_(hall.staff)).status_code == 204

    trail = http.get(f"{QUEUE}/trail", headers=as_(hall.staff)).json()["items"]
    assert [event["action"] for event in trail] == ["undone", "graded"]


def test_no_answer_of_the_queue_names_a_student_or_a_submission(http, hall) -> None:
    """Neither the list nor an answer."""
    text = http.get(QUEUE, headers=as_(hall.staff)).text
    for item in hall.queue(hall.staff):
        text += http.get(f"{QUEUE}/{item.id}", headers=as_(hall.staff)).text

        assert item.submission_id not in text
        assert item.run_id not in text
    assert "Student 0" not in text
    assert "s00" not in text


def test_no_student_reads_a_key_point_or_who_marked(http, hall) -> None:
    """Neither waiting nor marked, neither in the report that `chainrule submit` prints nor on the page."""
    handed = hall.submit(hall.student)
    for marked in (False, True):
        if marked:
            item = next(one for one in hall.queue(hall.staff, criterion="symmetry") if one.submission_id == handed)
            told = {"points": 1, "covered": ["equal weights give equal outputs and gradients"]}
            http.put(f"{QUEUE}/{item.id}/judgement", json=told, headers=as_(hall.staff))
        address = f"/api/v1/submissions/{handed}"
        answers = [http.get(f"{address}{part}", headers=as_(hall.student)) for part in ("", "/report")]
        assert [answer.status_code for answer in answers] == [200, 200]
        seen = "".join(answer.text for answer in answers)
        staffs = http.get(f"{address}/report", headers=as_(hall.staff)).text
        for hidden in ("look_for", "equal weights give", "random initialisation", "fan-in", "answer_sha256"):
            assert hidden not in seen
            assert hidden in staffs
        assert "grace" not in seen


def test_comments_are_kept_for_a_row_and_dropped(http, hall) -> None:
    """The same text twice is one comment."""
    wanted = {"criterion_id": "symmetry", "text": "Say why.", "points": 1}
    kept = [http.post(f"{QUEUE}/comments", json=wanted, headers=as_(hall.staff)) for _ in range(2)]
    assert [answer.status_code for answer in kept] == [201, 201]
    assert kept[0].json() == kept[1].json()
    comment = kept[0].json()["id"]

    assert http.delete(f"{QUEUE}/comments/{comment}", headers=as_(hall.staff)).status_code == 204
    assert http.get(f"{QUEUE}/comments", headers=as_(hall.staff)).json() == {"items": []}
    assert http.delete(f"{QUEUE}/comments/{comment}", headers=as_(hall.staff)).status_code == 404


def test_marking_wants_its_scope_and_staff(http, hall) -> None:
    """Reading results is not enough; a student's token is not; an unknown answer does not exist."""
    item = hall.queue(hall.staff)[0]
    with hall.database.write() as db:
        reader = issue_token(db, scopes=[RESULTS_READ], user_id=hall.staff.id, course_id=hall.course_id)
        student = issue_token(db, scopes=[RESULTS_READ, MARKS_WRITE], user_id=hall.student.id, course_id=hall.course_id)
    for token, status in ((reader, 403), (student, 403), (hall.staff.token, 200)):
        answer = http.put(f"{QUEUE}/{item.id}/judgement", json={"points": 1}, headers=as_(token))

        assert answer.status_code == status
    assert http.get(QUEUE, headers=as_(student)).status_code == 403
    assert http.get(f"{QUEUE}/nothing", headers=as_(hall.staff)).status_code == 404


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [({"points": 2.5}, 422, "bad-points"), ({"points": 1, "answer_sha256": "0" * 64}, 409, "answer-changed")],
)
def test_what_makes_no_sense_is_a_problem_with_a_code(http, hall, told, status, code) -> None:
    """Clients can tell them apart."""
    answer = http.put(f"{QUEUE}/{hall.queue(hall.staff)[0].id}/judgement", json=told, headers=as_(hall.staff))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
