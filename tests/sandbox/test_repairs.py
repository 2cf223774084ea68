"""What old and foreign programs need is served in the box, and every such repair is listed for the report."""

import re

import pytest

from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]
LIMITS = Limits(
    call_s=60.0, cell_s=60.0, part_s=200.0, memory_bytes=2 << 30, file_bytes=8 << 20, processes=64, output_bytes=4096,
    reply_bytes=8 << 20,
)  # fmt: skip

CELLS = {
    "names that NumPy removed": (
        "import numpy as np\nassert np.zeros(2, np.int).dtype.kind == 'i'\nassert np.Inf > 1",
        "np.int, which NumPy no longer has",
    ),
    "a style that matplotlib removed": (
        "import matplotlib.pyplot as plt\nplt.style.use('seaborn-white')",
        "seaborn-white.*left out",
    ),
    "an absent package": ("import turtle_of_mine\nturtle_of_mine.Pen().forward(3)", "turtle_of_mine is not here"),
    "an absent package's decorators": (
        (
            "from numba_of_mine import jit, njit\n\n@jit\ndef one(): return 1\n\n"
            "@njit(cache=True)\ndef two(): return 2\n"
            "assert (one(), two()) == (1, 2)"
        ),
        "numba_of_mine is not here",
    ),
    "an absent package's modules": (
        "from cam_of_mine.utils.image import show\nimport cam_of_mine.targets\nshow(1)",
        "cam_of_mine is not here",
    ),
    "an import that may fail": (
        "try:\n    import not_here\nexcept ImportError:\n    not_here = None\nassert not_here is None",
        "",
    ),
    "Colab": ("from google.colab import drive\ndrive.mount('/content/drive')", "google"),
    "the keyboard": ("name = input('name? ')\nassert name == ''", r"input\(\)"),
    "a GPU that is not there": (
        (
            "import torch\nx = torch.ones(2).cuda()\nm = torch.nn.Linear(2, 1).cuda().to('cuda:0')\n"
            "y = m(torch.zeros(1, 2, device='cuda'))\nassert y.device.type == 'cpu'\n"
            "assert not torch.cuda.is_available()"
        ),
        "there is no GPU here",
    ),
    "workers and pinned memory": (
        (
            "from torch.utils.data import DataLoader\n"
            "for b in DataLoader(range(8), batch_size=4, num_workers=4, pin_memory=True): pass\nassert len(b) == 4"
        ),
        "without worker processes",
    ),
    "bars for notebooks": ("from tqdm import tqdm_notebook, trange\nassert sum(tqdm_notebook(range(4))) == 6", ""),
}
"""What students write, and what the list of repairs must say about it; "" where nothing was repaired."""


def test_old_and_foreign_programs_run_and_every_repair_is_listed() -> None:
    """Each cell runs to its end, with its own assertions holding, and the report can say what was done for it."""
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(program(*(cell for cell, _ in CELLS.values())), limits=LIMITS, seed=1, image="torch")
        loaded = box.load()
        repairs = list(box.repairs)
        box.end()
    said = "\n".join(repairs)
    names = list(CELLS)

    assert [(names[int(f.label.split()[1]) - 1], f.exception, f.text) for f in loaded.faults] == []
    assert [name for name, (_, repair) in CELLS.items() if repair and not re.search(repair, said)] == [], said
    assert said.count("cam_of_mine") == 1  # once for the package, whatever is imported from it
