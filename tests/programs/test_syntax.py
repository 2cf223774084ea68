"""Parsing and what it says of text that does not parse."""

import pytest

from grading.programs.syntax import parse, python2_signs, scopes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ntransform_train = \ny = 2", "line 2: nothing stands to the right of `transform_train =`"),
        ("net.fc = # TODO here", "line 1: nothing stands to the right of `net.fc =`"),
        (
            "for i in range(3):\n    print i",
            "line 2: this is Python 2 (`print` is a statement); rewrite it for Python 3",
        ),
        ("print 'a %d' % 3, 4", "line 1: this is Python 2 (`print` is a statement); rewrite it for Python 3"),
        ("try:\n    f()\nexcept IOError, e:\n    pass", "line 3: this is Python 2 (`except Error, name`)"),
        ("raise ValueError, 'no'", "line 1: this is Python 2 (`raise Error, text`)"),
        ("if a <> b: pass", "line 1: this is Python 2 (`<>`)"),
        ("x = (1,", "line 1: '(' was never closed"),
        ("x = 1\n  y = 2", "line 2: unexpected indent"),
    ],
)
def test_a_fault_says_line_and_reason(text: str, said: str) -> None:
    """What students and Python 2 leave behind is put in words."""
    assert (parse(text).fault or "").startswith(said)


@pytest.mark.parametrize("text", ["print('a')", "print (a)", "print(a, file=b)", "x <= y", "exec('a')", "print = 3"])
def test_python_3_shows_no_signs_of_python_2(text: str) -> None:
    """Only what Python 3 refuses counts."""
    assert python2_signs(text) == ()


@pytest.mark.parametrize("text", ["x = '\\d'", "x is 1", "assert (1, 2)", "0x1for x in y"])
def test_parsing_warns_nobody(text: str) -> None:
    """Warnings about student text stay inside; here they would be errors."""
    parse(text)
    scopes(text)


def test_contradicting_scopes_are_no_table() -> None:
    """`nonlocal` at the top is refused by Python, not raised by us."""
    assert scopes("nonlocal x") is None
