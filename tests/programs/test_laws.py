"""Laws: nothing but declared errors, and a slice that behaves like the whole."""

import ast
import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grading.domain.errors import NotASubmission
from grading.domain.submission import SubmittedFile
from grading.programs import Source, definitions, identifiers, read_source, whole
from grading.programs.rebinding import rebound
from grading.programs.statements import outline
from grading.programs.syntax import quietly
from tests.programs.zoo import ZOO, notebook, run, source_of

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["code", "stream", "png"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "cell_type",
                    "source",
                    "input",
                    "outputs",
                    "output_type",
                    "text",
                    "data",
                    "nbformat",
                    "worksheets",
                    "image/png",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)

code_texts = st.lists(
    st.sampled_from(
        [
            "def f(x):",
            "    return x",
            "  ",
            "\t",
            "class A(",
            "):",
            "x = ",
            "1",
            "print x",
            "!ls",
            "%time f()",
            "%%time",
            "%%writefile a",
            "if x:",
            "else:",
            "try:",
            "except:",
            "for i in range(50000):",
            "    loss.backward()",
            "'''",
            '"',
            "(",
            ")",
            "[",
            "\\",
            "@a",
            "import a",
            "from . import b",
            "from a import *",
            "lambda: 0",
            "yield",
            "await x",
            "async def g():",
            "with a as b:",
            "é = 'ü'",
            "match x:",
            "    case [50000, *y]:",
            "f'{x!r:>{50000}}'",
            "x: int = 3",
            "x += 1",
            "del x",
            "global x",
            "nonlocal x",
            ";",
            ",",
            "?",
            "#",
            "\x0c",
            "\u2028",
            "\x1c",
            "\ud800",
            "\0",
            "if __name__ == '__main__':",
            "    num_epochs = 50",
            "x = !ls",
            ">>> y",
            "In [1]: z",
        ]
    ),
    max_size=12,
)


def everything(source: Source) -> None:
    """Puts a source through all of the room."""
    for program in (
        definitions(source, wanted=["f"], arities={"f": 1}, long_loop=1000),
        whole(source, overrides={"num_epochs": 1, "x": 2}, long_loop=1000),
    ):
        for unit in program.units:
            with quietly():
                assert ast.parse(unit.source)
    identifiers(source)


@settings(max_examples=150, deadline=None)
@given(st.lists(code_texts, min_size=1, max_size=4), st.sampled_from(["\n", " ", ""]))
def test_no_code_makes_anything_raise(cells: list[list[str]], glue: str) -> None:
    """Whatever stands in the cells, every unit that comes out parses."""
    everything(source_of(*(glue.join(pieces) for pieces in cells)))


@settings(max_examples=100, deadline=None)
@given(code_texts, st.sampled_from(["\n", " ", ""]))
def test_no_module_makes_anything_raise(pieces: list[str], glue: str) -> None:
    """The same for modules, in bytes that may not even be text."""
    try:
        source = read_source(SubmittedFile("m.py", glue.join(pieces).encode(errors="surrogatepass")))
    except NotASubmission:
        return
    everything(source)


