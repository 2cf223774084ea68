"""What is changed so that an honest program runs here as it ran at home. Everything that took effect is noted.

None of these is a wall: a student may undo them all, and gains nothing by it.
"""

import builtins
import importlib.abc
import importlib.machinery
import itertools
import os
import sys
import types
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any, Self

from . import adapting, gpus, old_libraries, old_names
from .loader import GUARDED
from .state import ProgramState

HALVES = {"torch.utils.tensorboard": "tensorboard"}
"""Modules → what they need."""


def install(program: ProgramState) -> None:
    """Make all of them, for what is loaded."""
    _answer_no_input(program)
    _cut_the_network(program)
    _tolerate_missing_folders(program)
    adapting.install(program)
    old_names.install(program)
    absent = _Absent(program)
    sys.meta_path.append(absent)
    sys.meta_path.insert(0, _Halves(absent))
    if "numpy" in sys.modules:
        old_libraries.serve_numpy(program)
    if "matplotlib.pyplot" in sys.modules:
        old_libraries.serve_matplotlib(program)
    if "tqdm" in sys.modules:
        _draw_plain_progress_bars()
    if "torch" in sys.modules:
        _stay_in_one_process(program)
        old_libraries.serve_torch(program)
        gpus.serve_compilers(program)
        if program.device == "cpu":
            gpus.install(program)


def _answer_no_input(program: ProgramState) -> None:
    def answer(*_: object) -> str:
        program.mended("input() was answered with an empty line")
        return ""

    builtins.input = answer
    program.namespace["raw_input"] = answer


def _cut_the_network(program: ProgramState) -> None:
    def refuse(url: object, *_: object, **__: object) -> Any:
        address = url if isinstance(url, str) else str(getattr(url, "full_url", ""))
        program.mended(f"{address[:200]} was not fetched: the sandbox has no network")
        raise urllib.error.URLError(
            "no network in the sandbox; the service serves pretrained weights and data sets from its own store"
        )

    urllib.request.urlopen = refuse
    urllib.request.urlretrieve = refuse
    for name in ("torch.hub", "torchvision.datasets.utils"):
        module: Any = sys.modules.get(name)
        if module is not None and hasattr(module, "urlopen"):
            module.urlopen = refuse


def _tolerate_missing_folders(program: ProgramState) -> None:
    change = os.chdir

    def chdir(path: Any) -> None:
        try:
            change(path)
        except FileNotFoundError:
            program.mended(f"os.chdir({str(path)[:120]!r}) was skipped: there is no such folder")

    os.chdir = chdir


def _draw_plain_progress_bars() -> None:
    """`tqdm.notebook` needs a browser; its bars become those of a terminal."""
    import tqdm

    plain = types.ModuleType("tqdm.notebook")
    plain.__dict__.update(tqdm=tqdm.tqdm, trange=tqdm.trange, tqdm_notebook=tqdm.tqdm, tnrange=tqdm.trange)
    sys.modules["tqdm.notebook"] = tqdm.notebook = plain


class Inert:
    """Stands for anything of a module that is not here: can be called, entered, gone over, and does nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(self, *args: object, **named: object) -> object:
        """Whatever is asked; used as a decorator (`@jit`, `@jit(nopython=True)`) it leaves the definition as it is."""
        if len(args) == 1 and not named and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return self

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: object) -> "Inert":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
        return (Inert,)


class _InertModule(types.ModuleType):
    """A module of which every name is inert."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()


class _Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes last: what the student's code imports and nobody has becomes an inert module.

    Libraries that try an import for themselves still see it fail, and so does a student's `try: import`.
    """

    def __init__(self, program: ProgramState) -> None:
        self._program = program

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for an inert module, or None to let the import fail."""
        del path, target
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if not isinstance(parent, _InertModule) and not self._asked_by_student():
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _asked_by_student(self) -> bool:
        frame: types.FrameType | None = sys._getframe(1)  # noqa: SLF001 - who imports decides
        while frame is not None and (
            frame.f_code.co_filename.startswith("<frozen importlib") or frame.f_code.co_filename == __file__
        ):
            frame = frame.f_back
        if frame is None:
            return False
        name = frame.f_code.co_filename
        guarded = self._program.scratch.get(GUARDED, {})
        if name in guarded:
            return frame.f_lineno not in guarded[name]
        return name.startswith(str(self._program.work))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """The inert module."""
        module = _InertModule(spec.name)
        module.__dict__["__all__"] = []
        # Said once of a package, not of each of its modules again.
        if not isinstance(sys.modules.get(spec.name.rpartition(".")[0]), _InertModule):
            self._program.mended(f"the module {spec.name} is not here; what it offers does nothing")
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


class _Halves(importlib.abc.MetaPathFinder):
    """Comes first: modules that are here, but need one that is not, are inert as well.

    Args:
        absent: finds modules that nobody has.
    """

    def __init__(self, absent: _Absent) -> None:
        self._absent = absent

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for an inert module where the other half is missing."""
        half = HALVES.get(fullname)
        if half is None or importlib.machinery.PathFinder.find_spec(half) is not None:
            return None
        return self._absent.find_spec(fullname, path, target)


def _stay_in_one_process(program: ProgramState) -> None:
    """Loaders read in this process: workers cost a fork of everything each, and give the same batches."""
    from torch.utils.data import DataLoader

    loader: Any = DataLoader
    construct, go_over = loader.__init__, loader.__iter__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("num_workers") or kwargs.get("pin_memory") or len(args) > 5:  # noqa: PLR2004 - the sixth is num_workers
            program.mended("data loaders read without worker processes and without pinned memory")
        args = (*args[:5], 0, *args[6:7], *((False,) if len(args) > 7 else ()), *args[8:])[: len(args)]  # noqa: PLR2004
        for name in (
            "num_workers",
            "pin_memory",
            "persistent_workers",
            "prefetch_factor",
            "timeout",
            "multiprocessing_context",
        ):
            kwargs.pop(name, None)
        kwargs.pop("worker_init_fn", None)
        construct(self, *args, **kwargs)

    def iterate(self: Any) -> Iterator[Any]:
        batches = program.options.get("batches")
        whole: Iterator[Any] = go_over(self)
        return whole if batches is None or program.mode != "run" else itertools.islice(whole, int(batches))

    loader.__init__ = init
    loader.__iter__ = iterate
