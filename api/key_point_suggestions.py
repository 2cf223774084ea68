"""Which key points an answer seems to make: a suggestion to whoever marks it, off by default, never points.

With the extra `suggest` installed a small sentence model compares meanings (`api.sentence_model`); without it, shared
words do. Every suggestion says which. Neither understands an answer: "ReLU does not help" shares all the words of "ReLU
helps".
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog

from grading.store.settings import Settings

log = structlog.get_logger(__name__)

# Of a key point's words, so many must stand in the answer.
SHARED = 0.6
# Cosine of a sentence of the answer and the key point. Between unrelated sentences of one field it is about 0.2.
CLOSE = 0.5
LONGEST = 12_000
MOST_SENTENCES = 60
_SMALL = (
    "a an and are as at be because by can do does for from give gives has have in into is it its may "
    "more most no not of on one or other same so such than that the their then there these they this to "
    "too was when which will with"
)
SMALL_WORDS = frozenset(_SMALL.split())
ENDINGS = (
    "isation",
    "ization",
    "ations",
    "ation",
    "ingly",
    "ising",
    "izing",
    "ises",
    "izes",
    "ing",
    "ies",
    "ed",
    "es",
    "s",
)
SHORTEST_STEM = 3
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A machine's guess about one key point.

    Attributes:
        covered: whether the answer seems to make it.
        score: between 0 and 1, in the measure of `by`.
        by: what guessed: "sentence model" or "shared words".
    """

    covered: bool
    score: float
    by: str


def suggested(settings: Settings, answer: str, points: Sequence[str]) -> dict[str, Suggestion]:
    """A suggestion for each key point; nothing where the operator did not ask for suggestions."""
    if not settings.suggest_key_points or not answer.strip():
        return {}
    told = _compared(answer[:LONGEST], tuple(points))
    return dict(zip(points, told, strict=True))


@lru_cache(maxsize=512)
def _compared(answer: str, points: tuple[str, ...]) -> tuple[Suggestion, ...]:
    with _lock:
        embed = _model()
    if embed is None:
        return tuple(_by_words(answer, point) for point in points)
    said = [one for one in re.split(r"(?<=[.!?;])\s+|\n+", answer) if one.strip()][:MOST_SENTENCES]
    rows = embed([*said, answer, *points])
    likeness = rows[len(said) + 1 :] @ rows[: len(said) + 1].T
    best = (float(max(row)) for row in likeness)
    return tuple(Suggestion(score >= CLOSE, score, "sentence model") for score in best)


@lru_cache(maxsize=1)
def _model() -> Callable[[Sequence[str]], Any] | None:
    # Only where suggestions are asked for does the web side load what they need.
    from api import sentence_model

    try:
        return sentence_model.load()
    except sentence_model.NotInstalled as reason:
        log.info("key points are suggested by shared words", reason=str(reason))
        return None


def _by_words(answer: str, point: str) -> Suggestion:
    wanted, there = _stems(point), _stems(answer)
    share = len(wanted & there) / len(wanted) if wanted else 0.0
    return Suggestion(share >= SHARED, share, "shared words")


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]{2,}", text.casefold())
    return frozenset(_stem(word) for word in words if word not in SMALL_WORDS)


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