@settings(max_examples=200, deadline=None)
@given(json_values)
def test_no_json_makes_reading_raise_anything_undeclared(value: object) -> None:
    """A notebook or a declared refusal."""
    try:
        everything(read_source(SubmittedFile("a.ipynb", json.dumps(value).encode())))
    except NotASubmission:
        return


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ZOO)), st.data())
def test_damaged_files_are_read_or_refused(name: str, data: st.DataObject) -> None:
    """Bytes cut out, changed or doubled in a real file raise nothing undeclared."""
    content = bytearray(ZOO[name].content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        length = data.draw(st.integers(0, 20))
        content[at : at + length] = data.draw(st.binary(max_size=20))
    try:
        everything(read_source(SubmittedFile(ZOO[name].name, bytes(content))))
    except NotASubmission:
        return


NAMES = ("a", "b", "c")


@st.composite
def synthetic_cells(draw: st.DrawFn) -> list[str]:
    """A notebook of our own whose statements never fail when it is run as a whole."""
    known = [draw(st.sampled_from(NAMES))]
    lines = [f"{known[0]} = [{draw(st.integers(0, 9))}]", "def mix(x):\n    return [*x, len(x)]", "table = {}"]
    functions = 0
    for _ in range(draw(st.integers(3, 14))):
        name, other = draw(st.sampled_from(NAMES)), draw(st.sampled_from(known))
        number = draw(st.integers(0, 9))
        choices = [
            f"{name} = [{number}]",
            f"{name} = [*{other}, {number}]",
            f"{name} = mix({other})",
            f"{name} = sorted({other})[:3]",
            f"if True:\n    {name} = [{number}, {number}]\nelse:\n    {name} = []",
            f"{name} = [i + {number} for i in {other}]",
            f"try:\n    import absent_{number}\nexcept ImportError:\n    {name} = [{number}]",
            f"if __name__ == '__main__':\n    {name} = {other} + [{number}]\n    print({name}, end='')",
        ]
        effects = [
            f"{other}.append({number})",
            f"{other} += [{number}]",
            f"{other}[0] = {number}",
            f"table[{number}] = {other}[0]",
            f"for i in range({number}):\n    {other}.append(i)",
            f"with open(__import__('os').devnull) as f:\n    {other}.append({number})",
            f"print({other}, end='')",
            f"mix({other})",
        ]
        made = [
            f"def f{functions}(x):\n    return [x, *{other}, table]",
            f"f{functions} = lambda x: ({other}, x)",
            f"@staticmethod\ndef f{functions}(x, y={other}[0]):\n    global {other}\n    return [x, y, {other}]",
            f"class K{functions}:\n    held = list({other})\ndef f{functions}(x):\n    return K{functions}.held + [x]",
        ]
        kind = draw(st.sampled_from(["give", "effect", "define"]))
        if kind == "give":
            lines.append(draw(st.sampled_from(choices)))
            # An assignment that is a copy keeps names apart: two names for one object are beyond what a slice can see.
            known = sorted({*known, name})
        elif kind == "effect":
            lines.append(draw(st.sampled_from(effects)))
        else:
            lines.append(draw(st.sampled_from(made)))
            functions += 1
    cells: list[str] = [""]
    for line in lines:
        if draw(st.booleans()):
            cells.append("")
        cells[-1] += line + "\n"
    return cells


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(synthetic_cells())
def test_a_sliced_function_behaves_like_the_whole_programs(cells: list[str]) -> None:
    """For every function: the same answer from the slice as after all cells ran."""
    source = source_of(*cells)
    assume(not rebound(outline(source)))
    everything_ran, sliced = run(whole(source)), run(definitions(source))
    for name in (n for n in everything_ran if n.startswith("f") and n[1:].isdigit()):
        assert everything_ran[name](7) == sliced[name](7)  # type: ignore[operator]
    assert "faults" not in sliced


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(synthetic_cells(), st.integers(0, 9))
def test_a_slice_for_one_function_is_enough_for_it(cells: list[str], which: int) -> None:
    """Asked for one name only, the slice still gives that one's whole behaviour."""
    source, name = source_of(*cells), f"f{which}"
    everything_ran = run(whole(source))
    if name in everything_ran:
        # What a name means after its last use is of no account: see test_rebinding.py.
        assume(not rebound(outline(source)))

        assert everything_ran[name](7) == run(definitions(source, wanted=[name]))[name](7)  # type: ignore[operator]


def test_reading_the_same_bytes_twice_gives_the_same_source() -> None:
    """Nothing random goes in: ids that nbformat would make up are not read."""
    file = notebook("x = 1", "%%time\ny = 2")

    assert read_source(file) == read_source(file)
    assert identifiers(read_source(file)) == identifiers(read_source(file))
