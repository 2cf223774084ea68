"""Which pictures go through which pipeline into which loader; and short passes over data."""

import dis
import functools
import inspect
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch.utils.data import ConcatDataset, DataLoader, Dataset, IterableDataset
from torchvision.datasets.vision import StandardTransform

from .networks import NetworkWatch
from .stand_ins import StandIns

SHOWN = 16
"""Images of a batch that is fetched with `next(iter(loader))`: to look at, so it is not cut to the size of a training
batch.
"""

INNER = ("dataset", "subset", "base", "base_dataset", "ds", "data_source", "inner", "source", "underlying")
TRANSFORMS = ("transform", "transforms", "tf", "preprocess", "augment", "img_transform", "image_transform")
MOST_LOADERS = 32


class Loader:
    """One loader and what it was used for."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.dataset = loader.dataset
        self.trained = 0
        self.passes = 0


class LoadingWatch:
    """Watches data sets and loaders; stands in for absent data.

    Args:
        options: see `Watch`.
        note: takes a sentence about what was stood in for.
        networks: tells whether a batch trained anything.
    """

    def __init__(self, options: Mapping[str, Any], note: Callable[[str], None], networks: NetworkWatch) -> None:
        self.active = True
        self._networks = networks
        self._steps = 0
        self.loaders: list[Loader] = []
        self.stand_ins = StandIns(options.get("data_dir"), int(options.get("images", 24)), note)
        self._batches = max(1, int(options.get("batches", 2)))
        self._batch_size = max(2, int(options.get("batch_size", 4)))
        self._train_batches = max(1, int(options.get("train_batches", 1)))
        self._latest: Loader | None = None
        self.cut = 0
        self._whole_passes = False
        self._check: Callable[[], None] = lambda: None

    @contextmanager
    def wider(self, batches: int | None, check: Callable[[], None]) -> Iterator[None]:
        """While inside, every pass is as long as `len(loader)` says, and has up to `batches` batches where given.

        Args:
            batches: instead of the option.
            check: called before each batch; ends what takes too long.
        """
        before = self._batches, self._check, self._whole_passes
        self._batches = self._batches if batches is None else batches
        self._check, self._whole_passes = check, True
        try:
            yield
        finally:
            self._batches, self._check, self._whole_passes = before

    def install(self) -> None:
        """Put the recorder around loaders, and stand-ins behind data sets and image files."""
        self.stand_ins.install()
        DataLoader.__init__ = self._constructing(DataLoader.__init__)  # type: ignore[method-assign]
        DataLoader.__iter__ = self._passing(DataLoader.__iter__)  # type: ignore[method-assign]
        DataLoader.__len__ = self._counting(DataLoader.__len__)  # type: ignore[method-assign]

    def trained(self) -> None:
        """An optimizer has just stepped: the loader that gave the latest batch is a training loader."""
        self._steps += 1
        if self._latest is not None:
            self._latest.trained += 1

    # -- loaders --------------------------------------------------------------------------------------

    def _constructing(self, original: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def constructed(loader: Any, *args: Any, **kwargs: Any) -> None:
            bound = signature.bind(loader, *args, **kwargs)
            given = bound.arguments
            for name, quiet in (
                ("num_workers", 0),
                ("timeout", 0),
                ("prefetch_factor", None),
                ("persistent_workers", False),
                ("pin_memory", False),
                ("multiprocessing_context", None),
            ):
                if name in given:
                    given[name] = quiet
            original(*bound.args, **bound.kwargs)
            if self.active and len(self.loaders) < MOST_LOADERS:
                self.loaders.append(Loader(loader))

        return constructed

    def _passing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def passed(loader: Any) -> Iterator[Any]:
            if not self.active:
                return iter(original(loader))
            if isinstance(loader.dataset, IterableDataset):
                return itertools.islice(original(loader), self._batches)
            looking = _called_by_iter(sys._getframe(1))  # noqa: SLF001 - who asks decides how many images are wanted
            return self._short(loader, SHOWN if looking else self._batch_size)

        return passed

    def _short(self, loader: Any, most: int) -> Iterator[Any]:
        """A pass over few pictures: it ends with the first optimizer step, or with as many as `train_batches` says.

        Gradients may be summed over several batches before the step; a batch that trains nothing is enough by itself.
        """
        record = next((r for r in self.loaders if r.loader is loader), None)
        if record:
            record.passes += 1
        sampler = loader.batch_sampler
        if sampler is None:
            batches = ([index] for _, index in zip(range(self._batches), loader.sampler, strict=False))
        else:
            batches = (
                list(indices)[:most] for _, indices in zip(range(self._batches), _batches(sampler, most), strict=False)
            )
        begun, given = self._steps, 0
        for indices in batches:
            self._check()
            items = [loader.dataset[i] for i in indices]
            batch = loader.collate_fn(items if sampler is not None else items[0])
            self._latest = record
            passes = self._networks.training_passes
            given += 1
            yield batch
            if self._whole_passes:
                continue
            if self._steps >= begun + self._train_batches or self._networks.training_passes == passes:
                break
        self.cut += given < _length(loader)

    def _counting(self, original: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(original)
        def counted(loader: Any) -> int:
            return min(original(loader), self._batches) if self.active else original(loader)

        return counted

    # -- pipelines ------------------------------------------------------------------------------------

    def pipeline(self, dataset: object) -> list[Callable[..., Any]]:
        """The transforms that a picture of the data set passes through, innermost first."""
        chain: list[Callable[..., Any]] = []
        seen: set[int] = set()
        current: object | None = dataset
        while current is not None and id(current) not in seen:
            seen.add(id(current))
            own = _own_transform(current)
            if own is not None:
                chain.insert(0, own)
            current = _inner(current)
        return chain

    def core(self, dataset: object) -> object:
        """The innermost data set under subsets and wrappers."""
        seen: set[int] = set()
        while id(dataset) not in seen:
            seen.add(id(dataset))
            inner = _inner(dataset)
            if inner is None:
                return dataset
            dataset = inner
        return dataset


def _length(loader: Any) -> int:
    """Batches of a whole pass, as far as they are known."""
    sampler = loader.sampler if loader.batch_sampler is None else loader.batch_sampler
    try:
        return len(sampler)
    except TypeError:
        return 0


def _batches(sampler: Any, most: int) -> Iterator[list[Any]]:
    """The sampler's batches; a large batch is not filled further than needed."""
    inner, size = getattr(sampler, "sampler", None), getattr(sampler, "batch_size", None)
    if inner is None or not isinstance(size, int):
        yield from sampler
        return
    take, batch = min(size, most), []
    for index in inner:
        batch.append(index)
        if len(batch) == take:
            yield batch
            batch = []
    if batch and not getattr(sampler, "drop_last", False):
        yield batch


