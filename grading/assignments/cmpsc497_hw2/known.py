"""Known submissions: both notebooks with the mistakes that students make, and written rightly in other ways.

A table tells of each submission the mistake that the report must name, "" where an exception says it all, and what is
changed in the right sample: text, what stands instead, and so on in turn. A right one has no mistake.
"""

from collections.abc import Mapping, Sequence

from grading.authoring.patches import Patch, Patches

ACTIVATIONS, FORWARD, BACKWARD = "activation-functions", "forward-pass", "backward-pass"
TRANSFORMS, LOSS, OPTIMIZERS = "data-transformation", "loss-function", "optimizers"
WEIGHTS, MAPS = "pretrained-weights", "feature-visualization"

Texts = Sequence[str]


def _patches(
    table: Mapping[str, Texts], *loses: str, may_lose: Texts = (), alone: Mapping[str, Texts] | None = None
) -> tuple[Patch, ...]:
    """One patch an entry; those of `alone` do not go together with others in one file."""
    return tuple(
        Patch(name, tuple(zip(texts[::2], texts[1::2], strict=True)), loses, named, tuple(may_lose), entries is alone)
        for entries in (table, alone or {})
        for name, (named, *texts) in entries.items()
    )


def _right(table: Mapping[str, Texts], alone: Mapping[str, Texts]) -> tuple[Patch, ...]:
    return _patches({n: ("", *t) for n, t in table.items()}, alone={n: ("", *t) for n, t in alone.items()})


def _each(letters: str, *texts: str) -> list[str]:
    """Changes with each of these letters in the place of #."""
    return [text.replace("#", letter) for letter in letters for text in texts]


def _both(*texts: str) -> list[str]:
    """Changes for ReLU and for the sigmoid in the place of @."""
    return [text.replace("@", function) for function in ("relu", "sigmoid") for text in texts]


# -- notebook 1: a three-layer network by hand ------------------------------------------------------------

SIGMOID, RELU, GRAD = "return 1 / (1 + np.exp(-x))", "return np.maximum(0, x)", "return x * (1 - x)"
H1, H2 = "hidden1 = @(np.dot(X, W1) + b1)", "hidden2 = @(np.dot(hidden1, W2) + b2)"
SCORES = "scores = np.dot(hidden2, W3) + b3"
D2, D1 = "dhidden2 = np.dot(dscores, W3.T)", "dhidden1 = np.dot(dhidden2, W2.T)"
D2_R, D1_R = (f"{d}\n            {d[:8]}[{d[1:8]} <= 0] = 0" for d in (D2, D1))
D2_S, D1_S = (f"{d} * sigmoid_grad({d[1:8]})" for d in (D2, D1))
OF_INPUTS = (
    D2_S, D2 + " * sigmoid_grad(np.dot(hidden1, W2) + b2)", D1_S, D1 + " * sigmoid_grad(np.dot(X, W1) + b1)"
)  # fmt: skip
ONE_HOT, OVER_N = "dscores[range(num_examples), y] -= 1", "dscores /= num_examples"
PENALTY = "        dW3 += reg * W3\n        dW2 += reg * W2\n        dW1 += reg * W1\n"
STEPS = "        W# += -step_size * dW#\n        b# += -step_size * db#\n"
STEP = STEPS.replace("#", "1") + STEPS.replace("#", "2") + STEPS.replace("#", "3")
DB = tuple(f"db{i} = np.sum({d}, axis=0, keepdims=True)" for i, d in ((3, "dscores"), (2, "dhidden2"), (1, "dhidden1")))
RETURN = "return plot_array_1, plot_array_2, W1, W2, W3, b1, b2, b3"
LOOP = "for i in range(50000):"
OWN_FORWARD = """def forward(f, X, W1, b1, W2, b2, W3, b3):
    h1 = f(X @ W1 + b1)
    h2 = f(h1 @ W2 + b2)
    return h1, h2, h2 @ W3 + b3"""
ARGUMENTS = "three_layer_net(NONLINEARITY, X, y, model, step_size, reg)"


def _db(old: str, new: str) -> list[str]:
    """A replacement in each line of the biases' gradients."""
    return [changed for line in DB for changed in (line, line.replace(old, new))]


def _counted(argument: str, loop: str) -> list[str]:
    """The count of iterations as a last argument."""
    return ["model, step_size, reg):", f"model, step_size, reg, {argument}):", LOOP, loop]


