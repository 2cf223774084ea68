"""What a name means after its last use is of no account."""

import pytest

from grading.programs import definitions
from tests.programs.zoo import run, source_of

USED = "def relu(x):\n    return max(0, x) * SCALE\n"


@pytest.mark.parametrize(
    "later",
    [
        "relu = 'tab:orange'\nprint(relu)",
        "for relu in (0.1, 0.5):\n    print(relu)",
        "relu = [1, 2]",
        "SCALE = None",
        "relu = {'a': relu(3)}",
    ],
)
def test_a_function_is_what_it_was_when_it_was_used(later: str) -> None:
    """A last cell that uses its name, or a name that it needs, for something else changes nothing."""
    program = definitions(source_of("SCALE = 1", USED, "print(relu(2))", later), wanted=["relu"])

    assert run(program)["relu"](5) == 5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["f = lambda x: x", "f(1)", "g = f\nf = lambda x: 2 * x"], 10),
        (["def f(x):\n    return x", "f(1)", "def wrap(h):\n    return lambda x: 3 * h(x)", "f = wrap(f)"], 15),
        (["def f(x):\n    return x * RATE", "RATE = 4"], 20),
        (["RATE = 1", "def f(x):\n    return x * RATE", "f(1)", "RATE = 6", "f(1)"], 30),
        (["RATE = 1", "def f(x):\n    return x * RATE", "RATE = 7"], 35),
    ],
)
def test_what_is_used_afterwards_or_never_counts_as_it_stands_last(cells: list[str], expected: int) -> None:
    """Another version, a decorated one, and a setting that no use came before."""
    assert run(definitions(source_of(*cells), wanted=["f"]))["f"](5) == expected  # type: ignore[operator]


def test_what_was_left_out_is_said() -> None:
    """The repairs name the line."""
    program = definitions(source_of("SCALE = 1", USED, "relu(2)", "relu = 'blue'"), wanted=["relu"])

    assert any("cell 4, line 1" in said and "`relu`" in said for said in program.repairs)
