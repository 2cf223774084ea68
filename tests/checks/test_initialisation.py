"""Initial weights by their statistics."""

import numpy as np
import pytest

from grading.checks.initialisation import by_hand, every, follows, judged, wrong_starts
from grading.domain.errors import BadReply
from grading.mistakes.initialisation import LAWS as KNOWN
from grading.mistakes.initialisation import wrong_laws
from reference_models.initializers import Fans, Law, kaiming, lecun, normal, uniform, xavier, zeros

FANS = Fans(785, 64)
LAWS = [
    normal(0.3),
    uniform(-1, 1),
    lecun(FANS),
    xavier(FANS),
    xavier(FANS, "uniform"),
    kaiming(FANS),
    kaiming(FANS, "uniform"),
    normal(1e-4),
]


def sample(law: Law, seed: int, *shape: int) -> np.ndarray:
    """Entries drawn from a law."""
    return law.sample(np.random.default_rng(seed), shape)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_right_weights_hold_on_every_seed(law: Law) -> None:
    """At a rate of 1e-6 no alarm is raised in 20 right samples, float32 ones among them, whatever their size."""
    for seed in range(20):
        size = (785, 64) if seed < 2 else (20, 10)
        x = sample(law, seed, *size)

        assert judged(x.astype(np.float32), law, fans=FANS).holds


def test_right_samples_raise_at_most_as_many_alarms_as_stated() -> None:
    """At a rate of 5 %, at most about 5 % of 1,000 right samples raise an alarm, for both shapes."""
    for law in (normal(0.3), uniform(-1, 1)):
        alarms = sum(bool(follows(sample(law, seed, 60), law, alarm=0.05)) for seed in range(1000))

        assert alarms <= 70


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_known_mistakes_fail_and_get_a_name(law: Law) -> None:
    """Each wrong law is seen; what names it follows the same law."""
    known = {one.id: other for one, other in wrong_laws(law, FANS)}
    for mistake, other in known.items():
        if follows(sample(other, 3, 785, 64), law) == "":
            assert other.shape == law.shape
            assert abs(np.log(law.std / other.std)) <= 10 / np.sqrt(785 * 64)
            continue
        conclusion = judged(sample(other, 3, 785, 64), law, fans=FANS)

        assert not conclusion.holds
        assert conclusion.mistake, mistake
        assert known[conclusion.mistake_id].std == pytest.approx(other.std, rel=0.05)


def test_the_mistakes_of_real_submissions_have_their_own_name() -> None:
    """1/fan_in, fan_out, uniform for normal, zeros, std 1 for 0.3: the counted ones."""
    right = lecun(FANS)
    wrong = {
        "one-over-fan-in": normal(1 / 785),
        "fan-out-for-fan-in": normal(1 / 8),
        "other-shape": Law("uniform", 0.0, right.std),
        "zeros-left": zeros(),
        "uniform-one": uniform(-1, 1),
    }
    for mistake, law in wrong.items():
        assert judged(sample(law, 1, 785, 64), right, fans=FANS).mistake_id == mistake
    assert judged(sample(normal(1.0), 1, 50, 40), normal(0.3)).mistake_id == "std-one"
    assert judged(sample(normal(0.09), 1, 50, 40), normal(0.3)).mistake_id == "variance-for-std"
    assert judged(sample(normal(1.0), 1, 10), zeros()).mistake_id == "random-instead-of-constant"


def test_units_that_start_equal_are_seen() -> None:
    """One row drawn and repeated has the right statistics and learns nothing."""
    row = sample(normal(0.3), 1, 1, 4000)

    assert judged(np.repeat(row, 8, axis=0), normal(0.3)).mistake_id in ("equal-units", "")
    assert not judged(np.repeat(row, 2, axis=0), normal(0.3)).holds


def test_a_layer_that_was_left_out_is_named() -> None:
    """The first layer is right, the second still zero."""
    laws = {"W1": normal(0.3), "W2": normal(0.3)}
    conclusion = every({"W1": sample(normal(0.3), 1, 30, 20), "W2": np.zeros((20, 5))}, laws)

    assert conclusion.mistake_id == "only-some-layers"
    assert conclusion.evidence["layers"] == ["W2"]
    assert every({"W1": sample(normal(0.3), 1, 30, 20), "W2": sample(normal(0.3), 2, 20, 5)}, laws).holds


def test_weights_of_a_network_by_hand_may_lie_either_way_and_have_bias_rows() -> None:
    """(in, out) or turned; a row for the bias in any layer but the first, drawn or zero, first or last."""
    fans = [Fans(90, 40), Fans(40, 12)]
    laws = [lecun(n) for n in fans]
    first, second = (sample(law, 1, n.into, n.out) for law, n in zip(laws, fans, strict=True))
    zero = np.zeros((1, 12))
    drawn = sample(laws[1], 2, 41, 12)

    for layer in (second, second.T, drawn, drawn.T, np.vstack([second, zero]), np.vstack([zero, second]).T):
        assert by_hand([first, layer], laws, fans).holds
    assert "shape" in by_hand([np.vstack([first, first[:1]]), second], laws, fans).message
    assert "1 arrays" in by_hand([first], laws, fans).message
    assert by_hand([first, 0 * second], laws, fans).mistake_id == "only-some-layers"


def test_every_wrong_start_is_named() -> None:
    """A network whose layers all follow a wrong law is told by its name."""
    fans = [Fans(785, 64), Fans(64, 30)]
    laws = [lecun(n) for n in fans]
    for known, wrong in wrong_starts(laws, fans):
        ws = [sample(law, 3, n.into, n.out) for law, n in zip(wrong, fans, strict=True)]

        assert by_hand(ws, laws, fans).mistake_id == known.id


def test_what_few_entries_cannot_tell_holds() -> None:
    """Ten biases say nothing about a spread off by 20 %, and much about zeros."""
    assert judged(sample(normal(0.36), 4, 10), normal(0.3)).holds
    assert not judged(np.zeros(10), normal(0.3)).holds


def test_no_array_is_the_students_fault() -> None:
    """None, text and NaN are refused."""
    for answer in (None, "weights", np.array([np.nan])):
        with pytest.raises(BadReply):
            judged(answer, normal(1.0))


def test_every_record_is_a_law_of_its_own() -> None:
    """Each can be made of some right law, and is asked for in its place."""
    made = {one.id for law in (normal(0.3), uniform(-2, 2), zeros()) for one, _ in wrong_laws(law, FANS)}

    assert made == {one.id for one in KNOWN}
    assert not {one.id for one, _ in wrong_laws(normal(0.3), FANS, KNOWN[:2])} - {one.id for one in KNOWN[:2]}
    assert all(other.shape == "constant" or other.std == 1.0 for _, other in wrong_laws(zeros()))
