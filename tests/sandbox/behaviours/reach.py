"""What a student's program can reach: nothing that is not its own."""

import os
import socket
from pathlib import Path

import numpy as np
import pytest

from grading.domain.errors import Raised
from tests.sandbox.conformance import CANARY, Backend, behaviour


@behaviour
def has_no_network(backend: Backend) -> None:
    """Nothing that listens on this machine hears of a box: not by TCP, UDP, or a socket file, named or abstract."""
    path = backend.state / "socket"
    listeners = {
        "tcp": socket.create_server(("127.0.0.1", 0)),
        "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "abstract": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    }
    listeners["udp"].bind(("127.0.0.1", 0))
    listeners["unix"].bind(str(path))
    path.chmod(0o777)
    listeners["abstract"].bind(f"\0chainrule-{os.getpid()}")
    listeners["unix"].listen()
    listeners["abstract"].listen()
    source = """
        import socket
        def tcp(port): socket.create_connection(("127.0.0.1", port), 1).sendall(b"x")
        def udp(port): socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
        def six(port): socket.create_connection(("::1", port), 1).sendall(b"x")
        def unix(name): socket.socket(socket.AF_UNIX).connect(name)
        """
    try:
        with backend.box(source) as box:
            for name, address in (
                ("tcp", listeners["tcp"].getsockname()[1]),
                ("six", listeners["tcp"].getsockname()[1]),
                ("udp", listeners["udp"].getsockname()[1]),
                ("unix", str(path)),
                ("unix", f"\0chainrule-{os.getpid()}"),
            ):
                with pytest.raises(Raised):
                    box.call(name, address)
        for listener in listeners.values():
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
    finally:
        for listener in listeners.values():
            listener.close()


@behaviour
def has_no_environment_of_ours(backend: Backend) -> None:
    """Neither the student's environment nor any that it can read in /proc holds a variable of the service."""
    source = """
        import os, glob
        def f():
            seen = [repr(dict(os.environ))]
            for path in glob.glob("/proc/[0-9]*/environ") + ["/proc/self/environ", "/proc/1/environ"]:
                try:
                    with open(path, "rb") as file: seen.append(repr(file.read()))
                except OSError: pass
            return seen
        """
    with backend.box(source) as box:
        seen = box.call("f")

        assert any("PATH" in text for text in seen)
        assert not any(CANARY in text for text in seen)


@behaviour
def inherits_no_descriptor(backend: Backend) -> None:
    """Only the standard streams, the wire and the pipe of what is printed are open."""
    source = """
        import os
        def f():
            found = {}
            for fd in range(1024):
                try: found[fd] = os.readlink(f"/proc/self/fd/{fd}")
                except OSError: pass
            return found
        """
    with backend.box(source) as box:
        found = box.call("f")

        assert {"socket", "pipe", "/dev/null"} >= {target.partition(":")[0] for target in found.values()}, found
        assert sum(target.startswith("socket") for target in found.values()) == 1
        assert len(found) <= 5


@behaviour
def has_a_temporary_folder_of_its_own(backend: Backend) -> None:
    """Temporary files work, and are seen by neither the host nor the next box."""
    source = """
        import os, tempfile
        def put():
            file = tempfile.NamedTemporaryFile(prefix="mark-", delete=False)
            file.write(b"x"); file.close()
            return file.name
        def look():
            seen = []
            for folder in (tempfile.gettempdir(), "/tmp", "/dev/shm", "/var/tmp", "."):
                try: seen += os.listdir(folder)
                except OSError: pass
            return seen
        """
    (backend.state / "mark-host").write_text(CANARY)
    with backend.box(source) as first, backend.box(source) as second:
        name = first.call("put")

        assert Path(name).name in first.call("look")
        assert Path(name).name not in second.call("look")
        assert not [entry for entry in second.call("look") if "mark-host" in entry or "pytest" in entry]
        assert backend.sandbox.tier.value != "full" or not Path(name).exists()


@behaviour
def shows_a_view_that_cannot_be_written(backend: Backend) -> None:
    """No file outside the box's own folders can be made, changed, or made executable."""
    source = """
        import os, sys
        def f(folders):
            written = []
            for folder in folders:
                for name in ("chainrule-test", "__init__.py"):
                    path = os.path.join(folder, name)
                    try:
                        with open(path, "ab"): written.append(path)
                    except OSError: pass
                    try: os.chmod(path, 0o640)
                    except OSError: pass
                    try:
                        os.mkdir(path + ".d"); written.append(path)
                    except OSError: pass
            return written
        """
    guest = backend.repository / "grading" / "sandbox" / "guest"
    folders = [
        str(Path(np.__file__).parent),
        str(Path(os.__file__).parent),
        str(guest),
        "/usr/lib",
        "/etc",
        "/",
        "/proc",
    ]
    before = (guest / "__init__.py").stat()
    with backend.box(source) as box:
        assert box.call("f", folders) == []
    after = (guest / "__init__.py").stat()

    assert (before.st_mode, before.st_mtime) == (after.st_mode, after.st_mtime)
    assert not list(guest.glob("chainrule-test*"))


@behaviour
def shows_no_file_of_ours(backend: Backend) -> None:
    """Of the repository only the guest's folder can be read; of the service's state nothing."""
    source = """
        import os
        def f(roots, skipped):
            found = []
            for root in roots:
                for folder, folders, files in os.walk(root):
                    folders[:] = [d for d in folders if os.path.join(folder, d) not in skipped]
                    for name in files:
                        try:
                            with open(os.path.join(folder, name), "rb") as file: file.read(1)
                            found.append(os.path.join(folder, name))
                        except OSError: pass
            return found
        def reads(paths):
            found = []
            for path in paths:
                try:
                    with open(path, "rb") as file: file.read(1)
                    found.append(path)
                except OSError: pass
            return found
        """
    guest = str(backend.repository / "grading" / "sandbox" / "guest")
    private = [
        str(backend.repository / name) for name in ("pyproject.toml", "grading/pipeline.py", "grading/sandbox/host.py")
    ]
    with backend.box(source) as box:
        found = box.call("f", [str(backend.repository), str(backend.state)], [str(backend.repository / ".venv")])

        assert [path for path in found if not path.startswith(guest)] == []
        assert box.call("reads", [*private, str(backend.state / "database"), "/etc/shadow", "/etc/hostname"]) == []


@behaviour
def sees_no_other_process(backend: Backend) -> None:
    """A box cannot list, read, signal or limit processes that are not its own."""
    source = """
        import os, resource
        def pids():
            try: return [int(p) for p in os.listdir("/proc") if p.isdigit()]
            except OSError: return []
        def signals(pid):
            os.kill(pid, 0)
        def limits(pid): resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))
        def reads(pid):
            with open(f"/proc/{pid}/cmdline", "rb") as file: return file.read()
        def steers(pid): os.sched_setaffinity(pid, {0})
        def slows(pid): os.setpriority(os.PRIO_PROCESS, pid, 19)
        """
    with backend.box(source) as neighbour:
        before = backend.students()
        with backend.box(source) as box:
            own = box.call("pids")
            assert len(own) <= 3
            # In a container our own numbers are small, and a box of its own namespace may have the same ones again.
            for pid in {os.getpid(), backend.sandbox.pid, *before} - set(own):
                for name in ("signals", "limits", "steers", "slows", "reads"):
                    with pytest.raises(Raised):
                        box.call(name, pid)
        assert len(neighbour.call("pids")) <= 3


@behaviour
def cannot_reach_more_of_the_kernel(backend: Backend) -> None:
    """Calls that steer other processes, mount, or load code into the kernel are refused."""
    source = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        NAMES = ("ptrace unshare mount umount2 setns chroot bpf keyctl "
                 "perf_event_open userfaultfd io_uring_setup").split()
        NUMBERS = {"x86_64": dict(zip(NAMES, (101, 272, 165, 166, 308, 161, 321, 250, 298, 323, 425))),
                   "aarch64": dict(zip(NAMES, (117, 97, 40, 39, 268, 51, 280, 219, 241, 282, 425)))}
        def f():
            went = []
            for name, number in NUMBERS[os.uname().machine].items():
                ctypes.set_errno(0)
                if libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
                    went.append((name, ctypes.get_errno()))
            return went
        """
    with backend.box(source) as box:
        assert box.call("f") == []


@behaviour
def has_no_privilege(backend: Backend) -> None:
    """No capability, no way to a new one, and nothing of the root user's where there are namespaces."""
    source = """
        import os
        def f():
            with open("/proc/self/status") as file:
                return {k: v.strip() for k, _, v in (line.partition(":") for line in file)}
        def change():
            os.setuid(0) if os.getuid() else os.setuid(12345)
        """
    with backend.box(source) as box:
        status = box.call("f")

        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            assert int(status[name], 16) == 0, name
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        with pytest.raises(Raised):
            box.call("change")


@behaviour
def could_not_be_given_a_privilege(backend: Backend) -> None:
    """The set that bounds all later ones is empty as well, so that this does not hang on no_new_privs alone."""
    source = """
        def f():
            with open("/proc/self/status") as file:
                return [line.split()[1] for line in file if line.startswith("CapBnd:")]
        """
    with backend.box(source) as box:
        assert [int(text, 16) for text in box.call("f")] == [0]
