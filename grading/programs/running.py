"""Source → Program of all cells in order, shortened where it trains."""

from collections.abc import Mapping

from grading.domain.report import Json
from grading.programs.editing import Edits
from grading.programs.model import NO_FILES, NO_SETTINGS, Program, Source, Unit
from grading.programs.rewriting import (
    cap_training_loops,
    make_imports_absolute,
    override,
    shorten_long_loops,
    take_entries,
)
from grading.programs.statements import costs_of, outline
from grading.programs.syntax import parse


def whole(
    source: Source,
    *,
    overrides: Mapping[str, Json] = NO_SETTINGS,
    long_loop: int | None = None,
    files: Mapping[str, bytes] = NO_FILES,
    options: Mapping[str, Json] = NO_SETTINGS,
) -> Program:
    """Take all cells in order, one unit each.

    A cell that does not parse keeps those of its statements that do.

    Args:
        source: the file, read.
        overrides: values for names such as `num_epochs`, put in place of what the program gives them: assignments,
            parameter defaults, keyword arguments, keys of dict displays.
        long_loop: rewrite literals so that the guest can cut longer ranges.
        files: laid beside the program; they win over files that the program itself would write.
        options: handed to the guest; `epochs` caps the loops that train.
    """
    drawn = outline(source)
    training = costs_of(drawn).training
    units: list[Unit] = []
    repairs = [*source.repairs, *broken_repairs(source)]
    for cell in source.code:
        text = drawn.texts.get(cell.index)
        tree = None if text is None else parse(text.text).tree
        if text is None or tree is None or not tree.body:
            continue
        edits, label = Edits(), source.label(cell)
        repairs += relative_repairs(label, make_imports_absolute(tree, text, edits))
        repairs += [f"{label}, line {line}: {said}" for line, said in override(tree, text, edits, overrides)]
        cap_training_loops(tree, text, edits, training)
        take_entries(tree, text, edits)
        if long_loop is not None:
            shorten_long_loops(tree, text, edits, long_loop)
        units.append(Unit(label, edits.apply(text.text) + "\n"))
    laid = {**written_files(source), **files}
    return Program(source.name, "run", tuple(units), laid, tuple(repairs), long_loop, dict(options))


def relative_repairs(label: str, lines: list[int]) -> list[str]:
    """Which package-relative imports were read as plain ones, in words."""
    return [f"{label}, line {line}: a package-relative import was read as a plain one" for line in lines]


def broken_repairs(source: Source) -> list[str]:
    """What does not parse, and so was left out, in words."""
    said: list[str] = []
    for cell in source.code:
        label = source.label(cell)
        for broken in cell.broken:
            names = f" ({', '.join(f'`{name}`' for name in broken.names)})" if broken.names else ""
            said.append(f"{label}, {broken.fault}: left out{names}")
        if cell.python is None and not cell.broken:
            said.append(f"{label}: {cell.fault}: left out")
    return said


def written_files(source: Source) -> dict[str, bytes]:
    """What the program's `%%writefile` cells would write beside it."""
    return {cell.file.name: cell.file.content for cell in source.code if cell.file is not None}
