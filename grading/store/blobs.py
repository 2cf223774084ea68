"""Bytes named by their hash, written once, never changed: in a folder, or in an object store."""

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from grading.domain.errors import HouseFault

_NAME = re.compile(r"[0-9a-f]{64}\Z")
_PROBE = b"chainrule"


class Keep(Protocol):
    """Where bytes are kept by name. Both directions raise `OSError` where it fails."""

    def has(self, name: str) -> bool:
        """Whether the whole blob is there."""

    def put(self, name: str, content: bytes) -> None:
        """Keep the bytes; when this returns they survive a power cut. Nobody ever sees a part of them."""

    def get(self, name: str) -> bytes:
        """The bytes."""

    def tidy(self, before: float) -> int:
        """Remove drafts last written to before a moment (seconds since 1970); how many there were."""


class Blobs:
    """Blobs by their hash. Writing the same bytes twice, also at the same time, is harmless.

    Args:
        where: a folder, or the address of an object store (`s3://bucket/prefix`), which then needs the driver of that
            store: for S3 and what speaks like it, the extra `s3`.
    """

    def __init__(self, where: "Path | str") -> None:
        self._where = str(where)
        self._keep: Keep = _Store(where) if isinstance(where, str) else _Folder(where)

    def write(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256; they are there to stay when this returns.

        Raises:
            HouseFault: the disk is full or cannot be written, or the store does not answer.
        """
        name = hashlib.sha256(content).hexdigest()
        try:
            if not self._keep.has(name):
                self._keep.put(name, content)
        except OSError as error:
            raise HouseFault(f"cannot keep {len(content)} bytes in {self._where}: {_why(error)}") from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes of that hash.

        Raises:
            HouseFault: they are not there, or no longer have that hash.
        """
        _check_name(name)
        try:
            content = self._keep.get(name)
        except OSError as error:
            raise HouseFault(f"blob {name} cannot be read: {_why(error)}; restore it from a backup") from error
        if hashlib.sha256(content).hexdigest() != name:
            raise HouseFault(f"blob {name} was altered where it is kept; restore it from a backup")
        return content

    def check(self) -> None:
        """Raise HouseFault when nothing can be written."""
        name = self.write(_PROBE)
        if self.read(name) != _PROBE:
            raise HouseFault(f"{self._where} gives back something else than was written")

    def tidy(self, older_than: timedelta = timedelta(hours=1)) -> int:
        """Remove what writers that died left half written; how many there were.

        Args:
            older_than: younger drafts may still become blobs.
        """
        return self._keep.tidy(time.time() - older_than.total_seconds())


class _Folder:
    """Files under the first two letters of their names, synced with their folder before anybody speaks of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        return self._path(name).exists()

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        draft = path.parent / f".{name[:8]}-{secrets.token_hex(8)}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync_folder(path.parent)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def get(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def tidy(self, before: float) -> int:
        removed = 0
        for draft in self._folder.glob("??/.*-*"):
            # Another worker may tidy up at the same time, or the draft become a blob.
            with contextlib.suppress(FileNotFoundError):
                if draft.stat().st_mtime < before:
                    draft.unlink()
                    removed += 1
        return removed

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


class _Store:
    """Objects in a store that fsspec speaks to. Such stores show an object whole or not at all."""

    def __init__(self, address: str) -> None:
        import fsspec

        try:
            files, root = fsspec.core.url_to_fs(address, use_listings_cache=False)
        except ImportError as error:
            raise HouseFault(f"blobs at {address} need a driver: {error}; install chainrule[s3]") from error
        self._files: Any = files
        self._root = root.rstrip("/")

    def has(self, name: str) -> bool:
        with _as_os_error():
            return bool(self._files.exists(self._path(name)))

    def put(self, name: str, content: bytes) -> None:
        with _as_os_error():
            self._files.pipe_file(self._path(name), content)

    def get(self, name: str) -> bytes:
        with _as_os_error():
            return bytes(self._files.cat_file(self._path(name)))

    def tidy(self, before: float) -> int:  # noqa: ARG002  # a store has no drafts
        return 0

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name}"


@contextlib.contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # every store's driver raises its own
        raise OSError(None, type(error).__name__) from error


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise HouseFault(f"{name!r} is no blob's name")


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
