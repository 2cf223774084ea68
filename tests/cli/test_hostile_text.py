"""What students wrote is printed on one line, as text: it can repaint no terminal and turn no line around."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.domain.printable import clean

HOSTILE = (
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[1;1H10/10",
    "\x9b31m",
    "a\rb",
    "a\x08\x08b",
    "\u202egpj.exe",
    "\u2066x\u2069",
    "a\nb\tc",
    "\u2028",
    "\udcff",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_sequence_reaches_the_terminal(text: str) -> None:
    """Neither an escape, nor a carriage return, nor a direction mark, nor half a character."""
    shown = clean(f"before{text}after")

    assert shown.isprintable()
    assert shown.encode().startswith(b"before")


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_printed_as_one_line(text: str) -> None:
    """No control, format or surrogate character is left, and visible ones stay in their order."""
    shown = clean(text)
    kept = [c for c in text if unicodedata.category(c)[0] in "LNPS"]

    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in shown}
    assert kept == [c for c in shown if unicodedata.category(c)[0] in "LNPS"]
