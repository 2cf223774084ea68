"""The jobs: for each a name, a retry rule, one call.

No job is retried by Celery: a run and a post know in their rows when they are to be tried again, and the sweep
announces them then.
"""

from collections.abc import Callable

from celery import Celery, Task
from structlog.contextvars import bound_contextvars

from grading.domain.jobs import GRADE_RUN, POST_GRADE, SWEEP
from worker.grading_run import grade_run
from worker.workplace import Workplace


def register(app: Celery, place: Workplace, sweep: Callable[[], None]) -> None:
    """Let the application's workers carry out the jobs at that workplace."""

    @app.task(name=GRADE_RUN, bind=True, shared=False, max_retries=0)
    def _grade_run(task: "Task[..., None]", run_id: str) -> None:
        with bound_contextvars(task_id=task.request.id):
            grade_run(place, run_id)

    @app.task(name=POST_GRADE, bind=True, shared=False, max_retries=0)
    def _post_grade(task: "Task[..., None]", post_id: str) -> None:
        with bound_contextvars(task_id=task.request.id):
            place.passback.send(post_id)

    @app.task(name=SWEEP, shared=False, max_retries=0)
    def _sweep() -> None:
        sweep()
