"""Known submissions: the right sample with some of its text replaced.

`chainrule assignment validate` hands each in. A wrong one must lose its rows and no other, and its mistake be named; a
right one must keep every point. Those of the network that only change one formula are rehearsed without a box, beside
the rubric's checks; here stand those that a program makes.
"""

from grading.authoring.patches import Patch, Patches

# -- the right sample's lines ---------------------------------------------------------------------------------

NUMBERS = "mean, std = 33.55, 78.88"
NORMAL = "X = (X - mean) / std"
ONES = "X = np.append(X, np.ones((X.shape[0], 1)), axis=1)"
LOSS = "return -np.mean(np.sum(targets * np.log(outputs), axis=1))"
ENCODE = "encoded[np.arange(Y.shape[0]), Y[:, 0].astype(int)] = 1"
GAUSS = "w = np.random.normal(0, 1 / np.sqrt(size), (size, neurons))"
UNIFORM = "w = np.random.uniform(-1, 1, (size, neurons))"
LOGITS = "logits = self.activations[-1] @ self.ws[-1]"
SOFTMAX = "return e / e.sum(axis=1, keepdims=True)"
SIGMOID = "return 1 / (1 + np.exp(-z))"
SLOPE = "return a * (1 - a)"
IMPROVED = "return 1.7159 * np.tanh(2 / 3 * z)"
STEEP = "return 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2)"
RELU = "return np.maximum(z, 0)"
MASK = "return (z > 0) * 1.0"
DELTA = "delta = outputs - targets"
GRAD = "self.grads[layer] = self.activations[layer].T @ delta / batch"
BACK = "delta = (delta @ self.ws[layer].T) * self.hidden_slope(self.zs[layer - 1])"
FLAG = "if self.use_improved_sigmoid:"
SIZE = "size = neurons"
ENTERS = "self.activations.append(self.hidden(z))"

STEP = "self.model.ws[layer] = self.model.ws[layer] - self.learning_rate * grad"
VELOCITY = "grad = grad + self.momentum_gamma * self.previous_grads[layer]"
KEPT = "self.previous_grads[layer] = grad"
USED = "if self.use_momentum:"
ACCURACY = "return np.mean(np.argmax(outputs, axis=1) == np.argmax(targets, axis=1))"
PASSED = "self.model.backward(X_batch, outputs, Y_batch)"

# -- rows -----------------------------------------------------------------------------------------------------

A, B, START, INIT, SIGM, DEEP, RECTIFIED = (
    "task-2a", "task-2b", "task-2c-start", "task-3a", "task-3b", "task-4c", "task-4f",
)  # fmt: skip
TRAIN, MOMENTUM, NARROW, WIDE, TEN, TRAINED_RELU = (
    "task-2c-training", "task-3c", "task-4a-training", "task-4b-training", "task-4e-training", "task-4f-training",
)  # fmt: skip
TRAINED = (NARROW, WIDE, TEN, TRAINED_RELU)


def _wrong(name: str, old: str, new: str, *loses: str, named: str = "", may_lose: tuple[str, ...] = ()) -> Patch:
    return Patch(name, ((old, new),), loses, named, may_lose)


