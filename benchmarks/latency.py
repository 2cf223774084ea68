"""How long a student waits for a grade on a warm service, beyond what their own code needs."""

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

from benchmarks.table import Row, middle, milliseconds, seconds_of, spread
from cli.service import ServiceClient
from grading.assignments.catalog import BUILT_IN
from testing.service import RunningService

SLUG = "cmpsc497-hw2"
NOTEBOOK_1 = "1.activation_function_and_vanishing_gradient.ipynb"
TARGET_S = 0.150
# Whatever else runs on the machine makes a batch slower, never faster: the best batch's median is the service's own.
BATCHES = 3
ROUNDS = 7
WARM_UP = 2
BARE_ROUNDS = 5

STAGES = ("accepted → claimed", "claimed → judged", "judged → stored")
TIMES = """
SELECT submissions.accepted_at, runs.claimed_at, runs.graded_at, runs.stored_at, runs.phases
FROM runs JOIN submissions ON submissions.id = runs.submission_id WHERE submissions.id = ?
"""


def rows(service: RunningService) -> Iterator[Row]:
    """Upload accepted → score stored, for the right notebook 1, one at a time."""
    content = right_sample(NOTEBOOK_1).read_bytes()
    with ServiceClient(service.address, service.token) as client:
        for round_ in range(WARM_UP):
            _graded(service, client, content, round_)
        batches = [
            [_graded(service, client, content, WARM_UP + batch * ROUNDS + round_) for round_ in range(ROUNDS)]
            for batch in range(BATCHES)
        ]
    waits = [middle(sum(stages) for stages, _ in batch) for batch in batches]
    overheads = [middle(sum(stages) - own for stages, own in batch) for batch in batches]
    best = batches[overheads.index(min(overheads))]
    how = f"best of {BATCHES} medians of {ROUNDS}"
    yield Row("notebook 1, accepted → stored", milliseconds(min(waits)), "", f"{how}, {_all(waits)}")
    for number, stage in enumerate(STAGES):
        yield Row(f"  {stage}", milliseconds(middle(stages[number] for stages, _ in best)))
    yield Row(
        "  of that in the student's own code", milliseconds(middle(own for _, own in best)), "", "timed in the box"
    )
    yield Row("  the rest", milliseconds(min(overheads)), f"≤ {milliseconds(TARGET_S)}", f"{how}, {_all(overheads)}")
    yield _bare(content)


def right_sample(name: str) -> Path:
    """A file of the built-in assignment's right sample."""
    return BUILT_IN / "cmpsc497_hw2" / "samples" / "right" / name


def _graded(service: RunningService, client: ServiceClient, content: bytes, round_: int) -> tuple[list[float], float]:
    """Seconds of each stage of one grading, and those in the student's own code."""
    # Each round's notebook is another one, so that nothing is answered from an earlier run.
    notebook = json.loads(content)
    notebook["metadata"]["round"] = round_
    submission_id = str(client.submit(SLUG, [(NOTEBOOK_1, json.dumps(notebook).encode())])["id"])
    ending = [str(seen["state"]) for seen in client.states(submission_id)][-1]
    if ending != "graded":
        raise RuntimeError(f"a benchmark's submission ended as {ending}")
    [(*moments, phases)] = service.rows(TIMES, submission_id)
    times = [datetime.fromisoformat(moment) for moment in moments]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)], json.loads(phases)["student"]


def _bare(content: bytes) -> Row:
    """The notebook's definitions alone, in a plain process: what comes before the first answer without a service."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    cells = [cell for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
    lines = "\n".join("".join(cell["source"]) for cell in cells).splitlines()
    tree = ast.parse("\n".join(line for line in lines if not line.startswith(("%", "!"))))
    tree.body = [statement for statement in tree.body if isinstance(statement, kept)]
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "definitions.py"
        program.write_text(ast.unparse(tree), encoding="utf-8")
        run = partial(subprocess.run, [sys.executable, str(program)], check=True, cwd=folder, capture_output=True)
        taken = [seconds_of(run) for _ in range(BARE_ROUNDS)]
    return Row("  bare: its imports and definitions, run by python", milliseconds(min(taken)), "", spread(taken))


def _all(medians: list[float]) -> str:
    return ", ".join(milliseconds(median) for median in medians)
