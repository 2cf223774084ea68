"""Feature maps: what pictures show of a network, and whose network it is."""

import numpy as np
import pytest
import torch
from matplotlib import colormaps
from torch import Tensor
from torch.nn import functional

from grading.checks import visualization
from grading.checks.feature_maps import Library, planes, shown
from grading.checks.visualization import Candidate
from reference_models import feature_maps, transfer

pytestmark = pytest.mark.slow

LAYERS = ("conv1", "layer1.1", "layer2.1", "layer3.1", "layer4.1")
STATE = transfer.stand_in()
SIDE = 160


def image(seed: int) -> Tensor:
    """A smooth random picture, preprocessed."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, 3, 12, 12, generator=generator)
    return functional.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear")


def maps_of(state: dict[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Maps of the five stages."""
    with torch.no_grad():
        every = feature_maps.feature_maps(state, image(seed))
    return {name: every[name] for name in LAYERS}


def grey(one: Tensor) -> np.ndarray:
    """Eight bits of grey."""
    low, high = float(one.min()), float(one.max())
    return ((one.numpy() - low) / max(high - low, 1e-9) * 255).astype(np.uint8)


def enlarged(one: Tensor) -> np.ndarray:
    """As large as the picture."""
    return functional.interpolate(one[None, None], size=(SIDE, SIDE), mode="bilinear")[0, 0].numpy()


def coloured(one: Tensor) -> np.ndarray:
    """With a colour map applied, as bytes."""
    return (colormaps["jet"](grey(one) / 255) * 255).astype(np.uint8)


def sheet(maps: Tensor) -> np.ndarray:
    """Eight maps in two rows, two pixels between them."""
    rows = [torch.cat([functional.pad(m, (2, 0, 2, 0)) for m in maps[i : i + 4]], dim=1) for i in (0, 4)]
    return functional.pad(torch.cat(rows), (0, 2, 0, 2)).numpy()


WAYS = {
    "as they are": lambda m: [m[k].numpy() for k in range(8)],
    "another order": lambda m: [m[k].numpy() for k in (31, 7, 12, 40, 3, 22, 60, 1)],
    "negated and scaled": lambda m: [5 - 3 * m[k].numpy() for k in range(8)],
    "grey": lambda m: [grey(m[k]) for k in range(8)],
    "coloured": lambda m: [coloured(m[k]) for k in range(8)],
    "enlarged": lambda m: [enlarged(m[k]) for k in range(8)],
    "a sheet": lambda m: [sheet(m[:8])],
    "means": lambda m: [m.mean(0).numpy()],
}
SIGNED = {"negated and scaled"}


def judged(pictures: list[np.ndarray], state: dict[str, Tensor] = STATE, *, steps: int = 3) -> visualization.Conclusion:
    """The conclusion about pictures beside a network that was fed image 0."""
    seen = visualization.best(pictures, [Candidate(state, image(0), steps=steps)])
    return visualization.judged(pictures, seen, trained=True)


@pytest.mark.parametrize("way", [w for w in WAYS if w not in SIGNED])
def test_maps_are_found_however_they_are_drawn(way: str) -> None:
    """Any channels, in any order, size, colour or arrangement."""
    pictures = [p for maps in maps_of(STATE).values() for p in WAYS[way](maps[0])]

    conclusion = judged(pictures)

    assert conclusion.holds, conclusion.message


def drawn(maps: dict[str, Tensor]) -> list[np.ndarray]:
    """Eight channels of each layer."""
    return [maps[name][0, k].numpy() for name in maps for k in range(min(8, maps[name].shape[1]))]


def chained() -> list[np.ndarray]:
    """Maps of the convolutions alone."""
    with torch.no_grad():
        every = feature_maps.chained(STATE, image(0))
    return drawn(
        {n: every[n] for n in ("conv1", "layer1.1.conv2", "layer2.1.conv2", "layer3.1.conv2", "layer4.1.conv2")}
    )


def without_shortcuts() -> list[np.ndarray]:
    """Maps without the residual connections."""
    with torch.no_grad():
        every = feature_maps.without_residual(STATE, image(0))
    return drawn({n: every[n] for n in LAYERS})


def kernels() -> list[np.ndarray]:
    """The first layer's weights."""
    return [STATE["conv1.weight"][k, 0].numpy() for k in range(40)]


MISTAKES = {
    "no-figure": list,
    "blank-figure": lambda: [np.zeros((8, 8))] * 40,
    "chained-convolutions": chained,
    "no-residual": without_shortcuts,
    "filters-not-activations": kernels,
    "raw-input": lambda: [image(0)[0, k].numpy() for k in range(3)],
    "unrelated-pictures": lambda: list(np.random.default_rng(0).normal(size=(40, 40, 40))),
    "few-stages": lambda: drawn({"conv1": maps_of(STATE)["conv1"], "layer1.1": maps_of(STATE)["layer1.1"]}),
    "too-few-channels": lambda: [m[0, 0].numpy() for m in maps_of(STATE).values()],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_known_mistake_is_named(mistake: str) -> None:
    """What is shown instead of the maps is recognised."""
    conclusion = judged(MISTAKES[mistake]())

    assert (conclusion.holds, conclusion.mistake_id) == (False, mistake), conclusion.message


def test_maps_of_a_network_that_was_not_trained_are_named() -> None:
    """The right maps of the wrong moment."""
    assert judged(drawn(maps_of(STATE)), steps=0).mistake_id == "maps-before-fine-tuning"


def test_another_network_shows_nothing_of_ours() -> None:
    """Maps of a random network, or of ours for another image, are not taken for ours."""
    other = transfer.stand_in(5)

    assert not judged(drawn(maps_of(other))).holds
    assert not judged(drawn(maps_of(STATE, seed=9))).holds


def test_the_network_that_fits_closer_is_the_one_in_the_pictures() -> None:
    """One small step apart, both fit; the pictures are still known to be the untrained network's."""
    stepped = {n: v * 1.001 + 1e-4 if v.is_floating_point() and v.ndim == 4 else v for n, v in STATE.items()}
    before, after = Candidate(STATE, image(0), steps=0), Candidate(stepped, image(0), steps=1)
    for order in ((before, after), (after, before)):
        untrained = visualization.best(drawn(maps_of(STATE)), order)
        trained = visualization.best(drawn(maps_of(stepped)), order)

        assert untrained is not None
        assert untrained.candidate is before
        assert trained is not None
        assert trained.candidate is after


def test_noise_shows_no_maps() -> None:
    """Random pictures of the maps' own sizes agree with none of them, on any seed."""
    library = Library({name: maps for name, maps in maps_of(STATE).items() if maps.shape[2] >= 10})
    for seed in range(10):
        random = np.random.default_rng(seed)
        noise = [random.normal(size=size).astype(np.float32) for size in library.sizes() for _ in range(10)]

        assert not shown(noise, library).matches


def test_pictures_become_planes() -> None:
    """Grey stays one plane, equal channels become one, colours of a colour map are undone, others are taken apart."""
    random = np.random.default_rng(0)
    plane = random.random((9, 9)).astype(np.float32)

    assert len(planes(plane)) == 1
    assert len(planes(np.stack([plane] * 3, axis=-1))) == 1
    assert len(planes(colormaps["viridis"](plane))) == 1
    assert len(planes(random.random((9, 9, 3)))) == 3
