"""Notebook 1 written rightly in clearly different ways: none of them may lose a point."""

from grading.assignments.cmpsc497_hw2.patches_vanishing_gradient import (
    D1_R,
    D1_S,
    D2_R,
    D2_S,
    DB,
    GRAD,
    H1_R,
    H1_S,
    H2_R,
    H2_S,
    LOOP,
    ONE_HOT,
    PENALTY,
    RELU,
    RETURN,
    SCORES,
    SIGMOID,
    Change,
)
from grading.authoring.patches import Patch

_CHANGES: dict[str, tuple[Change, ...]] = {
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

RIGHT = tuple(Patch(name, changes) for name, changes in _CHANGES.items())
