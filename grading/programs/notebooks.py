"""Notebook JSON → plain cells, from nbformat 3 to 4.5 and from what editors, exporters and students make of it.

The JSON is read here and its shape taken as it comes: a missing id, a duplicate one, or missing metadata mean nothing
to us, and nbformat's validation would only warn about them. nbformat brings version 3 up to 4, cell by cell, so one bad
cell costs only itself.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import nbformat
from nbformat.v4.convert import upgrade_cell

from grading.domain.errors import NotASubmission, TooLarge
from grading.programs.decoding import cleaned
from grading.programs.model import StoredOutput
from grading.programs.syntax import quietly

CELLS = 5_000
# A JSON array costs up to a hundred times its text in memory: brackets are counted before anything is built.
BRACKETS = 1_000_000
OUTPUTS = 2_000
OUTPUT_CHARACTERS = 20_000
PICTURE_BYTES = 8 << 20
PICTURES_BYTES = 64 << 20

_PNG = b"\x89PNG\r\n\x1a\n"
_OLD, _CURRENT = 3, 4
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as stored."""

    kind: str
    source: str
    execution_count: int | None
    outputs: tuple[StoredOutput, ...]


@dataclass(frozen=True, slots=True)
class RawNotebook:
    """A notebook as stored, and what had to be mended to read it."""

    cells: tuple[RawCell, ...]
    repairs: tuple[str, ...]


def read_notebook(name: str, text: str) -> RawNotebook:
    """Read the JSON of a notebook.

    Raises:
        NotASubmission: `broken-json`, `not-a-notebook` or `unsupported-nbformat`.
        TooLarge: more cells or brackets than any notebook has.
    """
    document = _json(name, text)
    repairs: list[str] = []
    cells = list(_cells(name, document, repairs))
    if len(cells) > CELLS:
        raise TooLarge("too-many-cells", f"{name} has {len(cells):,} cells; at most {CELLS:,} are read.", file=name)
    pictures = PICTURES_BYTES
    kept = 0
    read: list[RawCell] = []
    for index, cell in enumerate(cells, start=1):
        outputs: list[StoredOutput] = []
        for stored in _sequence(cell.get("outputs")):
            output = _output(stored, index, pictures) if isinstance(stored, Mapping) else None
            if output is None:
                continue
            kept += 1
            if kept > OUTPUTS:
                break
            pictures -= len(output.png or b"")
            outputs.append(output)
        source = _joined(cell.get("source", cell.get("input")))
        kind = cell.get("cell_type")
        count = cell.get("execution_count")
        read.append(
            RawCell(
                kind if isinstance(kind, str) and kind in {"code", "markdown", "raw"} else "raw",
                source,
                count if isinstance(count, int) and not isinstance(count, bool) else None,
                tuple(outputs),
            )
        )
    if kept > OUTPUTS:
        repairs.append(f"{name}: only the first {OUTPUTS:,} stored outputs were read")
    return RawNotebook(tuple(read), tuple(repairs))


def _json(name: str, text: str) -> Mapping[str, object]:
    if text.count("[") + text.count("{") > BRACKETS:
        raise TooLarge(
            "too-large",
            f"{name} holds more than {BRACKETS:,} JSON values. Clear its outputs and submit it again.",
            file=name,
        )
    try:
        document: object = json.loads(text.replace("\0", ""), strict=False)
    except RecursionError:
        raise NotASubmission(
            "not-a-notebook", f"{name} is JSON nested too deeply to be a notebook.", file=name
        ) from None
    except json.JSONDecodeError as error:
        raise NotASubmission(
            "broken-json",
            f"{name} is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}). "
            "Open it in Jupyter, save it, and submit it again; a notebook with merge conflicts must be mended first.",
            file=name,
        ) from None
    except ValueError:
        raise NotASubmission("broken-json", f"{name} holds a number too long to be read.", file=name) from None
    if not isinstance(document, dict):
        raise NotASubmission("not-a-notebook", f"{name} is JSON, but not a notebook: it has no cells.", file=name)
    return document


