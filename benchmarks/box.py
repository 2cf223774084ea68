"""Starting a box: from the judge's request to a confined process that has the student's program, ready to be asked.

Held against the same zygote's fork with nothing confined (tier none), all in turn in one run, so that what the machine
does beside falls on each. Between two starts there is a pause, as between submissions: confined students are made in
advance, one for each image. What a start costs when none is there (a burst of requests) is a row of its own.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Final

from benchmarks.table import Row, middle, milliseconds, seconds_of, spread
from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from grading.sandbox.answers import PlainProgram, PlainUnit
from grading.sandbox.host import ImageName

ROUNDS: Final = 30
PAUSE_S: Final = 0.08
TARGETS_S: Final[Mapping[ImageName, float]] = {"numpy": 0.012, "torch": 0.030}
SOURCES: Final[Mapping[ImageName, str]] = {
    "numpy": "import numpy as np\n\ndef f(x):\n    return np.tanh(x)",
    "torch": "import torch\n\ndef f(x):\n    return float(torch.tanh(torch.tensor(x)))",
}


def _start(sandbox: Sandbox, image: ImageName) -> tuple[float, float]:
    """Seconds until the box is ready, and from there to the first answer of loaded student code."""
    program = PlainProgram("student.py", "definitions", (PlainUnit("cell 1", SOURCES[image]),))
    began = time.perf_counter()
    with sandbox.open(program, seed=1, image=image) as box:
        ready = time.perf_counter() - began
        answered = seconds_of(lambda: (box.load(), box.call("f", 0.5)))
    time.sleep(PAUSE_S)
    return ready, answered


def rows() -> Iterator[Row]:
    """Both images: from the confined students made in advance, made when asked for, and not confined at all."""
    with ExitStack() as stack:
        sandboxes = {
            "confined": stack.enter_context(Sandbox.start(SandboxConfig())),
            # Here joining a control group is waited for: about 10 ms, mostly idle, until every processor was quiet.
            "asked": stack.enter_context(Sandbox.start(SandboxConfig(spares=0))),
            "bare": stack.enter_context(
                Sandbox.start(SandboxConfig(tier=Tier.NONE, allow_none=True, cgroups=False, spares=0))
            ),
        }
        tier = sandboxes["confined"].tier.value
        for image, target in TARGETS_S.items():
            for sandbox in sandboxes.values():
                for _ in range(3):
                    _start(sandbox, image)
            rounds = [{name: _start(sandbox, image) for name, sandbox in sandboxes.items()} for _ in range(ROUNDS)]
            starts = {name: [each[name][0] for each in rounds] for name in sandboxes}
            bare = middle(starts["bare"])
            for name, what in (("confined", f"tier {tier}"), ("asked", f"tier {tier}, none made in advance")):
                yield Row(
                    f"box: start, {image} program, {what}",
                    milliseconds(middle(starts[name])),
                    f"unconfined {milliseconds(bare)}: {middle(starts[name]) / bare:.2f}x; goal {milliseconds(target)}",
                    f"median, {spread(starts[name])}",
                )
            yield Row(
                f"box: {image} program loaded and asked once",
                milliseconds(middle([each["confined"][1] for each in rounds])),
                f"unconfined {milliseconds(middle([each['bare'][1] for each in rounds]))}",
                f"median of {ROUNDS}, from ready",
            )
