"""Modules beside a program."""

import ast

from hypothesis import given, settings
from hypothesis import strategies as st

from grading.domain.submission import SubmittedFile
from grading.programs import definitions, modules_beside, read_source
from grading.programs.beside import text_of

TRAINS = """import numpy as np
from utils import read

def forward(x):
    return x @ WEIGHTS

WEIGHTS = np.ones((2, 2))
for epoch in range(50000):
    WEIGHTS = WEIGHTS - 0.1 * read(epoch)
np.save("weights.npy", WEIGHTS)

class Model:
    rate = 0.5
"""


def file(name: str, text: str = TRAINS) -> SubmittedFile:
    """One module of a submission."""
    return SubmittedFile(name, text.encode())


def test_a_module_beside_is_cut_down_to_what_it_defines():
    """Importing it runs no training and writes no file; what it defines is there, on its own lines."""
    text = modules_beside(file("task2.py"), [file("task2.py"), file("task2a.py")])["task2a.py"].decode()

    assert "range(50000)" not in text
    assert "np.save" not in text
    assert {node.name: node.lineno for node in ast.parse(text).body if hasattr(node, "name")} == {
        "forward": 4,
        "Model": 12,
    }


def test_only_modules_at_or_under_the_programs_own_folder_lie_beside_it():
    """A package comes with its folder; solutions, copies and what is elsewhere stay away."""
    names = ["hw/task2.py", "hw/task2a.py", "hw/tools/data.py", "hw/solution/task2a.py", "other/task2a.py", "hw/a.txt"]

    assert sorted(modules_beside(file("hw/task2.py"), [file(name) for name in names])) == ["task2a.py", "tools/data.py"]


def test_a_broken_module_keeps_what_parses():
    """One bad function does not take the others along."""
    broken = file("b.py", "def good():\n    return 1\n\ndef bad(:\n    pass\n\ndef also():\n    return 2\n")
    text = modules_beside(file("a.py"), [broken])["b.py"].decode()

    assert {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)} >= {"good"}


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["x = 1", "def f():\n    return 2", "import os", "", "print(1)"])))
def test_the_text_parses_and_keeps_line_numbers(pieces: list[str]):
    """Where every statement has lines of its own, each stays on them."""
    source = "# a module\n" + "\n".join(pieces) + "\n"
    program = definitions(read_source(file("m.py", source)))
    tree = ast.parse(text_of(program))
    lines = source.splitlines()

    assert all(lines[node.lineno - 1].startswith("def f") for node in tree.body if isinstance(node, ast.FunctionDef))
