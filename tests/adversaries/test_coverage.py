"""The catalogue and the files agree."""

import pytest

from tests.adversaries.attack import Attack, attacks

ELSEWHERE = {
    "C": {45, 46, 49, 50, 51},
    "D": {59},
    "E": {65, 69},
    "F": {78},
}
CATALOGUE = {"A": range(1, 19), "B": range(19, 30), "C": range(30, 52), "D": range(52, 60), "E": range(60, 70), "F": range(70, 81)}  # fmt: skip
ALL = attacks()


@pytest.mark.parametrize("letter", CATALOGUE)
def test_every_entry_is_tried_or_excused(letter: str) -> None:
    """The package's docstring says why an entry is not here."""
    tried = {int(entry[1:]) for attack in ALL for entry in attack.entries if entry[0] == letter}

    assert set(CATALOGUE[letter]) == tried | ELSEWHERE.get(letter, set())
    assert tried & ELSEWHERE.get(letter, set()) == set()


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name)
def test_an_attack_says_what_it_is(attack: Attack) -> None:
    """A sentence, its entries, and the function that the kit calls."""
    assert attack.source.startswith('"""')
    assert attack.entries
    assert "def attack(asked, *given):" in attack.source
