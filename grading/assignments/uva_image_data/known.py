"""Known submissions: the right notebook with a setting, a network or a layer changed, and what that must cost."""

from grading.assignments.uva_image_data.rubric import FILE
from grading.authoring.patches import Patch, Patches

GAUSSIAN = "init.normal_(module.weight, mean=0, std=0.0001)"
KAIMING = "init.kaiming_uniform_(module.weight)"
ZERO = "init.zeros_(module.weight)"
LAYERS = "[model.network.layer4[1].conv2]"


def _gaussian(name: str, written: str, named: str) -> Patch:
    return Patch(name, ((GAUSSIAN, written),), ("run-sgd",), named)


def _kaiming(name: str, written: str, named: str) -> Patch:
    return Patch(name, ((KAIMING, written),), ("run-kaiming",), named)


WRONG = (
    Patch(
        "SGD where Adam is due",
        (("opt_func = torch.optim.Adam", "opt_func = torch.optim.SGD"),),
        ("run-adam",),
        "other-settings",
    ),
    Patch("a rate of 1e-6", (("lr = 1e-8", "lr = 1e-6"),), ("run-tiny-rate",), "other-settings"),
    Patch("a rate of 1.2", (("lr = 12", "lr = 1.2"),), ("run-huge-rate",), "other-settings"),
    Patch(
        "zeros where noise is due",
        ((GAUSSIAN, ZERO),),
        ("run-sgd", "run-adam", "run-tiny-rate", "run-huge-rate"),
        "other-settings",
    ),
    _gaussian("the root of the deviation", GAUSSIAN.replace("0.0001", "0.01"), "std-for-variance"),
    _gaussian("the square of the deviation", GAUSSIAN.replace("0.0001", "1e-8"), "variance-for-std"),
    _gaussian("a deviation of 1", GAUSSIAN.replace("0.0001", "1.0"), "std-one"),
    _gaussian("a mean of 1", GAUSSIAN.replace("mean=0", "mean=1"), "mean-one"),
    _gaussian("uniform noise", "init.uniform_(module.weight, -0.0001 * 3 ** 0.5, 0.0001 * 3 ** 0.5)", "other-shape"),
    _gaussian("the noise left out", "pass", "torch-default-left"),
    _gaussian("noise that is returned, not written", "torch.randn_like(module.weight) * 0.0001", "torch-default-left"),
    Patch("ones for zeros", ((ZERO, "init.ones_(module.weight)"),), ("run-zero",), "ones-instead"),
    Patch("the zeros left out", ((ZERO, "pass"),), ("run-zero",), "torch-default-left"),
    _kaiming("Kaiming's normal", "init.kaiming_normal_(module.weight)", "kaiming-other-shape"),
    _kaiming("Xavier's uniform", "init.xavier_uniform_(module.weight)", "xavier-instead"),
    _kaiming("fan-out for fan-in", KAIMING.replace(")", ", mode='fan_out')"), "kaiming-fan-out"),
    _kaiming("the gain of a linear layer", KAIMING.replace(")", ", nonlinearity='linear')"), "lecun-instead"),
    _kaiming("torch's own weights", KAIMING.replace(")", ", a=math.sqrt(5))"), "torch-default-left"),
    _kaiming("uniform on [0, 1]", "init.uniform_(module.weight)", "uniform-zero-to-one"),
    Patch(
        "Grad-CAM at the first block",
        ((LAYERS, "[model.network.layer1[0].conv1]"),),
        ("grad-cam",),
        "cam-at-an-early-layer",
    ),
    Patch(
        "a layer of another network",
        ((LAYERS, LAYERS.replace("model", "other")),),
        ("grad-cam",),
        "cam-of-another-network",
    ),
    Patch(
        "the zero network again",
        (("to_device(ResNetUniformWeight(), device)", "to_device(ResNetZeroWeight(), device)"),),
        ("run-kaiming", "grad-cam"),
        "cam-of-a-blind-network",
        alone=True,
    ),
)
RIGHT = (
    Patch("as older torchvision has it", (("weights=None", "pretrained=False"),)),
    Patch("the rate in digits", (("lr = 1e-4", "lr = 0.0001"), ("lr = 12", "lr = 12.0"))),
    Patch("the rate as a power", (("lr = 1e-8", "lr = 10 ** -8"),)),
    Patch("the rate as a fraction", (("lr = 1e-8", "lr = 1 / 1e8"),)),
    Patch("the whole last block", ((LAYERS, "[model.network.layer4[-1]]"),)),
    Patch("a constant of 0", ((ZERO, "init.constant_(module.weight, 0)"),)),
    Patch("written without init", ((ZERO, "module.weight.data.zero_()"),)),
    Patch("noise written by hand", ((GAUSSIAN, "module.weight.data.normal_(0, 1e-4)"),)),
    Patch("another name", (("ResNetUniformWeight", "ResNetKaiming"),)),
    Patch(
        "the layers in a variable",
        (
            ("for label, chosen in", "layers = [model.network.layer4[1].conv2]\nfor label, chosen in"),
            (f"model, {LAYERS}", "model, layers"),
        ),
    ),
    Patch("Adam by keyword", (("train_dl, val_dl, opt_func)", "train_dl, val_dl, opt_func=opt_func)"),)),
)
patches = [Patches(FILE, WRONG, RIGHT, together=4)]
