"""What networks there are, and what went in and out of them."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

WHOLE = 30
"""A module with at least this many parameter tensors counts as a network, not as a layer or block; a ResNet-18 has
62, its largest stage 15.
"""

MOST_NETWORKS = 8
MOST_NUMBERS = 60_000_000
MOST_IMAGES = 8
MOST_BATCH = 16
"""A network in training mode normalises with the whole batch, so all of it is kept."""

MOST_INPUTS = 16
MOST_SAVED = 3
MOST_LOGITS = 12

State = dict[str, Tensor]


def tensors_of(module: nn.Module) -> State:
    """Parameters and buffers by name, not copied, in the order of the layers."""
    return {name: value for name, value in module.state_dict(keep_vars=True).items() if isinstance(value, Tensor)}


def copied(state: State) -> State:
    """A copy on the CPU that later training does not change."""
    return {name: value.detach().to("cpu", copy=True) for name, value in state.items()}


class WatchedNetwork:
    """One network of the program and its history.

    Attributes:
        module: the student's object.
        first: its tensors before the first forward pass in training mode; None where there was none.
        at_step: its parameters just before the first optimizer step that concerns them; None where there was none.
        buffers: its normalisations' statistics before the latest training pass that preceded the first step.
        calls: how often it was called as a whole.
    """

    def __init__(self, module: nn.Module, stepped: dict[int, int]) -> None:
        self.module = module
        self.calls = 0
        self._stepped = stepped
        self.first: State | None = None
        self.at_step: State | None = None
        self.buffers: State | None = None
        self.parameters = {id(p) for p in module.parameters()}

    @property
    def steps(self) -> int:
        """How many optimizer steps have moved any of its parameters, also under another module's name."""
        return max((self._stepped.get(p, 0) for p in self.parameters), default=0)

    def refresh(self) -> None:
        """Look again which parameters it has: a last layer may have been replaced."""
        self.parameters = {id(p) for p in self.module.parameters()}

    def before_training_pass(self) -> None:
        """Keep what the network was before anything trained it."""
        if self.steps:
            return
        if self.first is None:
            self.first = copied(tensors_of(self.module))
        self.buffers = copied({name: value for name, value in self.module.named_buffers() if isinstance(value, Tensor)})

    def before_step(self) -> None:
        """Keep the parameters before the first step; shares the earlier copy where nothing moved."""
        if self.at_step is not None:
            return
        now = dict(self.module.named_parameters())
        first = self.first or {}
        self.at_step = {
            name: first[name]
            if name in first and first[name].shape == value.shape and torch.equal(first[name], value.detach().cpu())
            else value.detach().to("cpu", copy=True)
            for name, value in now.items()
        }


class Fed:
    """Images that entered a first convolution.

    Attributes:
        conv: the convolution.
        images: (n, 3, height, width), at most the first few of the batch.
        batch: how many images the batch had.
        training: whether the layer was in training mode.
        steps: optimizer steps that its network had taken.
        pinned: whether a picture was drawn while these were the latest images.
        state: the whole network's tensors at that time, kept only where they changed afterwards.
    """

    def __init__(self, conv: nn.Module, images: Tensor, batch: int, steps: int) -> None:
        self.conv = conv
        self.images = images
        self.batch = batch
        self.training = conv.training
        self.steps = steps
        self.pinned = False
        self.state: State | None = None
        self.saved_steps = 0


class Logits:
    """What left a trained module, and the loss's slope there."""

    def __init__(self, values: Tensor, network: WatchedNetwork | None) -> None:
        self.values = values.detach().to("cpu", copy=True)
        self.network = network
        self.slope: Tensor | None = None
        self.superseded = False


