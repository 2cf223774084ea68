"""What passes between host and guest: frames of one safetensors document each.

A frame is eight bytes of length (big-endian) and a safetensors document; the document's metadata carries the JSON
message under "message", its tensors are the message's arrays. Nothing in it can be executed.

`parse` is the host's first line against forged bytes: whatever it is given, it returns a Message or raises WireError.
"""

import json
import math
import os
import select
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

LENGTH: Final = struct.Struct(">Q")
HEADER_LENGTH: Final = struct.Struct("<Q")
MAX_HEADER_BYTES: Final = 32 << 20
REPLY_HEADER_BYTES: Final = 4 << 20
REPLY_ITEMS: Final = 300_000
"""Most commas and brackets in what a box says beside its arrays: each becomes an object of a hundred bytes."""

WIDEST: Final = 8
MAX_TENSORS: Final = 20_000
MAX_DIMENSIONS: Final = 32
MAX_NESTING: Final = 200
SOCKET_BYTES: Final = 4 << 20
JOINED_BYTES: Final = 1 << 20
QUOTE, BACKSLASH, OPENING, CLOSING = ord('"'), ord("\\"), b"[{", b"]}"

ITEM_BYTES: Final[Mapping[str, int]] = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "BF16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
}


class WireError(Exception):
    """The bytes are not a frame of ours."""


class Closed(Exception):  # noqa: N818 - the other side is gone; what that means is the caller's to say
    """The other side closed the wire."""


class LateError(Exception):
    """The deadline passed before a whole frame had come."""


class TooLongError(WireError):
    """A frame announced more bytes than the limit allows."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One array as it lies in a frame: nothing but a name for its bytes."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed frame: the JSON message and its arrays by name."""

    body: dict[str, Any]
    arrays: dict[str, Raw]


def encode(body: Mapping[str, Any], arrays: Mapping[str, Raw]) -> list[bytes | memoryview]:
    """The frame as a list of buffers, ready for `send`. Array bytes are not copied."""
    header: dict[str, Any] = {"__metadata__": {"message": json.dumps(body, allow_nan=False, separators=(",", ":"))}}
    offset = 0
    # Wider items first, as safetensors itself does: then every array is aligned.
    ordered = sorted(arrays.items(), key=lambda item: -ITEM_BYTES[item[1].dtype])
    for name, raw in ordered:
        header[name] = {
            "dtype": raw.dtype,
            "shape": list(raw.shape),
            "data_offsets": [offset, offset + raw.data.nbytes],
        }
        offset += raw.data.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    total = HEADER_LENGTH.size + len(text) + offset
    first = LENGTH.pack(total) + HEADER_LENGTH.pack(len(text)) + text
    return [first, *(raw.data for _, raw in ordered if raw.data.nbytes)]


def send(wire: socket.socket, buffers: Iterable[bytes | memoryview], *, deadline: float | None = None) -> None:
    """Send a frame.

    Args:
        wire: a stream socket.
        buffers: of the frame.
        deadline: by time.monotonic(), for all of them together; None to wait forever.

    Raises:
        Closed: nobody reads any more.
        LateError: the deadline passed.
    """
    parts = list(buffers)
    if sum(map(len, parts)) <= JOINED_BYTES:
        # One call for all of them: each wakes the reader up.
        parts = [b"".join(parts)]
    try:
        for buffer in parts:
            wire.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
            wire.sendall(buffer)
        wire.settimeout(None)
    except TimeoutError:
        raise LateError("the other side does not read") from None
    except OSError:
        raise Closed("the other side is gone") from None


def receive(wire: socket.socket, *, limit: int, deadline: float | None = None) -> bytearray:
    """The next frame's bytes, without its length.

    Args:
        wire: a stream socket.
        limit: most bytes of a frame.
        deadline: by time.monotonic(), or None to wait forever.

    Raises:
        Closed: end of file.
        LateError: the deadline passed.
        TooLongError: the frame is longer than `limit`.
    """
    head = _exactly(wire, LENGTH.size, deadline)
    (length,) = LENGTH.unpack(head)
    if length > limit:
        raise TooLongError(f"a frame of {length} bytes, where at most {limit} are allowed")
    return _exactly(wire, length, deadline)


def _exactly(wire: socket.socket, count: int, deadline: float | None) -> bytearray:
    # Grown as bytes come: a lying length must not make the reader allocate first.
    step = 1 << 20
    buffer = bytearray(min(count, step))
    got = 0
    while got < count:
        if got == len(buffer):
            buffer.extend(bytes(min(count - got, max(step, got))))
        if deadline is not None:
            _wait(wire, deadline)
        try:
            with memoryview(buffer) as view:
                n = wire.recv_into(view[got:])
        except OSError:
            raise Closed("the wire broke") from None
        if n == 0:
            raise Closed("the wire was closed")
        got += n
    return buffer


def _wait(wire: socket.socket, deadline: float) -> None:
    remaining = deadline - time.monotonic()
    poll = select.poll()
    poll.register(wire, select.POLLIN)
    if remaining <= 0 or not poll.poll(math.ceil(remaining * 1000)):
        raise LateError("no answer in time")


