"""The log goes to standard error, whatever that is when a line is written."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from cli.logs import to_standard_error


@pytest.fixture(autouse=True)
def _the_configuration_is_put_back() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_log_outlives_the_stream_it_was_set_up_on() -> None:
    """A command that ran with standard error redirected leaves a log that later work can write to."""
    with io.StringIO() as first, redirect_stderr(first):
        to_standard_error()
        structlog.get_logger("before").info("an event")
        assert "an event" in first.getvalue()
    with redirect_stderr(io.StringIO()) as second:
        structlog.get_logger("after").info("another event", count=2)
    assert '"event": "another event"' in second.getvalue()
