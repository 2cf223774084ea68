r"""What a program's gradients are made of: cleared before each step, and a penalty of the weights beyond the loss.

The recorder in the box notes, for the first steps of each optimizer, entries of each parameter :math:`w` and of what
its gradient holds beyond the slope that comes through the network's output, :math:`g`. A penalty :math:`\lambda |w|` is
known by its effect: :math:`g = \lambda\, \mathrm{sign}(w)`, with one :math:`\lambda > 0` for each parameter. Whether it
was added to the loss, to the gradients, or taken from the weights after the step does not matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import FoundOnce, Subject, expect
from grading.checks.conclusions import Conclusion, right, wrong
from grading.domain.errors import BadReply
from grading.mistakes import regularization
from grading.mistakes.torch_optimizers import GRADIENTS_ACCUMULATE

Array = npt.NDArray[np.float64]

MOST = 64
NOTHING = 1e-12
NEAR = 0.02
ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""Of float32 gradients, of which the part through the output was computed in a pass of its own."""

SHARE = 0.9
"""Of a parameter's entries must fit; weights near 0 may be clipped."""

CLEARLY = 2.0
"""Times less is left by a form that fits better; where weights are all as large, no form can be told from another."""

MATRIX_AXES = 2
SPREAD = 1.2


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an optimizer; entries of all parameters in a row, (entries,) each.

    Attributes:
        weights: before the step.
        added: by backward passes, beyond what came through the network's output.
        put: to the gradients after the last backward pass.
        moved: the weights, after the step.
        gradient: as the last backward pass left it.
    """

    weights: Array
    added: Array
    put: Array
    moved: Array
    gradient: Array


@dataclass(frozen=True, slots=True)
class Account:
    """One optimizer's gradients.

    Attributes:
        passes: backward passes that followed a step.
        stale: those that found the step's gradients still there.
        axes: of each parameter.
        owner: to which parameter each entry belongs, (entries,).
        steps: taken apart.
    """

    passes: int
    stale: int
    axes: tuple[int, ...]
    owner: npt.NDArray[np.int64]
    steps: tuple[Step, ...]


_accounts = FoundOnce[tuple[Account, ...]]("vision_gradients")


def accounts(student: Subject) -> tuple[Account, ...]:
    """What the recorder noted, for each optimizer; asked once for each student.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    return _accounts.of(student, lambda: _asked(student))


def _asked(student: Subject) -> tuple[Account, ...]:
    rows = list(expect.sequence(student.drive("vision_gradients"), "gradients"))[:MOST]
    return tuple(_account(row) for row in rows)


def _account(row: object) -> Account:
    told = expect.mapping(row, "an optimizer's gradients", keys=("passes", "stale", "axes", "owner", "steps"))
    axes = tuple(expect.integer(n, "axes", low=0, high=64) for n in expect.sequence(told["axes"], "axes"))
    owner = expect.array(told["owner"], "owners", ndim=1).astype(np.int64)
    if owner.size and not 0 <= int(owner.min()) <= int(owner.max()) < len(axes):
        raise BadReply("an entry belongs to no parameter")
    names = ("weights", "added", "put", "moved", "gradient")

    def step(one: object) -> Step:
        parts = expect.mapping(one, "a step", keys=names)
        return Step(*(expect.array(parts[n], n, shape=owner.shape, finite=False).astype(np.float64) for n in names))

    steps = tuple(step(one) for one in list(expect.sequence(told["steps"], "steps"))[:MOST])
    passes = expect.integer(told["passes"], "passes", low=0, high=1 << 40)
    return Account(passes, expect.integer(told["stale"], "stale", low=0, high=1 << 40), axes, owner, steps)


def cleared(student: Subject) -> Conclusion:
    """Whether no step's gradients were still there when the next backward pass began."""
    every = accounts(student)
    stale, passes = sum(one.stale for one in every), sum(one.passes for one in every)
    if stale:
        said = f"In {stale} of {passes} backward passes the gradients of the step before were still there."
        return wrong(said, GRADIENTS_ACCUMULATE, passes=passes, stale=stale)
    if not passes:
        return right("Only one step was seen here, so whether gradients are cleared before the next was not.")
    return right(passes=passes)


def absolute_penalty(student: Subject) -> Conclusion:
    """Whether some training pulls its weights towards 0 with the same force everywhere, as an L1 penalty does."""
    every = [(one, step) for one in accounts(student) for step in one.steps]
    finite = [(one, step) for one, step in every if np.isfinite(step.weights).all()]
    conclusions = [_penalty(one, step.weights, pull) for one, step in finite for pull in _pulls(step)]
    told = [one for one in conclusions if one is not None]
    if (good := next((one for one in told if one.holds), None)) is not None:
        return good
    if told:
        return max(told, key=lambda one: one.mistake != regularization.OTHER_PENALTY)
    steps = "No step was seen" if not every else f"{len(every)} steps were looked at: each gradient is the loss's alone"
    return wrong(f"{steps}.", regularization.NO_L1)


