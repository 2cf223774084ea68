"""A report, ready to be laid out: the rubric's parts with their rows, findings, mistakes and figures.

Made from the report as its reader may see it; what is hidden from a reader never arrives here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.pages.views import words
from api.pages.views.findings import FindingView, Told, finding_view, told
from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.domain.report import CriterionResult, Figure, Marking, Report, RunFacts
from grading.domain.verdict import Status

CHAIN_WIDTH = 1000.0
CHAIN_GAP = 14.0
ABSENT = frozenset({Status.NOT_SUBMITTED, Status.NOT_ATTEMPTED})


@dataclass(frozen=True, slots=True)
class FigureView:
    """One picture of the report."""

    title: str
    source: str
    label: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One row of the rubric."""

    id: str
    title: str
    points: float
    possible: float
    status: words.StatusWords
    findings: tuple[FindingView, ...]
    figures: tuple[tuple[FigureView, ...], ...]
    hidden: int
    marking: Marking | None = None

    @property
    def told(self) -> tuple[Told, ...]:
        """What needs reading: every answer that was not right, those alike told once."""
        return told(f for f in self.findings if not f.passed and not f.skipped and not f.answer)

    @property
    def answers(self) -> tuple[FindingView, ...]:
        """Questions whose answers a person marks."""
        return tuple(f for f in self.findings if f.answer)

    @property
    def skipped(self) -> tuple[FindingView, ...]:
        """Questions that were not asked, because what they build on is not right."""
        return tuple(f for f in self.findings if f.skipped)

    @property
    def remarks(self) -> tuple[FindingView, ...]:
        """Notes that cost nothing."""
        return tuple(f for f in self.findings if f.passed and f.remark)

    @property
    def right(self) -> tuple[FindingView, ...]:
        """The inner ledger's right answers."""
        return tuple(f for f in self.findings if f.passed and not f.remark)

    @property
    def absent(self) -> bool:
        """Whether there was nothing to judge."""
        return self.status.key in ABSENT

    @property
    def open(self) -> bool:
        """Whether the row stands open when the page arrives."""
        return self.status.key != Status.PASSED and not self.absent

    @property
    def pictures(self) -> int:
        """How many pictures the row has."""
        return sum(len(group) for group in self.figures)


@dataclass(frozen=True, slots=True)
class PartView:
    """The rows that belong to one file."""

    title: str
    name: str
    criteria: tuple[CriterionView, ...]
    figures: tuple[tuple[FigureView, ...], ...]
    stored: tuple[FigureView, ...] = ()

    @property
    def absent(self) -> str:
        """The one reason why no row of this part was judged, or ""."""
        reasons = {f.said for c in self.criteria for f in c.findings}
        alike = len(reasons) == 1 and all(c.absent for c in self.criteria)
        return reasons.pop() if alike else ""

    @property
    def points(self) -> float:
        """Points awarded in this part."""
        return sum(c.points for c in self.criteria)

    @property
    def possible(self) -> float:
        """Points this part can give."""
        return sum(c.possible for c in self.criteria)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the score's chain: as long as the row has points."""

    x: float
    width: float
    filled: float
    criterion: CriterionView


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report, ready for the template."""

    score: float
    max_score: float
    pending: float
    final: bool
    parts: tuple[PartView, ...]
    notes: tuple[str, ...]
    reading: tuple[tuple[str, tuple[str, ...]], ...]
    integrity: tuple[tuple[str, str], ...]
    run: RunFacts

    @property
    def criteria(self) -> tuple[CriterionView, ...]:
        """All rows, in the rubric's order."""
        return tuple(c for part in self.parts for c in part.criteria)

    @property
    def chain(self) -> tuple[Link, ...]:
        """The rows as links whose lengths are their points, `CHAIN_WIDTH` in all."""
        total = sum(c.possible for c in self.criteria) or 1.0
        room = CHAIN_WIDTH - CHAIN_GAP * max(0, len(self.criteria) - 1)
        x, links = 0.0, []
        for row in self.criteria:
            width = room * row.possible / total
            share = row.points / row.possible if row.possible else 0.0
            links.append(Link(x, width, width * min(1.0, max(0.0, share)), row))
            x += width + CHAIN_GAP
        return tuple(links)

    @property
    def verdict(self) -> str:
        """The report in one sentence."""
        rows = self.criteria
        wrong = sum(c.status.key in (Status.FAILED, Status.PARTIAL) for c in rows)
        absent = sum(c.absent for c in rows)
        if not wrong and not absent:
            return "Every row that a machine can decide is right." if self.pending else "Every row is right."
        if absent == len(rows):
            return "None of the rows was submitted or attempted."
        said = []
        if wrong:
            said.append(f"{wrong} of {len(rows)} rows need{'s' if wrong == 1 else ''} another look")
        if absent:
            of_all = "" if wrong else f" of {len(rows)} rows"
            said.append(f"{absent}{of_all} {'was' if absent == 1 else 'were'} not submitted or not attempted")
        return ", and ".join(said) + "."


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """What one row did since the attempt before."""

    title: str
    before: words.StatusWords
    after: words.StatusWords
    delta: float