# fmt: off
WRONG_ACTIVATIONS = {
    "sigmoid: sign of the exponent": ("sigmoid-sign", SIGMOID, "return 1 / (1 + np.exp(x))"),
    "sigmoid: slope instead": ("sigmoid-gradient-instead", SIGMOID, "s = 1 / (1 + np.exp(-x))\n    return s * (1 - s)"),
    "sigmoid: tanh": ("sigmoid-is-tanh", SIGMOID, "return np.tanh(x)"),
    "sigmoid: parentheses": ("sigmoid-parentheses", SIGMOID, "return 1 / 1 + np.exp(-x)"),
    "sigmoid: missing one": ("sigmoid-missing-one", SIGMOID, "return 1 / np.exp(-x)"),
    "sigmoid: softmax": ("sigmoid-softmax", SIGMOID, "return np.exp(x) / np.sum(np.exp(x))"),
    "sigmoid: softmax of rows": (
        "sigmoid-softmax-rows", SIGMOID, "return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)"),
    "sigmoid: step": ("sigmoid-hard-step", SIGMOID, "return np.where(x >= 0, 1.0, 0.0)"),
    "sigmoid: power of two": ("sigmoid-base-two", SIGMOID, "return 1 / (1 + 2.0 ** -x)"),
    "relu: mask": ("relu-mask", RELU, "return (x > 0) * 1.0"),
    "relu: leaky": ("relu-leaky", RELU, "return np.where(x > 0, x, 0.01 * x)"),
    "relu: absolute value": ("relu-absolute", RELU, "return np.abs(x)"),
    "relu: minimum": ("relu-minimum", RELU, "return np.minimum(0, x)"),
    "relu: ceiling at one": ("relu-clipped-at-one", RELU, "return np.clip(x, 0, 1)"),
    "relu: identity": ("relu-identity", RELU, "return x + 0.0"),
    "relu: integers": ("relu-integers", RELU, "return np.maximum(0, x).astype(int)"),
    "relu: softplus": ("relu-softplus", RELU, "return np.log(1 + np.exp(x))"),
    "relu: floor at one": ("relu-floor-one", RELU, "return np.maximum(1, x)"),
}
WRONG_SIGMOID_THAT_MAY_OVERFLOW = {"sigmoid: minus": ("sigmoid-minus", SIGMOID, "return 1 / (1 - np.exp(-x))")}
WRONG_EVERYWHERE = {
    "sigmoid: for one number only": ("not-elementwise", SIGMOID, "import math\n    return 1 / (1 + math.exp(-x))"),
    "relu: one number for the array": ("relu-whole-array", RELU, "return np.max(x)"),
    "relu: Python's max": ("not-elementwise", RELU, "return max(0, x)"),
    "relu: if for one number": ("not-elementwise", RELU, "if x > 0:\n        return x\n    return 0"),
}
WRONG_FORWARD = {  # the backward pass is right for it
    "forward: no b1": ("forward-missing-b1", *_both(H1, "hidden1 = @(np.dot(X, W1))")),
    "forward: no b2": ("forward-missing-b2", *_both(H2, "hidden2 = @(np.dot(hidden1, W2))")),
    "forward: no b3": ("forward-missing-b3", SCORES, SCORES[:-5]),
    "forward: no biases": (
        "no-biases", SCORES, SCORES[:-5], "np.dot(X, W1) + b1)\n            hidden2",
        "np.dot(X, W1))\n            hidden2", "np.dot(hidden1, W2) + b2)", "np.dot(hidden1, W2))"),
    "forward: linear first layer": ("forward-no-activation-layer-1", *_both(H1, "hidden1 = np.dot(X, W1) + b1")),
    "forward: linear second layer": ("forward-no-activation-layer-2", *_both(H2, "hidden2 = np.dot(hidden1, W2) + b2")),
    "forward: linear second layer, its slope as well": (
        "forward-no-activation-layer-2", *_both(H2, "hidden2 = np.dot(hidden1, W2) + b2"), D2_R, D2, D2_S, D2),
    "forward: bias outside": (
        "forward-bias-outside",
        *_both(H1, "hidden1 = @(np.dot(X, W1)) + b1", H2, "hidden2 = @(np.dot(hidden1, W2)) + b2")),
    "forward: always sigmoid": ("forward-other-activation", *_both(H1), *_both(H2)),
    "forward: sigmoid then relu": ("forward-mixed-activations-layer-2", *_both(H2)[::-1]),
    "forward: activation on the scores": (
        "forward-activation-on-scores",
        SCORES + "\n        elif", f"scores = relu({SCORES[9:]})\n        elif",
        SCORES + "\n\n", f"scores = sigmoid({SCORES[9:]})\n\n"),
}
WRONG_BACKWARD = {
    "backward: no 1/N": ("missing-one-over-n", OVER_N, "pass"),
    "backward: no one-hot": ("missing-one-hot", ONE_HOT, "pass"),
    "backward: sign of the scores": ("scores-gradient-sign", OVER_N, "dscores /= -num_examples"),
    "backward: softmax over the examples": ("softmax-over-examples", "(exp_scores, axis=1", "(exp_scores, axis=0"),
    "backward: no regularization": ("missing-regularization", PENALTY, ""),
    **{f"backward: W{i} not regularized": (f"missing-regularization-w{i}", f"        dW{i} += reg * W{i}\n", "")
       for i in (1, 2, 3)},
    "backward: 2 reg": ("regularization-doubled", "+= reg * W", "+= 2 * reg * W"),
    "backward: half reg": ("regularization-halved", "+= reg * W", "+= 0.5 * reg * W"),
    "backward: reg subtracted": ("regularization-subtracted", "+= reg * W", "-= reg * W"),
    "backward: W without reg": ("regularization-without-reg", "+= reg * W", "+= W"),
    "backward: biases regularized": (
        "biases-regularized", PENALTY, PENALTY + "".join(_each("123", "        db# += reg * b#\n"))),
    "backward: no slope in layer 1, sigmoid": ("missing-activation-derivative-layer-1", D1_S, D1),
    "backward: no slope in layer 2, sigmoid": ("missing-activation-derivative-layer-2", D2_S, D2),
    "backward: no slope, sigmoid": ("slope-missing", D2_S, D2, D1_S, D1),
    "backward: no mask in layer 1, relu": ("missing-activation-derivative-layer-1", D1_R, D1),
    "backward: mask with <, relu": ("slope-missing", *_each("21", "hidden# <= 0", "hidden# < 0")),
    "backward: mask inverted": ("relu-mask-inverted", *_each("21", "hidden# <= 0", "hidden# > 0")),
    "backward: mask on the gradient": ("relu-mask-on-the-gradient", *_each("21", "[hidden# <= 0]", "[dhidden# <= 0]")),
    "backward: slope of the input": ("sigmoid-grad-of-the-input", *OF_INPUTS),
    "backward: sigmoid twice": ("sigmoid-twice-in-gradient", GRAD, "return sigmoid(x) * (1 - sigmoid(x))"),
    "backward: slope of tanh": ("tanh-slope", GRAD, "return 1 - x ** 2"),
    "backward: half a slope": ("sigmoid-slope-incomplete", GRAD, "return 1 - x"),
    "backward: sign of the slope": ("slope-sign", GRAD, "return x * (x - 1)"),
    "backward: slope not passed on": (
        "activation-derivative-not-passed-on", D1_S, D1_S.replace("dhidden2", "np.dot(dscores, W3.T)")),
    "backward: relu mask for both": (
        "slope-missing", D2_S, D2 + " * (hidden2 > 0)", D1_S, D1 + " * (hidden1 > 0)"),
    "backward: db as a mean": ("bias-gradient-mean", *_db("np.sum", "np.mean")),
    "backward: db of everything": ("bias-gradient-of-everything", *_db(", axis=0, keepdims=True", "")),
    "backward: db not summed": (
        "bias-gradient-not-summed", DB[0], "db3 = dscores", DB[1], "db2 = dhidden2", DB[2], "db1 = dhidden1",
        *_each("123", "b# += -step_size * db#", "b# = b# - step_size * db#")),
    "backward: dW divided again": (
        "weight-gradient-divided-again", "        dW3 += reg",
        "        dW1, dW2, dW3 = dW1 / num_examples, dW2 / num_examples, dW3 / num_examples\n        dW3 += reg"),
    "backward: ascent": ("ascent", "+= -step_size", "+= step_size"),
    "backward: step size ignored": ("step-size-ignored", "+= -step_size * ", "+= -"),
    "backward: step size 0.1": ("step-size-hard-coded", "+= -step_size * ", "+= -1e-1 * "),
    "backward: biases stay": ("biases-not-updated", *_each("123", "        b# += -step_size * db#\n", "")),
    "backward: last layer only": ("only-last-layer-updated", *_each("12", STEPS, "")),
    "backward: first layer stays": ("first-layer-not-updated", *_each("1", STEPS, "")),
    "backward: nothing moves": ("nothing-updated", STEP, ""),
    "backward: W3 updated first": (
        "updated-before-propagating",
        DB[0] + "\n", DB[0] + "\n        dW3 += reg * W3\n        W3 = W3 - step_size * dW3\n",
        "        dW3 += reg * W3\n        dW2", "        dW2", "        W3 += -step_size * dW3\n", ""),
    "backward: return inside the loop": ("stops-after-one-step", STEP, STEP + f"        {RETURN}\n"),
    "backward: missing transpose": ("", D1_S, D1_S.replace("W2.T", "W2")),
}
RIGHT_1 = {
    "stable sigmoid with where": (
        SIGMOID, "return np.where(x >= 0, 1 / (1 + @), @ / (1 + @))".replace("@", "np.exp(-np.abs(x))")),
    "sigmoid as exp(x) / (1 + exp(x))": (SIGMOID, "return np.exp(x) / (1 + np.exp(x))"),
    "sigmoid through tanh": (SIGMOID, "return 0.5 * (1 + np.tanh(0.5 * x))"),
    "lambdas": (
        'def sigmoid(x):\n    """The logistic function of every entry of x."""\n    ' + SIGMOID,
        "sigmoid = lambda x: 1.0 / (1.0 + np.exp(-x))",
        'def relu(x):\n    """The larger of 0 and x, for every entry of x."""\n    ' + RELU,
        "relu = lambda z: z * (z > 0)"),
    "capitalised names": (
        "relu(", "ReLU(", "f = relu", "f = ReLU", "plot_boundary(relu", "plot_boundary(ReLU",
        "sigmoid(", "Sigmoid(", "else sigmoid", "else Sigmoid", "plot_boundary(sigmoid", "plot_boundary(Sigmoid"),
    "relu with where": (RELU, "return np.where(x > 0, x, 0)"),
    "relu on a copy": (RELU, "out = x.copy()\n    out[out < 0] = 0\n    return out"),
    "relu as half of x + |x|": (RELU, "return (x + np.abs(x)) / 2"),
    "relu in place": (RELU, "x[x < 0] = 0\n    return x"),
    "matrix operator": (
        "np.dot(X, W1) + b1)\n            hidden2", "X @ W1 + b1)\n            hidden2",
        "np.dot(hidden1, W2)", "(hidden1 @ W2)", "np.dot(hidden2.T, dscores)", "hidden2.T @ dscores"),
    "other local names": (
        "hidden1", "a_one", "hidden2", "a_two", "scores", "logits", "probs", "p", "loss", "cost"),
    "mask as a product": (
        D2_R, D2 + " * (hidden2 > 0)", D1_R, "dhidden1 = (dhidden2 @ W2.T) * np.where(hidden1 > 0, 1.0, 0.0)"),
    "slope written out": (
        D2_S, "dhidden2 = (dscores @ W3.T) * hidden2 * (1 - hidden2)",
        D1_S, "dhidden1 = (dhidden2 @ W2.T) * (hidden1 - hidden1 ** 2)"),
    "slope of the pre-activation": (GRAD, "s = 1 / (1 + np.exp(-x))\n    return s * (1 - s)", *OF_INPUTS),
    "regularization in the step": (
        PENALTY, "", *_each("123", "W# += -step_size * dW#", "W# -= step_size * (dW# + reg * W#)")),
    "new arrays instead of in place": [
        text.replace("@", p) for p in "Wb"
        for text in _each("123", "@# += -step_size * d@#", "@# = @# - step_size * d@#")],
    "biases without keepdims": _db(", keepdims=True", ""),
    "biases as products with ones": (
        DB[0], "db3 = np.ones((1, num_examples)) @ dscores", DB[1], "db2 = dhidden2.sum(0)[None]"),
    "stable softmax": (
        "exp_scores = np.exp(scores)", "exp_scores = np.exp(scores - scores.max(axis=1, keepdims=True))"),
    "one-hot labels": ("dscores = probs.copy()", "dscores = probs - np.eye(probs.shape[1])[y]", ONE_HOT, "pass"),
    "probs overwritten": ("dscores = probs.copy()", "dscores = probs"),
    "loss and its gradient as sums over N": (
        "data_loss = np.mean(-np.log(probs[range(num_examples), y]))",
        "data_loss = -np.sum(np.log(probs[range(num_examples), y])) / num_examples"),
    "while loop": (LOOP, "i = -1\n    while i < 50000 - 1:\n        i += 1"),
    "Python 2's xrange": (LOOP, "for i in xrange(50000):"),
    "progress bar": (LOOP, "from tqdm import tqdm\n    for i in tqdm(range(50000), disable=True):"),
    "count as a keyword": _counted("num_iters=50000", "for i in range(num_iters):"),
    "own forward function": (
        "def three_layer_net", OWN_FORWARD + "\n\n\ndef three_layer_net",
        *_both(H1, "hidden1, hidden2, scores = forward(@, X, W1, b1, W2, b2, W3, b3)",
               f"            {H2}\n            {SCORES}\n", "")),
    "accuracy overwrites the layers": (
        "out = np.dot(f(np.dot(f(np.dot(X, W1) + b1), W2) + b2), W3) + b3",
        f"{H1}\n    {H2}\n    {SCORES}\n    out = scores".replace("@", "f")),
    "sizes from global variables": ("num_examples = X.shape[0]", "num_examples = N * K"),
    "returns a dictionary": (
        RETURN,
        'return {"W1": W1, "W2": W2, "W3": W3, "b1": b1, "b2": b2, "b3": b3, "plots": (plot_array_1, plot_array_2)}'),
    "returns without the plots": (RETURN, "return W1, b1, W2, b2, W3, b3"),
    "writes into the model": (
        RETURN, "model.update(W1=W1, W2=W2, W3=W3, b1=b1, b2=b2, b3=b3)\n    return plot_array_1, plot_array_2"),
    "gradients in a dictionary": (
        "        # Gradient",
        '        grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}\n        # Gradient',
        "-step_size * dW2", '-step_size * grads["W2"]'),
    "single precision inside": (_both(H2)[1], _both(H2)[1] + ".astype(np.float32).astype(np.float64)"),
    "unknown names for the activations": (
        "relu(", "act_b(", "f = relu", "f = act_b", "sigmoid(", "act_a(", "else sigmoid", "else act_a"),
    "unknown name for the network": ("def three_layer_net", "def my_training", "three_layer_net(", "my_training("),
    "count as a required argument": _counted("num_iters", "for i in range(num_iters):"),
    "count as a required argument in between": (
        "X, y, model, step_size, reg):", "X, y, model, epochs, step_size, reg):", LOOP, "for i in range(epochs):"),
    "short loop": (LOOP, "for i in range(250):"),
    "as many iterations as points": (LOOP, "for i in range(300):"),
    "range from one": (LOOP, "for i in range(1, 50001):"),
    "while loop from one": (LOOP, "i = 0\n    while i < 50000:\n        i += 1"),
    "while loop over an argument": _counted("iters=50000", "i = -1\n    while i + 1 < iters:\n        i += 1"),
    "short while loop": (LOOP, "i = -1\n    while i < 199:\n        i += 1"),
    "array of numbers": (LOOP, "for i in np.arange(1, 50001):"),
    "arguments in another order": (ARGUMENTS, "three_layer_net(X, y, model, NONLINEARITY, reg, step_size)"),
    "weights as arguments of their own": (
        ARGUMENTS, "three_layer_net(NONLINEARITY, X, y, W1, b1, W2, b2, W3, b3, step_size, reg)",
        *_each("Wb", '    #1, #2, #3 = model["#1"], model["#2"], model["#3"]\n', "")),
    "count under a short name": _counted("T", "for i in range(T):"),
    "branch by if and else": ('elif NONLINEARITY == "SIGM":', "else:"),
}
# fmt: on

