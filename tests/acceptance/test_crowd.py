"""A whole class at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from testing.service import MemoryWatch, tree_bytes, wait_until_over
from tests.acceptance.conftest import NOTEBOOK_1, right, students_of

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]

GIB = 1 << 30
REPORTS = """
SELECT COUNT(*), COUNT(DISTINCT reports.run_id), COUNT(DISTINCT reports.body ->> '$.score'), MIN(reports.score)
FROM reports JOIN runs ON runs.id = reports.run_id WHERE runs.submission_id IN ({})
"""


def test_fifty_at_once_are_all_graded(service, record_property):
    """Every submission is taken, every run graded once, every score right; memory grows with what runs."""
    content = right(NOTEBOOK_1)
    with students_of(service, 50) as students:
        # The first one waits for the judge to be there, so that its start is not mistaken for the crowd's memory.
        students[0].ending(students[0].submit((NOTEBOOK_1, content)))
        before = tree_bytes(service.process.pid)
        with MemoryWatch(service.process.pid) as memory:
            with ThreadPoolExecutor(50) as pool:
                ids = list(pool.map(lambda student: student.submit((NOTEBOOK_1, content)), students))
            states = wait_until_over(service, ids, timeout_s=240.0)
    [(count, distinct, scores, lowest)] = service.rows(REPORTS.format(",".join("?" * 50)), *ids)
    record_property("peak_bytes", memory.peak_bytes)

    assert states == {"graded": 50}
    assert (count, distinct, scores, lowest) == (50, 50, 1, 4_000_000)
    assert memory.peak_bytes - before < 2 * GIB
