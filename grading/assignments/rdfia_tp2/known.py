"""Known submissions: the right sample written in other ways, and with the mistakes that students make."""

from grading.authoring.patches import Patch, Patches


def _right(name: str, *changes: tuple[str, str], alone: bool = False) -> Patch:
    return Patch(name, changes, alone=alone)


def _wrong(name: str, row: str, mistake: str, *changes: tuple[str, str], may: tuple[str, ...] = ()) -> Patch:
    """Whoever steps wrongly may train nothing: what a program trains is measured, whatever went wrong before."""
    if row.startswith("ab-") and row not in {TRAINING, MNIST, MACHINES}:
        may = (TRAINING, MNIST) if row in {NN, OPTIM} else (TRAINING,)
    return Patch(name, changes, loses=(row,), named=mistake, may_lose=may)


# -- 1_ab_Intro_to_NNs.ipynb ------------------------------------------------------------------------------

INIT, FORWARD, LOSS, BACKWARD, STEP = "ab-initialisation", "ab-forward", "ab-loss-accuracy", "ab-backward", "ab-sgd"
AUTOGRAD, NN, OPTIM = "ab-autograd", "ab-nn", "ab-optim"
TRAINING, MNIST, MACHINES = "ab-training", "ab-mnist", "ab-svm"

WH, BH = 'params["Wh"] = torch.randn(nh, nx) * 0.3', 'params["bh"] = torch.randn(1, nh) * 0.3'
WY, BY = 'params["Wy"] = torch.randn(ny, nh) * 0.3', 'params["by"] = torch.randn(1, ny) * 0.3'
HTILDE = 'outputs["htilde"] = X @ params["Wh"].t() + params["bh"]'
YTILDE = 'outputs["ytilde"] = outputs["h"] @ params["Wy"].t() + params["by"]'
TANH = 'outputs["h"] = torch.tanh(outputs["htilde"])'
EXP = 'e = torch.exp(outputs["ytilde"] - outputs["ytilde"].max(dim=1, keepdim=True)[0])'
YHAT = 'outputs["yhat"] = e / e.sum(dim=1, keepdim=True)'
L = "L = -(Y * torch.log(Yhat)).sum(dim=1).mean()"
ACC = "acc = (Yhat.argmax(dim=1) == Y.argmax(dim=1)).float().mean()"
ACC_HAND, ACC_NN = f"{L}\n    {ACC}", f"L = loss(Yhat, Y)\n    {ACC}"
DY = 'dy = (outputs["yhat"] - Y) / bsize'
DH = 'dh = (dy @ params["Wy"]) * (1 - outputs["h"] ** 2)'
G_WY, G_BY = 'grads["Wy"] = dy.t() @ outputs["h"]', 'grads["by"] = dy.sum(dim=0, keepdim=True)'
G_WH, G_BH = 'grads["Wh"] = dh.t() @ outputs["X"]', 'grads["bh"] = dh.sum(dim=0, keepdim=True)'
HAND_STEP = "        params = sgd(params, backward(params, outputs, Y), eta)"
KERNELS, CS = 'for kernel in ("linear", "rbf", "poly"):', "    for C in (0.1, 1.0, 10.0):"
FIT = "machine = SVC(kernel=kernel, C=C, degree=2)"
MNIST_LOOP = "L, _ = loss_accuracy(loss, model(mnist.Xtrain[inds]), mnist.Ytrain[inds])\n        L.backward()\n        optim.step()"
SGD = "    for name in params:\n        params[name] = params[name] - eta * grads[name]\n    return params"
TRACKED = "return {name: (torch.randn(*shape) * 0.3).requires_grad_() for name, shape in shapes.items()}"
SGD_AUTO = "            params[name] -= eta * params[name].grad\n            params[name].grad.zero_()"
SGD_AUTO_WHOLE = f"    with torch.no_grad():\n        for name in params:\n{SGD_AUTO}\n    return params"
SGD_NN = "    with torch.no_grad():\n        for p in model.parameters():\n            p -= eta * p.grad\n    model.zero_grad()"
MODEL = "model = torch.nn.Sequential(torch.nn.Linear(nx, nh), torch.nn.Tanh(), torch.nn.Linear(nh, ny))"
RETURN_NN = "return model, loss\n"
CRITERION = "loss = torch.nn.CrossEntropyLoss()"
OPTIMIZER = "optim = torch.optim.SGD(model.parameters(), lr=eta)"
TURNED = (
    (WH, 'params["Wh"] = torch.randn(nx, nh) * 0.3'),
    (WY, 'params["Wy"] = torch.randn(nh, ny) * 0.3'),
    ('{"Wh": (nh, nx), "bh": (1, nh), "Wy": (ny, nh), "by": (1, ny)}', '{"Wh": (nx, nh), "bh": (1, nh), "Wy": (nh, ny), "by": (1, ny)}'),
    ('params["Wh"].t()', 'params["Wh"]'),
    ('params["Wy"].t()', 'params["Wy"]'),
    ('dy @ params["Wy"]', 'dy @ params["Wy"].t()'),
    (G_WY, 'grads["Wy"] = outputs["h"].t() @ dy'),
    (G_WH, 'grads["Wh"] = outputs["X"].t() @ dh'),
)  # fmt: skip
"""Weights as (inputs, outputs)."""

