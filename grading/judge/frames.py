"""Frames between judge and client: one JSON header and any number of raw byte strings.

::

    4 bytes   length of the header, big-endian
    header    {"message": …, "blobs": [length, length, …]} in UTF-8
    blobs     one after another

Both ends are ours, so a broken frame means that the other end died or that we erred: always a `HouseFault`.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grading.domain.errors import HouseFault
from grading.domain.report import Json

HEADER_BYTES = 64 << 20
BLOB_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Frame:
    """One message and the bytes that travel with it."""

    message: Mapping[str, Json]
    blobs: tuple[bytes, ...] = ()


def send(connection: socket.socket, frame: Frame) -> None:
    """Write one frame.

    Raises:
        HouseFault: the other end is gone, or did not read within the socket's timeout.
    """
    lengths: list[Json] = [len(blob) for blob in frame.blobs]
    header = json.dumps({"message": dict(frame.message), "blobs": lengths}, allow_nan=False).encode()
    try:
        connection.sendall(len(header).to_bytes(4, "big") + header)
        for blob in frame.blobs:
            connection.sendall(blob)
    except OSError as error:
        raise HouseFault(f"The judge's connection broke while sending: {error}. Grade again.") from error


def receive(connection: socket.socket) -> Frame:
    """Read one frame.

    Raises:
        HouseFault: the other end is gone, sent no frame within the socket's timeout, or sent something else.
    """
    size = int.from_bytes(_exactly(connection, 4), "big")
    if size > HEADER_BYTES:
        raise HouseFault(f"The judge's connection carries a header of {size} bytes. Grade again.")
    try:
        header = json.loads(_exactly(connection, size))
        message, lengths = header["message"], header["blobs"]
    except (ValueError, KeyError, TypeError) as error:
        raise HouseFault(f"The judge's connection carries no frame: {error}. Grade again.") from error
    if not isinstance(message, dict) or not _plausible(lengths):
        raise HouseFault("The judge's connection carries a frame of another form. Grade again.")
    return Frame(message, tuple(_exactly(connection, length) for length in lengths))


def _plausible(lengths: Sequence[object]) -> bool:
    if not isinstance(lengths, list) or not all(type(length) is int and length >= 0 for length in lengths):
        return False
    return sum(lengths) <= BLOB_BYTES


def _exactly(connection: socket.socket, count: int) -> bytes:
    buffer = bytearray(count)
    view, done = memoryview(buffer), 0
    while done < count:
        try:
            got = connection.recv_into(view[done:])
        except OSError as error:
            raise HouseFault(f"The judge's connection broke while reading: {error}. Grade again.") from error
        if got == 0:
            raise HouseFault("The judge ended before it answered. Grade again.")
        done += got
    return bytes(buffer)