_PREPROCESSING = [
    _wrong("statistics of each array", NUMBERS, "mean, std = X.mean(), X.std()", A, named="statistics-of-each-array"),
    _wrong("statistics of each pixel", NUMBERS, "mean, std = X.mean(axis=0), X.std(axis=0) + 1e-8", A,
           named="per-pixel-statistics"),
    _wrong("statistics of each image", NUMBERS, "mean, std = X.mean(axis=1)[:, None], X.std(axis=1)[:, None]", A,
           named="per-image-statistics"),
    _wrong("divided by 255", NORMAL, "X = X / 255", A, named="divided-by-255"),
    _wrong("brought to -1 … 1", NORMAL, "X = X / 127.5 - 1", A, named="scaled-to-one"),
    _wrong("not normalised", NORMAL, "X = X.astype(float)", A, named="pixels-unchanged"),
    _wrong("no mean", NORMAL, "X = X / std", A, named="mean-not-subtracted"),
    _wrong("no deviation", NORMAL, "X = X - mean", A, named="std-not-divided"),
    _wrong("variance", NORMAL, "X = (X - mean) / std ** 2", A, named="divided-by-variance"),
    _wrong("no brackets", NORMAL, "X = X - mean / std", A, named="mean-without-brackets"),
    _wrong("wrapped bytes", NORMAL, "X = (X - np.uint8(33)) / std", A, named="bytes-wrap-around"),
    _wrong("no ones", ONES, "X = X + 0", A, named="bias-missing"),
    _wrong("zeros for ones", "np.ones((X.shape[0], 1))", "np.zeros((X.shape[0], 1))", A, named="bias-zeros"),
    Patch("ones before the pixels are normalised", ((ONES, "pass"), (NORMAL, f"{ONES}\n    {NORMAL}")), (A,),
          "bias-normalised"),
    _wrong("ones in the middle", ONES, "X = np.insert(X, 392, 1.0, axis=1)", A, named="bias-misplaced"),
    _wrong("mean for deviation", NUMBERS, "mean, std = 78.88, 33.55", A, named="mean-and-std-exchanged"),
    _wrong("divided by 255 first", NORMAL, "X = (X / 255 - mean) / std", A, named="scaled-before-statistics"),
]  # fmt: skip

_LOSSES = [
    _wrong("softmax of probabilities", LOSS, "p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)\n    "
           "return -np.mean(np.sum(targets * np.log(p), axis=1))", A, named="loss-softmax-inside"),
    _wrong("summed loss", LOSS, "return -np.sum(targets * np.log(outputs))", A, named="sum-instead-of-mean"),
    _wrong("mean over classes too", LOSS, "return -np.mean(targets * np.log(outputs))", A,
           named="mean-over-classes"),
    _wrong("loss of each row", LOSS, "return -np.sum(targets * np.log(outputs), axis=1)", A, named="loss-vector"),
    _wrong("loss of each class", LOSS, "return -np.sum(targets * np.log(outputs), axis=0)", A, named="loss-by-class"),
    _wrong("no minus", LOSS, LOSS.replace("-np.mean", "np.mean"), A, named="cross-entropy-sign"),
    _wrong("binary loss", LOSS, "return -np.mean(np.sum(targets * np.log(outputs) + (1 - targets) * "
           "np.log(1 - outputs), axis=1))", A, named="binary-cross-entropy"),
    _wrong("binary loss, mean", LOSS, "return -np.mean(targets * np.log(outputs) + (1 - targets) * "
           "np.log(1 - outputs))", A, named="binary-cross-entropy"),
    _wrong("base 2", "np.log(outputs), axis=1", "np.log2(outputs), axis=1", A, named="loss-other-base"),
    _wrong("labels off by one", ENCODE, ENCODE.replace("astype(int)", "astype(int) - 1"), A, named="one-hot-off-by-one"),
    _wrong("transposed labels", "return encoded", "return encoded.T", A, named="one-hot-transposed"),
    _wrong("no labels", ENCODE, "pass", A, named="one-hot-zeros"),
]  # fmt: skip

