"""Old arithmetic and old methods, which no library can be made to take: the guest's own functions, without a box."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grading.sandbox.guest.program import loader
from grading.sandbox.guest.program.state import ProgramState, Unit

RAGGED = "import numpy as np\nws, gs = [np.ones((3, 4)), np.ones((4, 2))], None\nws = [*ws]\ngs = [2 * w for w in ws]\n"
RIGHT = {
    "a difference": RAGGED + "objects = np.empty(2, object)\nobjects[:] = gs\nfound = (ws - 0.5 * objects)[1]",
    "a step in place": RAGGED + "objects = np.empty(2, object)\nobjects[:] = gs\nws -= 0.5 * objects\nfound = ws[1]",
    "the next of an iterator": "it = iter([[0.0] * 4])\nfound = it.next()",
    "a method called next": "class E:\n    def next(self): return [0.0]\nfound = E().next()",
    "an entry of the only one": (
        "import numpy as np\nclass T: pass\nt = T()\nt.data = np.array(0.0)\nfound = [t.data[0]]"
    ),
    "an entry of several": "class T: pass\nt = T()\nt.data = [0.0, 1.0]\nfound = [t.data[0]]",
    "lists themselves": "a = [0.0]\nb = a\na += [0.0]\na *= 2\nassert b is a and len(a + a) == 8\nfound = a",
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_older_versions_did_is_done(what: str) -> None:
    """The result is the one that the program's author saw."""
    namespace: dict[str, Any] = {"__name__": "program"}
    program = ProgramState(
        "notebook.ipynb", "definitions", [Unit("cell 1", RIGHT[what])], namespace, {}, None, seed=0, work=Path()
    )
    loader.execute(program, 0)

    assert np.allclose(np.asarray(namespace["found"], dtype=float), 0)
