"""Values as messages: data comes back as it was, and nothing but plain data comes back."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grading.sandbox.guest.wire import frames as wire
from grading.sandbox.guest.wire import values

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P"]))
    | st.binary(max_size=20)
)
ARRAYS = arrays.arrays(
    arrays.boolean_dtypes()
    | arrays.integer_dtypes()
    | arrays.unsigned_integer_dtypes()
    | arrays.floating_dtypes()
    | arrays.complex_number_dtypes(),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.text(st.characters(codec="ascii", categories=["L"])) | st.integers(0, 9), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def refuse(value: object) -> dict[str, Any]:
    """No handles here."""
    raise values.UnsendableError(type(value).__name__)


def sent(value: object) -> Any:
    """The value after a round trip through real bytes."""
    packer = values.Packer(refuse)
    form = packer.pack(value)
    frame = b"".join(bytes(b) for b in wire.encode({"value": form}, packer.arrays))
    message = wire.parse(frame[wire.LENGTH.size :])
    return values.Unpacker(message.arrays, lambda number, name: (number, name)).unpack(message.body["value"])


def same(a: Any, b: Any) -> bool:  # noqa: PLR0911 - one return for each kind
    """Equal in type, dtype, shape and value; a NaN is a NaN."""
    if isinstance(a, np.ndarray):
        native = a.astype(a.dtype.newbyteorder("="))
        return isinstance(b, np.ndarray) and native.dtype == b.dtype and np.array_equal(native, b, equal_nan=True)
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, float) and math.isnan(a):
        return math.isnan(b)
    return bool(a == b)


@settings(max_examples=50)
@given(VALUES)
def test_data_comes_back_as_it_was(value: object) -> None:
    """Every number, text, container and array survives the wire."""
    if isinstance(value, np.ndarray) and value.dtype.itemsize > 16:
        return

    assert same(value, sent(value))


@settings(max_examples=50)
@given(ARRAYS.filter(lambda a: a.dtype.kind != "c" and a.dtype.itemsize <= 8), st.data())
def test_arrays_come_back_plain_and_contiguous(array: np.ndarray, data: st.DataObject) -> None:
    """Views, strides and foreign byte orders become fresh, writable, C-ordered arrays."""
    view = np.atleast_1d(array).T[
        tuple(slice(None, None, data.draw(st.sampled_from([1, -1]))) for _ in np.atleast_1d(array).shape)
    ]
    back = sent(view)

    assert type(back) is np.ndarray
    assert back.flags.c_contiguous
    assert back.flags.writeable
    assert back.flags.owndata or back.base is None or back.base.flags.owndata
    assert np.array_equal(view, back, equal_nan=array.dtype.kind == "f")


def test_subclasses_are_read_without_their_methods() -> None:
    """An array, number or list of a class that overrides everything goes out by its base class's bytes."""

    class Liar(np.ndarray):
        def __array__(self, *_: object, **__: object) -> np.ndarray:
            raise AssertionError

        def astype(self, *_: object, **__: object) -> np.ndarray:  # type: ignore[override]
            raise AssertionError

        def __getattribute__(self, name: str) -> object:
            raise AssertionError(name)

    class Integer(int):
        def __index__(self) -> int:
            raise AssertionError

    class Items(list):
        def __iter__(self) -> Any:
            raise AssertionError

    array = np.arange(3.0).view(Liar)

    assert same(np.arange(3.0), sent(array))
    assert same(7, sent(Integer(7)))
    assert same([1, 2], sent(Items([1, 2])))


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.array([object()]),
        np.array(["2020"], "M8[Y]"),
        np.zeros(2, "i4,i4"),
        10**2000,
        lambda: 1,
        {1: object},
    ],
    ids=["object", "objects", "dates", "records", "huge", "function", "class"],
)
def test_what_is_not_data_is_not_sent(value: object) -> None:
    """Objects need a handle, and arrays of objects are no arrays."""
    with pytest.raises(values.UnsendableError):
        sent(value)


def test_deep_and_endless_containers_are_not_sent() -> None:
    """Nesting is bounded, so a list that holds itself ends."""
    endless: list[object] = []
    endless.append(endless)

    with pytest.raises(values.UnsendableError):
        sent(endless)


@given(st.text())
def test_clean_text_is_bounded_and_harmless(text: str) -> None:
    """No control character, direction mark or lone surrogate is left, and nothing is longer than asked."""
    cleaned = values.clean(text, 20)

    assert len(cleaned) <= 20
    assert not set(cleaned) & {*map(chr, range(32)), "\x7f", "\u202e", "\u200f", "\u2066", "\ud800"} - {"\t", "\n"}
    cleaned.encode()