_ALL = (SIGM, DEEP, RECTIFIED)
_FORWARD = [
    _wrong("softmax over the batch", SOFTMAX, "return e / e.sum(axis=0, keepdims=True)", B, named="softmax-wrong-axis"),
    _wrong("softmax over everything", SOFTMAX, "return e / e.sum()", B, named="softmax-whole-array"),
    _wrong("no division", SOFTMAX, "return e", B, named="softmax-not-normalised"),
    _wrong("sigmoid outputs", SOFTMAX, "return 1 / (1 + np.exp(-logits))", B, named="sigmoid-outputs"),
    _wrong("logits", SOFTMAX, "return logits", B, named="logits-returned"),
    _wrong("softmax twice", SOFTMAX, "p = e / e.sum(axis=1, keepdims=True)\n        return np.exp(p) / "
           "np.exp(p).sum(axis=1, keepdims=True)", B, named="softmax-twice"),
    _wrong("rising exponent", SIGMOID, "return 1 / (1 + np.exp(z))", B, named="hidden-sigmoid-sign", may_lose=(DEEP,)),
    _wrong("tanh for sigmoid", SIGMOID, "return np.tanh(z)", B, named="hidden-tanh", may_lose=(DEEP,)),
    _wrong("no activation", SIGMOID, "return z", B, named="hidden-activation-missing", may_lose=(DEEP,)),
    _wrong("forward raises", LOGITS, "logits = self.activations[-1] @ self.ws[-1].T", B, *_ALL),
]  # fmt: skip

_BACKWARD = [
    _wrong("no mean", GRAD, GRAD.removesuffix(" / batch"), B, named="gradient-sum"),
    _wrong("mean twice", GRAD, f"{GRAD} / batch", B, named="gradient-mean-twice"),
    _wrong("mean in the first layer missing", GRAD, f"{GRAD} * (batch if layer == 0 else 1)", B,
           named="gradient-sum-first-layer", may_lose=_ALL),
    _wrong("sign", DELTA, "delta = targets - outputs", B, named="gradient-sign"),
    _wrong("twice", DELTA, "delta = 2 * (outputs - targets)", B, named="gradient-doubled"),
    _wrong("slope of softmax", DELTA, "delta = (outputs - targets) * outputs * (1 - outputs)", B,
           named="delta-times-softmax-slope"),
    _wrong("outputs for delta", DELTA, "delta = outputs", B, named="delta-is-outputs"),
    _wrong("no slope", SLOPE, "return np.ones_like(a)", B, named="slope-missing"),
    _wrong("activation for slope", SLOPE, "return a", B, named="slope-is-activation"),
    _wrong("one minus", SLOPE, "return 1 - a", B, named="slope-one-minus"),
    _wrong("slope of tanh", SLOPE, "return 1 - a ** 2", B, named="slope-of-tanh"),
    _wrong("slope at the pre-activation", SLOPE, "return z * (1 - z)", B, named="slope-from-pre-activation"),
    _wrong("slope sign", SLOPE, "return -a * (1 - a)", B, named="slope-sign"),
    _wrong("transposed weights missing", BACK, BACK.replace("self.ws[layer].T", "self.ws[layer]"), B, *_ALL),
    _wrong("gradients never kept", GRAD, "self.grads[layer] = np.zeros_like(self.ws[layer])", B, *_ALL),
]  # fmt: skip

_STARTS = [
    _wrong("zeros", UNIFORM, "w = np.zeros((size, neurons))", START, named="zeros-left"),
    _wrong("uniform on 0 … 1", UNIFORM, "w = np.random.rand(size, neurons)", START, named="uniform-zero-to-one"),
    _wrong("normal", UNIFORM, "w = np.random.randn(size, neurons)", START, named="std-one-normal"),
    _wrong("zeros, improved", GAUSS, "w = np.zeros((size, neurons))", INIT, named="zeros-left"),
    _wrong("no root", GAUSS, GAUSS.replace("np.sqrt(size)", "size"), INIT, named="one-over-fan-in"),
    _wrong("fan out", GAUSS, GAUSS.replace("np.sqrt(size)", "np.sqrt(neurons)"), INIT, named="fan-out-for-fan-in"),
    _wrong("deviation 1", GAUSS, "w = np.random.normal(0, 1, (size, neurons))", INIT, named="std-one"),
    _wrong("Xavier", GAUSS, GAUSS.replace("1 / np.sqrt(size)", "np.sqrt(2 / (size + neurons))"), INIT,
           named="xavier-instead"),
    _wrong("He", GAUSS, GAUSS.replace("1 / np.sqrt(size)", "np.sqrt(2 / size)"), INIT, named="kaiming-instead"),
    _wrong("uniform instead", GAUSS, UNIFORM, INIT, named="uniform-one"),
    _wrong("Xavier, uniform", GAUSS, "w = np.random.uniform(-1, 1, (size, neurons)) * np.sqrt(6 / (size + neurons))",
           INIT, named="xavier-other-shape"),
    _wrong("flag not looked at", "if use_improved_weight_init:", "if False:", INIT, named="uniform-one"),
    _wrong("first layer only", GAUSS, f"{GAUSS} * (size == self.I)", INIT, named="only-some-layers"),
]  # fmt: skip

