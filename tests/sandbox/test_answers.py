"""What a judge is handed, and whose fault an end was."""

import socket

import pytest

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault, Died, HouseFault, Overran
from grading.sandbox.answers import Defined, Ended, Loaded
from grading.sandbox.endings import CAUSES, Lifeline, fault_of
from grading.sandbox.guest.wire import control


def ended(cause: str, detail: str = "") -> Ended:
    """An end by its cause."""
    return Ended(cause, detail, cpu_s=0.0, peak_bytes=0)  # type: ignore[arg-type]


def test_definitions_are_found_by_name() -> None:
    """The definition of a name, or None."""
    sigmoid = Defined("sigmoid", "function", ("x",), 1, (0,))
    loaded = Loaded((sigmoid,), (), "")

    assert loaded.find("sigmoid") is sigmoid
    assert loaded.find("relu") is None


@pytest.mark.parametrize("cause", CAUSES)
def test_every_end_has_somebody_to_blame(cause: str) -> None:
    """Ours where the house lost the box, the student's otherwise."""
    fault = fault_of(ended(cause), Limits())

    assert isinstance(fault, HouseFault if cause in ("house", "unknown") else AnswerFault)


@pytest.mark.parametrize(
    ("cause", "kind", "word"),
    [
        ("memory", Died, "2048 MiB of memory"),
        ("disk", Died, "256 MiB of files"),
        ("cpu", Overran, "time"),
        ("deadline", Overran, "time"),
        ("signal", Died, "SIGSEGV"),
        ("exit", Died, "SIGSEGV"),
    ],
)
def test_the_end_is_named(cause: str, kind: type[Exception], word: str) -> None:
    """The message says which limit, signal or status it was."""
    fault = fault_of(ended(cause, "SIGSEGV"), Limits())

    assert type(fault) is kind
    assert word in str(fault)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ({"ended": "memory", "peak_bytes": 5}, "memory"),
        ({"ended": "nonsense"}, "unknown"),
        ({"ended": ["memory"]}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_the_last_word_is_admitted(said: dict[str, object], cause: str) -> None:
    """Only causes that we know are believed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line = Lifeline(ours)
    with theirs:
        control.send(theirs, said)

        assert line.last_word(5.0).cause == cause
    line.close()


def test_silence_is_unknown() -> None:
    """A warden that says nothing in time leaves the end unknown, and one that is gone as well."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line = Lifeline(ours)

    assert line.last_word(0.0).cause == "unknown"
    theirs.close()
    assert line.last_word(5.0).cause == "unknown"
    line.close()
