"""How a box came to its end, by the warden's word, and whose fault that was."""

import contextlib
import select
import socket
from dataclasses import replace
from typing import Final, get_args

from grading.domain.assignment import Limits
from grading.domain.errors import ChainruleError, Died, HouseFault, Overran
from grading.domain.report import Integrity
from grading.sandbox import admit
from grading.sandbox.answers import Cause, Ended
from grading.sandbox.guest.wire import control

CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)

# By these a program dies of its own mistakes; any other, somebody in the box sent.
CRASHES: Final = frozenset({"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGXFSZ", "SIGPIPE"})


class Lifeline:
    """The host's end of the line to the warden: closing it ends the box, and the warden's last word comes over it.

    The warden's process holds no student code, but its words quote what became of one: they are admitted all the same.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def last_word(self, timeout_s: float, *, silence: Cause = "unknown") -> Ended:
        """What the warden says about the end.

        Args:
            timeout_s: how long to wait for it.
            silence: the cause where the warden lives and says nothing: to its knowledge the box lives on.
        """
        unknown = Ended("unknown", "the warden said nothing", cpu_s=0.0, peak_bytes=0)
        try:
            ear = select.poll()
            ear.register(self._line, select.POLLIN)
            if not ear.poll(1000 * max(timeout_s, 0.001)):
                return replace(unknown, cause=silence)
            self._line.settimeout(max(timeout_s, 0.001))
            body, _ = control.receive(self._line)
        except (control.Gone, OSError):
            return unknown
        cause = next((cause for cause in CAUSES if body.get("ended") == cause), None)
        if cause is None:
            return unknown
        cpu_s, peak = admit.number(body.get("cpu_s")), int(admit.number(body.get("peak_bytes")))
        company = int(admit.number(body.get("company")))
        return Ended(cause, admit.text(body.get("detail"), 200), cpu_s, peak, company)

    def hang_up(self, timeout_s: float) -> Ended:
        """Say that nobody needs the box any more: the warden kills what is left, and says what it was."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)
        return self.last_word(timeout_s)

    def close(self) -> None:
        """Hang up for good: the warden kills what is left, and its last word is lost."""
        with contextlib.suppress(OSError):
            self._line.close()


def fault_of(ended: Ended, limits: Limits) -> ChainruleError:
    """The declared error for a box that ended before it answered."""
    match ended.cause:
        case "house" | "unknown":
            return HouseFault(f"the sandbox lost a box: {ended.detail}")
        case "cpu" | "deadline":
            return Overran("used up its time and was stopped")
        case cause:
            return Died(
                {
                    "memory": f"used more than {limits.memory_bytes >> 20} MiB of memory and was stopped",
                    "disk": f"wrote more than {limits.file_bytes >> 20} MiB of files and was stopped",
                    "signal": f"crashed ({ended.detail}) before it answered",
                    "exit": f"ended the program itself (exit status {ended.detail}) before it answered",
                }.get(cause, "closed its connection before it answered")
            )


def suspicion_of(ended: Ended) -> Integrity | None:
    """What staff should look at in an end that the program brought about itself; nobody was left inside to note it."""
    match ended.cause:
        case "signal" if ended.detail not in CRASHES:
            return Integrity("signal", f"the program's process was ended by {ended.detail}, from inside its box")
        case "exit":
            return Integrity("exit", f"the program ended its own process, with status {ended.detail}")
        case "closed":
            return Integrity("forged-reply", "the program closed the connection that it is asked over")
        case "memory" | "deadline" | "cpu" | "disk" if ended.company > 0:
            # What it had to say of itself went with it.
            return Integrity("process", f"the program started {ended.company} processes of its own")
        case _:
            return None
