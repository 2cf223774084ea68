"""A report on the terminal.

Findings quote what students' programs answered, so every text is cleaned of control characters before it is shown:
no report repaints the terminal of the person who reads it.
"""

from decimal import Decimal

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grading.domain.printable import clean
from grading.domain.report import CriterionResult, Finding, Report, RunFacts
from grading.domain.verdict import Status

STYLES = {
    Status.PASSED: "green",
    Status.PARTIAL: "yellow",
    Status.FAILED: "red",
    Status.NOT_SUBMITTED: "dim",
    Status.NOT_ATTEMPTED: "dim",
    Status.MANUAL: "cyan",
    Status.ERROR: "bold magenta",
}


def show_report(report: Report, *, title: str, console: Console | None = None) -> None:
    """Print a report for a person."""
    (console or Console(highlight=False)).print(report_view(report, title=title))


def report_view(report: Report, *, title: str) -> RenderableType:
    """The whole report as one renderable."""
    head = Text.assemble((clean(title), "bold"), "  ", (clean(report.assignment_slug), "dim"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for criterion in report.criteria:
        _add_criterion(table, criterion)
    parts: list[RenderableType] = ["", head, "", table, "", _score_line(report)]
    parts += _notes(report)
    if report.integrity:
        entries = [Text(f"• {clean(entry.kind)}: {clean(entry.detail)}") for entry in report.integrity]
        parts += ["", Text("For staff to look at", style="bold yellow"), *entries]
    return Group(*parts, "", _run_line(report.run))


def _add_criterion(table: Table, criterion: CriterionResult) -> None:
    asked = [finding for finding in criterion.findings if not finding.remark]
    heading = Text(clean(criterion.title), style="bold")
    if asked:
        heading.append(f"  {sum(f.passed for f in asked)} of {len(asked)} questions", style="not bold dim")
    points = f"{number(criterion.points)} of {number(criterion.possible)}"
    table.add_row(Text(criterion.status.replace("_", " "), style=STYLES[criterion.status]), heading, points)
    for finding in criterion.findings:
        if not finding.passed or finding.remark:
            table.add_row("", _finding(finding), "")


def _finding(finding: Finding) -> RenderableType:
    line = Text()
    line.append(clean(finding.question), style="dim" if finding.remark else "red")
    line.append("  ")
    line.append(clean(finding.message))
    lines: list[RenderableType] = [line]
    if finding.mistake:
        lines.append(Text.assemble(("known mistake: ", "dim"), (clean(finding.mistake), "yellow")))
    return Padding(Group(*lines), (0, 0, 0, 2))


def _score_line(report: Report) -> Text:
    line = Text.assemble(("Score ", "bold"), (f"{number(report.score)} of {number(report.max_score)}", "bold"))
    if report.pending_points:
        line.append(f"  {number(report.pending_points)} points wait for a person", style="cyan")
    if not report.final:
        line.append("  not final: a row could not be graded, and that is not the student's fault", style="magenta")
    return line


def _notes(report: Report) -> list[RenderableType]:
    """The notes; those on how a file was read are only counted."""
    files = tuple(f"{name}: " for name, _ in report.files)
    general = [note for note in report.notes if not note.startswith(files)]
    lines: list[RenderableType] = [Text(f"• {clean(note)}", style="dim") for note in general]
    left = len(report.notes) - len(general)
    if left:
        lines.append(Text(f"• {left} more on how the program was read: on the page, or with --json", style="dim"))
    return ["", *lines] if lines else []


def _run_line(run: RunFacts) -> Text:
    # The seed is for staff: a student's report comes without.
    seed = [] if run.seed is None else [f"seed {run.seed}"]
    facts = [*seed, run.device, f"sandbox {run.sandbox}", f"{run.seconds:.2f} s"]
    return Text(clean(" · ".join(facts)), style="dim")


def number(value: Decimal) -> str:
    """Points without a needless fraction."""
    return f"{float(value):g}"
