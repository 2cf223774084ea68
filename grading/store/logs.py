"""Logs: one line of JSON per event on standard error. No student code, no tokens, no values of local variables."""

import logging
import sys

import structlog


def log_as_json(level: int = logging.INFO) -> None:
    """Set structlog up, unless somebody has already.

    Its own default shows the local variables of every frame of a traceback, and so whatever secret is among them.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
