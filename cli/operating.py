"""`chainrule status` and `chainrule token create`: for those who run the service."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.exits import Exit, complain, faults_as_exits
from cli.local import judge_for, settings
from grading.domain.errors import RubricFault

if TYPE_CHECKING:
    from grading.store.settings import Settings


def status(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False) -> None:
    """Show what this machine can do: the sandbox's tier and layers, the assignments, the stores.

    Exit code 3 where submissions cannot be graded here.
    """
    chosen = settings()
    with faults_as_exits():
        facts = _facts(chosen)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    from rich.console import Console

    _show(facts, Console(highlight=False))


def create_token(
    *,
    login: Annotated[str, typer.Option(help="Whom the token speaks for.")],
    scopes: Annotated[str, typer.Option(help="Scopes joined by commas; empty: all that a student needs.")] = "",
    label: Annotated[str, typer.Option(help="For the list of tokens.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days until it ends; empty: until it is revoked.")] = None,
) -> None:
    """Make a bearer token and print it: the only time that it can be read."""
    from sqlalchemy import select

    import migrations
    from grading.store.access import STUDENT_SCOPES
    from grading.store.credentials import issue_token
    from grading.store.database import Database
    from grading.store.tables import User

    chosen = settings()
    migrations.upgrade(chosen.database)
    database = Database.open(chosen)
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()] or list(STUDENT_SCOPES)
    lifetime = None if days is None else timedelta(days=days)
    try:
        with database.write() as db:
            user_id = db.scalar(select(User.id).where(User.login == login))
            if user_id is None:
                complain(f"nobody is called {login!r} in {chosen.database}.")
                raise typer.Exit(Exit.NOT_A_SUBMISSION)
            token = issue_token(db, scopes=wanted, user_id=user_id, label=label, lifetime=lifetime)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--scopes") from None
    finally:
        database.close()
    typer.echo(token)


def _facts(chosen: "Settings") -> dict[str, Any]:
    from grading.assignments.catalog import catalog, engine_digest

    faults: list[RubricFault] = []
    assignments = catalog(chosen.assignment_dirs, faults)
    with judge_for(chosen) as judge:
        layers = [{"name": layer.name, "holds": layer.holds, "detail": layer.detail} for layer in judge.layers]
        tier, remarks = judge.tier.value, list(judge.readiness.remarks)
    return {
        "engine": f"sha256:{engine_digest()}",
        "tier": tier,
        "layers": layers,
        "assignments": [
            {"slug": a.slug, "title": a.title, "version": a.version, "points": str(a.points), "folder": str(a.folder)}
            for a in assignments.values()
        ],
        "faults": [str(fault) for fault in faults],
        "remarks": remarks,
        "state": str(chosen.state.absolute()),
        "data": str(chosen.data.absolute()),
        "checkpoints": str(chosen.checkpoints.absolute()),
    }


def _show(facts: dict[str, Any], console: "Any") -> None:
    from rich.table import Table

    from grading.domain.printable import clean

    console.print(f"Sandbox [bold]{facts['tier']}[/bold]")
    layers = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for layer in facts["layers"]:
        layers.add_row("holds" if layer["holds"] else "[red]does not hold[/red]", layer["name"], clean(layer["detail"]))
    console.print(layers)
    console.print("Assignments")
    rows = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for entry in facts["assignments"]:
        rows.add_row(entry["slug"], clean(entry["title"]), f"{entry['points']} points", entry["version"][:19])
    console.print(rows)
    for name in ("state", "data", "checkpoints"):
        console.print(f"{name.capitalize():12} {facts[name]}", markup=False)
    for line in (*facts["faults"], *facts["remarks"]):
        console.print(f"• {clean(line)}", markup=False)