@dataclass(frozen=True, slots=True)
class Pull:
    """What pulls at the weights, in the direction of a gradient, and how much of it may be rounding; (entries,)."""

    along: Array
    slack: Array

    def of(self, rows: npt.NDArray[np.int64]) -> "Pull":
        """Of some entries."""
        return Pull(self.along[rows], self.slack[rows])

    def felt(self) -> bool:
        """Whether any of it is more than rounding."""
        return bool((np.abs(self.along) > self.slack).any())


def _pulls(step: Step) -> list[Pull]:
    gradients, weights = ROUNDING * np.abs(step.gradient).max(initial=0.0), ROUNDING * np.abs(step.weights)
    found = [Pull(g, np.full_like(g, gradients)) for g in (step.added, step.put)] + [Pull(-step.moved, weights)]
    return [pull for pull in found if np.isfinite(pull.along).all() and pull.felt()]


def _penalty(one: Account, w: Array, g: Pull) -> Conclusion | None:
    """What this is as a penalty of the weights; None where it is rounding."""
    rows = [np.flatnonzero(one.owner == number) for number in range(len(one.axes))]
    touched = [n for n, at in enumerate(rows) if at.size and g.of(at).felt()]
    forces = {n: force for n in touched if (force := _force(w[rows[n]], g.of(rows[n]))) is not None}
    weights = [n for n, axes in enumerate(one.axes) if axes >= MATRIX_AXES]
    if not forces:
        return _no_force([(w[rows[n]], g.of(rows[n])) for n in touched])
    if max(forces.values()) < 0:
        return wrong("The weights are pushed away from 0: the penalty is subtracted.", regularization.L1_SUBTRACTED)
    bare = [n for n in weights if forces.get(n, 0.0) <= 0]
    if bare and all(_proportional(w[rows[n]], g.of(rows[n])) for n in touched):
        return _no_force([(w[rows[n]], g.of(rows[n])) for n in touched])
    if bare:
        said = f"{len(weights) - len(bare)} of {len(weights)} weight tensors are pulled towards 0"
        return wrong(
            f"{said}, the others not measurably.", regularization.L1_NOT_EVERYWHERE, penalised=len(weights) - len(bare)
        )
    strengths = [forces[n] for n in weights]
    remarks = (
        ["Biases or normalisations are penalised too: usual, and not needed."] if len(forces) > len(weights) else []
    )
    if max(strengths) > SPREAD * min(strengths):
        remarks.append(
            f"The strength differs from layer to layer, {min(strengths):.2g} to {max(strengths):.2g}: a mean over each "
            "layer's weights, or another factor, stands where the sum is usual."
        )
    return right(*remarks, strength=float(np.median(strengths)))


def _force(w: Array, g: Pull) -> float | None:
    """The constant force of an L1 penalty on one parameter, negative where it pushes; None where it is no such."""
    felt = np.abs(w) > NOTHING
    if not felt.any():
        return None
    along, slack = g.along[felt] * np.sign(w[felt]), g.slack[felt]
    force = float(np.median(along))
    fits = np.abs(along - force) <= NEAR * abs(force) + slack
    clipped = np.isclose(g.along[felt], w[felt], rtol=NEAR, atol=0.0) & (np.abs(w[felt]) <= abs(force))
    signs = len(np.unique(np.sign(w[felt]))) > 1 or len(along) == 1
    steady = abs(force) > np.median(slack) and signs
    return force if steady and (fits | clipped).mean() >= SHARE else None


def _no_force(parts: Sequence[tuple[Array, Pull]]) -> Conclusion:
    """A penalty that is no L1: in proportion to the weights, or without regard to their signs."""
    several = [(w, g) for w, g in parts if w.size > 1]
    if several and all(_proportional(w, g) for w, g in several):
        return wrong(
            "The pull is in proportion to each weight: the slope of w^2, or of its root.",
            regularization.L2_INSTEAD_OF_L1,
        )
    if several and all(_is(np.ones_like(w), w, g) for w, g in several):
        return wrong("All weights are moved the same way, whatever their sign.", regularization.L1_WITHOUT_ABS)
    return wrong("Something is added to the gradients, and it is not strength * sign(w).", regularization.OTHER_PENALTY)


def _proportional(w: Array, g: Pull) -> bool:
    return _is(w, w, g)


def _is(form: Array, w: Array, g: Pull) -> bool:
    """Whether a pull is a factor times this form, and not clearly better one that grows faster than the weights do.

    A pull that hardly rises above rounding is within the slack of any form: the slope of |w|^3 of a straight line's.
    """
    factor, off = _fitted(form, g.along)
    _, curved = _fitted(w * np.abs(w), g.along)
    close = bool((off <= NEAR * np.abs(g.along).max() + g.slack).all())
    return factor != 0 and close and float(off @ off) <= CLEARLY * float(curved @ curved)


def _fitted(form: Array, along: Array) -> tuple[float, Array]:
    """The factor by which a form comes nearest to a pull, and how far off it is at each entry."""
    norm = float(form @ form)
    factor = float(along @ form) / norm if norm else 0.0
    return factor, np.abs(along - factor * form)
