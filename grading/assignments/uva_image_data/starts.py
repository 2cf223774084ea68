"""How the three networks begin, asked of the networks themselves: the driver makes one, and its weights are looked at.

The classes are handed out; a student who changes one trains something else than the task asks about.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grading.authoring import Driven, Function, Subject
from grading.authoring import expect as admit
from grading.authoring.bindings import Binding
from grading.checks import initialisation
from grading.checks.conclusions import Conclusion, insist, slip, wrong
from grading.checks.initialisation import SAID, Array
from reference_models.initializers import Fans, Law

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


def _torchvisions(fans: Fans) -> Law:
    """What torchvision's ResNet fills its convolutions with, and torch a linear layer."""
    if fans.out == CLASSES:
        return Law("uniform", std=math.sqrt(1 / (3 * fans.into)))
    return Law("normal", std=math.sqrt(2 / fans.out))


INSTEAD: Mapping[str, Callable[[Fans], Law]] = {
    "torch-default-left": _torchvisions,
    "kaiming-other-shape": lambda fans: Law("normal", std=math.sqrt(2 / fans.into)),
    "kaiming-fan-out": lambda fans: Law("uniform", std=math.sqrt(2 / fans.out)),
    "xavier-instead": lambda fans: Law("uniform", std=math.sqrt(2 / (fans.into + fans.out))),
    "xavier-other-shape": lambda fans: Law("normal", std=math.sqrt(2 / (fans.into + fans.out))),
}
"""What networks begin with instead, as a whole."""
LOOK = "Take the class as it was handed out."


slips = tuple(slip(name, said, LOOK) for name, said in SAID.items())


def insist_on(subject: Subject, name: str) -> None:
    """Fail the running check unless the network begins as its task says."""
    insist(opinion_of(getattr(subject, f"{name}__start")(CLASSES, ENTRIES), name))


def opinion_of(reply: Any, name: str) -> Conclusion:
    """Whether the weights of a network, as the driver tells them, follow their law."""
    told = admit.mapping(reply, f"what {name}() holds")
    samples, laws, fans = {}, {}, {}
    for place, (tensor, facts) in enumerate(list(told.items())[:MOST_TENSORS]):
        entry = admit.mapping(facts, str(tensor), keys=("shape", "values"))
        sizes = [admit.integer(n, "a shape", low=1) for n in admit.sequence(entry["shape"], "a shape")]
        if len(sizes) < 2:  # noqa: PLR2004 - biases and normalisations begin as torch makes them
            continue
        label = f"layer {place + 1} ({tensor})"
        fans[label] = Fans(math.prod(sizes[1:]), sizes[0] * math.prod(sizes[2:]))
        samples[label] = admit.array(entry["values"], label).astype(np.float64)
        laws[label] = law_of(name, fans[label])
    if not samples:
        return wrong(f"{name}() has no layer with weights.", "no-network")
    conclusion = initialisation.every(samples, laws, fans=fans)
    # One layer alone cannot tell some laws apart, because its fans are nearly equal; all together can.
    known = "" if conclusion.holds else _network_wide(samples, fans)
    return wrong(f"{conclusion.message.partition(';')[0]}. {SAID[known]}", known) if known else conclusion


def _network_wide(samples: Mapping[str, Array], fans: Mapping[str, Fans]) -> str:
    """The mistake whose law all layers follow, or ""."""
    for name, other in INSTEAD.items():
        if all(not initialisation.follows(sample, other(fans[layer])) for layer, sample in samples.items()):
            return name
    return ""


def law_of(name: str, fans: Fans) -> Law:
    """What the weights of a layer follow."""
    if name == GAUSSIAN:
        return Law("normal", std=STD)
    return Law("constant") if name == ZERO else Law("uniform", std=math.sqrt(2 / fans.into))
