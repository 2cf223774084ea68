"""Notebook 1 written wrongly: the right sample with a mistake as students make it.

Each names the rows that must lose their points and the mistake that the report must name.
"""

from grading.authoring.patches import Patch

ACTIVATIONS, FORWARD, BACKWARD = "activation-functions", "forward-pass", "backward-pass"

Change = tuple[str, str]

SIGMOID = "return 1 / (1 + np.exp(-x))"
RELU = "return np.maximum(0, x)"
H1_R, H1_S = "hidden1 = relu(np.dot(X, W1) + b1)", "hidden1 = sigmoid(np.dot(X, W1) + b1)"
H2_R, H2_S = "hidden2 = relu(np.dot(hidden1, W2) + b2)", "hidden2 = sigmoid(np.dot(hidden1, W2) + b2)"
SCORES = "scores = np.dot(hidden2, W3) + b3"
D2_R = "dhidden2 = np.dot(dscores, W3.T)\n            dhidden2[hidden2 <= 0] = 0"
D1_R = "dhidden1 = np.dot(dhidden2, W2.T)\n            dhidden1[hidden1 <= 0] = 0"
D2_S = "dhidden2 = np.dot(dscores, W3.T) * sigmoid_grad(hidden2)"
D1_S = "dhidden1 = np.dot(dhidden2, W2.T) * sigmoid_grad(hidden1)"
GRAD = "return x * (1 - x)"
ONE_HOT, OVER_N = "dscores[range(num_examples), y] -= 1", "dscores /= num_examples"
PENALTY = "        dW3 += reg * W3\n        dW2 += reg * W2\n        dW1 += reg * W1\n"
STEP = """        W1 += -step_size * dW1
        b1 += -step_size * db1
        W2 += -step_size * dW2
        b2 += -step_size * db2
        W3 += -step_size * dW3
        b3 += -step_size * db3
"""
DB = tuple(f"db{i} = np.sum({d}, axis=0, keepdims=True)" for i, d in ((3, "dscores"), (2, "dhidden2"), (1, "dhidden1")))
RETURN = "return plot_array_1, plot_array_2, W1, W2, W3, b1, b2, b3"
LOOP = "for i in range(50000):"


def _a(name: str, new: str, mistake: str, old: str = SIGMOID) -> Patch:
    return Patch(name, ((old, new),), (ACTIVATIONS,), mistake)


def _f(name: str, mistake: str, *changes: Change) -> Patch:
    return Patch(name, changes, (FORWARD,), mistake)


def _b(name: str, mistake: str, *changes: Change) -> Patch:
    return Patch(name, changes, (BACKWARD,), mistake)


