"""Where the service's log goes: standard error, a line for each event; standard output is for results."""

import logging
import sys
from http import HTTPStatus

import structlog
from structlog.typing import EventDict, WrappedLogger


def to_standard_error(*, least: int = logging.INFO) -> None:
    """Send structlog's events to standard error: readable on a terminal, JSON elsewhere.

    On a terminal, requests that went well are left out: a page that follows a submission makes many.

    Args:
        least: level below which nothing is told.
    """
    readable = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    first = [_without_chatter] if readable else [structlog.processors.format_exc_info]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *first,
            renderer,
        ],
        # The stream of the moment, not that of the call: who redirects standard error afterwards gets the lines too.
        logger_factory=lambda *_: structlog.PrintLogger(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_chatter(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    if event.get("event") == "request answered" and event.get("status", 0) < HTTPStatus.BAD_REQUEST:
        raise structlog.DropEvent
    return event
