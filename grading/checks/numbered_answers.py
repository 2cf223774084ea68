"""Written answers that are found by the question's number alone, in markdown cells, whatever edition it is.

For courses whose editions keep their numbers; where they renumber, or headings and anchors tell more, see `answers`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from grading.authoring.written import Accepts, ForHuman, Right, Wrong
from grading.programs import Source

MOST_CODE = 8000
NONE = "(no answer)"
ELSEWHERE = "(No numbered answers stand in this file. They may stand in a report that was submitted apart.)"
"""For a person to look at: scripts have no room for prose, and some notebooks come with a report."""

_NUMBERED = re.compile(
    r"^[ \t>]*(?:#{1,6}[ \t]*)?(?:[-*+][ \t]+)?[*_]{0,3}[★☆⭐]*[ \t]*"
    r"(?:(?P<word>Q(?:uestion|st)?[ \t]*[.°n:]{0,2}[ \t]*)(?:\d\.)?(?P<asked>\d{1,2})\b"
    r"|\(?(?:\d\.)?(?P<listed>\d{1,2})(?:[ \t]*[.)★☆*_]|[ \t]+[-–:]))",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER = re.compile(
    r"^[ \t>]*[*_]{0,3}(?:your[ \t]+answer|answer|réponse|reponse|solution)[*_]{0,3}[ \t]*:?[*_]{0,3}[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)


def answer_to(number: int) -> Callable[[Source], str | None]:
    """A finder of the answer to one question: from its number to the next one's, without the question where marked.

    The numbers of the two notebooks begin at 1 each. A list inside an answer may have numbers of its own, so only a
    number that is higher than the question's ends the answer. Where no question is numbered at all, `ELSEWHERE`.
    """

    def find(source: Source) -> str | None:
        text = "\n\n".join(cell.source for cell in source.cells if cell.kind == "markdown")
        marks = [
            (int(m["asked"] or m["listed"]), m.end(), m.start(), bool(m["word"])) for m in _NUMBERED.finditer(text)
        ]
        if not marks:
            return ELSEWHERE
        worded = [m for m in marks if m[3]]
        # Where questions say that they are questions, bare numbers are lists.
        marks = worded if any(m[0] == number for m in worded) else marks
        found: list[str] = []
        for position, (asked, end, _, _) in enumerate(marks):
            if asked != number:
                continue
            after = next((start for later, _, start, _ in marks[position + 1 :] if later > number), len(text))
            found.append(_answered(text[end:after]))
        return next((answer for answer in found if answer), None)

    return find


def _answered(section: str) -> str:
    """The part of a question's section that answers it."""
    marked = list(_ANSWER.finditer(section))
    body = section[marked[0].end() :] if marked else section.partition("\n")[2]
    # A heading belongs to what follows.
    return re.split(r"^#{1,6}\s", body, maxsplit=1, flags=re.MULTILINE)[0].strip(" \n\t*_")


def code_with(*words: str) -> Callable[[Source], str | None]:
    """A finder of the cells in which any of the words occurs, for a person to read."""

    def find(source: Source) -> str | None:
        cells = [c.source for c in source.code if any(word in c.source for word in words)]
        return "\n\n".join(cells)[:MOST_CODE] or None

    return find


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A question without a star: what is wrong with its answer is told in a remark, and costs nothing.

    Attributes:
        inner: what counts as right.
        name: of the question.
    """

    inner: Accepts
    name: str

    def judge(self, answer: str) -> Right | Wrong | ForHuman:
        """Always right."""
        verdict = self.inner.judge(answer) if answer != NONE else Right()
        if isinstance(verdict, Wrong):
            return Right(f"{self.name} (no points): your answer {verdict.message}.")
        return Right()


def if_answered(number: int) -> Callable[[Source], str | None]:
    """`answer_to`, for a question that may be left out."""
    find = answer_to(number)

    def found(source: Source) -> str:
        answer = find(source)
        return NONE if answer in (None, "", ELSEWHERE) else str(answer)

    return found
