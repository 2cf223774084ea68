"""Who was asked what, and what came back.

A probe sees a `Traced` subject. It passes every question on, writes it down with its reply, and holds the reply against
the reference's to the same question: the k-th time a name is asked. Judge-side subjects get copies of the arguments, as
a student's box does, so that a reference which works in place changes nothing for the next subject.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from grading.authoring.check import Form
from grading.authoring.subject import Answer, Subject
from grading.domain.errors import AnswerFault, BadReply
from grading.evaluation.forms import Misfit, into_form, misfit
from grading.numerics.leaves import as_leaf

_COARSE = ("float32", "float16", "bfloat16", "complex64")


@dataclass(slots=True)
class Call:
    """One question and what became of it.

    Attributes:
        name: what was asked.
        args, kwargs: the arguments.
        reply: as it came, before it was brought into form.
        answered: whether there is a reply.
        fault: "raised ValueError" and the like where there is none; equal words for equal endings.
        told: what a student reads was called; "" for a driver, whose name and arguments mean nothing to a student.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    reply: Any = None
    answered: bool = False
    fault: str = ""
    told: str = ""


@dataclass(slots=True)
class Trace:
    """All calls of one subject in one check, in order."""

    calls: list[Call] = field(default_factory=list)
    _coarsest: tuple[int, str] = (0, "float64")

    def same(self, name: str, nth: int) -> Call | None:
        """The nth answered call (from 0) of a name, or the last there is, or None."""
        found = [c for c in self.calls if c.name == name and c.answered]
        return found[min(nth, len(found) - 1)] if found else None

    @property
    def coarsest(self) -> str:
        """The coarsest floating dtype among the arguments: answers cannot be finer than the questions."""
        counted, coarsest = self._coarsest
        if counted < len(self.calls):
            found = {coarsest} | {d for c in self.calls[counted:] for d in _dtypes([*c.args, *c.kwargs.values()])}
            coarsest = next((name for name in reversed(_COARSE[:3]) if name in found), "float64")
            self._coarsest = len(self.calls), coarsest
        return coarsest


class Unformed(BadReply):
    """A reply lacks the form of the reference's reply to the same question.

    Args:
        name: what was asked.
        where: how it lacks it.
    """

    def __init__(self, name: str, where: Misfit) -> None:
        super().__init__(f"{name}: the answer {where.text}")
        self.name = name
        self.where = where


class Traced(Subject):
    """A subject whose calls are written down.

    Args:
        subject: who is asked.
        trace: where it is written.
        like: the reference's calls in the same check; None while the reference itself is asked.
        form: "same" refuses replies that lack the reference's form and brings the others into it.
    """

    def __init__(self, subject: Subject, trace: Trace, *, like: Trace | None = None, form: Form = "free") -> None:
        self._subject = subject
        self._trace = trace
        self._like = like
        self._form = form
        self.source = subject.source
        self.device = subject.device

    @property
    def itself(self) -> Subject:
        """Who is asked."""
        return self._subject.itself

    def recall(self, driver: str, answer: object) -> None:
        """Write down a driver's answer as if it were asked for now."""
        self._trace.calls.append(Call(driver, (), {}, reply=answer, answered=True))

    def drive(self, driver: str, *args: Any, **kwargs: Any) -> Any:
        """Ask a driver, and write it down under the driver's name."""
        return self._ask(driver, lambda *a, **k: self._subject.drive(driver, *a, **k), args, kwargs)

    def _answering(self, name: str) -> Answer:
        function = getattr(self._subject, name)
        told = self._subject.told_as(name)
        return lambda *args, **kwargs: self._ask(name, function, args, kwargs, told=told)

    def _ask(
        self, name: str, function: Answer, args: tuple[Any, ...], kwargs: dict[str, Any], *, told: str = ""
    ) -> Any:
        nth = sum(c.name == name and c.answered for c in self._trace.calls)
        call = Call(name, copied(args), copied(kwargs), told=told)
        self._trace.calls.append(call)
        try:
            call.reply = function(*copied(args), **copied(kwargs))
        except AnswerFault as fault:
            call.fault = ending(fault)
            raise
        except Exception as error:
            call.fault = f"raised {type(error).__name__}"
            raise
        call.answered = True
        if self._form == "free" or self._like is None:
            return copied(call.reply)
        like = self._like.same(name, nth)
        if like is None:
            return copied(call.reply)
        where = misfit(call.reply, like.reply)
        if where is not None:
            raise Unformed(name, where)
        return into_form(copied(call.reply), like.reply)


def ending(fault: AnswerFault) -> str:
    """How a question ended without an answer, in words that are equal for equal endings."""
    exception = getattr(fault, "exception", "")
    return f"raised {exception}" if exception else fault.kind


def first_misfit(trace: Trace, like: Trace) -> Unformed | None:
    """The first reply that lacks the form of the reference's, in dtype as well; None where all have it."""
    count: dict[str, int] = {}
    for call in trace.calls:
        if not call.answered:
            continue
        nth = count.get(call.name, 0)
        count[call.name] = nth + 1
        right = like.same(call.name, nth)
        where = misfit(call.reply, right.reply, strict=True) if right is not None else None
        if where is not None:
            return Unformed(call.name, where)
    return None


def copied(value: Any) -> Any:
    """A copy of plain data; anything else (a handle, a module, a function) as it is."""
    match value:
        case dict():
            return {k: copied(v) for k, v in value.items()}
        case list():
            return [copied(v) for v in value]
        case tuple() if type(value) is tuple:
            return tuple(copied(v) for v in value)
        case np.ndarray():
            return value.copy()
        case torch.Tensor() if type(value) is torch.Tensor:
            return value.detach().clone().requires_grad_(value.requires_grad) if value.is_leaf else value.clone()
        case _:
            return value


def _dtypes(values: Sequence[Any]) -> set[str]:
    found: set[str] = set()
    for value in values:
        if isinstance(value, dict):
            found |= _dtypes(list(value.values()))
        elif isinstance(value, (list, tuple)):
            found |= _dtypes(value)
        elif isinstance(value, (np.ndarray, torch.Tensor)):
            found.add(as_leaf(value).dtype)
    return found
