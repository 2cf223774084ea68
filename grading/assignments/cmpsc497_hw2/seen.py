"""What can be seen of the student's training function from outside, whatever its variables are called.

The loop runs 50,000 times in the notebook, its count is a literal, and everything that matters happens inside. The box
cuts the loop to a few steps and sends back what the function returned, what its local variables held at the end, and
what it printed. Here that is taken apart:

* `parameters` finds W1 … b3 after the steps, by shape. One step gives every gradient: (before - after) / step_size.
* `watched` keeps all arrays and numbers in sight, and `shows` tells whether one of them could only come from a given
  network's forward pass: scores (up to a shift of each row), their exponentials, probabilities, the gradient of the
  scores, likelihoods, or the loss.

Everything here was written by the student: shapes are looked at, nothing is trusted.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from grading.authoring import Draw, remark
from grading.authoring import expect as admit
from grading.domain.errors import BadReply, Raised, RubricFault
from reference_models.mlp import NAMES, WEIGHTS, ThreeLayerNet, softmax

Array = npt.NDArray[np.float64]

POINTS, INPUTS, HIDDEN, HIDDEN2, CLASSES = 300, 2, 7, 11, 3
"""All sizes differ, so that a missing transpose or a sum over the wrong axis shows. Points, inputs and classes are the
course's own, because a notebook may read them from its global variables instead of from the arguments."""

MAX_ENTRIES = 1_000_000
MAX_SEEN = 400
DECIMALS = re.compile(r"-?\d+\.(\d{4,17})(?![\d.])")


class Put(Protocol):
    """Asks the driver one question in the box."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The driver's reply."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A training problem of the judge's own.

    Attributes:
        X, y: (300, 2) float64 and (300,) uint8, as in the notebook, but other points.
        model: h, h2 and W1 … b3; the biases are not 0, or a forgotten bias would not show.
        step_size, reg: not the notebook's own, or a hard-coded one would not show.

    All are small enough for a student's wrong sigmoid that grows like exp: the handed-out softmax does not overflow on
    it, and the backward pass can still be judged.
    """

    X: Array
    y: npt.NDArray[np.uint8]
    model: Mapping[str, Any]
    step_size: float
    reg: float

    @classmethod
    def drawn(cls, draw: Draw) -> "Setting":
        """A fresh problem."""
        model: dict[str, Any] = {
            "h": HIDDEN,
            "h2": HIDDEN2,
            "W1": draw.normal(INPUTS, HIDDEN, scale=0.4),
            "b1": draw.normal(1, HIDDEN, scale=0.2),
            "W2": draw.normal(HIDDEN, HIDDEN2, scale=0.15),
            "b2": draw.normal(1, HIDDEN2, scale=0.2),
            "W3": draw.normal(HIDDEN2, CLASSES, scale=0.3),
            "b3": draw.normal(1, CLASSES, scale=0.2),
        }
        return cls(
            X=draw.normal(POINTS, INPUTS, scale=0.4),
            y=draw.labels(POINTS, CLASSES, dtype="uint8"),
            model=model,
            step_size=draw.number(0.5, 1.0),
            reg=draw.number(0.03, 0.2),
        )

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What follows NONLINEARITY in a call of the training function."""
        return self.X, self.y, dict(self.model), self.step_size, self.reg


# -- the parameters after training ------------------------------------------------------------------


def parameters(put: Put, nonlinearity: str, *rest: Any, steps: int) -> dict[str, Array]:
    """W1 … b3 after `steps` steps of the student's training, float64.

    Raises:
        AnswerFault: the function raised, or what it returns does not hold the parameters.
    """
    model = rest[2]
    ask = partial(_asked, put, nonlinearity, rest, steps=steps)
    reply = ask(capture=False)
    if not _iterations(reply) and not reply.get("locals"):
        reply = ask(capture=True)  # the plots may be kept inside
    if (ran := _iterations(reply)) > steps:
        # It may be cut all the same, where it goes over a range and its length tells it from other loops.
        ask = partial(ask, loop_length=ran)
        reply = ask(capture=False)
        _require_cut(_iterations(reply), steps)
        if nonlinearity == "SIGM" and steps > 1:
            _remark_short(ran)
    found = _found(reply, model)
    if len(found) < len(NAMES):
        # Some write the parameters back into `model` and return only the plots: then the local variables have them. Or
        # an object keeps them, and only what the function returns tells: then it has to come to its end.
        found = _found(ask(capture=True, leave=bool(reply.get("value"))), model) | found
    missing = [name for name in NAMES if name not in found]
    if missing:
        raise BadReply(
            f"three_layer_net returns nothing of the shape of {', '.join(missing)}; "
            "it should return plot_array_1, plot_array_2, W1, W2, W3, b1, b2, b3"
        )
    return found


def _found(reply: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Array]:
    """The parameters in what the function returned, else among its local variables."""
    return _parameters_in(reply.get("locals"), model) | _parameters_in(reply.get("value"), model)


def _iterations(reply: Mapping[str, Any]) -> int:
    """How often the loop ran, as its two plots tell: they have one entry for each iteration. 0 where there are none."""
    own = reply.get("locals")
    lists = [v for v in _items(list(own.values())) if isinstance(v, list)] if isinstance(own, dict) else []
    for values in (_items(reply.get("value")), lists):
        lengths = [
            len(v) for v in values if (isinstance(v, list) and _plain(v)) or (isinstance(v, np.ndarray) and v.ndim == 1)
        ]
        if ran := max((n for n in lengths if lengths.count(n) > 1), default=0):
            return ran
    return 0


def _require_cut(ran: int, steps: int) -> None:
    """Refuse a training that ran on.

    Raises:
        BadReply: it did.
    """
    if ran > steps:
        raise BadReply(
            f"three_layer_net ran its loop {ran} times where {steps} was asked for. The grader shortens the loop by "
            "itself, and can tell it from other loops only where it goes over a range or counts far: leave "
            "`for i in range(50000)` in"
        )


def _remark_short(ran: int) -> None:
    # Pictures are drawn outside of any check, where there is nobody to tell.
    with contextlib.suppress(RubricFault):
        remark(
            f"Your loop runs {ran} times, the notebook's 50,000 times; with so few the sigmoid hardly learns. What an "
            "iteration does was judged, so it costs nothing here."
        )


def _parameters_in(value: object, model: Mapping[str, Any]) -> dict[str, Array]:
    """The parameters among what came back: by name, by their place in the assignment's tuple, or by shape."""
    return _by_shape(_arrays(value, finite=False), model) | _by_place(value, model) | _by_name(value, model)


