"""Time, memory, processes and files: what a program may use, and what becomes of one that takes more."""

import time

import pytest

from grading.domain.errors import AnswerFault, BadReply, Died, Overran, Raised
from tests.sandbox.conformance import SOON_S, Backend, behaviour


@behaviour
def ends_an_endless_loop_at_its_deadline(backend: Backend) -> None:
    """A call without an answer is the student's overrun; the box is spent, and says the same again."""
    with backend.box("def f():\n    while True: pass", call_s=0.5) as box:
        began = time.monotonic()
        with pytest.raises(Overran):
            box.call("f")

        assert time.monotonic() - began < 0.5 + SOON_S
        assert box.spent
        with pytest.raises(Overran):
            box.call("f")


@behaviour
def ends_a_loop_that_swallows_everything(backend: Backend) -> None:
    """A cell that catches whatever stops it is killed, and the box with it."""
    source = """
        import signal
        def f():
            for number in range(1, 32):
                try: signal.signal(number, signal.SIG_IGN)
                except OSError: pass
            while True:
                try:
                    while True: pass
                except BaseException: pass
        """
    with backend.box(source, call_s=0.5) as box, pytest.raises(Overran):
        box.call("f")

    assert backend.all_students_gone()


@behaviour
def ends_a_stopped_program_at_its_deadline(backend: Backend) -> None:
    """A program that stops itself, or its child, is no less gone than one that runs."""
    source = """
        import os, signal
        def itself(): os.kill(os.getpid(), signal.SIGSTOP)
        def its_child():
            try:
                if os.fork() == 0: os.kill(os.getpid(), signal.SIGSTOP)
            except PermissionError: pass
            signal.pause()
        """
    for name in ("itself", "its_child"):
        with backend.box(source, call_s=0.5) as box, pytest.raises(Overran):
            began = time.monotonic()
            box.call(name)

        assert backend.all_students_gone()
        assert time.monotonic() - began < 0.5 + 2 * SOON_S


@behaviour
def stops_a_cell_at_its_time_and_goes_on(backend: Backend) -> None:
    """A looping cell is stopped softly; the next one runs."""
    with backend.bare("while True: pass", "def f(): return 2") as box:
        result = box.run_unit(0, timeout_s=0.5)

        assert result.overran
        assert not box.run_unit(1).overran
        assert box.call("f") == 2


@behaviour
def charges_the_part_once(backend: Backend) -> None:
    """When the part's time is used up no further question costs any."""
    with backend.box("import time\ndef f(): time.sleep(1.5)", part_s=1.0) as box:
        with pytest.raises(Overran):
            box.call("f")
        began = time.monotonic()
        with pytest.raises(Overran):
            box.call("f")

        assert time.monotonic() - began < 0.5


@behaviour
def refuses_memory_without_end(backend: Backend) -> None:
    """However it is taken, memory beyond the limit raises in the student's code or ends the box."""
    ways = {
        "list": "kept = []\n    while True: kept.append(bytearray(1 << 20))",
        "numpy": "import numpy as np\n    kept = []\n    while True: kept.append(np.ones(1 << 20))",
        "shared": "import mmap\n    kept = []\n    while True:\n        m = mmap.mmap(-1, 1 << 24)\n"
        "        for i in range(0, 1 << 24, 4096): m[i] = 1\n        kept.append(m)",
        "memfd": "import os\n    kept = []\n    while True:\n        fd = os.memfd_create('m')\n"
        "        os.write(fd, bytes(7 << 20))\n        kept.append(fd)",
    }
    for name, way in ways.items():
        with backend.box(f"def f():\n    {way}", call_s=20.0) as box:
            with pytest.raises((Raised, Died)) as seen:
                box.call("f")

            assert isinstance(seen.value, Died) or seen.value.exception in (
                "MemoryError",
                "_ArrayMemoryError",
                "OSError",
            ), name


@behaviour
def ends_a_box_that_holds_too_much(backend: Backend) -> None:
    """Memory that no limit of a process counts, being shared: what is resident is counted, and the box ends."""
    source = """
        import mmap, time
        def f():
            kept = mmap.mmap(-1, 400 << 20)
            for i in range(0, len(kept), 4096): kept[i] = 1
            time.sleep(60)
        """
    with backend.box(source, call_s=30.0) as box, pytest.raises(Died, match="MiB of memory"):
        box.call("f")

    assert backend.all_students_gone()


@behaviour
def counts_memory_of_all_processes(backend: Backend) -> None:
    """Memory split over children counts together, and the box ends when it is too much."""
    source = """
        import os, time
        def f():
            for _ in range(8):
                try:
                    if os.fork() == 0:
                        kept = bytearray(100 << 20)
                        for i in range(0, len(kept), 4096): kept[i] = 1
                        time.sleep(60)
                except PermissionError:
                    raise MemoryError("may not")
            time.sleep(60)
        """
    with backend.box(source, call_s=20.0) as box:
        with pytest.raises((Died, Raised)) as seen:
            box.call("f")

        assert not isinstance(seen.value, Raised) or seen.value.exception == "MemoryError"
    assert backend.all_students_gone()


@behaviour
def survives_a_fork_bomb(backend: Backend) -> None:
    """Processes without end are refused, and nothing of them is left."""
    source = """
        import os
        def f():
            while True:
                os.fork()
        """
    with backend.box(source, call_s=2.0) as box, pytest.raises(AnswerFault):
        box.call("f")

    assert backend.all_students_gone()


@behaviour
def survives_a_thread_bomb(backend: Backend) -> None:
    """Threads without end are refused with an exception, or the box ends."""
    source = """
        import threading, time
        def f():
            while True:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        """
    with backend.box(source, call_s=5.0) as box, pytest.raises(AnswerFault):
        box.call("f")

    assert backend.all_students_gone()


@behaviour
def bounds_the_disk(backend: Backend) -> None:
    """Neither one file nor many fill more than the box's own small disk."""
    source = """
        import os
        def one():
            with open("big", "wb") as f:
                for _ in range(64):
                    f.write(bytes(1 << 20))
        def many():
            for i in range(64):
                with open(f"part{i}", "wb") as f:
                    f.write(bytes(1 << 20))
            import time; time.sleep(3)
        """
    for name in ("one", "many"):
        with backend.box(source) as box:
            with pytest.raises((Raised, Died)) as seen:
                box.call(name)

            assert isinstance(seen.value, Died) or seen.value.exception == "OSError"


@behaviour
def refuses_an_answer_too_large(backend: Backend) -> None:
    """An answer beyond the frame's limit is a bad reply, read no further."""
    with backend.box("import numpy as np\ndef f(): return np.zeros(1 << 21)") as box, pytest.raises(BadReply):
        box.call("f")
