"""What can be said about a program without running it."""

import pytest

from grading.programs import Source, definition_digests, facts, normalized, read_source, told
from tests.programs.zoo import code_cell, module, notebook, source_of


def test_calls_are_resolved_through_imports() -> None:
    """`np.linalg.norm`, `F.relu` and a name imported alone are all known by their full names."""
    found = facts(
        source_of(
            "import numpy as np, os.path\nimport torch.nn.functional as F\nfrom torch.optim import SGD as S\n",
            "np.linalg.norm(F.relu(S(x)))\nos.path.join('a')\nopen('b')",
        )
    )

    assert {"numpy.linalg.norm", "torch.nn.functional.relu", "torch.optim.SGD", "os.path.join", "open"} == found.calls
    assert {"numpy", "os.path", "torch.nn.functional", "torch.optim"} == found.imports
    assert found.framework == "torch"


@pytest.mark.parametrize(
    ("cell", "framework"),
    [
        ("import tensorflow as tf", "tensorflow"),
        ("from keras.layers import Dense", "keras"),
        ("import numpy", ""),
        ("import tensorflow, torch", "torch"),
    ],
)
def test_the_framework_is_what_is_imported(cell: str, framework: str) -> None:
    """A Keras program for a PyTorch assignment is seen."""
    assert framework == facts(source_of(cell)).framework


def test_definitions_names_and_what_is_broken_are_listed() -> None:
    """Every version of every name, with its cell; what does not parse with what it would have defined."""
    found = facts(source_of("def f(a): pass\nx = 1", "def f(a, b): pass\nclass A: pass", "def g(:\n    pass\n"))

    assert [(d.name, d.cell, d.most) for d in found.definitions] == [("f", 1, 1), ("f", 2, 2), ("A", 2, None)]
    assert {"f", "x", "A"} == found.names
    assert [(broken.names, broken.cell) for broken in found.broken] == [(("g",), 3)]


def test_python_2_is_recognised() -> None:
    """By statements that do not parse and by names that are gone."""
    found = facts(source_of("for i in xrange(3):\n    pass", "print 'a'", "d.iteritems()"))

    assert found.python2 == ("`print` is a statement", "`xrange`", "`iteritems`")
    assert facts(source_of("xrange = range\nfor i in xrange(3): print(i)")).python2 == ()


def test_magics_errors_and_execution_are_listed() -> None:
    """What the notebook shows of its own past."""
    error = {"output_type": "error", "ename": "NameError", "evalue": "name 'x'", "traceback": []}
    found = facts(source_of("!ls\n%cd a\n", "%%bash\nls", code_cell("x", outputs=[error])))

    assert found.magics == ("!", "bash", "cd")
    assert found.errors == ("NameError",)
    assert found.executed
    assert not facts(source_of("x = 1")).executed


def test_the_digest_ignores_layout_comments_outputs_and_cells() -> None:
    """An untouched starter saved by another editor is still the starter."""
    starter = source_of("def f(x):\n    # TODO\n    return x\n", "y =  \nz = 1")
    resaved = read_source(
        notebook(
            {"cell_type": "markdown", "source": "hello"},
            code_cell("def f( x ) :\n\n    return x # done", execution_count=3, outputs=[{"output_type": "stream"}]),
            "",
            "y =\n\n# c\nz = 1",
        )
    )

    assert normalized(starter) == normalized(resaved)
    assert normalized(source_of("x = 1", "y = 2")) == normalized(source_of("x = 1\ny = 2"))
    assert normalized(starter) != normalized(source_of("def f(x):\n    return -x\n", "y =\nz = 1"))


def test_a_definition_has_a_digest_of_its_own() -> None:
    """A part can be compared with the starter function by function."""
    starter = definition_digests(source_of("def f(x):\n    return x\ndef g(x):\n    pass\n"))
    done = definition_digests(read_source(module("def g(x):\n    return 2  # mine\n\n\ndef f(x): return x\n")))

    assert starter["f"] == done["f"]
    assert starter["g"] != done["g"]


def test_a_starter_with_an_answer_says_something_else() -> None:
    """The code stays the starter's, the text does not; layout is no text."""

    def said(text: str) -> Source:
        return read_source(notebook({"cell_type": "markdown", "source": text}, "x = 1"))

    assert normalized(said("Why? So.")) == normalized(said("Why?"))
    assert told(said("  Why?\n\n")) == told(said("Why?"))
    assert told(said("Why? So.")) != told(said("Why?"))
