"""Attempts that can be seen from inside are noted for staff. Nothing depends on it: the boundary is elsewhere."""

import os
import sys
import types
from typing import Any, Final

from ..confinement import view
from ..program.state import ProgramState

SECRET_PATHS: Final = ("/etc/shadow", "/proc/1/", "/root", "/var/run", "/run/", "/sys/fs/cgroup", "/proc/self/mem")
DESCRIPTORS: Final = ("/proc/self/fd", "/dev/fd")
# Laid in every home: nobody needs them, and their text is this box's own. The host knows it again when it comes out.
BAIT: Final = ("/.netrc", "/.ssh/id_rsa")
PATHS: Final = frozenset({"open", "os.listdir", "os.scandir"})

# Libraries do these as well: they are noted only where the student's own line does them.
OWN_LINES: Final = {
    "sys._getframe": "frame-walk",
    "sys._current_frames": "frame-walk",
    "sys.settrace": "frame-walk",
    "gc.get_objects": "frame-walk",
    "gc.get_referrers": "frame-walk",
    "ctypes.dlopen": "ctypes",
}
ANYWHERE: Final = {
    "socket.connect": "network",
    "socket.bind": "network",
    "socket.getaddrinfo": "network",
    "socket.gethostbyname": "network",
    "socket.sendto": "network",
    "socket.sendmsg": "network",
    "os.fork": "process",
    "os.forkpty": "process",
    "os.exec": "process",
    "os.posix_spawn": "process",
    "os.system": "process",
    "subprocess.Popen": "process",
    "os.kill": "signal",
}


def lay_bait(home: str, text: str) -> None:
    """Files that look as if they were worth a look."""
    for path in BAIT:
        os.makedirs(os.path.dirname(home + path), exist_ok=True)
        with open(home + path, "w", encoding="ascii") as file:
            file.write(f"machine chainrule login grader password {text}\n")


def install(program: ProgramState) -> None:
    """Start listening to the interpreter's audit events. It cannot be undone, and is not needed to be."""
    getframe = sys._getframe  # noqa: SLF001 - the caller's file decides whether it is the student's doing
    ours = tuple(f"{path}/" for path in view.interpreter_paths())
    listening = True

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal listening
        # Looking at frames is an event itself.
        if not listening:
            return
        listening = False
        try:
            if event in PATHS:
                _look_at_path(program, arguments[0], ours)
            elif event in ANYWHERE:
                program.suspect(ANYWHERE[event], _detail(event, arguments))
            elif event in OWN_LINES and _is_own_line(getframe(1), event):
                program.suspect(OWN_LINES[event], event)
        except Exception:  # noqa: S110 - a hook that raises changes what the student's program does
            pass
        finally:
            listening = True

    sys.addaudithook(listen)


def _is_own_line(frame: types.FrameType, event: str) -> bool:
    """Whether the student's source raised the event: itself, or for a C library through `ctypes`' constructor."""
    asking: types.FrameType | None = frame
    if event == "ctypes.dlopen":
        asking = frame.f_back
    name = asking.f_code.co_filename if asking is not None else ""
    return name.startswith("<") and not name.startswith(("<frozen", "<string", "<__array"))


def _detail(event: str, arguments: tuple[Any, ...]) -> str:
    if event == "os.kill":
        return f"signal {arguments[1]} to process {arguments[0]}"
    return event


def _look_at_path(program: ProgramState, path: object, ours: tuple[str, ...]) -> None:
    if not isinstance(path, str) or path.startswith(ours):
        return
    if path.endswith(BAIT):
        program.suspect("canary-file", path[:200])
    elif path.startswith(SECRET_PATHS):
        program.suspect("forbidden-path", path[:200])
    elif path.startswith(DESCRIPTORS):
        program.suspect("descriptor-probe", path[:200])
