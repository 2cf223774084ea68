"""Formulas by what they mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.formulas import Formula, Unreadable, equal, read

XYZ = {n: n for n in "xyzkps"}
OUTPUT = Formula(
    "floor((x + 2p - k)/s) + 1",
    {"x": (), "p": ("P", "padding"), "k": ("f",), "s": ("stride",)},
    also=("(x + 2p - k)/s + 1",),
    known={"(x + 2p(k-1) - 1)/s": "The kernel's size does not multiply the padding."},
    whole=("x", "p", "k", "s"),
)


@pytest.mark.parametrize(
    "answer",
    [
        "(x+2p-k)/s+1",
        "floor((x - k + 2*p) / s) + 1",
        r"\left\lfloor \frac{x + 2p - k}{s} \right\rfloor + 1",
        "⌊(x+2p−f)/stride⌋ + 1",
        "x' = (x + 2P - k + s)/s",
        r"$\frac{x-k+2 \cdot p}{s}+1$",
        "1 + (x + 2×padding − k) / s",
    ],
)
def test_one_formula_in_many_spellings(answer: str) -> None:
    """ASCII, Unicode and LaTeX, terms in any order, other letters."""
    assert isinstance(OUTPUT.judge(answer), Right)


def test_wrong_formulas_are_told_and_known_ones_named() -> None:
    """A different formula says how it was read; a published wrong one says why."""
    said = OUTPUT.judge("(x+2*p*(k-1)-1)/s")

    assert isinstance(said, Wrong)
    assert "padding" in said.message
    for text in ("(x+2p-k)/s", "x+2p-k/s+1", "(x+p-k)/s+1", "ceil((x+2p-k)/s)+1", "5"):
        assert isinstance(OUTPUT.judge(text), Wrong), text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(x+y)^2", "x² + 2xy + y**2"),
        ("1/(1+exp(-x))", "exp(x)/(1+exp(x))"),
        ("sigmoid(x)(1-sigmoid(x))", r"\frac{e^{-x}}{(1+e^{-x})^2}"),
        ("1 - tanh(x)^2", "1/cosh(x)^2"),
        ("x/y/z", "x/(yz)"),
        ("-x^2", "-(x^2)"),
        ("2^-1 x", "x/2"),
        ("|x|", r"\sqrt{x^2}"),
        ("max(0, x)", "relu(x)"),
        ("ln(x^2 + 1)", r"\ln(1 + x^{2})"),
        (r"1.7159 \tanh(\frac{2}{3} x)", "1.7159*tanh(2x/3)"),
        ("-y + log(exp(x) + exp(z))", r"\log(e^x + e^z) - y"),
    ],
)
def test_equal_formulas_are_equal(one: str, other: str) -> None:
    """By expansion or at random points."""
    assert equal(read(one, XYZ), read(other, XYZ))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x^2", "x"),
        ("x/y z", "x/(yz)"),
        ("tanh(x)", "x"),
        ("1/x", "1/(x+1/10^6)"),
        ("sqrt(x)", "sqrt(-x)"),
        ("|x|", "x"),
    ],
)
def test_different_formulas_are_not(one: str, other: str) -> None:
    """However close they look."""
    assert not equal(read(one, XYZ), read(other, XYZ))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('ls')",
        "9^9^9^9",
        "((((10^60)^60)^60)^60)",
        "(" * 100 + "x",
        "-" * 500 + "x",
        "x" * 2000,
        "lambda x: x",
        "x.__class__",
        "1/0",
        "x +",
        "",
        "wonderful",
        r"\frac{x}",
        "exp(exp(exp(10^60)))^2 )",
    ],
)
def test_what_is_no_formula_goes_to_a_human_and_runs_nothing(text: str) -> None:
    """Code, towers of powers, nesting, words and halves of formulas."""
    with pytest.raises(Unreadable):
        read(text, XYZ)
    assert isinstance(Formula("x", {"x": ()}).judge(text), ForHuman)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="xyk0123()+-*/^. \\{}|⌊⌋=efracsqtlogn,'_²", max_size=40))
def test_no_text_raises(text: str) -> None:
    """Whatever a student writes gets a verdict or a reader."""
    assert isinstance(Formula("x+y", {"x": (), "y": ()}).judge(text), Right | Wrong | ForHuman)
