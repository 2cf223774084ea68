"""The catalogue, the attack files and the tests agree."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.adversaries.attack import Attack, attacks
from tests.adversaries.catalogue import EXCUSED, LETTERS, TESTS

ALL = attacks()
ROOT = Path(__file__).resolve().parents[2]
ENTRIES = [f"{letter}{number}" for letter, numbers in LETTERS.items() for number in numbers]


@cache
def functions(file: str) -> set[str]:
    """What a file defines at its top."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_tried_or_excused(entry: str) -> None:
    """By an attack, or by tests that are there under these names; or a reason says why not."""
    tried = [attack.name for attack in ALL if entry in attack.entries]
    tests = TESTS.get(entry, ())

    assert bool(tried or tests) is (entry not in EXCUSED)
    assert [test for test in tests if test.partition("::")[2] not in functions(test.partition("::")[0])] == []


def test_nothing_is_tried_that_is_no_entry() -> None:
    """A typing error in a number would leave its entry to nobody."""
    named = {entry for attack in ALL for entry in attack.entries} | set(TESTS) | set(EXCUSED)

    assert named <= set(ENTRIES)


@pytest.mark.parametrize("attack", ALL, ids=lambda attack: attack.name)
def test_an_attack_says_what_it_is(attack: Attack) -> None:
    """A sentence, its entries, and the function that the kit calls."""
    assert attack.source.startswith('"""')
    assert attack.entries
    assert "def attack(asked, *given):" in attack.source
