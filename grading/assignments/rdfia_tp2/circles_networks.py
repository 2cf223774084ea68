"""What 2-ab's functions are asked, how replies are taken apart, and what the reference and known mistakes answer.

Arrays go out as float32 tensors, as students have them. Everything comes back through `expect`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from grading.authoring import Draw, Mistake, Reference, expect
from grading.authoring.mistake import acting
from grading.checks.hand_networks import arrays, ask_loss, ask_pass, asking
from grading.domain.errors import BadReply
from grading.mistakes import KnownMistake
from reference_models import circles_network
from reference_models.circles_network import NAMES, CirclesNet, Passed

Array = npt.NDArray[np.float64]
Put = Callable[..., Any]

NX, NH, NY, N = 5, 6, 3, 12
"""All different: a missing transpose hides behind equal sizes."""

SHAPES = {"Wh": (NH, NX), "bh": (NH,), "Wy": (NY, NH), "by": (NY,)}
PASSED = ("X", "htilde", "h", "ytilde", "yhat")
STEPS = 5
NET = CirclesNet()


# -- questions ------------------------------------------------------------------------------------------


def parameters(draw: Draw) -> dict[str, Any]:
    """Parameters of the network, none of them 0."""
    stream = draw.stream("parameters")
    return {name: stream.stream(name).torch.normal(*shape, scale=0.7) for name, shape in SHAPES.items()}


def batch(draw: Draw) -> tuple[Any, Any]:
    """Inputs and one-hot targets."""
    stream = draw.stream("batch")
    return stream.torch.normal(N, NX), torch.from_numpy(stream.one_hot(N, NY, dtype="float32"))


def plain(value: Any) -> Array:
    """A tensor as float64."""
    return np.asarray(value.detach().double().numpy() if hasattr(value, "detach") else value, dtype=np.float64)


def plains(values: Mapping[str, Any]) -> dict[str, Array]:
    """Tensors by name as float64."""
    return {name: plain(value) for name, value in values.items()}


# -- replies --------------------------------------------------------------------------------------------


def _four(what: str) -> Callable[..., Any]:
    return lambda put, *args: arrays(put(*args), what, SHAPES)


def _initial(put: Put, nx: int, nh: int, ny: int, **options: Any) -> dict[str, Any]:
    reply = expect.mapping(put(nx, nh, ny, **options), "init_params", keys=("values", "tracked", "leaves"))
    values = expect.mapping(reply["values"], "what init_params returns", keys=NAMES)
    told = {key: [expect.text(t, "a name") for t in expect.sequence(reply[key], key)] for key in ("tracked", "leaves")}
    return {**{n: expect.array(values[n], n) for n in NAMES}, **told}


def _path(put: Put, *args: Any) -> dict[str, Any]:
    """Where steps lead, and when gradients were lost on the way."""
    reply = expect.mapping(put(*args), "the steps", keys=("path", "lost", "missing"))
    missing = expect.text(reply["missing"], "what is missing")
    if missing == "layers":
        raise BadReply("init_model returns a model whose layers are not Linear(nx, nh) and Linear(nh, ny), with biases")
    if missing:
        raise BadReply(f"init_model returns no {missing}")
    lost = float(expect.integer(reply["lost"], "the step", low=-1, high=1000))
    if reply["path"] is None:
        return {"lost": lost, **{n: np.zeros((STEPS, *SHAPES[n])) for n in NAMES}}
    return {"lost": lost, **arrays(reply["path"], "the parameters on their way", SHAPES, (STEPS,))}


def _module(put: Put, *args: Any) -> dict[str, Any]:
    """How many parameters there are, what the module puts out, what its loss says."""
    reply = expect.mapping(put(*args), "init_model", keys=("shapes", "fits", "out", "loss"))
    count = 0.0
    for shape in expect.sequence(reply["shapes"], "shapes"):
        lengths = [expect.integer(n, "a length", low=0, high=1 << 30) for n in expect.sequence(shape, "a shape")]
        count += float(np.prod(lengths, dtype=np.float64))
    if not expect.boolean(reply["fits"], "whether the layers fit"):
        return {"parameters": count, "out": np.zeros((N, NY)), "loss": 0.0}
    if reply["loss"] is None:
        raise BadReply("init_model returns no loss")
    out = expect.array(reply["out"], "what the model puts out", shape=(N, NY), finite=False)
    return {"parameters": count, "out": out, "loss": expect.number(reply["loss"], "what the loss says")}


QUESTIONS: dict[str, tuple[str, Callable[..., Any]]] = {
    "init_params__by_hand": ("two_layer_initial", asking(_initial)),
    "forward__by_hand": ("two_layer_forward", asking(partial(ask_pass, classes=NY))),
    "loss_accuracy__by_hand": ("two_layer_loss", asking(ask_loss, "by hand")),
    "backward__by_hand": (
        "two_layer_backward",
        asking(_four("what backward returns")),
    ),
    "sgd__by_hand": ("two_layer_step", asking(_four("the parameters after sgd"))),
    "sgd__autograd": ("two_layer_descent", asking(_path, "autograd")),
    "init_model__nn": ("two_layer_module", asking(_module, "nn")),
    "loss_accuracy__nn": ("two_layer_loss", asking(ask_loss, "nn")),
    "sgd__nn": ("two_layer_descent", asking(_path, "nn")),
    "init_model__optim": ("two_layer_module", asking(_module, "optim")),
    "optim__steps": ("two_layer_descent", asking(_path, "optim")),
}
"""Name of the question → its driver, and how it is put."""


# -- answers --------------------------------------------------------------------------------------------


def _initial_values(nx: int, nh: int, ny: int, *, autograd: bool = False) -> dict[str, Any]:
    made = circles_network.initial(nx, nh, ny, np.random.default_rng(np.random.randint(1 << 30)))  # noqa: NPY002 - the judge seeds the legacy generator
    names = list(NAMES) if autograd else []
    return {**made, "tracked": names, "leaves": names}


def answers(net: CirclesNet, accuracy: Callable[[Array, Array], float] = NET.accuracy) -> dict[str, Callable[..., Any]]:
    """What a network answers to every question but the first, by name."""

    def forward(p: Mapping[str, Any], x: Any) -> dict[str, Any]:
        seen = net.forward(plains(p), plain(x))
        return {"yhat": seen.yhat, "outputs": {name: getattr(seen, name) for name in PASSED}}

    def backward(p: Mapping[str, Any], outputs: Mapping[str, Any], y: Any) -> dict[str, Array]:
        return net.backward(plains(p), Passed(**plains(outputs)), plain(y))

    def loss(yhat: Any, y: Any) -> dict[str, float]:
        q, t = plain(yhat), plain(y)
        return {"loss": net.loss(q, t), "accuracy": accuracy(q, t)}

    def loss_of_scores(scores: Any, y: Any) -> dict[str, float]:
        z, t = plain(scores), plain(y)
        return {"loss": net.criterion(z, t), "accuracy": accuracy(NET.output(z), t)}

    def path(p: Mapping[str, Any], x: Any, y: Any, eta: float, steps: int, zeroed: bool = False) -> dict[str, Any]:  # noqa: ARG001, PLR0917 - the question's form
        return {"lost": -1.0, **circles_network.stacked(net.descent(plains(p), plain(x), plain(y), eta, steps))}

    def module(p: Mapping[str, Any], x: Any, y: Any, eta: float) -> dict[str, Any]:  # noqa: ARG001 - the question's form
        out = net.scores(plains(p), plain(x))
        return {"parameters": float(net.size(NX, NH, NY)), "out": out, "loss": net.criterion(out, plain(y))}

    return {
        "forward__by_hand": forward,
        "loss_accuracy__by_hand": loss,
        "backward__by_hand": backward,
        "sgd__by_hand": lambda p, g, eta: net.step(plains(p), plains(g), eta),
        "loss_accuracy__nn": loss_of_scores,
        **dict.fromkeys(("sgd__autograd", "sgd__nn", "optim__steps"), path),
        **dict.fromkeys(("init_model__nn", "init_model__optim"), module),
    }


REFERENCE = Reference(init_params__by_hand=_initial_values, **answers(NET))


def known(records: Sequence[KnownMistake[Any]], name: str) -> tuple[Mistake, ...]:
    """Known mistakes of the network, or of the accuracy, as answers to one question."""
    return acting(records, name, lambda v: (answers(v) if isinstance(v, CirclesNet) else answers(NET, v))[name])
