"""Rewrites of text, by what they leave."""

import ast

import pytest

from grading.programs.editing import Edits, Text
from grading.programs.rewriting import (
    cap_training_loops,
    literal,
    make_imports_absolute,
    override,
    shorten_long_loops,
    take_entries,
)


def rewritten(source: str, rewrite: str, *arguments: object) -> str:
    """`source` after one rewrite."""
    text, edits = Text(source), Edits()
    rewrites = {
        "long": shorten_long_loops,
        "few": cap_training_loops,
        "override": override,
        "imports": make_imports_absolute,
        "entries": take_entries,
    }
    rewrites[rewrite](ast.parse(source), text, edits, *arguments)  # type: ignore[operator]
    return edits.apply(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n  for i in g(50000): pass", "def f():\n  for i in g(__long_loop__(50000)): pass"),
        ("while i < 0xFFFF: pass", "while i < __long_loop__(0xFFFF): pass"),
        ("for i in g(5000): x", "for i in g(__long_loop__(5000)): x"),
        ("for i in g(4999): x", "for i in g(4999): x"),
        ("n = 50000", "n = 50000"),
        ("f = lambda: [0 for i in g(50000)]", "f = lambda: [0 for i in g(__long_loop__(50000))]"),
        ("while f(f'{50000} é', 50000): pass", "while f(f'{50000} é', __long_loop__(50000)): pass"),
        ("for i in True, 5e4, -50000: pass", "for i in True, 5e4, -__long_loop__(50000): pass"),
        (
            "def f(n=50000):\n  i = 0\n  while i < n: i += 1",
            "def f(n=__long_loop__(50000)):\n  i = 0\n  while i < n: i += 1",
        ),
        (
            "def f(s):\n  s.n = 9000\n  for i in count():\n    if i == s.n: break",
            "def f(s):\n  s.n = __long_loop__(9000)\n  for i in count():\n    if i == s.n: break",
        ),
    ],
)
def test_long_bounds_are_marked(source: str, expected: str) -> None:
    """Bounds in the text itself can be cut by the guest; patterns and f-strings are left alone."""
    assert expected == rewritten(source, "long", 1000)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n  for i in range(9): x = np.clip(x, -50000, 50000)\n  return x",
        "def f(x): return x / 32768",
        "def f(n=50000):\n  for i in range(1, n): pass\n  for i in tqdm(range(1, 50001)): pass",
        "def f(x):\n  for i in x:\n    if i % 5000 == 0: print(i)",
        "def f(x):\n  match x:\n    case 50000: pass",
        "def f(x, seed=10000):\n  while x: x -= 1\n  return seed",
    ],
)
def test_other_large_numbers_are_somebodys_constants(source: str) -> None:
    """A clipping bound or a seed is never cut, that would change what is computed; a range is cut by the guest."""
    assert source == rewritten(source, "long", 1000)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for i in g(5000): x", "for i in g(__long_loop__(5000)): x"),
    ],
)
def test_a_bound_of_five_times_the_limit_is_long(source: str, expected: str) -> None:
    """The least long bound."""
    assert expected == rewritten(source, "long", 1000)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for e in range(9):\n  loss.backward()", "for e in __few__((range(9))):\n  loss.backward()"),
        ("for e in 1, 2:\n  opt.step()", "for e in __few__((1, 2)):\n  opt.step()"),
        ("for e in (x for x in y):\n  train()", "for e in __few__(((x for x in y))):\n  train()"),
        ("for e in range(9):\n  self.train()", "for e in __few__((range(9))):\n  self.train()"),
        ("for e in range(9):\n  plot()", "for e in range(9):\n  plot()"),
        ("for e in range(9):\n  backward()", "for e in range(9):\n  backward()"),
    ],
)
def test_loops_that_train_are_capped(source: str, expected: str) -> None:
    """Lexically, or through the program's own functions; the others are left alone."""
    assert expected == rewritten(source, "few", frozenset({"train"}))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("epochs = 50", "epochs = 1"),
        ("lr, epochs = 0.1, (50)", "lr, epochs = 0.1, (1)"),
        ("a = epochs = n * 3", "a = epochs = 1"),
        ("epochs: int = 50", "epochs: int = 1"),
        ("args.epochs = 50", "args.epochs = 1"),
        ("def f(a, epochs=50, *, b=2): pass", "def f(a, epochs=1, *, b=2): pass"),
        ("def f(*, epochs=50, c): pass", "def f(*, epochs=1, c): pass"),
        ("f = lambda epochs=50: epochs", "f = lambda epochs=1: epochs"),
        ("train(net, epochs=f(\n50))", "train(net, epochs=(1\n))"),
        ("c = {'epochs': 50, **d}", "c = {'epochs': 1, **d}"),
        ("(epochs := 50)", "(epochs := 1)"),
        ("a, *epochs = 1, 2", "a, *epochs = 1, 2"),
        ("epochs += 50", "epochs += 50"),
    ],
)
def test_overrides_reach_wherever_a_name_is_given_a_value(source: str, expected: str) -> None:
    """Assignments, defaults, keywords and dict keys; structure and lines stay."""
    assert expected == rewritten(source, "override", {"epochs": 1})


@pytest.mark.parametrize("value", [None, True, 3, -2.5, "a'b\n", [1, {"a": None}], float("inf")])
def test_any_json_value_can_be_given(value: object) -> None:
    """The literal evaluates to the value."""
    assert value == eval(literal(value), {"float": float})  # type: ignore[arg-type]  # noqa: S307


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from .utils import f", "from utils import f"),
        ("from ..a.b import (f,\n g)", "from a.b import (f,\n g)"),
        ("from . import a, b as c", "import a, b as c"),
        ("from a import b", "from a import b"),
        ("try:\n  from .a import b\nexcept ImportError: pass", "try:\n  from a import b\nexcept ImportError: pass"),
    ],
)
def test_package_relative_imports_become_plain(source: str, expected: str) -> None:
    """A file submitted alone is in no package."""
    assert expected == rewritten(source, "imports")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("int(x[0])", "int(__entry__(x[0]))"),
        ("float(int(x))", "float(__entry__(int(__entry__(x))))"),
        ("math.atan2(y, x)", "math.atan2(__entry__(y), __entry__(x))"),
        ("'%d é %s' % (é, b)", "'%d é %s' % __entry__((é, b))"),
        ("y[i, 0] = f(x)", "y[i, 0] = __entry_in__(f(x), y, (i, 0,))"),
        ("y[i] = float(x)", "y[i] = __entry_in__(float(__entry__(x)), y, (i,))"),
        ("int(3); int(x, 2); float('nan'); n % m", "int(3); int(x, 2); float('nan'); n % m"),
        ("y[1:] = x; y[f()] = x; y.z[0] = x; y[0] = 1, 2", "y[1:] = x; y[f()] = x; y.z[0] = x; y[0] = 1, 2"),
        ("f'{int(x)}'", "f'{int(x)}'"),
    ],
)
def test_where_a_number_is_due_an_array_of_one_is_asked_for_its_entry(source: str, expected: str) -> None:
    """Only there: what cannot be an array, slices and what would run twice stay as they are."""
    assert expected == rewritten(source, "entries")
    ast.parse(expected)
