"""What 2-ab's functions are asked, how replies are taken apart, and the reference with its known mistakes.

Arrays go out as float32 tensors, as students have them. Everything comes back through `admit`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Mistake, Reference
from grading.authoring import expect as admit
from grading.domain.errors import BadReply, Missing, NotDefined
from grading.mistakes import KnownMistake
from reference_models import circles_network
from reference_models.circles_network import NAMES, CirclesNet, Passed

Array = npt.NDArray[np.float64]
Put = Callable[..., Any]

NX, NH, NY, N = 5, 6, 3, 12
"""All different: a missing transpose hides behind equal sizes."""

SHAPES = {"Wh": (NH, NX), "bh": (NH,), "Wy": (NY, NH), "by": (NY,)}
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
    import torch

    return stream.torch.normal(N, NX), torch.from_numpy(stream.one_hot(N, NY, dtype="float32"))


def plain(value: Any) -> Array:
    """A tensor as float64."""
    return np.asarray(value.detach().double().numpy() if hasattr(value, "detach") else value, dtype=np.float64)


def plains(values: Mapping[str, Any]) -> dict[str, Array]:
    """Tensors by name as float64."""
    return {name: plain(value) for name, value in values.items()}


# -- replies --------------------------------------------------------------------------------------------


def _put(put: Put, *args: Any, **kwargs: Any) -> Any:
    try:
        return put(*args, **kwargs)
    except Missing as fault:
        raise NotDefined(str(fault)) from fault


def asking(kind: str, ask: Callable[..., Any]) -> Callable[..., Any]:
    """A question about one kind of network: "by hand", "autograd", "nn" or "optim"."""
    return lambda put, *args: ask(lambda *more: put(kind, *more), *args)


def _four(reply: object, what: str, lead: tuple[int, ...] = ()) -> dict[str, Array]:
    values = admit.mapping(reply, what, keys=NAMES)
    return {n: admit.array(values[n], f"{what}: {n}", shape=(*lead, *SHAPES[n]), finite=False) for n in NAMES}


def ask_initial(put: Put, nx: int, nh: int, ny: int, **options: Any) -> dict[str, Any]:
    """`init_params`, its arrays as they are."""
    reply = admit.mapping(_put(put, nx, nh, ny, **options), "init_params", keys=("values", "tracked", "leaves"))
    values = admit.mapping(reply["values"], "what init_params returns", keys=NAMES)
    arrays: dict[str, Any] = {n: admit.array(values[n], n) for n in NAMES}
    return {
        **arrays,
        "tracked": [admit.text(t, "a name") for t in admit.sequence(reply["tracked"], "names")],
        "leaves": [admit.text(t, "a name") for t in admit.sequence(reply["leaves"], "names")],
    }


def ask_forward(put: Put, p: Mapping[str, Any], x: Any) -> dict[str, Any]:
    """`forward`: its probabilities, and the intermediate values that it keeps."""
    reply = admit.mapping(_put(put, p, x), "forward", keys=("yhat", "outputs"))
    kept = admit.mapping(reply["outputs"], "the outputs of forward")
    return {
        "yhat": admit.array(reply["yhat"], "yhat", shape=(len(x), NY), finite=False),
        "outputs": {k: admit.array(v, k, finite=False) for k, v in kept.items()},
    }


def ask_loss(put: Put, *args: Any) -> dict[str, float]:
    """`loss_accuracy`, with or without the loss in front."""
    loss, accuracy = admit.sequence(_put(put, *args), "what loss_accuracy returns", length=2)
    return {"loss": admit.number(loss, "your loss"), "accuracy": admit.number(accuracy, "your accuracy")}


def ask_backward(put: Put, p: Mapping[str, Any], outputs: Mapping[str, Any], y: Any) -> dict[str, Array]:
    """`backward`: four gradients."""
    return _four(_put(put, p, outputs, y), "what backward returns")


def ask_step(put: Put, p: Mapping[str, Any], g: Mapping[str, Any], eta: float) -> dict[str, Array]:
    """`sgd` by hand: four arrays."""
    return _four(_put(put, p, g, eta), "the parameters after sgd")


MISSING = {"layers": "init_model returns a model whose layers are not Linear(nx, nh) and Linear(nh, ny), with biases"}
"""What the driver calls missing, in words; anything else by its name."""


def ask_path(put: Put, *args: Any) -> dict[str, Any]:
    """Steps with autograd or an optimizer: where they lead, and when gradients were lost on the way."""
    reply = admit.mapping(_put(put, *args), "the steps", keys=("path",))
    missing = reply.get("missing")
    if missing is not None and (text := admit.text(missing, "what is missing")):
        raise BadReply(MISSING.get(text, f"init_model returns no {text}"))
    lost = float(admit.integer(reply.get("lost", -1), "the step", low=-1, high=1000))
    if reply["path"] is None:
        return {"lost": lost, **{n: np.zeros((STEPS, *SHAPES[n])) for n in NAMES}}
    return {"lost": lost, **_four(reply["path"], "the parameters on their way", (STEPS,))}


def ask_module(put: Put, *args: Any) -> dict[str, Any]:
    """`init_model`: how many parameters there are, what the module puts out, what its loss says."""
    reply = admit.mapping(_put(put, *args), "init_model", keys=("shapes", "fits", "out", "loss"))
    shapes = [
        tuple(admit.integer(n, "a length", low=0, high=1 << 30) for n in admit.sequence(s, "a shape"))
        for s in admit.sequence(reply["shapes"], "shapes")
    ]
    count = float(sum(int(np.prod(s)) for s in shapes))
    if not admit.boolean(reply["fits"], "whether the layers fit"):
        return {"parameters": count, "out": np.zeros((N, NY)), "loss": 0.0}
    if reply["loss"] is None:
        raise BadReply("init_model returns no loss")
    out = admit.array(reply["out"], "what the model puts out", shape=(N, NY), finite=False)
    return {"parameters": count, "out": out, "loss": admit.number(reply["loss"], "what the loss says")}


# -- the reference --------------------------------------------------------------------------------------


def _initial(nx: int, nh: int, ny: int, *, autograd: bool = False) -> dict[str, Any]:
    made = circles_network.initial(nx, nh, ny, np.random.default_rng(np.random.randint(1 << 30)))  # noqa: NPY002 - the judge seeds the legacy generator
    names = list(NAMES) if autograd else []
    return {**made, "tracked": names, "leaves": names}


def _forward(net: CirclesNet) -> Callable[..., Any]:
    def forward(p: Mapping[str, Any], x: Any) -> dict[str, Any]:
        seen = net.forward(plains(p), plain(x))
        kept = {"X": seen.X, "htilde": seen.htilde, "h": seen.h, "ytilde": seen.ytilde, "yhat": seen.yhat}
        return {"yhat": seen.yhat, "outputs": kept}

    return forward


def _loss(net: CirclesNet) -> Callable[..., Any]:
    def loss(yhat: Any, y: Any) -> dict[str, float]:
        q, t = plain(yhat), plain(y)
        return {"loss": net.loss(q, t), "accuracy": net.accuracy(q, t)}

    return loss


def _scores_loss(net: CirclesNet, *, softmax_first: bool = False) -> Callable[..., Any]:
    """Of scores; `softmax_first` puts them through one more softmax before the cross-entropy."""

    def loss(scores: Any, y: Any) -> dict[str, float]:
        t, q = plain(y), NET.output(plain(scores))
        return {"loss": NET.loss(NET.output(q) if softmax_first else q, t), "accuracy": net.accuracy(q, t)}

    return loss


def _backward(net: CirclesNet) -> Callable[..., Any]:
    def backward(p: Mapping[str, Any], outputs: Mapping[str, Any], y: Any) -> dict[str, Array]:
        o = plains(outputs)
        return net.backward(plains(p), Passed(o["X"], o["htilde"], o["h"], o["ytilde"], o["yhat"]), plain(y))

    return backward


def _step(net: CirclesNet) -> Callable[..., Any]:
    return lambda p, g, eta: net.step(plains(p), plains(g), eta)


def path_of(net: CirclesNet) -> Callable[..., Any]:
    """Some steps on the mean loss."""

    def path(p: Mapping[str, Any], x: Any, y: Any, eta: float, steps: int, zeroed: bool = False) -> dict[str, Any]:  # noqa: ARG001, PLR0917 - the question's form
        return {"lost": -1.0, **circles_network.stacked(net.descent(plains(p), plain(x), plain(y), eta, steps))}

    return path


def module_of(net: CirclesNet, ending: Callable[[Array], Array] = lambda z: z) -> Callable[..., Any]:
    """A module that ends in `ending`, and the cross-entropy of what it puts out."""

    def module(p: Mapping[str, Any], x: Any, y: Any, eta: float) -> dict[str, Any]:  # noqa: ARG001 - the question's form
        out = ending(net.forward(plains(p), plain(x)).ytilde)
        count = float(sum(int(np.prod(s)) for s in SHAPES.values()))
        return {"parameters": count, "out": out, "loss": NET.loss(NET.output(out), plain(y))}

    return module


REFERENCE = Reference(
    init_params__by_hand=_initial,
    forward__by_hand=_forward(NET),
    loss_accuracy__by_hand=_loss(NET),
    backward__by_hand=_backward(NET),
    sgd__by_hand=_step(NET),
    sgd__autograd=path_of(NET),
    init_model__nn=module_of(NET),
    loss_accuracy__nn=_scores_loss(NET),
    sgd__nn=path_of(NET),
    init_model__optim=module_of(NET),
    optim__steps=path_of(NET),
)

MAKERS: dict[str, Callable[[CirclesNet], Callable[..., Any]]] = {
    "forward__by_hand": _forward,
    "loss_accuracy__by_hand": _loss,
    "backward__by_hand": _backward,
    "sgd__by_hand": _step,
    "sgd__autograd": path_of,
    "loss_accuracy__nn": _scores_loss,
    "sgd__nn": path_of,
    "optim__steps": path_of,
}


def known(bank: Sequence[KnownMistake[CirclesNet]], name: str) -> list[Mistake]:
    """Known mistakes of one function, in the words of the report."""
    make: Callable[[CirclesNet], Any] = MAKERS[name]
    return [Mistake(k.id, says=k.says, look=k.look, **{name: make(k.variant)}) for k in bank]


SOFTMAX_BEFORE_LOSS = Mistake(
    "softmax-before-cross-entropy",
    says="The scores go through a softmax before CrossEntropyLoss, which contains one.",
    look="Give the loss the scores themselves.",
    loss_accuracy__nn=_scores_loss(NET, softmax_first=True),
)
