"""What a ready-made probe concludes about data: pure values, turned into a requirement at the rubric's edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.authoring.requirement import Sketch, illustrate, remark, require
from grading.domain.report import Json


@dataclass(frozen=True, slots=True)
class Opinion:
    """One conclusion.

    Attributes:
        holds: whether what was asked for holds.
        message: to the student: what, where, what to do. Empty where it holds.
        mistake: id of the known mistake that the data show, or "".
        evidence: small plain JSON.
        remarks: notes that cost nothing.
        sketch: a small picture beside a failure, where one says more.
    """

    holds: bool
    message: str = ""
    mistake: str = ""
    evidence: Mapping[str, Json] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    sketch: Sketch | None = field(default=None, compare=False)


def right(*remarks: str, **evidence: object) -> Opinion:
    """It holds."""
    return Opinion(True, evidence=_plain(evidence), remarks=remarks)


def wrong(message: str, mistake: str = "", **evidence: object) -> Opinion:
    """It does not hold, because of `mistake` where one is recognised."""
    return Opinion(False, message, mistake, _plain(evidence))


def _plain(evidence: Mapping[str, object]) -> dict[str, Json]:
    """Evidence as JSON: numbers, text and flat lists of them; anything else as its text."""

    def leaf(value: object) -> Json:
        if isinstance(value, list | tuple):
            return [leaf(v) for v in value]
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)

    return {name: leaf(value) for name, value in evidence.items()}


def insist(opinion: Opinion) -> None:
    """Fail the running check unless the opinion holds; its remarks are told either way.

    A `Mistake` of the rubric recognises itself by `evidence["mistake"]`.
    """
    for text in opinion.remarks:
        remark(text)
    if opinion.sketch is not None:
        illustrate(opinion.sketch.title, opinion.sketch.draw)
    require(opinion.holds, opinion.message, evidence={"mistake": opinion.mistake, **opinion.evidence})
