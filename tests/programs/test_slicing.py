"""Slices by dependency."""

import traceback

import pytest

from grading.programs import Program, definitions, read_source
from tests.programs.zoo import module, run, source_of


def kept(program: Program) -> str:
    """Everything that stays, as one text."""
    return "".join(unit.source for unit in program.units)


DATA = """\
import numpy as np
import matplotlib.pyplot as plt
np.random.seed(0)
N, D, K = 100, 2, 3
X = np.zeros((N*K, D))
for j in range(K):
    X[j] = j
plt.scatter(X[:, 0], X[:, 1])
plt.show()
"""
ACTIVATIONS = """\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))
relu = lambda x: np.maximum(0, x)
"""
NETWORK = """\
def three_layer_net(kind, X, y, model, step_size, reg):
    f = relu if kind == 'RELU' else sigmoid
    for i in range(50000):
        h = f(X @ model['W1'])
        if i % 1000 == 0: print(i)
    return h
"""
TRAINING = """\
h = 50
model = {}
model['W1'] = 0.1 * np.random.randn(D, h)
a1, W1 = three_layer_net('SIGM', X, None, model, 1e-1, 1e-3)
plt.plot(a1)
"""
BOUNDARY = """\
def boundary():
    return W1, model
"""


def test_training_cells_do_not_run() -> None:
    """The demo's functions stay with their constants; training and drawing go, and the repairs say so."""
    program = definitions(source_of(DATA, ACTIVATIONS, NETWORK, TRAINING, BOUNDARY))
    text = kept(program)

    assert "three_layer_net('SIGM'" not in text
    assert "plt.scatter" not in text
    assert "model['W1']" in text
    assert [d.name for d in program.definitions] == ["sigmoid", "relu", "three_layer_net", "boundary"]
    assert any("cell 4, line 4: gives `W1`" in repair for repair in program.repairs)
    assert any("5 statements" in repair and "cell 1, cell 4" in repair for repair in program.repairs)
    namespace = run(program)
    assert "faults" not in namespace


def test_a_loop_that_fills_what_a_definition_reads_stays() -> None:
    """`X` is filled by a short loop, and `f` reads it."""
    program = definitions(source_of("X = {}\nfor i in range(3):\n    X[i] = i * i\n", "def f(i):\n    return X[i]\n"))

    assert run(program)["f"](2) == 4  # type: ignore[operator]


def test_what_nothing_wanted_needs_is_not_paid_for() -> None:
    """A dear constant stays only where a wanted definition needs it by name."""
    source = source_of(
        "def load(): return 3", "data = load()", "def use(): return data", "def plain(x): return x", "other = load()"
    )

    assert "data = load()" not in kept(definitions(source, wanted=["plain"]))
    assert "data = load()" in kept(definitions(source, wanted=["use"]))
    assert "data = load()" in kept(definitions(source))
    assert "data = load()" in kept(definitions(source, wanted=["absent"]))
    assert "data = load()" in kept(definitions(source, wanted=["plain", "absent"]))
    assert "data = load()" not in kept(definitions(source, wanted=[("plain", "absent")]))
    assert "other = load()" not in kept(definitions(source))
    assert "other = load()" in kept(definitions(source, wanted=["other"]))


def test_needs_at_definition_time_are_always_kept() -> None:
    """Decorators, defaults, bases and class bodies run at once: without their needs the definition would be lost."""
    source = source_of(
        "def make(): return object\nBase = make()\nsize = make()\nwrap = make()\nheld = make()\n",
        "class A(Base):\n    size = size\ndef f(x=held): return x\ndef wanted(): return 1\n",
    )
    text = kept(definitions(source, wanted=["wanted"]))

    assert "Base = make()" in text
    assert "size = make()" in text
    assert "held = make()" in text
    assert "wrap = make()" not in text


def test_every_version_stays_and_the_last_one_counts() -> None:
    """All versions are listed with their arity, and the repairs mention them."""
    program = definitions(
        source_of("def sgd(a, b): return 1", "def sgd(a, b, c=1): return 2", "class N: pass\nclass N: x = 1")
    )

    assert [(d.required, d.most) for d in program.definitions if d.name == "sgd"] == [(2, 2), (2, 3)]
    assert run(program)["sgd"](0, 0) == 2  # type: ignore[operator]
    assert any("`sgd` is defined 2 times (cell 1, line 1; cell 2, line 1)" in repair for repair in program.repairs)


@pytest.mark.parametrize(("arguments", "expected"), [(1, "one"), (2, "two"), (3, "last"), (5, "last")])
def test_the_last_version_that_takes_the_arguments_is_bound(arguments: int, expected: str) -> None:
    """Versions after it go; where none takes them the last one stays."""
    source = source_of(
        "def f(a): return 'first'",
        "def f(a): return 'one'",
        "def f(a, b): return 'two'",
        "def f(a, b, c): return 'last'",
    )
    namespace = run(definitions(source, arities={"f": arguments}))
    fitting = arguments if arguments < 4 else 3

    assert expected == namespace["f"](*range(fitting))  # type: ignore[operator]


def test_definitions_under_guards_are_found() -> None:
    """Main guards are open, `try` and `if` keep their shape, and what else stands in them goes."""
    source = read_source(
        module(
            "try:\n    import absent_module\nexcept ImportError:\n    absent_module = None\n    print('no')\n"
            "if True:\n    def f(x):\n        return x + step\n    print('yes')\n"
            "def main():\n    return f(1)\n"
            'if __name__ == "__main__":\n    step = 2\n    main()\n    def g(): return step\n    input()\n'
            "else:\n    raise SystemExit\n"
        )
    )
    namespace = run(definitions(source), {"__name__": "model"})

    assert namespace["f"](1) == 3  # type: ignore[operator]
    assert namespace["g"]() == 2  # type: ignore[operator]
    assert namespace["absent_module"] is None
    assert "faults" not in namespace


