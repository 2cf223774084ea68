"""That a long command lives, told on standard error."""

from concurrent.futures import Future
from typing import Any

from grading.rehearsal.progress import Progress


def test_every_stage_is_told_and_work_elsewhere_when_all_is_done() -> None:
    """Lines of one kind are rare: the last tells the total."""
    lines: list[str] = []
    progress = Progress(lines.append)
    progress.at("samples")
    work: list[Future[Any]] = [Future() for _ in range(50)]
    for one in work:
        progress.awaited("known submissions graded", one)
    for one in work:
        one.set_result(None)

    assert lines == ["0:00 samples", "0:00 known submissions graded: 50 of 50"]


def test_going_through_items_changes_none() -> None:
    """They come as they are, in order."""
    assert list(Progress([].append).through("met", iter("abc"), 3)) == ["a", "b", "c"]
