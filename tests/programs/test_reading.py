"""Bytes → Source."""

import json
import warnings

import pytest

from grading.domain.errors import NotASubmission, TooLarge
from grading.domain.submission import SubmittedFile
from grading.programs import definitions, identifiers, read_source, whole
from grading.programs.notebooks import BRACKETS, CELLS, OUTPUT_CHARACTERS, OUTPUTS
from tests.programs.zoo import PNG, ZOO, code_cell, module, notebook, notebook_json, old_notebook, source_of


@pytest.mark.parametrize("name", ZOO)
def test_every_animal_in_the_zoo_can_be_read_sliced_run_and_described(name: str) -> None:
    """Nothing in the zoo raises or warns anywhere in the room."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = read_source(ZOO[name])
        programs = definitions(source, long_loop=1000), whole(source, overrides={"x": 1}, long_loop=1000)
        identifiers(source)

    assert all(unit.source.strip() for program in programs for unit in program.units)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.ipynb", b"", "empty-file"),
        ("a.py", b" \n\0\n", "empty-file"),
        ("a.ipynb", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "lfs-pointer"),
        ("a.ipynb", b"<!DOCTYPE html>\n<html></html>", "web-page"),
        ("a.ipynb", b"\xff\xfe\x00", "not-text"),
        ("a.ipynb", b'{"cells": "\xe9"}', "not-text"),
        ("a.ipynb", b"\x89PNG\r\n\x1a\n", "not-text"),
        ("a.ipynb", b"PK\x03\x04 a zip", "not-text"),
        ("a.ipynb", b'{"cells": [', "broken-json"),
        ("a.ipynb", b'{"cells": ' + b"9" * 5000 + b"}", "broken-json"),
        ("a.ipynb", b"[" * 100_000, "not-a-notebook"),
        ("a.ipynb", b"[1, 2]", "not-a-notebook"),
        ("a.ipynb", b'{"a": 1}', "not-a-notebook"),
        ("a.ipynb", b'{"cells": 3}', "not-a-notebook"),
        ("a.ipynb", b'{"nbformat": 2, "worksheets": []}', "unsupported-nbformat"),
        ("a.ipynb", b'{"nbformat": 99, "cells": []}', "unsupported-nbformat"),
        ("a.py", b"x = '\xe9'\n", "not-text"),
        ("a.py", b"# coding: rot13\nx = 1\n", "not-text"),
        ("a.py", b"# coding: no-such\nx = '\xe9'\n", "not-text"),
    ],
)
def test_what_is_no_program_is_refused_by_name(name: str, content: bytes, code: str) -> None:
    """The fault says what the bytes are, and names the file."""
    with pytest.raises(NotASubmission) as caught:
        read_source(SubmittedFile(name, content))

    assert code == caught.value.code
    assert name == caught.value.file
    assert name in caught.value.message


@pytest.mark.parametrize(
    "file",
    [
        notebook(*([""] * (CELLS + 1))),
        SubmittedFile("a.ipynb", b'{"cells": [' + b"[]," * BRACKETS + b"[]]}"),
        notebook("x = 1\n" * 900_000),
    ],
)
def test_more_than_any_notebook_has_is_refused_with_numbers(file: SubmittedFile) -> None:
    """Cells, JSON values and characters of code have limits."""
    with pytest.raises(TooLarge, match=r"\d"):
        read_source(file)


def test_an_old_notebook_reads_like_a_new_one() -> None:
    """Inputs, headings and outputs of nbformat 3 stand where nbformat 4 has them."""
    source = read_source(old_notebook("x = 1", "y = 2"))

    assert [cell.kind for cell in source.cells] == ["markdown", "code", "code"]
    assert [cell.python for cell in source.code] == ["x = 1", "y = 2"]
    assert [output.kind for output in source.code[0].outputs] == ["display", "stream", "error"]
    assert source.code[0].outputs[0].png == PNG


def test_outputs_are_cut_and_cleaned() -> None:
    """Stored text has no control sequences and a limited length; a picture must be one."""
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m\x07", "a" * (OUTPUT_CHARACTERS + 9)]},
        {"output_type": "display_data", "data": {"image/png": "not base 64!", "text/plain": "p"}},
        {"output_type": "display_data", "data": {"image/png": "aGVsbG8="}},
        {"output_type": "error", "ename": "NameError", "evalue": "name 'x'", "traceback": []},
    ]
    read = source_of(code_cell("x", outputs=outputs)).cells[0].outputs

    assert read[0].text.startswith("reda")
    assert len(read[0].text) == OUTPUT_CHARACTERS + 1
    assert [read[1].png, read[2].png] == [None, None]
    assert read[3].text == "NameError: name 'x'"


def test_a_flood_of_outputs_is_cut_and_said() -> None:
    """Outputs beyond the limit are dropped with a repair."""
    output = {"output_type": "stream", "text": "a"}
    source = source_of(code_cell("x", outputs=[output] * (OUTPUTS + 5)))

    assert len(source.cells[0].outputs) == OUTPUTS
    assert any("outputs" in repair for repair in source.repairs)


def test_line_ends_surrogates_and_nuls_are_mended_and_said() -> None:
    """The source is text that Python can hold; what was replaced is a repair."""
    content = json.dumps(notebook_json("x = 1\r\ny = '\ud83d\0'\r")).encode()
    source = read_source(SubmittedFile("a.ipynb", content))

    assert source.cells[0].source == "x = 1\ny = '\ufffd'\n"
    assert len(source.repairs) == 2


def test_a_module_with_a_syntax_error_is_a_source_with_a_fault() -> None:
    """What does not parse is the cell's fault, not the file's."""
    source = read_source(module("import math\n\ndef f(x):\n    return x +\n\ndef g(x):\n    return x\n"))
    (cell,) = source.cells

    assert source.kind == "module"
    assert cell.python is None
    assert cell.fault is not None
    assert cell.fault.startswith("line 4: ")
    assert (cell.broken[0].names, cell.broken[0].first_line) == (("f",), 3)
    assert cell.salvaged is not None
    assert "def g" in cell.salvaged


def test_a_modules_encoding_is_its_own() -> None:
    """PEP 263 is honoured."""
    assert "x = 'é'" in read_source(ZOO["a module in latin-1"]).cells[0].source


@pytest.mark.parametrize("text", ["(" * 500 + ")" * 500, "-" * 5000 + "1", "x" + "+x" * 5000, "[" * 100_000])
def test_deep_code_is_a_fault_of_its_cell(text: str) -> None:
    """Nesting that would exhaust a stack is named, and the rest of the notebook counts."""
    source = source_of(text, "def f(): return 1")

    assert source.cells[0].python is None
    assert source.cells[0].fault
    assert [d.name for d in definitions(source).definitions] == ["f"]
