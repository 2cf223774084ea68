"""Whether torch keeps a program's gradients."""

import pytest

from grading.authoring.written import Right, Wrong
from grading.checks.autograd import Tracks, kept, leaves

NAMES = ("W", "b")


@pytest.mark.parametrize(
    ("tracked", "own", "mistake"),
    [
        ("Wb", "Wb", ""),
        ("W", "W", "parameter-untracked"),
        ("Wb", "b", "initialised-non-leaf"),
    ],
)
def test_every_parameter_receives_a_gradient(tracked: str, own: str, mistake: str) -> None:
    """Of those that torch keeps track of each is a leaf."""
    conclusion = leaves({"tracked": tracked, "leaves": own}, NAMES, "init_params")

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


def test_what_is_tracked_elsewhere_is_told() -> None:
    """A program may ask for gradients after its parameters are made."""
    assert "asked for elsewhere" in leaves({"tracked": (), "leaves": ()}, NAMES, "init_params").remarks[0]


def test_steps_keep_parameters_tracked() -> None:
    """The step after which they are not is told."""
    assert kept(-1, "sgd").holds
    assert kept(1, "sgd").message.startswith("After 1 step of sgd")
    assert kept(2, "sgd").mistake_id == "tracking-lost"


def test_the_text_asks_for_gradients() -> None:
    """As the finder says it."""
    assert Tracks().judge("tracks") == Right()
    assert isinstance(Tracks().judge("no tracking"), Wrong)
