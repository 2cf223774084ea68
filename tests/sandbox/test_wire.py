"""Frames: what is sent comes back, and whatever else comes is refused in one way."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grading.sandbox.guest.wire import frames as wire

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
DTYPES = [code for code in wire.ITEM_BYTES if code != "BF16"]
NUMPY = {"BOOL": "?", "F16": "<f2", "F32": "<f4", "F64": "<f8"} | {
    f"{k.upper()}{8 * n}": f"<{k}{n}" for k in "iu" for n in (1, 2, 4, 8)
}


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a wire."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def raw(array: np.ndarray, dtype: str) -> wire.Raw:
    """An array as it lies in a frame."""
    return wire.Raw(dtype, array.shape, array.reshape(-1).view(np.uint8).data)


@st.composite
def messages(draw: st.DrawFn) -> tuple[dict, dict[str, wire.Raw]]:
    """A body and arrays of every dtype and shape."""
    body = draw(st.dictionaries(st.text(), JSON, max_size=4))
    found = {}
    for i, dtype in enumerate(draw(st.lists(st.sampled_from(DTYPES), max_size=4))):
        shape = draw(arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
        array = draw(arrays.arrays(np.dtype(NUMPY[dtype]), shape))
        found[f"a{i}"] = raw(np.ascontiguousarray(array), dtype)
    return body, found


def joined(buffers: list) -> bytes:
    """A frame's bytes."""
    return b"".join(bytes(buffer) for buffer in buffers)


def framed(header: object, data: bytes = b"") -> bytes:
    """A document with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def header(message: str = "{}", **entries: object) -> dict:
    """A header with a message in it."""
    return {"__metadata__": {"message": message}, **entries}


@settings(max_examples=40)
@given(messages())
def test_what_is_encoded_is_parsed(message: tuple[dict, dict[str, wire.Raw]]) -> None:
    """Parse undoes encode: body, names, dtypes, shapes and bytes."""
    body, found = message
    frame = joined(wire.encode(body, found))
    parsed = wire.parse(frame[wire.LENGTH.size :])

    assert wire.LENGTH.unpack(frame[: wire.LENGTH.size])[0] == len(frame) - wire.LENGTH.size
    assert parsed.body == body
    assert {n: (r.dtype, r.shape, bytes(r.data)) for n, r in found.items()} == {
        n: (r.dtype, r.shape, bytes(r.data)) for n, r in parsed.arrays.items()
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    """Parse raises only what it declares."""
    try:
        wire.parse(data)
    except wire.WireError:
        return


@settings(max_examples=40)
@given(messages(), st.data())
def test_a_damaged_frame_is_a_message_or_a_wire_error(
    message: tuple[dict, dict[str, wire.Raw]], data: st.DataObject
) -> None:
    """The same, near real frames: bytes changed, cut or added."""
    frame = bytearray(joined(wire.encode(*message))[wire.LENGTH.size :])
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(frame)))
    try:
        wire.parse(bytes(frame[:cut]) + data.draw(st.binary(max_size=8)))
    except wire.WireError:
        return


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3), st.binary(max_size=16))
def test_any_header_is_a_message_or_a_wire_error(forged: dict, data: bytes) -> None:
    """The same, for headers that are JSON of any other form."""
    try:
        wire.parse(framed({**header(), **forged}, data))
    except wire.WireError:
        return


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00" * 7,
        struct.pack("<Q", 1 << 63),
        struct.pack("<Q", 10) + b"{}",
        framed([]),
        framed({}),
        framed({"__metadata__": {"message": 3}}),
        framed(header("[1]")),
        framed(header("[" * 100_000)),
        framed(header('{"a":' * 100_000)),
        framed(b'{"__metadata__":' + b"[" * 100_000),
        framed(header('{"a": NaN}')),
        framed(header('{"a": Infinity}')),
        framed(header('{"a": 1, "a": 2}')),
        framed(header('{"a": ' + "9" * 5000 + "}")),
        framed(header(x={"dtype": "F32", "shape": [1]})),
        framed(header(x={"dtype": "O", "shape": [1], "data_offsets": [0, 8]}), bytes(8)),
        framed(header(x={"dtype": ["F32"], "shape": [1], "data_offsets": [0, 4]}), bytes(4)),
        framed(header(x={"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}), bytes(4)),
        framed(header(x={"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}), bytes(4)),
        framed(header(x={"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}), bytes(4)),
        framed(header(x={"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]}), bytes(4)),
        framed(header(x={"dtype": "U8", "shape": [1 << 62, 0], "data_offsets": [0, 0]})),
        framed(header(x={"dtype": "U8", "shape": [1] * 33, "data_offsets": [0, 1]}), bytes(1)),
        framed(header(x={"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}), bytes(5)),
        framed(header(x={"dtype": "U8", "shape": [4], "data_offsets": [1, 5]}), bytes(5)),
        framed(
            header(
                x={"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
                y={"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
            ),
            bytes(4),
        ),
        framed(b'{"__metadata__": {"message": "{}"}, "\xff": 1}'),
    ],
)
def test_impossible_documents_are_refused(frame: bytes) -> None:
    """Each lie that a document can tell is a WireError."""
    with pytest.raises(wire.WireError):
        wire.parse(frame)


def test_a_lone_surrogate_in_a_message_is_kept_for_cleaning() -> None:
    """Half a character is JSON; what comes after cleans it."""
    parsed = wire.parse(framed(header('{"a": "\\ud800"}')))

    assert parsed.body == {"a": "\ud800"}


def test_a_frame_is_received_whole_however_it_comes(pair: tuple[socket.socket, socket.socket]) -> None:
    """Pieces are put together, and the next frame starts where the last one ended."""
    ours, theirs = pair
    first = joined(wire.encode({"n": 1}, {"a0": wire.Raw("U8", (3000,), memoryview(bytes(3000)))}))
    second = joined(wire.encode({"n": 2}, {}))

    def trickle() -> None:
        for i in range(0, len(first + second), 997):
            theirs.sendall((first + second)[i : i + 997])

    sender = threading.Thread(target=trickle)
    sender.start()
    got = [wire.parse(wire.receive(ours, limit=10_000, deadline=time.monotonic() + 20)).body["n"] for _ in range(2)]
    sender.join()

    assert got == [1, 2]


def test_a_frame_beyond_the_limit_is_refused_unread(pair: tuple[socket.socket, socket.socket]) -> None:
    """The announced length decides; nothing is allocated for it."""
    ours, theirs = pair
    theirs.sendall(wire.LENGTH.pack(1 << 62))

    with pytest.raises(wire.TooLongError):
        wire.receive(ours, limit=1 << 20, deadline=time.monotonic() + 20)


def test_a_truncated_frame_is_closed(pair: tuple[socket.socket, socket.socket]) -> None:
    """The end of the stream inside a frame is the other side's end."""
    ours, theirs = pair
    theirs.sendall(wire.LENGTH.pack(100) + b"half")
    theirs.close()

    with pytest.raises(wire.Closed):
        wire.receive(ours, limit=1 << 20)


