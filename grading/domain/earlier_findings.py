"""Findings as they were written before their parts stood apart: a message, and some of its parts among the evidence.

Reports are kept for years. What is stored of that form is read into the parts of today as far as they can be told.
"""

import re
from collections.abc import Mapping
from typing import Any

# Among the evidence, and either read into parts here or told by the message.
TOLD = ("claim", "mistake", "says", "look", "needs", "raised", "missing", "explains", "or")


def parts_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """A finding of the earlier form in the form of today, with the same message."""
    evidence: dict[str, Any] = dict(told.get("evidence") or {})
    apart = {name: evidence.pop(name, None) for name in TOLD}
    message, claim, mistake = str(told.get("message") or ""), str(apart["claim"] or ""), told.get("mistake")
    seen = message.removeprefix(claim).removeprefix(".").lstrip() if claim else message
    known: dict[str, Any] = {}
    if mistake:
        words = apart["mistake"] if isinstance(apart["mistake"], Mapping) else apart
        known = {"says": str(words.get("says") or ""), "look": str(words.get("look") or "")}
        seen = _without(seen, known)
        known |= {"parts": apart["explains"] or (), "others": [{"id": name} for name in apart["or"] or ()]}
    asked, subject, seen = _apart(seen, evidence.get("asked"))
    return {
        "question": told["question"],
        "passed": told["passed"],
        "message": message,
        "mistake": mistake,
        "visibility": told.get("visibility", "student"),
        "blame": told.get("blame", "nobody"),
        "remark": told.get("remark", False),
        "claim": claim,
        "asked": asked,
        "subject": subject,
        "seen": seen,
        "known": known,
        "needs": str(apart["needs"] or ""),
        "evidence": evidence,
    }


def _without(seen: str, known: Mapping[str, str]) -> str:
    """What was said before the mistake was named."""
    named = [part for part in (known["says"].rstrip(". "), known["look"]) if part and part in seen]
    if not named:
        return seen
    before = seen[: seen.index(named[0])].rstrip()
    return re.sub(r"(?:^|(?<=[.!?…]) )In [^.:]+:$", "", before).rstrip()


def _apart(seen: str, asked: object) -> tuple[str, str, str]:
    """The call that was made, who did what came of it, and that."""
    if not isinstance(asked, str) or not asked or not seen.startswith(asked):
        return "", "", seen
    rest = seen[len(asked) :].lstrip(";. ")
    if not rest.startswith("and "):
        return asked, "", rest
    rest = rest.removeprefix("and ")
    if rest.startswith("the process "):
        return asked, "the process", rest.removeprefix("the process ")
    return asked, "it", rest
