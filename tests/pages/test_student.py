"""What a student sees."""

import io
import zipfile

from tests.pages.classroom import NOTEBOOK_1, NOTEBOOK_2, SLUG, notebook, report
from tests.pages.conftest import Browser

FILES = ((NOTEBOOK_1, notebook("def sigmoid(x): ...")), (NOTEBOOK_2, notebook("import torch")))


def test_the_start_page_lists_what_is_due(student) -> None:
    """Title, points and due date of each assignment, and that nothing was submitted."""
    page = student.get("/").text

    assert all(text in page for text in ("Vanishing Gradients", "10 points", "Due", "Nothing submitted yet"))


def test_the_starter_files_come_under_their_own_names(student) -> None:
    """The download is a zip of what the course hands out."""
    packed = student.get(f"/assignments/{SLUG}/starter.zip").content

    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == [NOTEBOOK_1]


def test_submitting_leads_to_the_submission(student) -> None:
    """The receipt has the number, the names and the digest."""
    answer = student.submit(*FILES)

    assert answer.url.path.startswith("/submissions/")
    page = answer.text.replace("<wbr>", "")
    assert all(text in page for text in ("Queued", "1st in line", NOTEBOOK_1, NOTEBOOK_2, "SHA-256"))


def test_a_waiting_page_comes_anew_without_scripts(student, classroom) -> None:
    """The page that waits refreshes itself; the graded one does not."""
    waiting = student.submit(*FILES)
    classroom.grade_next()
    graded = student.get(waiting.url.path)

    assert ('http-equiv="refresh"' in waiting.text, 'http-equiv="refresh"' in graded.text) == (True, False)


def test_what_is_not_a_notebook_is_refused_beside_the_form(student) -> None:
    """The reason names the file, and the form is there to try again."""
    answer = student.submit((NOTEBOOK_1, b"not json"))

    assert answer.status_code == 422
    assert "Nothing was submitted." in answer.text
    assert 'enctype="multipart/form-data"' in answer.text


def test_too_many_bytes_are_refused_beside_the_form(student) -> None:
    """What is larger than the assignment takes is said to be so."""
    answer = student.submit((NOTEBOOK_1, notebook("x = '" + "a" * (1 << 20) + "'")))

    assert (answer.status_code, "Nothing was submitted." in answer.text) == (413, True)


def test_no_file_at_all_is_refused_beside_the_form(student) -> None:
    """An empty form is answered in words."""
    student.get(f"/assignments/{SLUG}")
    answer = student.send(f"/assignments/{SLUG}/submissions")

    assert (answer.status_code, "Choose at least one file." in answer.text) == (422, True)


def test_the_report_names_the_mistake_and_shows_the_evidence(student, classroom) -> None:
    """Message, named mistake, where to look, and evidence in words rather than JSON."""
    path = student.submit(*FILES).url.path
    classroom.grade_next()
    page = student.get(path).text

    for text in (
        "Looks like: the derivative of the activation is left out",
        "multiplied by sigmoid_grad(hidden1)",
        "Shape of your answer",
        "2 × 50",
        "3 of 8 rows need another look",
        "remark, costs nothing",
    ):
        assert text in page, text
    assert "got_shape" not in page


def test_students_do_not_see_what_is_for_staff(student, classroom) -> None:
    """Neither staff's findings, nor integrity entries, nor the seed."""
    path = student.submit(*FILES).url.path
    classroom.grade_next()
    page = student.get(path).text

    assert not [text for text in ("hidden probe", "Integrity", "os.environ", "8123", "staff only") if text in page]


def test_figures_stand_in_pairs_the_students_first(student, classroom) -> None:
    """Each picture has its words, and is served as an inert PNG."""
    path = student.submit(*FILES).url.path
    classroom.grade_next()
    page = student.get(path).text
    image = student.client.get(f"{path}/figures/{classroom.pictures[0]}")

    assert page.index("Yours, drawn by your code") < page.index("The reference")
    assert (image.headers["content-type"], image.headers["x-content-type-options"]) == ("image/png", "nosniff")
    assert "sandbox" in image.headers["content-security-policy"]


def test_the_next_attempt_says_what_changed(student, classroom) -> None:
    """Rows whose status differs are listed with the points won."""
    student.submit(*FILES)
    classroom.grade_next()
    path = student.submit((NOTEBOOK_1, notebook("better = 1"))).url.path
    classroom.grade_next(report(backward_pass=2.0))
    page = student.get(path).text

    assert "Since attempt 1" in page
    assert "+2" in page


def test_our_fault_is_no_zero(student, classroom) -> None:
    """A failed run is called ours, without a score and without what broke."""
    path = student.submit(*FILES).url.path
    classroom.fail_next()
    page = student.get(path).text

    assert "This is our fault, and not a zero." in page
    assert "no space left" not in page


def test_a_row_in_error_makes_the_score_not_final(student, classroom) -> None:
    """The row says whose fault it is; the score says that it is not final."""
    path = student.submit(*FILES).url.path
    made = report()
    made["final"] = False
    made["criteria"][0].update(status="error", points=0.0)
    classroom.grade_next(made)
    page = student.get(path).text

    assert "A row could not be graded, and that is our fault." in page


def test_what_a_student_wrote_is_never_markup(student, classroom) -> None:
    """File names, messages and evidence arrive escaped."""
    path = student.submit(*FILES).url.path
    made = report()
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    finding = made["criteria"][2]["findings"][1]
    finding["message"], finding["evidence"] = attack, {"printed": attack, attack: attack}
    made["notes"] = [attack]
    classroom.grade_next(made)
    page = student.get(path).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_the_files_come_back_byte_for_byte(student) -> None:
    """What was submitted can be downloaded, never displayed."""
    path = student.submit(*FILES).url.path
    answer = student.client.get(f"{path}/files/0")

    assert FILES[0][1] == answer.content
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_waiting_submission_can_be_cancelled(student) -> None:
    """The page says so afterwards."""
    path = student.submit(*FILES).url.path
    page = student.send(f"{path}/cancel").text

    assert "cancelled before it was graded" in page


def test_another_students_submission_does_not_exist(app, student, classroom) -> None:
    """Page, figures and files answer 404."""
    path = student.submit(*FILES).url.path
    classroom.grade_next()
    other = Browser(app).sign_in(classroom, classroom.person("eve", "Eve"))

    assert [other.get(p).status_code for p in (path, f"{path}/figures/{classroom.pictures[0]}", f"{path}/files/0")] == [
        404,
        404,
        404,
    ]


def test_sending_a_form_without_its_token_changes_nothing(student, classroom) -> None:
    """A form from another site hands nothing in."""
    student.client.post(f"/assignments/{SLUG}/submissions", files=[("files", FILES[0])])

    assert classroom.claim() is None
