"""Bytes as submitted → Submission.

Nothing is trusted and nothing is parsed before it is counted: names are made safe, archives are unpacked in a stream
that stops at the assignment's limit, and junk that editors and operating systems add is dropped. What cannot be graded
is refused here, with a message that says which file, why, and what is accepted; `NotASubmission.code` says it to
machines.
"""

from grading.intake.beside import files_beside
from grading.intake.endings import without_added_endings
from grading.intake.matching import match_parts, scripts_together, unused
from grading.intake.receiving import read_paths, read_upload

__all__ = [
    "files_beside",
    "match_parts",
    "read_paths",
    "read_upload",
    "scripts_together",
    "unused",
    "without_added_endings",
]
