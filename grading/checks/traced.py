"""What can be seen of a student's training function from outside, whatever its variables are called.

Its loop runs tens of thousands of times, the count is a literal, and everything that matters happens inside. The box
cuts the loop to a few steps and sends back what the function returned, what its local variables held at the end, and
what it printed (the driver `trace_call`). Here that is taken apart:

* `Training.after` finds the parameters after the steps, by name, place or shape. One step gives every gradient:
  (before - after) / step_size.
* `Training.watched` keeps all arrays and numbers in sight, and `shows_scores` tells whether one of them could only come
  from given scores: those (up to a shift of each row), their exponentials, probabilities, the gradient of the scores,
  likelihoods, or the loss.

Everything here was written by the student: shapes are looked at, nothing is trusted.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from grading.authoring import expect, remark
from grading.domain.errors import BadReply, Raised, RubricFault
from reference_models.mlp import softmax

Array = npt.NDArray[np.float64]

MAX_ENTRIES = 1_000_000
MAX_SEEN = 400
DECIMALS = re.compile(r"-?\d+\.(\d{4,17})(?![\d.])")
CLOSE = 2e-6
"""Relative; a student may compute in float32."""

FAR = 1e300
MATRIX_AXES = 2


class Put(Protocol):
    """Asks the driver one question in the box."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        """The driver's reply."""


