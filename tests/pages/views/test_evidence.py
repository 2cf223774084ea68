"""Evidence as a table."""

from hypothesis import given
from hypothesis import strategies as st

from api.pages.views import evidence

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def test_known_keys_have_words_and_shapes_read_as_shapes() -> None:
    """An index, an answer and its shape, as a student reads them."""
    rows = evidence.rows({"index": [3, 17], "got": -0.041287123, "got_shape": [2, 50], "expected_shape": []})

    assert [(row.label, row.value) for row in rows] == [
        ("At index", "[3, 17]"),
        ("Your answer", "-0.0412871"),
        ("Shape of your answer", "2 × 50"),
        ("Shape it should have", "a single number"),
    ]


def test_nested_evidence_is_flattened() -> None:
    """Each leaf has a row of its own that says where it belongs."""
    rows = evidence.rows({"shapes": {"layer1": [64, 56, 56]}, "steps": [{"loss": 1.5}, {"loss": 0.5}]})

    assert [(row.label, row.value) for row in rows] == [
        ("Shapes: layer1", "[64, 56, 56]"),
        ("Steps 1: loss", "1.5"),
        ("Steps 2: loss", "0.5"),
    ]


def test_long_text_is_cut() -> None:
    """A page is not flooded by what a program printed."""
    [row] = evidence.rows({"printed": "a" * 10_000})

    assert len(row.value) == evidence.LONGEST_TEXT


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_any_json_becomes_a_bounded_table(shown) -> None:
    """Whatever the judge writes can be shown."""
    rows = evidence.rows(shown)

    assert len(rows) <= evidence.MOST_ROWS
    assert all(len(row.value) <= evidence.LONGEST_TEXT + 2 for row in rows)
