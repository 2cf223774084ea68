"""`chainrule grade`: grade files on this machine, without a server."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, complain, exit_code, faults_as_exits, in_words
from cli.local import assignment_called, judge_for, settings
from grading.domain.errors import ChainruleError, HouseFault, NotASubmission

if TYPE_CHECKING:
    from grading.domain.assignment import Assignment
    from grading.domain.report import GradedRun, Json
    from grading.domain.submission import Submission
    from grading.judge.client import Judge

# A judge that died is started again; a run that kills two judges is not worth a third.
TRIES = 2


def grade(
    paths: Annotated[list[Path] | None, typer.Argument(help="Notebooks, modules, a folder or a zip.")] = None,
    *,
    assignment: Annotated[str, typer.Option(help="The assignment's slug.")],
    batch: Annotated[Path | None, typer.Option(help="Grade every file and subfolder of this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, and nothing else.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Draw the inputs of an earlier run again.")] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    figures: Annotated[Path | None, typer.Option(help="Write the report's figures into this folder.")] = None,
) -> None:
    """Grade a submission here and now.

    Exit code 0: graded, whatever the score. 2: the input cannot be a submission. 3: our fault, or the author's.
    """
    if (batch is None) == (not paths):
        raise typer.BadParameter("Give either files to grade or --batch DIR.")
    with faults_as_exits():
        if batch is not None:
            _grade_batch(batch, _chosen(assignment, device), seed=seed, device=device)
        else:
            _grade_one(
                paths or [], _chosen(assignment, device), seed=seed, device=device, as_json=as_json, figures=figures
            )


def _chosen(slug: str, device: str) -> "Assignment":
    """The assignment to grade by.

    Raises:
        NotASubmission: there is none with this slug, or it is not graded on this device.
    """
    assignment = assignment_called(slug, settings())
    if device not in assignment.devices:
        known = ", ".join(assignment.devices)
        raise NotASubmission("no-such-device", f"{slug} is not graded on {device!r}. It takes: {known}.")
    return assignment


def _grade_one(
    paths: list[Path], assignment: "Assignment", *, seed: int | None, device: str, as_json: bool, figures: Path | None
) -> None:
    submission = _read(paths, assignment)
    drawn = fresh_seed() if seed is None else seed
    with judge_for(settings()) as judge:
        graded = _graded(judge, submission, assignment.slug, seed=drawn, device=device)
    if figures is not None:
        _write_figures(graded, figures)
    if as_json:
        typer.echo(json.dumps(graded.report.to_json(), ensure_ascii=False))
    else:
        from cli.rendering import show_report

        show_report(graded.report, title=assignment.title)
    if not graded.report.final:
        complain("a row could not be graded, and that is not the student's fault: the score is not final.")
        raise typer.Exit(Exit.OUR_FAULT)


def _grade_batch(folder: Path, assignment: "Assignment", *, seed: int | None, device: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    entries = _entries(folder)
    with judge_for(settings()) as judge, ThreadPoolExecutor(os.cpu_count() or 1) as pool:

        def line(entry: Path) -> dict[str, "Json"]:
            drawn = fresh_seed() if seed is None else seed
            try:
                graded = _graded(judge, _read([entry], assignment), assignment.slug, seed=drawn, device=device)
            except ChainruleError as error:
                return {"entry": entry.name, "error": error_json(error)}
            return {"entry": entry.name, **graded.report.to_json()}

        lines = pool.map(line, entries)
        ours = _print_lines(lines)
    if ours:
        raise typer.Exit(Exit.OUR_FAULT)


def _print_lines(lines: Iterator[dict[str, "Json"]]) -> bool:
    """Print each line as soon as those before it are out; whether one of them is our fault."""
    ours = False
    for line in lines:
        error = line.get("error")
        ours = ours or line.get("final") is False or (isinstance(error, dict) and error["exit"] == Exit.OUR_FAULT)
        typer.echo(json.dumps(line, ensure_ascii=False))
    return ours


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise NotASubmission("not-a-folder", "is no folder. Give --batch a folder of submissions.", file=str(folder))
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX")))
    if not entries:
        raise NotASubmission("empty-folder", "holds no submission.", file=str(folder))
    return entries


def _read(paths: list[Path], assignment: "Assignment") -> "Submission":
    from grading.intake import read_paths

    for path in paths:
        if not path.exists():
            raise NotASubmission("no-such-file", "there is no such file or folder.", file=str(path))
    return read_paths(paths, assignment)


def _graded(judge: "Judge", submission: "Submission", slug: str, *, seed: int, device: str) -> "GradedRun":
    """The graded; where our fault left a row without a verdict, or killed the judge, that of another try."""
    for _ in range(TRIES - 1):
        try:
            graded = judge.grade(submission, slug, seed=seed, device=device)
        except HouseFault:
            continue
        if graded.report.final:
            return graded
    return judge.grade(submission, slug, seed=seed, device=device)


def _write_figures(graded: "GradedRun", folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for figure in graded.report.figures:
        name = "".join(c if c.isalnum() or c in "-_." else "-" for c in figure.id).lstrip(".")
        (folder / f"{name}.png").write_bytes(graded.figures[figure.sha256])


def error_json(error: ChainruleError) -> dict[str, "Json"]:
    """A fault as a batch's line carries it."""
    code = error.code if isinstance(error, NotASubmission) else "not-graded"
    file = error.file if isinstance(error, NotASubmission) else ""
    return {"code": code, "message": in_words(error), "file": file, "exit": int(exit_code(error))}


def fresh_seed() -> int:
    """A seed nobody can foresee; small enough for every JSON reader to keep exact."""
    return secrets.randbelow(1 << 48)
