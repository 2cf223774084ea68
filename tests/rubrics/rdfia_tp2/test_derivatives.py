"""Derivatives in prose: read in many notations, right and wrong ones told apart, the rest left to people."""

import pytest

from grading.assignments.rdfia_tp2.questions import AT_SCORES, FIRST_LAYER, LOSS, OUTPUT_LAYER
from grading.authoring.written import ForHuman, Right, Wrong


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (r"$\ell = -\sum_i y_i \tilde y_i + \log \sum_j e^{\tilde y_j}$", Right),
        (r"$$\ell = -\sum_{i=1}^{n_y} y_i \tilde{y}_i + \log\left(\sum_{j=1}^{n_y} e^{\tilde{y}_j}\right)$$", Right),
        (r"$-\sum_i y_i (\tilde y_i - \log \sum_j \exp(\tilde y_j))$", Right),
        (r"$\ell = \sum_i y_i \tilde y_i - \log \sum_j e^{\tilde y_j}$", Wrong),
        (r"$-\sum_i y_i \tilde y_i + \sum_j e^{\tilde y_j}$", Wrong),
        ("We substitute and simplify.", ForHuman),
    ],
)
def test_the_loss_in_terms_of_scores(answer: str, kind: type) -> None:
    """Question 14, sums written out."""
    assert isinstance(LOSS.judge(answer), kind), LOSS.judge(answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (r"$\hat y - y$", Right),
        (r"$\nabla_{\tilde y} \ell = \hat{y} - y$", Right),
        (
            r"$\frac{\partial \ell}{\partial \tilde y_i} = -y_i + \frac{e^{\tilde y_i}}{\sum_j e^{\tilde y_j}} = \hat y_i - y_i$",
            Right,
        ),
        ("yhat - y", Right),
        ("On trouve ŷ - y.", Right),
        ("the gradient is yhat_i - y_i for each i", Right),
        (r"$y - \hat y$", Wrong),
        (r"$\nabla_{\tilde y} \ell = y - \hat y$", Wrong),
        (r"$\nabla_{\tilde y} \ell$ follows", ForHuman),
        ("see my sheet", ForHuman),
    ],
)
def test_the_gradient_at_the_scores(answer: str, kind: type) -> None:
    """Question 15."""
    assert isinstance(AT_SCORES.judge(answer), kind), AT_SCORES.judge(answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (r"$\nabla_{W_y} \ell = (\hat y - y) h^\top$ and $\nabla_{b_y} \ell = \hat y - y$", Right),
        ("Wy: the outer product of yhat - y and h. by: yhat - y.", Right),
        (
            r"$\frac{\partial \ell}{\partial W_{y,ij}} = (\hat y_i - y_i) h_j$, $\frac{\partial \ell}{\partial b_{y,i}} = \hat y_i - y_i$",
            Right,
        ),
        (r"$\nabla_{W_y} = \nabla_{\tilde y}^T h$, $\nabla_{b_y} = \nabla_{\tilde y}$", Right),
        (r"$\nabla_{W_y} \ell = (\hat y - y) x^\top$ and $\nabla_{b_y} \ell = \hat y - y$", Wrong),
    ],
)
def test_the_gradients_of_the_output_layer(answer: str, kind: type) -> None:
    """Question 16."""
    assert isinstance(OUTPUT_LAYER.judge(answer), kind), OUTPUT_LAYER.judge(answer)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            r"At htilde: $W_y^\top(\hat y - y) \odot (1 - h^2)$. Wh: its outer product with x. bh: the vector itself.",
            Right,
        ),
        (
            (
                r"$\nabla_{\tilde h} \ell = (W_y^T \nabla_{\tilde y} \ell) \odot (1 - h^2)$, "
                r"$\nabla_{W_h} \ell = \nabla_{\tilde h} \ell \, x^T$, $\nabla_{b_h} \ell = \nabla_{\tilde h} \ell$"
            ),
            Right,
        ),
        (
            (
                r"$$\frac{\partial \ell}{\partial \tilde h_i} = (1 - h_i^2) \sum_j (\hat y_j - y_j) W^y_{j,i}$$"
                "\n\n"
                r"$$\frac{\partial \ell}{\partial W^h_{i,j}} = \frac{\partial \ell}{\partial \tilde h_i} x_j$$"
                "\n\n"
                r"$$\frac{\partial \ell}{\partial b^h_i} = \frac{\partial \ell}{\partial \tilde h_i}$$"
            ),
            Right,
        ),
        (
            (
                r"$(1 - \tanh^2(\tilde h)) \odot W_y^T(\hat y - y)$, $\nabla_{W_h} = \nabla_{\tilde h} x^T$, "
                r"$\nabla_{b_h} = \nabla_{\tilde h}$"
            ),
            Right,
        ),
        (
            "dhtilde = (Wy^T (yhat - y)) * (1 - h**2)\ndWh = dhtilde * x\ndbh = dhtilde",
            Right,
        ),
        (
            r"$\nabla_{\tilde h} = W_y^\top(\hat y - y) \odot (1 - \tilde h^2)$, then the outer product with x.",
            Wrong,
        ),
        (r"$W_y^\top(\hat y - y) \odot \frac{\tanh(\tilde h)}{\tilde h}$", Wrong),
        (r"$W_y^\top(\hat y - y) \odot (1 - h)$", Wrong),
        (r"$W_y^\top(y - \hat y) \odot (1 - h^2)$", Wrong),
        (r"$-W_y^\top(y - \hat y) \odot (1 - h^2)$ and $x$ outer", ForHuman),
        ("By the chain rule, as before.", ForHuman),
    ],
)
def test_the_gradients_of_the_first_layer(answer: str, kind: type) -> None:
    """Question 17, which carries points."""
    assert isinstance(FIRST_LAYER.judge(answer), kind), FIRST_LAYER.judge(answer)


def test_a_wrong_formula_is_told_in_the_statements_names() -> None:
    """The letters that stand for quantities while a formula is read are nobody's business."""
    verdict = FIRST_LAYER.judge(r"$W_y^\top(\hat y - y) \odot (1 - \tilde h^2)$")

    assert isinstance(verdict, Wrong)
    assert verdict.message.startswith("is read as Wy*(yhat - y)*(1 - htilde^2): the slope of tanh is 1 - h²")
