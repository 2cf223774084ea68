"""Networks as modules."""

import numpy as np
import pytest
import torch
from torch import nn

from grading.checks import modules
from grading.checks.modules import Passes, carried, counted, dropped, forward, layers, modes, normalised, parameters
from grading.domain.errors import BadReply


def lenet(*, bias: bool = True, kernel: int = 5, ending: nn.Module | None = None) -> nn.Sequential:
    """LeNet-5 on CIFAR-10, or a variant of it."""
    size = (32 - kernel + 1) // 2
    flat = 16 * ((size - kernel + 1) // 2) ** 2
    return nn.Sequential(
        nn.Conv2d(3, 6, kernel, bias=bias), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel, bias=bias), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(flat, 120, bias=bias), nn.ReLU(), nn.Linear(120, 84, bias=bias), nn.ReLU(),
        nn.Linear(84, 10, bias=bias), *([ending] if ending else []),
    )  # fmt: skip


def shapes(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """Names and shapes of its tensors."""
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def batch(seed: int, *shape: int) -> torch.Tensor:
    """Normal inputs."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_counts_are_exact_and_leave_statistics_out() -> None:
    """LeNet-5 on CIFAR-10 has 62,006 parameters; two batch normalisations add 44 and no more."""
    normed = nn.Sequential(lenet(), nn.BatchNorm2d(6), nn.BatchNorm2d(16))

    assert parameters(shapes(lenet())) == 62_006
    assert parameters(shapes(normed)) == 62_050
    assert counted(shapes(normed), {62_006: "", 62_050: "with batch normalisation"}).remarks
    assert counted(shapes(lenet(bias=False)), {62_006: ""}, {61_770: ("no-biases", "Biases.")}).mistake == "no-biases"
    assert not counted(shapes(lenet(kernel=3)), {62_006: ""}).holds


def test_layers_are_compared_by_shape_in_order() -> None:
    """Names do not matter; a missing bias, another kernel, an extra layer have their words."""
    wanted = list(shapes(lenet()).values())

    assert layers(shapes(lenet()), wanted).holds
    assert layers(dict(reversed(shapes(lenet()).items())), wanted).remarks
    assert layers(shapes(lenet(bias=False)), wanted).mistake == "vectors-missing"
    assert layers(shapes(lenet()), list(shapes(lenet(bias=False)).values())).mistake == "vectors-too-many"
    assert layers(shapes(lenet(kernel=3)), wanted).mistake == "kernel-size"
    assert layers(shapes(nn.Sequential(lenet(), nn.Linear(10, 10))), wanted).mistake == "layers-too-many"
    assert layers({"a": (3, 4)}, [(4, 3)]).mistake == "sizes-exchanged"
    assert layers({"a": (3, 4)}, [(3, 5)]).mistake == "layer-inputs"
    assert layers({"a": (3, 4)}, [(2, 4)]).mistake == "layer-outputs"


def test_weights_are_carried_whatever_the_names() -> None:
    """The reference's weights in the student's names make the student's network compute the same."""
    ours, theirs = lenet(), nn.Sequential(nn.Identity(), lenet())
    state = {k: v.numpy() for k, v in ours.state_dict().items()}
    mapped = carried(shapes(theirs), state)

    assert mapped is not None
    theirs.load_state_dict({k: torch.from_numpy(np.asarray(v)) for k, v in mapped.items()})
    x = batch(1, 4, 3, 32, 32)
    assert forward(theirs(x), ours(x).detach().double().numpy(), {}).holds
    assert carried(shapes(lenet(bias=False)), state) is None


@pytest.mark.parametrize(
    ("ending", "mistake"),
    [
        (nn.ReLU(), "relu-on-logits"),
        (nn.Softmax(dim=1), "softmax-on-logits"),
        (nn.Sigmoid(), "sigmoid-on-logits"),
        (nn.Tanh(), "tanh-on-logits"),
    ],
)
def test_what_is_put_behind_the_logits_is_named(ending: nn.Module, mistake: str) -> None:
    """The same weights and one more function at the end."""
    logits = 3 * batch(2, 5, 10)

    assert forward(ending(logits), logits.double().numpy(), {}).mistake == mistake


def test_a_log_softmax_behind_the_logits_is_harmless() -> None:
    """Cross-entropy takes it again, which changes nothing: a remark."""
    logits = 3 * batch(2, 5, 10)
    conclusion = forward(logits.log_softmax(dim=1), logits.double().numpy(), {})

    assert conclusion.holds
    assert conclusion.remarks


def test_known_networks_are_named_before_the_rest() -> None:
    """A known mistake's outputs name it; outputs of another shape are the student's fault."""
    wanted, other = batch(1, 4, 10).double().numpy(), batch(2, 4, 10).double().numpy()

    assert forward(other, wanted, {"no-padding": other}).mistake == "no-padding"
    assert not forward(other, wanted, {}).holds
    with pytest.raises(BadReply):
        forward(other[:, :3], wanted, {})


def passes(network: nn.Module) -> Passes:
    """One batch, several times, in both modes."""
    x = batch(3, 16, 8)
    with torch.no_grad():
        network.train()
        training = [network(x).numpy() for _ in range(2)]
        network.eval()
        return Passes(training, [network(x).numpy() for _ in range(2)], network(x[:1]).numpy())


class AlwaysDrops(nn.Module):
    """Dropout that forgets about evaluation."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Drop half."""
        return nn.functional.dropout(x, 0.5)


class BatchStatistics(nn.Module):
    """Normalises with the batch's statistics in both modes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Without running statistics; one example becomes 0."""
        return (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt()


def test_training_and_evaluation_mode_are_told_apart() -> None:
    """Dropout and batch normalisation work in training only."""
    dropping, norming = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5)), nn.Sequential(nn.BatchNorm1d(8))

    assert modes(passes(dropping), dropout=True, normalisation=False).holds
    assert modes(passes(norming), dropout=False, normalisation=True).holds
    assert modes(passes(dropping), dropout=False, normalisation=False).remarks
    assert modes(passes(AlwaysDrops()), dropout=True, normalisation=False).mistake == "dropout-in-evaluation"
    assert modes(passes(nn.Linear(8, 8)), dropout=True, normalisation=False).mistake == "no-dropout"
    assert modes(passes(nn.Linear(8, 8)), dropout=False, normalisation=True).mistake == "no-batch-normalisation"
    batchwise = modes(passes(BatchStatistics()), dropout=False, normalisation=True)
    assert batchwise.mistake == "batch-statistics-in-evaluation"


