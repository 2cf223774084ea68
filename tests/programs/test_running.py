"""All cells in order, shortened where they train."""

from grading.programs import whole
from tests.programs.zoo import code_cell, run, source_of


def test_cells_are_units_in_order_under_their_own_numbers() -> None:
    """Blank and text cells are no units, but they count."""
    text = {"cell_type": "markdown", "source": "# Title"}
    program = whole(source_of("x = 1", text, "", "x += 1", "# comment only"))

    assert [unit.label for unit in program.units] == ["cell 1", "cell 4"]
    assert program.mode == "run"
    assert run(program)["x"] == 2


def test_a_cell_that_fails_leaves_the_rest_alone() -> None:
    """A broken statement is left out and said; a raising cell is the runner's to record."""
    program = whole(source_of("x = \ny = 1", "1 / 0\nz = 1", "w = y"))
    namespace = run(program)

    assert namespace["w"] == 1
    assert "z" not in namespace
    assert any("cell 1, line 1" in repair for repair in program.repairs)


def test_loops_that_train_are_capped_through_functions_and_methods() -> None:
    """Epochs and batches go through `__few__`, also where the training stands in a function of its own."""
    source = source_of(
        "class Loss:\n    def backward(self): seen.append(1)\nseen = []\n",
        "def epoch(loss):\n    for batch in range(4):\n        loss.backward()\n",
        "for e in range(10):\n    epoch(Loss())\n",
    )
    namespace = run(whole(source), {"__few__": lambda iterable: list(iterable)[:2]})

    assert namespace["seen"] == [1] * 4


def test_overrides_are_said_with_their_place() -> None:
    """A student reads which number was not the one that ran."""
    program = whole(
        source_of("num_epochs = 50\ndef train(num_epochs=20): return num_epochs\ny = train(num_epochs=num_epochs)"),
        overrides={"num_epochs": 1},
    )

    assert run(program)["y"] == 1
    assert program.repairs == (
        "cell 1, line 1: `num_epochs` is 1 here instead of `50`",
        "cell 1, line 2: `num_epochs` is 1 here instead of `20`",
    )


def test_rewrites_do_not_disturb_each_other() -> None:
    """Long literals, capped loops and overrides meet in one line."""
    program = whole(
        source_of("def f(epochs=70000):\n    for i in range(60000 + epochs): opt.step()\n"),
        overrides={"epochs": 2},
        long_loop=1000,
    )

    assert program.units[0].source == "def f(epochs=2):\n    for i in __few__((range(60000 + epochs))): opt.step()\n\n"


def test_stored_outputs_change_nothing() -> None:
    """Only code makes the program."""
    assert (
        whole(source_of("x = 1")).units
        == whole(source_of(code_cell("x = 1", outputs=[{"output_type": "stream"}]))).units
    )
