"""What commands that grade on this machine share: settings, the catalog, a judge."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.exits import complain
from grading.domain.errors import NotASubmission, RubricFault

if TYPE_CHECKING:
    from grading.domain.assignment import Assignment
    from grading.judge.client import Judge
    from grading.judge.config import JudgeConfig
    from grading.store.settings import Settings


def settings() -> "Settings":
    """The settings of this installation, from the environment."""
    from grading.store.settings import Settings

    return Settings()


def assignment_called(slug: str, chosen: "Settings") -> "Assignment":
    """The assignment with this slug.

    Raises:
        NotASubmission: there is none; the message lists those there are.
        RubricFault: there is one, and its manifest is broken.
    """
    from grading.assignments.catalog import catalog

    faults: list[RubricFault] = []
    assignments = catalog(chosen.assignment_dirs, faults)
    if slug in assignments:
        return assignments[slug]
    for fault in faults:
        complain(str(fault))
    known = ", ".join(assignments) or "none"
    raise NotASubmission("unknown-assignment", f"there is no assignment {slug!r}. Known: {known}.")


def judge_config(chosen: "Settings", *, warm: bool) -> "JudgeConfig":
    """What a judge on this machine is started with."""
    from grading.judge.config import JudgeConfig

    return JudgeConfig(
        assignment_dirs=chosen.assignment_dirs,
        data_dir=chosen.data if chosen.data.is_dir() else None,
        checkpoint_dir=chosen.checkpoints if chosen.checkpoints.is_dir() else None,
        standin_dir=chosen.state / "standins" if chosen.state.is_dir() else None,
        hidden=(chosen.state,),
        gpu=chosen.gpu,
        gpu_slots=chosen.gpu_slots,
        allow_no_sandbox=chosen.allow_no_sandbox,
        warm=warm,
    )


def standin_folder(chosen: "Settings") -> Path:
    """Where stand-ins for pretrained weights are written: in the service's state; where there is none, in a cache.

    Whoever writes an assignment elsewhere finds no folder of ours beside it.
    """
    if chosen.state.is_dir():
        return chosen.state / "standins"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chainrule" / "standins"


@contextmanager
def judge_for(chosen: "Settings") -> Iterator["Judge"]:
    """A judge for one command, ended with it.

    Raises:
        HouseFault: it does not start.
    """
    from grading.judge.client import Judge

    with Judge.start(judge_config(chosen, warm=False)) as judge:
        for fault in judge.readiness.faults:
            complain(fault)
        yield judge
