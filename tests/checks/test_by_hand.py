"""Banned library calls, in the text."""

import pytest

from grading.checks.by_hand import AUTOGRAD, judged, written
from grading.domain.submission import SubmittedFile
from grading.programs import Source, read_source

LAYERS = ("torch.nn.*", "torch.softmax")
BANNED = (*AUTOGRAD, *LAYERS, "torch.optim.*")


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


def test_the_finding_names_call_and_place() -> None:
    """Five are shown, the rest counted; none is fine."""
    code = "import torch\n" + "torch.nn.Linear(1, 1)\n" * 7
    conclusion = judged(written(source(code), LAYERS), "Write the matrix product.")

    assert conclusion.mistake_id == "library-call"
    assert "torch.nn.Linear (task.py, line 2)" in conclusion.message
    assert "2 more" in conclusion.message
    assert judged([], "").holds
