"""Notebooks as they are submitted: one for each oddity."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from tests.programs.zoo import PNG, code_cell, notebook_json

NAME = "homework.ipynb"
SIGMOID = "import numpy as np\n\ndef sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
ANSWER = "def answer(x):\n    return 2 * x\n"


@dataclass(frozen=True)
class Messy:
    """One submission.

    Attributes:
        files: content by name.
        lost: rows that must lose their points; all others of the files submitted keep them.
        told: patterns that the report's notes and findings must have, one each.
        refused: the code of the fault where it can be no submission.
    """

    files: dict[str, bytes]
    lost: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    refused: str = ""


def book(*cells: Any, name: str = NAME, **fields: Any) -> dict[str, bytes]:
    """A notebook of these cells, then a right `sigmoid` and a right `answer`."""
    return only(*cells, SIGMOID, ANSWER, name=name, **fields)


def only(*cells: Any, name: str = NAME, **fields: Any) -> dict[str, bytes]:
    """A notebook of these cells alone."""
    return {name: json.dumps(notebook_json(*cells, **fields)).encode()}


def using(statement: str, *before: str) -> dict[str, bytes]:
    """A notebook whose both functions go through a statement in a function of its own, after some cells."""
    body = "\n".join(f"    {line}" for line in statement.split("\n"))
    own = f"import numpy as np\n\ndef one():\n{body}\n\n"
    return only(*before, own + SIGMOID.replace("return 1 ", "return one() "), ANSWER.replace("2 * x", "2 * x * one()"))


ERROR = {"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": ["…"]}
FIGURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": base64.b64encode(PNG).decode()}}
TEXT = {"output_type": "stream", "name": "stdout", "text": ["x" * 4_000_000]}
NETWORK = "import torch\nnet = torch.nn.Linear(2, 2)\n"

NOTEBOOKS: dict[str, Messy] = {
    # -- how they were run --
    "stored error outputs": Messy(book(code_cell("x = 1", outputs=[ERROR], execution_count=3))),
    "executed out of order, counts cleared": Messy(
        only(code_cell(ANSWER, execution_count=9), code_cell(SIGMOID, execution_count=None, outputs=[FIGURE]))
    ),
    "a cell that raises": Messy(book("undefined_name + 1"), told=("cell 1 did not end well: NameError",)),
    "outputs of four megabytes": Messy(book(code_cell("x = 1", outputs=[TEXT]))),
    "150 figures stored": Messy(book(*(code_cell(f"x = {n}", outputs=[FIGURE]) for n in range(150)))),
    "90 figures drawn, plt.pause": Messy(
        book(
            "import matplotlib.pyplot as plt\nfor i in range(90):\n    plt.figure(figsize=(1, 1))\n    plt.plot([i])\n"
            "    plt.show()\n    plt.close()\nplt.draw_all()\nplt.pause(0.001)\n"
        )
    ),
    # -- what does not parse --
    "blank right-hand sides": Messy(
        only("transform_train = \n\n" + SIGMOID, "transform_test =\n" + ANSWER), told=("cell 1, line 1",)
    ),
    "empty code cells": Messy(only("", SIGMOID, "   \n", "# nothing\n", ANSWER, "")),
    "Python 2 in the function that is asked": Messy(
        only(SIGMOID.replace("    return", "    print 'here'\n    return"), ANSWER), ("parts",), ("Python 2",)
    ),
    "Python 2 elsewhere": Messy(
        only("for i in range(3):\n    print i\n", SIGMOID, ANSWER), told=("Python 2 .*left out",)
    ),
    "xrange": Messy(only("total = 0\nfor i in xrange(3):\n    total += i\n", SIGMOID, ANSWER)),
    # -- definitions --
    "defined twice, the later one with other arguments": Messy(
        only(SIGMOID, ANSWER, "def sigmoid(x, slope):\n    return slope * x\n"), told=("takes other arguments",)
    ),
    "defined five times": Messy(
        only("import numpy as np", *(f"def sigmoid(x):\n    return {n} * x\n" for n in range(4)), SIGMOID, ANSWER),
        told=("`sigmoid` is defined 5 times",),
    ),
    "another name": Messy(only(SIGMOID.replace("sigmoid", "logistic"), ANSWER), told=("answered by your logistic",)),
    "one giant cell": Messy(
        only(
            f"%matplotlib inline\n{SIGMOID}\nlosses = []\nfor i in range(3):\n    losses.append(i)\n{ANSWER}",
        )
    ),
    "French and Chinese comments": Messy(only(f"# réseau de neurones 神经网络\nclé = 'é'\n{SIGMOID}", ANSWER)),
    # -- magics and the shell --
    "shell lines, indented ones too": Messy(
        book(
            "!pip install nothing\n!wget https://example.org/a.zip\n!unzip a.zip",
            "try:\n    import absent_one\nexcept ImportError:\n    !pip install absent_one\n",
            "%cd data\n%matplotlib inline",
        ),
        told=("pip install nothing",),
    ),
    "%run of a file that is not there": Messy(book("%run 'utils-data.py'")),
    "%run of a file submitted": Messy(
        {**only("%run 'mine.py'", SIGMOID, ANSWER.replace("2 *", "two *")), "mine.py": b"two = 2\n"}
    ),
    # -- other machines --
    "Colab": Messy(
        book(
            "from google.colab import drive\ndrive.mount('/content/drive')\nimport os, sys\n"
            "os.chdir('/content/drive/MyDrive/hw')\nsys.path.append('/content/drive/MyDrive')"
        ),
        told=("google", "os.chdir"),
    ),
    "absolute paths": Messy(book("weights = open('/home/ada/hw/weights.txt').read()"), told=("cell 1",)),
    "hard .cuda()": Messy(
        using("return torch.ones(1).cuda().to('cuda:0').item()", "import torch\nnet = torch.nn.Linear(2, 1).cuda()"),
        told=("no GPU here",),
    ),
    "workers and pinned memory": Messy(
        using(
            "return float(next(iter(DataLoader(torch.ones(4, 1), num_workers=2, pin_memory=True)))[0])",
            "import torch\nfrom torch.utils.data import DataLoader",
        ),
        told=("without worker processes",),
    ),
    # -- what is not there --
    "a support module that the course hands out": Messy(
        only("from tools import double, scale", SIGMOID, ANSWER.replace("2 * x", "double(x) * scale"))
    ),
    "a support module of somebody else": Messy(
        book("from helpers.data import CIFAR\nimport utils_of_mine\ndata = CIFAR()"), told=("helpers.* is not here",)
    ),
    "a stray import by the editor": Messy(
        book("from turtle_of_mine import color\nimport sympy_of_mine as sp"), told=("turtle_of_mine is not here",)
    ),
    "download=True": Messy(
        book(
            "import torchvision\ntrain = torchvision.datasets.MNIST('data', train=True, download=True)\n"
            "image, _ = train[0]"
        )
    ),
    "a dead data link": Messy(
        book("import urllib.request\nurllib.request.urlretrieve('http://example.org/data.npz', 'data.npz')"),
        told=("no network", "cell 1 did not end well"),
    ),
    "a checkpoint that is not there": Messy(
        book(NETWORK, "net.load_state_dict(torch.load('best.pth'))"), told=("best.pth",)
    ),
    "a checkpoint of a whole network": Messy(
        only(
            NETWORK + "torch.save(net, 'net.pt')",
            "net = torch.load('net.pt')",
            SIGMOID,
            ANSWER.replace("2 * x", "2 * x * len(list(net.parameters())) / 2"),
        ),
        told=("as torch did before 2.6",),
    ),
    # -- what is gone --
    "names that NumPy removed": Messy(
        using("return np.ones(1, np.int)[0] * np.float_(1) * np.asscalar(np.array([1.0])) * (np.Inf > 1)"),
        told=("np.int", "np.Inf", "np.asscalar"),
    ),
    "a ragged np.array": Messy(using("return len(np.array([[1, 2], [3]])[1])"), told=("lengths differ",)),
    "int() of an array of one": Messy(
        using("return int(np.array([1.0])) * float(np.array([[1.0]])) * round(float(np.ones((1, 1))))"),
        told=("array with one entry",),
    ),
    "an array of one put into a place of another": Messy(
        using("kept = np.zeros(3)\nfor i in range(3):\n    kept[i] = np.ones((1, 1))\nreturn kept.sum() / 3"),
        told=("array with one entry",),
    ),
    "what matplotlib removed": Messy(
        book(
            "import matplotlib.pyplot as plt\nplt.style.use('seaborn-white')\nplt.cm.get_cmap('viridis')\n"
            "plt.hold(True)\nplt.figure().gca(projection='3d').plot([0, 1], [0, 1], [0, 1])"
        ),
        told=("seaborn-white", "get_cmap", "plt.hold", "gca"),
    ),
    "bars of old notebooks": Messy(
        book(
            "from tqdm import tqdm_notebook\nfrom tqdm.notebook import trange\n"
            "for i in tqdm_notebook(range(3)): pass\n"
            "for i in trange(3): pass"
        )
    ),
    "pretrained=": Messy(book("import torchvision\nnet = torchvision.models.resnet18(pretrained=False)")),
    # -- what takes long, or waits --
    "input()": Messy(book("name = input('your name? ')\n"), told=(r"input\(\)",)),
    "50,000 iterations": Messy(
        only(
            "import numpy as np\nimport time\n\nseen = []\nfor i in range(50000):\n    seen.append(i)\n"
            "    time.sleep(0.01)\n",
            SIGMOID,
            ANSWER,
        ),
        told=("only trains, draws or prints",),
    ),
    "200 epochs": Messy(
        only(
            NETWORK + "import time\nopt = torch.optim.SGD(net.parameters(), 0.1)\nnum_epochs = 200\n"
            "for epoch in range(num_epochs):\n    opt.zero_grad()\n    net(torch.ones(1, 2)).sum().backward()\n"
            "    opt.step()\n    time.sleep(0.5)\n",
            SIGMOID,
            ANSWER,
        ),
        told=("`num_epochs` is 1 here instead of `200`",),
    ),
    # -- other files --
    "accents, spaces and commas in the name": Messy(
        book(name="Devoir n°2, réseaux – Ada & Bob.ipynb"), told=("read from",)
    ),
    "only a checkpoint copy": Messy(book(name=".ipynb_checkpoints/homework-checkpoint.ipynb")),
    "macOS's shadow files": Messy(
        book() | dict.fromkeys(["__MACOSX/._homework.ipynb", "._homework.ipynb"], b"\0\5\x16\7")
    ),
    "an LFS pointer": Messy(
        {NAME: b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"},
        refused="lfs-pointer",
    ),
    "the wrong framework": Messy(
        only("from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(3)])\nmodel.fit([1], [1])"),
        ("parts", "whole"),
        ("tensorflow",),
    ),
    "another assignment's notebook": Messy(
        only("def three_layer_net(X):\n    return X", "print(three_layer_net(3))"), ("parts", "whole"), ("no sigmoid",)
    ),
    "nbformat 3": Messy(
        {
            NAME: json.dumps(
                {
                    "nbformat": 3,
                    "nbformat_minor": 0,
                    "metadata": {"name": ""},
                    "worksheets": [
                        {
                            "cells": [
                                {
                                    "cell_type": "code",
                                    "input": text,
                                    "language": "python",
                                    "outputs": [],
                                    "prompt_number": 1,
                                }
                                for text in (SIGMOID, ANSWER)
                            ]
                        }
                    ],
                }
            ).encode()
        }
    ),
    "a kernel of the future": Messy(
        book(
            metadata={
                "kernelspec": {"name": "py", "display_name": "Python 3.14", "language": "python"},
                "language_info": {"name": "python", "version": "3.14.0"},
            },
            nbformat_minor=9,
        )
    ),
}
