"""Frames: what is sent arrives; whatever else arrives is a house fault."""

import contextlib
import json
import socket
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.domain.errors import HouseFault
from grading.judge import frames
from grading.judge.frames import Frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def received(content: bytes) -> Frame:
    """What the reader makes of these bytes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writer = Thread(target=lambda: (ours.sendall(content), ours.close()))
        writer.start()
        try:
            return frames.receive(theirs)
        finally:
            writer.join()


@settings(deadline=None)
@given(st.dictionaries(st.text(), JSON, max_size=4), st.lists(st.binary(max_size=100), max_size=4))
def test_what_is_sent_arrives(message, blobs):
    """Any JSON and any bytes come out as they went in."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames.send(ours, Frame(message, tuple(blobs)))

        assert frames.receive(theirs) == Frame(message, tuple(blobs))


@settings(deadline=None)  # a busy machine takes as long as it takes
@given(st.binary(max_size=200))
def test_noise_is_a_house_fault(content):
    """No sequence of bytes gets anything but a frame or a HouseFault out of the reader."""
    with contextlib.suppress(HouseFault):
        assert isinstance(received(content), Frame)


@pytest.mark.parametrize(
    "header",
    [
        {"message": {}, "blobs": [-1]},
        {"message": {}, "blobs": [True]},
        {"message": {}, "blobs": [1 << 40]},
        {"message": [], "blobs": []},
        {"message": {}, "blobs": {"0": 1}},
        {"message": {}},
        [],
    ],
)
def test_implausible_headers_are_refused(header):
    """A header of another form, or of absurd lengths, allocates nothing."""
    content = json.dumps(header).encode()
    with pytest.raises(HouseFault):
        received(len(content).to_bytes(4, "big") + content)
