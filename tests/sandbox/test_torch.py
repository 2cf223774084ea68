"""Boxes with torch loaded before the fork: what one leaves behind is not in the next."""

import pytest

from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.timeout(330)]

SOURCE = """
    import torch
    def spoil():
        torch.set_default_dtype(torch.float64)
        torch.set_num_threads(3)
        torch.manual_seed(99)
        torch.use_deterministic_algorithms(True)
        torch.set_grad_enabled(False)
        torch.set_float32_matmul_precision("medium")
        torch.nn.functional.relu = torch.allclose = lambda *given: "spoilt"
        return 1
    def state():
        return [str(torch.get_default_dtype()), torch.get_num_threads(), float(torch.rand(())),
                torch.are_deterministic_algorithms_enabled(), torch.is_grad_enabled(),
                torch.get_float32_matmul_precision(), str(torch.nn.functional.relu(torch.tensor(-1.0))),
                torch.allclose(torch.zeros(1), torch.ones(1))]
    """


def test_torchs_state_does_not_carry_over() -> None:
    """Default dtype, threads, seed, modes and patches end with their box."""
    limits = LIMITS.__class__()
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:

        def state(*, spoilt: bool = False) -> object:
            with sandbox.open(program(SOURCE), limits=limits, seed=1) as box:
                box.load()
                before = box.call("state")
                if spoilt:
                    assert box.call("spoil") == 1
                    assert box.call("state") != before
                return before

        assert state() == state(spoilt=True) == state()
        assert state()[:2] == ["torch.float32", 1]