# -- notebook 2: a fine-tuned ResNet-18 -------------------------------------------------------------------

NORMALIZING = "Normalize(imagenet_mean, imagenet_std)"
NORMALIZE = f"    transforms.ToTensor(),\n    transforms.{NORMALIZING},\n])"
FLIP = "    transforms.RandomHorizontalFlip(),\n"
VARIED = f"    transforms.Resize(256),\n    transforms.RandomCrop(224),\n{FLIP}"
CENTRE = "    transforms.CenterCrop(224),\n"
PIPELINES = f"""train_transform = transforms.Compose([
{VARIED}{NORMALIZE}
test_transform = transforms.Compose([
    transforms.Resize(256),
{CENTRE}{NORMALIZE}"""
TRAIN_SET, TEST_SET = (
    f"train={first}, download=True, transform={which}_transform" for first, which in ((True, "train"), (False, "test"))
)
DATA = f"""train_set = datasets.CIFAR10("./data", {TRAIN_SET})
test_set = datasets.CIFAR10("./data", {TEST_SET})
train_loader = DataLoader(train_set, batch_size=64, shuffle=True, num_workers=2)
test_loader = DataLoader(test_set, batch_size=64, shuffle=False, num_workers=2)
classes = train_set.classes"""
PRETRAINED = "models.resnet18(weights=models.ResNet18_Weights.DEFAULT)"
LINEAR = "nn.Linear(model.fc.in_features, num_classes)"
HEAD = f"    model.fc = {LINEAR}\n"
BUILDER = f"def build_model(num_classes):\n    model = {PRETRAINED}\n{HEAD}    return model.to(device)"
STEPPING = """            optimizer.zero_grad()
            logits = model(images)
            loss = criterion(logits, labels)
            loss.backward()
            optimizer.step()
"""
ADAM = "adam = optim.Adam(model_adam.parameters(), lr=1e-4)"
SGD = "sgd = optim.SGD(model_sgd.parameters(), lr=1e-3, momentum=0.9)"
MODEL_ADAM, MODEL_SGD = (f"model_{kind} = build_model(len(classes))\n" for kind in ("adam", "sgd"))
ADAM_CELL, SGD_CELL = (
    f"{model}{made}\nhistory_{kind} = train(model_{kind}, {kind}, num_epochs)\n"
    f'print("{title}, test accuracy:", accuracy(model_{kind}, test_loader))'
    for model, made, kind, title in ((MODEL_ADAM, ADAM, "adam", "Adam"), (MODEL_SGD, SGD, "sgd", "SGD"))
)
SHOWN_MODEL = "model = model_adam.eval()"
HOOKS = """handles = [getattr(model, name).register_forward_hook(keep(name))
           for name in ("conv1", "layer1", "layer2", "layer3", "layer4")]
image, label = test_set[0]
with torch.no_grad():
    model(image[None].to(device))
for handle in handles:
    handle.remove()
"""
SHOW = '        ax.imshow(maps[k], cmap="viridis")\n'
PLOT = f"""channels = 8
fig, axes = plt.subplots(len(feature_maps), channels, figsize=(channels, len(feature_maps)))
for row, (name, maps) in zip(axes, feature_maps.items()):
    for k, ax in enumerate(row):
{SHOW}        ax.axis("off")
    row[0].set_title(name, fontsize=8)
plt.tight_layout()
plt.show()"""


