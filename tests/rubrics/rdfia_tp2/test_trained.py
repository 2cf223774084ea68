"""2-ab's points and digits: the judge's follow the law of those that the program learns from."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from grading.assignments.rdfia_tp2.circles_training import digits, rings
from grading.authoring import Draw

DRAW = Draw(2, "a test")
SUPPORT = Path(__file__).resolve().parents[3] / "grading/assignments/rdfia_tp2/support/utils-data.py"


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
