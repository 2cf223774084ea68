"""A report's findings, ready to be laid out: what should hold, what came instead, which mistake it looks like."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from api.pages.views import evidence, words
from grading.domain.report import Finding, NamedMistake
from grading.domain.sentences import joined
from grading.domain.verdict import Blame


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
        said: what came instead, what it may follow from, where to look; "" for most right answers.
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


def finding_view(finding: Finding) -> FindingView:
    """Lay out one finding of a report."""
    told, mistake = finding.told, finding.told.mistake
    shown = dict(finding.evidence)
    if mistake is not None and mistake.parts:
        shown["explains"] = list(mistake.parts)
    if mistake is not None and mistake.others:
        shown["or"] = [other.id for other in mistake.others]
    return FindingView(
        question=finding.question,
        passed=finding.passed,
        remark=finding.remark,
        house=not finding.passed and finding.blame in (Blame.HOUSE, Blame.AUTHOR),
        claim=told.claim or words.as_question(finding.question),
        said=joined(told.cause, f"{told.subject} {told.seen}".strip(), told.error, told.hint),
        skipped=finding.needs,
        visibility=finding.visibility.value,
        mistake=_mistake(mistake) if mistake is not None else None,
        evidence=evidence.rows(shown),
        answer=finding.answer.text if finding.answer is not None else "",
    )


def _mistake(mistake: NamedMistake) -> MistakeView:
    title = mistake.says.rstrip(". ") or words.as_question(mistake.id)
    return MistakeView(mistake.id, title, mistake.look)
