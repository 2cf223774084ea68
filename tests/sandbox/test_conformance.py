"""Every behaviour of `conformance`, on every tier that this machine can have."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox import behaviours
from tests.sandbox.conformance import (
    BEHAVIOURS,
    CANARY,
    EXCEPTIONS_OF_ORDINARY_USERS,
    KNOWN_EXCEPTIONS,
    Backend,
    Behaviour,
    known_exceptions,
)

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]


@pytest.fixture(scope="module", params=[Tier.FULL, Tier.CONTAINED], ids=lambda tier: tier.value)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A sandbox of one tier, started with secrets all around it."""
    state = tmp_path_factory.mktemp("state")
    state.chmod(0o755)
    (state / "database").write_text(CANARY)
    (state / "database").chmod(0o644)
    os.environ["CHAINRULE_SECRET"] = CANARY
    leaked = os.open(state / "database", os.O_RDONLY)
    os.set_inheritable(leaked, True)
    try:
        # Without namespaces a watchdog counts memory as well, as on machines whose control groups are not ours.
        cgroups = request.param is Tier.FULL
        with Sandbox.start(SandboxConfig(images=("numpy",), tier=request.param, cgroups=cgroups)) as sandbox:
            if sandbox.tier is not request.param:
                pytest.skip(f"this machine gives no more than {sandbox.tier.value}: {sandbox.why}")
            yield Backend(sandbox, Path(__file__).resolve().parents[2], state)
    finally:
        os.close(leaked)
        del os.environ["CHAINRULE_SECRET"]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda function: function.__name__)
def test_behaviour(backend: Backend, behaviour: Behaviour, request: pytest.FixtureRequest) -> None:
    """The backend behaves as promised, or is known not to."""
    reason = known_exceptions(backend.sandbox.tier.value).get(behaviour.__name__)
    if reason is not None:
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))

    behaviour(backend)
    assert backend.all_students_gone()


def test_exceptions_are_of_behaviours() -> None:
    """Every known exception names a behaviour."""
    assert behaviours.__all__
    names = {behaviour.__name__ for behaviour in BEHAVIOURS}

    tables = [*KNOWN_EXCEPTIONS.values(), *EXCEPTIONS_OF_ORDINARY_USERS.values()]

    assert names >= {name for exceptions in tables for name in exceptions}
