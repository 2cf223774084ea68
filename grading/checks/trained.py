"""What a whole run trained: networks that cells left behind, and machines that were fitted, on the judge's inputs.

The guest keeps both as they were after each cell (driver module `trained`, option "trained"); what a program prints is
not read. The best of several networks counts: experiments with absurd rates cost nothing. Where training goes on out of
sight, or learned something that does not tell, a person decides.
"""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from grading.authoring import Student, Subject, expect, leave_to_person
from grading.checks import outcome
from grading.checks.conclusions import Conclusion, insist, right, wrong
from grading.checks.numbered_answers import code_with
from grading.checks.outcome import Band
from grading.domain.errors import NotDefined
from grading.mistakes import training_loops, vector_machines
from grading.programs import Source
from grading.programs.syntax import parse

Array = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

STEPPING = re.compile(r"\b(?:forward|backward|sgd\w*|step)\(")
"""A call in a loop that trains."""

UNDECIDED = (training_loops.BELOW_BAND, training_loops.LABELS_PERMUTED)


# -- what was left behind -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """What one network that the program left behind puts out.

    Attributes:
        kind: "by hand", "autograd" or "module".
        label: the cell after which it was kept.
        outputs: (n, classes); None where it raised, or answered in another shape.
    """

    kind: str
    label: str
    outputs: Array | None


def ask_networks(put: Callable[..., Any], X: Array, classes: int) -> list[Answered]:
    """Every network that takes such inputs."""
    found = []
    for row in expect.sequence(put(X), "the networks that your program trained"):
        one = expect.mapping(row, "a network", keys=("kind", "label", "out"))
        out = None if one["out"] is None else expect.array(one["out"], "what a network puts out", finite=False)
        fits = out is not None and out.shape == (len(X), classes)
        kind, label = expect.text(one["kind"], "a kind"), expect.text(one["label"], "a cell")
        found.append(Answered(kind, label, out if fits else None))
    return found


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine that the program fitted: its kernel, its settings as text, and its answers, 0 or 1."""

    kernel: str
    settings: tuple[tuple[str, str], ...]
    said: Labels

    def share(self, labels: Labels) -> float:
        """Of right answers, whichever class the program calls the first."""
        share = float((self.said == labels).mean())
        return max(share, 1 - share)


def ask_machines(put: Callable[..., Any], X: Array) -> list[Machine]:
    """Every machine that was fitted to such inputs."""
    found = []
    for row in expect.sequence(put(X), "the machines that your program fitted"):
        one = expect.mapping(row, "a machine", keys=("kernel", "settings", "said"))
        settings = expect.mapping(one["settings"], "settings")
        told = tuple(sorted((str(k), expect.text(v, "a setting")) for k, v in settings.items()))
        said = expect.array(one["said"], "what a machine says", shape=(len(X),))
        found.append(Machine(expect.text(one["kernel"], "a kernel"), told, said.astype(np.int64)))
    return found


# -- whether it has learned ---------------------------------------------------------------------------------


def best(found: Sequence[Answered], labels: Labels, classes: int, band: Band) -> Conclusion:
    """The best of some networks has learned."""
    usable = [a.outputs for a in found if a.outputs is not None]
    finite = [o for o in usable if np.isfinite(o).all()]
    if not finite:
        return wrong("It puts out NaN or infinity.", training_loops.DIVERGED if usable else None)
    chosen = max(finite, key=lambda o: float((o.argmax(axis=1) == labels).mean()))
    return outcome.trained(chosen, labels.astype(np.float64), classes, band)


@dataclass(frozen=True, slots=True)
class Loop:
    """A learning loop that a row is about.

    Attributes:
        words: of which one stands in its cells, for a person who reads them.
        key: what that person looks for.
        missing: to the student, where there is neither a network nor such a cell.
        band: what counts as trained.
        classes: how many.
        data: the class that gives the data, where only a program that uses it can be wrong.
    """

    words: Sequence[str]
    key: Sequence[str]
    missing: str
    band: Band
    classes: int
    data: str = ""

    def insist_trained(self, student: Subject, found: Sequence[Answered], labels: Labels) -> None:
        """Insist that the best network has learned; a person decides where it cannot be told."""
        if not any(a.outputs is not None for a in found):
            read_by_person(student, self.words, self.key, self.missing)
        conclusion = best(found, labels, self.classes, self.band)
        if not conclusion.holds and (conclusion.mistake in UNDECIDED or self._out_of_sight(student)):
            read_by_person(student, self.words, (conclusion.message, *self.key), "")
        insist(conclusion)

    def _out_of_sight(self, student: Subject) -> bool:
        """Whether it may train where it is not seen: on other data, in functions, in a cell stopped at its time."""
        source = student.source
        if not loops_openly(source) or (self.data and source is not None and code_with(self.data)(source) is None):
            return True
        return isinstance(student, Student) and any(u.overran or not u.ran for u in student.executed().units)


# -- machines -----------------------------------------------------------------------------------------------


def kernels_compared(found: Sequence[Machine], labels: Labels, *, curved: float, straight: float) -> Conclusion:
    """A linear machine is compared with one of another kernel, which tells the classes apart.

    Args:
        found: at least one.
        labels: of the points that they were asked for.
        curved: share of right answers that tells the classes apart.
        straight: share that no straight line reaches.
    """
    shares = {k: max(m.share(labels) for m in found if m.kernel == k) for k in sorted({m.kernel for m in found})}
    if len(shares) == 1:
        said = f"Machines that were fitted: {len(found)}, all with the kernel {found[0].kernel!r}."
        return wrong(said, vector_machines.ONE_KERNEL)
    shown = ", ".join(f"{k} {share:.0%}" for k, share in shares.items())
    said = f"Of {len(labels)} new points your machines have right, at best: {shown}."
    if "linear" not in shares:
        return wrong(said, vector_machines.LINEAR_MISSING)
    if max(shares.values()) < curved:
        return wrong(said, vector_machines.MACHINE_NOT_BETTER)
    if shares["linear"] <= straight:
        return right(**shares)
    share = f"{shares['linear']:.0%}"
    given = f"Your linear machine has {share} of new points right: it is given more than the two coordinates."
    return right(given, **shares)


def settings_varied(found: Sequence[Machine]) -> Conclusion:
    """C or a parameter of the kernel is varied."""
    if len({(m.kernel, m.settings) for m in found}) > len({m.kernel for m in found}):
        return right()
    return wrong("Each kernel was tried with one setting only.", vector_machines.SETTINGS_NOT_VARIED)


# -- where it cannot be told --------------------------------------------------------------------------------


def read_by_person(student: Subject, words: Sequence[str], key: Sequence[str], missing: str) -> NoReturn:
    """A person reads the cells in which one of the words stands, where there are any.

    Raises:
        NotDefined: there are none.
    """
    code = code_with(*words)(student.source) if student.source is not None else None
    if code is None:
        raise NotDefined(missing)
    leave_to_person(code, key)


def loops_openly(source: Source | None) -> bool:
    """Whether a loop outside of functions trains something: only then is what it leaves behind to be seen."""
    trees = [parse(cell.usable).tree for cell in source.code if cell.usable] if source is not None else []
    pending = [statement for tree in trees if tree is not None for statement in tree.body]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.For | ast.While) and STEPPING.search(ast.unparse(node)):
            return True
        for name in ("body", "orelse"):
            inner = getattr(node, name, None)
            if isinstance(inner, list) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
                pending += inner
    return False
