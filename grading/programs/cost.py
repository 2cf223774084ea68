"""What a statement costs to run, judged by its text: cheap, dear, or heavy.

*Cheap* runs in no time whatever the data: literals, arithmetic, arrays made on the spot, transforms and losses set up.
*Heavy* trains, downloads, waits or loops long; a definition that needs its result does without. Everything else is
*dear*: it runs only where something needs it.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from types import MappingProxyType

from grading.programs import vocabulary
from grading.programs.syntax import dotted, executed_now, parse

# Turns of nested loops with constant bounds beyond which a module-level loop is heavy.
TURNS = 20_000
_HUGE = 10**18
NOTHING_MADE: Mapping[str, str] = MappingProxyType({})


class Cost(Enum):
    """How dear a statement is."""

    CHEAP = auto()
    DEAR = auto()
    HEAVY = auto()


class Costs:
    """The costs of a program's statements; knows what its own functions do.

    Args:
        modules: what each name that an import binds stands for (`np` → `numpy`, `seed` → `random.seed`).
        bodies: the functions and classes by name, every version.
        made: what each name is the result of calling, as a full name (`scaler` → `sklearn.preprocessing.MinMaxScaler`).
    """

    def __init__(
        self, modules: Mapping[str, str], bodies: Mapping[str, list[ast.AST]], made: Mapping[str, str] = NOTHING_MADE
    ) -> None:
        self._modules = modules
        self._made = made
        self._packages = frozenset(full.split(".")[0] for full in modules.values())
        self._own = frozenset(bodies)
        self._heavy: frozenset[str] = frozenset()
        self._heavy = _spread(bodies, self._marks_heavy)
        self.training = _spread(bodies, trains)

    def resolved(self, func: ast.expr) -> str:
        """`numpy.random.seed` for `np.random.seed`."""
        return resolve(dotted(func), self._modules)

    def of(self, node: ast.stmt) -> Cost:
        """What a statement costs when it runs; a definition's body does not count."""
        nodes = list(executed_now(node))
        calls = [inner for inner in nodes if isinstance(inner, ast.Call)]
        if any(self._heavy_call(call) for call in calls) or turns(node) > TURNS:
            return Cost.HEAVY
        waits = any(isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.While) for inner in nodes)
        return Cost.CHEAP if not waits and all(self._cheap(call) for call in calls) else Cost.DEAR

    def is_setting(self, node: ast.stmt) -> bool:
        """Whether a statement only sets something up that definitions may rely on: a seed, a path, a default."""
        match node:
            case ast.Expr(value=ast.Call() as call):
                return self.resolved(call.func).startswith(vocabulary.SETTINGS) or _runs_a_file(call)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript() as target]):
                inner: ast.expr = target.value
                while isinstance(inner, ast.Attribute | ast.Subscript):
                    inner = inner.value
                return isinstance(inner, ast.Name) and inner.id in self._modules
            case _:
                return False

    def _marks_heavy(self, body: ast.AST) -> bool:
        return (
            turns(body) > TURNS
            or _counts_far(body)
            or any(self._heavy_call(node) for node in ast.walk(body) if isinstance(node, ast.Call))
        )

    def _heavy_call(self, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Attribute) and call.func.attr in vocabulary.HEAVY_METHODS:
            return not self._prepares(call.func.value) and not _runs_a_file(call)
        name = self.resolved(call.func)
        if (inner := _evaluated(name, call)) is not None:
            return any(self._heavy_call(node) for node in ast.walk(inner) if isinstance(node, ast.Call))
        if name in vocabulary.HEAVY_CALLS or name.startswith(vocabulary.HEAVY_PREFIXES):
            return not _runs_a_file(call)
        return called_name(call) in self._heavy

    def _prepares(self, receiver: ast.expr) -> bool:
        """Whether something is fitted that only looks at its data once: a scaler, an encoder."""
        match receiver:
            case ast.Name(id=name):
                made = self._made.get(name, "")
            case ast.Call(func=func):
                made = self.resolved(func)
            case _:
                made = ""
        return made.startswith(vocabulary.PREPARES)

    def _cheap(self, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Name) and call.func.id in self._own:
            return False
        name = self.resolved(call.func)
        if (inner := _evaluated(name, call)) is not None:
            return all(self._cheap(node) for node in ast.walk(inner) if isinstance(node, ast.Call))
        if name and ("." not in name or name.split(".")[0] in self._packages):
            return name in vocabulary.CHEAP_CALLS or (
                name.startswith(vocabulary.CHEAP_PREFIXES) and not name.startswith(vocabulary.DEAR_PREFIXES)
            )
        return (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in vocabulary.CHEAP_METHODS
            and call.func.attr not in self._own
        )


