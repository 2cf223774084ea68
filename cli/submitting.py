"""`chainrule submit`: submit over HTTP."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.exits import Exit, complain, faults_as_exits
from grading.domain.errors import NotASubmission

if TYPE_CHECKING:
    from cli.service import ServiceClient

SKIPPED = {"__pycache__", ".ipynb_checkpoints", "__MACOSX"}


def submit(
    paths: Annotated[list[Path], typer.Argument(help="Notebooks, modules, a folder or a zip.")],
    *,
    assignment: Annotated[str, typer.Option(help="The assignment's slug.")],
    server: Annotated[str, typer.Option(envvar="CHAINRULE_SERVER", help="Where the service answers.")],
    token: Annotated[str, typer.Option(envvar="CHAINRULE_TOKEN", help="Your bearer token.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the report and show it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Submit a submission.

    Exit code 0: submitted (with --wait: graded). 2: the service will not have it. 3: our fault.
    """
    from cli.service import ServiceClient

    with faults_as_exits(), ServiceClient(server, token) as service:
        submission = service.submit(assignment, files_of(paths))
        if not as_json:
            typer.echo(f"Submitted as {submission['id']}.", err=wait)
        if wait:
            _follow(service, str(submission["id"]), as_json=as_json)
        elif as_json:
            typer.echo(json.dumps(submission, ensure_ascii=False))


def files_of(paths: list[Path]) -> list[tuple[str, bytes]]:
    """The files as they are sent: a folder's with their names inside it, all else by its own name.

    Raises:
        NotASubmission: a path leads nowhere.
    """
    files: list[tuple[str, bytes]] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
            kept = [file for file in inside if not _skipped(file.relative_to(path))]
            files += [(file.relative_to(path).as_posix(), file.read_bytes()) for file in kept]
        elif path.is_file():
            files.append((path.name, path.read_bytes()))
        else:
            raise NotASubmission("no-such-file", "there is no such file or folder.", file=str(path))
    if not files:
        raise NotASubmission("empty-folder", "there is no file to submit.")
    return files


def _skipped(path: Path) -> bool:
    return any(part.startswith(".") or part in SKIPPED for part in path.parts)


def _follow(service: "ServiceClient", submission_id: str, *, as_json: bool) -> None:
    submission: dict[str, Any] = {}
    for submission in service.states(submission_id):
        if not as_json:
            typer.echo(_progress(submission), err=True)
    if submission.get("state") != "graded":
        complain(_not_graded(submission))
        raise typer.Exit(Exit.OUR_FAULT if submission.get("state") == "failed" else Exit.NOT_A_SUBMISSION)
    report = service.report(submission_id)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    from cli.rendering import show_report
    from grading.domain.report import Report

    read = Report.from_json(report)
    show_report(read, title=str(submission.get("assignment_title") or read.assignment_slug))


def _progress(submission: dict[str, Any]) -> str:
    state, place = submission.get("state"), submission.get("queue_position")
    return f"{state}, number {place} in line" if state == "queued" and place else f"{state}"


def _not_graded(submission: dict[str, Any]) -> str:
    reason = submission.get("fault") or submission.get("detail") or "no reason was given"
    return f"{submission.get('id')} is {submission.get('state')}: {reason}"
