"""The encoder of BERT in NumPy: enough to run the sentence transformers of that family on a processor.

Why it is here: the small models people embed code and text with (all-MiniLM, bge, e5, gte) are BERT encoders
of a few layers. A forward pass through one is a dozen matrix products, which NumPy runs as fast as the large
runtimes do; those would add gigabytes to the install.

After Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2018). Left out: training,
other families, heads.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import EmbedderError

Floats = NDArray[np.float32]


class BertConfig(msgspec.Struct, frozen=True):
    """What is needed of a model's `config.json`."""

    model_type: str
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float = 1e-12
    hidden_act: str = "gelu"
    max_position_embeddings: int = 512
    position_embedding_type: str = "absolute"


class BertEncoder:
    """The encoder with its weights. Raises `EmbedderError` where they are of another architecture."""

    def __init__(self, config: BertConfig, tensors: dict[str, Floats]) -> None:
        if (config.model_type, config.hidden_act, config.position_embedding_type) != (
            "bert",
            "gelu",
            "absolute",
        ):
            raise EmbedderError(
                f"only models of the BERT architecture run here, this one is {config.model_type!r}: choose another"
                ' (all-MiniLM, bge, e5, gte), or serve it and use kind = "endpoint"'
            )
        self._config = config
        self._weights = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
        missing = next((name for name in self._needed() if name not in self._weights), None)
        if missing is not None:
            raise EmbedderError(f"the model's weights lack {missing!r}: fetch the model anew")

    def _needed(self) -> list[str]:
        layers = range(self._config.num_hidden_layers)
        return [
            "embeddings.word_embeddings.weight",
            *(f"encoder.layer.{i}.output.dense.weight" for i in layers),
        ]

    def encode(self, ids: NDArray[np.int64], mask: NDArray[np.bool_]) -> Floats:
        """The last hidden states of token ids (texts, tokens), as (texts, tokens, hidden size); `mask` is false
        at padding.
        """
        embeddings = self._weights
        x = embeddings["embeddings.word_embeddings.weight"][ids]
        x = x + embeddings["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x += embeddings["embeddings.token_type_embeddings.weight"][0]
        x = self._normed(x, "embeddings.LayerNorm")
        hidden = np.where(mask, np.float32(0), np.float32(-1e9))[:, None, None, :]
        for layer in range(self._config.num_hidden_layers):
            x = self._layer(x, hidden, f"encoder.layer.{layer}")
        return x

    def _layer(self, x: Floats, hidden: Floats, name: str) -> Floats:
        heads = self._config.num_attention_heads
        texts, tokens, size = x.shape

        def split(part: str) -> Floats:
            projected = self._linear(x, f"{name}.attention.self.{part}")
            return projected.reshape(texts, tokens, heads, size // heads).transpose(0, 2, 1, 3)

        scores = split("query") @ split("key").transpose(0, 1, 3, 2) / np.float32(np.sqrt(size // heads))
        scores += hidden
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        seen = (scores @ split("value")).transpose(0, 2, 1, 3).reshape(texts, tokens, size)
        x = self._normed(
            self._linear(seen, f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm"
        )
        inner = _gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._normed(self._linear(inner, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")

    def _linear(self, x: Floats, name: str) -> Floats:
        flat = x.reshape(-1, x.shape[-1]) @ self._weights[f"{name}.weight"].T
        flat += self._weights[f"{name}.bias"]
        return flat.reshape(*x.shape[:-1], -1)

    def _normed(self, x: Floats, name: str) -> Floats:
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(self._config.layer_norm_eps))
        x *= self._weights[f"{name}.weight"]
        x += self._weights[f"{name}.bias"]
        return x


def _gelu(x: Floats) -> Floats:
    """x times the normal distribution function at x; the error function after Abramowitz and Stegun, 7.1.26,
    off by at most 1.5e-7.
    """
    z: Any = np.abs(x) * np.float32(np.sqrt(0.5))
    t: Any = np.float32(1) / (np.float32(0.3275911) * z + np.float32(1))
    series: Any = np.float32(1.061405429) * t
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(factor)
        series *= t
    series *= np.exp(-z * z)
    tail = np.float32(0.5) * series
    share = np.where(x < 0, cast("Floats", tail), cast("Floats", np.float32(1) - tail))
    return np.asarray(x * share, np.float32)
