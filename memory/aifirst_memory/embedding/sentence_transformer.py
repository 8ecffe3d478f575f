"""Embeds with a sentence transformer of the BERT family from a local folder or an installed package.

A model is what the sentence-transformers project saves: `config.json`, `tokenizer.json`, `model.safetensors`
and how to pool. It runs in NumPy (`bert`), its tokenizer in the extra `tokenizers`. Nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.identity import transformer_folder, transformer_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.embedding.bert import BertEncoder

_TOKENS_AT_ONCE = 4096
_T = TypeVar("_T")


class _Pooling(msgspec.Struct, frozen=True):
    pooling_mode_cls_token: bool = False
    pooling_mode_mean_tokens: bool = True


class _Limits(msgspec.Struct, frozen=True):
    max_seq_length: int = 256


class SentenceTransformer:
    """An embedder; see `open_sentence_transformer`."""

    def __init__(
        self, name: str, encoder: BertEncoder, tokenizer: Any, *, first_token: bool, dimension: int
    ) -> None:
        self._name = name
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._first_token = first_token
        self._dimension = dimension

    @property
    def name(self) -> str:
        """Method, model and a digest of its weights."""
        return self._name

    @property
    def dimension(self) -> int:
        """The hidden size of the model."""
        return self._dimension

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1; zeros for a text of white space."""
        import numpy as np

        result = np.zeros((len(texts), self._dimension), np.float32)
        tokens: list[list[int]] = [encoded.ids for encoded in self._tokenizer.encode_batch(list(texts))]
        order = sorted((i for i, text in enumerate(texts) if text.strip()), key=lambda i: len(tokens[i]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and (end - start + 1) * len(tokens[order[end]]) <= _TOKENS_AT_ONCE:
                end += 1
            batch = order[start:end]
            result[batch] = self._embed([tokens[i] for i in batch])
            start = end
        return result

    def _embed(self, batch: list[list[int]]) -> NDArray[np.float32]:
        import numpy as np

        ids = np.zeros((len(batch), max(map(len, batch))), np.int64)
        mask = np.zeros(ids.shape, np.bool_)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = True
        states = self._encoder.encode(ids, mask)
        if self._first_token:
            pooled = states[:, 0]
        else:
            pooled = (states * mask[:, :, None]).sum(axis=1) / mask.sum(
                axis=1, keepdims=True, dtype=np.float32
            )
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)


def open_sentence_transformer(model: str = "") -> SentenceTransformer:
    """The model in the folder `model`, or the packaged one. Raises `EmbedderError`."""
    folder = transformer_folder(model)
    name = transformer_name(model)
    tokenizer = _open_tokenizer(folder)
    from aifirst_memory.embedding.bert import BertConfig, BertEncoder
    from aifirst_memory.embedding.safetensors_file import read_tensors

    config = _read(folder / "config.json", BertConfig)
    pooling = _read(folder / "1_Pooling" / "config.json", _Pooling, _Pooling())
    limits = _read(folder / "sentence_bert_config.json", _Limits, _Limits())
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(limits.max_seq_length, config.max_position_embeddings))
    encoder = BertEncoder(config, read_tensors(folder / "model.safetensors"))
    first_token = pooling.pooling_mode_cls_token
    return SentenceTransformer(
        name, encoder, tokenizer, first_token=first_token, dimension=config.hidden_size
    )


def _open_tokenizer(folder: Path) -> Any:
    if not (folder / "tokenizer.json").is_file():
        raise EmbedderError(
            f"{folder} has no tokenizer.json: give the folder of a sentence transformer as `model`"
        )
    try:
        import tokenizers
    except ImportError as error:
        raise EmbedderError(
            "a sentence transformer needs the tokenizers package: `pip install 'aifirst[tokenizers]'`"
        ) from error
    return cast("Any", tokenizers).Tokenizer.from_file(str(folder / "tokenizer.json"))


def _read(path: Path, kind: type[_T], default: _T | None = None) -> _T:
    if default is not None and not path.is_file():
        return default
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise EmbedderError(
            f"{path} cannot be read ({error.strerror}): check the folder of the model"
        ) from error
    except msgspec.MsgspecError as error:
        raise EmbedderError(
            f"{path} is not what was expected ({error}): check the folder of the model"
        ) from error
