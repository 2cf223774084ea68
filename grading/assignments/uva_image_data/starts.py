"""How the three networks begin, asked of the networks themselves: the driver makes one, and its weights are looked at.

The classes are handed out; a student who changes one trains something else than the task asks about.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grading.authoring import Driven, Function, Subject, expect
from grading.authoring.bindings import Binding
from grading.checks import initialisation
from grading.checks.conclusions import Conclusion, insist, wrong
from grading.checks.initialisation import Array
from grading.mistakes.initialisation import (
    KAIMING_FAN_OUT,
    KAIMING_OTHER_SHAPE,
    TORCH_DEFAULT_LEFT,
    XAVIER_INSTEAD,
    XAVIER_OTHER_SHAPE,
    Known,
)  # fmt: skip
from reference_models.initializers import MATRIX, Fans, Law, kaiming, normal, torch_default, zeros
from reference_models.initializers import fans as fans_of

GAUSSIAN, ZERO, KAIMING = "ResNetGaussianWeight", "ResNetZeroWeight", "ResNetUniformWeight"
STD = 1e-4
ENTRIES = 4_000
MOST_TENSORS = 200
CLASSES = 6

expects: tuple[Binding, ...] = tuple(
    binding
    for name, aliases in ((GAUSSIAN, ("ResNetGaussian",)), (ZERO, ("ResNetZero",)), (KAIMING, ("ResNetKaiming",)))
    for binding in (
        Function(name, aliases=aliases, arity=0),
        Driven(f"{name}__start", driver="initial_tensors", target=name),
    )
)


def _torchvisions(_: Law, fans: Fans | None) -> Law | None:
    """What torchvision's ResNet fills its convolutions with, and torch a linear layer."""
    if fans is None:
        return None
    return torch_default(fans) if fans.out == CLASSES else normal(math.sqrt(2 / fans.out))


TORCHVISIONS_LEFT = replace(TORCH_DEFAULT_LEFT, variant=_torchvisions)
INSTEAD = (TORCHVISIONS_LEFT, KAIMING_OTHER_SHAPE, KAIMING_FAN_OUT, XAVIER_INSTEAD, XAVIER_OTHER_SHAPE)
"""What all layers begin with instead: one alone, whose fans are nearly equal, cannot tell some of these apart."""


def insist_on(subject: Subject, name: str) -> None:
    """Fail the running check unless the network begins as its task says."""
    insist(opinion_of(getattr(subject, f"{name}__start")(CLASSES, ENTRIES), name))


def opinion_of(reply: Any, name: str) -> Conclusion:
    """Whether the weights of a network, as the driver tells them, follow their law."""
    told = expect.mapping(reply, f"what {name}() holds")
    samples: dict[str, Array] = {}
    fans: dict[str, Fans] = {}
    for place, (tensor, facts) in enumerate(list(told.items())[:MOST_TENSORS]):
        entry = expect.mapping(facts, str(tensor), keys=("shape", "values"))
        sizes = [expect.integer(n, "a shape", low=1) for n in expect.sequence(entry["shape"], "a shape")]
        if len(sizes) < MATRIX:
            continue  # biases and normalisations begin as torch makes them
        label = f"layer {place + 1} ({tensor})"
        fans[label] = fans_of(tuple(sizes))
        samples[label] = expect.array(entry["values"], label).astype(np.float64)
    if not samples:
        return wrong(f"{name}() has no layer with weights.")
    laws = {label: law_of(name, fans[label]) for label in samples}
    conclusion = initialisation.every(samples, laws, fans=fans)
    known = next((one for one in INSTEAD if _everywhere(one, samples, laws, fans)), None)
    if conclusion.holds or known is None:
        return conclusion
    return wrong(conclusion.message.partition(";")[0] + ".", known)


def _everywhere(known: Known, samples: Mapping[str, Array], laws: Mapping[str, Law], fans: Mapping[str, Fans]) -> bool:
    """Whether all layers follow the law of a mistake."""
    others = {layer: known.variant(law, fans[layer]) for layer, law in laws.items()}
    return all(law is not None and not initialisation.follows(samples[layer], law) for layer, law in others.items())


def law_of(name: str, fans: Fans) -> Law:
    """What the weights of a layer follow."""
    if name == GAUSSIAN:
        return normal(STD)
    return zeros() if name == ZERO else kaiming(fans, "uniform")