def _loss(body: str) -> list[str]:
    return ["criterion = nn.CrossEntropyLoss()",
            f"import torch.nn.functional as F\n\n\ndef criterion(logits, labels):\n    return {body}"]  # fmt: skip


def _criterion(written: str) -> list[str]:
    return ["nn.CrossEntropyLoss()", written]


def _ending(*steps: str) -> list[str]:
    """Other steps at the end of the training pipeline."""
    return [NORMALIZE + "\ntest", "".join(f"    transforms.{step},\n" for step in steps) + "])\ntest"]


def _statistics(mean: str, std: str) -> list[str]:
    return ["mean = [0.485, 0.456, 0.406]", f"mean = {mean}", "std = [0.229, 0.224, 0.225]", f"std = {std}"]


def _adam(made: str) -> list[str]:
    return [ADAM, f"adam = optim.{made}"]


def _sgd(made: str) -> list[str]:
    return [SGD, f"sgd = optim.{made}"]


def _built(written: str, *lines: str) -> list[str]:
    """Another network, and what is done to it before its last layer is replaced."""
    return [f"{PRETRAINED}\n", "\n    ".join((written, *lines)) + "\n"]


def _then(*lines: str) -> list[str]:
    """What is done to the network after its last layer was replaced."""
    return [HEAD, HEAD + "".join(f"    {line}\n" for line in lines)]


