"""The Celery application: who hears the messages.

Messages are JSON and carry an id. Which run is whose is settled in the database, never by what the broker delivers: so
a message may come twice or not at all, and none of the broker's time-outs matters to a grade.
"""

import structlog
from celery import Celery

from grading.store.settings import Settings
from worker.workplace import Announcer

log = structlog.get_logger(__name__)

MEMORY = "memory://"
# The transport in memory asks for messages this often; its default of a second would be felt.
MEMORY_POLL_S = 0.02


def make_app(settings: Settings) -> Celery:
    """An application for the broker that the settings name."""
    app = Celery("chainrule", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        result_accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        enable_utc=True,
    )
    if settings.broker_url.startswith(MEMORY):
        app.conf.broker_transport_options = {"polling_interval": MEMORY_POLL_S}
    else:
        # Redis: an unacknowledged message comes back long after any lease has run out; the sweep does not wait for it.
        app.conf.broker_transport_options = {
            "visibility_timeout": 6 * 60 * 60,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
        }
    return app


def announcer_of(app: Celery) -> Announcer:
    """Sends through the application; a broker that is away costs time, never a run."""

    def send(task: str, row_id: str, queue: str) -> bool:
        try:
            app.send_task(task, args=[row_id], queue=queue, retry=False)
        except Exception as error:  # noqa: BLE001  # every transport raises its own
            log.warning("message not sent", task=task, id=row_id, problem=type(error).__name__)
            return False
        return True

    return Announcer(send)
