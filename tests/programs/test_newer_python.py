"""Programs that need a newer Python than the box's."""

import pytest

from grading.programs import read_source, whole
from grading.programs.newer_python import older
from tests.programs.zoo import module, run, source_of

NESTED = 'h = (1.5, 2.0)\nsaid = f"a {", ".join(f"{x:.2f}" for x in h)} {h!r:>12} {len(h)=}\\n"\n'


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (NESTED, "said", "a 1.50, 2.00   (1.5, 2.0) len(h)=2\n"),
        ('d = {"a": 1}\nsaid = f"{d["a"]}" "b" f"{d["a"]:03}"\n', "said", "1b001"),
        ("def first[T](x: list[T]) -> T:\n    return x[0]\nsaid = first([3])\n", "said", 3),
        ("class Box[T]:\n    def put(self, x: T) -> T:\n        return x\nsaid = Box[int]().put(4)\n", "said", 4),
        ("type Pair[T] = tuple[T, T]\ndef f(x: Pair) -> int:\n    return 5\nsaid = f(1)\n", "said", 5),
    ],
)
def test_it_does_what_it_does_there(text: str, name: str, expected: object) -> None:
    """Quotes and comments inside f-strings, type parameters, `type` statements."""
    assert run(whole(source_of(text)))[name] == expected


def test_lines_stay_where_they_are() -> None:
    """So that a message names the student's line."""
    text = "x = 1\n\ndef f[T](\n    x: T,\n) -> T:\n    return x\n\ny = 2\n"
    found = older(text)

    assert found is not None
    assert found.text.split("\n")[7] == "y = 2"


def test_what_was_rewritten_is_said() -> None:
    """In a notebook and in a module."""
    for source in (source_of(NESTED), read_source(module(NESTED))):
        assert any("quotes inside f-strings" in said for said in source.repairs)


@pytest.mark.parametrize(
    "piece",
    ["(", "[", "{", "not ", "-", "lambda: ", "a if b else ", "a**", "f'{", "x[", "elif a: b\n", "if a:\n ", "f(", "a."],
)
def test_no_nesting_ends_the_process(piece: str) -> None:
    """However deep a text is nested, it is read or refused."""
    older("def f[T](x): pass\n" + piece * (20_000 // len(piece) - 10))


@pytest.mark.parametrize("text", ["print 'a'\n", "x = [1,\n", "def f[T](x: T:\n", 'said = t"{x}"\n'])
def test_what_no_python_reads_stays_as_it_is(text: str) -> None:
    """A mistake is no newer Python."""
    assert older(text) is None
