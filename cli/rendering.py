"""A report on the terminal.

Findings quote what students' programs answered, so every text is cleaned of control characters before it is shown:
no report repaints the terminal of the person who reads it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grading.domain.printable import clean

STYLES = {
    "passed": "green",
    "partial": "yellow",
    "failed": "red",
    "not_submitted": "dim",
    "not_attempted": "dim",
    "manual": "cyan",
    "error": "bold magenta",
}


def show_report(report: Mapping[str, Any], *, title: str, console: Console | None = None) -> None:
    """Print a report for a person."""
    (console or Console(highlight=False)).print(report_view(report, title=title))


def report_view(report: Mapping[str, Any], *, title: str) -> RenderableType:
    """The whole report as one renderable."""
    head = Text.assemble((clean(title), "bold"), "  ", (clean(report["assignment"]["slug"]), "dim"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for criterion in report["criteria"]:
        _add_criterion(table, criterion)
    parts: list[RenderableType] = ["", head, "", table, "", _score_line(report)]
    parts += _notes(report)
    if report["integrity"]:
        entries = [Text(f"• {clean(entry['kind'])}: {clean(entry['detail'])}") for entry in report["integrity"]]
        parts += ["", Text("For staff to look at", style="bold yellow"), *entries]
    return Group(*parts, "", _run_line(report))


def _add_criterion(table: Table, criterion: Mapping[str, Any]) -> None:
    status = str(criterion["status"])
    findings: Sequence[Mapping[str, Any]] = criterion["findings"]
    asked = [finding for finding in findings if not finding.get("remark")]
    held = sum(1 for finding in asked if finding["passed"])
    heading = Text(clean(criterion["title"]), style="bold")
    if asked:
        heading.append(f"  {held} of {len(asked)} questions", style="not bold dim")
    points = f"{number(criterion['points'])} of {number(criterion['possible'])}"
    table.add_row(Text(status.replace("_", " "), style=STYLES.get(status, "")), heading, points)
    for finding in findings:
        if not finding["passed"] or finding.get("remark"):
            table.add_row("", _finding(finding), "")


def _finding(finding: Mapping[str, Any]) -> RenderableType:
    line = Text()
    line.append(clean(finding["question"]), style="dim" if finding.get("remark") else "red")
    line.append("  ")
    line.append(clean(finding["message"]))
    lines: list[RenderableType] = [line]
    if finding.get("mistake"):
        lines.append(Text.assemble(("known mistake: ", "dim"), (clean(finding["mistake"]), "yellow")))
    return Padding(Group(*lines), (0, 0, 0, 2))


def _score_line(report: Mapping[str, Any]) -> Text:
    line = Text.assemble(("Score ", "bold"), (f"{number(report['score'])} of {number(report['max_score'])}", "bold"))
    if report["pending_points"]:
        line.append(f"  {number(report['pending_points'])} points wait for a person", style="cyan")
    if not report.get("final", True):
        line.append("  not final: a row could not be graded, and that is not the student's fault", style="magenta")
    return line


def _notes(report: Mapping[str, Any]) -> list[RenderableType]:
    """The notes; those on how a file was read are only counted."""
    files = tuple(f"{file['name']}: " for file in report["submission"]["files"])
    general = [note for note in report["notes"] if not note.startswith(files)]
    lines: list[RenderableType] = [Text(f"• {clean(note)}", style="dim") for note in general]
    left = len(report["notes"]) - len(general)
    if left:
        lines.append(Text(f"• {left} more on how the program was read: on the page, or with --json", style="dim"))
    return ["", *lines] if lines else []


def _run_line(report: Mapping[str, Any]) -> Text:
    run = report["run"]
    # The seed is for staff: a student's report comes without.
    seed = [] if run["seed"] is None else [f"seed {run['seed']}"]
    facts = [*seed, str(run["device"]), f"sandbox {run['sandbox']}", f"{run['seconds']:.2f} s"]
    return Text(clean(" · ".join(facts)), style="dim")


def number(value: float) -> str:
    """Points without a needless fraction."""
    return f"{value:g}"
