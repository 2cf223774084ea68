"""Bytes → text: encodings, pointers in place of files, pages in place of notebooks."""

import codecs
import io
import re
import tokenize

from grading.domain.errors import NotASubmission, TooLarge

FILE_BYTES = 64 << 20

_LFS = b"version https://git-lfs.github.com/spec/"
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<\?xml)", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_COOKIE_LINES = 2
_HALF = re.compile("[\ud800-\udfff]")


def check_bytes(name: str, content: bytes, *, wanted: str) -> None:
    """Refuse what is visibly something else than `wanted` ("a notebook").

    Raises:
        NotASubmission: `empty-file`, `lfs-pointer`, `web-page` or `not-text`.
        TooLarge: more than `FILE_BYTES`.
    """
    if len(content) > FILE_BYTES:
        raise TooLarge(
            "too-large",
            f"{name} has {len(content):,} bytes; at most {FILE_BYTES:,} are read. Clear its outputs.",
            file=name,
        )
    if not content.strip(b"\0 \t\r\n"):
        raise NotASubmission("empty-file", f"{name} is empty. Save it in your editor, then submit it again.", file=name)
    if content.startswith(_LFS):
        raise NotASubmission(
            "lfs-pointer",
            f"{name} is a Git LFS pointer, not the file itself. Run `git lfs pull`, then submit the file.",
            file=name,
        )
    if _PAGE.match(content.removeprefix(codecs.BOM_UTF8)):
        raise NotASubmission(
            "web-page", f"{name} is a web page, not {wanted}. Download the raw file and hand that in.", file=name
        )
    for magic, what in _ARCHIVES:
        if content.startswith(magic):
            raise NotASubmission("not-text", f"{name} is {what}, not {wanted}. Submit {wanted}.", file=name)


def decode_notebook(name: str, content: bytes) -> str:
    """The text of a JSON file: UTF-8 with or without a mark, or UTF-16 with one.

    Raises:
        NotASubmission: `not-text`, with the first offending byte.
    """
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotASubmission(
            "not-text",
            f"{name} is not UTF-8 text: byte {error.start:,} cannot be read. "
            "Save the notebook in Jupyter and submit that file.",
            file=name,
        ) from None


def decode_module(name: str, content: bytes) -> str:
    """The text of a Python module, in the encoding that it declares.

    Raises:
        NotASubmission: `not-text`, with the first offending byte.
    """
    if content.startswith(_UTF16):
        encoding = "utf-16"
    else:
        head = b"".join(line + b"\n" for line in content.split(b"\n", _COOKIE_LINES)[:_COOKIE_LINES])
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
        except (SyntaxError, ValueError):
            encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotASubmission(
            "not-text",
            f"{name} is not {encoding} text: line {line} holds a byte that cannot be read. Save it as UTF-8.",
            file=name,
        ) from None
    except (LookupError, UnicodeError):
        raise NotASubmission(
            "not-text", f"{name} declares the encoding {encoding[:40]}, which is not text. Save it as UTF-8.", file=name
        ) from None


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` as a program can hold it, and what had to change, in words."""
    repairs: list[str] = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "")
        repairs.append("NUL characters were taken out")
    if _HALF.search(text):
        text = _HALF.sub("\ufffd", text)
        repairs.append("half characters (lone surrogates) were replaced")
    return text, tuple(repairs)
