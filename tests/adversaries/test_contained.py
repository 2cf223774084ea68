"""The wall without namespaces, as in a default container: attacks that would find a gap there."""

import json
import os
import re
from dataclasses import replace

import pytest

from grading import pipeline
from grading.assignments import load_rubric
from grading.assignments.catalog import catalog
from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from tests.acceptance.conftest import SLUG
from tests.adversaries.arena import Canaries, left_after
from tests.adversaries.attack import Attack, attacks, submission

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]

GONE_S = 2.0
TRIED = {
    "calls_forbidden_calls", "fills_tmp", "fork_bomb", "hangs_up", "kills_its_grader", "leaves_daemon", "leaves_messages",
    "opens_reverse_shell", "reads_environment", "reads_parent_memory", "reads_test_files", "searches_result_path",
    "steals_descriptors", "writes_result_file",
}  # fmt: skip
CHOSEN = [attack for attack in attacks() if attack.name in TRIED]
ASSIGNMENT = catalog()[SLUG]
SHORT = replace(ASSIGNMENT.limits, call_s=0.8, cell_s=2.0, part_s=3.0, file_bytes=16 << 20, processes=32)


@pytest.fixture(scope="module")
def canaries():
    """Secrets in the environment of whoever starts the sandbox."""
    made = Canaries()
    os.environ["DATABASE_URL"] = made.plant("the environment")
    yield made
    del os.environ["DATABASE_URL"]


@pytest.fixture(scope="module")
def sandbox(canaries):
    """One sandbox of the tier that asks nothing of the machine but Landlock and seccomp."""
    with Sandbox.start(SandboxConfig(tier=Tier.CONTAINED, cgroups=False, images=("numpy",))) as made:
        yield made


@pytest.mark.parametrize("attack", CHOSEN, ids=lambda attack: attack.name)
def test_an_attack_gains_nothing_without_namespaces(sandbox: Sandbox, canaries: Canaries, attack: Attack) -> None:
    """No points, no secret, no way out, nothing left."""
    assignment = replace(ASSIGNMENT, limits=SHORT)
    report = pipeline.grade(submission(attack), assignment, load_rubric(ASSIGNMENT), seed=3, sandbox=sandbox).report
    told = json.dumps(report.to_json())

    assert report.run.sandbox is Tier.CONTAINED
    assert report.score == 0
    assert report.final
    assert canaries.among(told) == []
    assert re.findall('ESCAPED: [^"]{,200}', told) == []
    assert left_after(sandbox.pid, GONE_S) == []


def test_every_chosen_attack_is_there() -> None:
    """A renamed file would be left out in silence."""
    assert {attack.name for attack in CHOSEN} == TRIED
