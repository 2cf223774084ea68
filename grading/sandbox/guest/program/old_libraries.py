"""What NumPy and matplotlib no longer do, done for programs that were written when they did. All of it is noted.

A program that ran on its author's machine is no worse for our newer libraries. Only what the student's own lines do is
served: a library that finds out by trying what NumPy can do still sees it fail.
"""

import builtins
import contextlib
import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from .state import ProgramState

OLD_NUMPY_NAMES = {
    "int": "int_",
    "float": "float64",
    "complex": "complex128",
    "object": "object_",
    "str": "str_",
    "long": "int_",
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NaN": "nan",
    "product": "prod",
    "cumproduct": "cumprod",
    "sometrue": "any",
    "alltrue": "all",
    "row_stack": "vstack",
    "bool8": "bool_",
    "mat": "asmatrix",
    "longfloat": "longdouble",
    "cfloat": "complex128",
    "in1d": "isin",
    "trapz": "trapezoid",
    "round_": "round",
}
"""Old name → today's."""

OLD_NUMPY_BUILTINS = {"int": int, "float": float, "complex": complex, "object": object, "str": str, "long": int}


def serve_numpy(program: ProgramState) -> None:
    """Bring back removed names, ragged arrays, and arrays with one entry where a number is due."""
    import numpy as np

    brought_back: dict[str, Any] = {
        **{old: getattr(np, new) for old, new in OLD_NUMPY_NAMES.items() if hasattr(np, new)},
        **OLD_NUMPY_BUILTINS,
        "NINF": -np.inf,
        "asscalar": lambda a: np.asarray(a).item(),
        "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype),
        "msort": lambda a: np.sort(a, axis=0),
    }
    original: Callable[[str], Any] | None = np.__dict__.get("__getattr__")

    def look_up(name: str) -> Any:
        if name in brought_back:
            program.mended(f"np.{name}, which NumPy no longer has, was brought back")
            return brought_back[name]
        if original is None:
            raise AttributeError(f"module 'numpy' has no attribute {name!r}")
        return original(name)

    np.__dict__["__getattr__"] = look_up
    numpy: Any = np
    for name in ("array", "asarray"):
        setattr(numpy, name, _taking_ragged(program, getattr(np, name)))
    for name in RAGGED:
        if inspect.isroutine(function := getattr(np, name)) and not isinstance(function, np.ufunc):
            setattr(numpy, name, _ragged_arguments(program, function))
    for name in ("shuffle", "permutation", "choice"):
        setattr(numpy.random, name, _ragged_arguments(program, getattr(np.random, name)))
    # The modules beside the program have namespaces of their own.
    vars(builtins).update(entries_of(program))


RAGGED = (
    "copy", "flip", "flipud", "fliplr", "rot90", "roll", "asanyarray", "ravel", "reshape", "shape", "size", "ndim",
    "sum", "mean", "save", "savez", "append", "delete", "insert", "zeros_like", "ones_like", "empty_like", "full_like",
    "take", "squeeze", "array_equal", "where", "split", "array_split", "concatenate", "dot", "square", "sqrt", "add",
    "subtract", "multiply", "divide", "true_divide", "negative", "power",
)  # fmt: skip
"""Functions of NumPy that took a list of rows of unlike lengths, as far as they are functions and no ufuncs."""


def as_objects(value: Any) -> Any:
    """A list of arrays of unlike shapes as an array of objects; anything else as it is."""
    import numpy as np

    if not isinstance(value, list | tuple):
        return value
    with contextlib.suppress(ValueError):
        np.asarray(value)
        return value
    objects = np.empty(len(value), dtype=object)
    for i, entry in enumerate(value):
        objects[i] = entry
    return objects