def test_silence_is_late(pair: tuple[socket.socket, socket.socket]) -> None:
    """A deadline ends the wait, also in the middle of a frame."""
    ours, theirs = pair
    theirs.sendall(wire.LENGTH.pack(100) + b"half")

    with pytest.raises(wire.LateError):
        wire.receive(ours, limit=1 << 20, deadline=time.monotonic() + 0.02)


def test_a_reader_that_does_not_read_is_late_once(pair: tuple[socket.socket, socket.socket]) -> None:
    """All buffers of a frame share one deadline."""
    ours, _ = pair
    began = time.monotonic()

    with pytest.raises(wire.LateError):
        wire.send(ours, [bytes(1 << 22)] * 50, deadline=began + 0.05)


def test_sending_to_nobody_is_closed(pair: tuple[socket.socket, socket.socket]) -> None:
    """The other side is gone."""
    ours, theirs = pair
    theirs.close()

    with pytest.raises(wire.Closed):
        wire.send(ours, [b"x"])


def test_a_reply_of_many_small_things_is_refused_before_it_is_parsed():
    """Valid JSON padded with brackets costs its reader a hundred times its bytes."""
    padded = '{"a": 1, "value": [' + "[]," * (wire.REPLY_ITEMS + 1) + "[]]}"

    with pytest.raises(wire.WireError, match="items"):
        wire.parse_reply(framed(header(padded)), widened_bytes=1 << 20)


def test_a_reply_is_measured_as_what_it_becomes():
    """A million bytes are eight million once they are compared as float64."""
    raw = wire.Raw("U8", (1 << 20,), memoryview(bytes(1 << 20)))
    frame = b"".join(bytes(part) for part in wire.encode({"a": 1}, {"0": raw}))[wire.LENGTH.size :]

    assert wire.parse_reply(frame, widened_bytes=8 << 20).arrays["0"].shape == (1 << 20,)
    with pytest.raises(wire.WireError, match="entries"):
        wire.parse_reply(frame, widened_bytes=(8 << 20) - 8)
