"""What lies beside a program when it runs: the assignment's support files and the student's other modules."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from grading.domain.assignment import Assignment
from grading.domain.submission import Submission, SubmittedFile
from grading.programs import modules_beside


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
    fixed = {name: content for name, content in support.items() if name not in assignment.replaceable}
    return {**support, **own, **fixed}
