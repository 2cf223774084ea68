"""The trainings of a notebook: which network, optimizer and rate each one has, and what its cell printed.

Nothing is executed. The calls of `fit` are found in the code, their arguments followed back through the assignments
before them; the history is read from the outputs stored under the same cell.
"""

import ast
import re
from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from grading.checks.quantities import stated
from grading.programs import Cell, Source
from grading.programs.syntax import parse

ARGUMENTS = ("epochs", "lr", "model", "train_loader", "val_loader", "opt_func")
STARTS = {"normal_": "gaussian", "zeros_": "zero", "kaiming_uniform_": "kaiming", "kaiming_normal_": "kaiming"}
MOST_EPOCHS = 500
MOST_TEXT = 200_000

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|nan|inf)"
_EPOCH = re.compile(r"epoch\W{0,4}(\d{1,4})([^\n]{0,300})", re.IGNORECASE)
_VALUES = {
    name: re.compile(rf"{name}\W{{1,6}}?({_NUMBER})", re.IGNORECASE) for name in ("train_loss", "val_loss", "val_acc")
}


@dataclass(frozen=True, slots=True)
class History:
    """What one training printed, an entry for each epoch; losses may be inf or nan.

    Attributes:
        cell: number of the cell.
        copied: number of the cell, of another training, that printed the same.
    """

    cell: int
    train: Sequence[float] = ()
    val: Sequence[float] = ()
    accuracy: Sequence[float] = ()
    copied: int | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """One call of `fit`.

    Attributes:
        start: how the network's weights begin: "gaussian", "zero", "kaiming" or "" where the code does not say.
        optimizer: its class, lower case, or "".
        rate: the learning rate, or None.
        history: what the cell printed; without epochs where it printed nothing.
    """

    start: str
    optimizer: str
    rate: float | None
    history: History


@dataclass(slots=True)
class Scope:
    """What names stand for at a point of the notebook.

    Attributes:
        values: name → the expression that it was last given.
        classes: class → how its weights begin.
        models: variable → how its network's weights begin.
    """

    values: MutableMapping[str, ast.expr] = field(default_factory=dict)
    classes: MutableMapping[str, str] = field(default_factory=dict)
    models: MutableMapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source) -> "Scope":
        """One for the cells in their order, which knows what only later cells define: those were run before."""
        every = [statement for cell in source.code for statement in statements(cell)]
        whole = cls()
        for statement in every * 2:  # networks of classes that stand behind them are known the second time
            whole.read(statement)
        return cls(ChainMap({}, whole.values), ChainMap({}, whole.classes), ChainMap({}, whole.models))

    def read(self, statement: ast.stmt) -> None:
        """Take in one statement of the notebook's top level."""
        if isinstance(statement, ast.ClassDef):
            self.classes[statement.name] = start_of(statement)
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            return
        name, value = statement.targets[0].id, statement.value
        names = [n.id for n in ast.walk(value) if isinstance(n, ast.Name)]
        made = [self.classes[n] for n in names if n in self.classes]
        moved = [self.models[n] for n in names if n in self.models] if isinstance(value, ast.Call) else []
        self.models[name] = next(iter([*made, *moved]), "")
        self.values[name] = value

    def meant(self, node: ast.expr | None) -> ast.expr | None:
        """What an expression stands for: names are followed, at most a few times."""
        for _ in range(5):
            if not isinstance(node, ast.Name) or node.id not in self.values:
                break
            node = self.values[node.id]
        return node


def start_of(network: ast.ClassDef) -> str:
    """How a class fills the weights of its layers, or ""."""
    for call in (node for node in ast.walk(network) if isinstance(node, ast.Call)):
        name = _last_name(call.func)
        filled = ast.unparse(call.args[0]) if call.args else ""
        if name in STARTS and "weight" in filled:
            return STARTS[name]
        if name == "constant_" and "weight" in filled and len(call.args) > 1 and stated(call.args[1]) == 0:
            return "zero"
    return ""


@lru_cache(maxsize=4)
def trainings(source: Source) -> tuple[Training, ...]:
    """Every call of `fit` at the notebook's top level, in order."""
    scope, found = Scope.of(source), []
    for cell in source.code:
        calls: list[Training] = []
        for statement in statements(cell):
            scope.read(statement)
            calls += [_training(call, scope, cell.index) for call in calls_of(statement, "fit")]
        printed = histories(cell)
        for place, call in enumerate(calls):
            told = printed[place] if place < len(printed) else History(cell.index)
            found.append(replace(call, history=told))
    return tuple(found)


def statements(cell: Cell) -> list[ast.stmt]:
    """The statements of a cell, or none where it does not parse."""
    tree = parse(cell.usable or "").tree
    return tree.body if tree else []


def calls_of(statement: ast.stmt, *names: str) -> list[ast.Call]:
    """What a statement calls of these functions, by the last part of their name; what it defines is not called."""
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return []
    return [node for node in ast.walk(statement) if isinstance(node, ast.Call) and _last_name(node.func) in names]


def histories(cell: Cell) -> list[History]:
    """What the cell printed about epochs: a new history begins where the epochs do."""
    text = "\n".join(output.text for output in cell.outputs if output.text)[:MOST_TEXT]
    found: list[list[tuple[float, ...]]] = []
    last = 0
    for line in _EPOCH.finditer(text):
        values = [pattern.search(line[2]) for pattern in _VALUES.values()]
        if not all(values):
            continue
        epoch = int(line[1])
        if not found or epoch <= last:
            found.append([])
        last = epoch
        if len(found[-1]) < MOST_EPOCHS:
            found[-1].append(tuple(float(value[1]) for value in values if value))
    told = (zip(*rows, strict=True) for rows in found if rows)
    return [History(cell.index, train, val, accuracy) for train, val, accuracy in told]


def _training(call: ast.Call, scope: Scope, cell: int) -> Training:
    given: dict[str, ast.expr] = dict(zip(ARGUMENTS, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    model = given.get("model")
    start = scope.models.get(model.id, "") if isinstance(model, ast.Name) else ""
    optimizer = scope.meant(given.get("opt_func"))
    name = "sgd" if "opt_func" not in given else _last_name(optimizer).casefold()
    return Training(start, name, stated(scope.meant(given.get("lr"))), History(cell))


def _last_name(node: ast.expr | None) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))
