"""Functions that a program defines several times: which is meant, and calling it as of its own cell."""

from pathlib import Path

from grading.sandbox.guest.program import loader
from grading.sandbox.guest.program.state import ProgramState, Unit
from grading.sandbox.guest.program.versions import call, in_order, versions_of

CELLS = (
    "def scale():\n    return 2\ndef sgd(params, grads, eta):\n    return params - scale() * eta * grads",
    "def scale():\n    return 0\ndef sgd(model, eta):\n    return [p for p in model.parameters()]",
    "def Update_Params(params, eta, grads=1):\n    return params",
)


def run(*cells: str) -> ProgramState:
    """A program after all of its cells."""
    units = [Unit(f"cell {n}", cell, 1) for n, cell in enumerate(cells, 1)]
    program = ProgramState("notebook.ipynb", "definitions", units, {"__name__": "__main__"}, {}, None, 0, Path())
    for n in range(len(units)):
        loader.execute(program, n)
    return program


def test_definitions_are_told_apart_by_their_arguments() -> None:
    """By how many they take, defaults included, under any of the names, in order."""
    program = run(*CELLS)

    assert [v.unit for v in versions_of(program, ("sgd", "update_params"), 3)] == [0, 2]
    assert [v.unit for v in versions_of(program, ("sgd", "update_params"), 2)] == [1, 2]
    assert versions_of(program, ("step",), 2) == []


def test_a_definition_is_called_among_the_names_of_its_own_section() -> None:
    """A later cell's function of the same name is another; it is back afterwards."""
    program = run(*CELLS)
    first = versions_of(program, ("sgd",), 3)[0]

    assert call(program, first, 10, 1, 1) == 8
    assert program.namespace["scale"]() == 0


def test_code_tells_what_a_definition_speaks_of() -> None:
    """Names in the function, and in functions inside it."""
    by_hand, of_modules = (versions_of(run(*CELLS), ("sgd",), n)[0] for n in (3, 2))

    assert of_modules.speaks_of(("parameters",))
    assert not by_hand.speaks_of(("parameters",))


def test_arguments_follow_the_names_of_parameters() -> None:
    """Where these do not say what they are, the order is the question's."""
    assert in_order(lambda learning_rate, Inputs: 0, {"x": 1, "eta": 2}) == [2, 1]
    assert in_order(lambda a, b: 0, {"x": 1, "eta": 2}) == [1, 2]
