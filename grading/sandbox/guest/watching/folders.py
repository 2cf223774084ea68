"""Folders of pictures that are not there: listed as two classes of synthetic pictures.

A program that lists its own data (`os.listdir(root)`, `glob`, `Path.rglob`, `os.walk`) would lose that cell and all
training after it, where the student's machine had the pictures. All of these ways end in `os.listdir` and `os.scandir`,
and look at what they found with `os.stat`. Only the student's own questions are answered so; a library that looks for a
folder still learns that there is none.
"""

import functools
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Self

SUFFIXES = (".jpg", ".png", ".jpeg")
FOLDER_CLASSES = 2
PICTURES = 24
"""In each class: enough for a program that keeps only one kind of file to fill a few batches."""

SPLITS = {"train", "training", "val", "valid", "validation", "test", "testing", "dev", "eval", "images", "imgs"}
OTHER_THINGS = ("checkpoint", "model", "weight", "run", "log", "output", "result", "save", "figure", "cache")
"""Words in the names of folders that hold no data."""

BETWEEN = ("os", "glob", "pathlib", "posixpath", "genericpath", "fnmatch")
"""Modules that stand between a program and the file system."""


class Folders:
    """Answers for absent folders of pictures.

    Args:
        note: takes one sentence for each.

    Attributes:
        active: whether to answer.
        served: path → names, of the folders that were answered for.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self.active = True
        self.served: dict[str, tuple[str, ...]] = {}
        self._note = note
        self._look: Callable[..., os.stat_result] = os.stat

    def install(self) -> None:
        """Put the answers behind `os.listdir`, `os.scandir`, `os.stat`, `os.lstat` and the globbing of paths."""
        self._look = os.stat
        system: Any = os
        system.listdir = self._listing(os.listdir, lambda _, names: list(names))
        system.scandir = self._listing(os.scandir, lambda path, names: Scan(self, path, names))
        system.stat, system.lstat = self._looking(os.stat), self._looking(os.lstat)
        paths: Any = Path
        paths.glob, paths.rglob = self._globbing(Path.glob), self._globbing(Path.rglob)

    def there(self, path: str | os.PathLike[str]) -> bool:
        """Whether something really lies there."""
        try:
            self._look(path)
        except (OSError, ValueError):
            return False
        return True

    def holds(self, path: str) -> bool:
        """Whether a path lies below a folder that was answered for."""
        return any(str(parent) in self.served for parent in PurePosixPath(path).parents)

    def is_folder(self, path: str) -> bool:
        """Whether a path was answered for, or was listed as a folder of one that was."""
        parent, name = os.path.split(path)
        return path in self.served or (name in self.served.get(parent, ()) and not name.endswith(SUFFIXES))

    def is_picture(self, path: str) -> bool:
        """Whether a path was listed as a picture."""
        parent, name = os.path.split(path)
        return name in self.served.get(parent, ()) and name.endswith(SUFFIXES)

    # -- what is put behind the functions ---------------------------------------------------------------

    def _listing(self, original: Callable[..., Any], made: Callable[[str, tuple[str, ...]], Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def listed(path: Any = ".", *args: Any) -> Any:
            try:
                return original(path, *args)
            except FileNotFoundError:
                name = _plain(path)
                if not self.active or name is None or self.is_picture(name) or not _asked_by_student():
                    raise
                names = self._names(name)
                if not names:
                    raise
                return made(name, names)

        return listed

    def _globbing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`Path.glob` looks whether the folder is there before it lists it."""

        @functools.wraps(original)
        def globbed(path: Path, *args: Any, **kwargs: Any) -> Any:
            if self.active and not self.there(path) and _asked_by_student():
                self._names(os.path.normpath(path))
            return original(path, *args, **kwargs)

        return globbed

    def _looking(self, original: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        @functools.wraps(original)
        def looked(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
            try:
                return original(path, *args, **kwargs)
            except FileNotFoundError:
                name = _plain(path) if self.active and self.served else None
                if name is None or not (self.is_folder(name) or self.is_picture(name)):
                    raise
                kind = stat.S_IFDIR | 0o555 if self.is_folder(name) else stat.S_IFREG | 0o444
                return os.stat_result((kind, 0, 0, 1, 0, 0, 4096, 0, 0, 0))

        return looked

    def _names(self, path: str) -> tuple[str, ...]:
        """What an absent folder is said to hold, noted at the first time; nothing where it holds no data."""
        if path in self.served:
            return self.served[path]
        parent, name = os.path.split(path)
        if any(word in name.lower() for word in OTHER_THINGS):
            return ()
        above = os.path.basename(parent)
        inside = parent in self.served and name in self.served[parent]
        if inside or (above.lower() in SPLITS and name.lower() not in SPLITS):
            names = tuple(f"{i:04d}{SUFFIXES[i % len(SUFFIXES)]}" for i in range(PICTURES))
        else:
            names = tuple(f"class_{i}" for i in range(FOLDER_CLASSES))
        self.served[path] = names
        if not inside:
            self._note(f"The folder {name or path} was not submitted: synthetic pictures stood in for it.")
        return names


class Scan:
    """What `os.scandir` gives."""

    def __init__(self, folders: Folders, path: str, names: tuple[str, ...]) -> None:
        self._entries = iter([Entry(folders, path, name) for name in names])

    def __iter__(self) -> Iterator["Entry"]:
        return self

    def __next__(self) -> "Entry":
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing to close."""


class Entry:
    """What `os.scandir` says about one name."""

    def __init__(self, folders: Folders, folder: str, name: str) -> None:
        self.name = name
        self.path = os.path.join(folder, name)
        self._folder = not name.endswith(SUFFIXES)
        self._folders = folders

    def __fspath__(self) -> str:
        return self.path

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        del follow_symlinks
        return self._folder

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        del follow_symlinks
        return not self._folder

    def is_symlink(self) -> bool:
        """It is none."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """As `os.stat` answers."""
        return os.stat(self.path, follow_symlinks=follow_symlinks)


def _plain(path: object) -> str | None:
    if not isinstance(path, str | os.PathLike):
        return None
    name = os.fspath(path)
    return os.path.normpath(name) if isinstance(name, str) and name else None


def _asked_by_student() -> bool:
    """Whether the student's cells ask, themselves or by way of the modules that go through folders for them."""
    frame = sys._getframe(2)  # noqa: SLF001 - who asks decides
    while frame is not None and frame.f_globals.get("__name__", "").split(".")[0] in BETWEEN:
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None:
        return False
    name = frame.f_code.co_filename
    return name.startswith("<") and not name.startswith("<frozen")
