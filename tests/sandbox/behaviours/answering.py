"""Answering a question: values, handles, declared faults."""

import numpy as np
import pytest

from grading.domain.errors import Died, Missing, Raised, RubricFault
from grading.sandbox import Handle
from tests.sandbox.conformance import LIMITS, Backend, behaviour


@behaviour
def answers_a_call(backend: Backend) -> None:
    """A function is called with data, and its answer comes back as plain data."""
    with backend.box("def double(x, plus=0):\n    return {'sum': 2 * x + plus, 'n': (1, None, 'é')}") as box:
        answer = box.call("double", np.arange(3.0), plus=1)

        np.testing.assert_array_equal([1.0, 3.0, 5.0], answer["sum"], strict=True)
        assert answer["n"] == (1, None, "é")


@behaviour
def is_ready_before_student_code_runs(backend: Backend) -> None:
    """Code that ends the process at once is the student's fault: the box had started."""
    with backend.bare("import os\nos._exit(7)") as box:
        with pytest.raises(Died, match="exit status 7"):
            box.load()

        assert box.spent


@behaviour
def carries_handles(backend: Backend) -> None:
    """Objects stay in the box, are called, asked and passed back by handle, and can be forgotten."""
    source = """
        class Model:
            def __init__(self, w): self.w = w
            def forward(self, x): return self.w * x
            def __call__(self, x): return -x
        def same(a, b): return a is b
        """
    with backend.box(source) as box:
        model = box.call("Model", 3)

        assert isinstance(model, Handle)
        assert model.call("forward", 2) == 6
        assert model(2) == -2
        assert model.get("w") == 3
        assert box.call("same", model, model) is True
        model.release()
        with pytest.raises(RubricFault):
            model.get("w")


@behaviour
def raises_become_raised_with_their_place(backend: Backend) -> None:
    """An exception of the student's code names its class, its text and the student's own line."""
    with backend.box("x = 1", "def f():\n    # why\n    return 1 / 0") as box:
        with pytest.raises(Raised) as seen:
            box.call("f")

        assert seen.value.exception == "ZeroDivisionError"
        assert seen.value.where == "cell 2, line 3"
        assert not box.spent


@behaviour
def names_what_is_missing(backend: Backend) -> None:
    """A name that the program does not define, or that cannot be called, is Missing."""
    with backend.box("x = 1") as box:
        for name in ("y", "x", "x.real.nothing", "__import__"):
            with pytest.raises(Missing):
                box.call(name)


@behaviour
def goes_on_after_a_failing_cell(backend: Backend) -> None:
    """A cell that raises, or asks to exit, is noted with its place; the rest is there."""
    with backend.bare("a = 1", "raise ValueError('no')", "import sys\nsys.exit(3)", "def f(): return a") as box:
        loaded = box.load()

        assert [fault.exception for fault in loaded.faults] == ["ValueError", "SystemExit"]
        assert [fault.label for fault in loaded.faults] == ["cell 2", "cell 3"]
        assert box.call("f") == 1


@behaviour
def answers_input_with_an_empty_line(backend: Backend) -> None:
    """A program that waits for the keyboard goes on, and the report says so."""
    with backend.box("def f(): return input('name? ')") as box:
        assert box.call("f") == ""
        assert any("input()" in repair for repair in box.repairs)


@behaviour
def printing_cannot_disturb_answers(backend: Backend) -> None:
    """What is printed, by Python or below it, never mixes with the answers."""
    source = r"""
        import os, sys
        def f():
            print("out"); print("err", file=sys.stderr)
            sys.stdout.buffer.write(b"raw\n"); sys.__stdout__.write("real\n")
            os.write(1, b"\x00" * 8 + b'{"a": 1}\n'); os.write(2, b"fd 2\n")
            return 5
        """
    with backend.box(source) as box:
        assert box.call("f") == 5
        assert box.call("f") == 5
        for word in ("out", "err", "raw", "real", "fd 2"):
            assert word in box.printed()
        assert "\x00" not in box.printed()


@behaviour
def keeps_what_fits_of_gigabytes_printed(backend: Backend) -> None:
    """Output beyond the limit is counted, not kept, and neither blocks nor fills anything."""
    source = """
        import os
        block = "x" * (1 << 20)
        def f():
            for _ in range(2048):
                print(block)
            for _ in range(64):
                try:
                    os.write(1, block.encode())
                except BlockingIOError:
                    pass
            return 1
        """
    with backend.box(source) as box:
        assert box.call("f") == 1
        assert LIMITS.output_bytes - 100 < len(box.printed()) < LIMITS.output_bytes + 200
