"""Whatever is submitted: a submission with safe names within the limits, or a declared refusal."""

import io
import unicodedata
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from grading.domain.errors import NotASubmission
from grading.domain.submission import Submission, SubmittedFile
from grading.intake import match_parts, read_upload
from tests.intake.zips import FIRST, NOTEBOOK, SECOND, assignment, notebook_of, zipped

LIMIT = 20_000
file_names = st.one_of(
    st.sampled_from(
        [FIRST, SECOND, "hw.zip", "a.ipynb", "utils.py", "x/../y.py", "C:\\fakepath\\a.ipynb", ".DS_Store", "._a.ipynb"]
    ),
    st.text(max_size=30),
    st.text(alphabet="./\\:a \0\u202e\ud800é", max_size=12),
)
contents = st.one_of(st.sampled_from([NOTEBOOK, b"", b"{", b"x = 1", b"PK\x03\x04"]), st.binary(max_size=200))


def lawful_refusal(fault: NotASubmission) -> None:
    """What must hold of any refusal."""
    assert fault.code
    assert fault.message.isprintable()


def lawful(files: list[tuple[str, bytes]]) -> None:
    """What must hold of any submission."""
    try:
        submission = read_upload(files, assignment(upload_bytes=LIMIT))
    except NotASubmission as fault:
        lawful_refusal(fault)
        return
    assert submission.files
    assert sum(len(file.content) for file in submission.files) <= LIMIT
    assert submission.sha256
    for file in submission.files:
        assert not file.name.startswith("/")
        assert ".." not in file.name.split("/")
        assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(character) for character in file.name}
    assert len({file.name.casefold() for file in submission.files}) == len(submission.files)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(file_names, contents), max_size=4))
def test_any_files_are_taken_or_refused(files: list[tuple[str, bytes]]) -> None:
    """Names and bytes of any kind."""
    lawful(files)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(file_names, contents), max_size=4))
def test_any_zip_is_taken_or_refused(entries: list[tuple[str, bytes]]) -> None:
    """Entries of any name."""
    writable = [(name.encode(errors="replace").decode(), content) for name, content in entries if name.split("\0")[0]]
    lawful([("hw.zip", zipped(*writable))])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_zip_is_taken_or_refused(data: st.DataObject) -> None:
    """Bytes of a real archive cut out, changed or doubled."""
    content = bytearray(zipped((FIRST, NOTEBOOK), ("é/utils.py", b"x = 1" * 50), (SECOND, NOTEBOOK)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    lawful([("hw.zip", bytes(content))])


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(
        [(FIRST, "sigmoid three_layer_net"), (SECOND, "resnet18 Adam"), ("z.ipynb", "pandas"), ("u.py", "x")]
    )
)
def test_matching_does_not_depend_on_order(files: list[tuple[str, str]]) -> None:
    """Each part gets one file, no file two parts, whatever the order."""
    submission = Submission(tuple(SubmittedFile(name, notebook_of(code)) for name, code in files))
    hints = {FIRST: ("sigmoid", "three_layer_net"), SECOND: ("resnet18", "Adam")}
    found = match_parts(submission, assignment(), hints)

    assert {part: file.name for part, file in found.items() if file} == {FIRST: FIRST, SECOND: SECOND}


def test_our_archives_are_ordinary_ones() -> None:
    """The laws above are about zips that other tools read too."""
    assert zipfile.ZipFile(io.BytesIO(zipped((FIRST, NOTEBOOK)))).testzip() is None
