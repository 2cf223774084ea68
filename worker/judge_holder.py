"""The judge as the worker sees it, and the holder that starts it once."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from grading.domain.description import Description
from grading.domain.errors import HouseFault
from grading.domain.report import GradedRun
from grading.domain.submission import Submission
from grading.judge.config import LayerFact

log = structlog.get_logger(__name__)

START_AGAIN_AFTER_S = 15.0


class Judge(Protocol):
    """Grades; safe to use from several threads."""

    def grade(self, submission: Submission, slug: str, *, seed: int, device: str) -> GradedRun:
        """Grade one submission.

        Raises:
            NotASubmission: the student must act.
            RubricFault: the assignment's author must act.
            HouseFault: we must act.
        """

    def wants_gpu(self, submission: Submission, slug: str) -> bool:
        """Whether grading it on a GPU would run anything there.

        Raises:
            NotASubmission, RubricFault, HouseFault: as `grade`.
        """

    def describe(self, slug: str) -> Description:
        """What the rubric of an assignment says of itself.

        Raises:
            RubricFault, HouseFault: as `grade`.
        """

    @property
    def tier(self) -> str:
        """How much of the sandbox holds."""

    @property
    def layers(self) -> Iterable[LayerFact]:
        """The sandbox's layers: name, holds, detail."""

    def close(self) -> None:
        """End the judge's processes."""


class JudgeHolder:
    """Starts the judge when it is first wanted, and again when that failed.

    Args:
        source: a judge, or what starts one.
        started: called with each judge that was started.
    """

    def __init__(self, source: "Judge | Callable[[], Judge]", started: Callable[[Judge], None]) -> None:
        self._start: Callable[[], Judge] = source if callable(source) else lambda: source
        self._started = started
        self._lock = threading.Lock()
        self._judge: Judge | None = None
        self._not_before = 0.0

    def get(self) -> Judge:
        """The judge.

        Raises:
            HouseFault: it cannot be started; the next attempt is some seconds away.
        """
        with self._lock:
            if self._judge is None:
                if time.monotonic() < self._not_before:
                    raise HouseFault("the judge could not be started a moment ago; waiting before the next attempt")
                self._not_before = time.monotonic() + START_AGAIN_AFTER_S
                self._judge = self._start()
                self._not_before = 0.0
                self._started(self._judge)
                log.info("judge started", tier=str(self._judge.tier))
            return self._judge

    @property
    def running(self) -> Judge | None:
        """The judge where it was started; it is not started to be asked this."""
        return self._judge

    def close(self) -> None:
        """End the judge, if it was started."""
        with self._lock:
            if self._judge is not None:
                self._judge.close()
                self._judge = None