CIRCLES_RIGHT = (
    _right("parameters in a list", ("params = {}", "params = [None] * 4"), ('params["Wh"]', "params[0]"), ('params["bh"]', "params[1]"),
           ('params["Wy"]', "params[2]"), ('params["by"]', "params[3]"),
           (SGD, '    names = ["Wh", "bh", "Wy", "by"]\n    for i in range(4):\n        params[i] = params[i] - eta * grads[names[i]]\n    return params'),
           alone=True),
    _right("names of the other course", ('params["Wh"]', 'params["W1"]'), ('params["bh"]', 'params["b1"]'), ('params["Wy"]', 'params["W2"]'),
           ('params["by"]', 'params["b2"]'), ('grads["Wh"]', 'grads["dW1"]'), ('grads["bh"]', 'grads["db1"]'), ('grads["Wy"]', 'grads["dW2"]'),
           ('grads["by"]', 'grads["db2"]'),
           (SGD, '    for name in params:\n        params[name] = params[name] - eta * grads["d" + name]\n    return params'),
           ('shapes = {"Wh": (nh, nx), "bh": (1, nh), "Wy": (ny, nh), "by": (1, ny)}', 'shapes = {"W1": (nh, nx), "b1": (1, nh), "W2": (ny, nh), "b2": (1, ny)}'),
           alone=True),
    _right("arguments the other way round", ("def forward(params, X):", "def forward(X, params):"), ("forward(params, X)", "forward(X, params)"),
           ("def loss_accuracy(Yhat, Y):", "def loss_accuracy(Y, Yhat):"), alone=True),
    _right("probabilities last", ('return outputs["yhat"], outputs', 'return outputs, outputs["yhat"]'),
           ("Yhat, outputs = forward(params, X)", "outputs, Yhat = forward(params, X)"), ("Yhat, _ = forward(", "_, Yhat = forward("),
           ("forward(params, x)[0]", "forward(params, x)[1]"), ("forward(params, data.Xgrid)[0]", "forward(params, data.Xgrid)[1]"), alone=True),
    _right("weights turned", *TURNED),
    _right("weights turned, flat biases, sums", *TURNED, (BH, 'params["bh"] = torch.zeros(nh)'), (BY, 'params["by"] = torch.zeros(ny)'),
           (G_BH, 'grads["bh"] = dh.sum(0)'), (G_BY, 'grads["by"] = dy.sum(0)'), (DY, 'dy = outputs["yhat"] - Y')),
    _right("columns of biases", (BH, 'params["bh"] = torch.randn(nh, 1) * 0.3'), (BY, 'params["by"] = torch.randn(ny, 1) * 0.3'),
           (HTILDE, 'outputs["htilde"] = (params["Wh"] @ X.t() + params["bh"]).t()'),
           (YTILDE, 'outputs["ytilde"] = (params["Wy"] @ outputs["h"].t() + params["by"]).t()'), (G_BH, 'grads["bh"] = dh.sum(0).reshape(-1, 1)'),
           (G_BY, 'grads["by"] = dy.sum(0).reshape(-1, 1)'), ('"bh": (1, nh)', '"bh": (nh, 1)'), ('"by": (1, ny)', '"by": (ny, 1)')),
    _right("flat biases, matmul and addmm", (BH, 'params["bh"] = torch.randn(nh) * 0.3'), (BY, 'params["by"] = torch.randn(ny) * 0.3'),
           (HTILDE, 'outputs["htilde"] = torch.matmul(X, params["Wh"].T) + params["bh"]'),
           (YTILDE, 'outputs["ytilde"] = torch.mm(outputs["h"], params["Wy"].transpose(0, 1)) + params["by"]')),
    _right("normal_ with its deviation", (WH, 'params["Wh"] = torch.empty(nh, nx).normal_(0, 0.3)'),
           (WY, 'params["Wy"] = torch.normal(0.0, 0.3, size=(ny, nh))'), (BH, 'params["bh"] = torch.zeros(1, nh)'),
           (BY, 'params["by"] = torch.zeros(1, ny)')),
    _right("a distribution's samples", (WH, 'params["Wh"] = torch.distributions.Normal(0, 0.3).sample((nh, nx))'),
           (WY, 'params["Wy"] = torch.from_numpy(np.random.normal(0, 0.3, (ny, nh))).float()')),
    _right("biases repeated for each row",
           (HTILDE, 'bsize = X.size(0)\n    nh = params["Wh"].size(0)\n    outputs["htilde"] = torch.mm(X, params["Wh"].t()) + params["bh"].view(1, nh).repeat(bsize, 1)')),
    _right("softmax of torch", (EXP, ""), (YHAT, 'outputs["yhat"] = torch.softmax(outputs["ytilde"], dim=1)')),
    _right("softmax without protection", (EXP, 'e = outputs["ytilde"].exp()'), (YHAT, 'outputs["yhat"] = e / torch.sum(e, 1).view(-1, 1)')),
    _right("softmax with expand", (YHAT, 'outputs["yhat"] = e / e.sum(1, keepdim=True).expand_as(e)')),
    _right("tanh by its formula", (TANH, 'a = outputs["htilde"]\n    outputs["h"] = (a.exp() - (-a).exp()) / (a.exp() + (-a).exp())')),
    _right("nn.Tanh in the forward pass", (TANH, 'outputs["h"] = torch.nn.Tanh()(outputs["htilde"])')),
    _right("local names, dictionary at the end", (HTILDE, 'a = X @ params["Wh"].t() + params["bh"]'), (TANH, "h = a.tanh()"),
           (YTILDE, 'z = h @ params["Wy"].t() + params["by"]'), (EXP, "e = torch.exp(z)"),
           (YHAT, 'yhat = e / e.sum(dim=1, keepdim=True)\n    outputs = {"X": X, "htilde": a, "h": h, "ytilde": z, "yhat": yhat}')),
    _right("loss divided by hand", (L, "L = -torch.sum(Y * torch.log(Yhat)) / Y.shape[0]")),
    _right("loss of the true entries", (L, "L = -torch.log(Yhat[range(len(Y)), Y.argmax(1)]).mean()")),
    _right("loss with a guard", (L, "L = -(Y * torch.log(Yhat + 1e-9)).sum(1).mean()")),
    _right("loss and accuracy as numbers", (f"{ACC_HAND}\n    return L, acc", f"{ACC_HAND}\n    return L, acc.item()")),
    _right("accuracy in percent", (ACC, "acc = 100 * (Yhat.argmax(dim=1) == Y.argmax(dim=1)).float().mean()")),
    _right("accuracy by max", (ACC, "_, a = torch.max(Yhat, 1)\n    _, b = torch.max(Y, 1)\n    acc = torch.sum(a == b).float() / Y.size(0)")),
    _right("accuracy counted in a loop",
           (ACC_HAND, f"{L}\n    good = 0\n    for i in range(len(Y)):\n        if torch.argmax(Yhat[i]) == torch.argmax(Y[i]):\n            good += 1\n    acc = good / len(Y)")),
    _right("accuracy through numpy",
           (ACC_HAND, f"{L}\n    acc = np.mean(np.argmax(Yhat.detach().numpy(), axis=1) == np.argmax(Y.numpy(), axis=1)) * 100")),
    _right("gradients summed", (DY, 'dy = outputs["yhat"] - Y')),
    _right("each gradient divided", (DY, 'dy = outputs["yhat"] - Y'), (G_WY, f"{G_WY} / bsize"), (G_BY, 'grads["by"] = dy.mean(0, keepdim=True)'),
           (G_WH, f"{G_WH} / bsize"), (G_BH, 'grads["bh"] = dh.mean(0, keepdim=True)')),
    _right("gradients in a loop over examples",
           (DY, 'for name in params:\n        grads[name] = torch.zeros_like(params[name])\n    for i in range(bsize):\n        d = outputs["yhat"][i] - Y[i]\n        e = (params["Wy"].t() @ d) * (1 - torch.tanh(outputs["htilde"][i]) ** 2)\n        grads["Wy"] += torch.outer(d, outputs["h"][i])\n        grads["by"] += d\n        grads["Wh"] += torch.outer(e, outputs["X"][i])\n        grads["bh"] += e'),
           (DH, ""), ("    grads = {}\n", ""), (G_WY, ""), (G_BY, ""), (G_WH, ""), (G_BH, ""),
           ('"""Gradients of the mean loss."""', '"""Gradients."""\n    grads = {}')),
    _right("gradients with einsum", (G_WY, 'grads["Wy"] = torch.einsum("ni,nj->ij", dy, outputs["h"])'),
           (G_WH, 'grads["Wh"] = torch.einsum("ni,nj->ij", dh, outputs["X"])')),
    _right("slope by torch.pow and ones", (DH, 'dh = torch.mul(dy.mm(params["Wy"]), torch.ones_like(outputs["h"]) - torch.pow(outputs["h"], 2))')),
    _right("slope through tanh again", (DH, 'dh = (dy @ params["Wy"]) * (1 - torch.tanh(outputs["htilde"]) ** 2)')),
    _right("gradients of biases without their axis", (G_BH, 'grads["bh"] = dh.sum(0)'), (G_BY, 'grads["by"] = torch.sum(dy, 0)')),
    _right("all gradients in one display",
           (G_WY, 'grads = {"Wy": dy.t() @ outputs["h"], "by": dy.sum(0, keepdim=True), "Wh": dh.t() @ outputs["X"], "bh": dh.sum(0, keepdim=True)}'),
           (G_BY, ""), (G_WH, ""), (G_BH, "")),
    _right("sgd in place",
           (SGD, '    params["Wh"] -= eta * grads["Wh"]\n    params["bh"] -= eta * grads["bh"]\n    params["Wy"] -= eta * grads["Wy"]\n    params["by"] -= eta * grads["by"]\n    return params')),
    _right("sgd returns nothing", (SGD, "    for name in params:\n        params[name] -= eta * grads[name]"),
           ("params = sgd(params, backward", "sgd(params, backward")),
    _right("sgd makes a new dictionary", (SGD, "    return {name: value - eta * grads[name] for name, value in params.items()}")),
    _right("sgd on data", (SGD, "    for name in params:\n        params[name].data.sub_(eta * grads[name])\n    return params")),
    _right("autograd without no_grad",
           (SGD_AUTO_WHOLE, "    for name in params:\n        params[name].data -= eta * params[name].grad.data\n        params[name].grad.data.zero_()\n    return params")),
    _right("autograd sets gradients to None", (SGD_AUTO, "            params[name] -= eta * params[name].grad\n            params[name].grad = None")),
    _right("autograd makes new leaves",
           (SGD_AUTO_WHOLE, "    with torch.no_grad():\n        for name in params:\n            params[name] = params[name] - eta * params[name].grad\n    for name in params:\n        params[name].requires_grad_(True)\n    return params")),
    _right("autograd with Variable",
           (TRACKED, "return {name: torch.autograd.Variable(0.3 * torch.randn(*shape), requires_grad=True) for name, shape in shapes.items()}")),
    _right("autograd with nn.Parameter", (TRACKED, "return {name: torch.nn.Parameter(0.3 * torch.randn(*shape)) for name, shape in shapes.items()}")),
    _right("autograd changes one attribute",
           (TRACKED, "made = {}\n    for name, shape in shapes.items():\n        made[name] = torch.randn(*shape) * 0.3\n        made[name].requires_grad = True\n    return made")),
    _right("nn resets each gradient", (SGD_NN, "    for p in model.parameters():\n        p.data.add_(p.grad, alpha=-eta)\n        p.grad.zero_()")),
    _right("nn updates data, forgetting later",
           (SGD_NN, "    with torch.no_grad():\n        for name, p in model.named_parameters():\n            p.copy_(p - eta * p.grad)\n            p.grad = None")),
    _right("nn resets in the loop", (SGD_NN, "    with torch.no_grad():\n        for p in model.parameters():\n            p -= eta * p.grad"),
           ("        L.backward()\n        sgd(model, eta)", "        model.zero_grad()\n        L.backward()\n        sgd(model, eta)")),
    _right("model by add_module",
           (MODEL, 'model = torch.nn.Sequential()\n    model.add_module("hidden", torch.nn.Linear(nx, nh))\n    model.add_module("tanh", torch.nn.Tanh())\n    model.add_module("out", torch.nn.Linear(nh, ny))')),
    _right("labels as numbers",
           (ACC_NN, "_, target = torch.max(Y, 1)\n    L = loss(Yhat, target)\n    acc = (torch.max(Yhat, 1)[1] == target).sum().item() / len(Y)")),
    _right("softmax before the accuracy only",
           (ACC_NN, "L = loss(Yhat, Y)\n    acc = (torch.softmax(Yhat, 1).argmax(1) == Y.argmax(1)).float().mean().item()")),
    _right("a smaller rate", ("10, data.Ytrain.shape[1], 0.05", "12, data.Ytrain.shape[1], 0.03")),
    _right("epochs in a while loop",
           ("for iteration in range(150):\n    perm = np.random.permutation(N)\n    for j in range(N // Nbatch):\n        inds = perm[j * Nbatch:(j + 1) * Nbatch]\n        X, Y", "iteration = -1\nwhile iteration < 149:\n    iteration += 1\n    perm = torch.randperm(N)\n    for j in range(N // Nbatch):\n        inds = perm[j * Nbatch:(j + 1) * Nbatch]\n        X, Y")),
    _right("machines by name",
           (KERNELS, 'from sklearn.svm import LinearSVC\nfor kernel, degree in (("linear", 1), ("rbf", 1), ("poly", 2), ("sigmoid", 1)):'),
           (FIT, 'machine = LinearSVC(C=C) if kernel == "linear" else SVC(kernel=kernel, C=C, degree=degree)')),
    _right("machines of other labels", ("labels = data.Ytrain.argmax(dim=1).numpy()", "labels = 1 - 2 * data.Ytrain[:, 0].numpy()"),
           ("data.Ytest.argmax(dim=1).numpy()", "1 - 2 * data.Ytest[:, 0].numpy()")),
    _right("gamma varied", (CS, "    for C in (0.5, 2.0):"), (FIT, "machine = SVC(kernel=kernel, gamma=C, degree=2)")),
    _right("log-softmax and its loss", (CRITERION, "loss = torch.nn.NLLLoss()"),
           (MODEL, MODEL.replace("Linear(nh, ny)", "Linear(nh, ny), torch.nn.LogSoftmax(dim=1)")),
           ("L = loss(Yhat, Y)", "L = loss(Yhat, Y.argmax(1))")),
)  # fmt: skip

