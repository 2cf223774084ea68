"""Edits on program text that leave every line where it was."""

import ast
from dataclasses import dataclass, field


class Text:
    """Program text that syntax-tree positions point into."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Index into the text of a tree's position: `line` from 1, `column` in UTF-8 bytes as `ast` counts them."""
        written = self.lines[line - 1]
        if not written.isascii():
            column = len(written.encode()[:column].decode(errors="ignore"))
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """First and one-past-last index of a node; a definition starts at its first decorator."""
        decorators = getattr(node, "decorator_list", None)
        start = self.offset(node.lineno, node.col_offset)
        if decorators:
            start = min(start, self.text.rindex("@", 0, self.offset(decorators[0].lineno, decorators[0].col_offset)))
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return start, end

    def of(self, node: ast.expr | ast.stmt) -> str:
        """A node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def alone(self, statement: ast.stmt) -> str:
        """A statement's text as a program of its own, also where it is indented."""
        start, end = self.span(statement)
        margin = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return f"if 1:\n{margin}{self.text[start:end]}" if margin and margin.isspace() else self.text[start:end]

    def line_of(self, offset: int) -> int:
        """The line that an index lies on, counted from 1."""
        return self.text.count("\n", 0, offset) + 1


@dataclass(slots=True)
class Edits:
    """Wrappings and replacements, applied together. Edits inside a replaced stretch are dropped."""

    _wraps: list[tuple[int, int, str, str]] = field(default_factory=list)
    _replacements: dict[tuple[int, int], str] = field(default_factory=dict)

    def wrap(self, span: tuple[int, int], before: str, after: str) -> None:
        """Put text before and after a stretch."""
        self._wraps.append((*span, before, after))

    def replace(self, span: tuple[int, int], text: str) -> None:
        """Put text in place of a stretch."""
        self._replacements[span] = text

    def drop(self, span: tuple[int, int], text: str) -> None:
        """Put `pass` in place of a statement, on as many lines."""
        # Joined lines, not blank ones: what follows on the statement's last line stays on the same logical line.
        self.replace(span, "pass" + "\\\n" * text.count("\n", *span))

    def apply(self, text: str, span: tuple[int, int] | None = None) -> str:
        """The text, or a stretch of it, edited.

        It has as many lines as before: a replacement keeps the line breaks of what it replaces. Edits that do not lie
        wholly inside the stretch do not count.
        """
        first, last = span or (0, len(text))
        replaced = [
            (start, end, new)
            for (start, end), new in self._replacements.items()
            if first <= start
            and end <= last
            and not any(s <= start and end <= e and (s, e) != (start, end) for s, e in self._replacements)
        ]
        # At one place closings come before openings, inner closings before outer ones, outer openings before inner.
        points: list[tuple[int, int, int, str, int]] = []
        for start, end, before, after in self._wraps:
            if start < first or end > last or any(s <= start and end <= e for s, e, _ in replaced):
                continue
            points.append((start, 1, -end, before, start))
            points.append((end, 0, -start, after, end))
        for start, end, new in replaced:
            broken = text.count("\n", start, end) - new.count("\n")
            points.append((start, 2, 0, f"({new}{chr(10) * broken})" if broken > 0 else new, end))
        pieces: list[str] = []
        done = first
        for at, _, _, new, resume in sorted(points):
            pieces += (text[done:at], new)
            done = max(done, resume)
        pieces.append(text[done:last])
        return "".join(pieces)
