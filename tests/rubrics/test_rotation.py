"""The rotation deals every variant out."""

from tests.rubrics.rotation import rotated


def test_every_item_has_its_turn() -> None:
    """Within as many turns as it takes, every item was tried; in each, as many as were asked for."""
    turns = [rotated(range(50), 8, turn=str(740_000 + number)) for number in range(7)]

    assert {8} == {len(turn) for turn in turns}
    assert set(range(50)) == {item for turn in turns for item in turn}


def test_all_can_be_asked_for() -> None:
    """The word `all` takes everything."""
    assert list(range(50)) == rotated(range(50), 8, turn="all")