def _called_by_iter(frame: Any) -> bool:
    """Whether the program wrote `iter(loader)` itself, as in `next(iter(loader))`, and no loop asks.

    The bytecode just before the running call says: the builtin `iter` was put on the stack for it.
    """
    names: list[str] = []
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset > frame.f_lasti:
            break
        if instruction.offset == frame.f_lasti and instruction.opname == "GET_ITER":
            return False
        if instruction.opname.startswith("LOAD_") and isinstance(instruction.argval, str):
            names.append(instruction.argval)
    return "iter" in names[-3:] and not {"enumerate", "tqdm", "zip"} & set(names[-2:])


def _own_transform(dataset: object) -> Callable[..., Any] | None:
    held: dict[str, Any] = getattr(dataset, "__dict__", {})
    called = [held.get(name) for name in TRANSFORMS]
    ours = [value for value in held.values() if type(value).__module__.startswith("torchvision.transforms")]
    found: list[Callable[..., Any]] = [
        v for v in (*called, *ours) if callable(v) and not isinstance(v, StandardTransform)
    ]
    return found[0] if found else None


def _inner(dataset: object) -> object | None:
    if isinstance(dataset, ConcatDataset):
        return dataset.datasets[0] if dataset.datasets else None
    held: dict[str, Any] = getattr(dataset, "__dict__", {})
    found: list[object] = [v for v in (*(held.get(name) for name in INNER), *held.values()) if isinstance(v, Dataset)]
    return found[0] if found else None