CIRCLES_WRONG = (
    _wrong("zeros", INIT, "zeros-left", (WH, 'params["Wh"] = torch.zeros(nh, nx)'), (WY, 'params["Wy"] = torch.zeros(ny, nh)')),
    _wrong("rand", INIT, "uniform-zero-to-one", (WH, 'params["Wh"] = torch.rand(nh, nx)'), (WY, 'params["Wy"] = torch.rand(ny, nh)')),
    _wrong("randn", INIT, "std-one", (WH, 'params["Wh"] = torch.randn(nh, nx)'), (WY, 'params["Wy"] = torch.randn(ny, nh)')),
    _wrong("variance", INIT, "variance-for-std", (WH, 'params["Wh"] = torch.randn(nh, nx) * 0.3 ** 2'),
           (WY, 'params["Wy"] = torch.randn(ny, nh) * 0.3 ** 2')),
    _wrong("root", INIT, "std-for-variance", (WH, 'params["Wh"] = torch.randn(nh, nx) * 0.3 ** 0.5'),
           (WY, 'params["Wy"] = torch.randn(ny, nh) * 0.3 ** 0.5')),
    _wrong("softmax over the batch", FORWARD, "softmax-over-the-batch", (EXP, 'e = outputs["ytilde"].exp()'),
           (YHAT, 'outputs["yhat"] = e / e.sum(dim=0, keepdim=True)')),
    _wrong("softmax over everything", FORWARD, "softmax-over-everything", (EXP, 'e = outputs["ytilde"].exp()'),
           (YHAT, 'outputs["yhat"] = e / e.sum()')),
    _wrong("no softmax", FORWARD, "no-softmax", (EXP, ""), (YHAT, 'outputs["yhat"] = outputs["ytilde"]')),
    _wrong("sigmoid hidden", FORWARD, "sigmoid-hidden", (TANH, 'outputs["h"] = torch.sigmoid(outputs["htilde"])')),
    _wrong("no hidden bias", FORWARD, "no-hidden-bias", (HTILDE, 'outputs["htilde"] = X @ params["Wh"].t()')),
    _wrong("no output bias", FORWARD, "no-output-bias", (YTILDE, 'outputs["ytilde"] = outputs["h"] @ params["Wy"].t()')),
    _wrong("loss summed", LOSS, "sum-instead-of-mean", (L, "L = -(Y * torch.log(Yhat)).sum()")),
    _wrong("loss over classes too", LOSS, "mean-over-classes", (L, "L = -(Y * torch.log(Yhat)).mean()")),
    _wrong("loss without minus", LOSS, "cross-entropy-sign", (L, "L = (Y * torch.log(Yhat)).sum(1).mean()")),
    _wrong("accuracy by threshold", LOSS, "accuracy-per-output", (ACC_HAND, f"{L}\n    acc = ((Yhat > 0.5).float() == Y).float().mean()")),
    _wrong("accuracy not divided", LOSS, "accuracy-not-divided", (ACC_HAND, f"{L}\n    acc = (Yhat.argmax(1) == Y.argmax(1)).sum()")),
    _wrong("htilde in the slope", BACKWARD, "slope-of-pre-activation", (DH, 'dh = (dy @ params["Wy"]) * (1 - outputs["htilde"] ** 2)')),
    _wrong("slope missing", BACKWARD, "slope-missing", (DH, 'dh = dy @ params["Wy"]')),
    _wrong("slope of the sigmoid", BACKWARD, "slope-of-sigmoid", (DH, 'dh = (dy @ params["Wy"]) * outputs["h"] * (1 - outputs["h"])')),
    _wrong("sign", BACKWARD, "gradient-sign", (DY, 'dy = (Y - outputs["yhat"]) / bsize')),
    _wrong("logits", BACKWARD, "logits-for-probabilities", (DY, 'dy = (outputs["ytilde"] - Y) / bsize')),
    _wrong("biases averaged only", BACKWARD, "biases-averaged-only", (DY, 'dy = outputs["yhat"] - Y'),
           (G_BY, 'grads["by"] = dy.mean(0, keepdim=True)'), (G_BH, 'grads["bh"] = dh.mean(0, keepdim=True)')),
    _wrong("weights averaged only", BACKWARD, "weights-averaged-only", (DY, 'dy = outputs["yhat"] - Y'), (G_WY, f"{G_WY} / bsize"),
           (G_WH, f"{G_WH} / bsize")),
    _wrong("transpose missing", BACKWARD, "", (G_WY, 'grads["Wy"] = outputs["h"].t() @ dy')),
    _wrong("autograd by hand", BACKWARD, "library-call",
           (DY, 'own = {name: value.clone().requires_grad_() for name, value in params.items()}\n    loss = -(Y * torch.log(forward(own, outputs["X"])[0])).sum(1).mean()\n    slopes = dict(zip(own, torch.autograd.grad(loss, list(own.values()))))'),
           ("    grads = {}\n", ""), (DH, ""), (G_WY, ""), (G_BY, ""), (G_WH, ""), (G_BH, "grads = slopes")),
    _wrong("ascent", STEP, "gradient-ascent", (SGD, SGD.replace("- eta", "+ eta"))),
    _wrong("rate missing", STEP, "learning-rate-missing", (SGD, SGD.replace("eta * ", ""))),
    _wrong("local copies", STEP, "parameters-do-not-move",
           (SGD, "    for name in params:\n        value = params[name] - eta * grads[name]\n    return params")),
    _wrong("weights only", STEP, "biases-do-not-move",
           (SGD, '    params["Wh"] = params["Wh"] - eta * grads["Wh"]\n    params["Wy"] = params["Wy"] - eta * grads["Wy"]\n    return params')),
    _wrong("no leaves", AUTOGRAD, "initialised-non-leaf",
           (TRACKED, "return {name: torch.randn(*shape, requires_grad=True) * 0.3 for name, shape in shapes.items()}")),
    _wrong("gradients accumulate", AUTOGRAD, "gradients-accumulate", (SGD_AUTO, "            params[name] -= eta * params[name].grad")),
    _wrong("tracking lost", AUTOGRAD, "tracking-lost",
           (SGD_AUTO_WHOLE, "    with torch.no_grad():\n        for name in params:\n            params[name] = params[name] - eta * params[name].grad\n    return params")),
    _wrong("softmax in the model", NN, "softmax-before-cross-entropy",
           (f"{MODEL}\n    {CRITERION}\n    {RETURN_NN.strip()}", f'{MODEL.replace("Linear(nh, ny)", "Linear(nh, ny), torch.nn.Softmax(dim=1)")}\n    {CRITERION}\n    return model, loss')),
    _wrong("softmax before the loss", NN, "softmax-before-cross-entropy", (ACC_NN, f"L = loss(torch.softmax(Yhat, 1), Y)\n    {ACC}")),
    _wrong("squares", NN, "squared-error", (f"{CRITERION}\n    return model, loss", "loss = torch.nn.MSELoss()\n    return model, loss")),
    _wrong("ReLU", NN, "relu-hidden", (f"{MODEL}\n    {CRITERION}\n    return", f'{MODEL.replace("Tanh", "ReLU")}\n    {CRITERION}\n    return')),
    _wrong("no activation", OPTIM, "hidden-activation-missing",
           (f"{MODEL}\n    {CRITERION}\n    optim", f'{MODEL.replace("torch.nn.Tanh(), ", "")}\n    {CRITERION}\n    optim')),
    _wrong("Adam", OPTIM, "optimizer-adam", (OPTIMIZER, OPTIMIZER.replace("SGD", "Adam"))),
    _wrong("momentum", OPTIM, "optimizer-momentum", (OPTIMIZER, OPTIMIZER.replace("lr=eta", "lr=eta, momentum=0.9"))),
    _wrong("rate fixed", OPTIM, "rate-fixed", (OPTIMIZER, OPTIMIZER.replace("lr=eta", "lr=0.03"))),
    _wrong("loop by hand on a copy", TRAINING, "", (HAND_STEP, "        sgd(dict(params), backward(params, outputs, Y), eta)")),
    _wrong("loop by hand without steps", TRAINING, "", (HAND_STEP, "        backward(params, outputs, Y)")),
    _wrong("autograd loop without steps", TRAINING, "untrained", ("        L.backward()\n        params = sgd(params, eta)", "        L.backward()")),
    _wrong("loop uphill", TRAINING, "", (HAND_STEP, HAND_STEP.replace("eta)", "-5.0)"))),
    _wrong("MNIST loop without steps", MNIST, "untrained", (MNIST_LOOP, MNIST_LOOP.replace("\n        optim.step()", ""))),
    _wrong("MNIST labels shuffled apart", MNIST, "", ("mnist.Ytrain[inds])", "mnist.Ytrain[np.random.permutation(len(perm))[:Nbatch]])")),
    _wrong("one kernel", MACHINES, "one-kernel", (KERNELS, 'for kernel in ("rbf",):')),
    _wrong("no linear machine", MACHINES, "linear-missing", (KERNELS, 'for kernel in ("rbf", "poly"):')),
    _wrong("one setting", MACHINES, "settings-not-varied", (CS, "    for C in (1.0,):")),
    _wrong("lines only", MACHINES, "machine-not-better", (FIT, "machine = SVC(kernel=kernel, C=C, degree=1, gamma=1e-6)")),
    _wrong("softmax in the model of optim", OPTIM, "softmax-before-cross-entropy",
           (f"{MODEL}\n    {CRITERION}\n    optim", f'{MODEL.replace("Linear(nh, ny)", "Linear(nh, ny), torch.nn.Softmax(dim=1)")}\n    {CRITERION}\n    optim')),
)  # fmt: skip

