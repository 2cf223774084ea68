"""A finding's evidence as rows of a table: what a student can read, never raw JSON.

Evidence is small plain JSON that the judge wrote; strings in it may repeat what the student's program said, so every
value leaves here as text and is escaped by the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.views.words import in_words

LABELS = {
    "asked": "Asked",
    "index": "At index",
    "at": "Where",
    "differs_in": "Differs in",
    "got": "Your answer",
    "value": "Your answer",
    "got_form": "Your answer is",
    "expected_form": "It should be",
    "got_shape": "Shape of your answer",
    "shape": "Shape of your answer",
    "expected_shape": "Shape it should have",
    "got_dtype": "Type of your answer",
    "dtype": "Type of your answer",
    "expected_dtype": "Type it should have",
    "difference": "Off by",
    "tolerance": "Allowed",
    "explains": "Explains",
    "or": "It could also be",
    "ended": "How it ended",
    "relation": "Perhaps",
    "called": "Called",
    "call": "Called",
    "exception": "Exception",
    "text": "It said",
    "where": "Where",
    "printed": "Printed",
    "seconds": "Seconds",
    "wrong": "Values that differ",
}
SHAPES = frozenset({"shape", "got_shape", "expected_shape", "shapes"})
# What the finding's own sentences say already.
NOT_ROWS = frozenset({"figures", "figure", "mistake", "equals"})
LONGEST_TEXT = 400
MOST_ROWS = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `block` text keeps its line breaks."""

    label: str
    value: str
    block: bool = False


def rows(evidence: Mapping[str, Any]) -> tuple[Row, ...]:
    """The evidence as labelled rows, nested mappings flattened, at most `MOST_ROWS` of them."""
    made: list[Row] = []
    counted = {"wrong", "of"} <= evidence.keys()
    for key, value in evidence.items():
        if counted and key == "wrong":
            made.append(Row(LABELS["wrong"], f"{readable(value)} of {readable(evidence['of'])}"))
        elif key not in NOT_ROWS and not (counted and key == "of"):
            made.extend(_rows_of(key, LABELS.get(key, in_words(key)), value))
    return tuple(made[:MOST_ROWS])


def _rows_of(key: str, label: str, value: Any) -> list[Row]:
    if value is None or value == "":
        return []
    if isinstance(value, Mapping):
        inner = []
        for name, item in value.items():
            inner.extend(_rows_of(str(name), f"{label}: {LABELS.get(str(name), str(name)).lower()}", item))
        return inner
    if isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping) for v in value):
        return [row for number, item in enumerate(value, 1) for row in _rows_of(key, f"{label} {number}", item)]
    text = shape(value) if key in SHAPES else readable(value)
    return [Row(label, text, block="\n" in text)]


def shape(value: Any) -> str:
    """A shape as "16 × 3"; a scalar's empty shape as "a single number"."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " × ".join(str(size) for size in value) if value else "a single number"
    return readable(value)


def readable(value: Any) -> str:
    """A JSON value as text: numbers to six digits, lists with commas, long text cut."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{cut(', '.join(readable(item) for item in value))}]"
    return cut(str(value))


def cut(text: str) -> str:
    """At most `LONGEST_TEXT` characters, an ellipsis saying that more was there."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
