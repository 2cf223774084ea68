"""From a part's criteria to their results: checks in order, what needs what, award rules, who must act."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from grading.authoring.award import Counted
from grading.authoring.check import Agrees, Asks, Check, Holds
from grading.authoring.draw import Draw
from grading.authoring.requirement import Remark, Sketch
from grading.authoring.rubric import Criterion, Part
from grading.authoring.subject import Subject
from grading.authoring.written import ForHuman, Right, Wrong
from grading.domain.errors import HouseFault, RubricFault
from grading.domain.report import CriterionResult, Explanation, Finding, NamedMistake
from grading.domain.verdict import Blame, Status, Visibility
from grading.evaluation.agreement import judge_agreement
from grading.evaluation.blame import NO_FAULT_OF_YOURS, status_of
from grading.evaluation.judgement import CheckResult, left_to_person
from grading.evaluation.properties import judge_property
from grading.evaluation.wording import kept
from grading.programs import Source


@dataclass(slots=True)
class Evaluation:
    """One part's checks on one subject.

    Args:
        part: what is asked.
        student: who is asked.
        seed: the run's.
        source: the file as text, for written answers; None in a rehearsal.
        renew: called after a fault of ours, before the check is judged once more.
        earlier: rows of the parts before it, for what a failure may follow from.

    Attributes:
        sketched: pictures beside failures that the student may read at once, each with its row's id.
    """

    part: Part
    student: Subject
    seed: int
    source: Source | None = None
    renew: Callable[[], None] = lambda: None
    earlier: Sequence[CriterionResult] = ()
    passed: dict[str, bool] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lost: HouseFault | None = None
    sketched: list[tuple[str, Sketch]] = field(default_factory=list)
    lost_rows: dict[str, CriterionResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note what was lost before."""
        for row in self.earlier:
            self._note_loss(row)

    def results(self) -> list[CriterionResult]:
        """All criteria, in order."""
        return [self.result(row) for row in self.part.criteria]

    def result(self, row: Criterion) -> CriterionResult:
        """One criterion: its checks in order, then its award."""
        judged: list[tuple[Check, CheckResult]] = []
        remarked: set[tuple[str, Visibility | None]] = set()
        for check in row.checks:
            judgement = self._said_once(check, self._with_cause(row, check, self.judgement(row, check)))
            # A row says each remark once, however many of its questions noticed.
            new = {(r.message, r.visibility): r for r in judgement.remarks if (r.message, r.visibility) not in remarked}
            remarked |= set(new)
            judgement = replace(judgement, remarks=tuple(new.values()))
            self.passed[check.id] = judgement.passed
            if not judgement.passed and check.visibility is Visibility.STUDENT:
                # A picture has no reader of its own: what belongs to a hidden finding is not kept.
                self.sketched += [(row.id, sketch) for sketch in judgement.sketches]
            judged.append((check, judgement))
        result = awarded(row, judged)
        self.passed[row.id] = result.status is Status.PASSED
        self._note_loss(result)
        return result

    def _note_loss(self, row: CriterionResult) -> None:
        if row.status in (Status.FAILED, Status.PARTIAL):
            self.lost_rows[row.id] = row

    def _with_cause(self, row: Criterion, check: Check, judgement: CheckResult) -> CheckResult:
        """The judgement of a failure with what it may follow from: a mistake that costs twice is mended once."""
        missing = not judgement.attempted or judgement.ended == "missing"
        if judgement.passed or judgement.blame is not Blame.STUDENT or missing:
            return judgement
        return judgement.following(self._cause(row, check, judgement))

    def _cause(self, row: Criterion, check: Check, judgement: CheckResult) -> str:
        """What was lost before for the same mistake, or may be the reason; "" for a named mistake of its own."""
        before = [self.lost_rows[name] for name in check.follows if name in self.lost_rows]
        if judgement.mistake and not judgement.symptom:
            same = [r for r in before if any(f.mistake == judgement.mistake for f in r.findings)]
            return f"The same mistake cost points in “{same[0].title}”: mended there, it is mended here" if same else ""
        own = {c.id for c in row.checks} & set(check.follows)
        causes = ["what is wrong above"] if any(not self.passed.get(name, True) for name in own) else []
        causes += [f"“{r.title}”" for r in before]
        return f"It may follow from {', '.join(causes)}, where points were lost: mend that first" if causes else ""

    def judgement(self, row: Criterion, check: Check) -> CheckResult:
        """One check: skipped where what it needs did not pass, asked twice where the first time we failed."""
        for need in (*row.needs, *check.needs):
            if not self.passed.get(need, False):
                said = f"Not asked: it builds on {need}, which did not pass. Mend that first."
                return CheckResult(False, Explanation(check.question, seen=said), skipped=need)
        try:
            try:
                return self._judge(check)
            except HouseFault:
                self.renew()
                return self._judge(check)
        except HouseFault as fault:
            return CheckResult(False, Explanation(seen=str(fault)), Blame.HOUSE)
        except RubricFault as fault:
            return CheckResult(False, Explanation(seen=str(fault)), Blame.AUTHOR)

    def _said_once(self, check: Check, judgement: CheckResult) -> CheckResult:
        """The judgement, with an error that an earlier one told in full told by that one's id."""
        first = self.errors.setdefault(judgement.error, check.id) if judgement.error else check.id
        return judgement if first == check.id else judgement.stopped_like(first)

    def _judge(self, check: Check) -> CheckResult:
        def draws(n: int) -> Draw:
            return check_draw(self.part, check, self.seed, n)

        match check.task:
            case Agrees():
                return judge_agreement(check, self.student, self.part.reference, draws)
            case Holds():
                return judge_property(check, self.student, self.part.reference, draws)
            case Asks():
                return judge_written(check, check.task, self.source)


