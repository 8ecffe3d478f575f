"""Makes the vectors of one reading.

A unit's vector stands for all of it: code, glue and, weightier, its name. Its glue gets a vector of its own where
it is long enough and not what the unit's vector says already. Files have none: theirs is the mean of their units'.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import Embedder, WordEmbedder
from aifirst_memory.embedding.quantise import quantised
from aifirst_memory.lexical.unit_words import UnitWords
from aifirst_memory.vectors.part import GLUE, TICKET, UNIT, VectorsPart

LEAST_GLUE = 4
"""Different words that glue needs for a vector of its own."""
_SAYS_THE_SAME = 0.85
_NAME_WEIGHT = np.float32(2)
_MOST_TEXT = 4000
"""Characters of a unit that a model gets to read; more than most of them look at."""


def extract_vectors(reading: Reading, words: Sequence[UnitWords], embedder: Embedder | None) -> VectorsPart:
    """The vectors of a file; `words` is what `unit_words` says of the same reading. None without an embedder."""
    if embedder is None or not reading.data:
        return VectorsPart()
    if isinstance(embedder, WordEmbedder):
        units, glue = _from_words(words, embedder)
    else:
        units, glue = _from_texts(reading, words, embedder)
    told = _differ(units, glue)
    told[[len(unit.glue) < LEAST_GLUE for unit in words]] = False
    tickets, owners_of_tickets = _tickets(reading, embedder)
    owners = np.concatenate(
        [np.arange(len(words)), np.flatnonzero(told), np.array(owners_of_tickets, np.intp)]
    )
    kinds = np.repeat(
        np.array([UNIT, GLUE, TICKET], np.uint8), [len(words), int(np.count_nonzero(told)), len(tickets)]
    )
    vectors = np.concatenate([units, glue[told], tickets])
    said: NDArray[np.bool_] = np.count_nonzero(vectors, axis=1) > 0
    order = np.lexsort((kinds, owners))
    order = order[said[order]]
    return VectorsPart(
        embedder.name, embedder.dimension, owners[order].astype("<u4").tobytes(), kinds[order].tobytes(),
        quantised(vectors[order]).tobytes(),
    )  # fmt: skip


def _from_words(
    words: Sequence[UnitWords], embedder: WordEmbedder
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of the units and of their glue, of any length."""
    fields = [*(unit.code for unit in words), *(unit.glue for unit in words), *(unit.name for unit in words)]
    code, glue, name = embedder.sum_words(fields).reshape(3, len(words), embedder.dimension)
    return np.asarray(code + glue + _NAME_WEIGHT * name, np.float32), glue


def _from_texts(
    reading: Reading, words: Sequence[UnitWords], embedder: Embedder
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The same from texts: the glue first, since models read the beginning only."""
    glues = [b""] * len(reading.units)
    for span in reading.glue:
        glues[span.unit] += reading.data[span.start : span.end]
    texts: list[str] = []
    for unit, glue in zip(reading.units, glues, strict=True):
        code = b"".join(reading.data[start:end] for start, end in unit.spans)
        texts.append(f"{unit.name}\n{_text(glue)}\n{_text(code)}"[:_MOST_TEXT] if code.strip() else "")
    long = [index for index, unit in enumerate(words) if len(unit.glue) >= LEAST_GLUE]
    vectors = embedder.embed_texts([*texts, *(_text(glues[index])[:_MOST_TEXT] for index in long)])
    of_glue = np.zeros((len(texts), embedder.dimension), np.float32)
    of_glue[long] = vectors[len(texts) :]
    return vectors[: len(texts)], of_glue


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()


def _differ(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether rows of two arrays point in different directions."""
    product = np.einsum("ij,ij->i", first, second)
    lengths = np.sqrt(np.einsum("ij,ij->i", first, first) * np.einsum("ij,ij->i", second, second))
    return np.asarray(product < _SAYS_THE_SAME * lengths, np.bool_)


def _tickets(reading: Reading, embedder: Embedder) -> tuple[NDArray[np.float32], list[int]]:
    """A vector for every ticket of the file, and the units they stand in."""
    if b"TICKET" not in reading.data:
        return np.zeros((0, embedder.dimension), np.float32), []
    anchors = Anchors(reading)
    texts: list[str] = []
    owners: list[int] = []
    for ticket in anchors.tickets:
        texts.append("\n".join(line.body for line in ticket.lines)[:_MOST_TEXT])
        owners.append(reading.unit_at(anchors.to_bytes(ticket.start, ticket.start)[0]))
    return embedder.embed_texts(texts).reshape(-1, embedder.dimension), owners