def _evaluated(name: str, call: ast.Call) -> ast.AST | None:
    """The expression behind `eval("0.5 * 2")`; None for anything else."""
    match name, call.args:
        case "eval", [ast.Constant(value=str(text))]:
            return parse(text.strip()).tree
        case _:
            return None


def resolve(name: str, modules: Mapping[str, str]) -> str:
    """A dotted name with its root replaced by what an import bound to it."""
    root, dot, rest = name.partition(".")
    return modules.get(root, root) + dot + rest


def trains(body: ast.AST) -> bool:
    """Whether `.backward(` or `.step(` is called anywhere inside."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in vocabulary.TRAINING_METHODS
        for node in ast.walk(body)
    )


def called_names(body: ast.AST) -> frozenset[str]:
    """Last names of everything called anywhere inside."""
    return frozenset(called_name(node) for node in ast.walk(body) if isinstance(node, ast.Call))


def turns(node: ast.AST) -> float:
    """How often the innermost loop below `node` runs, counting bounds that the text states; others count once."""
    inner = max((turns(child) for child in ast.iter_child_nodes(node)), default=1.0)
    match node:
        case ast.For(iter=iterable):
            return _constant_range(iterable) * inner
        case ast.While(test=ast.Constant(value=value)) if value:
            return float("inf")
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            for generator in node.generators:
                inner *= _constant_range(generator.iter)
            return inner
        case _:
            return inner


def _counts_far(body: ast.AST) -> bool:
    """Whether a function with a loop names a count that far: `while i < 50000`, `def train(..., num_iters=50000)`."""
    nodes = list(ast.walk(body))
    if not any(isinstance(node, ast.For | ast.While) for node in nodes):
        return False
    stated = [node.test for node in nodes if isinstance(node, ast.While)]
    stated += [d for node in nodes if isinstance(node, ast.arguments) for d in (*node.defaults, *node.kw_defaults) if d]
    inside = [inner for test in stated for inner in ast.walk(test) if isinstance(inner, ast.expr)]
    return any((_constant(inner) or 0) > TURNS for inner in inside)


def _constant_range(iterable: ast.expr) -> float:
    for node in ast.walk(iterable):
        if not (
            isinstance(node, ast.Call)
            and dotted(node.func).rpartition(".")[2] in {"range", "xrange", "trange", "arange"}
        ):
            continue
        bounds = [_constant(argument) for argument in node.args]
        match bounds:
            case [float(stop)]:
                return max(1.0, stop)
            case [float(start), float(stop)]:
                return max(1.0, stop - start)
            case [float(start), float(stop), float(step)] if step:
                return max(1.0, (stop - start) / step)
            case _:
                return 1.0
    return 1.0


def _constant(node: ast.expr) -> float | None:
    """A number that the text states: `50000`, `int(5e4)`, `10 ** 5`; None for anything else."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return float(min(max(value, -_HUGE), _HUGE))
        case ast.Call(func=ast.Name(id="int"), args=[argument]):
            return _constant(argument)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value_of = _constant(operand)
            return None if value_of is None else -value_of
        case ast.BinOp(left=ast.Constant(value=10), op=ast.Pow(), right=ast.Constant(value=int(power))):
            return float(10 ** min(max(power, 0), 18))
        case _:
            return None


def called_name(call: ast.Call) -> str:
    """The last name of what is called: `step` for `optimizer.step()`."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _runs_a_file(call: ast.Call) -> bool:
    match call:
        case ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(value="run"), *_]):
            return True
        case _:
            return False


def _spread(bodies: Mapping[str, list[ast.AST]], marked: Callable[[ast.AST], bool]) -> frozenset[str]:
    """Names of functions and methods that are marked, or call one that is."""
    callers: defaultdict[str, set[str]] = defaultdict(set)
    found: set[str] = set()
    for name, versions in bodies.items():
        for version in versions:
            for part, body in _callables(name, version):
                if marked(body):
                    found.add(part)
                for called in called_names(body):
                    callers[called].add(part)
    pending = list(found)
    while pending:
        more = callers[pending.pop()] - found
        found |= more
        pending += more
    return frozenset(found)


def _callables(name: str, node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A function under its name; a class as its methods under theirs, `__init__` under the class's."""
    if not isinstance(node, ast.ClassDef):
        yield name, node
        return
    for method in node.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (name if method.name in {"__init__", "__post_init__", "__new__"} else method.name), method
