"""`chainrule assignment new | validate | publish`: for those who write assignments."""

import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.exits import Exit, complain, faults_as_exits
from cli.local import assignment_called, judge_config, settings, standin_folder
from grading.domain.errors import RubricFault

if TYPE_CHECKING:
    from grading.domain.description import Description
    from grading.rehearsal.gate import GateResult
    from grading.store.settings import Settings

    Ignore = Callable[[str, list[str]], set[str]]

TEMPLATE = Path(__file__).parent / "template"
PLACEHOLDER_SLUG, PLACEHOLDER_TITLE = "new-assignment", "A New Assignment"
TEXTS = {".toml", ".py", ".ipynb", ".md"}


def new(
    slug: Annotated[str, typer.Argument(help='What students submit under, like "nets-hw1".')],
    *,
    folder: Annotated[Path | None, typer.Option("--in", help="Where to put it; empty: ./SLUG.")] = None,
    title: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Write a small assignment that passes validation, to be changed into yours."""
    from grading.assignments.catalog import SLUG, UNCOUNTED

    if not SLUG.fullmatch(slug):
        raise typer.BadParameter('Use lower-case letters, digits and single hyphens, like "nets-hw1".')
    target = folder or Path(slug.replace("-", "_"))
    if target.exists():
        complain(f"{target} exists already. Choose another folder with --in.")
        raise typer.Exit(Exit.NOT_A_SUBMISSION)
    shutil.copytree(TEMPLATE, target, ignore=shutil.ignore_patterns(*UNCOUNTED))
    for path in target.rglob("*"):
        if path.suffix in TEXTS:
            text = path.read_text(encoding="utf-8")
            text = text.replace(PLACEHOLDER_SLUG, slug).replace(PLACEHOLDER_TITLE, title or slug)
            path.write_text(text, encoding="utf-8")
    typer.echo(f"{target} is ready. Change it, then run: chainrule assignment validate {target}")


def validate(
    target: Annotated[
        str, typer.Argument(help="The assignment's folder, the one with assignment.toml, or its slug.")
    ] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="Every assignment that this service knows.")] = False,
    seeds: Annotated[int | None, typer.Option(min=1, help="How many; empty: as many as the manifest says.")] = None,
    boxed: Annotated[
        bool,
        typer.Option("--boxed/--unboxed", help="Also grade samples, known submissions, hostile students and attacks."),
    ] = True,
    boxes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many fresh ones for each known submission, between which its seeds are dealt out; "
            "empty: as many as the manifest says.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="cuda: also hold the samples' reports against a GPU's.")] = "cpu",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON each, and nothing else.")] = False,
) -> None:
    """Rehearse an assignment: right answers must pass, every known mistake must lose points and be named.

    Exit code 0: fit to publish. 1: its author must act. 2: there is no such assignment. 3: our fault.
    """
    if bool(target) is every:
        raise typer.BadParameter("Name one assignment, or give --all.")
    from grading.assignments.catalog import read_assignment

    good = True
    with faults_as_exits(author=Exit.AUTHOR_MUST_ACT):
        for folder in _folders(target):
            for remark in read_assignment(folder).remarks:
                complain(remark)
            outcome = _rehearsed(folder, seeds=seeds, boxed=boxed, boxes=boxes, device=device)
            good = good and outcome.good
            if as_json:
                typer.echo(json.dumps(outcome.to_json(), ensure_ascii=False))
            else:
                from grading.rehearsal.table import show_outcome

                show_outcome(outcome)
    if not good:
        raise typer.Exit(Exit.AUTHOR_MUST_ACT)


def publish(
    folder: Annotated[Path, typer.Argument(help="The assignment's folder, the one with assignment.toml.")],
    *,
    to: Annotated[Path | None, typer.Option(help="The service's folder of assignments; empty: as configured.")] = None,
) -> None:
    """Rehearse an assignment, then copy it to where the service reads its assignments: pages and judge see it at once.

    Exit code 0: published. 1: its author must act. 2: there is nowhere to publish to. 3: our fault.
    """
    from grading.assignments import describe, load_rubric
    from grading.assignments.catalog import UNCOUNTED, catalog, read_assignment

    chosen = settings()
    target = to or next(iter(chosen.assignment_dirs), None)
    if target is None:
        complain(
            "the service reads no folder of assignments. Name one in CHAINRULE_ASSIGNMENT_DIRS, for the service "
            "and here, like '[\"/srv/assignments\"]', or give --to."
        )
        raise typer.Exit(Exit.NOT_A_SUBMISSION)
    with faults_as_exits(author=Exit.AUTHOR_MUST_ACT):
        assignment = read_assignment(folder)
        outcome = _rehearsed(folder)
        if not outcome.good:
            raise RubricFault(f"{folder} is not fit to publish: run chainrule assignment validate {folder} to see why.")
        home = target / assignment.slug.replace("-", "_")
        others = catalog((*chosen.assignment_dirs, target), [])
        taken = others.get(assignment.slug)
        beside = target.resolve() not in {known.resolve() for known in chosen.assignment_dirs}
        # A working folder that this shell's settings name is no other assignment, unless the service would see both.
        mine = {home.resolve(), assignment.folder} if beside else {home.resolve()}
        if taken is not None and taken.folder not in mine:
            raise RubricFault(f"the slug {assignment.slug!r} is taken by {taken.folder}. Choose another slug.")
        described = describe(assignment, load_rubric(assignment))
        known = False

        def announce(copied: Path) -> None:
            nonlocal known
            known = _stored(chosen, replace(described, version=read_assignment(copied).version))

        _replace(assignment.folder, home, shutil.ignore_patterns(*UNCOUNTED), announce)
    seen = "" if known else " Its rows are shown as soon as one of the service's workers has read them: in seconds."
    typer.echo(f"Published as {home}. The service goes by it from now on.{seen}")


def _stored(chosen: "Settings", described: "Description") -> bool:
    """Whether the service's database has the description from now on; where it is not to be had, a worker tells it."""
    from sqlalchemy.exc import SQLAlchemyError

    from grading.store import descriptions
    from grading.store.database import Database

    if not chosen.database_url and not (chosen.state / "chainrule.db").is_file():
        return False
    database = Database.open(chosen)
    try:
        with database.write() as db:
            descriptions.keep(db, described)
    except SQLAlchemyError:
        # No tables yet, of another version, or no way there from this machine.
        return False
    finally:
        database.close()
    return True


def _rehearsed(folder: Path, **options: Any) -> "GateResult":
    from cli.logs import to_standard_error
    from grading.rehearsal.gate import rehearsed

    chosen = settings()
    to_standard_error(least=logging.WARNING)  # the outcome says what became of everything
    return rehearsed(folder, judge_config(chosen, warm=False), standin_folder(chosen), **options)


def _folders(target: str) -> list[Path]:
    """The folder that is meant: one that is there, or that of a slug; of every assignment where nothing is named."""
    from grading.assignments.catalog import catalog

    if not target:
        return [assignment.folder for assignment in catalog(settings().assignment_dirs).values()]
    if Path(target).is_dir():
        return [Path(target)]
    return [assignment_called(target, settings()).folder]


def _replace(source: Path, home: Path, ignore: "Ignore", announce: Callable[[Path], None]) -> None:
    """Put a copy of `source` at `home` in two renames: a reader finds the old one or the new one, hardly ever none.

    The copy is announced before anybody can find it.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".publishing-", dir=home.parent))
    try:
        shutil.copytree(source, fresh / "new", ignore=ignore)
        announce(fresh / "new")
        if home.exists():
            home.rename(fresh / "old")
        (fresh / "new").rename(home)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
