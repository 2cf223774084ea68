"""Hand random bytes to one parser, for as long as libFuzzer's options say: only declared refusals may come out."""

import sys

import atheris

with atheris.instrument_imports(include=["grading.sandbox", "grading.intake", "grading.programs"]):
    from grading.domain.errors import NotASubmission
    from grading.domain.submission import SubmittedFile
    from grading.intake import read_upload
    from grading.programs import definitions, facts, read_source, whole
    from grading.sandbox import admit
    from grading.sandbox.guest import values, wire
from tests.intake.zips import FIRST, NOTEBOOK, assignment


def try_wire(data: bytes) -> None:
    """A frame and the value in it."""
    try:
        message = wire.parse(bytearray(data))
        admit.value(message.body.get("value"), message.arrays, lambda number, name: None)
    except (wire.WireError, values.MalformedError):
        return


def try_notebook(data: bytes) -> None:
    """A notebook, as far as it goes on our side of the wall."""
    try:
        source = read_source(SubmittedFile(FIRST, data))
    except NotASubmission:
        return
    facts(source)
    definitions(source, wanted=("sigmoid",), long_loop=400)
    whole(source)


def try_zip(data: bytes) -> None:
    """An archive, received."""
    try:
        read_upload([("hw.zip", data), (FIRST, NOTEBOOK)], assignment(upload_bytes=200_000))
    except NotASubmission:
        return


TARGETS = {"wire": try_wire, "notebook": try_notebook, "zip": try_zip}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
