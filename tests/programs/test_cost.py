"""Cheap, dear and heavy."""

import ast

import pytest

from grading.programs.cost import Cost, turns
from grading.programs.statements import costs_of, outline
from tests.programs.zoo import source_of

IMPORTS = """
import numpy as np, torch, math, requests, subprocess
import torch.nn as nn, torchvision
import torchvision.transforms as T
from urllib.request import urlretrieve
def light(x): return x
def train(net):
    for x in net: loss.backward()
def fit_all(net): train(net)
class Trainer:
    def __init__(self): self.x = 1
    def run(self): self.optimizer.step()
def long():
    for i in range(100):
        for j in range(int(1e4)): pass
"""


def cost_of(statement: str) -> Cost:
    """The cost of one statement after the imports above."""
    drawn = outline(source_of(IMPORTS, statement))
    return costs_of(drawn).of(drawn.tops[-1][1])


@pytest.mark.parametrize(
    "statement",
    [
        "x = 3",
        "x = -1.5 * math.pi",
        "x = [1, (2, {'a': b})]",
        "x: int = 3",
        "x, y = 1, 2",
        "x = np.zeros((3, 4)).reshape(12)",
        "x = 0.1 * np.random.randn(3, 2)",
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "criterion = nn.CrossEntropyLoss()",
        "t = T.Compose([T.ToTensor(), T.Normalize((0.5,), (0.5,))])",
        "x = [i * i for i in range(100)]",
        "classes = 'a b c'.split()",
        "f = lambda x: train(x)",
        "g = light",
    ],
)
def test_constants_are_cheap(statement: str) -> None:
    """Literals, arithmetic, arrays made on the spot, transforms and losses."""
    assert Cost.CHEAP is cost_of(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "x = light(3)",
        "data = torchvision.datasets.CIFAR10('.', download=True)",
        "x = np.load('a.npy')",
        "t = Trainer()",
        "x = open('a').read()",
        "x = unknown(3)",
        "x = thing.method(3)",
    ],
)
def test_calls_of_unknown_cost_are_dear(statement: str) -> None:
    """They run only where something needs them."""
    assert Cost.DEAR is cost_of(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "loss.backward()",
        "x = train(3)",
        "x = fit_all(3)",
        "Trainer().run()",
        "x = long()",
        "x = input('a')",
        "for i in range(50000): x = i",
        "x = [i for i in range(300) for j in range(300)]",
        "while True: x = 1",
        "h = model.fit(x)",
        "urlretrieve('a', 'b')",
        "x = requests.get('a')",
        "subprocess.run(['ls'])",
        "x = !ls",
        "!pip install a",
    ],
)
def test_what_trains_loads_waits_or_loops_is_heavy(statement: str) -> None:
    """Also through the program's own functions and methods."""
    assert Cost.HEAVY is cost_of(statement)


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("for i in range(3):\n  for j in range(4): pass\n  for k in range(2): pass", 12),
        ("for i in range(10, 0): pass", 1),
        ("for i in range(0, 10, 5): pass", 2),
        ("for i in range(0, 10, 0): pass", 1),
        ("for i in range(10 ** 400): pass", 10**18),
        ("for i in tqdm(range(7)): pass", 7),
        ("for i in range(n): pass", 1),
        ("{i: j for i in range(3) for j in range(5)}", 15),
    ],
)
def test_turns_multiply(loop: str, expected: float) -> None:
    """Nested constant loops count as often as their innermost body runs."""
    assert expected == turns(ast.parse(loop))
