"""Sentences put together to one paragraph."""

import re
from collections.abc import Sequence

LONGEST = 1200
"""Characters of a paragraph that a page can show."""

SHOWN = 6
"""Names in a sentence that lists some."""

_FIRST = re.compile(r"^(?:the|its|what|your|it|an?) ")


def joined(*sentences: str) -> str:
    """Sentences as one paragraph, cut to a length that a page can show."""
    text = " ".join(sentence(s) for s in sentences if s)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def sentence(text: str) -> str:
    """The text with a capital at its start and a full stop at its end; names such as dW1 keep their case."""
    text = text.strip()
    if not text:
        return ""
    text = _FIRST.sub(lambda found: found[0].capitalize(), text)
    return text if text[-1] in ".!?…" else text + "."


def bare(text: str) -> str:
    """The text without what ends a sentence."""
    return text.rstrip(". ")


def listed(names: Sequence[str]) -> str:
    """The first few names with commas between them."""
    return ", ".join(names[:SHOWN])