def test_dropout_is_judged_by_its_share_and_scale() -> None:
    """Torch's own holds on 50 seeds; the known slips do not."""
    x = torch.rand(50, 40) + 0.5
    for _ in range(50):
        assert dropped(x, nn.functional.dropout(x, 0.3), 0.3).holds
    keep = (torch.rand(50, 40) > 0.3).float()

    assert dropped(x, x * keep, 0.3).mistake == "dropout-not-scaled"
    assert dropped(x, x * keep * 0.7, 0.3).mistake == "dropout-scale"
    assert dropped(x, x, 0.3).mistake == "no-dropout"
    assert dropped(x, nn.functional.dropout(x, 0.7), 0.3).mistake == "dropout-complement"
    assert dropped(x, nn.functional.dropout(x, 0.5), 0.3).mistake == "dropout-rate"


def test_batch_normalisation_is_judged_by_what_leaves() -> None:
    """Torch's own holds for pictures and rows; every named slip is told."""
    x = 2 * batch(5, 8, 4, 5, 5) + torch.arange(4.0).reshape(1, 4, 1, 1)
    named = {
        "normalised-per-example": nn.functional.layer_norm(x, x.shape[1:]),
        "normalised-over-everything": (x - x.mean()) / x.std(unbiased=False),
        "variance-for-std": (x - x.mean((0, 2, 3), keepdim=True)) / x.var((0, 2, 3), keepdim=True, unbiased=False),
        "mean-not-subtracted": x / x.std((0, 2, 3), keepdim=True, unbiased=False),
        "not-divided-by-std": x - x.mean((0, 2, 3), keepdim=True),
        "normalised-per-entry": (x - x.mean(0)) / x.std(0, unbiased=False),
        "not-normalised": x,
    }

    assert normalised(x, nn.functional.batch_norm(x, None, None, training=True)).holds
    assert normalised(x[..., 0, 0], nn.functional.batch_norm(x[..., 0, 0], None, None, training=True)).holds
    assert {m: normalised(x, y).mistake for m, y in named.items()} == {m: m for m in named}
    assert set(named) == set(modules.NORMALISATION)
    assert not normalised(x, batch(6, *x.shape)).holds
