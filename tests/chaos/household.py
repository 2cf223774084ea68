"""The department's processes with a judge that reads one word: `python -m tests.chaos.household api|worker …`."""

import sys

from grading.store.settings import Settings
from testing import department
from tests.store.course import SLUG, TOY, FakeJudge

GRADING_S = 0.05


def run_worker(settings: Settings) -> None:
    """Be a worker until SIGTERM."""
    from worker import standalone

    standalone.run(settings, FakeJudge(seconds=GRADING_S))


if __name__ == "__main__":
    department.main(sys.argv[1:], {SLUG: TOY}, run_worker)
