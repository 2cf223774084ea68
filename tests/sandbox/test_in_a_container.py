"""In a container: what the compose file grants is enough for every layer, and what is granted by default for a tier.

Each container is this machine's own system behind runc, with the permissions that an engine would give a worker.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import containers

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]

PROGRAM = """
import json, os
from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

with Sandbox.start(SandboxConfig(images=("numpy",))) as sandbox:
    with sandbox.open(program("import numpy as np", "def f(x): return np.tanh(x)"), limits=Limits(), seed=1) as box:
        box.load()
        answer = box.call("f", 0.0)
    print(json.dumps({"uid": os.getuid(), "tier": sandbox.tier.value, "why": sandbox.why, "answer": answer}))
"""


@pytest.fixture(scope="module", autouse=True)
def _possible(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whether runc works here at all."""
    if reason := containers.why_not(tmp_path_factory.mktemp("bundle")):
        pytest.skip(reason)


def seen_in(service: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What a sandbox finds in a container of that service, and what a box in it answers."""
    ended = containers.run(service, [sys.executable, "-c", PROGRAM], folder, timeout_s=100.0)

    assert ended.returncode == 0, ended.stderr[-3000:]
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def test_what_the_compose_file_grants_is_enough_for_every_layer(tmp_path: Path) -> None:
    """No capability, no root, no writable root: our profile and an uncovered process file system make the tier full."""
    seen = seen_in(containers.service("worker-cpu"), tmp_path)

    assert seen == {"uid": 1001, "tier": "full", "why": "", "answer": 0.0}


def test_by_default_a_container_grades_in_the_weaker_tier(tmp_path: Path) -> None:
    """Who starts the image without options gets no namespaces, is told why, and can grade."""
    seen = seen_in(containers.by_default(containers.service("worker-cpu")), tmp_path)

    assert (seen["tier"], seen["answer"]) == ("contained", 0.0)
    assert "unshare" in seen["why"]


@pytest.mark.parametrize(("option", "refused"), [("seccomp", "unshare"), ("systempaths", "mount(proc on /proc)")])
def test_each_of_the_two_options_is_needed(option: str, refused: str, tmp_path: Path) -> None:
    """Without either the tier is the weaker one, and the layer that is missing is named."""
    service = containers.service("worker-cpu")
    kept = [given for given in service["security_opt"] if not given.startswith(option)]
    seen = seen_in({**service, "security_opt": kept}, tmp_path)

    assert len(kept) == len(service["security_opt"]) - 1
    assert (seen["tier"], seen["answer"]) == ("contained", 0.0)
    assert refused in seen["why"]
