"""Modules as they are submitted: one for each oddity."""

from tests.messiness.notebooks import Messy

NAME = "model.py"
RIGHT = """import numpy as np


def pre_process(X):
    X = (X - 33.0) / 78.0
    return np.concatenate([X, np.ones((len(X), 1))], axis=1)


def weights(inputs, outputs):
    return np.zeros((inputs, outputs))
"""
SHOWN = """

class Model:
    def __init__(self):
        print("a new model" * 100)


models = [Model() for _ in range(50)]
"""


def module(*changes: tuple[str, str], before: str = "", after: str = "", **beside: str) -> dict[str, bytes]:
    """The right module with some text replaced and added; other modules beside it by name."""
    text = RIGHT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {NAME: (before + text + after).encode(), **{f"{name}.py": one.encode() for name, one in beside.items()}}


MODULES: dict[str, Messy] = {
    "as asked": Messy(module()),
    "a changed signature": Messy(
        module(("pre_process(X)", "pre_process(X, mean, std)"), ("33.0) / 78.0", "mean) / std")),
        told=("mean and the spread",),
    ),
    "more required arguments than can be filled in": Messy(
        module(("weights(inputs, outputs)", "weights(inputs, hidden, outputs)")),
        ("model",),
        (r"weights\(inputs, hidden, outputs\)",),
    ),
    "an equally right variant": Messy(module(("[X, np.ones((len(X), 1))]", "[np.ones((len(X), 1)), X]"))),
    "an import that only the editor wanted": Messy(
        module(before="from turtle_of_mine import forward\nimport sympy_of_mine\n"),
        told=("turtle_of_mine is not here",),
    ),
    "a package-relative import": Messy(
        module(("33.0", "MEAN"), before="from .constants import MEAN\n", constants="MEAN = 33.0\n"),
        told=("package-relative",),
    ),
    "globals that exist only when it is run as a script": Messy(
        module(
            ("33.0", "mean"),
            after="\n\nif __name__ == '__main__':\n    mean = 33.0\n    print(pre_process(np.ones((1, 2))))\n",
        )
    ),
    "prints at every construction": Messy(module(after=SHOWN)),
    "bars everywhere": Messy(
        module(before="from tqdm import tqdm\n", after="\n\nfor i in tqdm(range(10)):\n    pass\n")
    ),
    "copies in other folders": Messy(
        module()
        | {"submit/old/model.py": b"raise SystemExit", "solution/model.py": RIGHT.replace("33.0", "0.0").encode()}
    ),
    "a solution beside an empty file": Messy(
        module(("X = (X - 33.0) / 78.0", "from solution.model import pre_process as p\n    return p(X)"))
        | {"solution/model.py": RIGHT.encode()},
        ("pixels",),
    ),
    "a handed-out line that does not parse": Messy(
        module(before='def show(X):\n    print "this line of the handed-out file does not parse"\n\n\n'),
        told=("Python 2",),
    ),
    "no main guard": Messy(
        module(before="import time\n", after="\n\nfor epoch in range(50):\n    time.sleep(1)\n    weights(3, 2)\n"),
        told=("only trains, draws or prints",),
    ),
    "a neighbour without a main guard": Messy(
        module(
            ("33.0", "MEAN"),
            before="from constants import MEAN\n",
            constants="import time\nMEAN = 33.0\nfor epoch in range(50):\n    time.sleep(1)\n",
        )
    ),
    "NumPy's removed names, int() of an array of one, ragged arrays": Messy(
        module(
            ("np.zeros((inputs, outputs))", "np.zeros((int(np.array([inputs])), outputs), dtype=np.float)"),
            after="\n\nragged = np.array([[1, 2], [3]])\n",
        ),
        told=("np.float", "array with one entry"),
    ),
    "int() of an array of one in a neighbour": Messy(
        module(
            ("np.zeros((inputs, outputs))", "np.zeros((size(inputs), outputs))"),
            before="from sizes import size\n",
            sizes="import numpy as np\n\ndef size(n):\n    return int(np.array([n]))\n",
        ),
        told=("array with one entry",),
    ),
    "left as the starter": Messy({}, ("pixels", "model"), ("is the starter",)),
}
