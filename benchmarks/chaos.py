"""`python -m benchmarks chaos`: a thousand submissions in a storm, with the judge that is in service; see `storm`."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks.table import Row
from grading.domain.report import Report
from testing.department import small_assignment
from testing.storm import BELOW, Storm

STUDENTS: Final = 100
EACH: Final = 10
ROUNDS: Final = 4


def rows() -> Iterator[Row]:
    """A thousand submissions with the judge that is in service."""
    with tempfile.TemporaryDirectory(prefix="chainrule-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        work = small_assignment(folder / "small")
        settings = {"assignment_dirs": (folder / "small",), "lease_s": 6.0, "heartbeat_s": 1.0, "sweep_s": 1.0}

        def undisturbed(wanted: Sequence[tuple[bytes, int]]) -> Iterable[Report]:
            from grading.judge.client import Judge
            from grading.judge.config import JudgeConfig

            with Judge.start(JudgeConfig(assignment_dirs=(folder / "small",))) as judge, ThreadPoolExecutor(2) as pool:
                yield from pool.map(
                    lambda one: judge.grade(work.submission(one[0]), work.slug, seed=one[1]).report, wanted
                )

        with Storm(folder, work, "testing.department", undisturbed, settings, below=tuple(BELOW)) as storm:
            seen = storm.rage(STUDENTS, EACH, ROUNDS)
    told = ", ".join(f"{count} × {name}" for name, count in sorted(seen.disasters.items()))
    yield Row("chaos: submissions graded once, unchanged", str(seen.accepted), f"{seen.seconds:.0f} s", told)
    for name in ("lost", "doubled", "changed", "posted_twice", "wrong_in_gradebook"):
        yield Row(f"chaos: {name.replace('_', ' ')}", str(getattr(seen, name)), "0")
    for name in ("stray", "leaked", "refused_to_leave"):
        found = getattr(seen, name)
        yield Row(f"chaos: {name.replace('_', ' ')}", str(len(found)), "0", "; ".join(found[:5]))
