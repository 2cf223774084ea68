"""The rubric's tree: Rubric > Part > Criterion > Check, built by small decorators.

A rubric file is read top to bottom: a part names its file and what it expects in it, a criterion is one row with
points, and every check is a function whose docstring is the question in words to the student.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec

from grading.authoring.award import ALL_OR_NOTHING, Award
from grading.authoring.bindings import Binding, BoxMode
from grading.authoring.check import NO_ANSWER, Agrees, Asks, Check, Form, Holds, Line, Probe
from grading.authoring.subject import Mistake, Reference, Variant
from grading.authoring.written import Accepts, Find
from grading.domain.description import CriterionSummary
from grading.domain.errors import RubricFault
from grading.domain.report import Json
from grading.domain.verdict import Visibility

if TYPE_CHECKING:
    from grading.authoring.pictures import FigureHook

Made = ParamSpec("Made")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Criterion:
    """One row of the rubric's table: a title, points, an award rule, and its checks in order."""

    def __init__(
        self,
        id: str,  # noqa: A002 - the report's word
        title: str,
        *,
        points: str | Decimal,
        section: str = "",
        award: Award = ALL_OR_NOTHING,
        needs: Sequence[str] = (),
    ) -> None:
        if not SLUG.fullmatch(id):
            raise RubricFault(f"criterion id {id!r} is not lower-case words joined by hyphens")
        self.id = id
        self.title = title
        self.section = section
        self.possible = Decimal(points)
        self.award = award
        self.needs = tuple(needs)
        self.checks: list[Check] = []

    def agrees(
        self,
        probe: Probe | None = None,
        /,
        *,
        id: str = "",  # noqa: A002 - the report's word
        mistakes: Sequence[Mistake] = (),
        also: Sequence[Variant | Reference] = (),
        rtol: float | None = None,
        atol: float | None = None,
        needs: Sequence[str] = (),
        follows: Sequence[str] = (),
        given: Sequence[str] = (),
        lines: Sequence[Line] = (),
        form: Form = "free",
        weight: str = "1",
        visibility: Visibility = Visibility.STUDENT,
        hint: str = "",
    ) -> Callable[..., Any]:
        """Add a twin check: `probe(subject, draw)` must give the same with the student as with the reference.

        Args:
            probe: the function, where the decorator is used without arguments.
            id: the finding's `question`; the function's name unless given.
            mistakes: known mistakes, asked in this order when the check fails.
            also: other right references.
            rtol: relative tolerance; goes with `atol`. Neither = by dtype (`grading.numerics.closeness.TOLERANCES`).
            atol: absolute tolerance.
            needs: ids of checks or criteria without which this question has no meaning.
            follows: ids of criteria, and of checks of this one, whose loss may be the reason; see `Check.follows`.
            given: names of the student's own functions the reference may be rebuilt around before the check fails.
            lines: parts of the answer (a dictionary) with a finding each.
            form: see `Check.form`.
            weight: inside the criterion, for proportional awards.
            visibility: who may read the finding.
            hint: to the student, where no known mistake explains the failure.
        """
        if (rtol is None) != (atol is None):
            raise RubricFault("give both rtol and atol, or neither: one alone hides what the other does")
        task = (tuple(mistakes), tuple(also), rtol, atol, tuple(given), tuple(lines))
        return self._asking(
            probe, id, lambda function: Agrees(function, *task), needs=tuple(needs), form=form,
            weight=Decimal(weight), visibility=visibility, hint=hint, follows=tuple(follows),
        )  # fmt: skip

    def holds(
        self,
        probe: Probe | None = None,
        /,
        *,
        id: str = "",  # noqa: A002 - the report's word
        mistakes: Sequence[Mistake] = (),
        reference: bool = True,
        needs: Sequence[str] = (),
        follows: Sequence[str] = (),
        form: Form = "same",
        weight: str = "1",
        visibility: Visibility = Visibility.STUDENT,
        hint: str = "",
    ) -> Callable[..., Any]:
        """Add a property check: `probe(student, draw)` says no with `require`.

        The reference is asked first on the same draw: it clears the author (a reference that fails its own check is a
        rubric fault) and gives the form that each of the student's replies must have. With `reference=False` there is
        nothing to compare forms with: take every reply apart with `grading.authoring.expect`.

        Args:
            probe: the function, where the decorator is used without arguments.
            id: the finding's `question`; the function's name unless given.
            mistakes: known mistakes; named where their answers equal the student's, or by `recognise`.
            reference: whether the reference can be asked.
            needs: ids of checks or criteria without which this question has no meaning.
            follows: ids of criteria, and of checks of this one, whose loss may be the reason; see `Check.follows`.
            form: see `Check.form`.
            weight: inside the criterion, for proportional awards.
            visibility: who may read the finding.
            hint: to the student, where no known mistake explains the failure.
        """
        return self._asking(
            probe, id, lambda function: Holds(function, tuple(mistakes), reference), needs=tuple(needs), form=form,
            weight=Decimal(weight), visibility=visibility, hint=hint, follows=tuple(follows),
        )  # fmt: skip

    def _asking(
        self, probe: Probe | None, id_: str, task: Callable[[Probe], Agrees | Holds], **options: Any
    ) -> Callable[..., Any]:
        """Add a check of the probe, or wait for it as a decorator does."""

        def add(function: Probe) -> Probe:
            self._add(Check(id_ or function.__name__, _question(function), task(function), **options))
            return function

        return add if probe is None else add(probe)

    def asks(
        self,
        id: str,  # noqa: A002 - the report's word
        question: str,
        *,
        find: Find,
        accepts: Accepts,
        missing: str = NO_ANSWER,
        needs: Sequence[str] = (),
        weight: str = "1",
        visibility: Visibility = Visibility.STUDENT,
    ) -> None:
        """Add a written answer.

        Args:
            id: the finding's `question`.
            question: in words, to the student.
            find: from the parsed file to the text of the answer, or None where there is none.
            accepts: `Word`, or `Prose` (for a human: the criterion becomes `manual`); from `grading.checks`
                `formulas.Formula`, `quantities.Quantity`; or whatever has their `judge`.
            missing: to the student, where there is no answer: what to do.
            needs: ids of checks or criteria without which this question has no meaning.
            weight: inside the criterion, for proportional awards.
            visibility: who may read the finding.
        """
        task = Asks(find, accepts, missing)
        self._add(Check(id, question, task, needs=tuple(needs), weight=Decimal(weight), visibility=visibility))

    def _add(self, check: Check) -> None:
        if any(check.id == other.id for other in self.checks):
            raise RubricFault(f"criterion {self.id!r} has two checks called {check.id!r}")
        self.checks.append(check)


