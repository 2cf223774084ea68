"""Uploads made to hurt: whatever their maker combined, a lawful submission or a declared refusal, in bounded memory."""

import json
import stat
import struct
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.domain.errors import NotASubmission
from grading.domain.submission import SubmittedFile
from grading.intake import match_parts, read_paths, read_upload
from grading.programs import definitions, read_source, whole
from tests.intake.test_laws import lawful, lawful_refusal
from tests.intake.zips import FIRST, NOTEBOOK, assignment, zipped

LIMIT = 200_000
KINDS = (0, stat.S_IFREG, stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFDIR, 0o170000)

steps = st.sampled_from([
    ".", "..", "a", "A", "a.ipynb", "A.ipynb", "é", "e\u0301", "ß", "SS", "con", "nul.txt", "a ", "a.", "~", "-rf", "*",
    "..\\..", "C:", "\\\\host", "%2e%2e", "\u202eybp", "\ufeff", "a\nb", "__MACOSX", ".git", "z" * 300, "",
])  # fmt: skip
paths = st.builds(
    lambda root, parts, end: root + "/".join(parts) + end,
    st.sampled_from(["", "/", "//", "../", "C:/", "./"]),
    st.lists(steps, min_size=1, max_size=5) | st.just(["d"] * 80),
    st.sampled_from(["", "/", ".ipynb", ".py", ".zip", ".tar.gz"]),
)
bodies = st.one_of(
    st.sampled_from([NOTEBOOK, b"", b"\0" * 300_000, b"x" * (3 << 20), b"PK\x03\x04", b"\xff\xfe", b"\x1f\x8b"]),
    st.binary(max_size=60),
)


@st.composite
def entries(draw: st.DrawFn) -> tuple[zipfile.ZipInfo, bytes]:
    """One entry: any path, any type of file, any body."""
    info = zipfile.ZipInfo(draw(paths) or "a")
    info.create_system = draw(st.sampled_from([0, 3, 10, 255]))
    info.external_attr = (draw(st.sampled_from(KINDS)) | draw(st.sampled_from([0, 0o644, 0o4755]))) << 16
    info.compress_type = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    return info, draw(bodies)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """An archive of such entries, whose directory may lie about sizes, flags, methods, offsets and names."""
    content = bytearray(zipped(*draw(st.lists(entries(), max_size=6)), (FIRST, NOTEBOOK)))
    for _ in range(draw(st.integers(0, 3))):
        headers = [i for magic in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06") for i in _places(content, magic)]
        at = draw(st.sampled_from(headers)) + draw(st.integers(4, 40))
        lie = draw(st.sampled_from([struct.pack("<I", 0xFFFFFFFF), struct.pack("<I", 0), struct.pack("<H", 99), b"\0"]))
        content[at : at + len(lie)] = lie
    return draw(st.sampled_from([b"", b"#!/bin/sh\n", b"\0" * 100])) + bytes(content)


def _places(content: bytearray, magic: bytes) -> list[int]:
    return [i for i in range(len(content) - 3) if content[i : i + 4] == magic][:20] if len(content) < 50_000 else [0]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(archives())
def test_any_archive_made_to_hurt_is_taken_or_refused(content: bytes) -> None:
    """Slips, links, devices, collisions, bombs and lying headers, all at once."""
    lawful([("hw.zip", content)])


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([b"\0", b"ab", b"{}\n"]))
def test_memory_follows_the_limit_and_not_the_bomb(files: int, megabytes: int, filling: bytes) -> None:
    """However much an archive unpacks to, no more is held than may be submitted."""
    body = filling * ((megabytes << 20) // len(filling) // files)
    content = zipped(*((f"{i}.py", body) for i in range(files)))
    tracemalloc.start()
    try:
        read_upload([("hw.zip", content)], assignment(upload_bytes=LIMIT))
    except NotASubmission:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    # One inflated piece, the limit's worth of files, and the archive itself with its index.
    assert peak < (4 << 20) + 3 * len(content)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(steps, steps), min_size=2, max_size=8))
def test_no_two_files_of_a_submission_meet_on_any_disk(pairs: list[tuple[str, str]]) -> None:
    """Neither in capitals nor in the way accents are written: some file systems know no difference."""
    files = [(f"{folder}/{name}.py" if folder else f"{name}.py", b"x = 1") for folder, name in pairs]
    try:
        submission = read_upload([("hw.zip", zipped(*files)), (FIRST, NOTEBOOK)], assignment())
    except NotASubmission:
        return
    met = [unicodedata.normalize("NFC", file.name).casefold() for file in submission.files]

    assert len(set(met)) == len(met)


