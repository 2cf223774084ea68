"""`chainrule health` and `chainrule migrate`: for whatever starts and watches the parts of the service."""

import json
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, complain
from cli.local import settings

if TYPE_CHECKING:
    from grading.store.settings import Settings

TIMEOUT_S = 10.0


def migrate() -> None:
    """Bring the database to this version: before the first start, and before each start of a newer version."""
    import migrations

    migrations.upgrade(settings().database)


def health(
    *, worker: Annotated[bool, typer.Option("--worker", help="Ask about this machine's worker instead.")] = False
) -> None:
    """Whether the part of the service on this machine does its work: exit code 0, or 3 with the reason."""
    chosen = settings()
    problem = _worker_problem(chosen) if worker else _service_problem(chosen)
    if problem:
        complain(problem)
        raise typer.Exit(Exit.OUR_FAULT)


def _service_problem(chosen: "Settings") -> str:
    host = "127.0.0.1" if chosen.host in {"", "0.0.0.0", "::"} else chosen.host  # noqa: S104  # compared, not bound
    address = f"http://{host}:{chosen.port}/readyz"
    # No proxy stands between a machine and itself.
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with ask.open(address, timeout=TIMEOUT_S):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            told = json.loads(error.read() or b"{}")
        # Without a broker submissions are taken and graded all the same, only later: no reason to start anew.
        missing = [name for name, holds in told.items() if holds is False and name != "broker"]
        return f"not ready: {', '.join(missing)}" if missing else ""
    except OSError as error:
        return f"{address} does not answer: {error}"


def _worker_problem(chosen: "Settings") -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from grading.store.database import Database
    from grading.store.queries import queue

    database = Database.open(chosen)
    try:
        with database.read() as db:
            here = [worker for worker in queue.workers(db, chosen) if worker.name == socket.gethostname()]
        return "" if any(worker.alive for worker in here) else "no worker of this machine gave a sign of life lately"
    except SQLAlchemyError as error:
        return f"the database does not answer: {type(error).__name__}"
    finally:
        database.close()
