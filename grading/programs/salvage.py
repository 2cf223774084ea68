"""What can be kept of a cell that does not parse: all of its top-level statements but the broken ones."""

import re
from dataclasses import dataclass

from grading.programs.ipython import Budget
from grading.programs.model import Broken
from grading.programs.syntax import parse

# A line that goes on with the statement above it, though it stands at the margin.
_CONTINUES = re.compile(r"[)\]}#]|(?:else|elif|except|finally)\b")
_NAMES = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)|^(\w+)\s*(?::[^=]+)?=(?!=)", re.MULTILINE)
_LINE = re.compile(r"^line (\d+): ")
# How many statements an open bracket or string may swallow before it is given up.
_REACH = 200


@dataclass(frozen=True, slots=True)
class Salvage:
    """The rest of a cell.

    Attributes:
        text: the cell with its broken statements blanked out, line for line; None where nothing is left.
        broken: those statements.
        statements: how many are left.
    """

    text: str | None
    broken: tuple[Broken, ...]
    statements: int = 0


def salvage(text: str, cell: int, budget: Budget) -> Salvage:
    """Blank out the top-level statements of `text` that do not parse on their own.

    A definition with a broken line inside goes as a whole: half a function is another function.
    """
    lines = text.split("\n")
    starts = _statement_lines(lines)
    kept = [""] * len(lines)
    broken: list[Broken] = []
    at = 0
    while at < len(starts):
        first, after = starts[at], starts[at + 1] if at + 1 < len(starts) else len(lines)
        parsed = parse("\n".join(lines[first:after]))
        fault, reach = parsed.fault, at + 1
        while parsed.tree is None and parsed.incomplete and reach < min(len(starts), at + _REACH):
            reach += 1
            longer = "\n".join(lines[first : starts[reach] if reach < len(starts) else len(lines)])
            if not budget.spend(len(longer)):
                break
            parsed = parse(longer)
        if parsed.tree is None:
            broken.append(_broken(lines[first:after], cell, first, fault or "does not parse"))
            at += 1
            continue
        after = starts[reach] if reach < len(starts) else len(lines)
        kept[first:after] = lines[first:after]
        at = reach
    rest = "\n".join(kept)
    left = parse(rest)
    usable = bool(rest.strip()) and left.tree is not None
    return Salvage(rest if usable else None, tuple(broken), left.statements)


def _statement_lines(lines: list[str]) -> list[int]:
    starts: list[int] = []
    decorated = False
    for i, line in enumerate(lines):
        if not line.strip() or (starts and (line[0].isspace() or _CONTINUES.match(line))):
            continue
        if not decorated:
            starts.append(i)
        decorated = line.startswith("@")
    return starts


def _broken(lines: list[str], cell: int, first: int, fault: str) -> Broken:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    names = tuple(dict.fromkeys(name for match in _NAMES.finditer("\n".join(lines)) for name in match.groups() if name))
    if match := _LINE.match(fault):
        fault = f"line {int(match.group(1)) + first}: {fault[match.end() :]}"
    return Broken(names, cell, first + 1, first + max(1, len(lines)), fault)
