"""Losses by their values and by their slope at the output."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from grading.checks import losses
from grading.mistakes.losses import CROSS_ENTROPY
from reference_models.cross_entropy import cross_entropy, slope

ROWS, CLASSES = 5, 7
SEEDS = range(25)
Loss = Callable[[Tensor, Tensor], Tensor]
MISTAKES = {known.id: known.variant for known in CROSS_ENTROPY}

FORMS: dict[str, Callable[[Tensor], Tensor]] = {
    "logits": lambda z: z,
    "probabilities": lambda z: z.softmax(dim=1),
    "log-probabilities": lambda z: z.log_softmax(dim=1),
}
RIGHT: dict[str, Loss] = {
    "logits": functional.cross_entropy,
    "probabilities": lambda p, y: functional.nll_loss(p.log(), y),
    "log-probabilities": functional.nll_loss,
}


def drawn(seed: int, rows: int = ROWS) -> tuple[Tensor, Tensor]:
    """Logits and labels."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(rows, CLASSES, generator=generator, dtype=torch.float64) * 2
    return logits, torch.randint(CLASSES, (rows,), generator=generator)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_loss_is_fed_is_told_by_its_rows(form: str) -> None:
    """Logits, probabilities and their logarithms are told apart, in single precision too."""
    for seed in SEEDS:
        rows = FORMS[form](drawn(seed)[0])

        assert losses.form_of(rows) == form
        assert losses.form_of(rows.float()) == form


@pytest.mark.parametrize("form", FORMS)
def test_cross_entropy_passes_in_every_form(form: str) -> None:
    """Whether it takes logits, probabilities or log-probabilities, the right loss is right by value and by slope."""
    for seed in SEEDS:
        logits, labels = drawn(seed)
        rows = FORMS[form](logits).clone().requires_grad_()
        (gradient,) = torch.autograd.grad(RIGHT[form](rows, labels), rows)

        assert losses.values(lambda z, y: float(RIGHT[form](z, y).detach()), logits, labels, losses.form_of(rows)).holds
        assert losses.slope_at_output(rows.detach(), gradient).holds


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_known_mistake_is_told_by_its_value(mistake: str) -> None:
    """A wrong loss has its own name, not another's."""
    for seed in SEEDS:
        conclusion = losses.values(lambda z, y: float(MISTAKES[mistake](z, y)), *drawn(seed), "logits")

        assert (False, mistake) == (conclusion.holds, conclusion.mistake_id)


@pytest.mark.parametrize("rows", [2, ROWS])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_known_mistake_is_told_by_its_slope(mistake: str, rows: int) -> None:
    """The slope at the output names the mistake where no loss function can be found, on two rows as on many."""
    for seed in SEEDS:
        logits, labels = drawn(seed, rows)
        gradient = slope(MISTAKES[mistake], logits, labels)
        if not gradient.any():  # a hinge loss that every row has passed
            continue
        conclusion = losses.slope_at_output(logits, gradient)

        assert (False, mistake) == (conclusion.holds, conclusion.mistake_id)


def test_a_softmax_at_the_end_of_the_network_is_named() -> None:
    """Probabilities that leave the network and are taken for logits."""
    for seed in SEEDS:
        logits, labels = drawn(seed)
        rows = logits.softmax(dim=1)
        conclusion = losses.slope_at_output(rows, slope(cross_entropy, rows, labels))

        assert (conclusion.holds, conclusion.mistake_id) == (False, "softmax-before-cross-entropy")


@pytest.mark.parametrize(
    "allowed",
    [
        lambda z, y: functional.cross_entropy(z, y, label_smoothing=0.1),
        lambda z, y: functional.cross_entropy(z, y, weight=torch.linspace(0.5, 2, CLASSES, dtype=z.dtype)),
        lambda z, y: functional.cross_entropy(z, y) / 4,
    ],
    ids=["smoothing", "weights", "accumulation"],
)
def test_what_the_sheet_leaves_open_is_allowed_with_a_remark(allowed: Loss) -> None:
    """Smoothed labels, weighed classes and a loss divided for accumulation cost nothing and are mentioned."""
    for seed in SEEDS:
        logits, labels = drawn(seed)
        conclusion = losses.slope_at_output(logits, slope(allowed, logits, labels))

        assert conclusion.holds, conclusion.message
        assert conclusion.remarks


def test_a_loss_that_overflows_gets_a_remark_and_one_that_does_not_gets_none() -> None:
    """Very confident logits cost nothing; they tell who took the exponential first."""
    logits, labels = drawn(0)

    def naive(z: Tensor, y: Tensor) -> float:
        return float(-(z.exp() / z.exp().sum(dim=1, keepdim=True)).gather(1, y[:, None]).log().mean())

    stable = losses.extremes(lambda z, y: float(cross_entropy(z, y)), logits * 400, labels, "logits")
    overflowing = losses.extremes(naive, logits * 400, labels, "logits")

    assert (stable.holds, stable.remarks) == (True, ())
    assert overflowing.holds
    assert overflowing.remarks
