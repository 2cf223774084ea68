"""Numbers as people write them."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.quantities import Quantity, numbers, stated, value_of

TOTAL = Quantity(1_191_170, also={1_190_160: "without biases"}, known={1_088_418: "The map's size was used."})


@pytest.mark.parametrize(
    "answer",
    [
        "1,191,170",
        "1 191 170 paramètres",
        "1\u202f191\u202f170",
        "1.191.170",
        "1'191'170",
        "There are 1191170 parameters in total.",
        "about 1.19M",
        "1,19 million",
        "1.191 × 10^6",
        "1.19117e6",
        "1,191170 · 10⁶",
        r"$1{,}191{,}170$",
        r"$1\,191\,170 \approx 1.19 \times 10^{6}$",
        "2432 + 51264 + 102464 + 1025000 + 10010 = 1191170",
        "total: 2,432 + 51,264 + 102,464 + 1,025,000 + 10,010",
        "$N = 1191170$",
        "1,190,160",
    ],
)
def test_the_same_number_counts_however_it_is_written(answer: str) -> None:
    """English and French separators, scales, powers, sums."""
    assert isinstance(TOTAL.judge(answer), Right)


@pytest.mark.parametrize(
    "answer", ["1,191,171", "1.2", "119117", "1.18M", "1M", "none", "", "1191170 = 5", "11911700", "-1191170"]
)
def test_other_numbers_do_not(answer: str) -> None:
    """Off by one where it is written out, off by a rounding where it is rounded, a term in place of the result."""
    assert isinstance(TOTAL.judge(answer), Wrong)


def test_known_wrong_numbers_say_why() -> None:
    """The message names the mistake; an answer that has both goes to a human, and so does a list of numbers."""
    said = TOTAL.judge("1,088,418")

    assert isinstance(said, Wrong)
    assert "map's size" in said.message
    assert isinstance(TOTAL.judge("1,088,418 or 1,191,170"), ForHuman)
    assert isinstance(TOTAL.judge("; ".join(map(str, range(100, 130)))), ForHuman)
    assert TOTAL.remark("1,190,160") == "without biases"
    assert TOTAL.remark("1,191,170") == ""


def test_rates_percents_and_decimal_commas_are_one() -> None:
    """94 % is 0.94; 2,30 is 2.30; 0.27 M is 269,722 rounded."""
    assert isinstance(Quantity(0.94).judge("94 %"), Right)
    assert isinstance(Quantity(94).judge("94%"), Right)
    assert isinstance(Quantity(2.302585, rtol=0.01).judge("environ 2,30"), Right)
    assert isinstance(Quantity(269_722).judge("0.27 M"), Right)
    assert isinstance(Quantity(269_722).judge("270k"), Right)
    assert isinstance(Quantity(269_722).judge("0.28 M"), Wrong)
    assert isinstance(Quantity(62_006).judge("62.006"), Right)
    assert isinstance(Quantity(-1.5).judge("x = -1.5"), Right)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["{:,}", "{:_}", "{}"]), st.sampled_from([",", " ", "\u202f", ".", "'"]))
def test_every_integer_is_read_back(n: int, form: str, mark: str) -> None:
    """What is written with any separator has the number among its readings."""
    written = form.format(n).replace("_", mark).replace(",", mark)

    assert float(n) in numbers(f"it has {written} parameters")[0].readings


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,+-*/x×()[]=^{}eEkM% \n\u202f'@a", max_size=200))
def test_no_text_raises(text: str) -> None:
    """Whatever a student writes gets a verdict."""
    assert isinstance(TOTAL.judge(text), Right | Wrong | ForHuman)


def test_sums_are_computed_and_nothing_else() -> None:
    """Products before sums, parentheses; powers, names and unclosed parentheses are no sums."""
    assert value_of("(5*5*3+1)*32") == 2432
    assert value_of("2+3*4-10/5") == 12
    for text in ("(1+2", "1+", "__import__", "1/0", "((" * 500 + "1"):
        assert value_of(text) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-2", 0.01), ("784*64 + 640", 50816.0), ("-3", -3.0), ("1/8", 0.125), ("10**-8", 1e-8), ("7 // 2", 3.0),
        ("f(2)", None), ("n + 1", None), ("9**9**9", None), ("True", None), ("1/0", None),
    ],
)  # fmt: skip
def test_numbers_in_code_are_read_without_running_it(written: str, value: float | None) -> None:
    """Literals and arithmetic of literals; calls, names and huge powers are left out."""
    assert stated(ast.parse(written, mode="eval").body) == value
