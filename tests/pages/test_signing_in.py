"""Signing in and out."""

from tests.pages.conftest import Browser


def test_pages_lead_a_visitor_to_the_sign_in_page_and_back(visitor, classroom) -> None:
    """Who is not signed in comes back to the page they wanted after signing in."""
    visitor.get("/status")
    answer = visitor.send("/sign-in", token=classroom.staff.token)

    assert answer.url.path == "/status"


def test_a_link_is_not_used_up_by_looking_at_it(visitor, classroom) -> None:
    """Mail programs that open the link do not spend it."""
    action = f"/sign-in/{classroom.link(classroom.student)}"
    for _ in range(3):
        assert visitor.get(action).status_code == 200

    assert "Assignments" in visitor.send(action).text


def test_a_link_works_once(app, visitor, classroom) -> None:
    """The second visitor of the same link is told so."""
    action = f"/sign-in/{classroom.link(classroom.student)}"
    visitor.get(action)
    visitor.send(action)
    other = Browser(app).get(action)

    assert (other.status_code, "no longer works" in other.text) == (410, True)


def test_a_wrong_token_is_refused_in_words(visitor) -> None:
    """An unknown token gives a sentence beside the field."""
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", token="chr_nothing")

    assert (answer.status_code, "unknown, expired or revoked" in answer.text) == (422, True)


def test_a_form_from_elsewhere_signs_nobody_in(app, classroom) -> None:
    """Without the form's own token the link stays unused."""
    stranger = Browser(app)
    action = f"/sign-in/{classroom.link(classroom.student)}"
    stranger.client.post(action)

    assert stranger.get("/").url.path == "/sign-in"


def test_nobody_is_sent_elsewhere_after_signing_in(visitor, classroom) -> None:
    """An address of another site as the place to go back to is ignored."""
    visitor.get("/sign-in?next=//elsewhere.example/")
    answer = visitor.send("/sign-in", token=classroom.student.token)

    assert (answer.url.host, answer.url.path) == ("testserver", "/")


def test_signing_out_ends_the_session(student) -> None:
    """The cookie is gone, and worthless where somebody kept it."""
    kept = student.client.cookies.get("chainrule_session")
    student.get("/")
    student.send("/sign-out")
    student.client.cookies.set("chainrule_session", kept)

    assert student.get("/").url.path == "/sign-in"


def test_an_address_that_keeps_failing_has_to_wait(app, visitor, classroom) -> None:
    """After its free failures even a right token is refused for a while, and the page says for how long."""
    visitor.get("/sign-in")
    for _ in range(classroom.settings.failed_sign_ins_per_minute):
        assert visitor.send("/sign-in", token="chr_nothing").status_code == 422
    other = Browser(app)
    other.get("/sign-in")
    answer = other.send("/sign-in", token=classroom.student.token)

    assert (answer.status_code, 1 <= int(answer.headers["Retry-After"]) <= 60) == (429, True)
    assert "Try again in" in answer.text


def test_who_signs_in_rightly_never_has_to_wait(app, classroom) -> None:
    """A class behind one address signs in at once: only failures count."""
    for _ in range(classroom.settings.failed_sign_ins_per_minute + 5):
        browser = Browser(app)
        browser.get("/sign-in")

        assert browser.send("/sign-in", token=classroom.student.token).url.path == "/"
