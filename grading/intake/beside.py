"""What lies beside a program when it runs: the assignment's support files and the student's other modules."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from grading.domain.assignment import Assignment
from grading.domain.submission import Submission, SubmittedFile
from grading.programs import modules_beside
from grading.programs.reading import code_text

CODE = frozenset({".py", ".ipynb", ".pdf"})
DATA_BYTES = 64 << 20


def files_beside(
    file: SubmittedFile,
    submission: Submission,
    matched: Mapping[str, SubmittedFile | None],
    assignment: Assignment,
) -> dict[str, bytes]:
    """Files to lay beside one program, by relative path.

    A support file of the assignment wins over a student's file of its name, unless the manifest lets students replace
    it. What was submitted under another name than the expected one is there under both.

    Args:
        file: the program that is graded.
        submission: everything submitted.
        matched: for each expected name the file that was taken for it; see `match_parts`.
        assignment: for its support files.
    """
    renamed = tuple(
        SubmittedFile(str(PurePosixPath(file.name).parent / expected), found.content)
        for expected, found in matched.items()
        if found is not None and found is not file and expected.endswith(".py")
    )
    own = modules_beside(file, (*submission.files, *renamed))
    support = {PurePosixPath(name).name: (assignment.folder / name).read_bytes() for name in assignment.support}
    fixed = {
        name: content
        for name, content in support.items()
        if name not in assignment.replaceable and not _lacks(content, own.get(name), name, submission)
    }
    return {**_data(file, submission), **support, **own, **fixed}


def _data(program: SubmittedFile, submission: Submission) -> dict[str, bytes]:
    """What a program may read: everything in its folder that is no code, smallest first, up to `DATA_BYTES`."""
    folder = PurePosixPath(program.name).parent
    found: dict[str, bytes] = {}
    left = DATA_BYTES
    for other in sorted(submission.files, key=lambda each: len(each.content)):
        path = PurePosixPath(other.name)
        if path.suffix.lower() in CODE or not path.is_relative_to(folder) or len(other.content) > left:
            continue
        left -= len(other.content)
        found[str(path.relative_to(folder))] = other.content
    return found


def _lacks(support: bytes, own: bytes | None, name: str, submission: Submission) -> bool:
    """Whether the student's module of a support file's name is another one: it has what is imported, ours has not."""
    if own is None or not name.endswith(".py"):
        return False
    module = re.escape(name.removesuffix(".py"))
    text = "\n".join(code_text(file) for file in submission.files)
    listed = re.findall(rf"^[ \t]*from[ \t]+{module}[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n#(]+))", text, re.MULTILINE)
    wanted = {piece.split()[0] for pair in listed for piece in ",".join(pair).split(",") if piece.split()} - {"*"}
    ours, theirs = _gives(support), _gives(own)
    return any(each not in ours and each in theirs for each in wanted)


def _gives(module: bytes) -> set[str]:
    """Names that a module's text defines at its margin."""
    found = re.findall(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*=", module.decode(errors="replace"), re.MULTILINE)
    return {name for pair in found for name in pair if name}
