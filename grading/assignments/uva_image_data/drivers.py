"""A driver for networks that are asked how they begin: made once, and looked at before any training."""

import types
from typing import Any

import numpy as np

from grading.sandbox.guest.drivers import driver
from grading.sandbox.guest.program.state import ProgramState


@driver("initial_tensors")
def initial_tensors(program: ProgramState, target: str, classes: int, entries: int) -> dict[str, Any]:
    """The parameters of a new network, as its class fills them.

    A class that reads `dataset.classes` finds so many where the program's data is not there.

    Returns:
        name → `shape` and `values`, at most `entries` of each parameter, evenly spread over it.
    """
    dataset = program.namespace.get("dataset")
    if len(getattr(dataset, "classes", ())) < 1:
        program.namespace["dataset"] = types.SimpleNamespace(classes=[f"class {n}" for n in range(classes)])
    network = program.resolve(target)()
    told: dict[str, Any] = {}
    for name, parameter in network.named_parameters():
        values = parameter.detach().cpu().numpy()
        flat = values.reshape(-1)
        told[name] = {"shape": list(values.shape), "values": np.array(flat[:: max(1, len(flat) // entries)])}
    return told
