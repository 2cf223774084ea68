"""Several numbers, or a formula, stated somewhere in prose: what can be found is judged, the rest is for a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grading.authoring.written import ForHuman, Right, Wrong
from grading.checks.formulas import Formula
from grading.checks.quantities import numbers, results


@dataclass(frozen=True, slots=True)
class StatedSizes:
    """Whole numbers by their names: n_x = 2, $n_{h}$ is 4.

    Attributes:
        sizes: index of n → the number.
        otherwise: to the student, what to do about a wrong one.
        key: what a person looks for.
    """

    sizes: Mapping[str, int]
    otherwise: str
    key: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right if each is stated with its number; for a person where one is not stated."""
        wrong = []
        for letter, size in self.sizes.items():
            found = re.search(rf"n_?\{{?{letter}\}}?[^\d=]{{0,60}}=?\s*\$?\s*(\d+)", answer.replace("$", ""))
            if found is None:
                return ForHuman(self.key)
            if int(found[1]) != size:
                wrong.append(f"n{letter} = {found[1]}")
        return Wrong(f"says {', '.join(wrong)}; {self.otherwise}") if wrong else Right()


@dataclass(frozen=True, slots=True)
class StatedCounts:
    """The number of weights of each layer, as a number or as the value of a product.

    Attributes:
        layers: name → counts that are right, the first of them with biases.
        mistaken: name → a count that shows a known mistake.
        why: to the student, about that mistake.
        key: what a person looks for.
    """

    layers: Mapping[str, Sequence[int]]
    mistaken: Mapping[str, int]
    why: str
    key: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Right where every layer's count is stated; wrong where a known wrong one stands in its place."""
        stated = {reading for found in (*numbers(answer), *results(answer)) for reading in found.readings}
        lacking = [layer for layer, right in self.layers.items() if not stated.intersection(right)]
        if wrong := [f"{n} = {self.mistaken[n]:,}" for n in lacking if self.mistaken.get(n) in stated]:
            return Wrong(f"states {', '.join(wrong)}: {self.why}")
        if lacking:
            return ForHuman((*self.key, f"not found as numbers: {', '.join(lacking)}"))
        biased = all(right[0] in stated for right in self.layers.values())
        return Right() if biased else Right("Your counts leave out biases: allowed.")


@dataclass(frozen=True, slots=True)
class StatedFormula:
    """The first formula in an answer that mentions all of some letters.

    Attributes:
        formula: as it should be.
        letters: single ones.
        key: what a person looks for.
    """

    formula: Formula
    letters: str
    key: tuple[str, ...]

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """As the formula says; what holds none is for a person."""
        for line in re.split(r"\n|\$\$?|,(?![^(]*\))|;", answer):
            if all(re.search(rf"(?<![A-Za-z]){letter}(?![a-z])", line) for letter in self.letters):
                verdict = self.formula.judge(line)
                if not isinstance(verdict, ForHuman):
                    return verdict
        return ForHuman(self.key)
