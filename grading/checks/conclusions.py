"""What a ready-made probe concludes about data: pure values, turned into a requirement at the rubric's edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grading.authoring.mistake import KnownMistake
from grading.authoring.requirement import Sketch, illustrate, remark, require
from grading.domain.report import Json


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One conclusion.

    Attributes:
        holds: whether what was asked for holds.
        message: to the student: what does not hold, and where. Empty where it holds.
        mistake: the known mistake that the data show, where they show one.
        evidence: small plain JSON.
        remarks: notes that cost nothing.
        sketch: a small picture beside a failure, where one says more.
    """

    holds: bool
    message: str = ""
    mistake: KnownMistake[Any] | None = None
    evidence: Mapping[str, Json] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    sketch: Sketch | None = field(default=None, compare=False)

    @property
    def mistake_id(self) -> str:
        """Of the known mistake, or ""."""
        return self.mistake.id if self.mistake is not None else ""


def right(*remarks: str, **evidence: object) -> Conclusion:
    """It holds."""
    return Conclusion(True, evidence=_plain(evidence), remarks=remarks)


def wrong(message: str, mistake: KnownMistake[Any] | None = None, **evidence: object) -> Conclusion:
    """It does not hold, because of `mistake` where one is recognised."""
    return Conclusion(False, message, mistake, evidence=_plain(evidence))


def _plain(evidence: Mapping[str, object]) -> dict[str, Json]:
    """Evidence as JSON: numbers, text and flat lists of them; anything else as its text."""

    def leaf(value: object) -> Json:
        if isinstance(value, list | tuple):
            return [leaf(v) for v in value]
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)

    return {name: leaf(value) for name, value in evidence.items()}


def insist(conclusion: Conclusion) -> None:
    """Fail the running check unless the conclusion holds; its remarks are told either way."""
    for text in conclusion.remarks:
        remark(text)
    if conclusion.sketch is not None:
        illustrate(conclusion.sketch.title, conclusion.sketch.draw)
    evidence = {"mistake": conclusion.mistake_id, **conclusion.evidence}
    require(conclusion.holds, conclusion.message, evidence=evidence, mistake=conclusion.mistake)
