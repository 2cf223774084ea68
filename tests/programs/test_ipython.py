"""Cells as IPython reads them."""

import ast

import pytest

from grading.programs.ipython import Budget, translate
from tests.programs.zoo import source_of


def python_of(cell: str) -> str:
    """A cell's Python; fails where it has none."""
    python = source_of(cell).cells[0].python
    assert python is not None
    return python


def test_plain_python_is_left_as_it_is() -> None:
    """Not a character of a cell that parses is touched, though it may look like a magic."""
    text = 's = """\n!ls\n%time x\n>>> 3\n"""\ny = 7 \\\n% 3\n'

    assert text == python_of(text)


@pytest.mark.parametrize(
    ("cell", "line", "expected"),
    [
        ("%matplotlib inline", 1, "get_ipython().run_line_magic('matplotlib', 'inline')"),
        ("x = 1\n!pip install q", 2, "get_ipython().system('pip install q')"),
        ("try:\n    a\nexcept:\n    !pip install q", 4, "    get_ipython().system('pip install q')"),
        ("files = !ls", 1, "files = get_ipython().getoutput('ls')"),
        ("%%time\nx = 1", 2, "x = 1"),
        ("\n%%capture out\n%%time -n 3\n!ls\nx = 1", 5, "x = 1"),
        ("%time x = f(3)", 1, "x = f(3)"),
        ("if a:\n    %time x = f(3)", 2, "    x = f(3)"),
        ("!wget \\\n   a \\\n   b\nx = 1", 4, "x = 1"),
        ("\n\n%cd ..\nx = 1", 4, "x = 1"),
        ("x?\ny = 1", 2, "y = 1"),
    ],
)
def test_magics_become_calls_on_their_own_lines(cell: str, line: int, expected: str) -> None:
    """Translation is IPython's, and every line keeps its number."""
    assert expected == python_of(cell).split("\n")[line - 1]


def test_another_language_becomes_one_call() -> None:
    """The body of `%%bash` is no Python."""
    tree = ast.parse(python_of("%%bash\nfor i in 1 2; do echo $i; done"))

    assert len(tree.body) == 1


@pytest.mark.parametrize(
    ("cell", "name"),
    [("%%writefile utils.py\nx = 1\n", "utils.py"), ("%%file -a 'tools/data.py'\nx = 1\n", "tools/data.py")],
)
def test_writefile_becomes_a_file(cell: str, name: str) -> None:
    """The body is laid beside the program and is not code of the cell."""
    read = source_of(cell).cells[0]

    assert read.file is not None
    assert (name, b"x = 1\n") == (read.file.name, read.file.content)
    assert read.python == ""


@pytest.mark.parametrize("name", ["../up.py", "/etc/passwd", "a/../../b", "", "~/x", "a\\b"])
def test_writefile_outside_the_folder_writes_nothing(name: str) -> None:
    """An unsafe name is no file."""
    assert source_of(f"%%writefile {name}\nx = 1\n").cells[0].file is None


def test_a_cell_of_thousands_of_shell_lines_is_given_up_soon() -> None:
    """IPython's work grows with the square of the cell: there is a budget, shared by the whole file."""
    budget = Budget()
    translated = translate("!ls\n" * 40_000, budget)

    assert translated.parsed.tree is None
    assert "too many" in str(translated.parsed.fault)
    assert budget.left < 0
