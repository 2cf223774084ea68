"""Files of weights that are not there, and torch hub without a network.

Notebooks load `best.pth`, which a short run on stand-in data may never have saved; a copy of the pretrained weights
under any path; or a network from torch hub's repository. None of it is the student's mistake.
"""

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torchvision import models

from .networks import NetworkWatch, copied, tensors_of

PRETRAINED = re.compile(r"resnet-?_?(18|34|50|101|152)\b", re.IGNORECASE)
HUB_REPOSITORY = "pytorch/vision"


class AbsentCheckpoint(dict[str, Any]):
    """Stands for what a missing file held: every entry is such a thing again, and loading it takes what was trained."""

    def __missing__(self, key: str) -> "AbsentCheckpoint":
        return self


class CheckpointWatch:
    """Stands in for absent checkpoints.

    Args:
        networks: what was trained in this run.
        note: takes a sentence about what was stood in for.
    """

    def __init__(self, networks: NetworkWatch, note: Callable[[str], None]) -> None:
        self.active = True
        self._networks = networks
        self._note = note

    def install(self) -> None:
        """Put the stand-ins behind `torch.load`, `load_state_dict` and `torch.hub.load`."""
        torch.load = self._reading(torch.load)  # noqa: TID251 - the student's call is watched
        nn.Module.load_state_dict = self._loading(nn.Module.load_state_dict)  # type: ignore[method-assign]
        torch.hub.load = self._from_hub(torch.hub.load)

    def _reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def load(f: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.active or not isinstance(f, str | os.PathLike) or Path(f).exists():
                return original(f, *args, **kwargs)
            name = Path(os.fspath(f)).name
            stored = _stored(name)
            if stored is not None:
                self._note(f"{name} was not submitted: the pretrained weights of the store were read instead.")
                return original(stored, *args, **kwargs)
            self._note(
                f"{name} was neither submitted nor saved in this short run: the network trained here stood in for it."
            )
            return AbsentCheckpoint()

        return load

    def _loading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def load_state_dict(module: nn.Module, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(state_dict, AbsentCheckpoint):
                trained = self._trained_like(module)
                if trained is None:
                    return nn.modules.module._IncompatibleKeys([], [])  # noqa: SLF001 - what torch itself returns
                return original(module, trained)
            return original(module, state_dict, *args, **kwargs)

        return load_state_dict

    def _trained_like(self, module: nn.Module) -> dict[str, torch.Tensor] | None:
        """The tensors of the network trained last that has this module's names and shapes."""
        wanted = {name: value.shape for name, value in tensors_of(module).items()}
        for network in reversed(self._networks.networks):
            if network.steps and {n: v.shape for n, v in tensors_of(network.module).items()} == wanted:
                return copied(tensors_of(network.module))
        return None

    def _from_hub(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def load(repo_or_dir: Any, model: str = "", *args: Any, **kwargs: Any) -> Any:
            builder = getattr(models, str(model), None)
            if not str(repo_or_dir).startswith(HUB_REPOSITORY) or builder is None:
                return original(repo_or_dir, model, *args, **kwargs)
            for name in ("source", "trust_repo", "force_reload", "verbose", "skip_validation"):
                kwargs.pop(name, None)
            self._note(f"{model} came from the torchvision that is installed here, not from torch hub.")
            return builder(*args, **kwargs)

        return load


def _stored(name: str) -> Path | None:
    """The store's file for a name like `resnet18-5c106cde.pth`, where it has one."""
    found = PRETRAINED.match(name)
    if found is None:
        return None
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    return next(iter(sorted(folder.glob(f"resnet{found.group(1)}-*.pth"))), None)