def judge_written(check: Check, task: Asks, source: Source | None) -> CheckResult:
    """Judge a written answer.

    Raises:
        RubricFault: the author's `find` or `accepts` raised.
    """
    if source is None:
        return CheckResult(False, Explanation(check.question), waiting=True)
    try:
        answer = task.find(source)
    except Exception as error:
        raise RubricFault(f"check {check.id!r}: find raised {type(error).__name__}: {error}") from error
    if answer is None or not answer.strip():
        return CheckResult(False, Explanation(check.question, seen=task.missing), Blame.STUDENT, attempted=False)
    try:
        verdict = task.accepts.judge(answer)
    except Exception as error:
        raise RubricFault(f"check {check.id!r}: accepts raised {type(error).__name__}: {error}") from error
    match verdict:
        case Right() as right:
            return CheckResult(True, Explanation(check.question), remarks=(Remark(right.note),) if right.note else ())
        case Wrong() as wrong:
            known = wrong.mistake
            named = NamedMistake(known.id, known.says, known.look) if known is not None else None
            told = Explanation(check.question, seen=f"Your answer {wrong.message}", mistake=named)
            return CheckResult(False, told, Blame.STUDENT)
        case ForHuman() as human:
            return left_to_person(check.question, answer, human.points)


def awarded(row: Criterion, judged: list[tuple[Check, CheckResult]]) -> CriterionResult:
    """A criterion's result from its checks.

    A check that was skipped for a failure inside the same row is left out of the count: the failure was counted
    already. One that was skipped for a failure in another row stays in it as not shown.
    """
    own = {check.id for check, _ in judged}
    counted = [Counted(check.weight, j.passed) for check, j in judged if j.skipped not in own]
    points = row.award.points(row.possible, counted)
    status = status_of(row, [j for _, j in judged], points)
    if status in (Status.ERROR, Status.MANUAL):
        points = Decimal(0)
    findings = tuple(f for check, j in judged for f in findings_of(check, j))
    return CriterionResult(row.id, row.title, row.section, points, row.possible, status, findings)


def findings_of(check: Check, judgement: CheckResult) -> list[Finding]:
    """The finding of one check, and its remarks after it.

    What broke on our side or in the rubric is told to staff: an exception of the author's may quote the rubric, or an
    answer. The student reads that nothing is lost.
    """
    if judgement.blame in (Blame.AUTHOR, Blame.HOUSE):
        excused = Explanation(check.question, seen=NO_FAULT_OF_YOURS[judgement.blame])
        return [
            Finding(check.id, False, judgement.told, Visibility.STAFF, judgement.blame),
            Finding(check.id, False, excused, check.visibility, judgement.blame),
        ]
    main = Finding(
        check.id, judgement.passed, judgement.told, check.visibility, judgement.blame,
        needs=judgement.skipped, answer=judgement.answer, evidence=kept(judgement.evidence),
    )  # fmt: skip
    notes = [
        Finding(
            check.id, True, Explanation(seen=r.message), r.visibility or check.visibility,
            remark=True, evidence=kept(r.evidence),
        )
        for r in judgement.remarks
    ]  # fmt: skip
    return [main, *_lines_of(check, judgement), *notes]


def _lines_of(check: Check, judgement: CheckResult) -> list[Finding]:
    """The findings of the answer's parts; none where there is no answer, which the check's own finding tells."""
    lines = check.task.lines if isinstance(check.task, Agrees) else ()
    findings: list[Finding] = []
    for line in lines:
        wrong = "" if judgement.passed else judgement.lines.get(line.id)
        if wrong is None:
            continue
        blame = judgement.blame if wrong else Blame.NOBODY
        findings.append(Finding(line.id, not wrong, Explanation(line.question, seen=wrong), check.visibility, blame))
    return findings


def without_file(row: Criterion, status: Status, message: str, blame: Blame = Blame.STUDENT) -> CriterionResult:
    """A criterion that could not be judged at all, with the one reason."""
    finding = Finding(row.id, False, Explanation(seen=message), blame=blame)
    return CriterionResult(row.id, row.title, row.section, Decimal(0), row.possible, status, (finding,))


def check_draw(part: Part, check: Check, seed: int, nth: int = 0) -> Draw:
    """The nth draw of a check in a run: 0 decides, the others tell mistakes apart."""
    return Draw(seed, f"{part.file}/{check.id}" + (f"#{nth}" if nth else ""))
