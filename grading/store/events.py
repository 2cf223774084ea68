"""What happened to a hand-in, in order: what live pages and clients read."""

from sqlalchemy.orm import Session

from grading.domain.report import Json
from grading.domain.verdict import RunState
from grading.store.tables import Run, RunEvent

RETRYING = "retrying"

# After one of these nothing more happens by itself.
FINAL_STATES = frozenset({RunState.GRADED, RunState.FAILED, RunState.REJECTED, RunState.CANCELLED, RunState.SUPERSEDED})


def record(db: Session, run: Run, name: str, **more: Json) -> None:
    """Append an event of a submission's current run; dry runs leave no trace that a student could see."""
    if run.current:
        data = {"submission_id": run.submission_id, "run_id": run.id, "state": run.state, **more}
        db.add(RunEvent(submission_id=run.submission_id, run_id=run.id, name=name, data=data))
