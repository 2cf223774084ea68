"""Cells as IPython reads them: magics and shell lines become calls on `get_ipython()`, which the guest answers."""

import ast
import re
import tokenize
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from grading.domain.submission import SubmittedFile
from grading.programs.newer_python import older
from grading.programs.syntax import Parsed, parse, quietly

# Cell magics whose body is ordinary Python: only the first line goes.
_TRANSPARENT = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "notify", "wandb"})
_FILE_MAGICS = frozenset({"writefile", "file"})
_CELL_MAGIC = re.compile(r"%%(\w+)[ \t]*(.*)")
_LINE_MAGIC = re.compile(r"^(\s*)get_ipython\(\)\.run_line_magic\('(?:time|prun)', ('.*'|\".*\")\)$")
_SPECIAL = re.compile(r"^\s*(?:[%!?]|>>>|In \[)|=\s*[%!]|\?\s*$")
_SAFE_NAME = re.compile(r"[\w][\w.-]{0,80}(?:/[\w][\w.-]{0,80}){0,4}")

# IPython reads the cell anew for each special line, so its work grows with their number times the cell's length.
# Of this many characters it reads about a million in a second.
READING_BUDGET = 8_000_000


@dataclass(slots=True)
class Budget:
    """How many characters may still be read for one file."""

    left: int = READING_BUDGET

    def spend(self, characters: int) -> bool:
        """Take so many, and say whether they were there."""
        self.left -= characters
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Translation:
    """A cell in plain Python.

    Attributes:
        text: as many lines as the cell, and the same ones; it may not parse.
        parsed: what came of parsing it.
        file: what `%%writefile` would write, or None.
        newer: what a newer Python than the box's allows and was rewritten, in words.
    """

    text: str
    parsed: Parsed
    file: SubmittedFile | None = None
    newer: tuple[str, ...] = ()


def translate(source: str, budget: Budget) -> Translation:
    """Translate one code cell. Plain Python is left as it is.

    `%%time` and the like are taken off, `%%writefile` becomes a file, `%time f()` becomes `f()`; every other magic and
    shell line becomes the call that IPython makes of it.
    """
    text = source
    while (magic := _leading_magic(text)) is not None:
        name, arguments, rest = magic
        if name in _FILE_MAGICS:
            file_name = arguments.split()[-1].strip("'\"") if arguments.split() else ""
            body = rest.lstrip("\n")
            file = SubmittedFile(file_name, body.encode(errors="replace")) if _SAFE_NAME.fullmatch(file_name) else None
            return Translation("", parse(""), file)
        if name not in _TRANSPARENT:
            break
        text = rest
    plain = _parsed(text)
    if plain.parsed.tree is not None:
        return plain
    special = sum(1 for line in text.split("\n") if _SPECIAL.search(line)) + (text.lstrip("\n")[:1] in " \t")
    if not special:
        return plain
    if not budget.spend(len(text) * (special + 1)):
        return Translation(text, Parsed(None, "has too many magics and shell lines to be read"))
    return _parsed(_unwrapped(_transformed(text)))


def _parsed(text: str) -> Translation:
    """Text without magics; what only a newer Python reads is written for the box's."""
    parsed = parse(text)
    newer = older(text) if parsed.tree is None else None
    if newer is None:
        return Translation(text, parsed)
    return Translation(newer.text, parse(newer.text), newer=newer.said)


def _leading_magic(text: str) -> tuple[str, str, str] | None:
    """Name, arguments, and the text with that line blank; None where no cell magic leads."""
    blank = len(text) - len(text.lstrip())
    if not (match := _CELL_MAGIC.match(text, blank)):
        return None
    return match.group(1), match.group(2), "\n" * text.count("\n", 0, blank) + text[match.end() :]


def _transformed(text: str) -> str:
    lines: list[str] = []
    joined = 0
    for line in text.split("\n"):
        if lines and lines[-1].endswith("\\") and lines[-1].lstrip()[:1] in {"!", "%"}:
            lines[-1] = lines[-1][:-1].rstrip() + " " + line.strip()
            joined += 1
            continue
        # IPython joins continued shell lines into one: the lines they took are given back below them.
        lines += [""] * joined + [line]
        joined = 0
    lines += [""] * joined
    body = "\n".join(lines)
    leading = len(body) - len(body.lstrip("\n"))
    try:
        with quietly():
            changed = TransformerManager().transform_cell(body)  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError, RuntimeError, IndexError, AttributeError, tokenize.TokenError, RecursionError):
        return text
    return "\n" * leading + changed.lstrip("\n")


def _unwrapped(text: str) -> str:
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if not (match := _LINE_MAGIC.match(line)):
            continue
        statement = parse(match.group(2)).tree
        if statement is None or not isinstance(statement.body[0], ast.Expr):
            continue
        value = statement.body[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and parse(value.value).tree is not None:
            lines[i] = match.group(1) + value.value
    return "\n".join(lines)
