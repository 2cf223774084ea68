"""Endings that a browser or an editor hung on: `task2.py.txt`, `homework.ipynb.json`."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from grading.domain.submission import Submission

_ADDED = re.compile(r"(?P<name>.+\.(?:ipynb|py))\.(?:txt|json)", re.IGNORECASE)


def without_added_endings(submission: Submission) -> tuple[Submission, tuple[str, ...]]:
    """The submission with such files under their plain names, and what was renamed, in words.

    Where a file of the plain name is there as well, both stay as they are.
    """
    taken = {file.name.casefold() for file in submission.files}
    files, said = [], []
    for file in submission.files:
        match = _ADDED.fullmatch(PurePosixPath(file.name).name)
        plain = str(PurePosixPath(file.name).with_name(match["name"])) if match is not None else file.name
        if match is None or plain.casefold() in taken:
            files.append(file)
            continue
        taken.add(plain.casefold())
        files.append(replace(file, name=plain))
        said.append(f"{file.name} was read as {plain}: rename it, its ending was added by a browser or an editor")
    return Submission(tuple(files)), tuple(said)
