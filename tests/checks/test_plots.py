"""Pictures beside failing findings: kept where the student may look, and nowhere else."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grading.authoring import Draw, Function, Part, Reference, Subject, illustrate, require
from grading.authoring.pictures import clean
from grading.authoring.requirement import Sketch, sketches_kept
from grading.checks import plots, trajectories
from grading.checks.conclusions import insist, right, wrong
from grading.domain.verdict import Visibility
from grading.evaluation.criteria import Evaluation
from grading.evaluation.graded import pictures_of
from reference_models.optimizers import Hyperparameters
from tests.evaluation.fakes import FakeBox, asking

PICTURE = Sketch("A picture", lambda: b"png")


def walk(rate: float) -> trajectories.Walk:
    """Gradient descent with some rate."""
    draw = Draw(0, "walk")
    start, gradients = draw.normal(2, 3), [draw.normal(2, 3) for _ in range(6)]
    return trajectories.Walk(start, start - rate * np.cumsum(gradients, axis=0), gradients)


def test_a_path_that_strays_is_drawn_beside_the_rule() -> None:
    """A readable PNG, made only when asked for; a path that is right has none."""
    conclusion = trajectories.judged("sgd", walk(0.3), Hyperparameters(lr=0.1))

    assert trajectories.judged("sgd", walk(0.1), Hyperparameters(lr=0.1)).sketch is None
    assert conclusion.sketch is not None
    assert clean(conclusion.sketch.draw()).width > 100


def test_the_plane_is_coloured_as_it_is_classified() -> None:
    """Left and right of a line have different colours, and points lie on both; rows go from the top."""
    points = np.array([[-1.0, 0.0], [1.0, 1.0]])
    png, other = (plots.plane(points, np.array([0, 1]), lambda x, k=k: x[:, k] > 0.5) for k in (0, 1))
    picture, above = (np.asarray(Image.open(io.BytesIO(one)).convert("RGB")) for one in (png, other))

    assert (tuple(picture[5, 5]), tuple(picture[5, -5])) == (plots.REGIONS[0], plots.REGIONS[1])
    assert (tuple(above[-5, 5]), tuple(above[5, 5])) == (plots.REGIONS[0], plots.REGIONS[1])
    assert plots.POINTS[0] in {tuple(colour) for colour in picture.reshape(-1, 3)}


def test_a_curve_is_drawn_where_every_entry_has_an_answer() -> None:
    """Beside the published one; answers of another shape have no picture, and raise where one is asked for."""
    x = np.linspace(-3, 3, 12).reshape(3, 4)
    sketch = plots.curve(x, np.tanh(x), 1 / (1 + np.exp(-x)), "sigmoid")

    assert clean(sketch.draw()).width > 100
    with pytest.raises(ValueError, match="another shape"):
        plots.curve(x, np.tanh(x)[0], x, "sigmoid").draw()


def part(visibility: Visibility, sketches: Sequence[Sketch]) -> Part:
    """One check that lays pictures beside its verdict."""
    made = Part("f.py", expects=[Function("f", arity=0)], reference=Reference(f=lambda: 1.0))

    @made.criterion("row", "Row", points="1").holds(visibility=visibility)
    def probe(student: Subject, draw: Draw) -> None:
        """f() is positive."""
        value = student.f()
        for sketch in sketches:
            illustrate(sketch.title, sketch.draw)
        require(value > 0, "it is not")

    return made


def kept(answer: float, visibility: Visibility = Visibility.STUDENT, sketches: Sequence[Sketch] = (PICTURE,)) -> Any:
    """The pictures and notes of a student who answers that."""
    asked = part(visibility, sketches)
    with asking(asked, FakeBox({"f": lambda: answer})) as (student, session):
        evaluation = Evaluation(asked, student, 1, renew=session.renew)
        evaluation.results()
        return pictures_of(asked, student, None, None, Draw(1, "f"), sketched=evaluation.sketched)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_stored_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The students here submitted no notebook."""
    monkeypatch.setattr("grading.evaluation.graded._stored", lambda *_: [])


def test_a_failing_check_keeps_its_pictures_for_its_row() -> None:
    """As evidence; a passing one keeps none."""
    [picture], notes = kept(-1.0)

    assert (picture.source, picture.criterion, picture.png, notes) == ("evidence", "row", b"png", ())
    assert kept(1.0) == ((), ())


@pytest.mark.parametrize("visibility", [Visibility.AFTER_DUE, Visibility.STAFF])
def test_a_hidden_checks_picture_is_not_kept(visibility: Visibility) -> None:
    """It may show the right path, and a picture has no reader of its own."""
    assert kept(-1.0, visibility) == ((), ())


def test_a_picture_that_cannot_be_drawn_costs_nothing() -> None:
    """It becomes a note."""

    def breaks() -> bytes:
        raise ValueError

    pictures, notes = kept(-1.0, sketches=[Sketch("A picture", breaks)])

    assert pictures == ()
    assert "ValueError" in notes[0]


def test_outside_a_check_nothing_is_kept() -> None:
    """The same probe can be called by anybody; inside, an conclusion brings its sketch along."""
    illustrate("A picture", lambda: b"png")
    with sketches_kept() as found:
        insist(right())
        with pytest.raises(Exception, match="off"):
            insist(replace(wrong("It is off."), sketch=PICTURE))

    assert [sketch.title for sketch in found] == ["A picture"]
