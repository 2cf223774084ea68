"""all-MiniLM-L6-v2 in NumPy: sentences to unit vectors, so that the web side needs no torch.

The weights come inside a package (extra `suggest`); they are taken from its file by their published digest, and the
package's own code is never imported. The architecture is BERT's encoder (Devlin et al., 2019; post-norm, exact GELU)
with six layers of width 384; a sentence is the mean over its tokens, scaled to length 1 (Reimers and Gurevych, 2019).
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import erf

Rows = npt.NDArray[np.float32]
PACKAGE = "all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST_TOKENS = 128
NORM_EPSILON = 1e-12


class NotInstalled(Exception):  # noqa: N818  # it says what holds
    """The model or its tokenizer is not on this machine."""


def load() -> Callable[[Sequence[str]], Rows]:
    """A function from sentences to unit vectors (n, 384).

    Raises:
        NotInstalled: the extra is not installed, or its weights are not those published.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NotInstalled("the extra `suggest` is not installed")
    try:
        from safetensors.numpy import load as read_weights
        from tokenizers import Tokenizer

        with zipfile.ZipFile(Path(found.origin).parent / "model.zip") as packed:
            content = packed.read("model.safetensors")
            vocabulary = packed.read("tokenizer.json").decode()
            heads = int(json.loads(packed.read("config.json"))["num_attention_heads"])
    except (ImportError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise NotInstalled(f"{PACKAGE} cannot be read: {type(error).__name__}") from error
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise NotInstalled("the weights are not those that were published")
    weights: Mapping[str, Rows] = read_weights(content)
    tokenizer: Any = Tokenizer.from_str(vocabulary)
    tokenizer.enable_truncation(LONGEST_TOKENS)
    tokenizer.no_padding()

    def embed(sentences: Sequence[str]) -> Rows:
        # One by one: without padding there is no mask to get wrong, and an answer has few sentences.
        return np.stack([encoded(weights, tokenizer.encode(one).ids, heads) for one in sentences])

    return embed


def encoded(weights: Mapping[str, Rows], ids: Sequence[int], heads: int) -> Rows:
    """One sentence of token ids as a unit vector."""
    x = (
        weights["embeddings.word_embeddings.weight"][list(ids)]
        + weights["embeddings.position_embeddings.weight"][: len(ids)]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    x = _norm(x, weights, "embeddings.LayerNorm")
    layer = 0
    while f"encoder.layer.{layer}.attention.self.query.weight" in weights:
        at = f"encoder.layer.{layer}"
        x = _norm(x + _attention(x, weights, at, heads), weights, f"{at}.attention.output.LayerNorm")
        inner = _affine(x, weights, f"{at}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(np.float32(2))))
        x = _norm(x + _affine(inner, weights, f"{at}.output.dense"), weights, f"{at}.output.LayerNorm")
        layer += 1
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _attention(x: Rows, weights: Mapping[str, Rows], at: str, heads: int) -> Rows:
    def split(name: str) -> Rows:
        return _affine(x, weights, f"{at}.attention.self.{name}").reshape(len(x), heads, -1).transpose(1, 0, 2)

    query, key, value = split("query"), split("key"), split("value")
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[-1]))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ value).transpose(1, 0, 2).reshape(len(x), -1)
    return _affine(mixed, weights, f"{at}.attention.output.dense")


def _affine(x: Rows, weights: Mapping[str, Rows], at: str) -> Rows:
    return np.asarray(x @ weights[f"{at}.weight"].T + weights[f"{at}.bias"])


def _norm(x: Rows, weights: Mapping[str, Rows], at: str) -> Rows:
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + NORM_EPSILON)
    return np.asarray(centred / scale * weights[f"{at}.weight"] + weights[f"{at}.bias"])