def test_a_traceback_names_the_line_that_the_student_sees() -> None:
    """Units stand where they stood in their cell, decorators, blank lines and dropped statements included."""
    source = source_of(
        "x = 1", "\n\nprint(1)\nimport functools\n\n@functools.wraps(\n  print)\ndef f():\n\n    return 1 / 0\n"
    )
    namespace = run(definitions(source))
    with pytest.raises(ZeroDivisionError) as caught:
        namespace["f"]()  # type: ignore[operator]
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]

    assert (frame.filename, frame.lineno) == ("cell 2", 10)


def test_a_failing_unit_leaves_the_others_alone() -> None:
    """Each statement is a unit, so an import of a missing package costs only itself."""
    namespace = run(definitions(source_of("import no_such_package\ndef f(): return 1\nA = [1]\n")))

    assert namespace["f"]() == 1  # type: ignore[operator]
    assert namespace["A"] == [1]
    assert len(namespace["faults"]) == 1  # type: ignore[arg-type]


def test_future_imports_reach_every_unit_of_their_cell() -> None:
    """Annotations that are not evaluated stay so."""
    namespace = run(
        definitions(source_of("from __future__ import annotations\nx = 1\ndef f(a: absent) -> None:\n    return a\n"))
    )

    assert namespace["f"](3) == 3  # type: ignore[operator]
    assert "faults" not in namespace


def test_broken_cells_give_what_they_have() -> None:
    """The starter's blank lines cost themselves only, and are named."""
    program = definitions(source_of("transform_train = \ndef f(): return 1\n", "def g(x):\n    y = \n    return y\n"))

    assert [d.name for d in program.definitions] == ["f"]
    assert any(
        "cell 1, line 1: nothing stands" in repair and "`transform_train`" in repair for repair in program.repairs
    )
    assert any("cell 2, line 2" in repair and "`g`" in repair for repair in program.repairs)


def test_settings_stay() -> None:
    """Seeds, paths, defaults and files that are run may matter to any definition."""
    cell = (
        "import sys, torch, numpy as np, os\nsys.path.append('tools')\nnp.random.seed(1)\n"
        "torch.backends.cudnn.deterministic = True\ntorch.set_default_dtype(torch.float64)\nos.environ['A'] = '1'\n"
    )
    text = kept(definitions(source_of(cell, "%run utils.py", "os.chdir('/content')", "os.environ['B'] = input()")))

    for setting in ("sys.path", "seed", "cudnn", "set_default", "environ['A']", "'run', 'utils.py'"):
        assert setting in text
    assert "chdir" not in text
    assert "input" not in text


def test_functions_that_write_module_names_are_called_where_they_were() -> None:
    """`setup()` gives `W`, which `f` reads."""
    source = source_of(
        "def setup(n):\n    global W\n    W = [n]\n    log.append(n)\nlog = []\n",
        "setup(3)\n",
        "def f(): return W, log\n",
    )

    assert run(definitions(source))["f"]() == ([3], [3])  # type: ignore[operator]


def test_files_and_options_are_carried() -> None:
    """A file that the program would write lies beside it, unless the assignment gives it."""
    source = source_of("%%writefile utils.py\nx = 1\n", "%%writefile other.py\ny = 1\n", "import utils")
    program = definitions(source, files={"utils.py": b"given"}, options={"batches": 2}, long_loop=7)

    assert program.files == {"utils.py": b"given", "other.py": b"y = 1\n"}
    assert (program.options, program.long_loop, program.mode) == ({"batches": 2}, 7, "definitions")


def test_parameters_are_listed_as_they_are_called() -> None:
    """A class has its constructor's parameters without `self`."""
    source = source_of(
        "def f(a, b=1, *c, d, **e): pass\ng = lambda x, y=1: x\n",
        "class A:\n    def __init__(self, n, m=2): pass\nclass B(A): pass\n",
    )
    f, g, a, b = definitions(source).definitions

    assert (f.parameters, f.required, f.most) == (("a", "b", "*c", "d", "**e"), 1, None)
    assert (g.parameters, g.required, g.most, g.kind) == (("x", "y"), 1, 2, "lambda")
    assert (a.parameters, a.required, a.most, a.kind) == (("n", "m"), 1, 2, "class")
    assert (b.parameters, b.required, b.most) == ((), 0, None)
    assert b.accepts(9)
    assert not g.accepts(3)


def test_long_loops_and_relative_imports_are_rewritten() -> None:
    """The rewrites reach what is kept."""
    text = kept(
        definitions(read_source(module("from .a import b\ndef f():\n    for i in g(50000): pass\n")), long_loop=1000)
    )

    assert "from a import b" in text
    assert "g(__long_loop__(50000))" in text


def test_repairs_do_not_depend_on_the_order_of_hashes() -> None:
    """The same submission gives the same report: names are listed in order, one line for each statement."""
    source = source_of("b, d, a, c = input()", "def f(): return d, b, c, a")

    assert definitions(source).repairs[-1] == (
        "cell 1, line 1: gives `a`, `b`, `c`, `d`, but trains, downloads or loops long: left out"
    )


def test_a_function_that_is_handed_to_another_is_not_changed_by_it() -> None:
    """`draw(sigmoid, W)` draws: it is no part of `sigmoid`, and the training that gives `W` is not run for it."""
    source = source_of(
        "def sigmoid(x): return x",
        "def draw(f, W): print(f(W))",
        "W = train()",
        "draw(sigmoid, W)",
        "draw(f=sigmoid, W=W)",
    )

    assert "draw(" not in kept(definitions(source, wanted=["sigmoid"])).replace("def draw(", "")
