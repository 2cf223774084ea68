"""What the student prints: kept up to a limit, counted beyond it. Nothing that it writes can fill or block anything."""

import contextlib
import io
import os
import sys
from collections.abc import Iterable

KEEP_BYTES = 1 << 16
PIPE_BYTES = 1 << 20
F_SETPIPE_SZ = 1031


class Printed(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr. `write` never fails and never blocks.

    Args:
        limit: characters kept between two `take`s, and ten times as many in the life of the box.
    """

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit
        self._left = limit * 10
        self._parts: list[str] = []
        self._kept = 0
        self._dropped = 0
        self._pipe = -1

    def write(self, text: str, /) -> int:
        """Keep what fits, count the rest."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        room = max(0, min(self._limit - self._kept, self._left))
        kept = text[:room]
        if kept:
            self._parts.append(kept)
            self._kept += len(kept)
            self._left -= len(kept)
        self._dropped += len(text) - len(kept)
        return len(text)

    def writelines(self, lines: Iterable[str], /) -> None:  # type: ignore[override]
        """As `write`, one by one."""
        for line in lines:
            self.write(line)

    def writable(self) -> bool:
        """Yes."""
        return True

    def isatty(self) -> bool:
        """No: progress bars then stay plain."""
        return False

    def fileno(self) -> int:
        """The descriptor behind, for libraries that ask."""
        return 1

    @property
    def buffer(self) -> "_Bytes":
        """For programs that write bytes."""
        return _Bytes(self)

    def mark(self) -> int:
        """A position for `since`."""
        self.drain()
        return len(self._parts)

    def since(self, mark: int) -> str:
        """What was kept after a `mark`."""
        self.drain()
        return "".join(self._parts[mark:])

    def take(self) -> str:
        """What was kept since the last time, with a note about what was not."""
        self.drain()
        text = "".join(self._parts)
        if self._dropped:
            text += f"\n[{self._dropped} more characters were not kept]\n"
        self._parts.clear()
        self._kept = self._dropped = 0
        return text

    def connect(self) -> None:
        """Point descriptors 1 and 2 at a pipe that never blocks, for what is written below Python."""
        import fcntl

        reader, writer = os.pipe2(os.O_NONBLOCK)
        # An unprivileged user's pipes may be smaller; what does not fit is refused to the writer.
        with contextlib.suppress(OSError):
            fcntl.fcntl(writer, F_SETPIPE_SZ, PIPE_BYTES)
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        os.close(writer)
        self._pipe = reader
        sys.stdout = sys.stderr = self
        sys.__stdout__ = sys.__stderr__ = self  # type: ignore[misc,assignment]

    def drain(self) -> None:
        """Take in what was written to the descriptors."""
        if self._pipe < 0:
            return
        pipe, self._pipe = self._pipe, -1
        try:
            for _ in range(PIPE_BYTES // KEEP_BYTES + 1):
                data = os.read(pipe, KEEP_BYTES)
                if not data:
                    return
                self.write(data.decode("utf-8", "replace"))
        except BlockingIOError:
            self._pipe = pipe
        except OSError:
            return  # the student closed it: nothing more will come
        else:
            self._pipe = pipe


class _Bytes(io.RawIOBase):
    """sys.stdout.buffer."""

    def __init__(self, text: Printed) -> None:
        super().__init__()
        self._text = text

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """As text."""
        raw = bytes(data)
        self._text.write(raw.decode("utf-8", "replace"))
        return len(raw)

    def writable(self) -> bool:
        """Yes."""
        return True
