"""What crosses from the judge is JSON that anybody can store, show and print."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grading.judge.messages import storable

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


def texts(value: object) -> list[str]:
    """Every text in it, keys included."""
    match value:
        case str():
            return [value]
        case list():
            return [text for item in value for text in texts(item)]
        case dict():
            return [text for pair in value.items() for item in pair for text in texts(item)]
        case _:
            return []


@given(anything)
def test_whatever_a_report_quotes_can_be_stored_and_shown(value) -> None:
    """Strict JSON in UTF-8, without a character that repaints a terminal or turns a line around."""
    made = storable(value)
    shown = json.loads(json.dumps(made, allow_nan=False, ensure_ascii=False).encode("utf-8"))

    assert shown == made
    for text in texts(made):
        assert {unicodedata.category(c) for c in text if c not in "\n\t"} & {"Cc", "Cs", "Zl", "Zp"} == set()
        assert {unicodedata.bidirectional(c) for c in text} & {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        } == set()


def test_ordinary_text_stays_as_it_is() -> None:
    """Accents, mathematics, other scripts and lines are no attack."""
    text = "σ(x) = 1 / (1 + e⁻ˣ)\n\tüber עברית 漢字 👩 e\u0301"

    assert text == storable(text)
