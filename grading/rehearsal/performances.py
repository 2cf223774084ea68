"""Rehearsing a rubric without a box: right answers must pass every check, every mistake must fail and get its name.

The actors are judge-side subjects in the student's role. An exception in an actor's function is what it would be in a
box: a student's that raised. Written answers and checks without a reference cannot be rehearsed this way and are left
out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from grading.authoring.check import Agrees, Asks, Check, Holds
from grading.authoring.draw import Draw
from grading.authoring.rubric import Criterion, Part, Rubric
from grading.authoring.subject import Answer, Reference, Subject
from grading.domain.errors import ChainruleError, Raised, RubricFault
from grading.domain.report import Explanation, Json
from grading.domain.verdict import Blame
from grading.evaluation.agreement import judge_agreement
from grading.evaluation.criteria import check_draw
from grading.evaluation.judgement import CheckResult
from grading.evaluation.probing import asked_once
from grading.evaluation.properties import judge_property

Role = Literal["reference", "variant", "mistake"]


class Actor(Subject):
    """A judge-side subject in the student's role.

    Args:
        right: answers for the names in `given`, so that an error which would be carried forward is not.
        acting: answers for all other names.
        given: names that stay right.
    """

    def __init__(self, right: Reference, acting: Reference, given: Iterable[str] = ()) -> None:
        self._right = right
        self._acting = acting
        self._given = frozenset(given)

    def _answering(self, name: str) -> Answer:
        function = getattr(self._right if name in self._given else self._acting, name)

        def answer(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except ChainruleError:
                raise
            except Exception as error:
                raise Raised(type(error).__name__, str(error)) from error

        return answer


@dataclass(frozen=True, slots=True)
class Performance:
    """One actor in one check, over all seeds.

    Attributes:
        role: whom it played.
        actor: "reference", or the id of the variant or mistake.
        seeds: all seeds.
        passed_on: those on which the check passed.
        named_on: those on which a failing mistake was given its own name.
        instead: other names that it was given.
        fault: the first fault of the author's, or "".
        said: what the first failure said to the student, or "".
    """

    part: str
    criterion: str
    check: str
    role: Role
    actor: str
    seeds: tuple[int, ...]
    passed_on: frozenset[int]
    named_on: frozenset[int]
    instead: tuple[str, ...] = ()
    fault: str = ""
    said: str = ""

    @property
    def good(self) -> bool:
        """Whether it went as it must, as far as one check can tell: a mistake may be another check's to catch."""
        return not self.fault and (self.role == "mistake" or len(self.passed_on) == len(self.seeds))

    def to_json(self) -> dict[str, Json]:
        """One line of the table."""
        return {
            "part": self.part,
            "criterion": self.criterion,
            "check": self.check,
            "role": self.role,
            "actor": self.actor,
            "seeds": len(self.seeds),
            "passed": len(self.passed_on),
            "named": len(self.named_on),
            "instead": list(self.instead),
            "fault": self.fault,
        }


@dataclass(frozen=True, slots=True)
class Met:
    """One known mistake in one criterion, over all its checks and seeds.

    Attributes:
        caught: on how many seeds at least one check failed.
        named: on how many at least one check gave it its own name.
        instead: other names that it was given.
    """

    criterion: str
    mistake: str
    seeds: int
    caught: int
    named: int
    instead: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """One line of the summary."""
        return {
            "criterion": self.criterion,
            "mistake": self.mistake,
            "seeds": self.seeds,
            "caught": self.caught,
            "named": self.named,
            "instead": list(self.instead),
        }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The table of all performances, and what it comes to."""

    performances: tuple[Performance, ...]

    @property
    def mistakes(self) -> tuple[Met, ...]:
        """Each known mistake of each criterion: whether it loses points, and its name."""
        met: dict[tuple[str, str], list[Performance]] = {}
        for one in self.performances:
            if one.role == "mistake":
                met.setdefault((one.criterion, one.actor), []).append(one)
        return tuple(_met(criterion, mistake, found) for (criterion, mistake), found in met.items())

    @property
    def faults(self) -> tuple[str, ...]:
        """What no threshold forgives, in words to the author: a right answer that fails, a check that breaks."""
        return tuple(
            f"{r.criterion}, {r.check}: {r.actor} passes on {len(r.passed_on)} of {len(r.seeds)} seeds. "
            f"{r.fault or r.said}".rstrip()
            for r in self.performances
            if not r.good
        )

    @property
    def missed(self) -> tuple[Met, ...]:
        """The known mistakes that keep their criterion's points on some seed."""
        return tuple(met for met in self.mistakes if met.caught < met.seeds)

    @property
    def good(self) -> bool:
        """Whether right answers pass everywhere and every known mistake loses its points on every seed."""
        return not self.faults and not self.missed

    @property
    def caught(self) -> Decimal:
        """Share of the mistakes that lose points, over all seeds: the rubric's mutation score."""
        return _share(sum(m.caught for m in self.mistakes), sum(m.seeds for m in self.mistakes))

    @property
    def named(self) -> Decimal:
        """Share of the mistakes that are given their own name, over all seeds."""
        return _share(sum(m.named for m in self.mistakes), sum(m.seeds for m in self.mistakes))

    def to_json(self) -> dict[str, Json]:
        """The whole table."""
        return {
            "good": self.good,
            "caught": round(float(self.caught), 4),
            "named": round(float(self.named), 4),
            "faults": list(self.faults),
            "mistakes": [met.to_json() for met in self.mistakes],
            "rows": [one.to_json() for one in self.performances],
        }


