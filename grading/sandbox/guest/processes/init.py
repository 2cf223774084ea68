"""PID 1 of a box: owns its namespaces and mounts, reaps orphans, and dies when the warden says so or is gone.

Some are made in advance, so that a submission does not wait for namespaces and mounts.
"""

import os
import signal
import socket
from typing import NoReturn

from ..confinement import layers, syscalls, view
from ..wire import control


def start(tether: socket.socket, *, inner_root: bool, file_bytes: int, granted: bool) -> NoReturn:
    """In a fresh child of the warden: become a builder, whose child is the init. Never returns.

    The builder unshares everything and waits until the warden has written the maps of its user namespace: only a
    process outside may map more than one user. Then it forks, so that the child is the first of the pid namespace.

    Args:
        tether: to the warden.
        inner_root: whether the box has a uid 0 of its own for the set-up, apart from the student's.
        file_bytes: of its private folders, to begin with.
        granted: whether it gets the granted devices.
    """
    try:
        syscalls.name_process("chainrule-init")
        syscalls.unshare(layers.all_namespaces())
        control.send(tether, {"unshared": True})
        control.receive(tether)
        child = os.fork()
        if child:
            control.send(tether, {"init": child})
            os._exit(0)
        _live(tether, inner_root=inner_root, file_bytes=file_bytes, granted=granted)
    except control.Gone:
        pass
    except BaseException as fault:
        control.send(tether, {"fault": f"{type(fault).__name__}: {fault}"})
    os._exit(1)


def _live(tether: socket.socket, *, inner_root: bool, file_bytes: int, granted: bool) -> None:
    if inner_root:
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
    # The namespace's first process gets no signal that it does not handle, from inside; children are reaped unseen.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    view.lay(file_bytes=file_bytes, uid=layers.INNER_ID, gid=layers.INNER_ID, granted=granted)
    socket.sethostname("box")
    control.send(tether, {"laid": True})
    while True:
        body, _ = control.receive(tether)
        if "file_bytes" in body:
            view.resize(int(body["file_bytes"]))
            control.send(tether, {"sized": True})
