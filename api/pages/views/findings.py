"""A report's findings, ready to be laid out: what should hold, what came instead, which mistake it looks like."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.pages.views import evidence, words


@dataclass(frozen=True, slots=True)
class MistakeView:
    """The known mistake that agrees with the student's own answers."""

    id: str
    title: str
    look: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """What the report says about one question.

    Attributes:
        claim: what should hold, in one or two sentences; the question's name where the report does not say.
        said: what came instead; for a right answer or a remark, the whole message.
        house: nobody but us or the rubric's author can act.
        skipped: what has to be right before this can be asked, or "".
        answer: what the student wrote, where a person judges it; otherwise "".
    """

    question: str
    passed: bool
    remark: bool
    house: bool
    claim: str
    said: str
    skipped: str
    visibility: str
    mistake: MistakeView | None
    evidence: tuple[evidence.Row, ...]
    answer: str = ""

    @property
    def icon(self) -> str:
        """The symbol beside the question."""
        return "error" if self.house else "remark" if self.remark else "passed" if self.passed else "failed"

    @property
    def tone(self) -> str:
        """The tone of that symbol."""
        return "house" if self.house else "live" if self.remark else "pass" if self.passed else "fail"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding that needs reading, and the questions that went wrong in the very same way."""

    finding: FindingView
    alike: tuple[FindingView, ...] = ()


def told(findings: Iterable[FindingView]) -> tuple[Told, ...]:
    """The findings in order, each way to go wrong once: seventeen times the same exception is one thing to mend."""
    made: dict[tuple[str, ...], Told] = {}
    for number, finding in enumerate(findings):
        alone = (str(number),) if not finding.said or finding.house else ()
        key = (finding.said, finding.mistake.id if finding.mistake else "", finding.visibility, *alone)
        if key in made:
            made[key] = replace(made[key], alike=(*made[key].alike, finding))
        else:
            made[key] = Told(finding)
    return tuple(made.values())


def finding_view(finding: Mapping[str, Any]) -> FindingView:
    """Read one finding of a report."""
    shown: Mapping[str, Any] = finding.get("evidence") or {}
    passed, message = bool(finding["passed"]), str(finding.get("message") or "")
    mistake = _mistake(finding, shown)
    claim = str(shown.get("claim") or "")
    said = message.removeprefix(claim).removeprefix(".").lstrip() if claim else message
    return FindingView(
        question=str(finding["question"]),
        passed=passed,
        remark=bool(finding.get("remark", False)),
        house=not passed and finding.get("blame") in ("house", "author"),
        claim=claim or words.as_question(str(finding["question"])),
        said=_without_question(_without_mistake(said, mistake), shown.get("asked")),
        skipped="" if passed else str(shown.get("needs") or ""),
        visibility=str(finding.get("visibility") or "student"),
        mistake=mistake,
        evidence=evidence.rows(shown),
        answer=str(shown.get("answer") or ""),
    )


def _mistake(finding: Mapping[str, Any], shown: Mapping[str, Any]) -> MistakeView | None:
    name = finding.get("mistake")
    if not name:
        return None
    words_of = shown.get("mistake")
    words_of = words_of if isinstance(words_of, Mapping) else shown
    return MistakeView(
        id=str(name),
        title=str(words_of.get("says") or words.as_question(str(name))).rstrip(". "),
        look=str(words_of.get("look") or ""),
    )


def _without_mistake(said: str, mistake: MistakeView | None) -> str:
    """The message up to where it names the mistake: the page does that in a place of its own."""
    if mistake is None or mistake.title not in said:
        return said
    before = said[: said.index(mistake.title)].rstrip()
    return re.sub(r"(?:^|(?<=[.!?…]) )In [^.:]+:$", "", before).rstrip()


def _without_question(said: str, asked: object) -> str:
    """The message without the call that was made: that stands among the evidence."""
    if not isinstance(asked, str) or not asked or not said.startswith(asked):
        return said
    rest = said[len(asked) :].lstrip(";. ")
    if rest.startswith("and "):
        rest = rest.removeprefix("and ")
        rest = rest if rest.startswith("the ") else f"It {rest}"
    # A name such as dW1 keeps its case at the start of a sentence.
    return re.sub(r"^(?:the|its) ", lambda found: found[0].capitalize(), rest)
