"""Names of files as submitted: made safe, or refused; junk recognised."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from grading.domain.errors import NotASubmission, TooLarge

DEPTH = 12
NAME_BYTES = 200
PATH_BYTES = 800

_HALF = re.compile("[\ud800-\udfff]")
_DRIVE = re.compile(r"^[A-Za-z]:")
_BROWSER_PATH = re.compile(r"^[A-Za-z]:[\\/].*[\\/]")
_JUNK_FOLDERS = frozenset(
    {
        "__macosx",
        "__pycache__",
        ".git",
        ".svn",
        ".hg",
        ".idea",
        ".vscode",
        ".venv",
        "venv",
        "node_modules",
        ".pytest_cache",
    }
)
_JUNK_FILES = frozenset(
    {".ds_store", "thumbs.db", "desktop.ini", ".gitignore", ".gitattributes", ".localized", "icon\r"}
)
CHECKPOINTS = ".ipynb_checkpoints"


def safe_name(raw: str, *, inside: str = "") -> str:
    """A relative POSIX path: NFC, forward slashes, no control or direction characters, half characters replaced.

    `inside` is the archive's name, for the message.

    Raises:
        NotASubmission: `unsafe-path` for `..`, an absolute path, a drive, a control character, or nothing at all.
        TooLarge: `too-deep` or `long-name`.
    """
    place = f" in {inside}" if inside else ""
    shown = shown_name(raw)
    name = unicodedata.normalize("NFC", _HALF.sub("\ufffd", raw)).replace("\\", "/")
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in name):
        raise _unsafe(f"The name {shown}{place} holds control characters.", shown)
    # Direction marks make `exe.ipynb` look like `ipynb.exe`; they carry nothing.
    name = "".join(character for character in name if unicodedata.category(character) != "Cf")
    if name.startswith("/") or _DRIVE.match(name):
        raise _unsafe(f"The path {shown}{place} is absolute.", shown)
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise _unsafe(f"The path {shown}{place} leads outside.", shown)
    if not parts or any(not part.strip(" .") for part in parts):
        raise _unsafe(f"A file{place} has no name ({shown}).", shown)
    if len(parts) > DEPTH:
        raise TooLarge(
            "too-deep", f"{shown}{place} lies {len(parts)} folders deep; at most {DEPTH} are taken.", file=shown
        )
    name = "/".join(parts)
    if len(name.encode()) > PATH_BYTES or any(len(part.encode()) > NAME_BYTES for part in parts):
        raise TooLarge(
            "long-name", f"The name {shown}{place} is too long; at most {NAME_BYTES} bytes are taken.", file=shown
        )
    return name


def uploaded_name(raw: str) -> str:
    r"""The name of a file submitted by itself; old browsers send the whole path (`C:\fakepath\a.ipynb`)."""
    return safe_name(_BROWSER_PATH.sub("", raw))


def shown_name(raw: str) -> str:
    """A name as a message may carry it: one line, cut, printable."""
    cut = raw if len(raw) <= 80 else raw[:40] + "…" + raw[-39:]  # noqa: PLR2004 - a line's worth
    return "".join(character if character.isprintable() else "\ufffd" for character in cut)


def is_junk(name: str) -> bool:
    """Whether a path is something that an editor or operating system left there."""
    *folders, last = (part.casefold() for part in PurePosixPath(name).parts)
    return bool(_JUNK_FOLDERS.intersection(folders)) or last in _JUNK_FILES or last.startswith("._")


def is_checkpoint(name: str) -> bool:
    """Whether a path is Jupyter's copy of a notebook."""
    return CHECKPOINTS in PurePosixPath(name).parts[:-1]


def without_covered_checkpoints(names: Iterable[str]) -> list[str]:
    """`names` without Jupyter's copies of notebooks that are there themselves."""
    names = list(names)
    present = {PurePosixPath(name).name.casefold() for name in names if not is_checkpoint(name)}
    kept: list[str] = []
    for name in names:
        original = PurePosixPath(name).name.casefold().replace("-checkpoint.", ".")
        if not is_checkpoint(name) or original not in present:
            kept.append(name)
    return kept


def check_collisions(names: Iterable[str]) -> None:
    """Refuse names that some file systems cannot tell apart, and a file where another needs a folder.

    Raises:
        NotASubmission: `name-collision`.
    """
    seen: dict[str, str] = {}
    names = list(names)
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded in seen:
            raise NotASubmission(
                "name-collision",
                f"{shown_name(seen[folded])} and {shown_name(name)} have the same name. Rename or remove one.",
                file=shown_name(name),
            )
        seen[folded] = name
    for name in names:
        for folder in PurePosixPath(unicodedata.normalize("NFKC", name).casefold()).parents:
            if str(folder) in seen:
                raise NotASubmission(
                    "name-collision",
                    f"{shown_name(seen[str(folder)])} is a file and a folder at once. Rename or remove one.",
                    file=shown_name(name),
                )


def _unsafe(what: str, shown: str) -> NotASubmission:
    return NotASubmission("unsafe-path", f"{what} Submit the files under plain names.", file=shown)
