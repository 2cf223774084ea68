"""Hand random bytes to one parser, for as long as libFuzzer's options say: only declared refusals may come out.

libFuzzer changes seeds, which are written to a folder first: from nothing it would hardly find a frame's header.
"""

import json
import struct
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import atheris
import numpy as np

with atheris.instrument_imports(include=["grading.sandbox", "grading.intake", "grading.programs"]):
    from grading.domain.errors import NotASubmission
    from grading.domain.submission import SubmittedFile
    from grading.intake import read_upload
    from grading.programs import definitions, identifiers, read_source, whole
    from grading.sandbox import admit
    from grading.sandbox.guest.wire import frames as wire
    from grading.sandbox.guest.wire import values
from tests.intake.zips import FIRST, NOTEBOOK, assignment, special, zipped
from tests.programs.zoo import ZOO

# Between a header's text and the arrays' bytes, in what is fuzzed: the length before the text is filled in.
GAP = b"\0\n\0"


class Target(NamedTuple):
    """What is fuzzed, and from where."""

    attempt: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]


def try_wire(data: bytes) -> None:
    """A document and the value in it: once as it is, once with the right length before its header."""
    text, _, rest = data.partition(GAP)
    for frame in (data, struct.pack("<Q", len(text)) + text + rest):
        try:
            message = wire.parse(bytearray(frame))
            admit.value(message.body.get("value"), message.arrays, lambda number, name: None)
        except (wire.WireError, values.MalformedError):
            continue


def frames() -> Iterable[bytes]:
    """Answers of every kind that the guest sends."""
    answers = [
        3,
        {"a": [1.5, None, True], "b": "text"},
        (np.arange(6, dtype=np.float32).reshape(2, 3), np.ones((2,), np.int64)),
        {"x": np.zeros((0, 3)), "y": np.array(["a", "b"]), "z": 1 + 2j},
        b"bytes",
        {1, 2},
    ]
    for answer in answers:
        packer = values.Packer(lambda value: {"$": "handle", "v": 1, "t": type(value).__name__}, text=1 << 16)
        body = {"a": 1, "value": packer.pack(answer), "printed": "x", "repairs": ["r"], "integrity": [["k", "d"]]}
        document = b"".join(bytes(buffer) for buffer in wire.encode(body, packer.arrays))[wire.LENGTH.size :]
        (length,) = struct.unpack_from("<Q", document)
        yield document
        yield document[8 : 8 + length] + GAP + document[8 + length :]


def try_notebook(data: bytes) -> None:
    """A notebook, as far as it goes on our side of the sandbox boundary."""
    try:
        source = read_source(SubmittedFile(FIRST, data))
    except NotASubmission:
        return
    identifiers(source)
    for program in (definitions(source, wanted=("sigmoid",), long_loop=400), whole(source)):
        json.dumps([unit.source for unit in program.units]).encode()


def try_zip(data: bytes) -> None:
    """An archive, received."""
    try:
        read_upload([("hw.zip", data), (FIRST, NOTEBOOK)], assignment(upload_bytes=200_000))
    except NotASubmission:
        return


def archives() -> Iterable[bytes]:
    """Ordinary ones, and some that are refused."""
    yield zipped((FIRST, NOTEBOOK))
    yield zipped(("sub/é/utils.py", b"x = 1\n" * 9), ("__MACOSX/._a", b"x"), (FIRST, NOTEBOOK))
    yield zipped((special("link.py", 0o120000), b"/etc/passwd"), ("../up.py", b"x"))
    yield zipped(("a.zip", zipped((FIRST, NOTEBOOK))), ("a.py", b""))


def try_each(data: bytes) -> None:
    """The same bytes for every parser."""
    for attempt in (try_wire, try_notebook, try_zip):
        attempt(data)


def seeds_of_each() -> Iterable[bytes]:
    """Those of every parser."""
    yield from frames()
    yield from (file.content for file in ZOO.values())
    yield from archives()


TARGETS = {
    "each": Target(try_each, seeds_of_each),
    "wire": Target(try_wire, frames),
    "notebook": Target(try_notebook, lambda: [file.content for file in ZOO.values()]),
    "zip": Target(try_zip, archives),
}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    with tempfile.TemporaryDirectory(prefix="chainrule-fuzz-") as folder:
        for number, seed in enumerate(target.seeds()):
            target.attempt(seed)
            Path(folder, str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, folder], target.attempt)
        atheris.Fuzz()
