"""What libraries dropped is there for programs that were written with it."""

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
    "rows appended to a table": (
        "import pandas as pd\nt = pd.DataFrame(columns=['epoch', 'loss'])\n"
        "for i in range(3):\n    t = t.append({'epoch': i, 'loss': i / 2}, ignore_index=True)\n"
        "assert list(t.columns) == ['epoch', 'loss'] and t['loss'].tolist() == [0, 0.5, 1]\n"
        "assert list(t.index) == [0, 1, 2]\n"
        "t = t.append(pd.DataFrame({'epoch': [3], 'loss': [1.5]}))\nassert len(t) == 4\n"
        "t = t.append(pd.Series({'epoch': 4}), ignore_index=True)\nassert len(t) == 5\n"
        "assert len(t.append([{'epoch': 5}, {'epoch': 6}])) == 7\n"
        "assert len(pd.Series([1]).append(pd.Series([2]))) == 2\n"
        "assert [name for name, _ in t.iteritems()] == ['epoch', 'loss']\nt.applymap(str)\nt.fillna(method='ffill')"
    ),
    "schedulers that print": (
        "import torch\no = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)\n"
        "torch.optim.lr_scheduler.ReduceLROnPlateau(o, 'min', verbose=True)\n"
        "s = torch.optim.lr_scheduler.StepLR(o, 1, gamma=0.5, verbose=True)\no.step()\ns.step()\n"
        "assert o.param_groups[0]['lr'] == 0.5"
    ),
    "algebra that moved": (
        "import torch\nq, r = torch.qr(torch.eye(3))\nw, v = torch.symeig(torch.eye(3), eigenvectors=True)\n"
        "x, _ = torch.solve(torch.ones(3, 1), torch.eye(3))\nassert x.sum() == 3"
    ),
    "modules": (
        "from torch._six import inf, string_classes, container_abcs\nfrom torchvision.models.utils import "
        "load_state_dict_from_url\nfrom torchvision.models.resnet import model_urls\nmodel_urls['resnet18']\n"
        "from sklearn.externals import joblib\njoblib.dump\nassert isinstance('a', string_classes) and inf > 1"
    ),
    "transforms": (
        "from torchvision import transforms as T, utils\nimport torch\nfrom PIL import Image\n"
        "T.Scale(4)\nT.RandomSizedCrop(4)\nT.RandomRotation(10, resample=False)\n"
        "assert T.RandomAffine(10, fillcolor=3, resample=Image.BILINEAR).fill == 3\n"
        "utils.make_grid(torch.ones(2, 1, 4, 4), normalize=True, range=(0, 1))\n"
        "Image.new('RGB', (4, 4)).resize((2, 2), Image.ANTIALIAS)"
    ),
    "figures": (
        "import matplotlib.pyplot as plt\nplt.figure().canvas.set_window_title('x')\nplt.grid(b=True)\n"
        "plt.hist([1, 2], normed=True)\nplt.stem([1, 2], use_line_collection=True)\nplt.boxplot([1, 2], labels=['a'])\n"
        "plt.plot([1], label='a')\nplt.legend().legendHandles\nfor c in plt.contourf([[1, 2], [3, 4]]).collections: c\n"
        "plt.cm.spectral\nplt.close('all')"
    ),
    "the language": (
        "from collections import Iterable, Mapping\nimport time, inspect, fractions\nassert isinstance([], Iterable)\n"
        "time.clock()\nassert fractions.gcd(4, 6) == 2"
    ),
    "other libraries": (
        "from sklearn.metrics import plot_confusion_matrix\nfrom scipy.integrate import simps, trapz\n"
        "assert trapz([1, 1]) == 1"
    ),
    "NumPy": "from numpy import int, float, bool\nimport numpy as np\nassert np.zeros(2, np.int).dtype.kind == 'i'",
}


def test_what_libraries_dropped_is_there() -> None:
    """Each cell runs to its end, with its own assertions holding."""
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(program(*CELLS.values()), limits=LIMITS, seed=1, image="torch")
        loaded = box.load()
        repairs = list(box.repairs)
        box.end()
    names = list(CELLS)

    assert [(names[int(f.label.split()[1]) - 1], f.exception, f.text) for f in loaded.faults] == []
    assert "append, which pandas no longer has, was brought back" in repairs
