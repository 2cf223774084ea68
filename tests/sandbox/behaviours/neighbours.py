"""One box and the next: neither feels the other."""

import pytest

from grading.domain.errors import AnswerFault, Raised
from tests.sandbox.conformance import Backend, behaviour


@behaviour
def starts_every_box_anew(backend: Backend) -> None:
    """What one program changes, the next does not see."""
    source = """
        import builtins, os, random, sys, warnings
        import numpy as np
        def spoil():
            np.set_printoptions(precision=1); np.seterr(all="raise"); np.float64 = None
            os.mkdir("deep"); os.chdir("deep"); os.umask(0o777); os.environ["SPOILT"] = "1"
            sys.setrecursionlimit(500); warnings.simplefilter("error"); builtins.round = lambda _: 3
            random.random = lambda: 4; sys.path[:] = []; sys.modules["math"] = None; open("left", "w").close()
            return 1
        def state():
            return [repr(np.float64(1) / 3), str(np.geterr()), os.getcwd()[-5:], os.environ.get("SPOILT"),
                    sys.getrecursionlimit(), round(1.2), random.random(), os.listdir("."), len(sys.path) > 1]
        """
    with backend.box(source) as fresh:
        before = fresh.call("state")
    with backend.box(source) as spoilt:
        assert spoilt.call("spoil") == 1
        with backend.box(source) as beside:
            assert before == beside.call("state")
    with backend.box(source) as after:
        assert before == after.call("state")


@behaviour
def seeds_every_box(backend: Backend) -> None:
    """The same seed gives the same random numbers, another seed others."""
    source = "import random, numpy as np\ndef f(): return [random.random(), float(np.random.rand())]"
    drawn = []
    for seed in (7, 7, 8):
        with backend.box(source, seed=seed) as box:
            drawn.append(box.call("f"))

    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]
    assert drawn[0][1] != drawn[2][1]


@behaviour
def harms_no_neighbour(backend: Backend) -> None:
    """A box that kills, fills and crashes all it can leaves the one beside it, and the next, as they were."""
    source = """
        import ctypes, os, signal, sys
        def fine(): return 1
        def shoots():
            for pid in (-1, 0, os.getppid(), 1, os.getpgrp(), -os.getpgrp()):
                try: os.kill(pid, signal.SIGKILL)
                except OSError: pass
            os._exit(0)
        def traces():
            ctypes.CDLL(None).ptrace(0, 0, 0, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            return 1
        def eats():
            kept = []
            while True: kept.append(bytearray(b"x" * (1 << 24)))
        """
    with backend.box(source) as neighbour:
        for name in ("shoots", "traces", "eats"):
            with backend.box(source, call_s=1.5) as box, pytest.raises(AnswerFault):
                box.call(name)

            assert neighbour.call("fine") == 1
    with backend.box(source) as following:
        assert following.call("fine") == 1


@behaviour
def gives_files_to_the_program(backend: Backend) -> None:
    """Support files lie beside the program, can be imported and read, and not changed."""
    with backend.box(
        "import helper\ndef f(): return helper.x, open('data/a.txt').read()\ndef g(): open('helper.py', 'w')",
        files={"helper.py": b"x = 4", "data/a.txt": b"text"},
    ) as box:
        assert box.call("f") == (4, "text")
        with pytest.raises(Raised):
            box.call("g")