# -- 1_cd_CNNs.ipynb --------------------------------------------------------------------------------------

NETWORK, STATISTICS, CROPS = "cd-architecture", "cd-normalisation", "cd-augmentation"
SCHEDULE, DROPOUT, NORMALISATION = "cd-schedule", "cd-dropout", "cd-batch-normalisation"

INDENT = "            "
CONV1 = "nn.Conv2d(3, 32, (5, 5), stride=1, padding=2),"
CONV2 = "nn.Conv2d(32, 64, (5, 5), stride=1, padding=2),"
CONV3 = "nn.Conv2d(64, 64, (5, 5), stride=1, padding=2),"
BN1, BN2 = f"{INDENT}nn.BatchNorm2d(32),\n", f"{INDENT}nn.BatchNorm2d(64),\n"
POOL, POOL3 = "nn.MaxPool2d((2, 2), stride=2, padding=0)", "nn.MaxPool2d((2, 2), stride=2, padding=0, ceil_mode=True)"
DROP = f"{INDENT}nn.Dropout(0.5),\n"
HEAD = "nn.Linear(1000, 10),"
FC4 = "nn.Linear(1024, 1000),"
NORMALIZE = "normalize = transforms.Normalize(mean=[0.491, 0.482, 0.447], std=[0.202, 0.199, 0.201])"
CROP, FLIP = f"{INDENT}transforms.RandomCrop(28),\n", f"{INDENT}transforms.RandomHorizontalFlip(),\n"
CENTRE = f"{INDENT}transforms.CenterCrop(28),\n"
TENSOR = f"{INDENT}transforms.ToTensor(),\n{INDENT}normalize,\n"
SCHED = "lr_sched = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)"
ADVANCE = "        lr_sched.step()"
RUN = "main(128, 0.1, epochs=30, cuda=True)"
FUNCTIONAL = '''class ConvNet(nn.Module):
    """Layers by name, the rest as functions."""

    def __init__(self):
        super(ConvNet, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, 5, 1, 2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding="same")
        self.conv3 = nn.Conv2d(64, 64, kernel_size=5, padding=2)
        self.bn1 = nn.BatchNorm2d(32)
        self.bn2 = nn.BatchNorm2d(64)
        self.bn3 = nn.BatchNorm2d(64)
        self.fc5 = nn.Linear(1000, 10)
        self.fc4 = nn.Linear(64 * 4 * 4, 1000)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = nn.functional.max_pool2d(torch.relu(self.bn2(self.conv2(x))), 2)
        x = nn.functional.max_pool2d(torch.relu(self.bn3(self.conv3(x))), 2, ceil_mode=True)
        x = torch.flatten(x, 1)
        x = nn.functional.dropout(torch.relu(self.fc4(x)), 0.3, self.training)
        return self.fc5(x)


class Unused(nn.Module):
    """Nothing."""

'''

