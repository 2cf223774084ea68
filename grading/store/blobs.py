"""Bytes on disk, named by their hash: written once, never changed."""

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

from grading.domain.errors import HouseFault

_NAME = re.compile(r"[0-9a-f]{64}\Z")


class Blobs:
    """A folder of blobs. Writing the same bytes twice, also at the same time, is harmless."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256; they are on disk, not only in its cache, when this returns.

        Raises:
            HouseFault: the disk is full or cannot be written.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.exists():
            return name
        draft = path.parent / f".{name[:8]}-{secrets.token_hex(8)}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise HouseFault(f"cannot keep {len(content)} bytes in {path.parent}: {error.strerror}") from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes of that hash.

        Raises:
            HouseFault: they are not there, or no longer have that hash.
        """
        try:
            content = self._path(name).read_bytes()
        except OSError as error:
            raise HouseFault(f"blob {name} cannot be read: {error.strerror}; restore it from a backup") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise HouseFault(f"blob {name} was altered on disk; restore it from a backup")
        return content

    def check(self) -> None:
        """Raise HouseFault when nothing can be written."""
        self.write(b"chainrule")

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise HouseFault(f"{name!r} is no blob's name")
        return self._folder / name[:2] / name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
