"""What 2-ab's loops leave behind: who has learned, who has not, and what a person decides."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from grading.assignments.rdfia_tp2.circles_training import ENOUGH, digits, rings
from grading.authoring import Draw
from grading.checks.trained import UNDECIDED, Answered, best, loops_openly
from grading.domain.submission import SubmittedFile
from grading.programs import read_source

DRAW = Draw(2, "a test")
SUPPORT = Path(__file__).resolve().parents[3] / "grading/assignments/rdfia_tp2/support/utils-data.py"


def answering(share: float) -> tuple[list[Answered], np.ndarray]:
    """A network that is right on such a share of points, in every class."""
    labels = rings(DRAW)[1]
    right = DRAW.uniform(len(labels)) < share
    outputs = np.eye(2)[np.where(right, labels, 1 - labels)]
    return [Answered("by hand", "cell 3", outputs)], labels


@pytest.mark.parametrize(("share", "mistake"), [(0.98, None), (0.78, None), (0.64, "below-band"), (0.5, "untrained")])
def test_what_has_learned_is_told_from_guessing(share: float, mistake: str | None) -> None:
    """Clearly better than guessing is learned, guessing is not, and a person decides in between."""
    conclusion = best(*answering(share), 2, ENOUGH)

    assert (conclusion.holds, conclusion.mistake_id or None) == (mistake is None, mistake)
    assert share != 0.64 or conclusion.mistake in UNDECIDED


def test_the_best_network_counts() -> None:
    """Experiments that diverge cost nothing; where all do, that is told."""
    good, labels = answering(0.95)
    lost = Answered("by hand", "cell 5", np.full((len(labels), 2), np.nan))

    assert best([*good, lost], labels, 2, ENOUGH).holds
    assert best([lost], labels, 2, ENOUGH).mistake_id == "diverged"


@pytest.mark.parametrize(
    ("code", "openly"),
    [
        ("for epoch in range(3):\n    params = sgd(params, backward(params, outputs, Y), eta)", True),
        ("if __name__ == '__main__':\n    while True:\n        L.backward()", True),
        ("def train(params):\n    for epoch in range(3):\n        L.backward()\ntrain(dict(params))", False),
        ("for k in range(3):\n    print(k)", False),
        ("for epoch in range(:", False),
    ],
)
def test_only_loops_outside_of_functions_are_seen(code: str, openly: bool) -> None:
    """What a function trains and keeps to itself is no loop that learned nothing."""
    assert loops_openly(read_source(SubmittedFile("circlesV1.py", code.encode()))) is openly


def test_points_and_digits_follow_the_law_of_the_data_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge's points look like those that the support files give, and are others."""
    import runpy

    monkeypatch.chdir(tmp_path)
    made = runpy.run_path(str(SUPPORT))
    circles, mnist = made["CirclesData"](), made["MNISTData"]()
    X, labels = rings(DRAW)
    theirs = circles.Xtest.numpy()
    for label in (0, 1):
        radii = [np.hypot(*x.T) for x in (X[labels == label], theirs[circles.Ytest.numpy()[:, label] == 1])]
        assert abs(radii[0].mean() - radii[1].mean()) < 0.06
    pictures, classes = digits(DRAW)
    centres = np.stack([mnist.Xtrain.numpy()[mnist.Ytrain.numpy()[:, k] == 1].mean(axis=0) for k in range(10)])
    nearest = ((pictures[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)

    assert (nearest == classes).mean() > 0.95


def test_the_course_s_own_points_are_read_from_beside_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A circles.mat that is submitted is what the class gives, as float32 and one-hot; unknown names are None."""
    import runpy

    monkeypatch.chdir(tmp_path)
    X, Y = DRAW.normal(200, 2), np.eye(2, dtype=np.uint8)[np.arange(200) % 2]
    savemat("circles.mat", {"Xtrain": X, "Ytrain": Y, "Xtest": -X, "Ytest": Y})
    data = runpy.run_path(str(SUPPORT))["CirclesData"]()

    assert np.allclose(data.Xtrain.numpy(), X, atol=1e-6)
    assert (str(data.Ytest.dtype), tuple(data.Xgrid.shape), data.Xtrian) == ("torch.float32", (1600, 2), None)