def parse(frame: bytes | bytearray) -> Message:
    """Read a frame's document.

    Raises:
        WireError: it is not exactly a document of ours. Nothing else is ever raised.
    """
    return _parsed(frame, MAX_HEADER_BYTES)


def parse_reply(frame: bytes | bytearray, *, widened_bytes: int) -> Message:
    """Read what came out of a box: as `parse`, with little room for what is parsed and not merely laid down.

    Args:
        frame: the document.
        widened_bytes: most bytes of all arrays together, were each entry a float64, as which they are compared.

    Raises:
        WireError: it is not a document of ours, or a larger one than any answer is.
    """
    message = _parsed(frame, REPLY_HEADER_BYTES)
    if sum(math.prod(raw.shape) for raw in message.arrays.values()) * WIDEST > widened_bytes:
        raise WireError(f"arrays of more than {widened_bytes // WIDEST:,} entries")
    return message


def _parsed(frame: bytes | bytearray, most: int) -> Message:
    view = memoryview(frame)
    if len(view) < HEADER_LENGTH.size:
        raise WireError("shorter than a header's length")
    (length,) = HEADER_LENGTH.unpack(view[: HEADER_LENGTH.size])
    if length > min(most, len(view) - HEADER_LENGTH.size):
        raise WireError("the header is longer than the frame, or than allowed")
    start = HEADER_LENGTH.size + length
    raw = bytes(view[HEADER_LENGTH.size : start])
    if most == REPLY_HEADER_BYTES and raw.count(b",") + raw.count(b"[") + raw.count(b"{") > REPLY_ITEMS:
        raise WireError(f"more than {REPLY_ITEMS:,} items beside the arrays")
    header = _json(raw)
    metadata = header.pop("__metadata__", None)
    text = metadata.get("message") if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise WireError("no message in the metadata")
    if len(header) > MAX_TENSORS:
        raise WireError("too many arrays")
    return Message(_json(text.encode("utf-8", "surrogatepass")), _arrays(header, view[start:]))


def _arrays(header: dict[str, Any], data: memoryview) -> dict[str, Raw]:
    arrays: dict[str, Raw] = {}
    spans: list[tuple[int, int]] = []
    for name, entry in header.items():
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            raise WireError("an array without dtype, shape and offsets")
        dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
        if not isinstance(dtype, str) or dtype not in ITEM_BYTES:
            raise WireError("an array of unknown dtype")
        if not _naturals(shape) or len(shape) > MAX_DIMENSIONS:
            raise WireError("an array with an impossible shape")
        if not _naturals(offsets) or len(offsets) != 2:  # noqa: PLR2004 - begin and end
            raise WireError("an array with impossible offsets")
        begin, end = offsets
        if begin > end or end > len(data) or math.prod(shape) * ITEM_BYTES[dtype] != end - begin:
            raise WireError("an array whose bytes do not fit its shape")
        spans.append((begin, end))
        arrays[name] = Raw(dtype, tuple(shape), data[begin:end])
    position = 0
    for begin, end in sorted(spans):
        if begin != position:
            raise WireError("arrays that overlap or leave gaps")
        position = end
    if position != len(data):
        raise WireError("bytes that belong to no array")
    return arrays


def _naturals(value: Any) -> bool:
    # A side of 2**63 or more is no shape, and its product would take for ever.
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 1 << 62 for n in value)


def _json(raw: bytes) -> dict[str, Any]:
    """A JSON object without duplicate keys, constants beyond JSON, or deep nesting."""
    try:
        _refuse_depth(raw)
        value = json.loads(raw, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (ValueError, RecursionError, MemoryError) as fault:
        raise WireError(f"not JSON ({type(fault).__name__})") from None
    if not isinstance(value, dict):
        raise WireError("the message is not an object")
    return value


def _refuse_depth(raw: bytes) -> None:
    """A cheap upper bound on nesting: brackets inside strings only make it stricter than needed past the limit."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_NESTING:
        return
    depth = 0
    text = iter(raw)
    inside = False
    for byte in text:
        if inside:
            if byte == BACKSLASH:
                next(text, None)
            elif byte == QUOTE:
                inside = False
        elif byte == QUOTE:
            inside = True
        elif byte in OPENING:
            depth += 1
            if depth > MAX_NESTING:
                raise WireError("nested too deeply")
        elif byte in CLOSING:
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise WireError("a name is given twice")
    return result


def _no_constants(name: str) -> NoReturn:
    raise WireError(f"{name} is not JSON")


def widen(wire: socket.socket) -> None:
    """Large socket buffers: a state dict of 45 MB then takes few round trips through the scheduler."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        wire.setsockopt(socket.SOL_SOCKET, option, SOCKET_BYTES)


def adopt(descriptor: int) -> socket.socket:
    """A socket object for an inherited descriptor, which it then owns."""
    os.set_inheritable(descriptor, False)
    return socket.socket(fileno=descriptor)
