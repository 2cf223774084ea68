"""Stand-ins for data that is not there: data sets of torchvision, and picture files.

Nothing can be downloaded in the box. A data set is looked for where the program says, then in the service's data
store, and where it is in neither a synthetic one of the same shapes and lengths takes its place, so that
`random_split(trainset, [45000, 5000])` and `trainset.classes` work as they would. Its pictures are windows that slide
over one tall texture: fifty thousand different ones weigh a few megabytes.
"""

import builtins
import functools
import inspect
import io
import os
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from PIL import Image
from torch.nn import functional
from torchvision import datasets

from .folders import Folders

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".ppm", ".jfif"}
PICTURE = (320, 256)
SHIFT = 2
"""Rows by which two neighbouring pictures of a texture differ."""

ROWS = 4096
"""Rows of a texture before it repeats."""

FOLDER_CLASSES = 2
MOST_NAMED = 3
CLASSES = {
    "CIFAR10": 10,
    "CIFAR100": 100,
    "MNIST": 10,
    "FashionMNIST": 10,
    "KMNIST": 10,
    "QMNIST": 10,
    "EMNIST": 47,
    "STL10": 10,
    "SVHN": 10,
    "USPS": 10,
    "Imagenette": 10,
    "EuroSAT": 10,
    "Flowers102": 102,
    "OxfordIIITPet": 37,
    "Food101": 101,
    "Caltech101": 101,
    "Caltech256": 257,
    "DTD": 47,
    "GTSRB": 43,
    "StanfordCars": 196,
    "Country211": 211,
    "FGVCAircraft": 100,
    "Places365": 365,
    "ImageNet": 1000,
    "SUN397": 397,
    "RenderedSST2": 2,
    "PCAM": 2,
}
CIFAR10_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
LENGTHS = {
    "CIFAR10": (50_000, 10_000),
    "CIFAR100": (50_000, 10_000),
    "MNIST": (60_000, 10_000),
    "FashionMNIST": (60_000, 10_000),
    "KMNIST": (60_000, 10_000),
    "QMNIST": (60_000, 60_000),
    "EMNIST": (112_800, 18_800),
    "STL10": (5_000, 8_000),
    "SVHN": (73_257, 26_032),
    "USPS": (7_291, 2_007),
}
SIDES = {"CIFAR10": 32, "CIFAR100": 32, "STL10": 96, "SVHN": 32, "USPS": 16}


