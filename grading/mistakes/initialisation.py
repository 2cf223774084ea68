"""How first weights go wrong: another law than the one that was asked for.

A record's variant is the law that a program with that mistake follows, made of the right law and the layer's fans. It
is None where the mistake cannot be made: a law of the layer's fans where none are known, a factor of a constant.
"""

import math
from collections.abc import Callable, Iterable, Iterator

from grading.mistakes import KnownMistake
from reference_models.initializers import (
    Fans,
    Law,
    Shape,
    constant,
    kaiming,
    lecun,
    normal,
    torch_default,
    uniform,
    xavier,
    zeros,
)  # fmt: skip

Wrong = Callable[[Law, Fans | None], Law | None]
Known = KnownMistake[Wrong]


def _scaled(change: Callable[[Law], Law]) -> Wrong:
    """Of laws that are no constant."""
    return lambda right, _: None if right.shape == "constant" else change(right)


def _layered(law: Callable[[Fans, Shape], Law], *, exchanged: bool = False) -> Wrong:
    """Of laws about a layer's fans; `exchanged`: normal for uniform and the other way round."""

    def wrong(right: Law, fans: Fans | None) -> Law | None:
        if fans is None or right.shape == "constant":
            return None
        return law(fans, _other(right.shape) if exchanged else right.shape)

    return wrong


def _other(shape: Shape) -> Shape:
    return "uniform" if shape == "normal" else "normal"


def _fans_exchanged(right: Law, fans: Fans | None) -> Law | None:
    if fans is None or right.shape == "constant":
        return None
    return Law(right.shape, 0.0, right.std * math.sqrt(fans.into / fans.out))


FAN_OUT_FOR_FAN_IN: Known = KnownMistake(
    "fan-out-for-fan-in", "The spread is that of the number of outputs.", "Use the number of inputs.", _fans_exchanged
)
ONE_OVER_FAN_IN: Known = KnownMistake(
    "one-over-fan-in",
    "The standard deviation is 1/fan_in.",
    "Take the square root: 1/sqrt(fan_in).",
    _layered(lambda n, shape: Law(shape, 0.0, 1 / n.into)),
)
LECUN_INSTEAD: Known = KnownMistake(
    "lecun-instead", "The variance is 1/fan_in.", "Look at the factor that is asked for.", _layered(lecun)
)
XAVIER_INSTEAD: Known = KnownMistake(
    "xavier-instead",
    "The variance is Xavier's, 2/(fan_in + fan_out).",
    "Look at which law is asked for.",
    _layered(xavier),
)
KAIMING_INSTEAD: Known = KnownMistake(
    "kaiming-instead", "The variance is Kaiming's, 2/fan_in.", "Look at which law is asked for.", _layered(kaiming)
)
TORCH_DEFAULT_LEFT: Known = KnownMistake(
    "torch-default-left",
    "The weights are as torch makes them.",
    "The initialisation was left out, or not applied.",
    _layered(lambda n, _: torch_default(n)),
)
XAVIER_OTHER_SHAPE: Known = KnownMistake(
    "xavier-other-shape",
    "The weights are Xavier's, and of the other shape.",
    "Normal and uniform are exchanged.",
    _layered(xavier, exchanged=True),
)
KAIMING_OTHER_SHAPE: Known = KnownMistake(
    "kaiming-other-shape",
    "The weights are Kaiming's, and of the other shape.",
    "Normal and uniform are exchanged.",
    _layered(kaiming, exchanged=True),
)
KAIMING_FAN_OUT: Known = KnownMistake(
    "kaiming-fan-out",
    "The variance is 2/fan_out.",
    "Use the number of inputs.",
    _layered(lambda n, shape: kaiming(Fans(n.out, n.into), shape)),
)
ROOT_OF_FAN_IN_MISSING_TWO: Known = KnownMistake(
    "root-of-fan-in-missing-two",
    "The standard deviation is 2/fan_in.",
    "Take the square root: sqrt(2/fan_in).",
    _layered(lambda n, shape: Law(shape, 0.0, 2 / n.into)),
)
ZEROS_LEFT: Known = KnownMistake(
    "zeros-left",
    "The weights are all 0.",
    "The initialisation was left out, or written to another array.",
    lambda *_: zeros(),
)
ONES_INSTEAD: Known = KnownMistake(
    "ones-instead", "The weights are all 1.", "Draw every entry by itself.", lambda *_: constant(1.0)
)
RANDOM_INSTEAD_OF_CONSTANT: Known = KnownMistake(
    "random-instead-of-constant",
    "The weights are random.",
    "Every entry has the same value.",
    lambda right, _: normal(1.0) if right.shape == "constant" else None,
)
OTHER_SHAPE: Known = KnownMistake(
    "other-shape",
    "The spread is right, but the distribution is the other one.",
    "Normal and uniform are exchanged.",
    _scaled(lambda right: Law(_other(right.shape), right.mean, right.std)),
)
VARIANCE_FOR_STD: Known = KnownMistake(
    "variance-for-std",
    "The spread is the square of what it should be.",
    "The variance is passed where the standard deviation is due.",
    _scaled(lambda right: Law(right.shape, right.mean, right.std**2)),
)
STD_FOR_VARIANCE: Known = KnownMistake(
    "std-for-variance",
    "The spread is the square root of what it should be.",
    "Take the root once only.",
    _scaled(lambda right: Law(right.shape, right.mean, math.sqrt(right.std))),
)
STD_ONE: Known = KnownMistake(
    "std-one",
    "The standard deviation is 1.",
    "Multiply by the standard deviation that is asked for.",
    _scaled(lambda right: Law(right.shape, right.mean, 1.0)),
)
STD_ONE_NORMAL: Known = KnownMistake(
    "std-one-normal",
    "The weights are standard normal.",
    "The range or the factor is missing.",
    _scaled(lambda _: normal(1.0)),
)
UNIFORM_ZERO_TO_ONE: Known = KnownMistake(
    "uniform-zero-to-one",
    "The weights are uniform on [0, 1].",
    "Look at the law and at the ends of the interval that are asked for.",
    _scaled(lambda _: uniform(0.0, 1.0)),
)
UNIFORM_ONE: Known = KnownMistake(
    "uniform-one",
    "The weights are uniform on [-1, 1].",
    "The improved initialisation is not used.",
    _scaled(lambda _: uniform(-1.0, 1.0)),
)
STD_AS_BOUND: Known = KnownMistake(
    "std-as-bound",
    "The weights are uniform with the standard deviation as the end of the interval.",
    "A uniform on [-a, a] has the standard deviation a/sqrt(3).",
    _scaled(lambda right: Law("uniform", right.mean, right.std / math.sqrt(3.0))),
)
BOUND_AS_STD: Known = KnownMistake(
    "bound-as-std",
    "The weights are normal with the end of the interval as the standard deviation.",
    "A uniform on [-a, a] has the standard deviation a/sqrt(3).",
    _scaled(lambda right: Law("normal", right.mean, right.bound)),
)
POSITIVE_HALF: Known = KnownMistake(
    "positive-half",
    "The weights are all positive.",
    "The interval starts at -a, not at 0.",
    _scaled(lambda right: uniform(0.0, right.bound)),
)
HALF_RANGE: Known = KnownMistake(
    "half-range",
    "The spread is half of what it should be.",
    "Look at the ends of the interval, or at the factor.",
    _scaled(lambda right: Law(right.shape, right.mean, right.std / 2)),
)
DOUBLE_RANGE: Known = KnownMistake(
    "double-range",
    "The spread is twice what it should be.",
    "Look at the ends of the interval, or at the factor.",
    _scaled(lambda right: Law(right.shape, right.mean, right.std * 2)),
)
MEAN_ONE: Known = KnownMistake(
    "mean-one",
    "The mean of the weights is off by 1.",
    "Look at what is added to every entry.",
    _scaled(lambda right: Law(right.shape, right.mean + 1.0, right.std)),
)

