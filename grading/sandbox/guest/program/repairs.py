"""What is changed so that an honest program runs here as it ran at home. Everything that took effect is noted.

None of these is a wall: a student may undo them all, and gains nothing by it.
"""

import builtins
import itertools
import os
import sys
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from . import absent, adapting, gpus, old_libraries, old_names
from .state import ProgramState


def install(program: ProgramState) -> None:
    """Make all of them, for what is loaded."""
    _answer_no_input(program)
    _cut_the_network(program)
    _tolerate_missing_folders(program)
    adapting.install(program)
    old_names.install(program)
    others = absent.Absent(program)
    sys.meta_path.append(others)
    sys.meta_path.insert(0, absent.Halves(others))
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
