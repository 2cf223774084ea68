"""What can be said about a program without running it."""

from grading.programs import Source, identifiers, normalized, read_source, told
from tests.programs.zoo import code_cell, notebook, source_of


def test_every_name_that_occurs_is_listed() -> None:
    """Imported, bound, read, as an attribute and as a keyword; nothing of what does not parse."""
    found = identifiers(
        source_of("import numpy as np, os.path\n", "def f(a): np.norm(x, ord=2)", "def g(:\n    pass\n")
    )

    assert found == {"numpy", "np", "os", "path", "f", "a", "norm", "x", "ord"}


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


def test_a_starter_with_an_answer_says_something_else() -> None:
    """The code stays the starter's, the text does not; layout is no text."""

    def said(text: str) -> Source:
        return read_source(notebook({"cell_type": "markdown", "source": text}, "x = 1"))

    assert normalized(said("Why? So.")) == normalized(said("Why?"))
    assert told(said("  Why?\n\n")) == told(said("Why?"))
    assert told(said("Why? So.")) != told(said("Why?"))