def _by_name(value: object, model: Mapping[str, Any]) -> dict[str, Array]:
    """Parameters in dictionaries under their own names: those of the local variables, and `model` among them."""
    if not isinstance(value, dict):
        return {k: v for item in _items(value) for k, v in _by_name(item, model).items()}
    inner = {k: v for item in value.values() for k, v in _by_name(item, model).items() if isinstance(item, dict)}
    own = {name: _fitting(value[name], name, model) for name in NAMES if name in value}
    return inner | {name: array for name, array in own.items() if array is not None}


def _by_place(value: object, model: Mapping[str, Any]) -> dict[str, Array]:
    """Parameters as the assignment returns them: two plots, then W1, W2, W3, b1, b2, b3; whatever comes after."""
    if not isinstance(value, list | tuple) or len(value) < len(NAMES) + 2:
        return {}
    placed = {name: _fitting(item, name, model) for name, item in zip(NAMES, value[2:], strict=False)}
    found = {name: array for name, array in placed.items() if array is not None}
    return found if len(found) == len(NAMES) else {}


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) and len(value) <= MAX_SEEN else []


def _fitting(value: object, name: str, model: Mapping[str, Any]) -> Array | None:
    """The one array that `value` is, where it has the parameter's shape; a bias may lack or have gained rows."""
    arrays = _arrays(value, finite=False) if not isinstance(value, dict | list | tuple) else []
    return _by_shape(arrays, model, (name,)).get(name)


def _by_shape(arrays: list[Array], model: Mapping[str, Any], names: tuple[str, ...] = NAMES) -> dict[str, Array]:
    """Each parameter's array: of its shape, and of several the one that moved least from where training began.

    A gradient or a momentum of the same shape may be among what is returned; the parameter itself is near its start.
    """
    found: dict[str, Array] = {}
    for name in names:
        start = np.asarray(model[name])
        fitting = [a for a in arrays if a.shape == start.shape]
        if not fitting and name not in WEIGHTS:
            fitting = [a.reshape(start.shape) for a in arrays if a.ndim <= 2 and a.size == start.size]  # noqa: PLR2004
        if not fitting and name not in WEIGHTS:
            # A bias that was broadcast over the examples: wrong, and worth its name.
            fitting = [a for a in arrays if a.shape == (POINTS, start.shape[1])]
        if fitting:
            found[name] = min(fitting, key=lambda a: float(np.abs(np.nan_to_num(a, nan=1e300) - start).max()))
    return found


# -- the forward pass -------------------------------------------------------------------------------


def watched(put: Put, nonlinearity: str, *rest: Any) -> dict[str, Any]:
    """All that is in sight after one step.

    Returns:
        {"arrays": […], "numbers": [(value, decimals), …], "loss": the local variable of that name or None,
        "raised": "…"}.

    A function that raises is no obstacle: what it had computed by then is in sight, and "raised" says why it stopped.
    """
    ask = partial(_asked, put, nonlinearity, rest, steps=1, keep_raised=True)
    reply = ask()
    if (ran := _iterations(reply)) > 1:
        reply = ask(loop_length=ran)
    inside = [reply.get("locals"), reply.get("value")]
    numbers = [(float(n), 12) for n in _scalars(inside)]
    printed = reply.get("printed")
    if isinstance(printed, str):
        numbers += [(float(m.group()), len(m.group(1))) for m in DECIMALS.finditer(printed)][:MAX_SEEN]
    raised = reply.get("raised")
    return {
        "arrays": _arrays(inside),
        "numbers": numbers,
        "loss": next(_scalars(_local(reply, "loss")), None),
        "raised": "" if raised is None else str(_raised(raised)),
    }


