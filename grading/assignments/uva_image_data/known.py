"""Known submissions: the right notebook with a setting, a network or a layer changed, and what that must cost."""

from grading.assignments.uva_image_data.rubric import FILE
from grading.authoring.patches import Patch, Patches

GAUSSIAN = "init.normal_(module.weight, mean=0, std=0.0001)"
KAIMING = "init.kaiming_uniform_(module.weight)"
ZERO = "init.zeros_(module.weight)"
LAYERS = "[model.network.layer4[1].conv2]"


def _patch(name: str, old: str, new: str, *loses: str, named: str = "") -> Patch:
    return Patch(name, ((old, new),), loses, named)


_SGD, _KAIMING, _CAM = "run-sgd", "run-kaiming", "grad-cam"
_ADAM, _TINY, _HUGE, _ZERO = "run-adam", "run-tiny-rate", "run-huge-rate", "run-zero"

WRONG = (
    _patch("SGD where Adam is due", "= torch.optim.Adam", "= torch.optim.SGD", _ADAM, named="other-settings"),
    _patch("a rate of 1e-6", "lr = 1e-8", "lr = 1e-6", _TINY, named="other-settings"),
    _patch("a rate of 1.2", "lr = 12", "lr = 1.2", _HUGE, named="other-settings"),
    _patch("zeros where noise is due", GAUSSIAN, ZERO, _SGD, _ADAM, _TINY, _HUGE, named="other-settings"),
    *(
        _patch(name, GAUSSIAN, written, _SGD, named=named)
        for name, written, named in (
            ("the root of the deviation", GAUSSIAN.replace("0.0001", "0.01"), "std-for-variance"),
            ("the square of the deviation", GAUSSIAN.replace("0.0001", "1e-8"), "variance-for-std"),
            ("a deviation of 1", GAUSSIAN.replace("0.0001", "1.0"), "std-one"),
            ("a mean of 1", GAUSSIAN.replace("mean=0", "mean=1"), "mean-one"),
            ("uniform noise", "init.uniform_(module.weight, -0.0001 * 3 ** 0.5, 0.0001 * 3 ** 0.5)", "other-shape"),
            ("the noise left out", "pass", "torch-default-left"),
            ("noise that is returned, not written", "torch.randn_like(module.weight) * 0.0001", "torch-default-left"),
        )
    ),
    _patch("ones for zeros", ZERO, "init.ones_(module.weight)", _ZERO, named="ones-instead"),
    _patch("the zeros left out", ZERO, "pass", _ZERO, named="torch-default-left"),
    *(
        _patch(name, KAIMING, written, _KAIMING, named=named)
        for name, written, named in (
            ("Kaiming's normal", "init.kaiming_normal_(module.weight)", "kaiming-other-shape"),
            ("Xavier's uniform", "init.xavier_uniform_(module.weight)", "xavier-instead"),
            ("fan-out for fan-in", KAIMING.replace(")", ", mode='fan_out')"), "kaiming-fan-out"),
            ("the gain of a linear layer", KAIMING.replace(")", ", nonlinearity='linear')"), "lecun-instead"),
            ("torch's own weights", KAIMING.replace(")", ", a=math.sqrt(5))"), "torch-default-left"),
            ("uniform on [0, 1]", "init.uniform_(module.weight)", "uniform-zero-to-one"),
        )
    ),
    _patch(
        "Grad-CAM at the first block", LAYERS, "[model.network.layer1[0].conv1]", _CAM, named="cam-at-an-early-layer"
    ),
    _patch(
        "a layer of another network", LAYERS, LAYERS.replace("model", "other"), _CAM, named="cam-of-another-network"
    ),
    Patch(
        "the zero network again",
        (("to_device(ResNetUniformWeight(), device)", "to_device(ResNetZeroWeight(), device)"),),
        (_KAIMING, _CAM),
        "cam-of-a-blind-network",
        alone=True,
    ),
)
RIGHT = (
    _patch("as older torchvision has it", "weights=None", "pretrained=False"),
    Patch("the rate in digits", (("lr = 1e-4", "lr = 0.0001"), ("lr = 12", "lr = 12.0"))),
    _patch("the rate as a power", "lr = 1e-8", "lr = 10 ** -8"),
    _patch("the rate as a fraction", "lr = 1e-8", "lr = 1 / 1e8"),
    _patch("the whole last block", LAYERS, "[model.network.layer4[-1]]"),
    _patch("a constant of 0", ZERO, "init.constant_(module.weight, 0)"),
    _patch("written without init", ZERO, "module.weight.data.zero_()"),
    _patch("noise written by hand", GAUSSIAN, "module.weight.data.normal_(0, 1e-4)"),
    _patch("another name", "ResNetUniformWeight", "ResNetKaiming"),
    Patch(
        "the layers in a variable",
        (
            ("for label, chosen in", "layers = [model.network.layer4[1].conv2]\nfor label, chosen in"),
            (f"model, {LAYERS}", "model, layers"),
        ),
    ),
    _patch("Adam by keyword", "train_dl, val_dl, opt_func)", "train_dl, val_dl, opt_func=opt_func)"),
)
patches = [Patches(FILE, WRONG, RIGHT, together=4)]
