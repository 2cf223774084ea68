"""Packages that are not here.

What a program imports and nobody has becomes a module whose names can be called, entered and asked for more names, as a
logger or a display is, and do nothing. Three things are more than nothing, since a program's work hangs on them:

- a progress bar goes over what it is given, and a decorator or a compiler gives back its function;
- packages that repeat NumPy or the language under other names are what they repeat (`STAND_FOR`, `RANGES`);
- whatever is wanted for its value (gone over, computed or compared with, a base class that is called) raises an error
  that names the package: an answer made of nothing would be told as the student's.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from .loader import GUARDED
from .state import ProgramState

HALVES = {"torch.utils.tensorboard": "tensorboard"}
"""Modules → what they need."""

STAND_FOR = {"autograd.numpy": "numpy", "jax.numpy": "numpy", "cupy": "numpy"}
RANGES = {"prange", "trange", "tnrange", "xrange", "notebook_trange"}
BARS = ("progress", "bar", "tqdm", "track", "alive", "spinner")
DERIVING = {
    "grad", "value_and_grad", "elementwise_grad", "jacobian", "jacfwd", "jacrev", "hessian", "jvp", "vjp", "vmap",
    "pmap",
}  # fmt: skip
"""Take a function and give another one: what they are given cannot stand for it."""

VALUES = (
    "int", "float", "complex", "index", "array", "round", "contains", "next", "neg", "pos", "abs", "invert",
    "lt", "le", "gt", "ge", "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv",
    "mod", "rmod", "pow", "rpow", "matmul", "rmatmul", "and", "rand", "or", "ror", "xor", "rxor",
)  # fmt: skip
"""Special methods that are asked where a value is wanted."""


class AbsentPackage(ModuleNotFoundError):  # noqa: N818 - students read it
    """A value was wanted of a package that is not here."""


class Inert:
    """Stands for anything of a module that is not here.

    Args:
        name: what it is called, from the package on.
        given: what it was called with.
    """

    def __init__(self, name: str, given: tuple[object, ...] = ()) -> None:
        vars(self).update({"_chainrule_name": name, "_chainrule_given": given})

    def __call__(self, *args: object, **named: object) -> object:
        """Nothing, for a progress bar its rounds, and for a decorator (`@jit`, `@jit(nopython=True)`) its function."""
        name = str(vars(self)["_chainrule_name"])
        if name in IMITATED:
            return IMITATED[name](*args, **named)
        if isinstance(settings := named.get("config"), dict):
            return self._started(name, settings)
        if len(args) == 1 and isinstance(args[0], types.FunctionType | type) and _last(name) not in DERIVING:
            return args[0]
        return Inert(name, args or tuple(named.values()))

    def _started(self, name: str, settings: dict[str, Any]) -> "Inert":
        """A run of a logger that was told the program's settings, and keeps them."""
        run, package = Inert(name), sys.modules.get(name.partition(".")[0])
        kept = vars(run)["config"] = Settings(settings)
        if package is not None:
            vars(package)["config"] = kept
        return run

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{vars(self)['_chainrule_name']}.{name}", vars(self)["_chainrule_given"])

    def __getitem__(self, key: object) -> "Inert":
        return Inert(f"{vars(self)['_chainrule_name']}[{key!r}]")

    def __setitem__(self, key: object, value: object) -> None:
        """Nothing is kept."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rounds())

    def __len__(self) -> int:
        return len(self._rounds())

    def _rounds(self) -> Any:
        """What a progress bar goes over."""
        held, name = vars(self), vars(self)["_chainrule_name"].casefold()
        given = [g for g in held["_chainrule_given"] if hasattr(g, "__iter__") and not isinstance(g, str)]
        over = held.get("iterable", given[0] if given else None)
        if over is None or not any(word in name for word in BARS):
            raise self._wanted()
        return over

    def __bool__(self) -> bool:
        # An object that was made is true, as it would be at home; what a function answers is not known.
        name, given = _last(vars(self)["_chainrule_name"]), vars(self)["_chainrule_given"]
        if given and name[:1].islower() and not any(word in name.casefold() for word in BARS):
            raise self._wanted()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __mro_entries__(self, _: tuple[object, ...]) -> tuple[type, ...]:
        return (_base(vars(self)["_chainrule_name"]),)

    def _wanted(self) -> AbsentPackage:
        return absent(vars(self)["_chainrule_name"])


class Settings(dict[str, Any]):
    """What a program told a logger, which gives it back by key or by name."""

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def as_dict(self) -> dict[str, Any]:
        """A copy."""
        return dict(self)


def _heatmap(data: Any, *, ax: Any = None, **named: Any) -> Any:
    """Seaborn's picture of a table, as matplotlib draws it."""
    from matplotlib import pyplot as plt

    axes = ax if ax is not None else plt.gca()
    axes.imshow(data, aspect="auto", **{k: v for k, v in named.items() if k in ("cmap", "vmin", "vmax")})
    return axes


IMITATED: dict[str, Callable[..., Any]] = {"seaborn.heatmap": _heatmap}


def absent(name: str) -> AbsentPackage:
    """The error for a name of a package that is not here."""
    package = name.partition(".")[0]
    return AbsentPackage(f"the package {package} is not installed here, and the program needs what {name} gives")


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _wanting(_: str) -> Callable[..., Any]:
    def wanted(self: Inert, *_: object) -> Any:
        raise absent(vars(self)["_chainrule_name"])

    return wanted


for _value in VALUES:
    setattr(Inert, f"__{_value}__", _wanting(_value))


def _base(name: str) -> type:
    """A base class of a package that is not here: it can be built upon; what it would do raises."""

    def init(self: Any, *_: object, **__: object) -> None:
        del self

    def missing(self: Any, wanted: str) -> Any:
        del self
        raise AttributeError(f"{wanted!r}") if wanted.startswith("__") else absent(f"{name}.{wanted}")

    def call(self: Any, *_: object, **__: object) -> Any:
        del self
        raise absent(name)

    return type(_last(name), (), {"__init__": init, "__getattr__": missing, "__call__": call, "__module__": name})


class _InertModule(types.ModuleType):
    """A module of which every name is inert, or what it repeats."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in RANGES:
            return vars(self)["_chainrule_range"]()
        if name == "config":
            return vars(self).setdefault(name, Settings())
        like = vars(self).get("_chainrule_like")
        return getattr(like, name) if like is not None and hasattr(like, name) else Inert(f"{self.__name__}.{name}")


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
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
        module.__dict__["_chainrule_range"] = lambda: self._program.namespace.get("xrange", range)
        if spec.name in STAND_FOR:
            module.__dict__["_chainrule_like"] = importlib.import_module(STAND_FOR[spec.name])
            module.__dict__["__all__"] = list(getattr(module.__dict__["_chainrule_like"], "__all__", ()))
        # Said once of a package, not of each of its modules again.
        if not isinstance(sys.modules.get(spec.name.rpartition(".")[0]), _InertModule):
            self._program.mended(
                f"the module {spec.name} is not here; what it offers does nothing, and gives no values"
            )
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


class Halves(importlib.abc.MetaPathFinder):
    """Comes first: modules that are here, but need one that is not, are inert as well.

    Args:
        others: finds modules that nobody has.
    """

    def __init__(self, others: Absent) -> None:
        self._absent = others

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for an inert module where the other half is missing."""
        half = HALVES.get(fullname)
        if half is None or importlib.machinery.PathFinder.find_spec(half) is not None:
            return None
        return self._absent.find_spec(fullname, path, target)