_IMPROVED = [
    # Alone it costs this row only; beside a wrong backward pass the deeper network is not told from another's.
    _wrong("flag ignored", FLAG, "if False:", SIGM, named="improved-flag-ignored", may_lose=(DEEP,)),
    _wrong("no scale", IMPROVED, "return np.tanh(2 / 3 * z)", SIGM, named="improved-without-scale", may_lose=(DEEP,)),
    _wrong("mistyped", IMPROVED, "return 1.7195 * np.tanh(2 / 3 * z)", SIGM, named="improved-constant-mistyped",
           may_lose=(DEEP,)),
    _wrong("three halves", IMPROVED, "return 1.7159 * np.tanh(3 / 2 * z)", SIGM, named="improved-three-halves",
           may_lose=(DEEP,)),
    _wrong("slope without 2/3", STEEP, "return 1.7159 * (1 - np.tanh(2 / 3 * z) ** 2)", SIGM,
           named="improved-slope-without-two-thirds"),
    _wrong("slope without scale", STEEP, "return 2 / 3 * (1 - np.tanh(2 / 3 * z) ** 2)", SIGM,
           named="improved-slope-without-scale"),
    _wrong("not squared", STEEP, "return 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * z))", SIGM,
           named="improved-slope-not-squared"),
    _wrong("cosh not squared", STEEP, "return 1.7159 * 2 / 3 / np.cosh(2 / 3 * z)", SIGM,
           named="improved-slope-cosh-not-squared"),
    _wrong("plain slope", STEEP, "a = 1 / (1 + np.exp(-z))\n            return a * (1 - a)", SIGM,
           named="improved-slope-of-plain-sigmoid"),
    _wrong("no inner factor", STEEP, "return 1.7159 * 2 / 3 * (1 - np.tanh(z) ** 2)", SIGM,
           named="improved-slope-inner-missing"),
]  # fmt: skip

_LAYERS = [
    _wrong("first slope missing in deep networks", BACK,
           BACK.replace("self.hidden_slope", "(1 if layer == 1 and len(self.ws) > 2 else 1) * self.hidden_slope")
           + "\n                if layer == 1 and len(self.ws) > 2:\n                    delta = delta / "
           "self.hidden_slope(self.zs[0])", DEEP, named="deep-slope-missing-first"),
    _wrong("middle gradients zero", GRAD, f"{GRAD} * (0 < layer < len(self.ws) - 1 and 0 or 1)\n            "
           "if 0 < layer < len(self.ws) - 1:\n                self.grads[layer] = np.zeros_like(self.ws[layer])", DEEP,
           named="deep-middle-gradients-zero"),
    _wrong("two layers only", DELTA, f"{DELTA}\n        assert len(self.ws) == 2", DEEP),
    _wrong("no ReLU flag", "if self.use_relu:", "if False:", RECTIFIED, named="relu-flag-ignored"),
    _wrong("no ReLU slope", MASK, "return np.ones_like(z)", RECTIFIED, named="relu-slope-missing"),
    _wrong("ReLU's mask on the gradient", BACK, "delta = delta @ self.ws[layer].T\n                delta = delta * "
           "((delta > 0) if self.use_relu else self.hidden_slope(self.zs[layer - 1]))", RECTIFIED,
           named="relu-mask-of-gradient"),
    _wrong("Python's max", RELU, "return max(0, z)", RECTIFIED),
]  # fmt: skip

