"""A worker in a process of its own: `chainrule worker`."""

import gc
import signal
import threading
from collections.abc import Callable
from types import FrameType

from prometheus_client import start_http_server

from grading.store.settings import Settings
from worker import metrics
from worker.app import MEMORY
from worker.embedded import Worker
from worker.judge_holder import Judge
from worker.sweep import UNANNOUNCED_SWEEP_S


def run(settings: Settings, judge: "Judge | Callable[[], Judge]") -> None:
    """Work until SIGTERM or SIGINT; runs that are being graded are finished first. Call it in the main thread.

    Without a broker that other processes can reach, waiting runs are found by looking for them.
    """
    leave = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        leave.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    unannounced = settings.broker_url.startswith(MEMORY)
    worker = Worker(settings, judge, sweep_s=min(settings.sweep_s, UNANNOUNCED_SWEEP_S) if unannounced else None)
    if settings.worker_metrics_port:
        start_http_server(settings.worker_metrics_port, registry=metrics.registry)
    worker.start()
    # What was loaded stays loaded: the search for garbage need not look through it beside the gradings.
    gc.collect()
    gc.freeze()
    leave.wait()
    worker.stop()
