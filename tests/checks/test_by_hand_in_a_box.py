"""The watch on banned calls, in a real box without torch."""

import numpy as np
import pytest

from grading.checks.by_hand import called, judged
from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]
LIMITS = Limits(
    call_s=20.0, cell_s=20.0, part_s=60.0, memory_bytes=256 << 20, file_bytes=8 << 20, processes=24, output_bytes=4096,
    reply_bytes=8 << 20,
)  # fmt: skip


def test_a_hidden_library_call_is_seen_across_the_boundary() -> None:
    """The reply of the driver says what was called, where, and what came out."""
    code = "import numpy as np\ndef f(x):\n    g = getattr(np.linalg, 'no' + 'rm')\n    return g(x)"
    with Sandbox.start(SandboxConfig(images=("numpy",))) as sandbox:
        box = sandbox.open(program(code), limits=LIMITS, seed=1, image="numpy")
        box.load()
        reply = box.drive("calls_made", "f", [np.array([3.0, 4.0])])
        box.end()

    uses = called(reply, ("numpy.linalg.*",))
    assert reply["value"] == 5.0
    assert uses[0].place == "cell 1, line 4"
    assert not judged(uses, "Add up the squares.").holds
