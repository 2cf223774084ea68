"""Suggestions beside written answers: off by default, by shared words or by a sentence model that is BERT's."""

import numpy as np
import pytest
import torch

from api import key_point_suggestions, sentence_model
from api.key_point_suggestions import suggested
from grading.store.settings import Settings

POINTS = ("equal weights give equal gradients", "random initialisation breaks the symmetry")


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No suggestion is remembered from another test; the model is there only where a test brings one."""
    key_point_suggestions._compared.cache_clear()
    monkeypatch.setattr(key_point_suggestions, "_model", lambda: None)


def test_nothing_is_suggested_unless_the_operator_asks(tmp_path) -> None:
    """Off by default."""
    assert suggested(Settings(state=tmp_path), "equal weights", POINTS) == {}
    assert suggested(Settings(state=tmp_path, suggest_key_points=True), " ", POINTS) == {}


def test_shared_words_suggest_and_say_so(tmp_path) -> None:
    """Endings do not matter; what is not there is not covered."""
    settings = Settings(state=tmp_path, suggest_key_points=True)
    told = suggested(settings, "All weights being equal, each gets an equal gradient, given by symmetry.", POINTS)

    assert [told[point].covered for point in POINTS] == [True, False]
    assert {one.by for one in told.values()} == {"shared words"}


def test_a_sentence_model_compares_the_closest_sentence(tmp_path, monkeypatch) -> None:
    """One good sentence among others is enough."""
    axes = {"weights": 0, "symmetry": 1, "weather": 2}

    def embed(texts):
        rows = np.array([[word in text for word in axes] for text in texts], np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)

    monkeypatch.setattr(key_point_suggestions, "_model", lambda: embed)
    settings = Settings(state=tmp_path, suggest_key_points=True)
    told = suggested(settings, "Nice weather. It is about weights.", POINTS)

    assert [(told[point].covered, told[point].by) for point in POINTS] == [
        (True, "sentence model"), (False, "sentence model")
    ]  # fmt: skip


def test_the_encoder_is_berts() -> None:
    """The same weights in torch's own encoder layers (post-norm, exact GELU) give the same vector."""
    torch.manual_seed(3)
    width, heads, depth, inner, words = 24, 3, 2, 48, 50
    layers = [
        torch.nn.TransformerEncoderLayer(
            width, heads, inner, 0.0, "gelu", layer_norm_eps=sentence_model.NORM_EPSILON, batch_first=True
        ).eval()
        for _ in range(depth)
    ]
    embeddings = {name: torch.randn(n, width) for name, n in (("word", words), ("position", 16), ("token_type", 2))}
    norm = torch.nn.LayerNorm(width, sentence_model.NORM_EPSILON)
    weights = {f"embeddings.{name}_embeddings.weight": table.numpy() for name, table in embeddings.items()}
    _put(weights, "embeddings.LayerNorm", norm.weight, norm.bias)
    for number, layer in enumerate(layers):
        at = f"encoder.layer.{number}"
        split = zip(layer.self_attn.in_proj_weight.chunk(3), layer.self_attn.in_proj_bias.chunk(3), strict=True)
        for name, (weight, bias) in zip(("query", "key", "value"), split, strict=True):
            _put(weights, f"{at}.attention.self.{name}", weight, bias)
        _put(weights, f"{at}.attention.output.dense", layer.self_attn.out_proj.weight, layer.self_attn.out_proj.bias)
        _put(weights, f"{at}.attention.output.LayerNorm", layer.norm1.weight, layer.norm1.bias)
        _put(weights, f"{at}.intermediate.dense", layer.linear1.weight, layer.linear1.bias)
        _put(weights, f"{at}.output.dense", layer.linear2.weight, layer.linear2.bias)
        _put(weights, f"{at}.output.LayerNorm", layer.norm2.weight, layer.norm2.bias)
    ids = [4, 9, 2, 30, 7]
    with torch.no_grad():
        x = norm(embeddings["word"][ids] + embeddings["position"][: len(ids)] + embeddings["token_type"][0])[None]
        for layer in layers:
            x = layer(x)
        expected = torch.nn.functional.normalize(x[0].mean(0), dim=0).numpy()

    np.testing.assert_allclose(sentence_model.encoded(weights, ids, heads), expected, rtol=1e-4, atol=1e-5)


def _put(weights: dict, at: str, weight: torch.Tensor, bias: torch.Tensor) -> None:
    weights[f"{at}.weight"], weights[f"{at}.bias"] = weight.detach().numpy(), bias.detach().numpy()
