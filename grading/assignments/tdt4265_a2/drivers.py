"""Networks written as a class that keeps its weights in a list `ws` and its gradients in `grads`, and a trainer for it.

A constructor takes the widths and two or three flags, by year; it is called by the names of its parameters. A hidden
layer may have a row for the bias or none: the judge sends a spare last row, which is left out where the program's own
arrays have no place for it. Weights that lie the other way (out, in) are turned on the way in and on the way out.
"""

import contextlib
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grading.sandbox.guest.drivers import driver
from grading.sandbox.guest.program.loader import signature
from grading.sandbox.guest.program.state import Absent, ProgramState

MATRIX = 2
MEANINGS = (("relu", "relu"), ("sigmoid", "improved_sigmoid"), ("init", "improved_init"), ("weight", "improved_init"))
"""A piece of a parameter's name, and the flag that it stands for; the first that fits."""

STATISTICS = {
    "mean": re.compile("mean|avg|average|^x?mu$|^m$|^meu$"),
    "std": re.compile("std|sigma|deviation|stddev|^dev$|^sd$|^s$"),
}
"""What a further parameter of the preprocessing is called, without case and underscores."""

Network = Mapping[str, Any]
"""Which network is meant: "widths" (units of each layer, outputs last), "flags" ("improved_sigmoid", "improved_init",
"relu"), and "modules", where the class may be besides the program itself."""


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()


def found(program: ProgramState, name: str, modules: Sequence[str]) -> Any:
    """A class or function by name: the program's own, or else that of one of the modules beside it.

    Raises:
        Absent: nobody has it.
    """
    own = program.namespace.get(name)
    if inspect.isroutine(own) or isinstance(own, type):
        return own
    for module in modules:
        with contextlib.suppress(Exception):
            value = getattr(importlib.import_module(module), name)
            if inspect.isroutine(value) or isinstance(value, type):
                return value
    raise Absent(f"nothing in {program.name} is called {name!r}")


def meanings(names: Sequence[str]) -> list[str]:
    """What each parameter of a constructor stands for: "widths", a flag, or "" where its name says nothing."""
    meant = [next((flag for piece, flag in MEANINGS if piece in _folded(name)), "") for name in names]
    if meant and not meant[0]:
        meant[0] = "widths"
    return meant


def _knows_relu(program: ProgramState, name: str, network: Network) -> bool:
    """Whether the constructor has the flag that came with a later year; one whose parameters cannot be read may."""
    names, _ = signature(found(program, name, network["modules"]))
    return not names or "relu" in meanings(names)


def built(program: ProgramState, name: str, network: Network) -> Any:
    """A fresh network of the program's; the flags go to the parameters whose names say what they are."""
    kind, flags = found(program, name, network["modules"]), network["flags"]
    names, required = signature(kind)
    meant = meanings(names)
    given = {"widths": list(network["widths"]), **flags}
    if not names or not set(meant) & set(flags):
        values = [given["widths"], flags["improved_sigmoid"], flags["improved_init"], flags["relu"]]
        open_ended = not names or any(n.startswith("*") for n in names)
        return kind(*(values if open_ended else values[: len(names)]))
    arguments = {}
    for place, (parameter, meaning) in enumerate(zip(names, meant, strict=True)):
        if meaning:
            arguments[parameter] = given[meaning]
        elif place < required:
            arguments[parameter] = False
    return kind(**arguments)


def _places(own: Any, weights: Sequence[Any]) -> list[tuple[np.ndarray, bool]]:
    """For each layer the judge's weights as the program has them, and whether they are turned."""
    placed = []
    for number, sent in enumerate(weights):
        spare = np.array(sent, dtype=np.float64)
        plain = spare[:-1].copy() if number else spare
        shape = np.shape(own[number]) if number < len(own) else plain.shape
        fitting = [(w, turned) for w in (plain, spare) for turned in (False, True) if _turned(w, turned).shape == shape]
        chosen, turned = fitting[0] if fitting else (plain, False)
        placed.append((np.ascontiguousarray(_turned(chosen, turned)), turned))
    return placed


def _turned(array: np.ndarray, turned: bool) -> np.ndarray:
    return array.T if turned else array


def place(model: Any, weights: Sequence[Any]) -> list[bool]:
    """Give the network the judge's weights; which layers are turned."""
    placed = _places(model.ws, weights)
    for number, (values, _) in enumerate(placed):
        own = model.ws[number] if number < len(model.ws) else None
        if isinstance(own, np.ndarray) and own.shape == values.shape and own.dtype.kind == "f" and own.flags.writeable:
            # In place: a program may keep the same array under another name as well.
            own[...] = values
        else:
            model.ws[number] = values
    return [turned for _, turned in placed]


