"""The rubric's table: exact points, names, and faults that tell the author what to do."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring import Criterion, Draw, Function, Mistake, Part, Reference, Rubric, Subject
from grading.domain.errors import RubricFault


def answer(subject: Subject, draw: Draw) -> object:
    """The answer is right."""
    return subject.f(draw.normal(2))


def with_rows(points: list[str], total: str) -> Rubric:
    """A rubric of one part with rows worth the given points."""
    rubric = Rubric("some-hw", points=total)
    part = rubric.part("f.py", expects=[Function("f")], reference=Reference(f=lambda x: x))
    for number, each in enumerate(points):
        part.criterion(f"row-{number}", "Row", points=each).agrees(id=f"check-{number}")(answer)
    return rubric


@settings(deadline=None)
@given(st.lists(st.decimals("0.01", "20", places=2), min_size=1, max_size=12))
def test_points_add_up_exactly(points: list[Decimal]) -> None:
    """Any list of hundredths adds up to its exact sum, where floats would not."""
    rubric = with_rows([str(p) for p in points], str(sum(points)))

    assert rubric.validated().points == sum(row.possible for row in rubric.criteria)


def test_ten_tenths_are_one() -> None:
    """What ten floats of 0.1 do not do."""
    assert with_rows(["0.1"] * 10, "1").validated()


def two_parts() -> None:
    """Two parts of one name."""
    rubric = with_rows(["1"], "1")
    rubric.part("f.py").criterion("other", "Other", points="0").agrees(id="z")(answer)
    rubric.validated()


def two_rows() -> None:
    """Two rows of one id, in different parts."""
    rubric = with_rows(["1"], "1")
    rubric.part("g.py").criterion("row-0", "Other", points="0").agrees(id="z")(answer)
    rubric.validated()


def without_docstring(subject: Subject, draw: Draw) -> object:  # noqa: D103 - that is the point
    return subject.f(draw.normal(2))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: with_rows(["1", "0.5"], "2").validated(), "add up to 1.5, not to 2 points"),
        (two_parts, "every part needs its own"),
        (two_rows, "every criterion needs its own"),
        (lambda: Criterion("Has Spaces", "Row", points="1"), "lower-case words joined by hyphens"),
        (lambda: Criterion("row", "Row", points="1").agrees(without_docstring), "no docstring: it is the question"),
        (lambda: Criterion("row", "Row", points="1").agrees(rtol=1e-3), "both rtol and atol"),
        (lambda: Part("f.py", expects=[Function("f"), Function("f")]), "expects the same name twice"),
        (lambda: Mistake("m", says="Wrong."), "neither an override nor a way to recognise it"),
        (lambda: Reference(f=abs).with_({"g": abs}), "'g'], which the reference does not define"),
    ],
    ids=["sum", "parts", "rows", "id", "docstring", "rtol", "expects", "mistake", "override"],
)
def test_wrong_use_is_the_authors_fault_and_says_what_to_do(wrong: Callable[[], object], said: str) -> None:
    """A `RubricFault`, raised where the rubric is built and not when a student is graded."""
    with pytest.raises(RubricFault, match=re.escape(said)):
        wrong()


def test_a_check_is_named_once_in_a_row_and_a_part() -> None:
    """Two of one name could not be told apart in a report."""
    row = Criterion("row", "Row", points="1")
    row.agrees(answer)
    with pytest.raises(RubricFault, match="two checks called 'answer'"):
        row.agrees(answer)

    rubric = with_rows(["1"], "1")
    rubric.parts[0].criterion("more", "More", points="0").agrees(id="check-0")(answer)
    with pytest.raises(RubricFault, match=r"every check of f\.py needs its own"):
        rubric.validated()


def test_what_a_check_needs_must_stand_before_it() -> None:
    """An unknown need, or one that comes later, would skip the check for everybody."""
    rubric = Rubric("some-hw", points="1")
    row = rubric.part("f.py").criterion("row", "Row", points="1")
    row.agrees(id="first", needs=["second"])(answer)
    row.agrees(id="second")(answer)
    with pytest.raises(RubricFault, match="do not stand before it"):
        rubric.validated()


def test_what_a_check_follows_must_stand_before_it() -> None:
    """Rows of earlier parts and checks of its own row may be named; what comes later cannot be a reason."""
    rubric = Rubric("some-hw", points="2")
    rubric.part("f.py").criterion("row", "Row", points="1").holds(id="first")(answer)
    row = rubric.part("g.py").criterion("other", "Other", points="1")
    row.holds(id="second")(answer)
    row.holds(id="third", follows=["second", "row"])(answer)
    rubric.validated()

    row.holds(id="fourth", follows=["fifth"])(answer)
    with pytest.raises(RubricFault, match=r"follows \['fifth'\], which do not stand before it"):
        rubric.validated()


def test_a_row_without_a_check_is_refused() -> None:
    """It could never be earned."""
    rubric = Rubric("some-hw", points="1")
    rubric.part("f.py").criterion("row", "Row", points="1")
    with pytest.raises(RubricFault, match="has no check"):
        rubric.validated()


def test_summaries_are_what_a_manifest_announces() -> None:
    """Id, title, part and exact points, in order."""
    rubric = with_rows(["0.5", "1.5"], "2")

    assert [("row-0", "f.py", Decimal("0.5")), ("row-1", "f.py", Decimal("1.5"))] == [
        (s.id, s.part, s.possible) for s in rubric.summaries()
    ]


def test_a_rubric_makes_parts_with_all_of_their_arguments() -> None:
    """`rubric.part` takes whatever `Part` takes, and adds what it made."""
    rubric = Rubric("hw1", points="1")
    made = rubric.part("f.py", mode="run", sketches=False)

    assert rubric.parts == [made]
    assert (made.file, made.mode, made.sketches) == ("f.py", "run", False)
