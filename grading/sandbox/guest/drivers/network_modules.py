"""Drivers for a hand-written network spread over modules: a model class, its weights, a trainer class beside it.

A course gives the names; editions differ in how many flags the constructor takes. Weights are set from outside, so that
what comes back depends on nothing but the program's own forward and backward passes. A trainer is asked with a model
whose passes are scripted: then its path shows what the update does, whatever the program's own gradients are.
"""

import importlib
from typing import Any

import numpy as np

from ..loader import signature as _signature  # noqa: TID252 - the guest's package has another name inside the box
from ..program import ProgramState  # noqa: TID252
from ..values import UnsendableError  # noqa: TID252
from . import DriverError, driver

FLAGS = ("improved_sigmoid", "improved_init", "relu")
MOST_STEPS = 5_000


@driver("network_weights")
def network_weights(
    program: ProgramState, target: str, neurons: list[int], flags: dict[str, bool], modules: list[str]
) -> dict[str, Any]:
    """A new model's weights as it made them.

    Returns:
        `ws`: its weights, first layer first; `parameters`: the names that its constructor takes.
    """
    kind = _thing(program, target, modules)
    model = _made(kind, neurons, flags)
    return {"ws": [np.array(w) for w in model.ws], "parameters": list(_signature(kind)[0])}


@driver("network_pass")
def network_pass(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState,
    target: str,
    neurons: list[int],
    flags: dict[str, bool],
    modules: list[str],
    ws: list[Any],
    X: Any,
    Y: Any,
    backward: bool = True,
) -> dict[str, Any]:
    """Forward and backward pass of a new model with the given weights.

    Weights come with a spare last row, which is cut off where the model's own have one row less.

    Returns:
        `outputs`: of forward; `grads`: what backward left, None without it.
    """
    model = _made(_thing(program, target, modules), neurons, flags)
    rows = [np.shape(w)[0] for w in model.ws] if len(model.ws) == len(ws) else [0] * len(ws)
    model.ws = [np.array(w[:-1] if own == len(w) - 1 else w) for w, own in zip(ws, rows, strict=True)]
    outputs = model.forward(np.array(X))
    if not backward:
        return {"outputs": outputs, "grads": None}
    kept = np.array(outputs)
    model.backward(np.array(X), outputs, np.array(Y))
    return {"outputs": kept, "grads": [np.array(g) for g in model.grads]}


@driver("standardised")
def standardised(program: ProgramState, target: str, X: Any, mean: float, std: float) -> object:
    """What a function of images gives; one that wants the training set's statistics as arguments is handed them."""
    function = program.resolve(target)
    names, required = _signature(function)
    rest = names[1:required]
    return function(np.array(X), *(std if _is_spread(name, place) else mean for place, name in enumerate(rest)))


def _is_spread(name: str, place: int) -> bool:
    folded = name.casefold()
    if any(word in folded for word in ("std", "sigma", "dev")):
        return True
    return place == 1 and not any(word in folded for word in ("mean", "mu", "avg", "average"))


@driver("trainer_walk")
def trainer_walk(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState,
    target: str,
    model_class: str,
    neurons: list[int],
    flags: dict[str, bool],
    modules: list[str],
    options: dict[str, Any],
    ws: list[Any],
    batches: list[Any],
    outputs: list[Any],
    gradients: list[list[Any]],
) -> dict[str, Any]:
    """Training steps of a trainer whose model answers from a script.

    Args:
        program: the loaded program.
        target: the trainer class.
        model_class: the model class.
        neurons: widths of the layers.
        flags: of the model.
        modules: where a name may be defined that the program does not import.
        options: of the trainer, by name.
        ws: weights at the start.
        batches: [X, Y] of each step.
        outputs: what forward answers at each step.
        gradients: what backward fills in at each step; with outputs and targets exchanged, minus that.

    Returns:
        `path`: the weights after each step; `losses`: what each step returned.
    """
    model = _made(_thing(program, model_class, modules), neurons, flags)
    model.ws = [np.array(w) for w in ws]
    model.grads = [np.zeros_like(w) for w in model.ws]
    at = 0

    def forward(X: Any) -> Any:  # noqa: ARG001 - the model's signature
        return np.array(outputs[at])

    def backward(X: Any, answers: Any, targets: Any) -> None:  # noqa: ARG001 - the model's signature
        exchanged = np.array_equal(answers, batches[at][1]) and np.array_equal(targets, outputs[at])
        model.grads = [-np.array(g) if exchanged else np.array(g) for g in gradients[at]]

    model.forward, model.backward = forward, backward
    X = np.concatenate([np.asarray(b[0]) for b in batches])
    Y = np.concatenate([np.asarray(b[1]) for b in batches])
    trainer = _trainer(_thing(program, target, modules), options, model, (X, Y, X, Y))
    path, losses = [], []
    for at in range(len(batches)):
        losses.append(trainer.train_step(np.array(batches[at][0]), np.array(batches[at][1])))
        path.append([np.array(w) for w in trainer.model.ws])
    return {"path": path, "losses": losses}