WRONG: tuple[Patch, ...] = (
    # -- activation functions
    _a("sigmoid: sign of the exponent", "return 1 / (1 + np.exp(x))", "sigmoid-sign"),
    _a("sigmoid: slope instead", "s = 1 / (1 + np.exp(-x))\n    return s * (1 - s)", "sigmoid-gradient-instead"),
    _a("sigmoid: tanh", "return np.tanh(x)", "sigmoid-is-tanh"),
    _a("sigmoid: parentheses", "return 1 / 1 + np.exp(-x)", "sigmoid-parentheses"),
    _a("sigmoid: missing one", "return 1 / np.exp(-x)", "sigmoid-missing-one"),
    Patch(
        "sigmoid: minus",
        ((SIGMOID, "return 1 / (1 - np.exp(-x))"),),
        (ACTIVATIONS,),
        "sigmoid-minus",
        may_lose=(FORWARD, BACKWARD),
    ),
    _a("sigmoid: softmax", "return np.exp(x) / np.sum(np.exp(x))", "sigmoid-softmax"),
    _a(
        "sigmoid: softmax of rows",
        "return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)",
        "sigmoid-softmax-rows",
    ),
    _a("sigmoid: step", "return np.where(x >= 0, 1.0, 0.0)", "sigmoid-hard-step"),
    _a("sigmoid: power of two", "return 1 / (1 + 2.0 ** -x)", "sigmoid-base-two"),
    Patch(
        "sigmoid: for one number only",
        ((SIGMOID, "import math\n    return 1 / (1 + math.exp(-x))"),),
        (ACTIVATIONS, FORWARD, BACKWARD),
        "not-elementwise",
    ),
    _a("relu: mask", "return (x > 0) * 1.0", "relu-mask", RELU),
    _a("relu: leaky", "return np.where(x > 0, x, 0.01 * x)", "relu-leaky", RELU),
    _a("relu: absolute value", "return np.abs(x)", "relu-absolute", RELU),
    _a("relu: minimum", "return np.minimum(0, x)", "relu-minimum", RELU),
    _a("relu: ceiling at one", "return np.clip(x, 0, 1)", "relu-clipped-at-one", RELU),
    _a("relu: identity", "return x + 0.0", "relu-identity", RELU),
    _a("relu: integers", "return np.maximum(0, x).astype(int)", "relu-integers", RELU),
    _a("relu: softplus", "return np.log(1 + np.exp(x))", "relu-softplus", RELU),
    _a("relu: floor at one", "return np.maximum(1, x)", "relu-floor-one", RELU),
    Patch(
        "relu: one number for the array",
        ((RELU, "return np.max(x)"),),
        (ACTIVATIONS, FORWARD, BACKWARD),
        "relu-whole-array",
    ),
    Patch("relu: Python's max", ((RELU, "return max(0, x)"),), (ACTIVATIONS, FORWARD, BACKWARD), "not-elementwise"),
    Patch(
        "relu: if for one number",
        ((RELU, "if x > 0:\n        return x\n    return 0"),),
        (ACTIVATIONS, FORWARD, BACKWARD),
        "not-elementwise",
    ),
    # -- forward pass; the backward pass is right for it
    _f(
        "forward: no b1",
        "forward-missing-b1",
        (H1_R, "hidden1 = relu(np.dot(X, W1))"),
        (H1_S, "hidden1 = sigmoid(np.dot(X, W1))"),
    ),
    _f(
        "forward: no b2",
        "forward-missing-b2",
        (H2_R, "hidden2 = relu(np.dot(hidden1, W2))"),
        (H2_S, "hidden2 = sigmoid(np.dot(hidden1, W2))"),
    ),
    _f("forward: no b3", "forward-missing-b3", (SCORES, "scores = np.dot(hidden2, W3)")),
    _f(
        "forward: no biases",
        "forward-missing-biases",
        (SCORES, "scores = np.dot(hidden2, W3)"),
        ("np.dot(X, W1) + b1)\n            hidden2", "np.dot(X, W1))\n            hidden2"),
        ("np.dot(hidden1, W2) + b2)", "np.dot(hidden1, W2))"),
    ),
    _f(
        "forward: linear first layer",
        "forward-no-activation-layer-1",
        (H1_R, "hidden1 = np.dot(X, W1) + b1"),
        (H1_S, "hidden1 = np.dot(X, W1) + b1"),
    ),
    _f(
        "forward: linear second layer",
        "forward-no-activation-layer-2",
        (H2_R, "hidden2 = np.dot(hidden1, W2) + b2"),
        (H2_S, "hidden2 = np.dot(hidden1, W2) + b2"),
    ),
    _f(
        "forward: linear second layer, its slope as well",
        "forward-no-activation-layer-2",
        (H2_R, "hidden2 = np.dot(hidden1, W2) + b2"),
        (H2_S, "hidden2 = np.dot(hidden1, W2) + b2"),
        (D2_R, "dhidden2 = np.dot(dscores, W3.T)"),
        (D2_S, "dhidden2 = np.dot(dscores, W3.T)"),
    ),
    _f(
        "forward: bias outside",
        "forward-bias-outside",
        (H1_R, "hidden1 = relu(np.dot(X, W1)) + b1"),
        (H1_S, "hidden1 = sigmoid(np.dot(X, W1)) + b1"),
        (H2_R, "hidden2 = relu(np.dot(hidden1, W2)) + b2"),
        (H2_S, "hidden2 = sigmoid(np.dot(hidden1, W2)) + b2"),
    ),
    _f(
        "forward: always sigmoid",
        "forward-other-activation",
        (H1_R, H1_S),
        (H2_R, H2_S),
    ),
    _f("forward: sigmoid then relu", "forward-mixed-activations-layer-2", (H2_S, H2_R)),
    _f(
        "forward: activation on the scores",
        "forward-activation-on-scores",
        (SCORES + "\n        elif", "scores = relu(np.dot(hidden2, W3) + b3)\n        elif"),
        (SCORES + "\n\n", "scores = sigmoid(np.dot(hidden2, W3) + b3)\n\n"),
    ),
    # -- backward pass
    _b("backward: no 1/N", "missing-one-over-n", (OVER_N, "pass")),
    _b("backward: no one-hot", "missing-one-hot", (ONE_HOT, "pass")),
    _b("backward: sign of the scores", "scores-gradient-sign", (OVER_N, "dscores /= -num_examples")),
    _b(
        "backward: softmax over the examples",
        "softmax-over-examples",
        ("np.sum(exp_scores, axis=1, keepdims=True)", "np.sum(exp_scores, axis=0, keepdims=True)"),
    ),
    _b("backward: no regularization", "missing-regularization", (PENALTY, "")),
    _b("backward: W1 not regularized", "missing-regularization-w1", ("        dW1 += reg * W1\n", "")),
    _b("backward: W2 not regularized", "missing-regularization-w2", ("        dW2 += reg * W2\n", "")),
    _b("backward: W3 not regularized", "missing-regularization-w3", ("        dW3 += reg * W3\n", "")),
    _b("backward: 2 reg", "regularization-doubled", ("+= reg * W", "+= 2 * reg * W")),
    _b("backward: half reg", "regularization-halved", ("+= reg * W", "+= 0.5 * reg * W")),
    _b("backward: reg subtracted", "regularization-subtracted", ("+= reg * W", "-= reg * W")),
    _b("backward: W without reg", "regularization-without-reg", ("+= reg * W", "+= W")),
    _b(
        "backward: biases regularized",
        "biases-regularized",
        (PENALTY, PENALTY + "        db1 += reg * b1\n        db2 += reg * b2\n        db3 += reg * b3\n"),
    ),
    _b(
        "backward: no slope in layer 1, sigmoid",
        "missing-activation-derivative-layer-1",
        (D1_S, "dhidden1 = np.dot(dhidden2, W2.T)"),
    ),
    _b(
        "backward: no slope in layer 2, sigmoid",
        "missing-activation-derivative-layer-2",
        (D2_S, "dhidden2 = np.dot(dscores, W3.T)"),
    ),
    _b(
        "backward: no slope, sigmoid",
        "missing-activation-derivative",
        (D2_S, "dhidden2 = np.dot(dscores, W3.T)"),
        (D1_S, "dhidden1 = np.dot(dhidden2, W2.T)"),
    ),
    _b(
        "backward: no mask in layer 1, relu",
        "missing-activation-derivative-layer-1",
        (D1_R, "dhidden1 = np.dot(dhidden2, W2.T)"),
    ),
    _b(
        "backward: mask with <, relu",
        "missing-activation-derivative",
        ("hidden2 <= 0", "hidden2 < 0"),
        ("hidden1 <= 0", "hidden1 < 0"),
    ),
    _b(
        "backward: mask inverted",
        "relu-mask-inverted",
        ("hidden2 <= 0", "hidden2 > 0"),
        ("hidden1 <= 0", "hidden1 > 0"),
    ),
    _b(
        "backward: mask on the gradient",
        "relu-mask-on-the-gradient",
        ("[hidden2 <= 0]", "[dhidden2 <= 0]"),
        ("[hidden1 <= 0]", "[dhidden1 <= 0]"),
    ),
    _b(
        "backward: slope of the input",
        "sigmoid-grad-of-the-input",
        (D2_S, "dhidden2 = np.dot(dscores, W3.T) * sigmoid_grad(np.dot(hidden1, W2) + b2)"),
        (D1_S, "dhidden1 = np.dot(dhidden2, W2.T) * sigmoid_grad(np.dot(X, W1) + b1)"),
    ),
    _b("backward: sigmoid twice", "sigmoid-twice-in-gradient", (GRAD, "return sigmoid(x) * (1 - sigmoid(x))")),
    _b("backward: slope of tanh", "tanh-slope", (GRAD, "return 1 - x ** 2")),
    _b("backward: half a slope", "sigmoid-slope-incomplete", (GRAD, "return 1 - x")),
    _b("backward: sign of the slope", "slope-sign", (GRAD, "return x * (x - 1)")),
    _b(
        "backward: slope not passed on",
        "activation-derivative-not-passed-on",
        (D1_S, "dhidden1 = np.dot(np.dot(dscores, W3.T), W2.T) * sigmoid_grad(hidden1)"),
    ),
    _b(
        "backward: relu mask for both",
        "missing-activation-derivative",
        (D2_S, "dhidden2 = np.dot(dscores, W3.T) * (hidden2 > 0)"),
        (D1_S, "dhidden1 = np.dot(dhidden2, W2.T) * (hidden1 > 0)"),
    ),
    _b("backward: db as a mean", "bias-gradient-mean", *((line, line.replace("np.sum", "np.mean")) for line in DB)),
    _b(
        "backward: db of everything",
        "bias-gradient-of-everything",
        *((line, line.replace(", axis=0, keepdims=True", "")) for line in DB),
    ),
    _b(
        "backward: db not summed",
        "bias-gradient-not-summed",
        (DB[0], "db3 = dscores"),
        (DB[1], "db2 = dhidden2"),
        (DB[2], "db1 = dhidden1"),
        *((f"b{i} += -step_size * db{i}", f"b{i} = b{i} - step_size * db{i}") for i in (1, 2, 3)),
    ),
    _b(
        "backward: dW divided again",
        "weight-gradient-divided-again",
        (
            "        dW3 += reg",
            "        dW1, dW2, dW3 = dW1 / num_examples, dW2 / num_examples, dW3 / num_examples\n        dW3 += reg",
        ),
    ),
    _b("backward: ascent", "ascent", ("+= -step_size", "+= step_size")),
    _b("backward: step size ignored", "step-size-ignored", ("+= -step_size * ", "+= -")),
    _b("backward: step size 0.1", "step-size-hard-coded", ("+= -step_size * ", "+= -1e-1 * ")),
    _b(
        "backward: biases stay",
        "biases-not-updated",
        *((f"        b{i} += -step_size * db{i}\n", "") for i in (1, 2, 3)),
    ),
    _b(
        "backward: last layer only",
        "only-last-layer-updated",
        *((f"        {p}{i} += -step_size * d{p}{i}\n", "") for i in (1, 2) for p in "Wb"),
    ),
    _b(
        "backward: first layer stays",
        "first-layer-not-updated",
        *((f"        {p}1 += -step_size * d{p}1\n", "") for p in "Wb"),
    ),
    _b("backward: nothing moves", "nothing-updated", (STEP, "")),
    _b(
        "backward: W3 updated first",
        "updated-before-propagating",
        (DB[0] + "\n", DB[0] + "\n        dW3 += reg * W3\n        W3 = W3 - step_size * dW3\n"),
        ("        dW3 += reg * W3\n        dW2", "        dW2"),
        ("        W3 += -step_size * dW3\n", ""),
    ),
    _b("backward: return inside the loop", "stops-after-one-step", (STEP, STEP + f"        {RETURN}\n")),
    _b("backward: missing transpose", "", (D1_S, "dhidden1 = np.dot(dhidden2, W2) * sigmoid_grad(hidden1)")),
)
"""Notebooks with one mistake each."""
