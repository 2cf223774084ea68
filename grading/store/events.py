"""What happened to a submission, in order: what live pages and clients read."""

from typing import Any

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from grading.domain.report import Json
from grading.domain.verdict import RunState
from grading.store.tables import Run, RunEvent, rows_of

RETRYING = "retrying"

# After one of these nothing more happens by itself.
FINAL_STATES = frozenset({RunState.GRADED, RunState.FAILED, RunState.REJECTED, RunState.CANCELLED, RunState.SUPERSEDED})


def record(db: Session, run: Run | Row[*tuple[Any, ...]], name: str, **more: Json) -> None:
    """Append an event of a submission's current run; dry runs leave no trace that a student could see.

    Args:
        db: a writing transaction.
        run: the row as it is now; its `id`, `submission_id`, `state` and `current` are enough.
        name: the state that it came to, or another word for what happened.
        more: for the event's data.
    """
    if run.current:
        data = {"submission_id": run.submission_id, "run_id": run.id, "state": run.state, **more}
        event = {"submission_id": run.submission_id, "run_id": run.id, "name": name, "data": data}
        db.execute(insert(rows_of(RunEvent)).inline(), event)