_ACCURACIES = [
    _wrong("zeros", ACCURACY, "return 0", TRAIN, named="accuracy-zero"),
    _wrong("after a threshold", ACCURACY, "return np.mean((outputs > 0.5) == (targets > 0.5))", TRAIN,
           named="accuracy-per-output"),
    _wrong("divided by entries", ACCURACY, ACCURACY.replace("np.mean", "np.sum") + " / targets.size", TRAIN,
           named="accuracy-divided-by-entries"),
    _wrong("count", ACCURACY, ACCURACY.replace("np.mean", "np.sum"), TRAIN, named="accuracy-not-divided"),
    _wrong("errors", ACCURACY, ACCURACY.replace("==", "!="), TRAIN, named="error-rate"),
    _wrong("argmax over rows", ACCURACY, ACCURACY.replace("axis=1", "axis=0"), TRAIN, named="accuracy-argmax-axis"),
]  # fmt: skip

_STEPS = [
    _wrong("local copy", STEP, "w = self.model.ws[layer] - self.learning_rate * grad", TRAIN, MOMENTUM, *TRAINED,
           named="parameters-do-not-move"),
    _wrong("upwards", STEP, STEP.replace(" - self", " + self"), TRAIN, MOMENTUM, *TRAINED, named="gradient-ascent"),
    _wrong("no rate", STEP, STEP.replace("self.learning_rate * ", ""), TRAIN, MOMENTUM, named="learning-rate-missing",
           may_lose=TRAINED),
    _wrong("rate hard-coded", STEP, STEP.replace("self.learning_rate", "0.02"), TRAIN, MOMENTUM,
           named="learning-rate-other"),
    _wrong("always momentum", USED, "if True:", TRAIN, named="momentum-always"),
    _wrong("no momentum", USED, "if False:", MOMENTUM, named="momentum-ignored", may_lose=TRAINED),
    _wrong("arguments exchanged", PASSED, "self.model.backward(X_batch, Y_batch, outputs)", TRAIN, MOMENTUM, *TRAINED,
           named="backward-arguments"),
    _wrong("previous gradient", f"{VELOCITY}\n                {KEPT}",
           f"grad, {KEPT.split(' = ', maxsplit=1)[0]} = {VELOCITY.removeprefix('grad = ')}, grad", MOMENTUM,
           named="previous-gradient-instead-of-velocity"),
    _wrong("velocity used before its update", f"{VELOCITY}\n                {KEPT}",
           "velocity = self.previous_grads[layer]\n                self.previous_grads[layer] = grad + "
           "self.momentum_gamma * velocity\n                grad = velocity", MOMENTUM,
           named="velocity-used-before-its-update", may_lose=TRAINED),
    Patch("gradients of the step before", (
        (f"        {PASSED}\n", "        earlier = [np.zeros_like(w) if g is None else g for g, w in "
         f"zip(self.model.grads, self.model.ws)]\n        {PASSED}\n"),
        ("in enumerate(self.model.grads):", "in enumerate(earlier):"),
    ), (TRAIN, MOMENTUM), "gradient-of-the-step-before", TRAINED),
    _wrong("overwritten", VELOCITY, f"{KEPT}\n                {VELOCITY}", MOMENTUM, named="velocity-overwritten"),
    _wrong("averaged", VELOCITY, f"{VELOCITY.replace('grad + ', '(1 - self.momentum_gamma) * grad + ')}", MOMENTUM,
           named="momentum-averaged", may_lose=TRAINED),
    _wrong("momentum hard-coded", VELOCITY, VELOCITY.replace("self.momentum_gamma", "0.9"), MOMENTUM,
           named="momentum-hard-coded"),
    _wrong("velocity subtracted", VELOCITY, VELOCITY.replace("grad + ", "grad - "), MOMENTUM, named="velocity-sign",
           may_lose=TRAINED),
    _wrong("returns nothing", "return loss\n", "return None\n", TRAIN, named="loss-not-returned"),
    _wrong("returns 0", "return loss\n", "return 0\n", TRAIN, named="loss-zero"),
]  # fmt: skip