def _as_judge(values: Any, turned: Sequence[bool]) -> list[Any]:
    """Copies of a program's arrays as the judge has them; what is no matrix stays as it is."""
    turn = [*turned, *[False] * len(values)]
    return [
        np.array(_turned(v, turn[n])) if isinstance(v, np.ndarray) and v.ndim == MATRIX else v
        for n, v in enumerate(values)
    ]


def _kept(value: Any) -> Any:
    return np.array(value) if isinstance(value, np.ndarray) else value


def _all_kept(values: Any) -> list[Any]:
    return [_kept(v) for v in values]


@driver("softmax_initial")
def initial(program: ProgramState, name: str, network: Network) -> dict[str, Any]:
    """A new network: `ws` as they are."""
    return {"ws": list(built(program, name, network).ws)}


@driver("softmax_pass")
def one_pass(  # noqa: PLR0917 - drivers are called by name and position over the wire
    program: ProgramState, name: str, network: Network, weights: Sequence[Any], X: Any, Y: Any, *, backward: bool = True
) -> dict[str, Any]:
    """One forward pass, and one backward pass on what it gave.

    Args:
        program: the student's.
        name: of the class.
        network: which.
        weights: (in, out) of each layer, all but the first with a spare last row.
        X: (batch, in).
        Y: one-hot, (batch, classes).
        backward: whether to go back as well.

    Returns:
        `outputs`, `grads` (empty without `backward`), and `relu`: whether the constructor knows that flag.
    """
    relu = _knows_relu(program, name, network)
    if network["flags"]["relu"] and not relu:
        return {"outputs": None, "grads": [], "relu": False}
    model = built(program, name, network)
    turned = place(model, weights)
    outputs = model.forward(np.array(X))
    answer = {"outputs": _kept(outputs), "grads": [], "relu": relu}
    if backward:
        model.backward(np.array(X), outputs, np.array(Y))
        answer["grads"] = _as_judge(list(model.grads), turned)
    return answer


@driver("softmax_preprocess")
def preprocess(program: ProgramState, name: str, X: Any, statistics: Mapping[str, float]) -> Any:
    """The program's preprocessing of some images; a version that asks for mean and deviation is handed them.

    Args:
        program: the student's.
        name: of the function.
        X: uint8 (n, pixels).
        statistics: "mean" and "std" of the training set.

    Returns:
        `images`: what comes back, without what is handed back beside it; `handed`: names of what was filled in.
    """
    function = program.resolve(name)
    handed = {}
    with contextlib.suppress(TypeError, ValueError):
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            asked = parameter.default is parameter.empty or parameter.default is None
            for known, names in STATISTICS.items():
                if asked and names.search(_folded(parameter.name)):
                    handed[parameter.name] = statistics[known]
    answer = function(np.array(X), **handed)
    if isinstance(answer, tuple) and answer and isinstance(answer[0], np.ndarray):
        answer = answer[0]
    return {"images": answer, "handed": list(handed)}


# -- the trainer ------------------------------------------------------------------------------------------


def _trainer(kind: Any, options: Mapping[str, Any], model: Any, data: Any, batch_size: int) -> Any:
    X, Y = data
    return kind(options["gamma"], options["use_momentum"], model, options["rate"], batch_size, False, X, Y, X, Y)


@contextlib.contextmanager
def _watched(model: Any) -> Iterator[dict[str, Any]]:
    """What the network is asked and answers inside the block: its first forward and its first backward pass."""
    seen: dict[str, Any] = {}
    forward, backward = model.forward, model.backward

    def watched_forward(*args: Any, **kwargs: Any) -> Any:
        outputs = forward(*args, **kwargs)
        seen.setdefault("outputs", _kept(outputs))
        seen["last"] = _kept(outputs)
        return outputs

    def watched_backward(*args: Any, **kwargs: Any) -> Any:
        seen.setdefault("asked", _all_kept(inspect.signature(backward).bind(*args, **kwargs).args))
        answer = backward(*args, **kwargs)
        seen.setdefault("grads", _all_kept(model.grads))
        return answer

    model.forward, model.backward = watched_forward, watched_backward
    try:
        yield seen
    finally:
        del model.forward, model.backward