def read(report: Report, assignment: Assignment | None, described: Description | None = None) -> ReportView:
    """Lay a report out; rows that the description does not know are grouped by section."""
    part_of = {row.id: row.part for row in described.criteria} if described else {}
    titles = {f.name: f.title or f.name for f in assignment.files} if assignment else {}
    known_rows = {row.id for row in report.criteria}
    grouped: dict[str, list[CriterionView]] = {}
    for row in report.criteria:
        grouped.setdefault(part_of.get(row.id, row.section), []).append(_criterion(row, report.figures))
    parts = []
    for key, rows in grouped.items():
        loose = [f for f in report.figures if f.part == key and f.criterion not in known_rows]
        stored = tuple(_figure(f) for f in loose if f.source == "stored" and not f.pair)
        title = titles.get(key, f"Section {key}" if key.isdigit() else key)
        drawn = [f for f in loose if f.source != "stored" or f.pair]
        parts.append(PartView(title, key, tuple(rows), _pairs(drawn), stored))
    notes, reading = _sorted_notes(report.notes, parts)
    return ReportView(
        score=float(report.score),
        max_score=float(report.max_score),
        pending=float(report.pending_points),
        final=report.final,
        parts=tuple(parts),
        notes=notes,
        reading=reading,
        integrity=tuple((entry.kind, entry.detail) for entry in report.integrity),
        run=report.run,
    )


def changes(before: Report, after: Report) -> tuple[CriterionChange, ...]:
    """The rows whose status or points differ between two reports, in the rubric's order."""
    old = {row.id: row for row in before.criteria}
    made = []
    for row in after.criteria:
        was = old.get(row.id)
        if was is None or (was.status is row.status and was.points == row.points):
            continue
        delta = float(row.points - was.points)
        made.append(CriterionChange(row.title, words.STATUS_WORDS[was.status], words.STATUS_WORDS[row.status], delta))
    return tuple(made)


def _criterion(row: CriterionResult, figures: Sequence[Figure]) -> CriterionView:
    return CriterionView(
        id=row.id,
        title=row.title,
        points=float(row.points),
        possible=float(row.possible),
        status=words.STATUS_WORDS[row.status],
        findings=tuple(map(finding_view, row.findings)),
        figures=_pairs([f for f in figures if f.criterion == row.id]),
        hidden=row.hidden or 0,
        marking=row.marking,
    )


def _sorted_notes(
    notes: Sequence[str], parts: Sequence[PartView]
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Notes on the grading as a whole, and for each file those on how its program was read."""
    of_file: dict[str, list[str]] = {part.name: [] for part in parts}
    general = []
    for note in notes:
        name = next((name for name in of_file if note.startswith(f"{name}: ")), None)
        if name is None:
            general.append(note)
        else:
            of_file[name].append(note.removeprefix(f"{name}: "))
    return tuple(general), tuple((name, tuple(found)) for name, found in of_file.items() if found)


SOURCES = {
    "student": "Yours, drawn by your code",
    "stored": "Yours, as stored in the notebook",
    "reference": "The reference",
    "evidence": "Drawn by the grader",
}
SOURCE_ORDER = {source: number for number, source in enumerate(SOURCES)}


def _pairs(figures: Sequence[Figure]) -> tuple[tuple[FigureView, ...], ...]:
    """Figures that belong side by side, the student's first."""
    groups: dict[str, list[Figure]] = {}
    for number, figure in enumerate(figures):
        groups.setdefault(figure.pair or f"single {number}", []).append(figure)
    return tuple(
        tuple(_figure(f) for f in sorted(group, key=lambda f: SOURCE_ORDER.get(f.source, 9)))
        for group in groups.values()
    )


def _figure(figure: Figure) -> FigureView:
    label = SOURCES.get(figure.source, words.in_words(figure.source))
    return FigureView(figure.title, figure.source, label, figure.sha256, figure.width, figure.height)
