"""Notebook 1 written wrongly and written differently: patches of the right sample.

`WRONG` are known mistakes as students make them, with the rows that must lose their points and the name that must be given.
`RIGHT` are clearly different ways to be right.
"""

from dataclasses import dataclass

ACTIVATIONS, FORWARD, BACKWARD = "activation-functions", "forward-pass", "backward-pass"

Patch = tuple[str, str]


@dataclass(frozen=True)
class Wrong:
    """A notebook with one mistake.

    Attributes:
        name: of this notebook.
        patches: old → new in the right sample.
        loses: rows that must lose their points; the others keep them.
        mistake: id that must be named in one of these rows, or "" where the exception says it all.
        may_lose: rows that depend on the draw: the wrong function has a pole, and near it the training overflows.
    """

    name: str
    patches: tuple[Patch, ...]
    loses: tuple[str, ...]
    mistake: str
    may_lose: tuple[str, ...] = ()


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


def _a(name: str, new: str, mistake: str, old: str = SIGMOID) -> Wrong:
    return Wrong(name, ((old, new),), (ACTIVATIONS,), mistake)


def _f(name: str, mistake: str, *patches: Patch) -> Wrong:
    return Wrong(name, patches, (FORWARD,), mistake)


def _b(name: str, mistake: str, *patches: Patch) -> Wrong:
    return Wrong(name, patches, (BACKWARD,), mistake)


