"""What is let in from a box: plain data of bounded size, or a declared refusal."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from grading.domain.errors import BadReply, Missing, Overran, Raised, RubricFault
from grading.sandbox import admit
from grading.sandbox.guest.wire.frames import Raw
from grading.sandbox.guest.wire.values import MalformedError

FORMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$", "v", "n", "k", "s", "c", "t", "x"]), inner, max_size=5)
        | st.fixed_dictionaries(
            {
                "$": st.sampled_from(
                    ["array", "strings", "dict", "tuple", "int", "float", "complex", "bytes", "handle", "?"]
                )
            },
            optional={
                "v": inner,
                "n": st.sampled_from(["a0", "a1", 3]),
                "k": st.sampled_from(["numpy", "scalar", "torch", 1]),
                "s": inner,
                "c": inner,
                "t": inner,
            },
        )
    ),
    max_leaves=10,
)
ADMITTED = (
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    list,
    tuple,
    dict,
    np.ndarray,
    np.generic,
    Kept := type("Kept", (), {}),
)


def arrays_of(**named: np.ndarray) -> dict[str, Raw]:
    """A message's arrays."""
    names = {"f8": "F64", "f4": "F32", "u1": "U8", "i8": "I64", "b1": "BOOL"}
    return {n: Raw(names[a.dtype.str[1:]], a.shape, a.reshape(-1).view(np.uint8).data) for n, a in named.items()}


def keep(number: int, name: str) -> object:
    """Any handle will do."""
    return Kept()


def plain(value: Any) -> bool:
    """Whether a value is of our own types throughout."""
    if isinstance(value, (list, tuple)):
        return all(map(plain, value))
    if isinstance(value, dict):
        return all(plain(k) and plain(v) for k, v in value.items())
    return isinstance(value, ADMITTED) or type(value).__module__.startswith("torch")


@settings(max_examples=50)
@given(FORMS)
def test_any_form_is_plain_data_or_malformed(form: Any) -> None:
    """Whatever JSON says, the value is of our own types, or MalformedError is raised and nothing else."""
    given_arrays = arrays_of(a0=np.zeros((2, 2)), a1=np.zeros(3, np.uint8))
    try:
        value = admit.value(form, given_arrays, keep)
    except MalformedError:
        return

    assert plain(value)


@pytest.mark.parametrize(
    "form",
    [
        {"$": "array", "n": "none", "k": "numpy"},
        {"$": "array", "n": "a0", "k": "object"},
        {"$": "array", "n": "a0", "k": "scalar"},
        {"$": "strings", "v": ["a"], "s": [2]},
        {"$": "strings", "v": ["a"], "s": [-1, 0]},
        {"$": "dict", "v": [[[], 1]]},
        {"$": "dict", "v": [[1]]},
        {"$": "int", "v": "9" * 5000},
        {"$": "int", "v": 5},
        {"$": "float", "v": "1"},
        {"$": "complex", "v": [1]},
        {"$": "handle", "v": "x", "t": ""},
        {"$": "pickle", "v": "gASV"},
        {"no": "tag"},
        [[{"$": "array", "n": "a0", "k": "numpy"}], [{"$": "array", "n": "a0", "k": "numpy"}]],
    ],
)
def test_wrong_forms_are_malformed(form: Any) -> None:
    """Each form that our guest would not send is refused; so is one array under two names, which would swell."""
    with pytest.raises(MalformedError):
        admit.value(form, arrays_of(a0=np.zeros((2, 2))), keep)


def test_deep_forms_are_malformed() -> None:
    """Nesting is bounded well below Python's own limit."""
    form: Any = 1
    for _ in range(500):
        form = [form]

    with pytest.raises(MalformedError):
        admit.value(form, {}, keep)


def test_too_many_items_are_malformed() -> None:
    """Millions of small things are no answer."""
    with pytest.raises(MalformedError):
        admit.value([0] * 500_000, {}, keep)


def test_an_array_of_text_does_not_swell() -> None:
    """One long item among many: text arrays are as wide as the longest, so each is cut."""
    array = admit.value({"$": "strings", "v": ["x" * 100_000, "y"], "s": [2]}, {}, keep)

    assert array.dtype.itemsize <= 256 * 4
    assert array[1] == "y"


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_text_is_cut_and_clean(form: Any) -> None:
    """Text has no control characters and a bounded length; what is no text is none."""
    text = admit.text(form, 10)

    assert len(text) <= 10
    assert all(c in "\t\n" or c.isprintable() or not c.isascii() for c in text)


@settings(max_examples=50)
@given(FORMS)
def test_numbers_are_finite(form: Any) -> None:
    """A number is finite or 0; a natural one fits a page."""
    assert np.isfinite(admit.number(form))
    assert -1 <= admit.natural(form) < 1 << 53


@settings(max_examples=50)
@given(FORMS)
def test_lists_of_any_form_are_taken(form: Any) -> None:
    """Definitions, figures, notes, layers and faults never raise, whatever the guest's process says."""
    admit.definitions(form)
    admit.figures(form)
    admit.pairs(form)
    admit.texts(form)
    admit.layers(form)
    admit.unit_fault(form, "cell 1")


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({"kind": "missing"}, Missing),
        ({"kind": "unsendable"}, BadReply),
        ({"kind": "author"}, RubricFault),
        ({"kind": "overran"}, Overran),
        ({"kind": "raised", "exception": "ValueError"}, Raised),
        ({"kind": ["x"], "exception": 3, "text": {}, "where": None}, Raised),
        ({}, Raised),
    ],
)
def test_faults_are_declared_ones(form: dict[str, Any], kind: type[Exception]) -> None:
    """What a box says instead of a value becomes one of our errors, by a word and never by its text."""
    assert type(admit.fault(form)) is kind


def test_the_texts_of_a_fault_are_clean() -> None:
    """What the student wrote is cut and cleaned before anybody reads it."""
    fault = admit.fault({"kind": "raised", "exception": "E\x1b[31m", "text": "a\x00" * 5000, "where": "\u202ecell 1"})

    assert isinstance(fault, Raised)
    assert "\x1b" not in fault.exception
    assert "\x00" not in str(fault)
    assert "\u202e" not in fault.where
    assert len(fault.text) <= 2000


def png(width: int, height: int, **info: str) -> bytes:
    """A picture with text chunks in it."""
    chunks = PngImagePlugin.PngInfo()
    for name, text in info.items():
        chunks.add_text(name, text)
    file = io.BytesIO()
    Image.new("RGBA", (width, height), (255, 0, 0, 128)).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def test_pictures_are_made_anew() -> None:
    """Pixels come through, and nothing else that the file carried."""
    made = admit.picture(png(3, 2, Comment="canary"))

    assert Image.open(io.BytesIO(made)).size == (3, 2)
    assert b"canary" not in made
    assert Image.open(io.BytesIO(made)).mode == "RGB"


@pytest.mark.parametrize(
    "raw", [None, "text", b"", b"\x89PNG\r\n\x1a\n", png(4, 4)[:40], png(4000, 1), b"GIF89a" + bytes(40), b"<svg/>"]
)
def test_what_is_no_picture_is_none(raw: object) -> None:
    """Broken, large and other files are refused without an exception."""
    assert admit.picture(raw) == b""
