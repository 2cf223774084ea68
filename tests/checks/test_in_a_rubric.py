"""A ready-made check inside a rubric: from the student's answers to a judgement with the mistake's name."""

from typing import Any

import numpy as np

from grading.authoring import Draw, Part, Reference, Subject
from grading.authoring import expect as admit
from grading.checks import trajectories
from grading.checks.conclusions import insist
from grading.domain.verdict import Blame
from grading.evaluation.properties import judge_property
from reference_models.optimizers import Hyperparameters

H = Hyperparameters(lr=0.07)


def sgd(w: Any, g: Any, lr: float) -> Any:
    """The right step."""
    return w - lr * g


def row() -> Part:
    """One criterion with one check, as a rubric's author writes it."""
    part = Part("task.py", reference=Reference(sgd=sgd))
    criterion = part.criterion("sgd", "Gradient descent", points="1")

    @criterion.holds()
    def step(student: Subject, draw: Draw) -> None:
        """sgd(w, g, lr) moves w by -lr times g."""
        start, gradients, path = draw.normal(3, 4), [draw.normal(3, 4) for _ in range(6)], []
        for gradient in gradients:
            path.append(admit.array(student.sgd([start, *path][-1], gradient, H.lr), "sgd", shape=start.shape))
        insist(trajectories.judged("sgd", trajectories.Walk(start, np.stack(path), gradients), H))

    return part


def judged(answer: Any) -> Any:
    """What becomes of a student whose sgd is this."""
    part = row()
    check = part.criteria[0].checks[0]
    assert part.reference is not None
    return judge_property(check, Reference(sgd=answer), part.reference, lambda n: Draw(n, "rubric"))


def test_a_right_student_passes_and_a_wrong_one_hears_which_mistake_it_was() -> None:
    """The conclusion's mistake becomes the finding's, with its words; the blame is the student's."""
    wrong = judged(lambda w, g, _: w - g)

    assert judged(sgd).passed
    assert not wrong.passed
    assert wrong.blame is Blame.STUDENT
    assert wrong.mistake == "learning-rate-missing"


def test_answers_without_form_are_failures_too() -> None:
    """None and another shape end the question, with the student to act."""
    for answer in (lambda *_: None, lambda w, *_: np.zeros((2, 2)), lambda w, *_: w * np.nan):
        judgement = judged(answer)

        assert not judgement.passed
        assert judgement.blame is Blame.STUDENT