class NetworkWatch:
    """Watches every call of a module.

    Args:
        whole: how many parameter tensors a module has at least that counts as a network.
        most: how many networks are recorded; beyond the first few only those that look like none of them, for a sweep
            makes the same network again and again.
    """

    def __init__(self, whole: int = WHOLE, most: int = MOST_NETWORKS) -> None:
        self.active = True
        self._whole = whole
        self._most = most
        self._looks: dict[str, None] = {}
        self.networks: list[WatchedNetwork] = []
        self.inputs: list[Fed] = []
        self.logits: list[Logits] = []
        self.latest: tuple[nn.Module, Tensor] | None = None
        self.stepped: dict[int, int] = {}
        self.training_passes = 0
        self._alive: dict[int, Tensor] = {}
        self._depth = 0
        self._saved = 0
        self._numbers = 0

    def install(self) -> None:
        """Put the recorder around `Module.__call__` and `Module.load_state_dict`."""
        nn.Module.__call__ = self._watching(nn.Module.__call__)  # type: ignore[method-assign]
        nn.Module.load_state_dict = self._saving(nn.Module.load_state_dict)  # type: ignore[method-assign]

    def _watching(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def called(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if not self.active:
                return original(module, *args, **kwargs)
            try:
                self._entering(module, args)
            except Exception:
                self._depth = max(self._depth, 0)
            self._depth += 1
            try:
                result = original(module, *args, **kwargs)
            finally:
                self._depth -= 1
            if self._depth == 0:
                try:
                    self._left(module, result)
                except Exception:
                    return result
            return result

        return called

    def _saving(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load_state_dict(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if self.active:
                try:
                    self._save_pinned({id(p) for p in module.parameters()})
                except Exception:
                    return original(module, *args, **kwargs)
            return original(module, *args, **kwargs)

        return load_state_dict

    # -- what goes in ---------------------------------------------------------------------------------

    def _entering(self, module: nn.Module, args: tuple[Any, ...]) -> None:
        if self._depth == 0 and (network := self.network(module)):
            network.calls += 1
            if module.training:
                self.training_passes += 1
                self._save_pinned(network.parameters)
                network.before_training_pass()
        if isinstance(module, nn.Conv2d) and module.in_channels == 3 and args:  # noqa: PLR2004 - red, green, blue
            self._fed(module, args[0])

    def _fed(self, conv: nn.Conv2d, given: object) -> None:
        if type(given) is not Tensor or not given.is_floating_point() or given.ndim not in (3, 4):
            return
        images = given.detach() if given.ndim == 4 else given.detach()[None]  # noqa: PLR2004 - a batch has four axes
        owner = self.owner(conv.weight)
        most = MOST_BATCH if conv.training else MOST_IMAGES
        kept = images[:most].to("cpu", torch.float32, copy=True)
        self.inputs.append(Fed(conv, kept, len(images), owner.steps if owner else 0))
        loose = [fed for fed in self.inputs if not fed.pinned]
        if len(loose) > MOST_INPUTS:
            self.inputs.remove(loose[0])

    # -- what comes out -------------------------------------------------------------------------------

    def _left(self, module: nn.Module, result: object) -> None:
        if type(result) is not Tensor or result.ndim != 2 or not result.requires_grad:  # noqa: PLR2004 - (n, classes)
            return
        if next(module.parameters(), None) is None:
            return
        self.latest = (module, result)
        if len(self.logits) >= MOST_LOGITS:
            return
        kept = Logits(result, self.network(module))
        if self.logits and self.logits[-1].slope is None:
            self.logits[-1].superseded = True
        self.logits.append(kept)

        def slope(gradient: Tensor) -> None:
            if kept.slope is None:
                kept.slope = gradient.detach().to("cpu", copy=True)

        result.register_hook(slope)  # type: ignore[no-untyped-call]

    # -- who is who -----------------------------------------------------------------------------------

    def network(self, module: nn.Module) -> WatchedNetwork | None:
        """The record of a module that is large enough to be a network; made at its first call."""
        for network in self.networks:
            if network.module is module:
                return network
        parameters = list(module.parameters())
        numbers = sum(p.numel() for p in parameters)
        if (
            len(parameters) < self._whole
            or len(self.networks) >= self._most
            or numbers + self._numbers > 4 * MOST_NUMBERS
        ):
            return None
        if numbers > MOST_NUMBERS:
            return None
        look = _look(module) if self._most > MOST_NETWORKS else ""
        if look and len(self.networks) >= MOST_NETWORKS and look in self._looks:
            return None
        self._looks[look] = None
        self._numbers += numbers
        self.networks.append(WatchedNetwork(module, self.stepped))
        return self.networks[-1]

    def owner(self, parameter: Tensor | None) -> WatchedNetwork | None:
        """The largest known network that holds the parameter; the most trained one of several."""
        holding = [n for n in self.networks if id(parameter) in n.parameters]
        return max(holding, key=lambda n: (n.steps, len(n.parameters)), default=None)

    def concerned(self, parameters: Iterable[Tensor]) -> list[WatchedNetwork]:
        """The known networks that hold any of the parameters."""
        wanted = {id(p) for p in parameters}
        for network in self.networks:
            if not wanted & network.parameters:
                network.refresh()
        return [n for n in self.networks if wanted & n.parameters]

    def has_stepped(self, parameters: Iterable[Tensor]) -> None:
        """An optimizer has moved these parameters."""
        for parameter in parameters:
            self._alive[id(parameter)] = parameter
            self.stepped[id(parameter)] = self.stepped.get(id(parameter), 0) + 1

    # -- pictures and the state they were made in --------------------------------------------------------

    def pin(self) -> int:
        """Keep the latest images, for a picture has just been drawn; their identity, or -1 where none were fed yet."""
        if not self.inputs:
            return -1
        self.inputs[-1].pinned = True
        return id(self.inputs[-1])

    def save_pinned(self, parameters: Iterable[Tensor]) -> None:
        """Keep the tensors behind pictures drawn so far: these parameters are about to change."""
        self._save_pinned({id(p) for p in parameters})

    def _save_pinned(self, changing: set[int]) -> None:
        for fed in self.inputs:
            weight = getattr(fed.conv, "weight", None)
            if not fed.pinned or fed.state is not None or id(weight) not in changing or self._saved >= MOST_SAVED:
                continue
            network = self.owner(weight)
            if network is not None:
                earlier = [f for f in self.inputs if f.state is not None and f.saved_steps == network.steps]
                same = [f for f in earlier if f.conv is fed.conv]
                if same:
                    fed.state = same[0].state
                else:
                    fed.state = copied(tensors_of(network.module))
                    self._saved += 1
                fed.saved_steps = network.steps


def _look(module: nn.Module) -> str:
    """What tells a network from another of its class: its layers, and what else it holds (an activation, a flag)."""
    held = {k: v for k, v in vars(module).items() if not k.startswith("_") and k != "training"}
    return f"{type(module).__qualname__} {id(type(module))} {module!r} {held!r}"
