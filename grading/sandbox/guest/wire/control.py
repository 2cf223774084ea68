"""Small messages between our own processes: one JSON object a packet, with descriptors beside it."""

import array
import contextlib
import json
import os
import socket
from typing import Any

MAX_BYTES = 60_000
MAX_DESCRIPTORS = 8


class Gone(Exception):  # noqa: N818 - a fact about the other side
    """The other side closed the socket."""


def send(channel: socket.socket, body: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """One packet; atomic, so several processes may share the socket.

    Raises:
        Gone: nobody is there.
    """
    ancillary = []
    if descriptors:
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors).tobytes())]
    try:
        channel.sendmsg([json.dumps(body).encode()], ancillary)
    except (BrokenPipeError, ConnectionError, TimeoutError) as fault:
        raise Gone(str(fault)) from None


def receive(channel: socket.socket, *, wait: bool = True) -> tuple[dict[str, Any], list[int]]:
    """One packet and the descriptors that came with it, which the caller owns.

    Raises:
        Gone: end of file, or something that is no packet of ours.
        BlockingIOError: without `wait`, nothing is there.
    """
    size = array.array("i").itemsize * MAX_DESCRIPTORS
    try:
        data, ancillary, _, _ = channel.recvmsg(MAX_BYTES, socket.CMSG_SPACE(size), 0 if wait else socket.MSG_DONTWAIT)
    except (ConnectionError, TimeoutError) as fault:
        raise Gone(str(fault)) from None
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    try:
        body = json.loads(data) if data else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        close(list(descriptors))
        raise Gone("end of file" if not data else "not a message")
    return body, list(descriptors)


def close(descriptors: list[int]) -> None:
    """Close them all, whatever happens."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
