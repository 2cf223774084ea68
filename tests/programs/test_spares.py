"""What a slice leaves out comes along as spares."""

from grading.programs import definitions
from tests.programs.zoo import source_of


def test_what_was_left_out_comes_along_with_the_names_that_it_gives() -> None:
    """With its line, free of the block that it stood in; statements that give nothing are no spares."""
    cells = (
        "def net(x):\n    return W * x",
        "import time\nif True:\n    time.sleep(9)\n    W = [time.sleep(0), 2][1]\nprint(W)",
    )
    program = definitions(source_of(*cells), wanted=["net"])

    assert [(spare.unit.source, spare.unit.first_line, spare.gives) for spare in program.spares] == [
        ("W = [time.sleep(0), 2][1]\n", 4, ("W",))
    ]


def test_what_stays_is_no_spare() -> None:
    """Neither what is kept, nor a version or meaning that does not count."""
    cells = ("A = 1\ndef f(x):\n    return x + A", "f(1)", "f = 'blue'")

    assert definitions(source_of(*cells), wanted=["f"]).spares == ()
