"""Tells workers that a committed row waits. Losing a message costs time, never a grade."""

from collections.abc import Iterable

import structlog
from celery import Celery

from grading.domain.jobs import GRADE_RUN, POST_GRADE, QUEUE_PASSBACK
from grading.store.settings import Settings

log = structlog.get_logger(__name__)


class Dispatcher:
    """Sends ids to the queues, after the commit and never before.

    A broker that is away makes no request fail, nor wait for more than one try: workers look for waiting rows by
    themselves.
    """

    def __init__(self, settings: Settings) -> None:
        self._app = Celery("chainrule-dispatcher", broker=settings.broker_url, set_as_current=False)
        self._app.conf.update(
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            broker_connection_timeout=2.0,
            broker_connection_retry_on_startup=False,
        )

    def runs(self, runs: Iterable[tuple[str, str]]) -> None:
        """Announce runs, each as (id, queue)."""
        for run_id, queue in runs:
            if not self._send(GRADE_RUN, run_id, queue):
                break

    def posts(self, post_ids: Iterable[str]) -> None:
        """Announce grade posts."""
        for post_id in post_ids:
            if not self._send(POST_GRADE, post_id, QUEUE_PASSBACK):
                break

    def reachable(self) -> bool:
        """Whether the broker answers."""
        try:
            with self._app.connection_for_write(connect_timeout=2.0) as connection:
                connection.ensure_connection(max_retries=1, timeout=2)
        except Exception as error:  # noqa: BLE001  # every transport raises its own
            log.warning("broker did not answer", problem=type(error).__name__)
            return False
        return True

    def close(self) -> None:
        """Close the connections to the broker."""
        self._app.close()

    def _send(self, task: str, row_id: str, queue: str) -> bool:
        try:
            self._app.send_task(task, args=[row_id], queue=queue, retry=False)
        except Exception as error:  # noqa: BLE001  # every transport raises its own
            log.warning("message not sent", task=task, id=row_id, problem=type(error).__name__)
            return False
        return True