def _ragged_arguments(program: ProgramState, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, given arrays of objects where the student's line hands it rows whose lengths differ."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or not asked_by_student(program):
                raise
            program.mended(
                f"np.{function.__name__} of rows whose lengths differ took an array of objects, as it once did"
            )
            return function(*map(as_objects, args), **{k: as_objects(v) for k, v in kwargs.items()})

    return functools.wraps(function)(call)


def _taking_ragged(program: ProgramState, make: Callable[..., Any]) -> Callable[..., Any]:
    """`np.array([[1, 2], [3]])` of the student's own lines: an array of objects, as NumPy made it before 1.24."""

    def array(*args: Any, **kwargs: Any) -> Any:
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or len(args) > 1 or kwargs or not asked_by_student(program):
                raise
            program.mended(f"np.{make.__name__} of rows whose lengths differ gave an array of objects, as it once did")
            return as_objects(args[0])

    return functools.wraps(make)(array)


def asked_by_student(program: ProgramState) -> bool:
    """Whether the caller of our caller is a line of the program or of a module beside it."""
    frame: types.FrameType = sys._getframe(2)  # noqa: SLF001 - who asks decides
    name = frame.f_code.co_filename
    return name.startswith(("<cell", f"<{program.name}", str(program.work)))


def asked_by(packages: tuple[str, ...]) -> bool:
    """Whether the caller of our caller is a function of one of these packages."""
    frame: types.FrameType = sys._getframe(2)  # noqa: SLF001 - who asks decides
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in packages


def entries_of(program: ProgramState) -> dict[str, Callable[..., Any]]:
    """What stands around the arguments of `int()`, `float()`, `math.…()` and `%`, and around what is put into an array.

    Put there when the text was read, by these names.
    """

    def entry(value: Any) -> Any:
        numpy = sys.modules.get("numpy")
        if numpy is not None and type(value) is numpy.ndarray and value.ndim and value.size == 1:
            program.mended("an array with one entry was taken as a number, as NumPy did before 2.4")
            return value.item()
        if type(value) is tuple:
            return tuple(map(entry, value))
        return value

    def entry_in(value: Any, into: Any, index: tuple[Any, ...]) -> Any:
        numpy = sys.modules.get("numpy")
        if numpy is None or type(value) is not numpy.ndarray or type(into) is not numpy.ndarray:
            return value
        one_place = len(index) == into.ndim and all(isinstance(i, int | numpy.integer) for i in index)
        return entry(value) if one_place and into.dtype != object else value

    return {"__entry__": entry, "__entry_in__": entry_in}


def serve_matplotlib(program: ProgramState) -> None:
    """Bring back removed styles, `plt.hold`, `cm.get_cmap` and `gca(projection=…)`."""
    import matplotlib as mpl
    from matplotlib import figure, style
    from matplotlib import pyplot as plt

    styles: Any = style
    use_style = styles.use

    def use(wanted: Any) -> None:
        try:
            use_style(wanted)
        except OSError:
            program.mended(f"the style {str(wanted)[:80]!r}, which matplotlib no longer has, was left out")

    def hold(*_: object) -> None:
        program.mended("plt.hold, which matplotlib no longer has, was left out")

    def get_cmap(*args: Any, **kwargs: Any) -> Any:
        program.mended("cm.get_cmap, which matplotlib no longer has, was brought back")
        return plt.get_cmap(*args, **kwargs)

    figures: Any = figure.Figure
    current_axes = figures.gca

    def gca(self: Any, **kwargs: Any) -> Any:
        if not kwargs:
            return current_axes(self)
        program.mended("gca() with arguments, which matplotlib no longer takes, added axes instead")
        return self.add_subplot(**kwargs)

    styles.use, figures.gca = use, gca
    for owner, name, function in ((plt, "hold", hold), (mpl.cm, "get_cmap", get_cmap)):
        if not hasattr(owner, name):
            setattr(owner, name, function)


def serve_torch(program: ProgramState) -> None:
    """Let `torch.load` read what it read before 2.6: whole networks, and on the CPU what a GPU wrote.

    What lies in a checkpoint is the student's own code as any other of it, and the box is there for that.
    """
    import torch

    original = torch.load  # noqa: TID251 - the student's call is served

    @functools.wraps(original)
    def load(f: Any, *args: Any, **kwargs: Any) -> Any:
        if program.device == "cpu" and not args and kwargs.get("map_location") is None:
            kwargs["map_location"] = "cpu"
        try:
            return original(f, *args, **kwargs)
        except Exception as error:
            if type(error).__name__ != "UnpicklingError" or kwargs.get("weights_only") is not None:
                raise
            if hasattr(f, "seek"):
                f.seek(0)
            loaded = original(f, *args, **{**kwargs, "weights_only": False})
            program.mended("a checkpoint was read with all that it holds, as torch did before 2.6")
            return loaded

    torch.load = load  # noqa: TID251 - the same