def _right(name: str, *changes: tuple[str, str]) -> Patch:
    return Patch(name, changes)


_RIGHT_NETWORKS = [
    _right("ones first", (ONES, "X = np.insert(X, 0, 1.0, axis=1)")),
    _right("the other statistics", (NUMBERS, "mean, std = 33.318, 78.567")),
    _right("unrounded statistics", (NUMBERS, "mean, std = 33.55274553571429, 78.87550070784701")),
    _right("statistics of the training set", (NUMBERS, "train = utils.load_full_mnist()[0]\n    mean, std = "
           "train.mean(), train.std()")),
    _right("statistics as arguments", ("def pre_process_images(X):", "def pre_process_images(X, mean, std):"),
           (NUMBERS, "pass")),
    _right("statistics as arguments or not", ("def pre_process_images(X):",
           "def pre_process_images(X, mean=None, std=None):"),
           (NUMBERS, "mean = X.mean() if mean is None else mean\n    std = X.std() if std is None else std")),
    _right("einsum", (GRAD, "self.grads[layer] = np.einsum('ni,nj->ij', self.activations[layer], delta) / batch")),
    _right("loops over the batch", (GRAD, "self.grads[layer] = sum(np.outer(a, d) for a, d in "
           "zip(self.activations[layer], delta)) / batch")),
    _right("mean in delta", (DELTA, "delta = (outputs - targets) / X.shape[0]"), (" / batch\n", "\n")),
    _right("loss with a small number", ("np.log(outputs), axis=1", "np.log(outputs + 1e-9), axis=1")),
    _right("loss by the right class", (LOSS, "n = np.arange(len(targets))\n    return -np.log(outputs[n, "
           "targets.argmax(1)]).sum() / len(targets)")),
    _right("loss in loops", (LOSS, "total = 0\n    for t, y in zip(targets, outputs):\n        total -= np.dot(t, "
           "np.log(y))\n    return total / len(targets)")),
    _right("stable softmax", ("e = np.exp(logits)", "e = np.exp(logits - logits.max(axis=1, keepdims=True))")),
    _right("transposed softmax", (SOFTMAX, "return (e.T / e.sum(axis=1)).T")),
    _right("one-hot by eye", (ENCODE, "encoded = np.eye(num_classes)[Y.ravel()]")),
    _right("one-hot in loops", (ENCODE, "for n in range(len(Y)):\n        encoded[n, Y[n, 0]] = 1")),
    _right("integer one-hot", ("encoded = np.zeros((Y.shape[0], num_classes))",
           "encoded = np.zeros((Y.shape[0], num_classes), dtype=int)")),
    _right("stable sigmoid", (SIGMOID, "return 0.5 * (1 + np.tanh(0.5 * z))")),
    _right("rounded constants", (STEEP, "return 1.14393 * (1 - np.tanh(0.666667 * z) ** 2)")),
    _right("slope by cosh", (STEEP, "return 1.7159 * 2 / 3 / np.cosh(2 / 3 * z) ** 2")),
    _right("three arguments", (", use_improved_weight_init, use_relu):", ", use_improved_weight_init):"),
           ("self.use_relu = use_relu", "self.use_relu = False"), ("False, False, False)", "False, False)")),
    _right("defaults", ("use_improved_sigmoid, use_improved_weight_init, use_relu):",
           "use_improved_sigmoid=False, use_improved_weight_init=False, use_relu=False):")),
    _right("noise", ("self.ws = []\n", "self.ws = []\n        print('a new network', neurons_per_layer)\n")),
    _right("no asserts", ('assert X.shape[1] == 784, f"X has shape {X.shape}, expected (batch, 784)"', "pass")),
    _right("another seed", ("np.random.seed(1)", "np.random.seed(42)")),
    _right("no seed", ("np.random.seed(1)", "pass")),
    _right("stray imports", ("import utils\n", "import utils\nimport torch\nfrom turtle import forward\n"
           "from sympy import *\nimport numpy as np\n")),
    _right("without the guard", ('if __name__ == "__main__":\n    main()', "main()")),
    _right("data at import", ("np.random.seed(1)\n\n\ndef", "np.random.seed(1)\nX_all, *_ = utils.load_full_mnist()\n"
           "MEAN, STD = X_all.mean(), X_all.std()\n\n\ndef"), (NUMBERS, "mean, std = MEAN, STD")),
    _right("random generator", (GAUSS, "w = np.random.default_rng(3).normal(0, size ** -0.5, (size, neurons))")),
    _right("randn", (GAUSS, "w = np.random.randn(size, neurons) / np.sqrt(size)")),
    _right("scaled rand", (UNIFORM, "w = 2 * np.random.rand(size, neurons) - 1")),
    _right("hidden biases in the last row", (SIZE, "size = neurons + 1"), (ENTERS, ENTERS.replace(
           "self.hidden(z)", "np.hstack((self.hidden(z), np.ones((len(z), 1))))")),
           (BACK, BACK.replace("self.ws[layer].T", "self.ws[layer][:-1].T"))),
    _right("hidden biases in the first row", (SIZE, "size = neurons + 1"), (ENTERS, ENTERS.replace(
           "self.hidden(z)", "np.insert(self.hidden(z), 0, 1, axis=1)")),
           (BACK, BACK.replace("self.ws[layer].T", "self.ws[layer][1:].T"))),
    _right("weights turned", (UNIFORM, "w = np.random.uniform(-1, 1, (neurons, size))"),
           (GAUSS, "w = np.random.normal(0, 1 / np.sqrt(size), (neurons, size))"), ("z = self.activations[-1] @ w",
           "z = self.activations[-1] @ w.T"), (LOGITS, f"{LOGITS}.T"), (GRAD, GRAD.replace(
           "self.activations[layer].T @ delta", "delta.T @ self.activations[layer]")),
           (BACK, BACK.replace("self.ws[layer].T", "self.ws[layer]"))),
]  # fmt: skip