LAWS = (
    FAN_OUT_FOR_FAN_IN, ONE_OVER_FAN_IN, LECUN_INSTEAD, XAVIER_INSTEAD, KAIMING_INSTEAD, TORCH_DEFAULT_LEFT,
    XAVIER_OTHER_SHAPE, KAIMING_OTHER_SHAPE, KAIMING_FAN_OUT, ROOT_OF_FAN_IN_MISSING_TWO,
    ZEROS_LEFT, ONES_INSTEAD, RANDOM_INSTEAD_OF_CONSTANT, OTHER_SHAPE, VARIANCE_FOR_STD, STD_FOR_VARIANCE, STD_ONE,
    STD_ONE_NORMAL, UNIFORM_ZERO_TO_ONE, UNIFORM_ONE, STD_AS_BOUND, BOUND_AS_STD, POSITIVE_HALF, HALF_RANGE,
    DOUBLE_RANGE, MEAN_ONE,
)  # fmt: skip
"""First those that speak of the layer: where two are the same law, they say more."""

EQUAL_UNITS = KnownMistake(
    "equal-units",
    "Some units start with exactly the same weights: they will stay equal.",
    "Draw every entry by itself.",
)
ONLY_SOME_LAYERS = KnownMistake(
    "only-some-layers", "Only some layers are initialised.", "Initialise every layer in the same way."
)


def wrong_laws(right: Law, fans: Fans | None = None, known: Iterable[Known] = LAWS) -> Iterator[tuple[Known, Law]]:
    """The known mistakes that can be made where a law is asked for, each with the law that comes of it.

    Where two come to the same law, the first stands for both.

    Args:
        right: what was asked for.
        fans: of the layer, where the law is about them.
        known: the mistakes to look among.
    """
    found = [right]
    for one in known:
        law = one.variant(right, fans)
        if law is not None and not any(_same(law, other) for other in found):
            found.append(law)
            yield one, law


def _same(one: Law, other: Law) -> bool:
    return one.shape == other.shape and math.isclose(one.mean, other.mean) and math.isclose(one.std, other.std)
