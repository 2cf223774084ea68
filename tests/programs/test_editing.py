"""Edits that leave every line where it was."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from grading.programs.editing import Edits, Text


def edited(source: str, *, wrap: str = "", replace: str = "", drop: str = "", new: str = "0") -> str:
    """`source` with the expressions written as in `wrap` wrapped, as in `replace` replaced, statements dropped."""
    text, edits = Text(source), Edits()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.expr) and text.of(node) == wrap:
            edits.wrap(text.span(node), "w(", ")")
        if isinstance(node, ast.expr) and text.of(node) == replace:
            edits.replace(text.span(node), new)
        if isinstance(node, ast.stmt) and text.of(node) == drop:
            edits.drop(text.span(node), source)
    return edits.apply(source)


def test_positions_are_found_behind_letters_of_several_bytes() -> None:
    """`ast` counts columns in UTF-8 bytes."""
    assert edited("é = 'ü'; y = 7 # ñ", wrap="7") == "é = 'ü'; y = w(7) # ñ"


def test_a_replacement_keeps_the_line_breaks_of_what_it_replaces() -> None:
    """Lines after it keep their numbers."""
    source = "x = f(1,\n      2)\ny = 1"

    assert edited(source, replace="f(1,\n      2)") == "x = (0\n)\ny = 1"


def test_edits_inside_a_replaced_stretch_are_dropped() -> None:
    """What is gone is not wrapped."""
    assert edited("x = f(7) + 7", wrap="7", replace="f(7)") == "x = 0 + w(7)"


def test_wraps_nest() -> None:
    """An inner and an outer wrap that begin or end together do not cross."""
    source = "7 + 7"
    text, edits = Text(source), Edits()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.expr):
            edits.wrap(text.span(node), "(", ")")

    assert edits.apply(source) == "((7) + (7))"


def test_a_dropped_statement_leaves_pass_on_as_many_lines() -> None:
    """Also where another statement follows on its last line, or the text ends there."""
    source = "if a:\n    f(1,\n      2); y = 3\n"

    assert _ran("a = True\n" + edited(source, drop="f(1,\n      2)")) == {"y": 3}
    assert source.count("\n") == edited(source, drop="f(1,\n      2)").count("\n")
    assert _ran(edited("if 1:\n    f(1,\n      2)", drop="f(1,\n      2)") + "\n") == {}


def test_a_definition_starts_at_its_decorator() -> None:
    """The decorator is part of the text."""
    source = "x = 1\n@a.b(3)\n@c\ndef f(): pass"

    assert source[6:] == Text(source).of(ast.parse(source).body[1])


@given(st.text(alphabet="aé神\n; =1", max_size=40))
def test_text_of_every_node_is_what_python_says(source: str) -> None:
    """Our spans agree with `ast.get_source_segment`."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    text = Text(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            assert ast.get_source_segment(source, node) == text.of(node)


def _ran(source: str) -> dict[str, object]:
    namespace: dict[str, object] = {}
    exec(source, namespace)  # noqa: S102 - our own source
    return {name: value for name, value in namespace.items() if name == "y"}
