"""Bytes → Source: the cells of a notebook or the text of a module, each with its Python or with why it has none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from grading.domain.errors import NotASubmission, TooLarge
from grading.domain.submission import SubmittedFile
from grading.programs.decoding import check_bytes, cleaned, decode_module, decode_notebook
from grading.programs.ipython import Budget, translate
from grading.programs.model import Cell, Source
from grading.programs.notebooks import RawCell, RawNotebook, read_notebook
from grading.programs.papers import MAGIC, SEARCHED, is_paper
from grading.programs.salvage import Salvage, salvage

CODE_CHARACTERS = 5 << 20
# The longest notebooks seen have some two thousand.
STATEMENTS = 30_000

# Statements tried one by one while a broken cell is salvaged, in characters.
SALVAGE_BUDGET = 8_000_000


def read_source(file: SubmittedFile) -> Source:
    """Read a notebook (`.ipynb`, nbformat 3 to 4.5) or a Python module (any other name) without executing it.

    Code that does not parse is no error: its cell says so in `fault`, and the rest of the file counts.

    Raises:
        NotASubmission: `empty-file`, `lfs-pointer`, `web-page`, `not-text`, `broken-json`, `not-a-notebook` or
            `unsupported-nbformat`; the student must submit another file.
        TooLarge: more bytes, cells or code than any submission has.
    """
    if PurePosixPath(file.name).suffix.lower() == ".ipynb":
        return _notebook(file)
    return _module(file)


def read_together(files: Sequence[SubmittedFile]) -> Source:
    """Read several modules as one program: each is a cell, in the order given.

    Those after the first that cannot be read are left out, and the repairs say so.

    Raises:
        NotASubmission, TooLarge: as `read_source`, for the first.
    """
    first, *others = files
    sources = [read_source(first)]
    left_out: list[str] = []
    for file in others:
        try:
            sources.append(read_source(file))
        except NotASubmission as fault:
            left_out.append(f"{file.name} cannot be read: {fault.message}: left out")
    if len(sources) == 1:
        return replace(sources[0], repairs=(*sources[0].repairs, *left_out))
    cells = [(source.name, cell) for source in sources for cell in source.cells]
    _check_amount(first.name, sum(len(cell.source) for _, cell in cells))
    return Source(
        first.name,
        "notebook",
        tuple(
            replace(cell, index=i, origin=name, broken=tuple(replace(b, cell=i) for b in cell.broken))
            for i, (name, cell) in enumerate(cells, 1)
        ),
        (
            f"{', '.join(source.name for source in sources)} were read together, as one program",
            *(repair for source in sources for repair in source.repairs),
            *left_out,
        ),
    )


def check_shape(file: SubmittedFile) -> None:
    """Refuse a file that `read_source` would refuse, without looking at its code.

    Raises:
        NotASubmission, TooLarge: as `read_source`.
    """
    if is_paper(file):
        if MAGIC not in file.content[:SEARCHED]:
            raise NotASubmission(
                "not-a-pdf", f"{file.name} is not a PDF. Export your report again, then submit it.", file=file.name
            )
    elif PurePosixPath(file.name).suffix.lower() == ".ipynb":
        _raw(file)
    else:
        _module_text(file)


def code_text(file: SubmittedFile) -> str:
    """All code of a file as one text, for looking names up; "" where it cannot be read."""
    try:
        if is_paper(file):
            return ""
        if PurePosixPath(file.name).suffix.lower() != ".ipynb":
            return _module_text(file)
        return "\n".join(cell.source for cell in _raw(file).cells if cell.kind == "code")
    except NotASubmission:
        return ""


def _raw(file: SubmittedFile) -> RawNotebook:
    check_bytes(file.name, file.content, wanted="a notebook (.ipynb)")
    return read_notebook(file.name, decode_notebook(file.name, file.content))


def _module_text(file: SubmittedFile) -> str:
    check_bytes(file.name, file.content, wanted="a Python module (.py)")
    return decode_module(file.name, file.content)


def _notebook(file: SubmittedFile) -> Source:
    raw = _raw(file)
    _check_amount(file.name, sum(len(cell.source) for cell in raw.cells if cell.kind == "code"))
    reading, salvaging = Budget(), Budget(SALVAGE_BUDGET)
    repairs = list(raw.repairs)
    written = 0
    cells: list[Cell] = []
    for index, cell in enumerate(raw.cells, start=1):
        source, mended = cleaned(cell.source)
        repairs += [f"cell {index}: {repair}" for repair in mended]
        match cell.kind:
            case "code":
                read, statements, rewritten = _code(index, source, cell, reading, salvaging)
                written += statements
                repairs += [f"cell {index}: {said}" for said in rewritten]
            case "markdown":
                read = Cell(index, "markdown", source, None, None)
            case _:
                read = Cell(index, "raw", source, None, None)
        cells.append(read)
        _check_statements(file.name, written)
    return Source(file.name, "notebook", tuple(cells), tuple(repairs))


def _module(file: SubmittedFile) -> Source:
    text, repairs = cleaned(_module_text(file))
    text = text.removeprefix("\ufeff")
    _check_amount(file.name, len(text))
    cell, statements, rewritten = _code(1, text, RawCell("code", text, None, ()), Budget(), Budget(SALVAGE_BUDGET))
    _check_statements(file.name, statements)
    if rewritten:
        repairs = (*repairs, *rewritten)
    elif cell.python is not None and cell.python != text:
        repairs = (*repairs, "magics and shell lines in a module were read as IPython reads them")
    return Source(file.name, "module", (cell,), tuple(f"{file.name}: {repair}" for repair in repairs))


def _code(index: int, source: str, stored: RawCell, reading: Budget, salvaging: Budget) -> tuple[Cell, int, list[str]]:
    """The cell, how many statements of it parse, and what was rewritten for the box's Python."""
    translated = translate(source, reading)
    parses = translated.parsed.tree is not None
    rest = Salvage(None, ()) if parses else salvage(translated.text, index, salvaging)
    cell = Cell(
        index=index,
        kind="code",
        source=source,
        python=translated.text if parses else None,
        fault=None if parses else translated.parsed.fault,
        execution_count=stored.execution_count,
        outputs=stored.outputs,
        salvaged=rest.text,
        broken=rest.broken,
        file=translated.file,
    )
    said = ", ".join(translated.newer)
    rewritten = [f"{said}, which need a newer Python than is here, were rewritten"] if said else []
    return cell, translated.parsed.statements if parses else rest.statements, rewritten


def _check_statements(name: str, statements: int) -> None:
    if statements > STATEMENTS:
        raise TooLarge("too-large", f"{name} holds more than {STATEMENTS:,} statements of code.", file=name)


def _check_amount(name: str, characters: int) -> None:
    if characters > CODE_CHARACTERS:
        raise TooLarge(
            "too-large",
            f"{name} holds {characters:,} characters of code; at most {CODE_CHARACTERS:,} are read.",
            file=name,
        )
