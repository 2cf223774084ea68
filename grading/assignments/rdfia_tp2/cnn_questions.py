"""2-cd's starred questions: 2, 3, 4, 10, 14, 16, 18, and the methods of part 3. Others are told about for nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grading.assignments.rdfia_tp2.cnn import part
from grading.authoring import Prose
from grading.authoring.written import Accepts, ForHuman, Right, Wrong
from grading.checks.formulas import Formula
from grading.checks.numbered_answers import Unpaid, answer_to, if_answered
from grading.checks.quantities import Quantity, numbers, results

__all__ = ["part"]

SECTION = "Questions"

LAYERS = {"conv1": 2_432, "conv2": 51_264, "conv3": 102_464, "fc4": 1_025_000, "fc5": 10_010}
UNBIASED = {"conv1": 2_400, "conv2": 51_200, "conv3": 102_400, "fc4": 1_024_000, "fc5": 10_000}
TOTAL = 1_191_170
TOTALS: Mapping[float, str] = {1_190_160: "without the biases of the linear layers", 1_190_000: "without biases"}
MAP_SIZES = {"conv1": 32_800, "conv2": 16_448, "conv3": 4_160}
"""Counts with the size of the map in the place of kernel times input channels, as some write them."""


def _prose(number: int, points: str, title: str, *key: str) -> None:
    row = part.criterion(f"cd-question-{number}", title, section=SECTION, points=points)
    row.asks(f"cd-question-{number}-answer", title, find=answer_to(number), accepts=Prose(key))


def _unpaid(row_id: str, number: int, question: str, accepts: Accepts) -> None:
    row = next(row for row in part.criteria if row.id == row_id)
    row.asks(
        f"cd-question-{number}-unpaid",
        question,
        find=if_answered(number),
        accepts=Unpaid(accepts, f"Question {number}"),
    )


@dataclass(frozen=True, slots=True)
class _OutputSize:
    """The first formula in the answer that mentions k, s and p."""

    formula: Formula

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """As the formula says; what holds none is for a person."""
        for line in re.split(r"\n|\$\$?|,(?![^(]*\))|;", answer):
            if all(re.search(rf"(?<![A-Za-z]){letter}(?![a-z])", line) for letter in "ksp"):
                verdict = self.formula.judge(line)
                if not isinstance(verdict, ForHuman):
                    return verdict
        return ForHuman(("floor((x + 2p - k)/s) + 1, and likewise for y; one map for each filter",))


OUTPUT_SIZE = Formula(
    "floor((x + 2*p - k)/s) + 1",
    {"x": (), "k": (), "s": (), "p": ()},
    also=("(x + 2*p - k)/s + 1", "floor((x + 2*p - k + s)/s)"),
    known={"(x + 2*p*(k - 1) - 1)/s": "the padding is not multiplied by the kernel's size"},
)

_prose(2, "0.25", "2. What convolution gains, and its main limit",
       "shared weights: far fewer parameters, and the same detector everywhere",
       "keeps the spatial structure; equivariant to translation",
       "limit: local, its field of view is small")  # fmt: skip
_prose(3, "0.25", "3. What pooling is for",
       "smaller maps: less computation, fewer weights behind", "larger field of view",
       "some invariance to small translations")  # fmt: skip
_prose(4, "0.25", "4. A larger picture",
       "the convolutional part works unchanged, with larger maps",
       "the first linear layer does not fit any more")  # fmt: skip


class _Counts:
    """The five counts and their sum; a person reads what states none of them."""

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right where every layer's count is stated, or the sum beside the sizes."""
        wrong: list[str] = []
        missing: list[str] = []
        unbiased = False
        for layer, count in LAYERS.items():
            if _states(answer, count):
                continue
            if _states(answer, UNBIASED[layer]):
                unbiased = True
            elif layer in MAP_SIZES and _states(answer, MAP_SIZES[layer]):
                wrong.append(f"{layer} = {MAP_SIZES[layer]:,}")
            else:
                missing.append(layer)
        if wrong:
            return Wrong(
                f"states {', '.join(wrong)}: a filter has kernel x kernel x input channels weights and a bias, "
                "whatever the size of the map"
            )
        if missing:
            return ForHuman((
                "outputs 32x32x32, 16x16x32, 16x16x64, 8x8x64, 8x8x64, 4x4x64, 1000, 10",
                "weights 2,432 / 51,264 / 102,464 / 1,025,000 / 10,010 with biases, pooling 0",
                f"not found as numbers: {', '.join(missing)}",
            ))  # fmt: skip
        return Right("Your counts leave out biases: allowed." if unbiased else "")


def _states(answer: str, count: int) -> bool:
    """Whether a count stands in the answer, as a number or as the value of a product."""
    return any(count in found.readings for found in (*numbers(answer), *results(answer)))


counts_row = part.criterion("cd-question-10", "10. Sizes and weights of each layer", section=SECTION, points="0.5")
counts_row.asks("cd-question-10-answer", "The number of weights of each layer.", find=answer_to(10), accepts=_Counts())

_prose(14, "0.25", "14. How training and test measures differ",
       "training: while the weights change, averaged over the epoch, in training mode",
       "test: after the epoch, with fixed weights, in evaluation mode and without gradients")  # fmt: skip
_prose(16, "0.25", "16. Learning rate and batch size",
       "rate: too small is slow, too large oscillates or diverges",
       "batch: small is noisy, large is smooth but makes fewer steps an epoch and needs memory")  # fmt: skip
_prose(18, "0.25", "18. What the curves show",
       "the training loss falls further while the test loss rises again: overfitting",
       "more capacity than data: regularise, or get more data")  # fmt: skip

methods_row = part.criterion("cd-methods", "Part 3: what each method does", section=SECTION, points="0.75")
for _number, _title, _key in (
    (19, "19-21. Normalisation",
     "same scale for each channel; statistics of the training set only; faster, more stable"),
    (22, "22-25. Crops and flips",
     "less overfitting; only where the flipped picture keeps its class; 28 x 28 at test too"),
    (26, "26-28. Schedule", "large steps first, small ones near the end; smoother, often a little better"),
    (29, "29-33. Dropout", "regularises: many thinned networks; off at test; the rate trades under- for overfitting"),
    (34, "34. Batch normalisation",
     "faster, larger rates, less overfitting; batch statistics in training, running ones at test"),
):  # fmt: skip
    methods_row.asks(
        f"cd-question-{_number}-answer", _title, find=answer_to(_number), accepts=Prose(tuple(_key.split("; ")))
    )

_unpaid("cd-question-2", 1, "The size of a convolution's output (question 1 carries no points).",
        _OutputSize(OUTPUT_SIZE))  # fmt: skip
_unpaid("cd-question-10", 11, "The number of all weights (question 11 carries no points).",
        Quantity(TOTAL, also=TOTALS))  # fmt: skip
_unpaid("cd-question-18", 17, "The error before training (question 17 carries no points).",
        Quantity(2.303, rtol=0.01, also={90.0: "", 10.0: "", 0.1: "", 0.9: ""}))  # fmt: skip
