"""Notebook 2 written wrongly: the right sample with a mistake as students make it.

Each names the row that must lose its points and the mistake that the report must name.
"""

from grading.authoring.patches import Patch

TRANSFORMS, LOSS, OPTIMIZERS, WEIGHTS, MAPS = (
    "data-transformation", "loss-function", "optimizers", "pretrained-weights", "feature-visualization",
)  # fmt: skip

NORMALIZE = "    transforms.ToTensor(),\n    transforms.Normalize(imagenet_mean, imagenet_std),\n])\ntest_transform"
STATISTICS = "imagenet_mean = [0.485, 0.456, 0.406]\nimagenet_std = [0.229, 0.224, 0.225]"
VARIED = "    transforms.Resize(256),\n    transforms.RandomCrop(224),\n    transforms.RandomHorizontalFlip(),\n"
TRAIN_SET = "train=True, download=True, transform=train_transform"
TEST_SET = "train=False, download=True, transform=test_transform"
BUILD = "    model = models.resnet18(weights=models.ResNet18_Weights.DEFAULT)\n"
HEAD = "    model.fc = nn.Linear(model.fc.in_features, num_classes)\n"
CRITERION = "criterion = nn.CrossEntropyLoss()"
ADAM = "adam = optim.Adam(model_adam.parameters(), lr=1e-4)"
SGD = "sgd = optim.SGD(model_sgd.parameters(), lr=1e-3, momentum=0.9)"
SHOW = '        ax.imshow(maps[k], cmap="viridis")\n'
SHOWN_MODEL = "model = model_adam.eval()"
HOOKS = """handles = [getattr(model, name).register_forward_hook(keep(name))
           for name in ("conv1", "layer1", "layer2", "layer3", "layer4")]
image, label = test_set[0]
with torch.no_grad():
    model(image[None].to(device))
for handle in handles:
    handle.remove()
"""
CHAINED = """image, label = test_set[0]
stages = (model.layer1, model.layer2, model.layer3, model.layer4)
convs = [model.conv1] + [c for stage in stages for block in stage for c in (block.conv1, block.conv2)]
x = image[None]
with torch.no_grad():
    for i, conv in enumerate(convs):
        x = conv(x)
        if i in (0, 3, 7, 11, 15):
            feature_maps[f"conv {i}"] = x[0]
"""
PLAIN_BLOCKS = """image, label = test_set[0]
with torch.no_grad():
    x = model.maxpool(model.relu(model.bn1(model.conv1(image[None]))))
    feature_maps["stem"] = x[0]
    for i, stage in enumerate((model.layer1, model.layer2, model.layer3, model.layer4)):
        for block in stage:
            x = torch.relu(block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(x))))))
        feature_maps[f"layer{i + 1}"] = x[0]
"""
PARAMETERS_ONLY = """    model = models.resnet18(weights=None)
    full = models.resnet18(weights="IMAGENET1K_V1")
    model.load_state_dict(dict(full.named_parameters()), strict=False)
"""
RENAMED = """    model = models.resnet18(weights=None)
    full = models.resnet18(weights="IMAGENET1K_V1").state_dict()
    model.load_state_dict({k.replace("layer3", "block3"): v for k, v in full.items()}, strict=False)
"""
KAIMING = """    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight)
"""
RESET = """    for m in model.layer4.modules():
        if hasattr(m, "reset_parameters"):
            m.reset_parameters()
"""
DRIFTED = """    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.running_mean.mul_(0.9)
"""
UNCORRECTED = """class MyAdam(optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["m"], state["v"] = torch.zeros_like(p), torch.zeros_like(p)
                state["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                state["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p -= group["lr"] * state["m"] / (state["v"].sqrt() + group["eps"])


adam = MyAdam(model_adam.parameters())"""
MAPS_TOO_EARLY = """model_adam = build_model(len(classes))
feature_maps = {}


def keep(name):
    def hook(module, inputs, output):
        feature_maps[name] = output.detach().cpu()[0]
    return hook


handles = [getattr(model_adam, name).register_forward_hook(keep(name))
           for name in ("conv1", "layer1", "layer2", "layer3", "layer4")]
with torch.no_grad():
    model_adam.eval()(test_set[0][0][None])
for handle in handles:
    handle.remove()
"""


def loss(body: str) -> tuple[tuple[str, str], ...]:
    """Replace the loss."""
    return ((CRITERION, f"import torch.nn.functional as F\n\n\ndef criterion(logits, labels):\n    {body}"),)


def criterion(written: str) -> tuple[tuple[str, str], ...]:
    """Replace the loss by another object."""
    return ((CRITERION, f"criterion = {written}"),)


def ends_with(pipeline: str) -> tuple[tuple[str, str], ...]:
    """Replace the end of the training pipeline."""
    return ((NORMALIZE, f"{pipeline}])\ntest_transform"),)


