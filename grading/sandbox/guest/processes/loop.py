"""One thread's wait for many sockets: who is called when something can be read."""

import contextlib
import os
import select
import socket
from collections.abc import Callable


class Loop:
    """A poll set and its handlers."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[], None]] = {}

    def listen(self, channel: socket.socket | int, handler: Callable[[], None]) -> None:
        """Call `handler` when something can be read, or the other side is gone; of a pidfd, when the process is."""
        self._handlers[_number(channel)] = handler
        self._poll.register(channel, select.POLLIN)

    def mute(self, channel: socket.socket | int) -> None:
        """Stop listening; the channel stays open."""
        self._handlers.pop(_number(channel), None)
        with contextlib.suppress(KeyError, ValueError):
            self._poll.unregister(channel)

    def forget(self, channel: socket.socket | int) -> None:
        """Stop listening, and close."""
        if _number(channel) < 0:
            return
        self.mute(channel)
        if isinstance(channel, socket.socket):
            channel.close()
        else:
            with contextlib.suppress(OSError):
                os.close(channel)

    def turn(self, timeout_s: float) -> bool:
        """Wait once and call whoever has something to read. False where nobody had in time."""
        events = self._poll.poll(timeout_s * 1000)
        for descriptor, _ in events:
            handler = self._handlers.get(descriptor)
            if handler is not None:
                # An earlier handler of this round may have closed the descriptor, and its number may be in use again.
                with contextlib.suppress(BlockingIOError):
                    handler()
        return bool(events)


def _number(channel: socket.socket | int) -> int:
    return channel if isinstance(channel, int) else channel.fileno()
