"""What was noted of optimizers' gradients, and a short training of a network on pictures of the judge's."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..program.state import ProgramState
from ..watching.gradients import ENTRIES, Account, Step
from . import driver
from .image_networks import copied_network
from .vision import watch_of


@driver("vision_gradients")
def gradients(program: ProgramState) -> list[dict[str, Any]]:
    """For each optimizer, in the order in which they were made, what its gradients were made of.

    Returns:
        `passes`: backward passes that followed a step; `stale`: those that found its gradients still there; `axes`: of
        each parameter; `owner`: to which parameter each sampled entry belongs; `steps`: for each of the first ones
        `weights`, `added`, `put`, `moved` and `gradient`, (entries,) each.
    """
    watch = watch_of(program)
    return [_told(watch.gradients.account(made)) for made in watch.training.optimizers]


def _told(account: Account) -> dict[str, Any]:
    owner = [n for n, p in enumerate(account.parameters) for _ in range(_kept(p))]
    return {
        "passes": account.passes,
        "stale": account.stale,
        "axes": [p.ndim for p in account.parameters],
        "owner": np.asarray(owner, dtype=np.int64),
        "steps": [_step(step) for step in account.steps if step.done and step.left],
    }


def _kept(parameter: Tensor) -> int:
    numel = parameter.numel()
    return len(range(0, numel, max(1, numel // ENTRIES))[:ENTRIES])


def _step(step: Step) -> dict[str, Tensor]:
    rows = {"weights": step.weights, "added": step.added, "put": step.put, "moved": step.moved, "gradient": step.left}
    return {name: torch.cat(row) for name, row in rows.items()}


@driver("image_network_learns")
def learns(program: ProgramState, network: int, images: Any, labels: Any, *, lr: float, seed: int) -> dict[str, Any]:
    """Train a copy of a network from new weights: a step with Adam on the cross-entropy of each batch.

    Args:
        program: the student's.
        network: its number.
        images: batches (steps, n, 3, height, width), float32.
        labels: (steps, n).
        lr: Adam's rate.
        seed: of the new weights.

    Returns:
        `losses` and `right` (how many of the batch), before each step; `raised`: what stopped it, or "".
    """
    module = copied_network(program, network)
    watch = watch_of(program)
    state, losses, hits = torch.get_rng_state(), [], []
    with watch.paused():
        torch.manual_seed(seed)
        try:
            _renew(module)
            optimizer = torch.optim.Adam(module.parameters(), lr=lr)
            module.train()
            place = next((parameter.device for parameter in module.parameters()), torch.device("cpu"))
            pictures, kinds = torch.as_tensor(images).to(place), torch.as_tensor(labels).to(place)
            for batch, wanted in zip(pictures, kinds, strict=True):
                scores = module(batch)
                loss = functional.cross_entropy(scores, wanted.long())
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                losses.append(float(loss.detach()))
                hits.append(int((scores.argmax(1) == wanted).sum()))
        except Exception as fault:
            return {"losses": [], "right": [], "raised": f"{type(fault).__name__}: {fault}"[:300]}
        finally:
            torch.set_rng_state(state)
    return {"losses": losses, "right": hits, "raised": ""}


def _renew(module: nn.Module) -> None:
    """New weights, as torch's layers make them."""
    for layer in module.modules():
        if callable(reset := getattr(layer, "reset_parameters", None)):
            reset()
    for parameter in module.parameters():
        parameter.requires_grad_()