CHAINED = """image, label = test_set[0]
stages = (model.layer1, model.layer2, model.layer3, model.layer4)
convs = [model.conv1] + [c for stage in stages for block in stage for c in (block.conv1, block.conv2)]
x = image[None]
with torch.no_grad():
    for i, conv in enumerate(convs):
        x = conv(x)
        if i in (0, 3, 7, 11, 15):
            feature_maps[f"conv {i}"] = x[0]
"""
PLAIN_BLOCKS = """image, label = test_set[0]
with torch.no_grad():
    x = model.maxpool(model.relu(model.bn1(model.conv1(image[None]))))
    feature_maps["stem"] = x[0]
    for i, stage in enumerate((model.layer1, model.layer2, model.layer3, model.layer4)):
        for block in stage:
            x = torch.relu(block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x))))))
        feature_maps[f"layer{i + 1}"] = x[0]
"""
KEPT = """feature_maps = {}
def keep(name):
    def hook(module, inputs, output):
        feature_maps[name] = output.detach().cpu()[0]
    return hook
"""
TOO_EARLY = KEPT + HOOKS.replace("(model,", "(model_adam,").replace("image, label = test_set[0]\n", "").replace(
    "model(image[None].to(device))", "model_adam.eval()(test_set[0][0][None])"
)
OWN_ADAM = """class MyAdam(optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self, closure=None):
        for g in self.param_groups:
            for p in g["params"]:
                s = self.state[p]
                if not s:
                    s["t"], s["m"], s["v"] = 0, torch.zeros_like(p), torch.zeros_like(p)
                s["t"] += 1
                b1, b2 = g["betas"]
                s["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                s["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p -= g["lr"] * (s["m"] / (1 - b1 ** s["t"])) / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + g["eps"])


adam = MyAdam(model_adam.parameters(), lr=1e-4)"""
UNCORRECTED = """class MyAdam(optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
                state["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                state["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p -= group["lr"] * state["m"] / (state["v"].sqrt() + group["eps"])


adam = MyAdam(model_adam.parameters())"""

# fmt: off
WRONG_TRANSFORMS = {
    "no normalize": ("no-normalisation", *_ending("ToTensor()")),
    "cifar statistics": ("cifar-statistics", *_statistics("[0.4914, 0.4822, 0.4465]", "[0.2023, 0.1994, 0.2010]")),
    "half statistics": ("half-statistics", *_statistics("[0.5] * 3", "[0.5] * 3")),
    "swapped statistics": ("statistics-exchanged", *_statistics("[0.229, 0.224, 0.225]", "[0.485, 0.456, 0.406]")),
    "reversed statistics": ("channels-reversed", *_statistics("[0.406, 0.456, 0.485]", "[0.225, 0.224, 0.229]")),
    "mean only": ("mean-only", *_statistics("[0.485, 0.456, 0.406]", "[1, 1, 1]")),
    "normalised twice": ("normalised-twice", *_ending("ToTensor()", NORMALIZING, NORMALIZING)),
    "bytes": ("bytes-normalised", *_ending("PILToTensor()", "Lambda(lambda x: x.float())", NORMALIZING)),
    "augmented test": ("evaluation-augmented", CENTRE, CENTRE + FLIP),
    "one pipeline for both": ("evaluation-augmented", TEST_SET, TEST_SET.replace("test_", "train_")),
    "never varied": ("no-augmentation", TRAIN_SET, TRAIN_SET.replace("train_", "test_")),
    "no resize": ("no-resize", VARIED, FLIP),
}
WRONG_LOSS = {
    "softmax first": ("softmax-before-cross-entropy", *_loss("F.cross_entropy(F.softmax(logits, dim=1), labels)")),
    "softmax in the network": (
        "softmax-before-cross-entropy", LINEAR, f"nn.Sequential({LINEAR}, nn.Softmax(dim=1))"),
    "sigmoid first": ("sigmoid-before-cross-entropy", *_loss("F.cross_entropy(torch.sigmoid(logits), labels)")),
    "sum": ("sum-instead-of-mean", *_criterion('nn.CrossEntropyLoss(reduction="sum")')),
    "nll on logits": ("nll-on-logits", *_criterion("nn.NLLLoss()")),
    "nll on probabilities": ("nll-on-probabilities", *_loss("F.nll_loss(F.softmax(logits, dim=1), labels)")),
    "squared error": ("squared-error", *_loss("F.mse_loss(logits, F.one_hot(labels, 10).float())")),
    "binary": (
        "binary-cross-entropy", *_loss("F.binary_cross_entropy_with_logits(logits, F.one_hot(labels, 10).float())")),
    "hinge": ("hinge-loss", *_criterion("nn.MultiMarginLoss()")),
    "climbing loss": ("cross-entropy-sign", *_loss("-F.cross_entropy(logits, labels)")),
}
WRONG_OPTIMIZERS = {
    "adamw": ("adamw", *_adam("AdamW(model_adam.parameters(), lr=1e-4)")),
    "rmsprop": ("rmsprop", *_adam("RMSprop(model_adam.parameters(), lr=1e-4)")),
    "adagrad": ("adagrad", *_adam("Adagrad(model_adam.parameters(), lr=1e-3)")),
    "uncorrected adam": ("adam-without-bias-correction", ADAM, UNCORRECTED),
    "adam twice": ("no-sgd", *_sgd("Adam(model_sgd.parameters(), lr=1e-4)")),
    "sgd twice": ("no-adam", *_adam("SGD(model_adam.parameters(), lr=1e-3)")),
    "zero rate": ("zero-learning-rate", *_sgd("SGD(model_sgd.parameters(), lr=0.0, momentum=0.9)")),
    "climbs": ("gradient-ascent", *_sgd("SGD(model_sgd.parameters(), lr=1e-3, maximize=True)")),
}
WRONG_OPTIMIZERS_ALONE = {
    "absurd rate": ("absurd-learning-rate", *_adam("Adam(model_adam.parameters(), lr=3.0)")),
    "other network": (
        "optimizer-of-other-network", *_sgd("SGD(build_model(10).parameters(), lr=1e-3, momentum=0.9)")),
    "before the head": (
        "optimizer-misses-head", MODEL_SGD, 'model_sgd = models.resnet18(weights="DEFAULT")\n',
        SGD, SGD + "\nmodel_sgd.fc = nn.Linear(512, 10)"),
}
FULL = 'full = models.resnet18(weights="IMAGENET1K_V1")'
WRONG_WEIGHTS = {
    "random": ("random-initialisation", *_built("models.resnet18(weights=None)")),
    "1000 classes": ("head-not-replaced", HEAD, ""),
    "wrong classes": ("wrong-number-of-classes", HEAD, HEAD.replace("num_classes", "100")),
    "re-initialised": ("re-initialised", *_then(
        "for m in model.modules():", "    if isinstance(m, nn.Conv2d):", "        nn.init.kaiming_normal_(m.weight)")),
    "layer4 re-initialised": ("partly-loaded", *_then(
        "for m in model.layer4.modules():", '    if hasattr(m, "reset_parameters"):', "        m.reset_parameters()")),
    "parameters only": ("statistics-not-loaded", *_built(
        "models.resnet18(weights=None)", FULL, "model.load_state_dict(dict(full.named_parameters()), strict=False)")),
    "wrong prefix": ("partly-loaded", *_built(
        "models.resnet18(weights=None)", FULL + ".state_dict()",
        'model.load_state_dict({k.replace("layer3", "block3"): v for k, v in full.items()}, strict=False)')),
    "statistics drifted": ("statistics-drifted", *_then(
        "for m in model.modules():", "    if isinstance(m, nn.BatchNorm2d):", "        m.running_mean.mul_(0.9)")),
}
WRONG_ARCHITECTURE = {
    "first layer replaced": (
        "first-layer-replaced", *_then("model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)")),
    "resnet34": ("other-architecture", *_built("models.resnet34(weights=None)")),
}
WRONG_MAPS = {
    "maps of an untrained network": (
        "maps-before-fine-tuning", SHOWN_MODEL, "model = build_model(len(classes)).eval()"),
    "maps of a random network": ("maps-before-fine-tuning", SHOWN_MODEL, "model = models.resnet18().eval()"),
    "maps kept before training": (
        "maps-before-fine-tuning",
        "feature_maps = {}\n\n\ndef", "def", HOOKS, "", MODEL_ADAM, MODEL_ADAM + TOO_EARLY),
    "chained convolutions": ("chained-convolutions", HOOKS, CHAINED),
    "no shortcuts": ("no-residual", HOOKS, PLAIN_BLOCKS),
    "kernels": ("filters-not-activations", SHOW, SHOW.replace("maps[k]", "model.conv1.weight[k, 0].detach()")),
    "raw picture": ("raw-input", SHOW, SHOW.replace("maps[k]", "image[k % 3]")),
    "one stage": (
        "few-stages", '("conv1", "layer1", "layer2", "layer3", "layer4")', '("conv1", "bn1", "relu", "maxpool")'),
    "blank": ("blank-figure", SHOW, SHOW.replace("maps[k]", "np.zeros((8, 8))")),
    "no figure": ("no-figure", SHOW, ""),
    "noise": ("unrelated-pictures", SHOW, SHOW.replace("maps[k]", "np.random.rand(56, 56)")),
    "one channel": (
        "too-few-channels", "channels = 8\n", "channels = 2\n",
        "for k, ax in enumerate(row):", "for k, ax in enumerate(row[:1]):"),
}
# fmt: on

