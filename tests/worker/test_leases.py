"""Who takes which run."""

from collections.abc import Callable

import pytest

from grading.store.blobs import Blobs
from tests.store.course import Town, submit
from worker.leases import Leases


@pytest.fixture
def worker(town: Town) -> Callable[[str], Leases]:
    """Makes one that takes runs; it gives no signs of life."""
    return lambda owner: Leases(town.database, owner, town.settings)


def waiting(town: Town, login: str) -> str:
    """A run that waits."""
    return submit(town, login, b"right", Blobs(town.settings.blob_dir)).id


def taken(claims: Leases) -> str | None:
    """What it takes."""
    claimed = claims.take()
    return claimed and claimed.run_id


def test_each_takes_the_next_and_nobody_takes_twice(town: Town, worker: Callable[[str], Leases]) -> None:
    """Two workers that both saw the same line."""
    runs = [waiting(town, login) for login in ("ann", "ben", "ann", "ben")]
    one, other = worker("one"), worker("other")
    order = [taken(one), taken(other), taken(one), taken(other), taken(one), taken(other)]

    assert order == [*runs, None, None]


def test_whoever_came_after_the_last_look_is_found_when_the_line_is_empty(
    town: Town, worker: Callable[[str], Leases]
) -> None:
    """A line that others have emptied meanwhile is no reason to go home."""
    first, second = waiting(town, "ann"), waiting(town, "ben")
    slow, quick = worker("slow"), worker("quick")

    assert taken(slow) == first
    assert taken(quick) == second
    late = waiting(town, "ann")
    assert taken(slow) == late