def _cells(name: str, document: Mapping[str, object], repairs: list[str]) -> Iterator[Mapping[str, object]]:
    stored = document.get("nbformat")
    version = stored if isinstance(stored, int) and not isinstance(stored, bool) else None
    if version is None:
        version = _OLD if "worksheets" in document else _CURRENT
        if stored is not None or "cells" in document or "worksheets" in document:
            repairs.append(f"{name}: nbformat is not stated; read as version {version}")
    if not _OLD <= version <= nbformat.current_nbformat:
        raise NotASubmission(
            "unsupported-nbformat",
            f"{name} is a notebook of format {version}; formats 3 to 4.5 are read. Open it in Jupyter and save it.",
            file=name,
        )
    if version == _OLD and isinstance(document.get("worksheets"), list):
        for sheet in _sequence(document.get("worksheets")):
            for cell in _sequence(sheet.get("cells") if isinstance(sheet, Mapping) else None):
                yield _upgraded(cell)
        return
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise NotASubmission(
            "not-a-notebook",
            f"{name} is JSON, but not a notebook: it has no cells. Submit the .ipynb file.",
            file=name,
        )
    for index, cell in enumerate(cells, start=1):
        if isinstance(cell, Mapping):
            yield cell
        else:
            repairs.append(f"{name}: cell {index} is not a cell and was read as blank")
            yield {}


def _upgraded(cell: object) -> Mapping[str, object]:
    """A cell of version 3 as version 4 has it; blank where it is none."""
    if not isinstance(cell, Mapping):
        return {}
    node = nbformat.from_dict(dict(cell))  # type: ignore[no-untyped-call]
    node.setdefault("cell_type", "code")
    if not isinstance(node.get("metadata"), dict):
        node["metadata"] = nbformat.from_dict({})  # type: ignore[no-untyped-call]
    if node["cell_type"] == "code":
        node["input"] = _joined(node.get("input", node.get("source")))
        node["outputs"] = [output for output in _sequence(node.get("outputs")) if isinstance(output, dict)]
    else:
        node["source"] = _joined(node.get("source"))
    try:
        with quietly():
            upgraded: Mapping[str, object] = upgrade_cell(node)  # type: ignore[no-untyped-call]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return {"cell_type": node["cell_type"], "source": node.get("input", node.get("source", ""))}
    return upgraded


def _output(stored: Mapping[str, object], cell: int, pictures: int) -> StoredOutput | None:
    match stored.get("output_type"):
        case "stream":
            return StoredOutput(cell, "stream", _plain(_joined(stored.get("text"))), None)
        case "error" | "pyerr":
            name, value = (_joined(stored.get(key)) for key in ("ename", "evalue"))
            return StoredOutput(cell, "error", _plain(f"{name}: {value}"), None)
        case "display_data" | "execute_result" | "pyout" | "update_display_data":
            data = stored.get("data")
            bundle: Mapping[object, object] = data if isinstance(data, Mapping) else {}
            png = _picture(_joined(bundle.get("image/png")))
            if png is not None and len(png) > pictures:
                png = None
            return StoredOutput(cell, "display", _plain(_joined(bundle.get("text/plain"))), png)
        case _:
            return None


def _picture(encoded: str) -> bytes | None:
    if not encoded or len(encoded) > PICTURE_BYTES * 4 // 3 + 4:
        return None
    try:
        png = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return png if png.startswith(_PNG) else None


def _joined(value: object) -> str:
    """Text stored as one string or as a list of lines."""
    if isinstance(value, str):
        return value
    return "".join(line for line in _sequence(value) if isinstance(line, str))


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _plain(text: str) -> str:
    text, _ = cleaned(text[: 2 * OUTPUT_CHARACTERS])
    text = _CONTROL.sub("", text)
    return text if len(text) <= OUTPUT_CHARACTERS else text[:OUTPUT_CHARACTERS] + "…"