@driver("softmax_steps")
def steps(  # noqa: PLR0917 - drivers are called by name and position over the wire
    program: ProgramState,
    name: str,
    network: Network,
    weights: Sequence[Any],
    batches: Sequence[Sequence[Any]],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Steps of the program's trainer, one for each batch, watched.

    Args:
        program: the student's.
        name: of the trainer's class.
        network: which.
        weights: as in `one_pass`.
        batches: pairs of X and Y.
        options: "gamma", "use_momentum", "rate".

    Returns:
        `start`: the weights; `steps`: for each its `loss`, `own_loss` (the program's loss function on its outputs), the
        weights after it (`ws`), `grads`, whether the backward pass was `asked`, and whether with this batch's images
        (`own_images`) and targets (`own_targets`); `outputs` of the first forward pass and of the `last`, or None.
    """
    modules = network["modules"]
    model = built(program, "SoftmaxModel", network)
    place(model, weights)
    start = _all_kept(model.ws)
    trainer = _trainer(found(program, name, modules), options, model, batches[0], len(batches[0][0]))
    told = []
    for X, Y in batches:
        with _watched(model) as seen:
            loss = trainer.train_step(np.array(X), np.array(Y))
        asked = seen.get("asked", [])
        told.append({
            "loss": loss,
            "own_loss": _own_loss(program, modules, Y, seen.get("outputs")),
            "outputs": seen.get("outputs"),
            "last": seen.get("last"),
            "asked": bool(asked),
            "grads": seen.get("grads") or _all_kept(model.grads),
            "own_images": bool(asked) and np.array_equal(asked[0], X),
            "own_targets": len(asked) > MATRIX and np.array_equal(asked[2], Y),
            "ws": _all_kept(model.ws),
        })  # fmt: skip
    return {"start": start, "steps": told}


def _own_loss(program: ProgramState, modules: Sequence[str], Y: Any, outputs: Any) -> Any:
    try:
        return float(found(program, "cross_entropy_loss", modules)(np.array(Y), _kept(outputs)))
    except Exception:
        return None


@driver("softmax_training")
def training(  # noqa: PLR0917 - drivers are called by name and position over the wire
    program: ProgramState,
    name: str,
    network: Network,
    options: Mapping[str, Any],
    images: Any,
    targets: Any,
    order: Any,
    new: Any,
) -> dict[str, Any]:
    """A short training with the program's network and trainer, from its own first weights.

    Args:
        program: the student's.
        name: of the trainer's class.
        network: which.
        options: "gamma", "use_momentum", "rate", and "mean", "std" of the images.
        images: uint8 (n, pixels).
        targets: one-hot, (n, classes).
        order: (steps, batch), rows of the images for each step.
        new: uint8, images that the training does not see.

    Returns:
        `outputs` for the new images, and `relu`: whether the constructor knows that flag.
    """
    if network["flags"]["relu"] and not _knows_relu(program, "SoftmaxModel", network):
        return {"outputs": None, "relu": False}
    X, X_new = (_standardised(x, options) for x in (images, new))
    model = built(program, "SoftmaxModel", network)
    kind = found(program, name, network["modules"])
    trainer = _trainer(kind, options, model, (X, np.array(targets)), len(order[0]))
    for rows in np.asarray(order):
        trainer.train_step(X[rows], targets[rows])
    return {"outputs": model.forward(X_new), "relu": True}


def _standardised(images: Any, options: Mapping[str, Any]) -> np.ndarray:
    pixels = (np.asarray(images, dtype=np.float64) - options["mean"]) / options["std"]
    return np.hstack([pixels, np.ones((len(pixels), 1))])


class _Given:
    """A network that puts out what it was given: row n for an image whose first pixel is n."""

    def __init__(self, outputs: np.ndarray) -> None:
        self.outputs = outputs
        self.ws: list[Any] = []

    def forward(self, X: Any) -> np.ndarray:
        """The rows that the images ask for."""
        return np.array(self.outputs[np.asarray(X)[:, 0].astype(int)])


@driver("softmax_accuracy")
def accuracy(program: ProgramState, name: str, targets: Any, outputs: Any, inputs: int) -> Any:
    """What the program's accuracy function says about outputs of ours."""
    X = np.zeros((len(targets), inputs))
    X[:, 0] = np.arange(len(targets))
    return program.resolve(name)(X, np.array(targets), _Given(np.array(outputs)))


@driver("softmax_batches")
def batches(_: ProgramState, module: str, X: Any, Y: Any, batch_size: int, *, shuffle: bool) -> list[Any]:
    """What a module's `batch_loader` yields: pairs of arrays."""
    loader = importlib.import_module(module).batch_loader
    return [list(pair) for pair in loader(np.array(X), np.array(Y), batch_size, shuffle=shuffle)]
