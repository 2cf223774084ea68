"""What only a real GPU can show: a context dies with its box, its memory comes back, a share is a bound."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grading.domain.errors import StudentFault
from grading.sandbox import Box, Sandbox, SandboxConfig, gpus
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.box,
    pytest.mark.timeout(330),
    pytest.mark.skipif(not Path("/dev/nvidia0").exists(), reason="no GPU here"),
]

SLOTS = 4
ROOMY = replace(LIMITS, memory_bytes=8 << 30, call_s=120.0, part_s=240.0)
SLACK_BYTES = 64 << 20
SOURCE = """
    import torch
    def adds(): return float(torch.ones(3, device="cuda").sum())
    def holds(mebibytes):
        global kept
        kept = torch.zeros(mebibytes << 20, dtype=torch.uint8, device="cuda")
        return int(kept.numel())
    def breaks():
        index = torch.tensor([7], device="cuda")
        torch.zeros(3, device="cuda")[index].sum().item()
    """


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One with the first GPU, shared out in slots."""
    config = SandboxConfig(images=("torch",), granted=gpus.nodes(0), environment=gpus.environment(0, SLOTS))
    with Sandbox.start(config) as sandbox:
        yield sandbox


def opened(sandbox: Sandbox) -> Box:
    """A box on the GPU."""
    box = sandbox.open(program(SOURCE), limits=ROOMY, seed=1, image="torch", device="cuda")
    box.load()
    return box


def test_a_context_that_broke_ends_with_its_box(sandbox: Sandbox) -> None:
    """An index out of range on the GPU spoils every later call of that process, and of no other."""
    with opened(sandbox) as neighbour, opened(sandbox) as broken:
        assert neighbour.call("adds") == 3.0
        for name in ("breaks", "adds"):
            with pytest.raises(StudentFault):
                broken.call(name)
        assert neighbour.call("adds") == 3.0
    with opened(sandbox) as after:
        assert after.call("adds") == 3.0


def test_a_gpus_memory_comes_back_when_its_box_ends(sandbox: Sandbox) -> None:
    """However much it held."""
    [gpu, *_], driver = gpus.found(), gpus.Driver()
    before = driver.used_bytes(gpu)
    if before is None:
        pytest.skip("the driver's library does not say how much memory is in use")
    with opened(sandbox) as box:
        assert box.call("holds", 1024) == 1 << 30
        during = driver.used_bytes(gpu)
    deadline = time.monotonic() + 10.0
    while (driver.used_bytes(gpu) or 0) > before + SLACK_BYTES and time.monotonic() < deadline:
        time.sleep(0.1)

    assert during is not None
    assert during >= before + (1 << 30)
    assert (driver.used_bytes(gpu) or 0) <= before + SLACK_BYTES


def test_more_than_a_share_is_refused(sandbox: Sandbox) -> None:
    """As an exception in the program that asked for it."""
    [gpu, *_] = gpus.found()
    if not gpu.memory_bytes:
        pytest.skip("the driver's library does not say how much memory there is")
    with opened(sandbox) as box:
        with pytest.raises(StudentFault, match="memory"):
            box.call("holds", (gpu.memory_bytes // 2) >> 20)

        assert box.call("adds") == 3.0
