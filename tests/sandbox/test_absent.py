"""Packages that are not here: what is only shown or logged does nothing, and no answer is made of nothing."""

import pytest

from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]
LIMITS = Limits(
    call_s=60.0, cell_s=60.0, part_s=200.0, memory_bytes=2 << 30, file_bytes=8 << 20, processes=64, output_bytes=4096,
    reply_bytes=8 << 20,
)  # fmt: skip

RUNS = {
    "bars": (
        "from fast_of_mine import progress_bar, master_bar\nfrom bars_of_mine import ProgressBar, alive_it\n"
        "mb = master_bar(range(3))\nseen = []\nfor i in mb:\n    for j in progress_bar([1, 2], parent=mb):\n"
        "        seen.append(j)\n        mb.child.comment = 'x'\n    mb.write('done')\nassert seen == [1, 2] * 3\n"
        "assert list(ProgressBar()(range(2))) == [0, 1]\nassert list(alive_it(x for x in 'ab')) == ['a', 'b']"
    ),
    "compilers": (
        "from numba_of_mine import njit, jit, prange\nimport numba_of_mine as nb\n"
        "@njit\ndef one(n):\n    return sum(i for i in prange(n))\n@nb.jit(nopython=True, parallel=True)\n"
        "def two(): return 2\n@nb.vectorize(['float64(float64)'])\ndef three(x): return 3\n"
        "assert (one(4), two(), three(0)) == (6, 2, 3)"
    ),
    "loggers": (
        "import log_of_mine as log\nfrom log_of_mine.writers import Writer\nlog.init(project='a', config={'lr': 1})\n"
        "w = Writer('runs')\nif w:\n    w.add_scalar('loss', 0.5, 1)\nwith log.start() as s:\n    s.log({'a': 1})\n"
        "log.finish()\nlog.options['x'] = 3"
    ),
    "a logger's settings": (
        "import kept_of_mine\nkept_of_mine.config.late = 2\nassert kept_of_mine.config['late'] == 2\n"
        "run = kept_of_mine.init(config={'lr': 0.1})\nrun.config.update({'size': 3})\n"
        "assert (kept_of_mine.config.lr, run.config['lr'], kept_of_mine.config.size) == (0.1, 0.1, 3)"
    ),
    "a table's picture": (
        "import numpy as np, seaborn as sns\naxes = sns.heatmap(np.eye(3), cmap='gray')\n"
        "assert len(axes.images) + len(axes.collections) == 1"
    ),
    "a decorator of a class": "from deco_of_mine import typed\n@typed\nclass A:\n    x = 1\nassert A().x == 1",
    "NumPy by another name": (
        "import autograd.numpy as np\nfrom jax.numpy import exp\nassert float(np.tanh(np.zeros(2)).sum()) == 0\n"
        "assert exp(0) == 1"
    ),
}  # fmt: skip
RAISES = {
    "a number": "import nothing_of_mine\n1 + nothing_of_mine.value(3)",
    "a comparison": "import nothing_of_mine\nnothing_of_mine.value(3) < 2",
    "a condition": "import nothing_of_mine\nif nothing_of_mine.close(1, 2): pass",
    "a loop": "import nothing_of_mine\nfor x in nothing_of_mine.batches([1, 2]): pass",
    "an array": "import numpy as np, nothing_of_mine\nnp.asarray(nothing_of_mine.exp(1.0), dtype=float)",
    "a base class that is called": "import nothing_of_mine\nclass A(nothing_of_mine.Module): pass\nA()(3)",
    "a base class's method": "import nothing_of_mine\nclass A(nothing_of_mine.Module): pass\nA().fit(3)",
    "a gradient": "from nothing_of_mine import grad\n1 * grad(lambda x: x)(2.0)",
}  # fmt: skip


def test_absent_packages_do_nothing_or_say_their_name() -> None:
    """What runs runs to its end; what wants a value raises an error that names the package."""
    cells = {**RUNS, **RAISES}
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(program(*cells.values()), limits=LIMITS, seed=1, image="torch")
        loaded = box.load()
        box.end()
    faults = {list(cells)[int(f.label.split()[1]) - 1]: f"{f.exception}: {f.text}" for f in loaded.faults}

    assert {name: text for name, text in faults.items() if name in RUNS} == {}
    assert {name for name in RAISES if "package nothing_of_mine is not installed here" in faults.get(name, "")} == set(
        RAISES
    ), faults