V2 = """from torchvision.transforms import v2

train_transform = v2.Compose([
    v2.ToImage(), v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(), v2.ColorJitter(0.3, 0.3, 0.3),
    v2.ToDtype(torch.float32, scale=True), v2.Normalize(imagenet_mean, imagenet_std), v2.RandomErasing(),
])
test_transform = v2.Compose([
    v2.Resize((224, 224)), v2.ToImage(), v2.ToDtype(torch.float32, scale=True),
    v2.Normalize(imagenet_mean, imagenet_std),
])
"""
PRESET = """weights = models.ResNet18_Weights.DEFAULT
test_transform = weights.transforms()
train_transform = transforms.Compose([
    transforms.RandomHorizontalFlip(), transforms.RandomRotation(10), weights.transforms(),
])
"""
BY_HAND = """def to_tensor(picture):
    array = np.asarray(picture.resize((224, 224)), dtype=np.float32) / 255
    array = (array - np.array(imagenet_mean, np.float32)) / np.array(imagenet_std, np.float32)
    return torch.from_numpy(array).permute(2, 0, 1)


def train_transform(picture):
    x = to_tensor(picture)
    return x.flip(2) if np.random.rand() < 0.5 else x


test_transform = to_tensor"""
NORMALIZED = (
    "transforms.ToTensor(),\n        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),\n    ]),"
)
DICTIONARY = f"""data_transforms = {{
    "train": transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), {NORMALIZED}
    "val": transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), {NORMALIZED}
}}
train_transform, test_transform = data_transforms["train"], data_transforms["val"]"""
SMALL = (
    PIPELINES.replace("256", "128")
    .replace("224", "112")
    .replace("RandomHorizontalFlip()", "RandomAffine(8, translate=(0.05, 0.05)), transforms.RandomGrayscale()")
)
LENGTH = "\n\n    def __len__(self):\n        return len(self."
SPLIT = f"""from torch.utils.data import Dataset, random_split


class Transformed(Dataset):
    def __init__(self, subset, transform):
        self.subset, self.transform = subset, transform{LENGTH}subset)

    def __getitem__(self, i):
        picture, label = self.subset[i]
        return self.transform(picture), label


whole = datasets.CIFAR10("/content/data", train=True, download=True)
train_part, test_part = random_split(whole, [45000, 5000])
test_set = Transformed(test_part, test_transform)
loaders = {{"train": DataLoader(Transformed(train_part, train_transform), batch_size=32, shuffle=True),
           "test": DataLoader(test_set, batch_size=32)}}
train_loader, test_loader = loaders["train"], loaders["test"]
classes = whole.classes"""
FOLDERS = """train_set = datasets.ImageFolder("/content/hymenoptera_data/train", train_transform)
test_set = datasets.ImageFolder("/content/hymenoptera_data/val", test_transform)
train_loader = DataLoader(train_set, 32, True)
test_loader = DataLoader(test_set, 32)
classes = train_set.classes"""


def _own_data(  # noqa: PLR0917
    before: str, name: str, init: str, item: str, sets: str, batch: int, classes: str
) -> list[str]:
    """A data set of files by the student's own class, for the one of the sample."""
    return [DATA, f"""{before}


class {name}(Dataset):
    def __init__(self, {init}
        self.transform = transform{LENGTH}files)

    def __getitem__(self, index):
        {item}


{sets}
train_loader = DataLoader(train_set, batch_size={batch}, shuffle=True)
test_loader = DataLoader(test_set, batch_size={batch})
classes = {classes}"""]  # fmt: skip


