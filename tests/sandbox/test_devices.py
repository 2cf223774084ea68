"""Device nodes: two for every box, and those of one GPU for a box that was granted it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grading.domain.errors import HouseFault, Raised
from grading.domain.verdict import Tier
from grading.sandbox import Box, Sandbox, SandboxConfig, gpus
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program

# Stands in for a GPU: a node that no box gets unless it is granted.
NODE = Path("/dev/zero")
SOURCE = """
    import os, stat
    def there(paths):
        found = []
        for path in paths:
            try: kind = os.stat(path).st_mode
            except OSError: continue
            if stat.S_ISCHR(kind) or stat.S_ISBLK(kind): found.append(path)
        return found
    def reads(path):
        with open(path, "rb", buffering=0) as file: return len(file.read(4))
    def makes(path): os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    """


@pytest.fixture(scope="module", params=[Tier.FULL, Tier.CONTAINED], ids=lambda tier: tier.value)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One that may grant the node."""
    config = SandboxConfig(images=("numpy",), tier=request.param, granted=(NODE,))
    with Sandbox.start(config) as sandbox:
        if sandbox.tier is not request.param:
            pytest.skip(f"this machine gives no more than {sandbox.tier.value}: {sandbox.why}")
        yield sandbox


def nodes_of_the_host() -> list[str]:
    """Every device that this machine has, and the second place where a box might find it."""
    found = [path for path in Path("/dev").rglob("*") if path.is_char_device() or path.is_block_device()]
    return [str(folder / path.relative_to("/dev")) for path in found for folder in (Path("/dev"), Path("/granted"))]


def opened(sandbox: Sandbox, device: str) -> Box:
    """A box with the program above."""
    box = sandbox.open(program(SOURCE), limits=LIMITS, seed=1, image="numpy", device=device)
    box.load()
    return box


@pytest.mark.box
@pytest.mark.timeout(120)
def test_a_box_has_two_devices_and_no_more(sandbox: Sandbox) -> None:
    """What another box is granted it neither finds nor opens, and it can make no node of its own."""
    with opened(sandbox, "cpu") as box:
        if sandbox.tier is Tier.FULL:
            assert sorted(box.call("there", nodes_of_the_host())) == ["/dev/null", "/dev/urandom"]
        for path in ("/dev/null", "/dev/urandom"):
            assert box.call("reads", path) == (0 if path == "/dev/null" else 4)
        for path in (str(NODE), f"/granted/{NODE.name}", "/dev/full", "/dev/tty", "/dev/mem", "/dev/kmsg"):
            with pytest.raises(Raised):
                box.call("reads", path)
        with pytest.raises(Raised):
            box.call("makes", "made")


@pytest.mark.box
@pytest.mark.timeout(120)
def test_a_box_for_the_gpu_has_its_nodes_as_well(sandbox: Sandbox) -> None:
    """Beside one without, which was there before and is there after: neither is changed by the other."""
    with opened(sandbox, "cpu") as before, opened(sandbox, "cuda") as box, opened(sandbox, "cpu") as after:
        assert box.call("reads", str(NODE)) == 4
        if sandbox.tier is Tier.FULL:
            assert set(box.call("there", nodes_of_the_host())) == {"/dev/null", "/dev/urandom", str(NODE)}
        for other in (before, after):
            with pytest.raises(Raised):
                other.call("reads", str(NODE))


@pytest.mark.box
@pytest.mark.timeout(120)
def test_without_a_gpu_a_box_for_one_is_our_fault() -> None:
    """Not a processor in its place: the run was to be graded on a GPU, and is tried again elsewhere."""
    with (
        Sandbox.start(SandboxConfig(images=("numpy",), spares=0)) as sandbox,
        pytest.raises(HouseFault, match="no GPU"),
    ):
        opened(sandbox, "cuda")


def test_a_gpus_nodes_are_its_own_and_the_drivers(tmp_path: Path) -> None:
    """Another GPU's node is not among them; one that is not there is our fault, by name."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()

    assert [node.name for node in gpus.nodes(1, tmp_path)] == ["nvidia1", "nvidiactl", "nvidia-uvm"]
    assert gpus.nodes(None, tmp_path) == ()
    with pytest.raises(HouseFault, match="nvidia2 is not there"):
        gpus.nodes(2, tmp_path)


@pytest.mark.gpu
@pytest.mark.box
@pytest.mark.timeout(330)
@pytest.mark.skipif(not Path("/dev/nvidia0").exists(), reason="no GPU here")
def test_a_program_computes_on_the_gpu() -> None:
    """In a box that was granted it, confined like any other."""
    source = "import torch\ndef f(): return float(torch.ones(3, device='cuda').sum())\n"
    limits = replace(LIMITS, memory_bytes=8 << 30, call_s=120.0, part_s=240.0)
    config = SandboxConfig(images=("torch",), granted=gpus.nodes(0))
    with (
        Sandbox.start(config) as sandbox,
        sandbox.open(program(source), limits=limits, seed=1, image="torch", device="cuda") as box,
    ):
        box.load()

        assert box.call("f") == 3.0
        assert {layer.name for layer in box.layers if layer.holds} >= {"seccomp", "landlock"}
