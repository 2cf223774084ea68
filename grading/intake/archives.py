"""Zip archives → files, in a stream that stops at the limits."""

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from grading.domain.errors import NotASubmission, TooLarge
from grading.domain.submission import SubmittedFile
from grading.intake.names import is_junk, safe_name, shown_name

ENTRIES = 2_000
# Deflate cannot do better than 1032 to 1, and nothing that a person wrote comes near: what does is made to be unpacked.
RATIO = 500
_RATIO_FROM = 1 << 20
_CHUNK = 1 << 16
_DIRECTORY_ENTRY = b"PK\x01\x02"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1 | 0x40
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OTHER_ARCHIVES = (
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
)
_ARCHIVE_SUFFIXES = frozenset({".zip", ".rar", ".7z", ".tar", ".tgz", ".tbz", ".txz"})
_TAR_AT = 257
# Everything that zipfile and zlib are known to raise on bytes that are no archive.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
    MemoryError,
)


def is_archive(name: str, content: bytes) -> bool:
    """Whether a file was submitted as a zip. `.npz`, `.pth` and `.docx` files are zips as well, but not for us."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix == ".zip" or (not suffix and content.startswith(b"PK\x03\x04"))


def other_archive(content: bytes) -> str:
    """What other kind of archive bytes are ("a RAR archive"), or ""."""
    if content[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "a tar archive"
    return next((what for magic, what in _OTHER_ARCHIVES if content.startswith(magic)), "")


def unpack(name: str, content: bytes, *, limit_bytes: int) -> Iterator[SubmittedFile]:
    """The files of a zip archive, one by one, their names made safe and junk left out.

    Args:
        name: the archive's, for messages.
        content: its bytes.
        limit_bytes: how many bytes all of the files may have together. Sizes that the archive states are not believed.

    Raises:
        NotASubmission: `broken-zip`, `encrypted-zip`, `unsafe-path`, `unsafe-entry`, `nested-archive` or
            `unsupported-zip`.
        TooLarge: `too-many-files`, `zip-bomb`, `too-large`, `too-deep` or `long-name`.
    """
    shown = shown_name(name)
    # Counted in the raw bytes, because opening the archive already builds an object for each.
    if content.count(_DIRECTORY_ENTRY) > ENTRIES:
        raise TooLarge(
            "too-many-files",
            f"{shown} holds more than {ENTRIES:,} files. Submit only the files asked for.",
            file=shown,
        )
    if what := other_archive(content):
        raise NotASubmission("wrong-type", f"{shown} is {what}, not a zip. Make an ordinary zip.", file=shown)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN:
        raise _broken(shown) from None
    with archive:
        left = limit_bytes
        for info in archive.infolist():
            entry = _entry_name(shown, info)
            if _is_folder(info) or is_junk(entry):
                continue
            _check_entry(shown, info, entry)
            _refuse_nested(shown, entry)
            data = _unpacked(archive, info, shown, entry, left)
            if len(data) > left:
                raise TooLarge(
                    "too-large",
                    f"{shown} unpacks to more than {limit_bytes:,} bytes, which is all that can be taken. "
                    "Clear the notebooks' outputs, and leave data and checkpoints out.",
                    file=shown,
                )
            left -= len(data)
            yield SubmittedFile(entry, data)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str, entry: str, left: int) -> bytes:
    """An entry's bytes; a little more than `left` where it has more."""
    most = max(_RATIO_FROM, RATIO * info.compress_size)
    data = bytearray()
    try:
        for piece in _inflated(archive, info):
            data += piece
            if len(data) > min(left, most):
                break
    except _BROKEN:
        raise _broken(shown) from None
    if len(data) > most:
        raise TooLarge(
            "zip-bomb",
            f"{shown_name(entry)} in {shown} unpacks to more than {RATIO} times its size. Submit the files asked for.",
            file=shown_name(entry),
        )
    return bytes(data)


def _refuse_nested(shown: str, entry: str) -> None:
    if PurePosixPath(entry).suffix.lower() in _ARCHIVE_SUFFIXES:
        raise NotASubmission(
            "nested-archive",
            f"{shown} holds another archive, {shown_name(entry)}. Put the files themselves into one zip.",
            file=shown_name(entry),
        )


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return info.filename.endswith("/") and info.file_size == 0


def _entry_name(shown: str, info: zipfile.ZipInfo) -> str:
    # `filename` is cut at a NUL; `orig_filename` is what the archive says.
    raw = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        # Without the flag zipfile reads cp437; macOS and many Linux tools write UTF-8 all the same.
        try:
            raw = raw.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            raw = info.orig_filename
    return safe_name(raw, inside=shown)


def _check_entry(shown: str, info: zipfile.ZipInfo, entry: str) -> None:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind and kind not in {stat.S_IFREG, stat.S_IFDIR}:
        what = "a link" if kind == stat.S_IFLNK else "a device or a pipe"
        raise NotASubmission(
            "unsafe-entry",
            f"{shown_name(entry)} in {shown} is {what}, not a file. Zip the files themselves.",
            file=shown_name(entry),
        )
    if info.flag_bits & _ENCRYPTED:
        raise NotASubmission(
            "encrypted-zip", f"{shown} is protected by a password. Make a zip without one.", file=shown
        )
    if info.compress_type not in _METHODS:
        raise NotASubmission(
            "unsupported-zip",
            f"{shown_name(entry)} in {shown} is compressed in an unusual way. Make an ordinary zip (deflate).",
            file=shown,
        )


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's bytes, piece by piece; raises `_BROKEN` like zipfile."""
    with archive.open(info) as stream:
        while piece := stream.read(_CHUNK):
            yield piece


def _broken(shown: str) -> NotASubmission:
    return NotASubmission(
        "broken-zip", f"{shown} is not a whole zip archive. Make it again, or submit the files.", file=shown
    )
