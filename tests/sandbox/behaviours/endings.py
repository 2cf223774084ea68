"""How boxes end, and that nothing of them is left."""

import pytest

from grading.domain.errors import BadReply, Died, Raised, RubricFault
from tests.sandbox.conformance import Backend, behaviour


@behaviour
def names_every_way_to_die(backend: Backend) -> None:
    """Exit, abort, a crash and a killed self are the student's, each named; asking to exit is only an exception."""
    source = """
        import ctypes, os, signal, sys
        def leaves(): os._exit(0)
        def aborts(): os.abort()
        def crashes(): ctypes.string_at(0)
        def kills(): os.kill(os.getpid(), signal.SIGKILL); signal.pause()
        def asks(): sys.exit("bye")
        """
    for name, word in (("leaves", "status 0"), ("aborts", "SIGABRT"), ("crashes", "SIGSEGV"), ("kills", "SIGKILL")):
        with backend.box(source) as box, pytest.raises(Died, match=word):
            box.call(name)
    with backend.box(source) as box:
        with pytest.raises(Raised) as seen:
            box.call("asks")

        assert seen.value.exception == "SystemExit"
        assert not box.spent


@behaviour
def leaves_nothing_behind(backend: Backend) -> None:
    """Threads, children, daemons: all dead when the box has ended."""
    source = """
        import os, threading, time
        def work():
            while True: time.sleep(0.01)
        def f():
            for _ in range(3):
                threading.Thread(target=work).start()
            try:
                if os.fork() == 0:
                    os.setsid()
                    if os.fork(): os._exit(0)
                    work()
            except PermissionError:
                pass
            return 1
        """
    with backend.box(source) as box:
        assert box.call("f") == 1
        assert backend.students()

    assert backend.all_students_gone()


@behaviour
def may_start_processes(backend: Backend) -> None:
    """A program may use worker processes, and they end with the box."""
    source = """
        import os
        def f():
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.write(writer, b"child"); os._exit(0)
            os.wait()
            return os.read(reader, 5).decode()
        """
    with backend.box(source) as box:
        assert box.call("f") == "child"


@behaviour
def ends_when_told(backend: Backend) -> None:
    """The end is clean, says what was used, and may be said twice."""
    box = backend.box("def f(): return sum(range(1000))")
    box.call("f")
    ended = box.end()

    assert ended.cause == "ended"
    assert ended.peak_bytes > 1 << 20
    assert box.end() == ended
    with pytest.raises(RubricFault):
        box.call("f")
    assert backend.all_students_gone()


@behaviour
def ends_a_box_that_nobody_holds(backend: Backend) -> None:
    """A judge that dies closes its sockets, and the box goes with them, looping or not."""
    box = backend.box("import threading\ndef w():\n    while True: pass\ndef f(): threading.Thread(target=w).start()")
    box.call("f")
    box._end_quietly()

    assert backend.all_students_gone()


@behaviour
def spends_a_box_that_forges(backend: Backend) -> None:
    """Bytes written to the wire by the student's own hand end the box as a bad reply, whatever they say."""
    source = """
        import os, stat, struct, json
        def wires():
            return [fd for fd in range(3, 64) if _is_socket(fd)]
        def _is_socket(fd):
            try: return stat.S_ISSOCK(os.fstat(fd).st_mode)
            except OSError: return False
        def garbage():
            for fd in wires(): os.write(fd, b"\\xff" * 64)
            return 1
        def answer():
            text = json.dumps({"__metadata__": {"message": json.dumps({"a": 999, "value": 1})}}).encode()
            for fd in wires(): os.write(fd, struct.pack(">Q", 8 + len(text)) + struct.pack("<Q", len(text)) + text)
            return 1
        """
    for name in ("garbage", "answer"):
        with backend.box(source) as box:
            with pytest.raises(BadReply):
                box.call(name)

            assert box.spent
