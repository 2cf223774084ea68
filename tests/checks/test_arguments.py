"""How training functions with other parameters are called."""

import pytest

from grading.checks.arguments import ByName

ITERATIONS = 50_000
AS_GIVEN = ("NONLINEARITY", "X", "y", "model", "step_size", "reg")
MODEL = {name: name.lower() for name in ("W1", "W2", "W3", "b1", "b2", "b3")}
ARGUMENTS = ("SIGM", "points", "labels", MODEL, 0.1, 1e-3)
MEANT = dict(zip(AS_GIVEN, ARGUMENTS, strict=True))
ROLES = (
    ("nonlinearity",), ("x", "xtrain"), ("y", "labels"), ("model", "params"), ("stepsize", "lr"), ("reg", "lam"),
)  # fmt: skip
adapted = ByName(ROLES, ITERATIONS, known={"numexamples": 300}, pieces=tuple(MODEL), whole=3)


@pytest.mark.parametrize(
    ("parameters", "required"),
    [
        (AS_GIVEN, 6),
        (AS_GIVEN, 4),
        ((*AS_GIVEN, "verbose"), 6),
        (("nonlinearity", "x_train", "labels", "params", "lr", "lam"), 6),
        (("a", "b", "c", "d", "e", "f"), 6),
        (("*args",), 0),
    ],
)
def test_the_assignments_order_is_called_as_it_is(parameters: tuple[str, ...], required: int) -> None:
    """Where the arguments can go by position, they do."""
    assert adapted(parameters, required, ARGUMENTS) is None


@pytest.mark.parametrize("order", [(3, 1, 2, 0, 5, 4), (1, 2, 3, 4, 5, 0), (5, 4, 3, 2, 1, 0)])
def test_names_say_what_an_argument_is(order: tuple[int, ...]) -> None:
    """Arguments in another order are passed by name."""
    found = adapted([AS_GIVEN[i] for i in order], 6, ARGUMENTS)

    assert found is not None
    assert found.arguments == MEANT


@pytest.mark.parametrize("further", ["epochs", "num_iters", "T"])
@pytest.mark.parametrize("place", [0, 4, 6])
def test_a_seventh_argument_counts_the_iterations(further: str, place: int) -> None:
    """What a version requires beside the assignment's arguments is filled in, wherever it stands."""
    parameters = [*AS_GIVEN[:place], further, *AS_GIVEN[place:]]

    found = adapted(parameters, 7, ARGUMENTS)

    assert found is not None
    assert found.arguments == {**MEANT, further: ITERATIONS}


def test_what_a_name_explains_is_no_count() -> None:
    """A further argument that is a size gets that size."""
    found = adapted([*AS_GIVEN, "num_examples"], 7, ARGUMENTS)

    assert found is not None
    assert found.arguments == {**MEANT, "num_examples": 300}


def test_the_model_may_come_in_pieces() -> None:
    """Weights and biases as arguments of their own are taken from the model."""
    parameters = ("NONLINEARITY", "X", "y", *MODEL, "step_size", "reg")

    found = adapted(parameters, 11, ARGUMENTS)

    assert found is not None
    assert found.arguments == {k: v for k, v in MEANT.items() if k != "model"} | MODEL


def test_too_few_parameters_cannot_be_called() -> None:
    """A version that takes fewer arguments is not called in another way."""
    assert adapted(("X", "y"), 2, ARGUMENTS) is None
