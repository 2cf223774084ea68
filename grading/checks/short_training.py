"""Whether a network learns: a short training in the box, on pictures that the judge drew.

Ten kinds of pictures, each a coarse pattern under noise, and every batch a new one: the loss before a step is that of
pictures never seen. A network that passes gradients to its weights tells most of them apart after a few dozen steps,
whichever it is; what was reached on CIFAR-10 takes hours and is not asked here.
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Subject, expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import ImageNetwork
from grading.mistakes import architecture, training

Array = npt.NDArray[np.float32]

KINDS, SIDE, COARSE = 10, 32, 8
NOISE = 0.5
MOST_LOSS = 1.8
"""Of the last batches; guessing gives ln 10 = 2.3. On 20 draws LeNet-5 and SimpleNN came below 0.5 after 20 batches of
16, ResNet-20 below 1.2 after 10.
"""

LATE = 4

LONGEST = 200_000
PERCENT = 1.5
SEEDS = 1 << 31
_CLAIM = re.compile(
    r"(?:\bval\w*|\btest\w*|\bbest)[ _]*(?:acc(?:uracy)?)\b[^\d\n]{0,24}(\d+(?:\.\d+)?)\s*(%?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is trained here.

    Attributes:
        steps: batches.
        batch: pictures in each.
        lr: Adam's rate.
        on_gpu: batches of a program that may use a GPU; 0: as many.
    """

    steps: int
    batch: int
    lr: float
    on_gpu: int = 0

    def at(self, device: str) -> "Course":
        """As it is run on that device."""
        return replace(self, steps=self.on_gpu) if device == "cuda" and self.on_gpu else self


def drawn(draw: Draw, course: Course) -> tuple[Array, npt.NDArray[np.int64]]:
    """Pictures (steps, batch, 3, 32, 32) and their kinds (steps, batch)."""
    rng = np.random.default_rng(draw.seed())
    coarse = rng.normal(size=(KINDS, 3, COARSE, COARSE))
    patterns = coarse.repeat(SIDE // COARSE, axis=2).repeat(SIDE // COARSE, axis=3)
    kinds = rng.integers(KINDS, size=(course.steps, course.batch))
    noise = NOISE * rng.normal(size=(*kinds.shape, 3, SIDE, SIDE))
    return np.asarray(patterns[kinds] + noise, dtype=np.float32), kinds


def learns(student: Subject, network: ImageNetwork, draw: Draw, course: Course) -> Conclusion:
    """Whether the network learns ten kinds of pictures from new weights; what its outputs claim beside it, as a remark.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    course = course.at(student.device)
    images, kinds = drawn(draw, course)
    reply = expect.mapping(
        student.drive("image_network_learns", network.number, images, kinds, lr=course.lr, seed=draw.seed() % SEEDS),
        "what your network learns",
        keys=("losses", "right", "raised"),
    )
    if raised := expect.text(reply["raised"], "an error", length=300):
        return wrong(f"{network.kind}, trained here, raised {raised}", architecture.NETWORK_STOPS)
    losses = expect.array(reply["losses"], "losses", shape=(course.steps,), finite=False)
    hits = expect.array(reply["right"], "right answers", shape=(course.steps,))
    late = max(1, course.steps // LATE)
    loss, share = float(losses[-late:].mean()), float(hits[-late:].mean() / course.batch)
    said = f"{network.kind} trained here on {course.steps * course.batch:,} synthetic pictures of {KINDS} kinds"
    if not loss <= MOST_LOSS:
        return wrong(f"{said} still has a loss of {loss:.2f}; guessing gives 2.30.", training.DOES_NOT_LEARN, loss=loss)
    claimed = claim(student)
    told = f"{claimed} {said} is right in {share:.0%} of new ones: it learns; how well on CIFAR-10 was not measured."
    return right(*([told] if claimed else []), loss=loss, share=share)


def claim(student: Subject) -> str:
    """What the notebook's stored outputs claim, as a sentence; "" for nothing."""
    if student.source is None:
        return ""
    stored = claimed_in("\n".join(o.text[:LONGEST] for cell in student.source.code for o in cell.outputs))
    return f"Your outputs claim an accuracy of up to {max(stored):.1%}, which is not judged." if stored else ""


def claimed_in(text: str) -> list[float]:
    """The accuracies on validation or test pictures that a text tells, as shares."""
    told = [(float(one[1]), one[2]) for one in _CLAIM.finditer(text)]
    shares = [value / 100 if percent or value > PERCENT else value for value, percent in told]
    return [share for share in shares if share <= 1]
