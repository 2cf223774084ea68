"""The bonus of Lab 2: whether anybody tried it."""

import json

import pytest

from grading.assignments.ece661_hw2.lab2 import penalty_tried
from grading.domain.submission import SubmittedFile
from grading.programs import read_source


def tried(code: str) -> bool:
    """Whether a notebook of this one cell tried the bonus."""
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return penalty_tried(read_source(SubmittedFile("lab2.ipynb", json.dumps(notebook).encode())))


@pytest.mark.parametrize(
    "code",
    [
        "loss = loss + l1_lambda * sum(p.abs().sum() for p in net.parameters())",
        "loss += strength * sum(torch.norm(p, 1) for p in net.parameters())",
        "p.grad.add_(strength * p.sign())",
        "reg_l1 = 0",
        "penalty = nn.L1Loss(reduction='sum')",
        "loss = loss + l1_lambda * sum(",
    ],
)
def test_a_name_of_a_penalty_is_a_try(code: str) -> None:
    """However it is written, and if it does not parse."""
    assert tried(code)


@pytest.mark.parametrize(
    "code",
    [
        "# bonus: L1\nrun(model1, reg=1e-4)",
        "x = self.pool1(x)\ntorch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)",
        "for label1 in labels: print('L1 was not tried')",
    ],
)
def test_a_comment_or_another_name_is_none(code: str) -> None:
    """Who wrote nothing of it is told that it was not attempted."""
    assert not tried(code)