@driver("trained_outputs")
def trained_outputs(  # noqa: PLR0917 - drivers are called by position over the wire
    program: ProgramState,
    target: str,
    model_class: str,
    neurons: list[int],
    flags: dict[str, bool],
    modules: list[str],
    options: dict[str, Any],
    ws: list[Any],
    X: Any,
    Y: Any,
    X_new: Any,
    batch: int,
    epochs: int,
) -> dict[str, Any]:
    """Train a model by the trainer's own steps, on batches in order.

    Returns:
        `outputs`: of the trained model on inputs it never saw; `losses`: what each step returned.
    """
    model = _made(_thing(program, model_class, modules), neurons, flags)
    model.ws = [np.array(w) for w in ws]
    X, Y = np.array(X), np.array(Y)
    trainer = _trainer(_thing(program, target, modules), options, model, (X, Y, X, Y))
    starts = [s for _ in range(epochs) for s in range(0, len(X) - batch + 1, batch)]
    if len(starts) > MOST_STEPS:
        raise DriverError(f"{len(starts)} steps are more than {MOST_STEPS}")
    losses = [trainer.train_step(X[s : s + batch], Y[s : s + batch]) for s in starts]
    return {"outputs": model.forward(np.array(X_new)), "losses": losses}


@driver("accuracy_of")
def accuracy_of(program: ProgramState, target: object, X: Any, Y: Any, outputs: Any) -> object:
    """What a function (X, targets, model) says of a model that answers `outputs`, or the rows asked for of them."""
    function = program.resolve(target) if isinstance(target, str) else target
    X, outputs = np.array(X), np.array(outputs)

    class Scripted:
        def forward(self, rows: Any) -> Any:
            if np.shape(rows) == X.shape:
                return np.array(outputs)
            return np.array([outputs[int(np.argmax((row == X).all(axis=1)))] for row in np.atleast_2d(rows)])

        __call__ = forward

    return function(X, np.array(Y), Scripted())  # type: ignore[operator]


def _thing(program: ProgramState, name: str, modules: list[str]) -> Any:
    """What the program calls `name`, or what a module beside it does."""
    if program.has(name):
        return program.resolve(name)
    for module in modules:
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError:
            continue
        if found is not None:
            return found
    return program.resolve(name)


def _made(kind: Any, neurons: list[int], flags: dict[str, bool]) -> Any:
    """A model, whatever the order and number of its constructor's flags."""
    if not callable(kind):
        raise UnsendableError
    names = _signature(kind)[0]
    names = [n for n in names if not n.startswith("*")]
    most = len(FLAGS) + 1
    values = [_argument(name, place, neurons, flags) for place, name in enumerate(names[:most])]
    return kind(*(values if names else [list(neurons), *(flags.get(f, False) for f in FLAGS[:2])]))


def _argument(name: str, place: int, neurons: list[int], flags: dict[str, bool]) -> Any:
    folded = name.casefold()
    if "relu" in folded:
        return flags.get("relu", False)
    if "sigmoid" in folded:
        return flags.get("improved_sigmoid", False)
    if "init" in folded or "weight" in folded:
        return flags.get("improved_init", False)
    return list(neurons) if place == 0 else flags.get(FLAGS[place - 1], False)


def _trainer(kind: Any, options: dict[str, Any], model: Any, sets: tuple[Any, ...]) -> Any:
    X_train, Y_train, X_val, Y_val = sets
    given = {**options, "model": model, "X_train": X_train, "Y_train": Y_train, "X_val": X_val, "Y_val": Y_val}
    return kind(**given)
