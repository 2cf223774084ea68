"""Known mistakes that are no line of the by-hand network: modules, losses, optimizers, initial values."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grading.assignments.rdfia_tp2.networks import NET, NH, NX, NY, SHAPES, STEPS, N, module_of, plain, plains
from grading.authoring import Mistake
from grading.checks.conclusions import slip
from grading.checks.initialisation import SAID
from reference_models import circles_network
from reference_models.circles_network import NAMES, variant

HAND_INITIALISATION = (
    *(
        slip(id_, SAID[id_], look)
        for id_, look in {
            "std-one": "Multiply torch.randn by 0.3.",
            "zeros-left": "Equal weights make all hidden units the same, for ever: draw them from N(0, 0.3).",
            "ones-instead": "Equal weights make all hidden units the same, for ever: draw them from N(0, 0.3).",
            "uniform-zero-to-one": "torch.randn, not torch.rand, times 0.3.",
            "other-shape": "Draw them from a normal law.",
            "variance-for-std": "0.3 is the standard deviation: multiply torch.randn by it, not by its square.",
            "std-for-variance": "0.3 is the standard deviation already: multiply torch.randn by it.",
        }.items()
    ),
    slip("weight-shape", "A weight has another shape than its layer.", "Wh is (nh, nx) and Wy (ny, nh)."),
    slip("bias-shape", "A bias has another size than its layer.", "bh has nh entries, by has ny."),
)

LEAVES = (
    slip(
        "initialised-non-leaf",
        "A tensor that was made with requires_grad and then multiplied by 0.3 is no leaf: its .grad stays None.",
        "Multiply first, then call requires_grad_().",
    ),
    slip("parameter-untracked", "Some parameters keep track of no gradients.", "All four need requires_grad."),
)


LIBRARY_GRADIENTS = slip(
    "library-call",
    "The gradients that should be computed by hand are autograd's.",
    "Autograd belongs into section 2.",
)


def _lost(*_: object) -> dict[str, Any]:
    return {"lost": 1.0, **{n: np.zeros((STEPS, *SHAPES[n])) for n in NAMES}}


TRACKING_LOST = slip(
    "tracking-lost",
    "The parameters are then new tensors without requires_grad, and the next backward fails.",
    "Change them in place inside torch.no_grad() (params[k] -= eta * params[k].grad).",
    sgd__autograd=_lost,
)


def _unbiased(*_: object) -> dict[str, Any]:
    return {"parameters": float(NX * NH + NH * NY), "out": np.zeros((N, NY)), "loss": 0.0}


def _one_layer(*_: object) -> dict[str, Any]:
    return {"parameters": float(NX * NY + NY), "out": np.zeros((N, NY)), "loss": 0.0}


def _sigmoid(z: Any) -> Any:
    return 0.5 * (1 + np.tanh(z / 2))


def _softmaxed(over: int) -> Callable[[Any], Any]:
    def ending(z: Any) -> Any:
        e = np.exp(z - z.max())
        return e / e.sum(axis=over, keepdims=True)

    return ending


def _modules(kind: str) -> tuple[Mistake, ...]:
    name = f"init_model__{kind}"

    def wrongly(id: str, says: str, look: str, answer: Callable[..., Any]) -> Mistake:  # noqa: A002 - the report's word
        own: dict[str, Any] = {name: answer}
        return Mistake(id, says=says, look=look, **own)

    scores = "The model puts out scores; CrossEntropyLoss does the rest."
    return (
        wrongly("softmax-before-cross-entropy", "The model ends in a Softmax, which CrossEntropyLoss contains already.",
                scores, module_of(NET, NET.output)),
        wrongly("softmax-over-the-batch", "The model ends in a Softmax, and over the examples at that.", scores,
                module_of(NET, _softmaxed(0))),
        wrongly("sigmoid-on-scores", "The model ends in a Sigmoid.", scores, module_of(NET, _sigmoid)),
        wrongly("tanh-on-scores", "The model ends in a Tanh.", scores, module_of(NET, np.tanh)),
        wrongly("relu-on-scores", "The model ends in a ReLU: scores may be negative.", scores,
                module_of(NET, lambda z: np.maximum(z, 0))),
        wrongly("relu-hidden", "The hidden layer uses ReLU; Tanh is asked for.", "Linear, Tanh, Linear.",
                module_of(variant(hidden=lambda net, z: np.maximum(z, 0)))),
        wrongly("sigmoid-hidden", "The hidden layer uses the sigmoid; Tanh is asked for.", "Linear, Tanh, Linear.",
                module_of(variant(hidden=lambda net, z: _sigmoid(z)))),
        wrongly("no-hidden-activation", "Nothing stands between the two Linear layers.", "Linear, Tanh, Linear.",
                module_of(variant(hidden=lambda net, z: z))),
        wrongly("layers-without-bias", "The layers have no biases.", "Leave bias=True.", _unbiased),
        wrongly("one-layer", "There is one layer only.", "Linear, Tanh, Linear.", _one_layer),
    )  # fmt: skip


def _losses(kind: str) -> tuple[Mistake, ...]:
    name = f"init_model__{kind}"

    def of(measure: Callable[[Any, Any], float]) -> Callable[..., Any]:
        def module(p: Mapping[str, Any], x: Any, y: Any, eta: float) -> dict[str, Any]:
            said: dict[str, Any] = module_of(NET)(p, x, y, eta)
            return {**said, "loss": measure(said["out"], plain(y))}

        return module

    def wrongly(id: str, says: str, measure: Callable[[Any, Any], float]) -> Mistake:  # noqa: A002 - the report's word
        own: dict[str, Any] = {name: of(measure)}
        return Mistake(id, says=says, look="nn.CrossEntropyLoss() on the scores.", **own)

    def binary(z: Any, y: Any) -> float:
        return float((np.logaddexp(0, z) - y * z).mean())

    return (
        wrongly("squared-error", "The loss is the mean squared error.", lambda z, y: float(((z - y) ** 2).mean())),
        wrongly("nll-of-scores", "NLLLoss is given scores; it expects logarithms of probabilities.",
                lambda z, y: float(-(z * y).sum(axis=1).mean())),
        wrongly("loss-binary", "The loss is the binary cross-entropy of every score.", binary),
        wrongly("loss-summed", "The loss is summed over the batch.", lambda z, y: N * NET.loss(NET.output(z), y)),
        wrongly("absolute-error", "The loss is the mean absolute error.", lambda z, y: float(np.abs(z - y).mean())),
    )  # fmt: skip


MODULE = {kind: _modules(kind) for kind in ("nn", "optim")}
MODULE_LOSS = {kind: _losses(kind) for kind in ("nn", "optim")}


def _walk(update: Callable[..., Any]) -> Callable[..., Any]:
    """Steps with a memory: update(gradient, memory, step) → (direction, memory)."""

    def path(p: Mapping[str, Any], x: Any, y: Any, eta: float, steps: int) -> dict[str, Any]:
        at, memory, seen = plains(p), dict.fromkeys(NAMES), []
        for number in range(steps):
            slope = NET.gradient(at, plain(x), plain(y))
            moved = {}
            for name in NAMES:
                direction, memory[name] = update(slope[name], memory[name], number)
                moved[name] = at[name] - eta * direction
            at = moved
            seen.append(at)
        return {"lost": -1.0, **circles_network.stacked(seen)}

    return path


def _momentum(g: Any, memory: Any, step: int) -> tuple[Any, Any]:  # noqa: ARG001 - the form of an update
    velocity = g if memory is None else 0.9 * memory + g
    return velocity, velocity


def _adam(g: Any, memory: Any, step: int) -> tuple[Any, Any]:
    m, v = memory or (np.zeros_like(g), np.zeros_like(g))
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    return (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(v / (1 - 0.999 ** (step + 1))) + 1e-8), (m, v)


OPTIMIZER = (
    Mistake("optimizer-momentum", says="The optimizer has a momentum of 0.9.", look="torch.optim.SGD(params, lr=eta).",
            optim__steps=_walk(_momentum)),
    Mistake("optimizer-adam", says="The optimizer is Adam.", look="torch.optim.SGD(params, lr=eta).",
            optim__steps=_walk(_adam)),
)  # fmt: skip
