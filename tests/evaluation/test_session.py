"""A part's boxes: opened late, replaced when spent, and charged once for each wrong."""

from typing import Any

import pytest

from grading.authoring import Function, Part
from grading.domain.assignment import Limits
from grading.domain.errors import Died, HouseFault, Overran, Raised
from grading.sandbox import UnitFault, UnitResult
from tests.evaluation.fakes import FakeBox, asking

PART = Part("f.py", expects=[Function("f", arity=1), Function("g", arity=1)])


def dying(_: Any) -> Any:
    """The process ends."""
    raise Died("the process ended with signal 11")


def slow(_: Any) -> Any:
    """No answer comes."""
    raise Overran("no answer within 5 s")


@pytest.mark.parametrize("fatal", [dying, slow], ids=["died", "overran"])
def test_what_spent_a_box_is_not_asked_again_and_the_rest_gets_a_fresh_one(fatal: Any) -> None:
    """One function that ends the process costs the questions about it, and no others."""
    first, second = FakeBox({"f": fatal, "g": abs}), FakeBox({"f": fatal, "g": abs})
    with asking(PART, first, second) as (student, _):
        for _ in range(3):
            with pytest.raises((Died, Overran)):
                student.f(1)

        assert student.g(-2) == 2
        assert [first.asked, second.asked, first.ended] == [["f"], ["g"], True]


def test_an_exception_spends_nothing() -> None:
    """The next question goes to the same box."""
    box = FakeBox({"f": lambda x: 1 / 0, "g": abs})
    with asking(PART, box) as (student, _):
        for _ in range(2):
            with pytest.raises(Raised, match="ZeroDivisionError"):
                student.f(1)
        student.g(1)

    assert box.asked == ["f", "f", "g"]


def test_all_questions_together_have_the_parts_time() -> None:
    """What comes after is not asked, and the reason is told."""
    box = FakeBox({"f": abs, "g": abs}, student_s=0.0)

    def hungry(x: Any) -> Any:
        box.student_s += 3.0
        return x

    box.functions = {"f": hungry, "g": abs}
    with asking(PART, box, limits=Limits(part_s=5.0)) as (student, session):
        student.f(1)
        student.f(1)
        with pytest.raises(Overran, match="took this file's 5 s"):
            student.g(1)

        assert session.times.student >= 6.0


def test_no_box_is_opened_before_the_first_question_and_all_are_ended() -> None:
    """A part without a question costs nothing."""
    unasked, asked = FakeBox({"f": abs}), FakeBox({"f": abs})
    with asking(PART, unasked):
        pass
    with asking(PART, asked) as (student, _):
        student.f(1)

    assert (unasked.ended, asked.ended) == (False, True)


def test_after_a_fault_of_ours_the_next_question_gets_a_fresh_box() -> None:
    """What was loaded in the lost one is loaded again."""

    def lost(_: Any) -> Any:
        raise HouseFault("the wire broke")

    first, second = FakeBox({"f": lost}), FakeBox({"f": abs})
    with asking(PART, first, second) as (student, session):
        with pytest.raises(HouseFault):
            student.f(-1)
        session.renew()

        assert student.f(-1) == 1


def test_a_cell_that_fails_or_overruns_is_noted_and_the_rest_goes_on() -> None:
    """Three cells: one raises, one outruns its time, one draws."""
    raised = UnitResult("cell 1", UnitFault("cell 1", "NameError", "name 'x' is not defined"))
    box = FakeBox({}, unit_results=[raised, UnitResult("cell 2", overran=True), UnitResult("cell 3", printed="0.93")])
    with asking(Part("f.ipynb", mode="run"), box, cells=3) as (student, _):
        units = student.executed().units

    assert [(u.ran, bool(u.fault), u.overran) for u in units] == [
        (True, True, False),
        (True, False, True),
        (True, False, False),
    ]
    assert "NameError" in units[0].fault
    assert units[2].printed == "0.93"


def test_a_run_whose_process_ends_is_lost_with_its_reason() -> None:
    """Later questions are answered with why they were not asked."""
    box = FakeBox(
        {}, unit_results=[UnitResult("cell 1"), Died("the process ended with signal 9"), UnitResult("cell 1")]
    )
    with asking(Part("f.ipynb", mode="run"), box, cells=3) as (student, _):
        executed = student.executed()
        with pytest.raises(Died, match="the run of the notebook ended early"):
            student.drive("networks")

    assert [u.ran for u in executed.units] == [True, True, False]


def test_a_fault_of_ours_costs_no_time() -> None:
    """What the program took in the box that we lost is not held against it."""
    box = FakeBox({"f": abs})
    with asking(PART, box, limits=Limits(part_s=5.0)) as (student, session):
        student.f(1)
        box.student_s += 6.0
        student.f(1)
        session.renew()

        assert student.f(-1) == 1


def test_cells_have_what_the_questions_before_them_left() -> None:
    """A part with both kinds of box has its time once: the run gets its share of the rest."""
    part = Part("f.ipynb", expects=[Function("f", arity=1)])
    first, whole = FakeBox({}), FakeBox({}, unit_results=[UnitResult("cell 1")])
    given: list[float] = []

    def hungry(x: int) -> int:
        first.student_s += 3.0
        return x

    first.functions = {"f": hungry}
    run = whole.run_unit
    whole.run_unit = lambda index, *, timeout_s: (given.append(timeout_s), run(index, timeout_s=timeout_s))[1]
    with asking(part, first, whole, limits=Limits(part_s=7.0, cell_s=60.0), cells=1) as (student, _):
        student.f(1)
        student.executed()

    assert 2.5 < given[0] <= 3.0
