"""What every test shares: no network but this machine's own."""

import os
import random

# Before torch is first imported anywhere: one thread per process, as in production.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Which few of many variants this run tries (tests/rubrics/rotation.py); the processes of one run inherit the choice.
os.environ.setdefault("CHAINRULE_ROTATION", str(random.SystemRandom().randrange(1_000_000)))

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

# Laws hold at any speed: a busy machine must not break one.
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to repeat this run's choice of variants."""
    terminalreporter.write_line(f"variants chosen by CHAINRULE_ROTATION={os.environ['CHAINRULE_ROTATION']}")


def pytest_runtest_setup() -> None:
    """Connections leave this machine in no test."""
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def repository() -> "os.PathLike[str]":
    """The repository's root folder."""
    from pathlib import Path

    return Path(__file__).resolve().parent.parent
