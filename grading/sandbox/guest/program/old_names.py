"""Names, methods and keyword arguments that libraries dropped, brought back for programs that were written with them.

Each module is served once it is loaded. All of it is noted when it is used, except where it only renames.
"""

import functools
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .state import ProgramState

Keywords = Mapping[str, str]

RENAMED: dict[str, dict[str, str]] = {
    "torchvision.transforms": {"Scale": "Resize", "RandomSizedCrop": "RandomResizedCrop"},
    "PIL.Image": {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"},
    "time": {"clock": "perf_counter"},
    "inspect": {"getargspec": "getfullargspec"},
    "scipy.integrate": {"simps": "simpson", "trapz": "trapezoid", "cumtrapz": "cumulative_trapezoid"},
    "matplotlib.pyplot": {"plot_date": "plot"},
    "matplotlib.cm": {"spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20"},
    "pandas.DataFrame": {"iteritems": "items", "applymap": "map", "as_matrix": "to_numpy"},
    "pandas.Series": {"iteritems": "items", "as_matrix": "to_numpy"},
    "matplotlib.axes.Axes": {"set_axis_bgcolor": "set_facecolor"},
}
"""Module or class → old name → today's, in the same place."""

CLASSES = {"DataFrame", "Series", "Axes"}

KEYWORDS: dict[str, dict[str, Keywords]] = {
    "torchvision.transforms": {
        "RandomAffine": {"fillcolor": "fill", "resample": "interpolation"},
        "RandomRotation": {"resample": "interpolation"},
        "RandomPerspective": {"fillcolor": "fill"},
    },
    "torchvision.utils": {"make_grid": {"range": "value_range"}, "save_image": {"range": "value_range"}},
    "matplotlib.pyplot": {
        "stem": {"use_line_collection": ""},
        "boxplot": {"labels": "tick_labels"},
        "axes": {"axisbg": "facecolor"},
        "subplot": {"axisbg": "facecolor"},
    },
    "matplotlib.axes.Axes": {
        "grid": {"b": "visible"},
        "hist": {"normed": "density"},
        "stem": {"use_line_collection": ""},
        "boxplot": {"labels": "tick_labels"},
    },
}
"""Module or class → function or class → old keyword → today's, "" for none."""


def install(program: ProgramState) -> None:
    """Serve what is loaded, and the rest when it is."""
    owners = {"pandas": _serve_pandas, "torch": _serve_torch, "torchvision": _serve_torchvision}
    modules = {_module(owner) for owner in (*RENAMED, *KEYWORDS)}
    for module in sorted(modules | set(owners) | {"collections", "fractions", "sklearn.metrics", "matplotlib.figure"}):
        _when_loaded(module, functools.partial(_serve, program, module, owners.get(module)))
    sys.meta_path.append(_Gone(program))


def _serve(program: ProgramState, name: str, more: Callable[[ProgramState, Any], None] | None, module: Any) -> None:
    for owner, names in RENAMED.items():
        if (held := _owner(owner, name, module)) is not None:
            for old, new in names.items():
                if not hasattr(held, old) and hasattr(held, new):
                    setattr(held, old, getattr(held, new))
    for owner, functions in KEYWORDS.items():
        if (held := _owner(owner, name, module)) is not None:
            for function, keywords in functions.items():
                _take_keywords(program, held, function, keywords)
    if name in SERVED:
        SERVED[name](module)
    if more is not None:
        more(program, module)


def _owner(owner: str, module: str, loaded: Any) -> Any:
    """The module, or its class, where the table's entry is about it."""
    if _module(owner) != module:
        return None
    return loaded if owner == module else getattr(loaded, owner.rpartition(".")[2], None)


def _module(owner: str) -> str:
    parent, _, last = owner.rpartition(".")
    return parent if last in CLASSES else owner


def _take_keywords(program: ProgramState, owner: Any, name: str, keywords: Keywords) -> None:
    """Let a function, or a class's constructor, take old keyword arguments."""
    held = getattr(owner, name, None)
    if held is None:
        return
    if isinstance(held, type):
        owner, name, held = held, "__init__", _initializer(held)

    @functools.wraps(held)
    def call(*args: Any, **kwargs: Any) -> Any:
        for old in keywords.keys() & kwargs.keys():
            program.mended(f"the argument {old!r}, which {held.__qualname__} no longer has, was read as it once was")
            value = kwargs.pop(old)
            if keywords[old] and value is not None and value is not False:
                kwargs.setdefault(keywords[old], value)
        return held(*args, **kwargs)

    setattr(owner, name, call)


def _initializer(kind: Any) -> Any:
    return kind.__init__


def _serve_collections(module: Any) -> None:
    from collections import abc

    for name in abc.__all__:
        if not hasattr(module, name):
            setattr(module, name, getattr(abc, name))


def _serve_fractions(module: Any) -> None:
    import math

    module.gcd = math.gcd


def _serve_metrics(module: Any) -> None:
    for old, kind in {"plot_confusion_matrix": "ConfusionMatrixDisplay", "plot_roc_curve": "RocCurveDisplay"}.items():
        if not hasattr(module, old) and hasattr(module, kind):
            setattr(module, old, getattr(module, kind).from_estimator)


def _serve_figures(_: Any) -> None:
    from matplotlib import backend_bases, contour, legend

    canvas: Any = backend_bases.FigureCanvasBase
    if not hasattr(canvas, "set_window_title"):
        canvas.set_window_title = lambda *_: None
    for kind, old, today in (
        (contour.ContourSet, "collections", lambda self: [self]),
        (legend.Legend, "legendHandles", lambda self: self.legend_handles),
    ):
        if not hasattr(kind, old):
            setattr(kind, old, property(today))


SERVED: dict[str, Callable[[Any], None]] = {
    "collections": _serve_collections,
    "fractions": _serve_fractions,
    "sklearn.metrics": _serve_metrics,
    "matplotlib.figure": _serve_figures,
}


def _serve_pandas(program: ProgramState, pandas: Any) -> None:
    """`append` of tables and series, and filling by a method."""

    def append(self: Any, other: Any, ignore_index: bool = False, *_: object, **__: object) -> Any:
        program.mended("append, which pandas no longer has, was brought back")
        if isinstance(other, dict):
            other = pandas.Series(other)
        if isinstance(self, pandas.DataFrame) and isinstance(other, list) and not _holds(pandas, other):
            other = pandas.DataFrame(other)
        parts = other if isinstance(other, list | tuple) else [other]
        if isinstance(self, pandas.DataFrame):
            parts = [p.to_frame().T.infer_objects() if isinstance(p, pandas.Series) else p for p in parts]
        kept = [self] if len(self) else []
        columns = [c for part in (self, *parts) for c in part.columns] if isinstance(self, pandas.DataFrame) else []
        joined = pandas.concat([*kept, *parts], ignore_index=ignore_index)
        return joined.reindex(columns=list(dict.fromkeys(columns))) if columns else joined

    for kind in (pandas.DataFrame, pandas.Series):
        if hasattr(kind, "append"):
            continue
        kind.append = append
        kind.fillna = _filling(kind.fillna)


def _holds(pandas: Any, parts: list[Any]) -> bool:
    return any(isinstance(part, pandas.DataFrame | pandas.Series) for part in parts)


def _filling(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def fillna(self: Any, *args: Any, method: str | None = None, **kwargs: Any) -> Any:
        if method is None:
            return original(self, *args, **kwargs)
        return self.ffill(**kwargs) if method in ("ffill", "pad") else self.bfill(**kwargs)

    return fillna


def _serve_torch(program: ProgramState, torch: Any) -> None:
    """Schedulers that print, and the linear algebra that moved."""
    schedulers = torch.optim.lr_scheduler
    for name, kind in list(vars(schedulers).items()):
        if isinstance(kind, type) and "__init__" in vars(kind) and kind.__module__ == schedulers.__name__:
            _take_keywords(program, schedulers, name, {"verbose": ""})
    linalg = torch.linalg
    torch.qr = lambda a, some=True: linalg.qr(a, "reduced" if some else "complete")
    torch.symeig = lambda a, upper=True, **_: linalg.eigh(a, "U" if upper else "L")
    torch.solve = lambda b, a: (linalg.solve(a, b), a)
    torch.lstsq = torch.gels = lambda b, a: (linalg.lstsq(a, b).solution, a)


def _serve_torchvision(_: ProgramState, torchvision: Any) -> None:
    """Addresses of weights, and the data of data sets under the names that they had."""
    models, kind = torchvision.models, torchvision.datasets.CIFAR10
    weights = {f"resnet{n}": getattr(models, f"ResNet{n}_Weights").IMAGENET1K_V1.url for n in (18, 34, 50, 101, 152)}
    models.resnet.model_urls = weights
    for old, new in {name: name.split("_")[1] for name in ("train_data", "test_data")}.items():
        setattr(kind, old, property(lambda self, new=new: getattr(self, new)))  # type: ignore[misc]
    kind.train_labels = kind.test_labels = property(lambda self: self.targets)


def _gone_modules() -> dict[str, Callable[[], dict[str, Any]]]:
    """Modules that libraries dropped → what they held."""

    def six() -> dict[str, Any]:
        import collections.abc
        import math

        return {
            "inf": math.inf, "nan": math.nan, "string_classes": (str, bytes), "int_classes": int,
            "container_abcs": collections.abc, "PY3": True, "PY37": True,
        }  # fmt: skip

    def urls() -> dict[str, Any]:
        import torch.hub

        return {"load_state_dict_from_url": torch.hub.load_state_dict_from_url}

    def joblib() -> dict[str, Any]:
        return dict(vars(importlib.import_module("joblib")))

    def tensors() -> dict[str, Any]:
        return dict(vars(importlib.import_module("torchvision.transforms._functional_tensor")))

    return {
        "torch._six": six,
        "torchvision.models.utils": urls,
        "sklearn.externals.joblib": joblib,
        "torchvision.transforms.functional_tensor": tensors,
    }


class _Gone(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Comes after the libraries' own: modules that they once had."""

    def __init__(self, program: ProgramState) -> None:
        self._program = program
        self._held = _gone_modules()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for a module that was dropped."""
        del path, target
        return importlib.machinery.ModuleSpec(fullname, self) if fullname in self._held else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """An ordinary one."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Put in what it held."""
        vars(module).update({k: v for k, v in self._held[module.__name__]().items() if not k.startswith("__")})
        self._program.mended(f"{module.__name__}, which its library no longer has, was brought back")


class _Later(importlib.abc.MetaPathFinder):
    """Comes first: calls a function with a module once it is loaded."""

    def __init__(self, name: str, serve: Callable[[Any], None]) -> None:
        self._name, self._serve = name, serve

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, with what is brought back after it."""
        del target
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        loader: Any = None if spec is None else spec.loader
        if loader is None:
            return None
        execute = loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            execute(module)
            self._serve(module)

        loader.exec_module = exec_module
        return spec


def _when_loaded(name: str, serve: Callable[[Any], None]) -> None:
    if name in sys.modules:
        serve(sys.modules[name])
    else:
        sys.meta_path.insert(0, _Later(name, serve))
