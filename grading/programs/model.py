"""What a student program is to us: text with a place for every line. Nothing here was ever executed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from grading.domain.report import Json
from grading.domain.submission import SubmittedFile

Mode = Literal["definitions", "run"]

NO_FILES: Mapping[str, bytes] = MappingProxyType({})
NO_SETTINGS: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """One output found in the notebook as submitted. Written by the student: evidence of nothing.

    Attributes:
        cell: `Cell.index` of the cell it hangs under.
        kind: "stream", "display" or "error".
        text: plain text, cut, without control sequences.
        png: the picture's bytes as stored, still untrusted, or None.
    """

    cell: int
    kind: str
    text: str
    png: bytes | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook, or the whole of a module.

    Attributes:
        index: position among all cells, counted from 1, as messages to students count.
        source: as written, with line ends made uniform and characters that no program can hold replaced.
        python: `source` with magics and shell lines translated as IPython does; None where that does not parse,
            and for cells that hold no code. Line numbers are those of `source`.
        fault: why `python` is None, in words for the student ("line 3: …").
        execution_count: as stored; says nothing about what would run.
        salvaged: where `python` is None, what is left of it without the statements that do not parse; None for nothing.
        broken: those statements.
        file: what `%%writefile` would write beside the program, or None.
        origin: the module that it is, where several are read as one program; "" elsewhere.
    """

    index: int
    kind: Literal["code", "markdown", "raw"]
    source: str
    python: str | None
    fault: str | None
    execution_count: int | None = None
    outputs: tuple[StoredOutput, ...] = ()
    salvaged: str | None = None
    broken: tuple["Broken", ...] = ()
    file: SubmittedFile | None = None
    origin: str = ""

    @property
    def usable(self) -> str | None:
        """The Python of it that parses, or None."""
        return self.salvaged if self.python is None else self.python


@dataclass(frozen=True, slots=True)
class Source:
    """One file submitted, read. A module is one code cell.

    Attributes:
        name: the file's name as submitted.
        repairs: what had to be mended to read it, in words.
    """

    name: str
    kind: Literal["notebook", "module"]
    cells: tuple[Cell, ...]
    repairs: tuple[str, ...] = ()

    @property
    def code(self) -> tuple[Cell, ...]:
        """The cells that hold code and are not blank."""
        return tuple(cell for cell in self.cells if cell.kind == "code" and cell.source.strip())

    def label(self, cell: Cell) -> str:
        """Where a line of `cell` is, in words: "cell 3", or the module's name."""
        if cell.origin:
            return cell.origin
        return self.name if self.kind == "module" else f"cell {cell.index}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of the program that is compiled and executed in one go.

    Attributes:
        label: "cell 3", or the module's name.
        source: the text. Its first line is line `first_line` of the cell: compile it behind `first_line - 1` blank
            lines, and tracebacks name the line that the student sees.
    """

    label: str
    source: str
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, class or lambda that the program binds to a name; every version of a name is one.

    Attributes:
        parameters: names in order, `*args` and `**kwargs` with their stars. A class has those of its `__init__`
            without `self`, or none where it inherits it.
        required: how many positional parameters have no default.
        most: how many positional arguments it takes; None for any number.
    """

    name: str
    kind: Literal["function", "class", "lambda"]
    parameters: tuple[str, ...]
    required: int
    most: int | None

    def accepts(self, arguments: int) -> bool:
        """Whether it can be called with so many positional arguments."""
        return self.required <= arguments and (self.most is None or arguments <= self.most)


@dataclass(frozen=True, slots=True)
class Spare:
    """A statement that was left out, and the names that it gives or changes."""

    unit: Unit
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """What a box is given to execute.

    Attributes:
        name: the file it comes from.
        units: in order. In mode "definitions" one statement each, so that one that fails leaves the others alone;
            in mode "run" one cell each.
        files: laid beside the program, read-only.
        repairs: what was skipped, mended or overridden, in words for the report.
        long_loop: ranges longer than this may be cut while a step limit is set; None for never.
        options: for the guest: `epochs`, `batches` …
        definitions: every definition among the units, in order; a later one of the same name wins.
        drivers: source of the assignment's own drivers, loaded in the box before the program.
        spares: what was left out, in order, with the names that each piece gives or changes. The guest runs it where a
            question turns out to need such a name: slicing never costs a student a NameError.
    """

    name: str
    mode: Mode
    units: tuple[Unit, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    long_loop: int | None = None
    options: Mapping[str, Json] = field(default_factory=dict)
    definitions: tuple[Definition, ...] = ()
    drivers: str = ""
    spares: tuple["Spare", ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece of a cell that does not parse.

    Attributes:
        names: what it would have defined, as far as can be told.
        cell: `Cell.index`.
        first_line, last_line: in that cell.
        fault: in words for the student.
    """

    names: tuple[str, ...]
    cell: int
    first_line: int
    last_line: int
    fault: str
