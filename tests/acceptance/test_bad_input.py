"""Bad input through the real interface and real boxes: a clear answer, nothing lost, the neighbour unharmed."""

import io
import re
import secrets
import zipfile
from pathlib import Path

import pytest

from tests.acceptance.conftest import NOTEBOOK_1, NOTEBOOK_2, notebook, right, students_of

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
MIB = 1 << 20

# Each is the body of `sigmoid`, so that it runs when the judge asks for the first answer; and what the report must say.
HOSTILE = {
    "loops for ever": ("while True:\n        pass", "did not answer in time"),
    "allocates without end": (
        "a = []\n    while True:\n        a.append(bytes(b'x' * (1 << 30)))",
        "(?i)memory|did not answer in time",
    ),
    "forks": ("import os\n    while True:\n        os.fork()", "BlockingIOError"),
    "prints gigabytes": ("while True:\n        print('x' * (1 << 20))", "did not answer in time"),
    "calls input": ("return float(input('x? '))", "ValueError"),
    "exits politely": ("import sys\n    sys.exit(0)", "asked to exit"),
    "exits at once": ("import os\n    os._exit(0)", "the process ended"),
}
# Each is a cell of notebook 2, which is run cell by cell.
HOSTILE_CELLS = {
    "while True: pass": "did not end within its time",
    "import os; os._exit(0)": "ended the process",
    "raise SystemExit": "SystemExit",
    "input()": r"input\(\) was answered with an empty line",
}
RELU = "def relu(x):\n    return np.maximum(0, x)\n"


def zipped(*names: str) -> bytes:
    """A zip whose members have these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, notebook("x = 1"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (NOTEBOOK_1, PNG, "not-text"),
        (NOTEBOOK_1, b'{"title": "Homework 2"}', "not-a-notebook"),
        (NOTEBOOK_1, b'{"cells": [', "broken-json"),
        (NOTEBOOK_1, b"", "empty-file"),
        ("hw2.zip", zipped("../../etc/passwd.ipynb"), "unsafe-path"),
    ],
    ids=["a picture", "another JSON", "broken JSON", "an empty file", "a zip that climbs out"],
)
def test_what_cannot_be_a_submission_is_refused_with_reasons(student, name, content, code):
    """422, a stable code, the file's name, and nothing queued."""
    answer = student.post(files=[("files", (name, content))])
    problem = answer.json()

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert problem["code"] == code
    assert problem["detail"]


@pytest.mark.parametrize("declared", [False, True], ids=["chunk by chunk", "with its length declared"])
def test_200_megabytes_are_refused_without_being_held(service, student, declared):
    """413, and the service never grew by more than a fraction of them."""
    boundary = secrets.token_hex(8)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{NOTEBOOK_1}"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def body():
        yield head
        for _ in range(200):
            yield bytes(MIB)
        yield tail

    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    if declared:
        headers["Content-Length"] = str(len(head) + 200 * MIB + len(tail))
    before = most_memory(service.process.pid)
    answer = student.post(content=body(), headers=headers)

    assert answer.status_code == 413
    assert answer.json()["detail"]
    assert most_memory(service.process.pid) - before < 100 * MIB


def most_memory(pid: int) -> int:
    """The most memory that a process ever held, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def test_nbformat_3_is_read(student):
    """Old notebooks keep their code under worksheets; they are graded like any other."""
    old = b"""{"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [
        {"cell_type": "code", "collapsed": false, "input": ["def relu(x):\\n", "    return x * (x > 0)"],
         "language": "python", "metadata": {}, "outputs": []}], "metadata": {}}]}"""
    report = student.report(student.submit((NOTEBOOK_1, old)))

    assert report["score"] == 0.0
    assert report["final"]


def test_a_notebook_of_another_assignment_gets_nothing_and_says_why(student):
    """Zero points, and findings that name what is missing."""
    other = notebook("import numpy as np", "def conv_forward(x, w, b):\n    return x", "print('cs231n')")
    report = student.report(student.submit((NOTEBOOK_1, other)))
    rows = [row for row in report["criteria"] if row["status"] != "not_submitted"]

    assert report["score"] == 0.0
    assert rows
    assert all(row["findings"] or row["status"] == "not_attempted" for row in rows)


def test_hostile_programs_cost_only_their_own_points(service):
    """All at once, with a neighbour: each report says what happened and is final, the neighbour gets full marks."""
    with students_of(service, len(HOSTILE) + len(HOSTILE_CELLS) + 1) as [neighbour, *others]:
        submitted = [
            # The longest first, so that the others are graded beside it.
            *((NOTEBOOK_2, notebook("import torch", cell, "x = 1"), said) for cell, said in HOSTILE_CELLS.items()),
            *((NOTEBOOK_1, asked(body), said) for body, said in HOSTILE.values()),
        ]
        ids = [student.submit((name, content)) for student, (name, content, _) in zip(others, submitted, strict=True)]
        theirs = neighbour.submit((NOTEBOOK_1, right(NOTEBOOK_1)))

        assert neighbour.report(theirs)["score"] == 4.0
        for student, submission_id, (name, content, said) in zip(others, ids, submitted, strict=True):
            report = student.report(submission_id)
            part = [row for row in report["criteria"] if row["status"] != "not_submitted"]
            failed = [finding["message"] for row in part for finding in row["findings"] if not finding["passed"]]
            told = "\n".join([*failed, *report["notes"]])

            assert report["final"], content
            assert (part[0]["points"], part[0]["status"]) == (0.0, "failed"), content
            assert re.search(said, told), (name, content)


def asked(body: str) -> bytes:
    """A notebook whose sigmoid has that body."""
    return notebook(f"import numpy as np\n\n\ndef sigmoid(x):\n    {body}\n", RELU)
