"""The wire of these tests does what it says: otherwise a storm would be a breeze."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from testing.servers import Wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A wire to a server that answers with what it hears."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                there, _ = server.accept()
                with there, contextlib.suppress(OSError):
                    while heard := there.recv(100):
                        there.sendall(heard)

    threading.Thread(target=answer, daemon=True).start()
    wire = Wire(server.getsockname()[1])
    yield wire
    wire.close()
    server.close()


def test_a_stalled_wire_keeps_what_was_sent_and_a_cut_one_loses_it(wire: Wire):
    """Whole, stalled, whole again, cut."""
    with socket.create_connection(("127.0.0.1", wire.port), timeout=20) as end:
        end.sendall(b"one")
        assert end.recv(10) == b"one"
        wire.stall()
        time.sleep(0.05)
        end.sendall(b"two")
        end.settimeout(0.1)
        with pytest.raises(TimeoutError):
            end.recv(10)
        wire.heal()
        end.settimeout(20)
        assert end.recv(10) == b"two"
        wire.cut()
        with contextlib.suppress(ConnectionError):
            assert end.recv(10) == b""