@functools.lru_cache(maxsize=8)
def texture(rows: int, width: int, channels: int) -> np.ndarray[Any, Any]:
    """A tall smooth random picture, uint8 (rows, width, channels)."""
    once = min(rows, ROWS)
    generator = torch.Generator().manual_seed(once * 31 + width)
    coarse = torch.randn(1, channels, once // 8 + 2, width // 8 + 1, generator=generator)
    fine = functional.interpolate(coarse, size=(once, width), mode="bilinear", align_corners=False)[0]
    smooth = (fine * 64 + 128).clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    return np.ascontiguousarray(np.tile(smooth, (rows // once + 1, 1, 1))[:rows])


def pictures(n: int, side: int, channels: int) -> np.ndarray[Any, Any]:
    """Different pictures that share their memory, uint8 (n, side, side, channels)."""
    tall = texture(n * SHIFT + side, side, channels)
    row, column, channel = tall.strides
    return np.lib.stride_tricks.as_strided(
        tall, (n, side, side, channels), (row * SHIFT, row, column, channel), writeable=False
    )


@functools.lru_cache(maxsize=64)
def _picture(name: str) -> Image.Image:
    random = np.random.default_rng(zlib.crc32(name.encode()))
    coarse = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(PICTURE, Image.Resampling.BICUBIC)


def picture(name: str) -> Image.Image:
    """A smooth colour picture, always the same one for a name."""
    return _picture(name).copy()


class StandIns:
    """Serves what is absent, and says so.

    Args:
        data_dir: folder of the data store inside the box, or None.
        images: length of a data set whose true length is unknown.
        note: takes a sentence about what was stood in for.
    """

    def __init__(self, data_dir: object, images: int, note: Callable[[str], None]) -> None:
        self._roots = [str(data_dir)] if data_dir else []
        self._images = images
        self._note = note
        self._named: dict[str, None] = {}
        self.folders = Folders(note)

    def install(self) -> None:
        """Put the stand-ins behind torchvision's data sets, and behind opening or fetching a picture."""
        for kind in vars(datasets).values():
            if not inspect.isclass(kind) or kind in (datasets.FakeData, datasets.VisionDataset):
                continue
            if issubclass(kind, datasets.VisionDataset) and "__init__" in vars(kind):
                setattr(kind, "__init__", self._constructing(vars(kind)["__init__"]))  # noqa: B010 - a method is replaced
        Image.open = self._opening(Image.open)
        torchvision.io.read_image = self._reading(torchvision.io.read_image)
        torchvision.io.decode_image = self._reading(torchvision.io.decode_image)
        builtins.open = self._opening_bytes(builtins.open)
        urllib.request.urlopen = self._fetching(urllib.request.urlopen)
        urllib.request.urlretrieve = self._fetching(urllib.request.urlretrieve, to_file=True)
        self.folders.install()

    def classes_of(self, kinds: set[str]) -> int:
        """The number of classes of a data set of one of these classes, or 0 where it depends on the files."""
        known = sorted(kinds & set(CLASSES))
        return CLASSES[known[-1]] if known and not kinds & {"EMNIST", "ImageFolder"} else 0

    # -- data sets ------------------------------------------------------------------------------------

    def _constructing(self, original: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def constructed(dataset: Any, *args: Any, **kwargs: Any) -> None:
            try:
                bound = signature.bind(dataset, *args, **kwargs)
            except TypeError:
                original(dataset, *args, **kwargs)
                return
            given = bound.arguments
            nested = given.pop("kwargs", {})
            nested.pop("download", None)
            given.pop("download", None)
            for root in [given.get("root"), *self._roots]:
                self.folders.active, before = False, self.folders.active
                try:
                    original(**{"self": dataset, **given, **nested, "root": root})
                except (OSError, RuntimeError):
                    continue
                finally:
                    self.folders.active = before
                return
            bound.apply_defaults()
            self._stand_in(dataset, {**bound.arguments, **nested})

        return constructed

    def _stand_in(self, dataset: Any, given: dict[str, Any]) -> None:
        names = [kind.__name__ for kind in type(dataset).__mro__]
        name = next((n for n in names if n in CLASSES), "ImageFolder" if "DatasetFolder" in names else names[0])
        root = given.get("root") or "data"
        transforms = {k: given[k] for k in ("transform", "target_transform") if given.get(k) is not None}
        if given.get("transforms") is not None:
            transforms["transforms"] = given["transforms"]
        datasets.VisionDataset.__init__(dataset, root, **transforms)
        train = bool(given.get("train", True)) and "test" not in str(given.get("split", "train"))
        self._note(f"{name} is not in the data store: synthetic pictures of the same shape stood in for it.")
        dataset.__dict__["_chainrule_stand_in"] = True
        if name in LENGTHS:
            _as_arrays(dataset, name, train, str(given.get("split", "train" if train else "test")))
        elif "DatasetFolder" in names:
            _as_folder(dataset, str(root), self._images, CLASSES.get(name, FOLDER_CLASSES))
        else:
            _as_pictures(dataset, self._images, CLASSES.get(name, FOLDER_CLASSES), str(root))

    # -- files ----------------------------------------------------------------------------------------

    def _absent(self, path: object) -> str | None:
        """The path of a picture that is not there, noted; None for what is there, or no picture's path."""
        if not isinstance(path, str | os.PathLike):
            return None
        name = os.fspath(path)
        if not isinstance(name, str) or self.folders.there(name):
            return None
        if self.folders.holds(os.path.normpath(name)):
            return name
        if Path(name).suffix.lower() not in SUFFIXES:
            return None
        self._stood_in(name, "submitted")
        return name

    def _stood_in(self, name: str, what: str) -> None:
        """Note a picture: the first few by name, and that there were more."""
        self._named[Path(name).name] = None
        which = f"The picture {Path(name).name}" if len(self._named) <= MOST_NAMED else "Another picture"
        self._note(f"{which} was not {what}: a synthetic one stood in for it.")

    def _opening(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def opened(fp: Any, *args: Any, **kwargs: Any) -> Any:
            name = self._absent(fp)
            return original(fp if name is None else _file(name), *args, **kwargs)

        return opened

    def _opening_bytes(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def opened(file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
            name = self._absent(file) if mode == "rb" else None
            return original(file, mode, *args, **kwargs) if name is None else _file(name)

        return opened

    def _fetching(self, original: Callable[..., Any], *, to_file: bool = False) -> Callable[..., Any]:
        @functools.wraps(original)
        def fetched(url: Any, *args: Any, **kwargs: Any) -> Any:
            address = url if isinstance(url, str) else str(getattr(url, "full_url", ""))
            name = urllib.parse.urlsplit(address).path
            if Path(name).suffix.lower() not in SUFFIXES:
                return original(url, *args, **kwargs)
            self._stood_in(name, "fetched")
            if not to_file:
                return _file(name)
            target = args[0] if args else kwargs.get("filename") or Path(name).name
            Path(target).write_bytes(_file(name).getvalue())
            return target, None

        return fetched

    def _reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def read(path: Any, *args: Any, **kwargs: Any) -> Any:
            name = self._absent(path)
            if name is None:
                return original(path, *args, **kwargs)
            return torch.from_numpy(np.asarray(picture(name)).transpose(2, 0, 1).copy())

        return read


def _file(name: str) -> io.BytesIO:
    content = io.BytesIO()
    picture(name).save(content, format="PNG", compress_level=1)
    content.seek(0)
    return content


def _labels(n: int, classes: int) -> np.ndarray[Any, Any]:
    return np.arange(n, dtype=np.int64) % classes


def _as_arrays(dataset: Any, name: str, train: bool, split: str) -> None:
    n, classes = LENGTHS[name][0 if train else 1], CLASSES[name]
    labels = _labels(n, classes)
    dataset.train = train
    if name in SIDES:
        images = pictures(n, SIDES[name], 1 if name == "USPS" else 3)
        if name == "USPS":
            dataset.data, dataset.targets = images[..., 0], labels.tolist()
        elif name in ("STL10", "SVHN"):
            dataset.data, dataset.labels = images.transpose(0, 3, 1, 2), labels
            dataset.split = split
        else:
            dataset.data, dataset.targets = images, labels.tolist()
            dataset.classes = CIFAR10_NAMES if classes == len(CIFAR10_NAMES) else [f"class {i}" for i in range(classes)]
            dataset.class_to_idx = {c: i for i, c in enumerate(dataset.classes)}
        return
    tall = torch.from_numpy(texture(n * SHIFT + 28, 28, 1)[..., 0])
    dataset.data = tall.as_strided((n, 28, 28), (28 * SHIFT, 28, 1))
    dataset.targets = torch.from_numpy(labels)


def _as_folder(dataset: Any, root: str, n: int, classes: int) -> None:
    dataset.classes = [f"class_{i}" for i in range(classes)]
    dataset.class_to_idx = {c: i for i, c in enumerate(dataset.classes)}
    dataset.samples = [(f"{root}/class_{i % classes}/{i:04d}.png", i % classes) for i in range(n)]
    dataset.imgs = dataset.samples
    dataset.targets = [label for _, label in dataset.samples]
    dataset.loader = picture
    dataset.extensions = (".png",)


def _as_pictures(dataset: Any, n: int, classes: int, root: str) -> None:
    def getitem(self: Any, index: int) -> tuple[Any, Any]:
        if not 0 <= index < n:
            raise IndexError(index)
        image, label = picture(f"{root}/{index}"), index % classes
        return self.transforms(image, label) if self.transforms is not None else (image, label)

    kind = type(dataset)
    dataset.classes = [f"class_{i}" for i in range(classes)]
    dataset.class_to_idx = {c: i for i, c in enumerate(dataset.classes)}
    dataset.__class__ = type(kind.__name__, (kind,), {"__getitem__": getitem, "__len__": lambda _: n})