WRONG: tuple[Wrong, ...] = (
    # -- activation functions
    _a("sigmoid: sign of the exponent", "return 1 / (1 + np.exp(x))", "sigmoid-sign"),
    _a("sigmoid: slope instead", "s = 1 / (1 + np.exp(-x))\n    return s * (1 - s)", "sigmoid-gradient-instead"),
    _a("sigmoid: tanh", "return np.tanh(x)", "sigmoid-is-tanh"),
    _a("sigmoid: parentheses", "return 1 / 1 + np.exp(-x)", "sigmoid-parentheses"),
    _a("sigmoid: missing one", "return 1 / np.exp(-x)", "sigmoid-missing-one"),
    Wrong(
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
    Wrong(
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
    Wrong(
        "relu: one number for the array",
        ((RELU, "return np.max(x)"),),
        (ACTIVATIONS, FORWARD, BACKWARD),
        "relu-whole-array",
    ),
    Wrong("relu: Python's max", ((RELU, "return max(0, x)"),), (ACTIVATIONS, FORWARD, BACKWARD), "not-elementwise"),
    Wrong(
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


RIGHT: dict[str, tuple[Patch, ...]] = {
    "stable sigmoid with where": (
        (
            SIGMOID,
            "return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))",
        ),
    ),
    "sigmoid as exp(x) / (1 + exp(x))": ((SIGMOID, "return np.exp(x) / (1 + np.exp(x))"),),
    "sigmoid through tanh": ((SIGMOID, "return 0.5 * (1 + np.tanh(0.5 * x))"),),
    "lambdas": (
        (
            'def sigmoid(x):\n    """The logistic function of every entry of x."""\n    ' + SIGMOID,
            "sigmoid = lambda x: 1.0 / (1.0 + np.exp(-x))",
        ),
        (
            'def relu(x):\n    """The larger of 0 and x, for every entry of x."""\n    ' + RELU,
            "relu = lambda z: z * (z > 0)",
        ),
    ),
    "capitalised names": (
        ("relu(", "ReLU("),
        ("f = relu", "f = ReLU"),
        ("plot_boundary(relu", "plot_boundary(ReLU"),
        ("sigmoid(", "Sigmoid("),
        ("else sigmoid", "else Sigmoid"),
        ("plot_boundary(sigmoid", "plot_boundary(Sigmoid"),
    ),
    "relu with where": ((RELU, "return np.where(x > 0, x, 0)"),),
    "relu on a copy": ((RELU, "out = x.copy()\n    out[out < 0] = 0\n    return out"),),
    "relu as half of x + |x|": ((RELU, "return (x + np.abs(x)) / 2"),),
    "relu in place": ((RELU, "x[x < 0] = 0\n    return x"),),
    "matrix operator": (
        ("np.dot(X, W1) + b1)\n            hidden2", "X @ W1 + b1)\n            hidden2"),
        ("np.dot(hidden1, W2)", "(hidden1 @ W2)"),
        ("np.dot(hidden2.T, dscores)", "hidden2.T @ dscores"),
    ),
    "other local names": (
        ("hidden1", "a_one"),
        ("hidden2", "a_two"),
        ("scores", "logits"),
        ("probs", "p"),
        ("loss", "cost"),
    ),
    "mask as a product": (
        (D2_R, "dhidden2 = np.dot(dscores, W3.T) * (hidden2 > 0)"),
        (D1_R, "dhidden1 = (dhidden2 @ W2.T) * np.where(hidden1 > 0, 1.0, 0.0)"),
    ),
    "slope written out": (
        (D2_S, "dhidden2 = (dscores @ W3.T) * hidden2 * (1 - hidden2)"),
        (D1_S, "dhidden1 = (dhidden2 @ W2.T) * (hidden1 - hidden1 ** 2)"),
    ),
    "slope of the pre-activation": (
        (GRAD, "s = 1 / (1 + np.exp(-x))\n    return s * (1 - s)"),
        (D2_S, "dhidden2 = np.dot(dscores, W3.T) * sigmoid_grad(np.dot(hidden1, W2) + b2)"),
        (D1_S, "dhidden1 = np.dot(dhidden2, W2.T) * sigmoid_grad(np.dot(X, W1) + b1)"),
    ),
    "regularization in the step": (
        (PENALTY, ""),
        *((f"W{i} += -step_size * dW{i}", f"W{i} -= step_size * (dW{i} + reg * W{i})") for i in (1, 2, 3)),
    ),
    "new arrays instead of in place": tuple(
        (f"{p}{i} += -step_size * d{p}{i}", f"{p}{i} = {p}{i} - step_size * d{p}{i}") for i in (1, 2, 3) for p in "Wb"
    ),
    "biases without keepdims": tuple((line, line.replace(", keepdims=True", "")) for line in DB),
    "biases as products with ones": (
        (DB[0], "db3 = np.ones((1, num_examples)) @ dscores"),
        (DB[1], "db2 = dhidden2.sum(0)[None]"),
    ),
    "stable softmax": (
        ("exp_scores = np.exp(scores)", "exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))"),
    ),
    "one-hot labels": (("dscores = probs.copy()", "dscores = probs - np.eye(probs.shape[1])[y]"), (ONE_HOT, "pass")),
    "probs overwritten": (("dscores = probs.copy()", "dscores = probs"),),
    "loss and its gradient as sums over N": (
        (
            "data_loss = np.mean(-np.log(probs[range(num_examples), y]))",
            "data_loss = -np.sum(np.log(probs[range(num_examples), y])) / num_examples",
        ),
    ),
    "while loop": ((LOOP, "i = -1\n    while i < 50000 - 1:\n        i += 1"),),
    "Python 2's xrange": ((LOOP, "for i in xrange(50000):"),),
    "progress bar": ((LOOP, "from tqdm import tqdm\n    for i in tqdm(range(50000), disable=True):"),),
    "count as a keyword": (
        ("model, step_size, reg):", "model, step_size, reg, num_iters=50000):"),
        (LOOP, "for i in range(num_iters):"),
    ),
    "own forward function": (
        (
            "def three_layer_net",
            "def forward(f, X, W1, b1, W2, b2, W3, b3):\n    h1 = f(X @ W1 + b1)\n    h2 = f(h1 @ W2 + b2)\n    return h1, h2, h2 @ W3 + b3\n\n\ndef three_layer_net",
        ),
        (H1_R, "hidden1, hidden2, scores = forward(relu, X, W1, b1, W2, b2, W3, b3)"),
        (H1_S, "hidden1, hidden2, scores = forward(sigmoid, X, W1, b1, W2, b2, W3, b3)"),
        ("            " + H2_R + "\n            " + SCORES + "\n", ""),
        ("            " + H2_S + "\n            " + SCORES + "\n", ""),
    ),
    "accuracy overwrites the layers": (
        (
            "out = np.dot(f(np.dot(f(np.dot(X, W1) + b1), W2) + b2), W3) + b3",
            "hidden1 = f(np.dot(X, W1) + b1)\n    hidden2 = f(np.dot(hidden1, W2) + b2)\n    scores = np.dot(hidden2, W3) + b3\n    out = scores",
        ),
    ),
    "sizes from global variables": (("num_examples = X.shape[0]", "num_examples = N * K"),),
    "returns a dictionary": (
        (
            RETURN,
            'return {"W1": W1, "W2": W2, "W3": W3, "b1": b1, "b2": b2, "b3": b3, "plots": (plot_array_1, plot_array_2)}',
        ),
    ),
    "returns without the plots": ((RETURN, "return W1, b1, W2, b2, W3, b3"),),
    "writes into the model": (
        (RETURN, "model.update(W1=W1, W2=W2, W3=W3, b1=b1, b2=b2, b3=b3)\n    return plot_array_1, plot_array_2"),
    ),
    "gradients in a dictionary": (
        (
            "        # Gradient descent",
            '        grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}\n        # Gradient descent',
        ),
        ("-step_size * dW2", '-step_size * grads["W2"]'),
    ),
    "single precision inside": (
        (
            "hidden2 = sigmoid(np.dot(hidden1, W2) + b2)",
            "hidden2 = sigmoid(np.dot(hidden1, W2) + b2).astype(np.float32).astype(np.float64)",
        ),
    ),
    "unknown names for the activations": (
        ("relu(", "act_b("),
        ("f = relu", "f = act_b"),
        ("sigmoid(", "act_a("),
        ("else sigmoid", "else act_a"),
    ),
    "unknown name for the network": (("def three_layer_net", "def my_training"), ("three_layer_net(", "my_training(")),
    "count as a required argument": (
        ("model, step_size, reg):", "model, step_size, reg, num_iters):"),
        (LOOP, "for i in range(num_iters):"),
    ),
    "count as a required argument in between": (
        ("X, y, model, step_size, reg):", "X, y, model, epochs, step_size, reg):"),
        (LOOP, "for i in range(epochs):"),
    ),
    "short loop": ((LOOP, "for i in range(250):"),),
    "as many iterations as points": ((LOOP, "for i in range(300):"),),
    "range from one": ((LOOP, "for i in range(1, 50001):"),),
    "while loop from one": ((LOOP, "i = 0\n    while i < 50000:\n        i += 1"),),
    "while loop over an argument": (
        ("model, step_size, reg):", "model, step_size, reg, iters=50000):"),
        (LOOP, "i = -1\n    while i + 1 < iters:\n        i += 1"),
    ),
    "short while loop": ((LOOP, "i = -1\n    while i < 199:\n        i += 1"),),
    "array of numbers": ((LOOP, "for i in np.arange(1, 50001):"),),
    "arguments in another order": (
        (
            "three_layer_net(NONLINEARITY, X, y, model, step_size, reg)",
            "three_layer_net(X, y, model, NONLINEARITY, reg, step_size)",
        ),
    ),
    "weights as arguments of their own": (
        (
            "three_layer_net(NONLINEARITY, X, y, model, step_size, reg)",
            "three_layer_net(NONLINEARITY, X, y, W1, b1, W2, b2, W3, b3, step_size, reg)",
        ),
        ('    W1, W2, W3 = model["W1"], model["W2"], model["W3"]\n', ""),
        ('    b1, b2, b3 = model["b1"], model["b2"], model["b3"]\n', ""),
    ),
    "count under a short name": (
        ("model, step_size, reg):", "model, step_size, reg, T):"),
        (LOOP, "for i in range(T):"),
    ),
    "branch by if and else": (('elif NONLINEARITY == "SIGM":', "else:"),),
}
"""Clearly different ways to be right."""