@dataclass(frozen=True, slots=True)
class Training:
    """A function that trains with a loop of its own, as an assignment gives it.

    Attributes:
        name: for messages.
        parameters: names, in the order in which it returns them.
        before: how many other values it returns in front of them.
        returns: what it should return, in words.
        loop: as it was handed out.
        examples: in a batch of the judge's.
    """

    name: str
    parameters: tuple[str, ...]
    before: int
    returns: str
    loop: str
    examples: int

    def after(
        self, put: Put, *args: Any, steps: int, start: Mapping[str, Any], when_short: str = ""
    ) -> dict[str, Array]:
        """The parameters after `steps` steps of the student's training, float64.

        Args:
            put: asks the driver.
            args: of the function.
            steps: to which its loop is cut.
            start: the parameters before, by name.
            when_short: remark where its loop runs less often than the handed-out one, with {ran} for how often.

        Raises:
            AnswerFault: the function raised, or what it returns does not hold the parameters.
        """
        ask = partial(self._asked, put, args, steps=steps)
        reply = ask(capture=False)
        if not _iterations(reply) and not reply.get("locals"):
            reply = ask(capture=True)  # the plots may be kept inside
        if (ran := _iterations(reply)) > steps:
            # It may be cut all the same, where it goes over a range and its length tells it from other loops.
            ask = partial(ask, loop_length=ran)
            reply = ask(capture=False)
            self._require_cut(_iterations(reply), steps)
            if when_short:
                _remark(when_short.format(ran=ran))
        found = self._found(reply, start)
        if len(found) < len(self.parameters):
            # Some write the parameters back into an argument and return only the plots: then the local variables have
            # them. Or an object keeps them, and only what the function returns tells: then it has to come to its end.
            found = self._found(ask(capture=True, leave=reply.get("value") is not None), start) | found
        missing = [name for name in self.parameters if name not in found]
        if missing:
            raise BadReply(f"{self.name} returns nothing of the shape of {', '.join(missing)}; {self.returns}")
        return found

    def watched(self, put: Put, *args: Any) -> dict[str, Any]:
        """All that is in sight after one step.

        Returns:
            {"arrays": […], "numbers": [(value, decimals), …], "loss": the local variable of that name or None,
            "raised": "…"}.

        A function that raises is no obstacle: what it had computed by then is in sight, and "raised" says why it
        stopped.
        """
        ask = partial(self._asked, put, args, steps=1, keep_raised=True)
        reply = ask()
        if (ran := _iterations(reply)) > 1:
            reply = ask(loop_length=ran)
        own = reply.get("locals")
        inside = [own, reply.get("value")]
        numbers = [(float(n), 12) for n in _scalars(inside)]
        printed = reply.get("printed")
        if isinstance(printed, str):
            numbers += [(float(m.group()), len(m.group(1))) for m in DECIMALS.finditer(printed)][:MAX_SEEN]
        raised = reply.get("raised")
        return {
            "arrays": _arrays(inside),
            "numbers": numbers,
            "loss": next(_scalars(own.get("loss") if isinstance(own, dict) else None), None),
            "raised": "" if raised is None else str(_raised(raised)),
        }

    def _asked(self, put: Put, args: Sequence[Any], **options: Any) -> Mapping[str, Any]:
        return expect.mapping(put(list(args), {}, **options), f"what {self.name} does", keys=("value",))

    def _require_cut(self, ran: int, steps: int) -> None:
        """Refuse a training that ran on.

        Raises:
            BadReply: it did.
        """
        if ran > steps:
            raise BadReply(
                f"{self.name} ran its loop {ran} times where {steps} was asked for. The grader shortens the loop by "
                f"itself, and can tell it from other loops only where it goes over a range or counts far: leave "
                f"`{self.loop}` in"
            )

    def _found(self, reply: Mapping[str, Any], start: Mapping[str, Any]) -> dict[str, Array]:
        """The parameters in what the function returned, else among its local variables."""
        return self._within(reply.get("locals"), start) | self._within(reply.get("value"), start)

    def _within(self, value: object, start: Mapping[str, Any]) -> dict[str, Array]:
        """The parameters among what came back: by name, by their place in what is returned, or by shape."""
        by_shape = self._by_shape(_arrays(value, finite=False), start, self.parameters)
        return by_shape | self._by_place(value, start) | self._by_name(value, start)

    def _by_name(self, value: object, start: Mapping[str, Any]) -> dict[str, Array]:
        """Parameters in dictionaries under their own names: those of the local variables, and a model among them."""
        if not isinstance(value, dict):
            return {k: v for item in _items(value) for k, v in self._by_name(item, start).items()}
        inner = {k: v for i in value.values() if isinstance(i, dict) for k, v in self._by_name(i, start).items()}
        own = {name: self._fitting(value[name], name, start) for name in self.parameters if name in value}
        return inner | {name: array for name, array in own.items() if array is not None}

    def _by_place(self, value: object, start: Mapping[str, Any]) -> dict[str, Array]:
        """Parameters as the assignment returns them, whatever comes after."""
        if not isinstance(value, list | tuple) or len(value) < len(self.parameters) + self.before:
            return {}
        pairs = zip(self.parameters, value[self.before :], strict=False)
        found = {name: array for name, item in pairs if (array := self._fitting(item, name, start)) is not None}
        return found if len(found) == len(self.parameters) else {}

    def _fitting(self, value: object, name: str, start: Mapping[str, Any]) -> Array | None:
        """The one array that `value` is, where it has the parameter's shape."""
        arrays = _arrays(value, finite=False) if not isinstance(value, dict | list | tuple) else []
        return self._by_shape(arrays, start, (name,)).get(name)

    def _by_shape(self, arrays: Sequence[Array], start: Mapping[str, Any], names: Sequence[str]) -> dict[str, Array]:
        """Each parameter's array: of its shape, and of several the one that moved least from where training began.

        A gradient or a momentum of the same shape may be among what is returned; the parameter itself is near its
        start. A bias may lack an axis, or have been broadcast over the examples: wrong, and worth its name.
        """
        found: dict[str, Array] = {}
        for name in names:
            first = np.asarray(start[name])
            fitting = [a for a in arrays if a.shape == first.shape]
            if not fitting and len(first) == 1:
                flat = [a for a in arrays if a.ndim <= MATRIX_AXES and a.size == first.size]
                broadcast = [a for a in arrays if a.shape == (self.examples, first.shape[1])]
                fitting = [a.reshape(first.shape) for a in flat] or broadcast
            if fitting:
                found[name] = min(fitting, key=lambda a: float(np.abs(np.nan_to_num(a, nan=FAR) - first).max()))
        return found


