"""What is left of a cell that does not parse."""

from grading.programs.ipython import Budget
from grading.programs.salvage import salvage
from grading.programs.syntax import parse


def test_one_blank_right_hand_side_costs_one_line() -> None:
    """Everything else in the cell survives on its own line."""
    text = "import os\ntransform_train = \n@staticmethod\ndef f(x):\n    return x\n\nclass A:\n    y = 1\n"
    rest = salvage(text, 4, Budget())

    assert text.replace("transform_train = ", "") == rest.text
    assert [broken.names for broken in rest.broken] == [("transform_train",)]
    assert (rest.broken[0].cell, rest.broken[0].first_line, rest.broken[0].last_line) == (4, 2, 2)


def test_a_definition_with_a_broken_line_goes_as_a_whole() -> None:
    """Half a function is another function."""
    rest = salvage("def f(x):\n    h = \n    return h\ndef g(x):\n    return x\n", 1, Budget())

    assert rest.text == "\n\n\ndef g(x):\n    return x\n"
    assert [(b.names, b.first_line, b.last_line) for b in rest.broken] == [(("f",), 1, 3)]
    assert rest.broken[0].fault.startswith("line 2: ")


def test_strings_and_brackets_over_several_lines_hold_together() -> None:
    """Text at the margin inside a string or bracket does not end the statement."""
    text = 'x = """\nprint \'no\n"""\ny = [\n1,\n2,\n]\nz =\nif x:\n    pass\nelse:\n    pass\n'

    assert text.replace("z =", "") == salvage(text, 1, Budget()).text


def test_an_unclosed_bracket_does_not_swallow_the_cell() -> None:
    """The definitions after it are found."""
    rest = salvage("x = f(\n\ndef g():\n    return 1\n\ndef h():\n    return 2\n", 1, Budget())

    assert rest.text is not None
    assert "def g" in rest.text
    assert "def h" in rest.text


def test_nothing_but_rubbish_leaves_nothing() -> None:
    """A cell of prose has no Python."""
    assert salvage("Dear grader,\nplease read this.\n", 1, Budget()).text is None


def test_a_thousand_unclosed_brackets_end_within_their_budget() -> None:
    """The work is bounded by the budget, not by the square of the lines."""
    budget = Budget(200_000)
    rest = salvage("x = (\n" * 3_000, 1, budget)

    assert rest.text is None
    assert len(rest.broken) == 3_000


def test_what_is_left_parses() -> None:
    """A rest that does not parse would be no rest."""
    for text in ("else:\n    x = 1\ny = 2\n", "  x = 1\ny =\nz = 2\n", "@property\n@\ndef f(): pass\nx = 1\n"):
        rest = salvage(text, 1, Budget())

        assert rest.text is None or parse(rest.text).tree is not None