def statistics(mean: str, std: str) -> tuple[tuple[str, str], ...]:
    """Replace the statistics of both pipelines."""
    return ((STATISTICS, f"imagenet_mean = {mean}\nimagenet_std = {std}"),)


# fmt: off
WRONG = (
    # -- data transformation
    Patch("no normalize", ends_with("    transforms.ToTensor(),\n"), (TRANSFORMS,), "no-normalization"),
    Patch("cifar statistics", statistics("[0.4914, 0.4822, 0.4465]", "[0.2023, 0.1994, 0.2010]"), (TRANSFORMS,), "cifar-statistics"),
    Patch("half statistics", statistics("[0.5] * 3", "[0.5] * 3"), (TRANSFORMS,), "half-statistics"),
    Patch("swapped statistics", statistics("[0.229, 0.224, 0.225]", "[0.485, 0.456, 0.406]"), (TRANSFORMS,), "mean-and-std-swapped"),
    Patch("reversed statistics", statistics("[0.406, 0.456, 0.485]", "[0.225, 0.224, 0.229]"), (TRANSFORMS,), "channels-reversed"),
    Patch("mean only", statistics("[0.485, 0.456, 0.406]", "[1, 1, 1]"), (TRANSFORMS,), "mean-only"),
    Patch("normalised twice", ends_with("    transforms.ToTensor(), transforms.Normalize(imagenet_mean, imagenet_std),\n    transforms.Normalize(imagenet_mean, imagenet_std),\n"), (TRANSFORMS,), "normalized-twice"),
    Patch("bytes", ends_with("    transforms.PILToTensor(), transforms.Lambda(lambda x: x.float()),\n    transforms.Normalize(imagenet_mean, imagenet_std),\n"), (TRANSFORMS,), "bytes-normalized"),
    Patch("augmented test", (("    transforms.CenterCrop(224),\n", "    transforms.CenterCrop(224),\n    transforms.RandomHorizontalFlip(),\n"),), (TRANSFORMS,), "augmented-evaluation"),
    Patch("one pipeline for both", ((TEST_SET, TEST_SET.replace("test_transform", "train_transform")),), (TRANSFORMS,), "augmented-evaluation"),
    Patch("never varied", ((TRAIN_SET, TRAIN_SET.replace("train_transform", "test_transform")),), (TRANSFORMS,), "no-augmentation"),
    Patch("no resize", ((VARIED, "    transforms.RandomHorizontalFlip(),\n"),), (TRANSFORMS,), "no-resize"),
    # -- loss
    Patch("softmax first", loss("return F.cross_entropy(F.softmax(logits, dim=1), labels)"), (LOSS,), "softmax-before-cross-entropy"),
    Patch("softmax in the network", ((HEAD, "    model.fc = nn.Sequential(nn.Linear(model.fc.in_features, num_classes), nn.Softmax(dim=1))\n"),), (LOSS,), "softmax-before-cross-entropy"),
    Patch("sigmoid first", loss("return F.cross_entropy(torch.sigmoid(logits), labels)"), (LOSS,), "sigmoid-before-cross-entropy"),
    Patch("sum", criterion('nn.CrossEntropyLoss(reduction="sum")'), (LOSS,), "sum-instead-of-mean"),
    Patch("nll on logits", criterion("nn.NLLLoss()"), (LOSS,), "nll-on-logits"),
    Patch("nll on probabilities", loss("return F.nll_loss(F.softmax(logits, dim=1), labels)"), (LOSS,), "nll-on-probabilities"),
    Patch("squared error", loss("return F.mse_loss(logits, F.one_hot(labels, 10).float())"), (LOSS,), "squared-error"),
    Patch("binary", loss("return F.binary_cross_entropy_with_logits(logits, F.one_hot(labels, 10).float())"), (LOSS,), "binary-cross-entropy"),
    Patch("hinge", criterion("nn.MultiMarginLoss()"), (LOSS,), "hinge-loss"),
    Patch("climbing loss", loss("return -F.cross_entropy(logits, labels)"), (LOSS,), "cross-entropy-sign"),
    # -- optimizers
    Patch("adamw", ((ADAM, "adam = optim.AdamW(model_adam.parameters(), lr=1e-4)"),), (OPTIMIZERS,), "adamw"),
    Patch("rmsprop", ((ADAM, "adam = optim.RMSprop(model_adam.parameters(), lr=1e-4)"),), (OPTIMIZERS,), "rmsprop"),
    Patch("adagrad", ((ADAM, "adam = optim.Adagrad(model_adam.parameters(), lr=1e-3)"),), (OPTIMIZERS,), "adagrad"),
    Patch("uncorrected adam", ((ADAM, UNCORRECTED),), (OPTIMIZERS,), "adam-without-bias-correction"),
    Patch("adam twice", ((SGD, "sgd = optim.Adam(model_sgd.parameters(), lr=1e-4)"),), (OPTIMIZERS,), "no-sgd"),
    Patch("sgd twice", ((ADAM, "adam = optim.SGD(model_adam.parameters(), lr=1e-3)"),), (OPTIMIZERS,), "no-adam"),
    Patch("zero rate", ((SGD, "sgd = optim.SGD(model_sgd.parameters(), lr=0.0, momentum=0.9)"),), (OPTIMIZERS,), "zero-learning-rate"),
    Patch("absurd rate", ((ADAM, "adam = optim.Adam(model_adam.parameters(), lr=3.0)"),), (OPTIMIZERS,), "absurd-learning-rate", alone=True),
    Patch("other network", ((SGD, "sgd = optim.SGD(build_model(10).parameters(), lr=1e-3, momentum=0.9)"),), (OPTIMIZERS,), "optimizer-of-other-network", alone=True),
    Patch("before the head", (("model_sgd = build_model(len(classes))\n", 'model_sgd = models.resnet18(weights="DEFAULT")\n'), (SGD, SGD + "\nmodel_sgd.fc = nn.Linear(512, 10)")), (OPTIMIZERS,), "optimizer-misses-head", alone=True),
    Patch("climbs", ((SGD, "sgd = optim.SGD(model_sgd.parameters(), lr=1e-3, maximize=True)"),), (OPTIMIZERS,), "gradient-ascent"),
    # -- pretrained weights
    Patch("random", ((BUILD, "    model = models.resnet18(weights=None)\n"),), (WEIGHTS,), "random-initialisation"),
    Patch("1000 classes", ((HEAD, ""),), (WEIGHTS,), "head-not-replaced"),
    Patch("wrong classes", ((HEAD, HEAD.replace("num_classes", "100")),), (WEIGHTS,), "wrong-number-of-classes"),
    Patch("re-initialised", ((HEAD, HEAD + KAIMING),), (WEIGHTS,), "re-initialised"),
    Patch("layer4 re-initialised", ((HEAD, HEAD + RESET),), (WEIGHTS,), "partly-loaded"),
    Patch("parameters only", ((BUILD, PARAMETERS_ONLY),), (WEIGHTS,), "statistics-not-loaded"),
    Patch("wrong prefix", ((BUILD, RENAMED),), (WEIGHTS,), "partly-loaded"),
    Patch("statistics drifted", ((HEAD, HEAD + DRIFTED),), (WEIGHTS,), "statistics-drifted"),
    Patch("first layer replaced", ((HEAD, HEAD + "    model.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)\n"),), (WEIGHTS, MAPS), "first-layer-replaced"),
    Patch("resnet34", ((BUILD, "    model = models.resnet34(weights=None)\n"),), (WEIGHTS, MAPS), "other-architecture"),
    # -- feature visualization
    Patch("maps of an untrained network", ((SHOWN_MODEL, "model = build_model(len(classes)).eval()"),), (MAPS,), "maps-before-fine-tuning"),
    Patch("maps of a random network", ((SHOWN_MODEL, "model = models.resnet18().eval()"),), (MAPS,), "maps-before-fine-tuning"),
    Patch("maps kept before training", (("feature_maps = {}\n\n\ndef keep", "def keep"), (HOOKS, ""), ("model_adam = build_model(len(classes))\n", MAPS_TOO_EARLY)), (MAPS,), "maps-before-fine-tuning"),
    Patch("chained convolutions", ((HOOKS, CHAINED),), (MAPS,), "chained-convolutions"),
    Patch("no shortcuts", ((HOOKS, PLAIN_BLOCKS),), (MAPS,), "no-residual"),
    Patch("kernels", ((SHOW, '        ax.imshow(model.conv1.weight[k, 0].detach(), cmap="viridis")\n'),), (MAPS,), "filters-not-activations"),
    Patch("raw picture", ((SHOW, '        ax.imshow(image[k % 3], cmap="viridis")\n'),), (MAPS,), "raw-input"),
    Patch("one stage", (('("conv1", "layer1", "layer2", "layer3", "layer4")', '("conv1", "bn1", "relu", "maxpool")'),), (MAPS,), "few-stages"),
    Patch("blank", ((SHOW, '        ax.imshow(np.zeros((8, 8)), cmap="viridis")\n'),), (MAPS,), "blank-figure"),
    Patch("no figure", ((SHOW, ""),), (MAPS,), "no-figure"),
    Patch("noise", ((SHOW, '        ax.imshow(np.random.rand(56, 56), cmap="viridis")\n'),), (MAPS,), "unrelated-pictures"),
    Patch("one channel", (("channels = 8\n", "channels = 2\n"), ("for k, ax in enumerate(row):", "for k, ax in enumerate(row[:1]):")), (MAPS,), "too-few-channels"),
)
# fmt: on