def _remark(text: str) -> None:
    # Pictures are drawn outside of any check, where there is nobody to tell.
    with contextlib.suppress(RubricFault):
        remark(text)


def _iterations(reply: Mapping[str, Any]) -> int:
    """How often the loop ran, as its plots tell: they have one entry for each iteration. 0 where there are none."""
    own = reply.get("locals")
    lists = [v for v in _items(list(own.values())) if isinstance(v, list)] if isinstance(own, dict) else []
    for values in (_items(reply.get("value")), lists):
        lengths = [
            len(v) for v in values if (isinstance(v, list) and _plain(v)) or (isinstance(v, np.ndarray) and v.ndim == 1)
        ]
        if ran := max((n for n in lengths if lengths.count(n) > 1), default=0):
            return ran
    return 0


# -- what is in sight -------------------------------------------------------------------------------


def shows_scores(seen: Mapping[str, Any], scores: Array, labels: npt.NDArray[Any], *losses: float) -> bool:
    """Whether something in sight comes from these scores.

    Args:
        seen: from `Training.watched`.
        scores: (n, classes), finite.
        labels: (n,).
        losses: of the scores, with a penalty or without.
    """
    likelihood = softmax(scores)[np.arange(len(labels)), labels]
    data_loss = float(-np.log(likelihood).mean())
    if any(_is_number(value, decimals, *losses, data_loss) for value, decimals in seen["numbers"]):
        return True
    return any(_is_scores(a, scores, labels) or _is_likelihood(a, likelihood) for a in seen["arrays"])


def shows_array(seen: Mapping[str, Any], expected: Array) -> bool:
    """Whether an array in sight equals this one."""
    return any(a.shape == expected.shape and _close(a, expected) for a in seen["arrays"])


def _is_number(value: float, decimals: int, *expected: float) -> bool:
    return any(abs(value - e) <= max(0.6 * 10.0**-decimals, 1e-7 * abs(e)) for e in expected)


def _is_scores(a: Array, scores: Array, labels: npt.NDArray[Any]) -> bool:
    """Scores, shifted by any constant in each row; their exponentials; probabilities; or the scores' gradient."""
    if a.shape == scores.shape[::-1]:
        a = a.T
    if a.shape != scores.shape:
        return False
    gap = a - scores
    if _close(gap - gap.mean(axis=1, keepdims=True), np.zeros_like(gap), scale=float(np.abs(scores).max())):
        return True
    probabilities, n = softmax(scores), len(scores)
    if (a > 0).all() and _close(a / a.sum(axis=1, keepdims=True), probabilities):
        return True
    gradient = probabilities - np.eye(scores.shape[1])[labels]
    return any(_close(factor * a, gradient) for factor in (1, -1, n, -n))


def _is_likelihood(a: Array, likelihood: Array) -> bool:
    flat = a.reshape(-1)
    if flat.shape != likelihood.shape:
        return False
    return any(_close(flat, expected) for expected in (likelihood, np.log(likelihood), -np.log(likelihood)))


def _close(a: Array, b: Array, *, scale: float | None = None) -> bool:
    allowed = CLOSE * (float(np.abs(b).max()) if scale is None else scale)
    return bool((np.abs(a - b) <= allowed).all())


# -- taking a reply apart ---------------------------------------------------------------------------


def _raised(raised: object) -> Raised:
    facts = expect.mapping(raised, "the exception")
    exception, text, where = (expect.text(facts.get(k, ""), "the exception") for k in ("exception", "text", "where"))
    return Raised(exception, text, where=where)


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) and len(value) <= MAX_SEEN else []


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
    return bool(item) and all(isinstance(v, float) or (isinstance(v, int) and abs(v) <= expect.INT64_MAX) for v in item)


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