class Part:
    """One file of the submission, how it is opened, and its criteria in order.

    Args:
        file: the file as the manifest's `ExpectedFile.name` has it.
        mode: which box `student` asks. "definitions": imports, functions, classes and the constants they need; training
            cells do not run. "run": every cell runs once, in order, under the part's budget; drivers then inspect what
            there is.
        expects: what the rubric asks for by name.
        reference: right answers under the same names.
        long_loop: integer literals that count far beyond this in a loop can be cut by a driver's `steps`.
        overrides: names set for a whole run, such as {"num_epochs": 1}.
        files: laid beside the program, read-only: name → bytes.
        options: for the guest: "epochs", "batches" (caps of training loops in a whole run).
        figures: hooks that make the part's pictures for the report; see `grading.authoring.pictures`.
        stored_figures: how many pictures found in the notebook as submitted are kept.
        run_figures: how many pictures drawn while the cells ran are kept.
        sketches: whether the checks' pictures beside failures are drawn.

    Attributes:
        drivers: source of the assignment's `drivers.py`, loaded in each of the part's boxes; "" where it has none.
    """

    def __init__(
        self,
        file: str,
        *,
        mode: BoxMode = "definitions",
        expects: Sequence[Binding] = (),
        reference: Reference | None = None,
        long_loop: int | None = None,
        overrides: Mapping[str, Json] | None = None,
        files: Mapping[str, bytes] | None = None,
        options: Mapping[str, Json] | None = None,
        figures: Sequence["FigureHook"] = (),
        stored_figures: int = 8,
        run_figures: int = 8,
        sketches: bool = True,
    ) -> None:
        self.file = file
        self.mode: Literal["definitions", "run"] = mode
        self.expects = tuple(expects)
        self.reference = reference if reference is not None else Reference()
        self.long_loop = long_loop
        self.overrides = dict(overrides or {})
        self.files = dict(files or {})
        self.options = dict(options or {})
        self.figures = tuple(figures)
        self.stored_figures = stored_figures
        self.run_figures = run_figures
        self.sketches = sketches
        self.drivers = ""
        self.criteria: list[Criterion] = []
        names = [b.name for b in self.expects]
        if len(set(names)) < len(names):
            raise RubricFault(f"part {file!r} expects the same name twice")

    def criterion(
        self,
        id: str,  # noqa: A002 - the report's word
        title: str,
        *,
        points: str | Decimal,
        section: str = "",
        award: Award = ALL_OR_NOTHING,
        needs: Sequence[str] = (),
    ) -> Criterion:
        """Add one criterion.

        Args:
            id: unique in the rubric, lower-case words joined by hyphens.
            title: as the course's sheet has it.
            points: a string, so that 0.5 is exact.
            section: where in the course's sheet it stands.
            award: from checks to points.
            needs: ids of checks or criteria; where one failed, all of its checks are skipped with a reason.
        """
        criterion = Criterion(id, title, points=points, section=section, award=award, needs=needs)
        self.criteria.append(criterion)
        return criterion


