"""A class that submits at the same moment: throughput, losses, and memory at its highest."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.latency import NOTEBOOK_1, SLUG, right_sample
from benchmarks.table import Row, milliseconds
from cli.service import ServiceClient
from testing.service import MemoryWatch, RunningService, tree_bytes, wait_until_over

STUDENTS = 50
MIB = 1 << 20


def rows(service: RunningService, students: int = STUDENTS) -> Iterator[Row]:
    """So many students, each with the right notebook 1, all at once."""
    tokens = service.enroll(students)
    content = right_sample(NOTEBOOK_1).read_bytes()

    def submit(token: str) -> str:
        with ServiceClient(service.address, token) as client:
            return str(client.submit(SLUG, [(NOTEBOOK_1, content)])["id"])

    # The judge is there once something was graded; its start is not the crowd's memory.
    wait_until_over(service, [submit(service.token)])
    idle = tree_bytes(service.process.pid)
    begin = time.perf_counter()
    with MemoryWatch(service.process.pid) as memory:
        with ThreadPoolExecutor(students) as pool:
            ids = list(pool.map(submit, tokens))
        taken = time.perf_counter() - begin
        states = wait_until_over(service, ids)
    elapsed = time.perf_counter() - begin
    graded = states.get("graded", 0)
    yield Row(f"{students} at once: all taken after", milliseconds(taken))
    yield Row(f"{students} at once: all graded after", milliseconds(elapsed), "", f"{graded} graded, {states}")
    yield Row("  throughput", f"{students / elapsed:.1f} a second")
    yield Row("  peak memory of the service", f"{memory.peak_bytes / MIB:.0f} MiB", f"idle {idle / MIB:.0f} MiB", "PSS")
