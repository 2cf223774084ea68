"""The rotation deals every variant out."""

from tests.rubrics.rotation import rotated


def test_every_item_has_its_day() -> None:
    """Within as many days as it takes, every item was tried; on each, as many as were asked for."""
    days = [rotated(range(50), 8, turn=str(740_000 + day)) for day in range(7)]

    assert {8} == {len(day) for day in days}
    assert set(range(50)) == {item for day in days for item in day}


def test_all_can_be_asked_for() -> None:
    """The word `all` takes everything."""
    assert list(range(50)) == rotated(range(50), 8, turn="all")
