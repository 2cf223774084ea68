"""Files as submitted, over HTTP or from disk → Submission."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from grading.domain.assignment import Assignment
from grading.domain.errors import NotASubmission, TooLarge
from grading.domain.submission import Submission, SubmittedFile
from grading.intake.archives import ENTRIES, is_archive, other_archive, unpack
from grading.intake.endings import without_added_endings
from grading.intake.matching import match_parts
from grading.intake.names import check_collisions, is_junk, shown_name, uploaded_name, without_covered_checkpoints
from grading.programs.reading import check_shape

_MENTIONED = 5


def read_upload(files: Sequence[tuple[str, bytes]], assignment: Assignment) -> Submission:
    """Make a submission of uploaded files: names made safe, zips unpacked, junk dropped, what will be graded looked at.

    Files beside the expected ones are kept: a program may read them. A lone file may have any name.

    Args:
        files: name as sent, and content. A name may hold folders.
        assignment: says what is expected, and how much of it is taken.

    Raises:
        NotASubmission: `nothing-handed-in`, `wrong-type`, `unsafe-path`, `name-collision`, a zip's codes
            (`grading.intake.archives.unpack`), or those of `read_source` for a file that would be graded.
        TooLarge: more bytes or files than the assignment takes.
    """
    if not files:
        raise NotASubmission("nothing-handed-in", f"No file was submitted. {accepted(assignment)}")
    _check_total(sum(len(content) for _, content in files), assignment)
    return _submission(_opened(((uploaded_name(name), content) for name, content in files), assignment), assignment)


def read_paths(paths: Sequence[Path], assignment: Assignment) -> Submission:
    """Make a submission of files, folders and zips on disk. Links inside a folder are not followed.

    Raises:
        NotASubmission: as `read_upload`, and `no-such-file`, `unreadable-file` or `unsafe-entry`.
        TooLarge: as `read_upload`; nothing larger than the limit is read into memory.
    """
    if not paths:
        raise NotASubmission("nothing-handed-in", f"No file was submitted. {accepted(assignment)}")
    left = assignment.upload_bytes
    files: list[tuple[str, bytes]] = []
    for path in paths:
        for name, file in _on_disk(path):
            content = _read(file, left, assignment)
            left -= len(content)
            files.append((uploaded_name(name), content))
            if len(files) > ENTRIES:
                raise _too_many(ENTRIES + 1)
    return _submission(_opened(files, assignment), assignment)


def accepted(assignment: Assignment) -> str:
    """What may be submitted, as a sentence."""
    names = " and ".join(expected.name for expected in assignment.files)
    return f"This assignment takes {names}, as files, as a folder or in one zip."


def _on_disk(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.exists():
        raise NotASubmission(
            "no-such-file", f"There is no file or folder {shown_name(str(path))}.", file=shown_name(path.name)
        )
    if not path.is_dir():
        yield path.name, path
        return
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = sorted(each for each in folders if not is_junk(f"{each}/x"))
        for name in sorted(names):
            file = Path(folder, name)
            if not file.is_symlink() and file.is_file():
                yield file.relative_to(path).as_posix(), file


def _read(file: Path, left: int, assignment: Assignment) -> bytes:
    shown = shown_name(file.name)
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise NotASubmission("unsafe-entry", f"{shown} is a device or a pipe, not a file.", file=shown)
        with file.open("rb") as stream:
            content = stream.read(left + 1)
    except OSError as error:
        raise NotASubmission("unreadable-file", f"{shown} cannot be read: {error.strerror}.", file=shown) from None
    if len(content) > left:
        raise TooLarge(
            "too-large",
            f"{shown} goes beyond {assignment.upload_bytes:,} bytes, which is all that this assignment takes.",
            file=shown,
        )
    return content


def _opened(files: Iterable[tuple[str, bytes]], assignment: Assignment) -> list[SubmittedFile]:
    """The files with every zip among them unpacked."""
    opened: list[SubmittedFile] = []
    left = assignment.upload_bytes
    for name, content in files:
        if is_junk(name):
            continue
        if not is_archive(name, content):
            found: Iterable[SubmittedFile] = (SubmittedFile(name, content),)
        else:
            found = unpack(name, content, limit_bytes=left)
        for file in found:
            left -= len(file.content)
            opened.append(file)
            if len(opened) > ENTRIES:
                raise _too_many(len(opened))
        _check_total(assignment.upload_bytes - left, assignment)
    return opened


def _submission(files: list[SubmittedFile], assignment: Assignment) -> Submission:
    distinct = list({(file.name, file.content): file for file in files}.values())
    kept = set(without_covered_checkpoints(file.name for file in distinct))
    chosen = sorted((file for file in distinct if file.name in kept), key=lambda file: file.name)
    check_collisions(file.name for file in chosen)
    submission = Submission(tuple(chosen))
    plain, _ = without_added_endings(submission)
    _check_types(plain, assignment)
    matched = match_parts(plain, assignment)
    for expected in assignment.files:
        file = matched[expected.name]
        if file is not None:
            check_shape(file)
        elif expected.required:
            raise NotASubmission(
                "missing-file",
                f"{expected.name} is missing, and this assignment is not graded without it.",
                file=expected.name,
            )
    return submission


def _check_types(submission: Submission, assignment: Assignment) -> None:
    suffixes = {PurePosixPath(expected.name).suffix.lower() for expected in assignment.files} | {".ipynb", ".py"}
    if any(expected.report for expected in assignment.files):
        suffixes.add(".pdf")
    if any(PurePosixPath(file.name).suffix.lower() in suffixes for file in submission.files):
        return
    if not submission.files:
        raise NotASubmission("nothing-handed-in", f"There is no file in what was submitted. {accepted(assignment)}")
    first = submission.files[0]
    shown = ", ".join(shown_name(file.name) for file in submission.files[:_MENTIONED])
    if archive := other_archive(first.content):
        raise NotASubmission(
            "wrong-type", f"{shown_name(first.name)} is {archive}. {accepted(assignment)}", file=shown_name(first.name)
        )
    more = " …" if len(submission.files) > _MENTIONED else ""
    raise NotASubmission(
        "wrong-type",
        f"There is no notebook or module among {shown}{more}. {accepted(assignment)}",
        file=shown_name(first.name),
    )


def _check_total(size: int, assignment: Assignment) -> None:
    if size > assignment.upload_bytes:
        raise TooLarge(
            "too-large",
            f"{size:,} bytes were submitted; this assignment takes at most {assignment.upload_bytes:,}. "
            "Clear the notebooks' outputs, and leave data and checkpoints out.",
        )


def _too_many(count: int) -> TooLarge:
    return TooLarge(
        "too-many-files",
        f"{count:,} files were submitted; at most {ENTRIES:,} are taken. Submit only the files asked for.",
    )