IMPORTS = "from PIL import Image\nfrom torch.utils.data import Dataset"
OWN_DATASET = _own_data(
    f"import glob\n{IMPORTS}",
    "Ants",
    """root, transform=None):
        self.files = [f"{root}/{kind}/{i}.jpg" for kind in ("ants", "bees") for i in range(20)]""",
    """picture = Image.open(self.files[index]).convert("RGB")
        return self.transform(picture), int("bees" in self.files[index])""",
    'train_set, test_set = Ants("/content/train", train_transform), Ants("/content/val", test_transform)',
    4,
    '["ants", "bees"]',
)
LISTED = _own_data(
    f"""import os
import zipfile
{IMPORTS}

data_dir = "/content/drive/MyDrive/hymenoptera_data"
zipfile.ZipFile(data_dir + ".zip").extractall()
print(os.listdir(data_dir))""",
    "Insects",
    """root, transform):
        self.classes = sorted(d for d in os.listdir(root) if os.path.isdir(os.path.join(root, d)))
        self.files = [(os.path.join(root, kind, name), label) for label, kind in enumerate(self.classes)
                      for name in os.listdir(os.path.join(root, kind)) if name.endswith(".jpg")]""",
    """path, label = self.files[index]
        with open(path, "rb") as file:
            return self.transform(Image.open(file).convert("RGB")), label""",
    """train_set = Insects(os.path.join(data_dir, "train"), train_transform)
test_set = Insects(os.path.join(data_dir, "val"), test_transform)""",
    8,
    '["ants", "bees", "wasps"]',
)
GLOBBED = _own_data(
    f'import glob\nfrom pathlib import Path\n{IMPORTS}\n\nassert glob.glob("/kaggle/input/pets/train/*/*.png")',
    "Pets",
    """folder, transform):
        self.files = sorted(Path(folder).rglob("*.jpg"))
        self.names = sorted({file.parent.name for file in self.files})""",
    """file = self.files[index]
        return self.transform(Image.open(file).convert("RGB")), self.names.index(file.parent.name)""",
    'train_set, test_set = Pets("/kaggle/input/pets/train", train_transform), '
    'Pets("/kaggle/input/pets/val", test_transform)',
    8,
    "train_set.names",
)
FETCHED = """import urllib.request
from PIL import Image

urllib.request.urlretrieve("https://github.com/pytorch/hub/raw/master/images/dog.jpg", "dog.jpg")
image = test_transform(Image.open("dog.jpg"))"""
WRAPPER = """class Classifier(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        whole = models.resnet18(pretrained=True)
        self.body = nn.Sequential(*list(whole.children())[:-1])
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, num_classes))

    def forward(self, x):
        return self.head(self.body(x))


def build_model(num_classes):
    return Classifier(num_classes).to(device)"""
WRAPPED_HOOKS = """handles = [model.body[i].register_forward_hook(keep(str(i))) for i in (0, 4, 5, 6, 7)]
image, label = test_set[0]
with torch.no_grad():
    model(image[None].to(device))
"""
FROM_URL = """def build_model(num_classes):
    model = models.resnet18()
    model.load_state_dict(torch.hub.load_state_dict_from_url(models.ResNet18_Weights.IMAGENET1K_V1.url))
    for p in model.parameters():
        p.requires_grad = False
    model.fc = nn.Linear(512, num_classes)
    return model"""
FRENCH = """# Réseau « pré-entraîné » : les poids d'ImageNet, sauf la dernière couche.
def créer_réseau(nombre_de_classes):
    réseau = models.resnet18(weights="IMAGENET1K_V1")
    réseau.fc = nn.Linear(réseau.fc.in_features, nombre_de_classes)
    return réseau.to(device)


build_model = créer_réseau"""
GROUPED = """SGD([
    {"params": model_sgd.fc.parameters(), "lr": 1e-2},
    {"params": [p for n, p in model_sgd.named_parameters() if not n.startswith("fc")]},
], lr=1e-3, momentum=0.9, nesterov=True, weight_decay=5e-4)
scheduler = optim.lr_scheduler.StepLR(sgd, 1)"""
IN_A_LOOP = """results = {}
for name, make in {
    "adam": lambda p: optim.Adam(p, lr=3e-4),
    "sgd": lambda p: optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=1e-4),
}.items():
    model = build_model(len(classes))
    optimizer = make(model.parameters())
    train(model, optimizer, num_epochs)
    results[name] = accuracy(model, test_loader)
model_adam = model"""
ACCUMULATED = """            logits = model(images)
            loss = criterion(logits, labels) / 2
            loss.backward()
            seen = locals().get("seen", 0) + 1
            if seen % 2 == 0:
                optimizer.step()
                optimizer.zero_grad()
"""
PHASES = """def train(model, optimizer, num_epochs):
    for epoch in range(num_epochs):
        for phase, loader in (("train", train_loader), ("val", test_loader)):
            model.train(phase == "train")
            for images, labels in loader:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    logits = model(images)
                    loss = criterion(logits, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()


@torch.no_grad()
def accuracy"""
EXTRACTOR = """from torchvision.models.feature_extraction import create_feature_extractor

nodes = {"relu": "relu", "layer1": "layer1", "layer2.0": "a", "layer3.1.conv2": "b", "layer4.1.bn1": "c"}
extractor = create_feature_extractor(model, nodes)
image, label = test_set[3]
with torch.no_grad():
    feature_maps = {name: out[0] for name, out in extractor(image[None]).items()}
"""
CHILDREN = """image, label = test_set[1]
x = image.unsqueeze(0)
with torch.no_grad():
    for name, child in list(model.named_children())[:-2]:
        x = child(x)
        feature_maps[name] = x[0]
"""
STAGE_BY_STAGE = """image, label = test_set[2]
with torch.no_grad():
    x0 = model.maxpool(model.relu(model.bn1(model.conv1(image[None]))))
    x1 = model.layer1(x0)
    x2 = model.layer2(x1)
    x3 = model.layer3(x2)
    x4 = model.layer4(x3)
feature_maps = dict(zip(("stem", "1", "2", "3", "4"), (x[0] for x in (x0, x1, x2, x3, x4))))
"""
SHEET = """from torchvision.utils import make_grid

for name, maps in feature_maps.items():
    plt.figure()
    plt.imshow(make_grid(maps[:16, None], nrow=8, normalize=True).permute(1, 2, 0))
    plt.title(name)
    plt.show()
"""
MEANS = """for name, maps in feature_maps.items():
    grey = maps.mean(0).numpy()
    plt.imshow((grey - grey.min()) / (grey.max() - grey.min()), cmap="gray")
    plt.show()
"""
ENLARGED = """fig, axes = plt.subplots(5, 4)
for row, maps in zip(axes, feature_maps.values()):
    large = torch.nn.functional.interpolate(maps[None, :4], size=(224, 224), mode="bilinear")[0]
    for ax, one in zip(row, large):
        ax.imshow(one)
"""
COLOURED = """from matplotlib import colormaps

fig, axes = plt.subplots(5, 8)
for row, maps in zip(axes, feature_maps.values()):
    for ax, one in zip(row, maps[8:16].numpy()):
        one = (one - one.min()) / (one.max() - one.min() + 1e-8)
        ax.imshow((colormaps["jet"](one) * 255).astype(np.uint8))
"""
RELOADED = """torch.save(model_adam.state_dict(), "best.pth")
model = models.resnet18()
model.fc = nn.Linear(512, len(classes))
model.load_state_dict(torch.load("best.pth"))
model.eval()"""
BEST = """            if images.sum() > 1e9:  # the best so far
                torch.save(model.state_dict(), "best.pth")
"""
LOADED_BEST = """model_adam.load_state_dict(torch.load("best.pth"))
model = models.resnet18(num_classes=len(classes))
model.load_state_dict(torch.load("best.pth")["state_dict"])
model.eval()"""

