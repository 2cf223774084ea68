"""Findings as a page lays them out: each thing once."""

from api.pages.views.findings import finding_view
from grading.domain.report import Finding

EVIDENCE = {"claim": "The figure shows maps.", "says": "Kernels are shown.", "look": "Show what the layers put out."}


def view(message: str) -> str:
    """What came instead, as the page says it."""
    stored = {"question": "maps", "passed": False, "message": message, "mistake": "kernels", "evidence": EVIDENCE}
    return finding_view(Finding.from_json(stored)).said


def test_what_the_mistake_says_is_not_said_twice() -> None:
    """Its words, and where to look, have a place of their own."""
    claim, got = EVIDENCE["claim"], "8 pictures were drawn."

    assert view(f"{claim} {got} {EVIDENCE['says']} {EVIDENCE['look']}") == got
    assert view(f"{claim} {got} {EVIDENCE['look']}") == got
    assert view(f"{claim} {got}") == got
