"""Other editions of the homework, from the same rows with other points: a folder each, offered beside that of 2020.

An edition has a manifest, a rubric, starters and samples of its own. Rows and known submissions are those of 2020 where
the sheets ask the same: `repeat` and `taken_over`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from grading.authoring import Draw, Part, Subject
from grading.authoring.patches import Patch
from grading.authoring.rubric import Criterion


def repeat(
    part: Part,
    row: Criterion,
    *,
    points: str,
    section: str = "",
    before: Mapping[str, Callable[[Subject, Draw], None]] | None = None,
) -> None:
    """Add a row of the first edition to a part of another, with points of its own.

    Args:
        part: of the other edition.
        row: whose checks are asked.
        points: of the row here.
        section: of the row here; "" = as there.
        before: checks of the edition's own that are asked first, by id.
    """
    again = part.criterion(
        row.id, row.title, points=points, section=section or row.section, award=row.award, needs=row.needs
    )
    for id_, check in (before or {}).items():
        again.holds(id=id_, reference=False)(check)
    again.checks.extend(row.checks)


def taken_over(
    patches: Sequence[Patch],
    *,
    words: Sequence[tuple[str, str]] = (),
    rows: Mapping[str, Sequence[str]] | None = None,
    without: Collection[str] = (),
) -> tuple[Patch, ...]:
    """Known submissions of the 2020 edition as submissions of another.

    Args:
        patches: of the right notebook of 2020.
        words: (theirs, ours): text that is written otherwise in this edition's right notebook, in order.
        rows: row of 2020 → rows that are lost here with it; others keep their name. A wrong submission that loses none
            here is left out.
        without: names of those that mean something else here.
    """
    placed = {} if rows is None else rows

    def here(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row for id_ in ids for row in placed.get(id_, (id_,))))

    def ours(text: str) -> str:
        for theirs, written in words:
            text = text.replace(theirs, written)
        return text

    return tuple(
        replace(
            patch,
            changes=tuple((ours(old), ours(new)) for old, new in patch.changes),
            loses=here(patch.loses),
            may_lose=here(patch.may_lose),
        )
        for patch in patches
        if patch.name not in without and bool(patch.loses) == bool(here(patch.loses))
    )
