"""The sandbox boundary between the judge and student code.

::

    judge ── Sandbox.open(program) ──> Box ── call, drive, run_unit, figures ──> plain values, or declared faults
               │ control socket          │ wire (one stream a box), lifeline (closing it kills the box)
               ▼                         ▼
             warden ── forks ──> zygote ── forks ──> student, in namespaces of its own      (guest/__init__.py)

The judge's process never holds a student's object: arrays are rebuilt from bytes (`admit`), everything else stays in
the box behind a `Handle`. A fault is the student's from the moment on which the guest has said `ready`; before that it
is ours.
"""

from grading.sandbox.answers import (
    BoxFigure,
    Defined,
    Ended,
    Loaded,
    ProgramLike,
    SandboxLayer,
    UnitFault,
    UnitResult,
)
from grading.sandbox.box import Box
from grading.sandbox.handle import Handle, Value
from grading.sandbox.host import Sandbox, SandboxConfig

__all__ = [
    "Box",
    "BoxFigure",
    "Defined",
    "Ended",
    "Handle",
    "Loaded",
    "ProgramLike",
    "Sandbox",
    "SandboxConfig",
    "SandboxLayer",
    "UnitFault",
    "UnitResult",
    "Value",
]
