"""Asking one subject one check's question, and settling who was at fault when it did not end well."""

import traceback
import warnings
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import torch

from grading.authoring.check import Agrees, Check, Form, Holds
from grading.authoring.draw import Draw
from grading.authoring.requirement import Remark, Sketch, Unmet, remarks_kept, sketches_kept
from grading.authoring.subject import Reference, Subject, Variant
from grading.domain.errors import AnswerFault, HouseFault, RubricFault
from grading.evaluation.trace import Trace, Traced
from grading.numerics.closeness import difference


@dataclass(slots=True)
class Probed:
    """One subject's way through a check.

    Attributes:
        trace: its calls.
        answer: what the probe returned, where it did.
        fault: the subject gave no usable answer.
        unmet: a requirement does not hold.
        error: the probe raised an exception of Python's own; nobody's fault until it is settled.
        remarks: notes that the probe made.
        sketches: pictures that it would lay beside a failure.
    """

    trace: Trace = field(default_factory=Trace)
    answer: object = None
    fault: AnswerFault | None = None
    unmet: Unmet | None = None
    error: Exception | None = None
    remarks: list[Remark] = field(default_factory=list)
    sketches: list[Sketch] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether the probe came to its end."""
        return self.fault is None and self.unmet is None and self.error is None


def probe(check: Check, subject: Subject, draw: Draw, *, like: Trace | None = None, form: Form = "free") -> Probed:
    """Ask one subject.

    Args:
        check: `agrees` or `holds`.
        subject: who is asked.
        draw: the inputs.
        like: the reference's calls on the same inputs, or None while it is being asked itself.
        form: what becomes of replies without the reference's form.

    Raises:
        HouseFault: ours, from the box.
        RubricFault: the rubric asks for what does not exist.
    """
    task = check.task
    if not isinstance(task, (Agrees, Holds)):
        raise RubricFault(f"check {check.id!r} has no probe")
    outcome = Probed()
    # References may draw from the global generators; every subject finds them in the same state.
    seed = draw.stream("global generators").seed()
    np.random.seed(seed)  # noqa: NPY002 - it is the legacy generator that reference code may use
    # torch.manual_seed also writes a call stack for each kind of accelerator, which costs more than most questions;
    # references compute on the CPU.
    torch.default_generator.manual_seed(seed)
    with (
        remarks_kept() as outcome.remarks,
        sketches_kept() as outcome.sketches,
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        try:
            outcome.answer = task.probe(Traced(subject, outcome.trace, like=like, form=form), draw)
        except Unmet as unmet:
            outcome.unmet = unmet
        except AnswerFault as fault:
            outcome.fault = fault
        except (HouseFault, RubricFault):
            raise
        except Exception as error:  # noqa: BLE001 - the author's probe is one of the three edges
            outcome.error = error
    return outcome


T = TypeVar("T")
_asked: ContextVar[dict[Hashable, Any] | None] = ContextVar("asked", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside the block, references and mistakes are asked each question once and remembered.

    A rehearsal judges hundreds of students on the same draws; our own answers to them stay the same. It grades one
    submission on many seeds as well; the programs made of its text stay the same.
    """
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def remembered(key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` gives, or gave before inside the same `asked_once`.

    Args:
        key: what it is about; it must hold the objects themselves, so that none is taken for another.
        ask: finds out.
    """
    known: dict[Hashable, T] | None = _asked.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def ask_reference(check: Check, reference: Reference, draw: Draw, *, variant: Variant | None = None) -> Probed:
    """Ask the reference, which must do well.

    Args:
        check: the check.
        reference: whom to ask.
        draw: the inputs.
        variant: ask another right convention instead: this variant of the reference.

    Raises:
        RubricFault: it raised, fails its own check, or answers NaN.
    """
    asked = reference if variant is None else reference.with_(variant.overrides)
    return remembered((check.id, reference, variant, draw.name), lambda: _ask_reference(check, asked, draw))


def _ask_reference(check: Check, reference: Reference, draw: Draw) -> Probed:
    outcome = probe(check, reference, draw)
    if outcome.error is not None:
        raise RubricFault(f"check {check.id!r}: the reference raised {in_short(outcome.error)}") from outcome.error
    if outcome.fault is not None:
        raise RubricFault(f"check {check.id!r}: the reference's answer was refused: {outcome.fault}")
    if outcome.unmet is not None:
        raise RubricFault(f"check {check.id!r}: the reference fails it: {outcome.unmet.message}")
    if isinstance(check.task, Agrees) and difference(outcome.answer, outcome.answer) is not None:
        raise RubricFault(f"check {check.id!r}: the reference's answer is NaN or no data, so nothing can agree with it")
    return outcome


def in_short(error: Exception) -> str:
    """An exception with the place where it was raised, for the author."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"[:400]