sources = st.sampled_from([
    "def sigmoid(x): return x", "x = 'a\0b'", "\ud800", "(" * 500, "x = [" * 300, "\x0c\x1b[31m",
    "# coding: latin-1\né",    "%%writefile ../../x.py\npass", "!rm -rf /",
    "%run ../x", "if 1:\n\tx\n        y", "lambda: (yield)", "\r\r\n",
    "f'{f\"{x}\"}'", "\\\n" * 100, "x\u2028y", "'''", "-" * 3000 + "1", "return 1", "\ufeffx = 1", "9" * 5000,
])  # fmt: skip
odd = st.sampled_from([None, 0, -1, 1e400, "", "x" * 50, [], {}, [[]], {"id": None}, True, "\udfff"])


@st.composite
def cells(draw: st.DrawFn) -> object:
    """A cell in any of the forms that five versions of the format and careless tools have written."""
    source: object = draw(sources)
    if draw(st.booleans()):
        source = [line + "\n" for line in str(source).split("\n")]
    cell: dict[str, object] = {
        "cell_type": draw(st.sampled_from(["code", "code", "markdown", "raw", "heading", "", None])),
        draw(st.sampled_from(["source", "source", "input"])): source,
        "id": draw(st.sampled_from(["same", "same", "", "x" * 200, None, 1])),
        "metadata": draw(odd),
        "outputs": draw(st.lists(outputs, max_size=3) | odd),
        "execution_count": draw(odd),
    }
    for key in draw(st.sets(st.sampled_from(sorted(cell)), max_size=3)):
        cell.pop(key)
    return draw(st.sampled_from([cell, cell, cell, None, "cell", [cell]]))


outputs = st.fixed_dictionaries(
    {},
    optional={
        "output_type": st.sampled_from(["stream", "display_data", "execute_result", "error", "pyout", None]),
        "data": st.dictionaries(
            st.sampled_from(["image/png", "text/html", "image/svg+xml"]),
            st.sampled_from(["<script>", "iVBORw0KGgo=", "=" * 9, "A" * 5000, ["AA", "=="], None, {}]),
        ),
        "text": st.sampled_from(["\x1b[2J", ["a", "b"], None, "x" * 5000]),
        "png": st.sampled_from(["iVBORw0KGgo=", 1]),
        "traceback": odd,
    },
)
notebooks = st.builds(
    lambda made, version, minor, metadata: {
        "cells": made,
        "worksheets": [{"cells": made}],
        "nbformat": version,
        "nbformat_minor": minor,
        "metadata": metadata,
    },
    st.lists(cells(), max_size=5),
    st.sampled_from([1, 2, 3, 4, 4, 4, 5, 99, "4", None]),
    odd,
    odd,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    notebooks,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "utf-16-le"]),
    st.booleans(),
    st.integers(-40, 0),
)
def test_any_notebook_goes_all_the_way_or_is_refused(document: object, encoding: str, escaped: bool, cut: int) -> None:
    """Received, matched, read, sliced and described: duplicate ids, lone surrogates, nulls and all."""
    text = json.dumps(document, ensure_ascii=escaped)
    content = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")
    content = content[: len(content) + cut] if cut < -20 else content
    try:
        submission = read_upload([(FIRST, content)], assignment())
        for file in match_parts(submission, assignment(), {}).values():
            if file is not None:
                source = read_source(SubmittedFile(file.name, file.content))
                for program in (definitions(source, wanted=("sigmoid",), long_loop=400), whole(source)):
                    # What is sent to a box must be sendable.
                    json.dumps([unit.source for unit in program.units]).encode()
    except NotASubmission as fault:
        lawful_refusal(fault)


@pytest.mark.parametrize(
    "content", [b"[" * 1_000_000, b'{"cells":' * 200_000, b'{"a":' * 60 + b'"' + b"\\u0000" * 100_000]
)
def test_a_notebook_nested_without_end_is_refused(content: bytes) -> None:
    """Deeper than any parser's stack."""
    with pytest.raises(NotASubmission):
        read_source(read_upload([(FIRST, content)], assignment()).files[0])


def test_a_million_names_are_refused_before_they_are_read() -> None:
    """The directory alone is counted; nothing is unpacked and no object is made for an entry."""
    record = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    ending = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 1_000_000 * len(record), 0, 0)
    with pytest.raises(NotASubmission) as refused:
        read_upload([("hw.zip", record * 1_000_000 + ending)], assignment(upload_bytes=100 << 20))

    assert refused.value.code == "too-many-files"


def test_half_a_gigabyte_of_outputs_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """No more of the file is read than may be submitted."""
    with (tmp_path / FIRST).open("wb") as file:
        file.write(b'{"nbformat": 4, "cells": [{"outputs": ["')
        file.truncate(500 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(NotASubmission) as refused:
            read_paths([tmp_path / FIRST], assignment(upload_bytes=LIMIT))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.code == "too-large"
    assert peak < 2 << 20