_RIGHT_TRAINERS = [
    _right("in place", (STEP, "self.model.ws[layer] -= self.learning_rate * grad")),
    _right("LeCun's momentum", (f"{VELOCITY}\n                {KEPT}",
           "grad = grad + self.momentum_gamma * self.previous_grads[layer] / self.learning_rate\n"
           "                self.previous_grads[layer] = self.learning_rate * grad")),
    _right("percent", (ACCURACY, f"{ACCURACY} * 100")),
    _right("accuracy in loops", (ACCURACY, "right = 0\n    for y, t in zip(outputs, targets):\n        right += "
           "int(y.argmax() == t.argmax())\n    return right / len(X)")),
    _right("loss after the step", ("return loss\n", "return cross_entropy_loss(Y_batch, "
           "self.model.forward(X_batch))\n" ), ("        loss = cross_entropy_loss(Y_batch, outputs)\n        self.model",
           "        self.model")),
    _right("named arguments", (PASSED, "self.model.backward(X=X_batch, outputs=outputs, targets=Y_batch)")),
    _right("progress bars", ("import utils\n", "import utils\nfrom tqdm import tqdm\n")),
    _right("without the guard", ('if __name__ == "__main__":\n    main()', "main()")),
    _right("printing", ("return loss\n", "print(loss)\n        return loss\n")),
]  # fmt: skip

patches = [
    Patches(
        "task2a.py",
        wrong=[*_PREPROCESSING, *_LOSSES, *_FORWARD, *_BACKWARD, *_STARTS, *_IMPROVED, *_LAYERS],
        right=_RIGHT_NETWORKS,
        together=3,
    ),
    Patches("task2.py", wrong=[*_ACCURACIES, *_STEPS], right=_RIGHT_TRAINERS, beside=("task2a.py", "utils.py")),
]
