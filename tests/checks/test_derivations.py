"""Derivations are read in many notations; what cannot be read is for a person."""

import pytest

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.derivations import Derivation, Notation, accented, indexed

NOTATION = Notation(
    symbols=((accented("hat", "y"), "q"), (indexed("W", "y"), "w")),
    gradients={"z": "D"},
    meant={"D": "(q-y)"},
    values={"a": "tanh(z)"},
    shown={"q": "yhat", "w": "Wy"},
    letters="qywzx",
)
SLOPE = Derivation(NOTATION, ("w*(q - y)",), {"w*(y - q)": "the sign is the other way round"}, ("Wy (yhat - y)",))
MEAN = Derivation(NOTATION, ("x1 + x2 + x3",), {"x1*x2*x3": "that is the product"}, ("the sum",), classes=True)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (r"$W_y^\top (\hat{y} - y)$", Right),
        ("the gradient is W^{(y)} * (y_hat - y).", Right),
        (r"$\nabla_z = \hat y - y$, so $W_y^T \nabla_z$", Right),
        (r"$W_y (y - \hat y)$", Wrong),
        ("by the chain rule", ForHuman),
    ],
)
def test_notations_differ_and_results_do_not(answer: str, kind: type) -> None:
    """Transposes, accents, gradients by name: what is left is the formula for one unit."""
    assert isinstance(SLOPE.judge(answer), kind), SLOPE.judge(answer)


def test_a_wrong_formula_is_told_in_the_statement_s_names() -> None:
    """Not in the letters that it was read with."""
    assert SLOPE.judge(r"$W_y (y - \hat y)$") == Wrong("is read as Wy*(y - yhat): the sign is the other way round")


def test_sums_are_written_out_over_three_classes() -> None:
    """Also with an upper limit, and in plain text."""
    assert isinstance(MEAN.judge(r"$\sum_{i=1}^{n} x_i$"), Right)
    assert isinstance(MEAN.judge("x_1 x_2 x_3"), Wrong)
    assert isinstance(MEAN.judge(r"$\prod_i x_i$"), ForHuman)


def test_formulas_that_must_all_be_there_may_be_said_in_words() -> None:
    """Where the first is right and another is missing, a person reads."""
    both = Derivation(NOTATION, ("q - y", "w"), {}, ("both",), {"w": r"weights"})

    assert isinstance(both.judge("q: yhat - y, and the weights"), Right)
    assert isinstance(both.judge("yhat - y"), ForHuman)