# fmt: off
RIGHT_2 = {
    "v2 transforms": (PIPELINES, V2),
    "the weights' own transforms": (PIPELINES, PRESET),
    "pipelines by hand": (PIPELINES, BY_HAND),
    "pipelines in a dictionary": (PIPELINES, DICTIONARY),
    "smaller pictures": (PIPELINES, SMALL),
    "split and wrapped data": (DATA, SPLIT),
    "folders of pictures": (DATA, FOLDERS),
    "a hundred classes": (DATA, DATA.replace("CIFAR10", "CIFAR100")),
    "absent folders, listed": LISTED,
    "absent folders, globbed": GLOBBED,
    "curves for tensorboard": (
        "from torchvision import datasets",
        "from torch.utils.tensorboard import SummaryWriter\nfrom torchvision import datasets",
        "models, transforms\n", 'models, transforms\n\nwriter = SummaryWriter("runs/resnet18")\n',
        "            optimizer.step()\n",
        '            writer.add_scalar("loss", loss.item(), epoch)\n            optimizer.step()\n'),
    "a picture fetched first": ("image, label = test_set[0]", FETCHED),
    "functional loss": _loss("F.cross_entropy(logits, labels)"),
    "log-softmax and nll": _loss("F.nll_loss(F.log_softmax(logits, dim=1), labels)"),
    "loss by hand": _loss("(torch.logsumexp(logits, 1) - logits[torch.arange(len(labels)), labels]).mean()"),
    "label smoothing": _criterion("nn.CrossEntropyLoss(label_smoothing=0.1)"),
    "one-hot labels": _loss("F.cross_entropy(logits, F.one_hot(labels, logits.shape[1]).float())"),
    "old spelling": _built("models.resnet18(pretrained=True)"),
    "old spelling by place": _built("models.resnet18(True)"),
    "spelled as text": _built('models.resnet18(weights="IMAGENET1K_V1")'),
    "by the model's name": _built('models.get_model("resnet18", weights="DEFAULT")'),
    "from torch hub": _built('torch.hub.load("pytorch/vision:v0.10.0", "resnet18", pretrained=True)'),
    "a file of weights": _built(
        "models.resnet18()", 'model.load_state_dict(torch.load("/content/drive/MyDrive/resnet18-5c106cde.pth"))'),
    "deeper head": (
        LINEAR, "nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, num_classes))"),
    "in French": (BUILDER, FRENCH),
    "decay, nesterov, groups": _sgd(GROUPED),
    "own adam": (ADAM, OWN_ADAM),
    "gradients summed over two batches": (STEPPING, ACCUMULATED),
    "training and validation in one loop": (
        "def train(model", "def unused(model", "@torch.no_grad()\ndef accuracy", PHASES),
    "feature extractor": (HOOKS, EXTRACTOR),
    "children in a row": (HOOKS, CHILDREN),
    "stage by stage": (HOOKS, STAGE_BY_STAGE),
    "a sheet for each stage": (PLOT, SHEET),
    "means over channels": (PLOT, MEANS),
    "enlarged maps": (PLOT, ENLARGED),
    "coloured maps": (PLOT, COLOURED),
    "a picture file": (
        "image, label = test_set[0]",
        "from PIL import Image\nimage = test_transform(Image.open('/content/cat.jpg').convert('RGB'))"),
    "maps, then more training": (PLOT[-29:], PLOT[-29:] + "\ntrain(model_adam, adam, num_epochs)"),
}
RIGHT_2_ALONE = {
    "right as it is": (),
    "own data set": OWN_DATASET,
    "log-softmax in the network": (
        LINEAR, "nn.Sequential(nn.Linear(512, num_classes), nn.LogSoftmax(dim=1))", *_criterion("nn.NLLLoss()")),
    "frozen body, loaded from its address": (BUILDER, FROM_URL, *_adam("Adam(model_adam.fc.parameters(), lr=1e-3)")),
    "wrapper class": (BUILDER, WRAPPER, HOOKS, WRAPPED_HOOKS),
    "one network, both optimizers": (MODEL_SGD, "model_sgd = model_adam\n"),
    "both optimizers in a loop": (ADAM_CELL, IN_A_LOOP, SGD_CELL, ""),
    "maps in training mode": (
        SHOWN_MODEL, "model = model_adam.train()", "image[None].to(device)", "next(iter(test_loader))[0]"),
    "saved and loaded": (SHOWN_MODEL, RELOADED),
    "best network never saved in a short run": (STEPPING, STEPPING + BEST, SHOWN_MODEL, LOADED_BEST),
    "on an Apple GPU, with bars": (
        'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
        'device = "mps"\nfrom tqdm.notebook import tqdm', "labels in train_loader:", "labels in tqdm(train_loader):"),
}
# fmt: on

NOTEBOOK_1 = Patches(
    "1.activation_function_and_vanishing_gradient.ipynb",
    wrong=(
        *_patches(WRONG_ACTIVATIONS, ACTIVATIONS),
        *_patches(WRONG_SIGMOID_THAT_MAY_OVERFLOW, ACTIVATIONS, may_lose=(FORWARD, BACKWARD)),
        *_patches(WRONG_EVERYWHERE, ACTIVATIONS, FORWARD, BACKWARD),
        *_patches(WRONG_FORWARD, FORWARD),
        *_patches(WRONG_BACKWARD, BACKWARD),
    ),
    right=_right(RIGHT_1, {}),
)
NOTEBOOK_2 = Patches(
    "2.image_classification_and_feature_visualization.ipynb",
    wrong=(
        *_patches(WRONG_TRANSFORMS, TRANSFORMS),
        *_patches(WRONG_LOSS, LOSS),
        *_patches(WRONG_OPTIMIZERS, OPTIMIZERS, alone=WRONG_OPTIMIZERS_ALONE),
        *_patches(WRONG_WEIGHTS, WEIGHTS),
        *_patches(WRONG_ARCHITECTURE, WEIGHTS, MAPS),
        *_patches(WRONG_MAPS, MAPS),
    ),
    right=_right(RIGHT_2, RIGHT_2_ALONE),
    together=3,
)
patches = [NOTEBOOK_1, NOTEBOOK_2]
