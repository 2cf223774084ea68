"""What trains a network: optimizers and losses."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from .loading import LoadingWatch
from .networks import NetworkWatch

MOST_LOSSES = 40
MOST_OPTIMIZERS = 24
MOST_SMALL = 64
SMALL = 2_000_000
"""Numbers that an optimizer moves: a grid of rates and strengths makes many, and each keeps its network alive."""

MOST_RATES = 200

LOSSES = (
    "cross_entropy",
    "nll_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "hinge_embedding_loss",
    "kl_div",
)
"""Functions of torch.nn.functional that are losses; torch's loss modules end in them as well."""


class Loss:
    """One way in which the program called a loss.

    Attributes:
        name: of torch's function, or of the student's class.
        call: (prediction, target) → loss, with the options it was called with.
        prediction, target: what it was first called with.
        training: whether any call could have trained something.
    """

    def __init__(
        self, name: str, call: Callable[..., Any], options: dict[str, Any], given: tuple[Tensor, Tensor]
    ) -> None:
        self.name = name
        self.call = call
        self.options = options
        self.prediction, self.target = (t.detach().to("cpu", copy=True) for t in given)
        self.training = bool(given[0].requires_grad)
        self.calls = 1


class Made:
    """One optimizer as it was constructed, and the learning rate at each of its steps."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.groups = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups]
        self.parameters = [p for g in optimizer.param_groups for p in g["params"]]
        self.steps = 0
        self.useful_steps = 0
        self.missed_head = 0
        self.rates: list[float] = []


class TrainingWatch:
    """Watches optimizers from their construction, and every loss."""

    def __init__(self, networks: NetworkWatch, loading: LoadingWatch) -> None:
        self.active = True
        self.networks = networks
        self.loading = loading
        self.losses: list[Loss] = []
        self.optimizers: list[Made] = []
        self._inside_loss = False

    def install(self) -> None:
        """Put the recorder around optimizers' constructor and step, and around torch's losses."""
        Optimizer.__init__ = self._constructing(Optimizer.__init__)  # type: ignore[method-assign]
        register_optimizer_step_pre_hook(self._before_step)
        register_optimizer_step_post_hook(self._after_step)
        for name in LOSSES:
            setattr(functional, name, self._losing(name, getattr(functional, name)))
        nn.Module.__call__ = self._own_losses(nn.Module.__call__)  # type: ignore[method-assign]

    # -- optimizers -----------------------------------------------------------------------------------

    def _constructing(self, original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def constructed(optimizer: Optimizer, *args: Any, **kwargs: Any) -> None:
            original(optimizer, *args, **kwargs)
            made = Made(optimizer)
            most = MOST_SMALL if sum(p.numel() for p in made.parameters) <= SMALL else MOST_OPTIMIZERS
            if self.active and len(self.optimizers) < most:
                self.optimizers.append(made)

        return constructed

    def made(self, optimizer: Optimizer) -> Made | None:
        """The record of an optimizer."""
        return next((made for made in self.optimizers if made.optimizer is optimizer), None)

    def _before_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ARG002
        if not self.active:
            return
        try:
            given = [p for g in optimizer.param_groups for p in g["params"]]
            useful = any(p.grad is not None for p in given)
            if (made := self.made(optimizer)) is not None:
                made.steps += 1
                made.useful_steps += useful
                if len(made.rates) < MOST_RATES:
                    made.rates.append(float(optimizer.param_groups[0]["lr"]))
            if not useful:
                return
            self.networks.save_pinned(given)
            held = {id(p) for p in given}
            for network in self.networks.concerned(given):
                network.before_step()
                *_, last = network.module.parameters()
                made = self.made(optimizer)
                if made is not None and id(last) not in held and last.grad is not None:
                    made.missed_head += 1
        except Exception:
            return

    def _after_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:  # noqa: ARG002
        if not self.active:
            return
        given = [p for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        self.networks.has_stepped(given)
        if given:
            self.loading.trained()

    # -- losses ---------------------------------------------------------------------------------------

    def _losing(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def loss(*args: Any, **kwargs: Any) -> Any:
            if self.active and not self._inside_loss:
                self._note(name, original, args, kwargs)
            return original(*args, **kwargs)

        return loss

    def _note(self, name: str, original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            named = dict(zip(("input", "target"), args, strict=False)) | {
                k: v for k, v in kwargs.items() if k in ("input", "target")
            }
            prediction, target = named.get("input"), named.get("target")
            if not isinstance(prediction, Tensor) or not isinstance(target, Tensor) or prediction.ndim == 0:
                return
            options = {k: v for k, v in kwargs.items() if k not in ("input", "target")}
            rest = args[2:]
            plain = {k: v for k, v in options.items() if v is None or isinstance(v, bool | int | float | str)}
            plain["weighted"] = any(isinstance(v, Tensor) for v in (*options.values(), *rest))
            for known in self.losses:
                if known.name == name and known.options == plain:
                    known.calls += 1
                    if prediction.requires_grad and not known.training:
                        known.prediction, known.target = (
                            prediction.detach().cpu().clone(),
                            target.detach().cpu().clone(),
                        )
                        known.training = True
                    return
            if len(self.losses) < MOST_LOSSES:
                call = functools.partial(_applied, original, rest, options)
                self.losses.append(Loss(name, call, plain, (prediction, target)))
        except Exception:
            return

    def _own_losses(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def called(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if not self.active or self._inside_loss or not _own_loss(module, args):
                return original(module, *args, **kwargs)
            self._inside_loss = True
            try:
                result = original(module, *args, **kwargs)
            finally:
                self._inside_loss = False
            if isinstance(result, Tensor) and result.ndim <= 1:
                self._note(type(module).__name__, module, args[:2], {})
            return result

        return called


def _own_loss(module: nn.Module, args: tuple[Any, ...]) -> bool:
    """Whether a call looks like a loss of the student's own class: predictions and labels in, no layers of torch's."""
    two = len(args) == 2 and all(isinstance(a, Tensor) for a in args)  # noqa: PLR2004 - prediction and target
    return two and not type(module).__module__.startswith("torch.") and args[0].ndim == 2 and args[1].ndim in (1, 2)  # noqa: PLR2004


def _applied(function: Callable[..., Any], rest: tuple[Any, ...], options: dict[str, Any], p: Tensor, t: Tensor) -> Any:
    adapted = {k: v.to(p.dtype) if isinstance(v, Tensor) and v.is_floating_point() else v for k, v in options.items()}
    fitting = tuple(v.to(p.dtype) if isinstance(v, Tensor) and torch.is_floating_point(v) else v for v in rest)
    return function(p, t, *fitting, **adapted)