def _adding(make: Callable[Made, Part]) -> Callable[Concatenate["Rubric", Made], Part]:
    """A method with the arguments of `make`."""

    def part(rubric: "Rubric", /, *args: Made.args, **kwargs: Made.kwargs) -> Part:
        """Make a `Part` and add it; see there for the arguments."""
        return rubric.add(make(*args, **kwargs))

    return part


class Rubric:
    """The whole table of one assignment.

    Args:
        slug: the assignment's.
        points: full marks; must be the sum of the criteria's (checked by `validated`).
    """

    def __init__(self, slug: str, *, points: str | Decimal) -> None:
        self.slug = slug
        self.points = Decimal(points)
        self.parts: list[Part] = []

    part = _adding(Part)

    def add(self, part: Part) -> Part:
        """Add a part made elsewhere: a long rubric has one module for each file submitted."""
        self.parts.append(part)
        return part

    @property
    def criteria(self) -> Iterator[Criterion]:
        """All criteria, in order."""
        return (criterion for part in self.parts for criterion in part.criteria)

    def summaries(self) -> tuple[CriterionSummary, ...]:
        """The criteria as they are announced."""
        return tuple(
            CriterionSummary(criterion.id, criterion.title, criterion.section, part.file, criterion.possible)
            for part in self.parts
            for criterion in part.criteria
        )

    def validated(self) -> "Rubric":
        """This rubric, after its table was checked: unique ids, points that add up, needs that exist and stand earlier.

        Raises:
            RubricFault: names the first thing that is wrong.
        """
        _unique("part", (p.file for p in self.parts))
        _unique("criterion", (c.id for c in self.criteria))
        total = sum((c.possible for c in self.criteria), Decimal(0))
        if total != self.points:
            raise RubricFault(f"the criteria of {self.slug} add up to {total}, not to {self.points} points")
        criteria: set[str] = set()
        for part in self.parts:
            _unique(f"check of {part.file}", (i for c in part.criteria for k in c.checks for i in k.ids))
            known: set[str] = set()
            for criterion in part.criteria:
                if not criterion.checks:
                    raise RubricFault(f"criterion {criterion.id!r} has no check")
                asked: set[str] = set()
                for check in criterion.checks:
                    absent = (set(criterion.needs) | set(check.needs)) - known
                    if absent:
                        raise RubricFault(
                            f"check {check.id!r} needs {sorted(absent)}, which do not stand before it in its part"
                        )
                    if absent := set(check.follows) - criteria - asked:
                        raise RubricFault(f"check {check.id!r} follows {sorted(absent)}, which do not stand before it")
                    known.add(check.id)
                    asked.add(check.id)
                known.add(criterion.id)
                criteria.add(criterion.id)
        return self


def _unique(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RubricFault(f"two of the name {name!r}: every {what} needs its own")
        seen.add(name)


def _question(function: Probe) -> str:
    text = inspect.getdoc(function)
    if not text:
        raise RubricFault(f"check {function.__name__!r} has no docstring: it is the question the student reads")
    return " ".join(text.split("\n\n")[0].split())
