"""Learning-rate schedules."""

import math

import numpy as np
import pytest
import torch

from grading.checks.schedules import judged
from grading.domain.errors import BadReply
from reference_models.schedulers import MISTAKES, Schedule, rates

EPOCHS = 9
SCHEDULES = [
    Schedule("constant", 0.1),
    Schedule("exponential", 0.1, gamma=0.93),
    Schedule("step", 0.1, gamma=0.4, every=2),
    Schedule("multistep", 0.1, gamma=0.1, at=(3, 6)),
    Schedule("cosine", 0.1, epochs=EPOCHS, lowest=0.001),
    Schedule("warmup", 0.1, epochs=4),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s.kind)
def test_right_rates_hold_and_known_mistakes_are_named(schedule: Schedule) -> None:
    """Each wrong sequence fails unless it is the same as the right one."""
    right = rates(schedule, EPOCHS)

    assert judged(right, schedule).holds
    assert judged(np.float32(right).astype(float), schedule).holds
    for mistake, (made, _) in MISTAKES.items():
        got = made(rates(schedule, 10 * EPOCHS), 3)[:EPOCHS]
        conclusion = judged(got, schedule, batches=3)
        if np.allclose(got, right):
            continue

        assert not conclusion.holds
        same_as = made if conclusion.mistake == mistake else MISTAKES[conclusion.mistake][0]
        assert np.allclose(same_as(rates(schedule, 10 * EPOCHS), 3)[:EPOCHS], got)


@pytest.mark.slow
def test_torch_gives_these_rates() -> None:
    """The reference's epochs are torch's."""
    optim = torch.optim.lr_scheduler
    made = {
        "exponential": lambda o: optim.ExponentialLR(o, 0.93),
        "step": lambda o: optim.StepLR(o, 2, 0.4),
        "multistep": lambda o: optim.MultiStepLR(o, [3, 6], 0.1),
        "cosine": lambda o: optim.CosineAnnealingLR(o, EPOCHS, 0.001),
    }
    for schedule in SCHEDULES:
        if schedule.kind not in made:
            continue
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        scheduler, seen = made[schedule.kind](optimizer), []
        for _ in range(EPOCHS):
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()

        assert judged(seen, schedule).holds, schedule.kind


def test_other_numbers_are_told_from_other_forms() -> None:
    """Another start, another factor, other epochs, another form."""
    s = Schedule("step", 0.1, gamma=0.4, every=2)

    assert judged([0.5 * r for r in rates(s, EPOCHS)], s).mistake == "schedule-start"
    assert judged(rates(Schedule("step", 0.1, gamma=0.5, every=2), EPOCHS), s).mistake == "schedule-factor"
    assert judged(rates(Schedule("step", 0.1, gamma=0.4, every=3), EPOCHS), s).mistake == "schedule-epochs"
    assert judged([0.1 / math.sqrt(t + 1) for t in range(EPOCHS)], s).mistake == ""
    assert judged([], s).mistake == "no-rates"


def test_another_convention_may_count() -> None:
    """A decay that starts an epoch later, where the rubric says so."""
    asked, later = Schedule("multistep", 0.1, gamma=0.1, at=(3,)), Schedule("multistep", 0.1, gamma=0.1, at=(4,))

    assert judged(rates(later, EPOCHS), asked, also=[later]).remarks
    assert judged(rates(later, EPOCHS), asked).mistake == "schedule-one-epoch-late"


def test_no_rates_are_the_students_fault() -> None:
    """None and NaN are refused."""
    for bad in (None, [float("nan")], "0.1"):
        with pytest.raises(BadReply):
            judged(bad, SCHEDULES[0])
