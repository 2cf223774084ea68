"""What the gradients of an optimizer's steps are made of, and whether they were cleared since the step before.

Two doors are watched beside the optimizers' own: `torch.autograd.backward`, and calls of torch's Swish. For the first
steps of every optimizer the part of the gradient that comes through the network's output is computed again by itself:
what is in the gradient beyond it was added by the program, as a penalty of the weights is. That costs a second backward
pass, so a part asks for it: its option `gradients` is 0 (nothing is watched), 1 (whether they are cleared) or 2 (what
they are made of as well).
"""

import functools
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from .training import Made, TrainingWatch

MOST_STEPS = 2
"""Steps of each optimizer whose gradient is taken apart."""

MOST_NUMBERS = 2_000_000
APART = 2
ENTRIES = 24
"""Entries of each parameter that are kept, evenly spread."""

TAKEN = ("silu", "hardswish")

Sample = list[Tensor]


def sampled(parameters: Iterable[Tensor]) -> Sample:
    """Some entries of each parameter, float64, copied."""
    return [_entries(p.detach()) for p in parameters]


def _entries(value: Tensor) -> Tensor:
    flat = value.reshape(-1)
    return flat[:: max(1, flat.numel() // ENTRIES)][:ENTRIES].to("cpu", torch.float64, copy=True)


def _gradients(parameters: Iterable[Tensor]) -> Sample:
    return [_entries((p if p.grad is None else p.grad).detach()) * (p.grad is not None) for p in parameters]


def _minus(one: Sample, other: Sample) -> Sample:
    return [a - b for a, b in zip(one, other, strict=True)]


class Step:
    """One step taken apart; each attribute has a row of sampled entries for each parameter.

    Attributes:
        weights: before the step.
        added: what backward passes added beyond what came through the network's output.
        put: what changed the gradients between the last backward pass and the step.
        moved: how weights changed after the step, by no optimizer.
    """

    def __init__(self, weights: Sample) -> None:
        self.weights = weights
        self.added: Sample = [torch.zeros_like(w) for w in weights]
        self.put: Sample = [torch.zeros_like(w) for w in weights]
        self.moved: Sample = [torch.zeros_like(w) for w in weights]
        self.after: Sample = []
        self.left: Sample = []
        self.done = False


class Account:
    """What is known about one optimizer's gradients.

    Attributes:
        passes: backward passes that followed a step.
        stale: those that found the step's gradients still there.
        steps: the first ones, taken apart.
    """

    def __init__(self, made: Made) -> None:
        self.parameters = [p for p in made.parameters if isinstance(p, Tensor)]
        self.small = sum(p.numel() for p in self.parameters) <= MOST_NUMBERS
        self.passes = 0
        self.stale = 0
        self.fresh = False
        self.steps: list[Step] = []

    @property
    def running(self) -> Step | None:
        """The step that is being prepared."""
        return self.steps[-1] if self.steps and not self.steps[-1].done else None

    def still_there(self) -> bool:
        """Whether any parameter has a gradient that is not 0."""
        return any(p.grad is not None and bool(p.grad.count_nonzero()) for p in self.parameters)


class GradientWatch:
    """Watches backward passes and optimizers' steps.

    Args:
        training: knows the optimizers.
        depth: the option `gradients`.
    """

    def __init__(self, training: TrainingWatch, depth: int) -> None:
        self.active = True
        self.calls = dict.fromkeys(TAKEN, 0)
        self._training = training
        self._depth = depth
        self._accounts: dict[int, Account] = {}

    def install(self) -> None:
        """Put the recorder around backward passes, steps and torch's own Swish."""
        for name in TAKEN:
            setattr(functional, name, self._counting(name, getattr(functional, name)))
        if self._depth:
            torch.autograd.backward = self._passing(torch.autograd.backward)
            register_optimizer_step_pre_hook(self._before_step)
            register_optimizer_step_post_hook(self._after_step)

    def account(self, made: Made) -> Account:
        """What is known about an optimizer."""
        return self._accounts.setdefault(id(made), Account(made))

    def _counting(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls[name] += 1
            return original(*args, **kwargs)

        return counted

    # -- backward passes ------------------------------------------------------------------------------

    def _passing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def backward(*args: Any, **kwargs: Any) -> Any:
            if not self.active:
                return original(*args, **kwargs)
            through: Callable[[], None] = _nothing
            try:
                through = self._before(args[0] if args else kwargs.get("tensors"))
            except Exception:
                through = _nothing
            result = original(*args, **kwargs)
            try:
                through()
            except Exception:
                return result
            return result

        return backward

    def _before(self, loss: object) -> Callable[[], None]:
        """Look before a backward pass; gives what is to be noted after it."""
        latest = self._training.networks.latest
        if latest is None:
            return _nothing
        module, output = latest
        account = self._concerned(module)
        if account is None:
            return _nothing
        if account.fresh:
            account.fresh = False
            account.passes += 1
            account.stale += account.still_there()
            self._moved(account)
        if self._depth < APART or not account.small or not isinstance(loss, Tensor) or loss.numel() != 1:
            return _nothing
        step = account.running
        if step is None:
            if len(account.steps) >= MOST_STEPS:
                return _nothing
            step = Step(sampled(account.parameters))
            account.steps.append(step)
        before = _gradients(account.parameters)
        own = self._through(loss, output, account.parameters)

        def after() -> None:
            step.left = _gradients(account.parameters)
            beyond = _minus(_minus(step.left, before), own)
            step.added = [a + b for a, b in zip(step.added, beyond, strict=True)]

        return after

    def _through(self, loss: Tensor, output: Tensor, parameters: list[Tensor]) -> Sample:
        """The part of the gradient that comes through the network's output."""
        active, self.active = self.active, False
        try:
            (slope,) = torch.autograd.grad(loss, [output], retain_graph=True, allow_unused=True)
            if slope is None:
                return [torch.zeros_like(w) for w in sampled(parameters)]
            wanted = [p for p in parameters if p.requires_grad]
            parts = torch.autograd.grad(output, wanted, slope, retain_graph=True, allow_unused=True)
        finally:
            self.active = active
        found = {id(p): part for p, part in zip(wanted, parts, strict=True) if part is not None}
        return [
            _entries(found[id(p)]) if id(p) in found else torch.zeros_like(_entries(p.detach())) for p in parameters
        ]

    def _concerned(self, module: nn.Module) -> Account | None:
        """The account of the last optimizer that was made for this module."""
        held = {id(p) for p in module.parameters()}
        for made in reversed(self._training.optimizers):
            if any(id(p) in held for p in made.parameters):
                return self.account(made)
        return None

    def _moved(self, account: Account) -> None:
        """Note how weights changed since the step that ended last."""
        if account.steps and account.steps[-1].done and account.steps[-1].after:
            step = account.steps[-1]
            step.moved = _minus(sampled(account.parameters), step.after)
            step.after = []

    # -- steps ----------------------------------------------------------------------------------------

    def _before_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ARG002
        made = self._training.made(optimizer) if self.active else None
        if made is None:
            return
        step = self.account(made).running
        if step is not None and step.left:
            step.put = _minus(_gradients(self.account(made).parameters), step.left)

    def _after_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ARG002
        made = self._training.made(optimizer) if self.active else None
        if made is None:
            return
        self._training.networks.latest = None
        account = self.account(made)
        account.fresh = True
        if (step := account.running) is not None:
            step.done = True
            step.after = sampled(account.parameters)


def _nothing() -> None:
    """Nothing is to be noted."""
