"""Pictures that a program writes to files, without showing any, are kept as figures."""

import pytest

from grading.domain.assignment import Limits
from grading.sandbox import Sandbox, SandboxConfig
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]
LIMITS = Limits(
    call_s=60.0, cell_s=60.0, part_s=200.0, memory_bytes=2 << 30, file_bytes=8 << 20, processes=64, output_bytes=4096,
    reply_bytes=8 << 20,
)  # fmt: skip
WRITING = {
    "imsave": "plt.imsave('conv1_0.png', np.eye(4), cmap='gray')\nplt.imsave('conv1_1.png', np.ones((4, 4, 3)))",
    "PIL": "Image.fromarray(np.eye(4) > 0).save('conv1_0.png')\nImage.new('RGB', (4, 4)).save('conv1_1.png')",
    "torchvision": "save_image(torch.ones(1, 4, 4), 'conv1_0.png')\nsave_image(torch.ones(3, 4, 4), 'conv1_1.png')",
}
IMPORTS = (
    "import matplotlib.pyplot as plt, numpy as np, torch\nfrom PIL import Image\n"
    "from torchvision.utils import save_image\n"
)


def test_pictures_in_files_are_figures() -> None:
    """A figure for each cell that writes, with an image for each file; what is shown comes once."""
    shown = "plt.imshow(np.eye(3))\nplt.title('shown')\nplt.savefig('shown.png')\nplt.show()"
    with Sandbox.start(SandboxConfig(images=("torch",))) as sandbox:
        box = sandbox.open(
            program(*(IMPORTS + cell for cell in (*WRITING.values(), shown)), mode="run"),
            limits=LIMITS, seed=1, image="torch",
        )  # fmt: skip
        faults = list(box.load().faults)
        figures = list(box.figures())
        box.end()

    assert faults == []
    assert [len(figure.images) for figure in figures] == [2] * len(WRITING) + [1]
