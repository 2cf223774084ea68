"""How long grading the right samples takes by the clock, on one core, warm: held against the manifests' budgets."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from benchmarks.table import Row, middle, milliseconds, seconds_of, spread
from grading.assignments.catalog import catalog
from grading.domain.assignment import Assignment, Budget
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig

ROUNDS: Final = 5


def rows() -> Iterator[Row]:
    """Every budget of every built-in assignment."""
    with _one_core(), Judge.start(JudgeConfig(warm=True)) as judge:
        for slug, assignment in catalog().items():
            for budget in assignment.budgets:
                graded = partial(judge.grade, _submission(assignment, budget), slug)
                graded(seed=0)
                taken = [seconds_of(partial(graded, seed=seed)) for seed in range(1, ROUNDS + 1)]
                what = ", ".join(budget.files) or "the whole right sample"
                held = f"budget {budget.seconds:g} s: {middle(taken) / budget.seconds:.0%}"
                yield Row(f"{slug}: {what}", milliseconds(middle(taken)), held, f"one core, median, {spread(taken)}")


def _submission(assignment: Assignment, budget: Budget) -> Submission:
    folder = assignment.folder / "samples" / "right"
    names = budget.files or sorted(path.name for path in folder.iterdir() if path.is_file())
    return Submission(tuple(SubmittedFile(name, (folder / name).read_bytes()) for name in names))


@contextmanager
def _one_core() -> Iterator[None]:
    """This process, and what it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
