"""Other editions of the homework, from the same rows with other points: a folder each, with a manifest and a rubric.

They are not offered beside the 2020 edition; a course that gives one names this folder in `CHAINRULE_ASSIGNMENT_DIRS`.
"""

from grading.authoring import Part
from grading.authoring.rubric import Criterion


def repeat(part: Part, row: Criterion, *, points: str, title: str = "", section: str = "") -> None:
    """Add a row of another edition to a part, with its checks and with points of its own."""
    again = part.criterion(
        row.id, title or row.title, points=points, section=section or row.section, award=row.award, needs=row.needs
    )
    again.checks.extend(row.checks)