def shows(seen: Mapping[str, Any], net: ThreeLayerNet, setting: Setting, nonlinearity: str) -> bool:
    """Whether something in sight comes from this network's forward pass on the setting, before any step."""
    p = {name: np.asarray(setting.model[name]) for name in NAMES}
    with np.errstate(all="ignore"):
        scores = net.forward(p, setting.X, nonlinearity).scores
        if scores.shape != (POINTS, CLASSES) or not np.isfinite(scores).all():
            return False
        likelihood = softmax(scores)[np.arange(POINTS), setting.y]
        data_loss = float(-np.log(likelihood).mean())
        loss = net.loss(p, scores, setting.y, setting.reg)
        if any(_is_number(value, decimals, loss, data_loss) for value, decimals in seen["numbers"]):
            return True
        return any(_is_scores(a, scores, setting.y) or _is_likelihood(a, likelihood) for a in seen["arrays"])


def shows_array(seen: Mapping[str, Any], expected: Array) -> bool:
    """Whether an array in sight equals this one."""
    return any(a.shape == expected.shape and _close(a, expected) for a in seen["arrays"])


def _is_number(value: float, decimals: int, *expected: float) -> bool:
    return any(abs(value - e) <= max(0.6 * 10.0**-decimals, 1e-7 * abs(e)) for e in expected)


def _is_scores(a: Array, scores: Array, y: npt.NDArray[np.uint8]) -> bool:
    """Scores, shifted by any constant in each row; their exponentials; probabilities; or the scores' gradient."""
    if a.shape == scores.shape[::-1]:
        a = a.T
    if a.shape != scores.shape:
        return False
    gap = a - scores
    if _close(gap - gap.mean(axis=1, keepdims=True), np.zeros_like(gap), scale=float(np.abs(scores).max())):
        return True
    probabilities = softmax(scores)
    if (a > 0).all() and _close(a / a.sum(axis=1, keepdims=True), probabilities):
        return True
    gradient = probabilities - np.eye(CLASSES)[y]
    return any(_close(factor * a, gradient) for factor in (1, -1, POINTS, -POINTS))


def _is_likelihood(a: Array, likelihood: Array) -> bool:
    flat = a.reshape(-1)
    if flat.shape != likelihood.shape:
        return False
    return any(_close(flat, expected) for expected in (likelihood, np.log(likelihood), -np.log(likelihood)))


def _close(a: Array, b: Array, *, scale: float | None = None) -> bool:
    """Equal up to rounding in single precision: a student may compute in float32."""
    allowed = 2e-6 * (float(np.abs(b).max()) if scale is None else scale)
    return bool((np.abs(a - b) <= allowed).all())


# -- taking a reply apart ---------------------------------------------------------------------------


def _asked(put: Put, nonlinearity: str, rest: tuple[Any, ...], **options: Any) -> Mapping[str, Any]:
    return admit.mapping(put([nonlinearity, *rest], {}, **options), "what three_layer_net does", keys=("value",))


def _local(reply: Mapping[str, Any], name: str) -> object:
    local = reply.get("locals")
    return local.get(name) if isinstance(local, dict) else None


def _raised(raised: object) -> Raised:
    facts = admit.mapping(raised, "the exception")
    exception, text, where = (admit.text(facts.get(k, ""), "the exception") for k in ("exception", "text", "where"))
    return Raised(exception, text, where=where)


def _leaves(value: object) -> Iterator[object]:
    """All that is not a container, in order; at most `MAX_SEEN`."""
    pending, count = [value], 0
    while pending and count < MAX_SEEN:
        item = pending.pop()
        match item:
            case dict():
                pending.extend(reversed(list(item.values())))
            case list() | tuple() if not (len(item) > MAX_SEEN or _plain(item)):
                pending.extend(reversed(item))
            case _:
                count += 1
                yield item


def _plain(item: list[Any] | tuple[Any, ...]) -> bool:
    """Whether a list is one of numbers: an array in another dress."""
    return bool(item) and all(isinstance(v, float) or (isinstance(v, int) and abs(v) <= admit.INT64_MAX) for v in item)


def _arrays(value: object, *, finite: bool = True) -> list[Array]:
    found: list[Array] = []
    for leaf in _leaves(value):
        array: object = leaf.detach().to(torch.float64).numpy() if isinstance(leaf, torch.Tensor) else leaf
        if isinstance(leaf, list | tuple) and _plain(leaf):
            array = np.asarray(leaf, dtype=np.float64)
        if isinstance(array, np.ndarray) and array.dtype.kind in "biuf" and 0 < array.size <= MAX_ENTRIES:
            plain = array.astype(np.float64)
            if not finite or np.isfinite(plain).all():
                found.append(plain)
    return found


def _scalars(value: object) -> Iterator[float]:
    for leaf in _leaves(value):
        plain = leaf.item() if isinstance(leaf, np.ndarray | torch.Tensor) and leaf.ndim == 0 else leaf
        if isinstance(plain, float) and np.isfinite(plain):
            yield plain
