"""Banned library calls, in the text and at run time."""

from pathlib import Path
from typing import Any

import pytest

from grading.checks.by_hand import AUTOGRAD, LAYERS, OPTIMIZERS, called, judged, written
from grading.domain.errors import BadReply
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source
from grading.sandbox.guest.drivers.by_hand import calls_made
from grading.sandbox.guest.program.state import ProgramState

BANNED = (*AUTOGRAD, *LAYERS, *OPTIMIZERS)


def source(code: str) -> Source:
    """A module as submitted."""
    return read_source(SubmittedFile("task.py", code.encode()))


@pytest.mark.parametrize(
    "code",
    [
        "import torch\nt = torch.nn.functional.softmax(x)",
        "import torch.nn.functional as F\nt = F.softmax(x)",
        "from torch.nn import functional as G\nt = G.softmax(x)",
        "from torch.nn.functional import softmax as s\nt = s(x)",
        "import torch\nf = torch.nn\ng = f.functional\nt = g.softmax(x)",
        "import torch\nt = getattr(torch, 'softmax')(x)",
        "from torch.nn.functional import *\nt = softmax(x)",
        "loss = f(x)\nloss.backward()",
        "f(x)[0].backward()",
        "import torch\ngrads = torch.autograd.grad(l, w)",
        "from torch import optim\no = optim.SGD(p, lr=1)",
        "from torch.optim import SGD\no = SGD(p, lr=1)",
        "import torch\nlayer = map(torch.nn.Linear, sizes)",
    ],
)
def test_a_banned_name_is_seen_however_it_is_reached(code: str) -> None:
    """Aliases, from-imports, stars, getattr with a literal, methods, names handed on."""
    uses = written(source(code), BANNED)

    assert uses
    assert "task.py, line" in uses[-1].place


@pytest.mark.parametrize(
    "code",
    [
        "import torch\nt = torch.exp(x) / torch.exp(x).sum(1, keepdim=True)",
        "def softmax(x):\n    return x\nt = softmax(x)",
        "class M:\n    def backward(self, y):\n        return y\nm = M()\nm.backward(1)",
        "import numpy as np\nt = np.tanh(x)",
        "# loss.backward()\ns = 'loss.backward()'",
        "def broken(:\n",
    ],
)
def test_work_by_hand_is_left_alone(code: str) -> None:
    """Functions of one's own under a library's name, elementary operations, comments."""
    assert written(source(code), BANNED) == []


def test_only_the_task_and_what_it_calls_is_looked_at() -> None:
    """A later part may use the library; a function that hides the call for the task may not."""
    code = (
        "def forward(x):\n    return hidden(x)\ndef hidden(x):\n    return x.tanh()\ndef train(l):\n    l.backward()\n"
    )
    sly = code.replace("x.tanh()", "x.backward()")

    assert written(source(code), AUTOGRAD, within=("forward",)) == []
    assert written(source(code), AUTOGRAD, within=("train",))
    assert written(source(sly), AUTOGRAD, within=("forward",))[0].place == "task.py, line 4"


def ran(code: str, *args: Any) -> dict[str, Any]:
    """What the driver sees of `f`."""
    program = ProgramState("task.py", "definitions", [], {}, {}, None, 0, Path())
    exec(compile(code, "<cell 3>", "exec"), program.namespace)  # noqa: S102 - a program of ours
    return calls_made(program, "f", args)


def test_the_run_sees_what_the_text_hides() -> None:
    """A name put together from pieces, and a method of a tensor."""
    import torch

    hidden = ran(
        "import torch\ndef f(x):\n    return getattr(torch.nn.functional, 'soft' + 'max')(x, 1)", torch.ones(2, 3)
    )
    slope = ran("def f(x):\n    x.sum().backward()\n    return x.grad", torch.ones(2, requires_grad=True))

    assert next(u.place for u in called(hidden, LAYERS)) == "cell 3, line 3"
    assert called(slope, AUTOGRAD)
    assert hidden["value"].shape == (2, 3)


def test_a_scripted_call_is_seen_by_its_kernel() -> None:
    """Code in a text that torch compiles is neither in the syntax tree nor in a Python frame."""
    import torch

    script = "def g(x):\n    return torch.softmax(x, 1)\n"
    code = f"import torch\nscripted = torch.jit.CompilationUnit({script!r}).g\ndef f(x):\n    return scripted(x)"
    uses = called(ran(code, torch.ones(2, 3)), LAYERS)

    assert ("aten._softmax.default", "cell 3, line 4") in {(use.name, use.place) for use in uses}


def test_the_run_leaves_work_by_hand_alone() -> None:
    """Elementary operations of tensors and arrays, and functions of one's own."""
    import numpy as np
    import torch

    code = "def g(x):\n    return x * 2\ndef f(x):\n    e = x.exp()\n    return g(e) / e.sum()"
    arrays = "import numpy as np\ndef f(x):\n    return np.linalg.norm(np.tanh(x)) + len(x)"

    assert called(ran(code, torch.ones(3)), BANNED) == []
    seen = ran(arrays, np.ones(3))
    assert called(seen, BANNED) == []
    assert any("norm" in name for name, _, _ in seen["calls"])


def test_taking_the_watch_off_is_seen() -> None:
    """A program that switches the profile off says so itself; an exception puts things back."""
    import sys

    assert called(ran("import sys\ndef f():\n    sys.setprofile(None)"), ())[0].name == "sys.setprofile"
    with pytest.raises(ZeroDivisionError):
        ran("def f():\n    return 1 / 0")
    assert sys.getprofile() is None


def test_the_finding_names_call_and_place() -> None:
    """Five are shown, the rest counted; none is fine."""
    code = "import torch\n" + "torch.nn.Linear(1, 1)\n" * 7
    conclusion = judged(written(source(code), LAYERS), "Write the matrix product.")

    assert conclusion.mistake_id == "library-call"
    assert "torch.nn.Linear (task.py, line 2)" in conclusion.message
    assert "2 more" in conclusion.message
    assert judged([], "").holds


def test_a_strange_reply_is_the_students_fault() -> None:
    """What comes from the box is taken apart with care."""
    for reply in (
        None,
        {"calls": 3, "tampered": False},
        {"calls": [[1, 2, 3]], "tampered": False},
        {"calls": [], "tampered": 3},
    ):
        with pytest.raises(BadReply):
            called(reply, ())