def rehearse(rubric: Rubric, seeds: Iterable[int] = range(3)) -> Rehearsal:
    """Rehearse every check of a rubric under every seed."""
    runs = tuple(seeds)
    performances: list[Performance] = []
    for part in rubric.parts:
        for criterion in part.criteria:
            for check in criterion.checks:
                with asked_once():  # what one check was answered is of no use to the next
                    performances += _performances(part, criterion, check, runs)
    return Rehearsal(tuple(performances))


def _performances(part: Part, criterion: Criterion, check: Check, seeds: tuple[int, ...]) -> Iterator[Performance]:
    task = check.task
    if isinstance(task, Asks) or (isinstance(task, Holds) and not task.reference):
        return
    for role, name, subject in _cast(part.reference, check):
        verdicts = {seed: _judged(part, check, subject, seed) for seed in seeds}
        yield _performed(part, criterion, check, role=role, name=name, verdicts=verdicts)


def _cast(right: Reference, check: Check) -> Iterator[tuple[Role, str, Subject]]:
    """Everybody who plays in a check."""
    task = check.task
    given = task.given if isinstance(task, Agrees) else ()
    yield "reference", "reference", Actor(right, right)
    for also in task.also if isinstance(task, Agrees) else ():
        if isinstance(also, Reference):
            yield "variant", "another reference", Actor(right, also)
        else:
            yield "variant", also.id, Actor(right, right.with_(also.overrides))
    for mistake in check.mistakes:
        if mistake.overrides:
            yield "mistake", mistake.id, Actor(right, right.with_(mistake.overrides), given)


def _performed(
    part: Part, criterion: Criterion, check: Check, *, role: Role, name: str, verdicts: Mapping[int, CheckResult]
) -> Performance:
    names = {v.mistake for v in verdicts.values() if v.mistake is not None}
    return Performance(
        part=part.file,
        criterion=criterion.id,
        check=check.id,
        role=role,
        actor=name,
        seeds=tuple(verdicts),
        passed_on=frozenset(seed for seed, v in verdicts.items() if v.passed),
        named_on=frozenset(seed for seed, v in verdicts.items() if v.mistake == name),
        instead=tuple(sorted(names - {name})),
        fault=next((v.message for v in verdicts.values() if v.blame is Blame.AUTHOR), ""),
        said=next((v.message for v in verdicts.values() if not v.passed), ""),
    )


def _met(criterion: str, mistake: str, performances: Sequence[Performance]) -> Met:
    seeds = performances[0].seeds
    caught = {seed for one in performances for seed in seeds if seed not in one.passed_on}
    named = {seed for one in performances for seed in one.named_on}
    instead = tuple(sorted({name for one in performances for name in one.instead}))
    return Met(criterion, mistake, len(seeds), len(caught), len(named), instead)


def _judged(part: Part, check: Check, subject: Subject, seed: int) -> CheckResult:
    def draws(n: int) -> Draw:
        return check_draw(part, check, seed, n)

    judge = judge_agreement if isinstance(check.task, Agrees) else judge_property
    try:
        return judge(check, subject, part.reference, draws)
    except RubricFault as fault:
        return CheckResult(False, Explanation(seen=str(fault)), Blame.AUTHOR)


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / Decimal(whole) if whole else Decimal(1)
