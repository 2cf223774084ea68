"""`python -m benchmarks [latency|crowd|peers|box|courses|growth|throughput|dashboards|chaos …]`: print one table."""

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row, milliseconds, show
from testing.service import RunningService

OF_SERVICE = ("latency", "crowd")
ALONE = ("peers", "box", "courses")
LONG = ("growth", "throughput", "dashboards", "chaos")  # only by name: these take minutes and need PostgreSQL and Redis


def measured(wanted: list[str]) -> Iterator[Row]:
    """The rows of the benchmarks that are wanted, the service started once for those that need it."""
    if any(name in wanted for name in OF_SERVICE):
        with tempfile.TemporaryDirectory() as folder, RunningService(Path(folder) / "state") as service:
            yield Row("service: start to first answer", milliseconds(service.started_in_s), "", "with worker and demo")
            for name in OF_SERVICE:
                if name in wanted:
                    yield from importlib.import_module(f"benchmarks.{name}").rows(service)
    for name in (*ALONE, *LONG):
        if name in wanted:
            yield from importlib.import_module(f"benchmarks.{name}").rows()


if __name__ == "__main__":
    show(measured(sys.argv[1:] or [*OF_SERVICE, *ALONE]))