CNN_RIGHT = (
    _right("functions and names",
           ('class ConvNet(nn.Module):\n    """Three convolutions with batch normalisation, two linear layers with dropout."""\n', FUNCTIONAL)),
    _right("normalisation behind the activation", (f"{BN1}{INDENT}nn.ReLU(),\n", f"{INDENT}nn.ReLU(),\n{BN1}"),
           (f"{BN2}{INDENT}nn.ReLU(),\n", f"{INDENT}nn.ReLU(),\n{BN2}")),
    _right("convolutions without biases", (CONV1, CONV1.replace("padding=2", "padding=2, bias=False")),
           (CONV2, CONV2.replace("padding=2", "padding=2, bias=False")), (CONV3, CONV3.replace("padding=2", "padding=2, bias=False"))),
    _right("main is never called", (RUN, "# main(128, 0.1)")),
    _right("main at its own device",
           ("if cuda:\n        model = model.cuda()", 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n    model.to(device)\n    if False:\n        model = model.cuda()')),
    _right("statistics to four digits", (NORMALIZE, "normalize = transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))")),
    _right("tensors first, then crops", (f"{CROP}{FLIP}{TENSOR}", f"{TENSOR}{CROP}{FLIP}"), (f"{CENTRE}{TENSOR}", f"{TENSOR}{CENTRE}")),
    _right("flip before the crop", (f"{CROP}{FLIP}", f"{FLIP}{CROP}")),
    _right("more augmentation", (f"{CROP}{FLIP}", f"{CROP}{FLIP}{INDENT}transforms.ColorJitter(0.1, 0.1),\n")),
    _right("schedule of lambdas", (SCHED, "lr_sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: 0.95 ** e)")),
    _right("schedule of one step", (SCHED, "lr_sched = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.95)")),
    _right("schedule before the epoch", (ADVANCE, ""),
           ("        top1_acc, _, loss = epoch(", "        lr_sched.step()\n        top1_acc, _, loss = epoch(")),
    _right("rate by hand", (ADVANCE, "        for group in optimizer.param_groups:\n            group['lr'] *= 0.95"), (SCHED, "")),
    _right("another rate of dropout", (DROP, DROP.replace("0.5", "0.2"))),
    _right("dropout before the activation", (f"{INDENT}nn.ReLU(),\n{DROP}", f"{DROP}{INDENT}nn.ReLU(),\n")),
    _right("dropout in both places", (f"{INDENT}{FC4}\n", f"{INDENT}nn.Dropout(0.2),\n{INDENT}{FC4}\n")),
    _right("momentum", ("torch.optim.SGD(model.parameters(), lr)", "torch.optim.SGD(model.parameters(), lr, momentum=0.9)")),
    _right("Adam", ("torch.optim.SGD(model.parameters(), lr)", "torch.optim.Adam(model.parameters(), lr=1e-3)")),
    _right("log-softmax", (HEAD, f"{HEAD}\n{INDENT}nn.LogSoftmax(dim=1),")),
    _right("small pools", (POOL3, "nn.MaxPool2d(2, ceil_mode=True)"), (f"{POOL},", "nn.MaxPool2d(2),")),
    _right("ceil mode everywhere", (f"{POOL},", f"{POOL3},")),
    _right("loops in main",
           ("            optimizer.zero_grad()\n            loss.backward()\n            optimizer.step()\n", "            loss.backward()\n            optimizer.step()\n            model.zero_grad()\n")),
    _right("the data are looked at first",
           ("PRINT_INTERVAL = 200", 'PRINT_INTERVAL = 200\nshown = datasets.CIFAR10("datasets", train=True, download=True)')),
    _right("hard cuda", ("if cuda:\n        model = model.cuda()", "if True:\n        model = model.cuda()")),
)  # fmt: skip

CNN_WRONG = (
    _wrong("no relu behind fc4", NETWORK, "no-activation-after-fc4", (f"{FC4}\n{INDENT}nn.ReLU(),", FC4)),
    _wrong("no relu behind conv1", NETWORK, "no-activation-after-conv1", (f"{BN1}{INDENT}nn.ReLU(),\n", BN1)),
    _wrong("tanh", NETWORK, "tanh-for-relu", ("nn.ReLU()", "nn.Tanh()")),
    _wrong("leaky", NETWORK, "leaky-relu", ("nn.ReLU()", "nn.LeakyReLU()")),
    _wrong("averages", NETWORK, "average-pooling", ("nn.MaxPool2d((2, 2)", "nn.AvgPool2d((2, 2)")),
    _wrong("softmax", NETWORK, "softmax-before-cross-entropy", (HEAD, f"{HEAD}\n{INDENT}nn.Softmax(dim=1),")),
    _wrong("relu on scores", NETWORK, "relu-on-scores", (HEAD, f"{HEAD}\n{INDENT}nn.ReLU(),")),
    _wrong("kernels of 3", NETWORK, "kernel-size", (CONV3, CONV3.replace("(5, 5)", "(3, 3)").replace("padding=2", "padding=1"))),
    _wrong("no padding", NETWORK, "padding", ("stride=1, padding=2", "stride=1"), (FC4, "nn.Linear(64, 1000),"), may=(CROPS, SCHEDULE)),
    _wrong("filters", NETWORK, "filters", (CONV3, CONV3.replace("64, 64", "64, 128")),
           (f"{INDENT}nn.BatchNorm2d(64),\n{INDENT}nn.ReLU(),\n{INDENT}{POOL3}", f"{INDENT}nn.BatchNorm2d(128),\n{INDENT}nn.ReLU(),\n{INDENT}{POOL3}"),
           (FC4, "nn.Linear(2048, 1000),")),
    _wrong("narrow fc4", NETWORK, "linear-widths", (FC4, "nn.Linear(1024, 100),"), (HEAD, "nn.Linear(100, 10),")),
    _wrong("one linear layer", NETWORK, "linear-layers",
           (f"{INDENT}{FC4}\n{INDENT}nn.ReLU(),\n{DROP}{INDENT}{HEAD}", f"{INDENT}nn.Linear(1024, 10),"), may=(DROPOUT,)),
    _wrong("two convolutions", NETWORK, "convolutions-number", (f"{INDENT}{CONV3}\n{BN2}{INDENT}nn.ReLU(),\n", ""), may=(CROPS,)),
    _wrong("statistics of 0.5", STATISTICS, "half-statistics", (NORMALIZE, "normalize = transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))")),
    _wrong("ImageNet's statistics", STATISTICS, "imagenet-statistics",
           (NORMALIZE, "normalize = transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))")),
    _wrong("no normalisation", STATISTICS, "no-normalisation", (f"{INDENT}normalize,\n", "")),
    _wrong("test not normalised", STATISTICS, "evaluation-not-normalised", (f"{CENTRE}{TENSOR}", f"{CENTRE}{INDENT}transforms.ToTensor(),\n")),
    _wrong("exchanged", STATISTICS, "statistics-exchanged",
           (NORMALIZE, "normalize = transforms.Normalize([0.202, 0.199, 0.201], [0.491, 0.482, 0.447])")),
    _wrong("no flip", CROPS, "no-flip", (FLIP, "")),
    _wrong("central crops in training", CROPS, "no-random-crop", (CROP, CENTRE)),
    _wrong("resized", CROPS, "resized", (CROP, f"{INDENT}transforms.Resize(28),\n")),
    _wrong("crops of 32", CROPS, "crop-size", (CROP, f"{INDENT}transforms.RandomCrop(32, padding=4),\n")),
    _wrong("vertical flips", CROPS, "vertical-flip", (FLIP, f"{INDENT}transforms.RandomVerticalFlip(),\n")),
    _wrong("random test", CROPS, "evaluation-augmented", (CENTRE, f"{CROP}{FLIP}")),
    _wrong("test not cropped", CROPS, "evaluation-not-cropped", (CENTRE, "")),
    _wrong("test resized", CROPS, "evaluation-resized", (CENTRE, f"{INDENT}transforms.Resize(28),\n")),
    _wrong("no ceil mode", CROPS, "no-ceil-mode", (", ceil_mode=True", ""), (FC4, "nn.Linear(576, 1000),")),
    _wrong("never stepped", SCHEDULE, "rate-constant", (ADVANCE, "")),
    _wrong("gamma", SCHEDULE, "decay-factor", ("gamma=0.95", "gamma=0.5")),
    _wrong("each batch", SCHEDULE, "schedule-each-batch", (ADVANCE, ""),
           ("            optimizer.step()\n", "            optimizer.step()\n            lr_sched.step()\n"),
           ("    global loss_plot\n", "    global loss_plot, lr_sched\n")),
    _wrong("no dropout", DROPOUT, "no-dropout", (DROP, "")),
    _wrong("dropout before fc4", DROPOUT, "dropout-before-fc4", (DROP, ""), (f"{INDENT}{FC4}\n", f"{DROP}{INDENT}{FC4}\n")),
    _wrong("dropout on scores", DROPOUT, "dropout-on-scores", (DROP, ""), (HEAD, f"{HEAD}\n{DROP.rstrip()}")),
    _wrong("no batch normalisation", NORMALISATION, "no-batch-normalisation", (BN1, ""), (BN2, "")),
    _wrong("the first only", NORMALISATION, "normalisation-missing", (BN2, "")),
    _wrong("behind the pooling", NORMALISATION, "normalisation-after-pooling", (BN1, ""), (BN2, ""), (f"{INDENT}{CONV2}", f"{BN1}{INDENT}{CONV2}"),
           (f"{INDENT}{CONV3}", f"{BN2}{INDENT}{CONV3}"), (f"{POOL3},\n", f"{POOL3},\n{BN2}")),
)  # fmt: skip

patches = [
    Patches("1_ab_Intro_to_NNs.ipynb", wrong=CIRCLES_WRONG, right=CIRCLES_RIGHT, together=4),
    Patches("1_cd_CNNs.ipynb", wrong=CNN_WRONG, right=CNN_RIGHT, together=3),
]
