"""Makes the vectors of readings.

A unit's vector stands for all of it: code, glue, the path of its file and, weightier, its name. Its glue gets a
vector of its own where it is long enough and not what the unit's vector says already. Files have none: theirs is the
mean of their units'.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from aifirst_codebase.reading import Reading
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import Embedder, WordEmbedder, embeds_words
from aifirst_memory.embedding.quantise import normalised, packed, quantised
from aifirst_memory.embedding.static import MOST_COUNTED, WEIGHTS, sum_rows
from aifirst_memory.lexical.file_words import FileWords
from aifirst_memory.vectors.part import GLUE, TICKET, UNIT, VectorsPart
from aifirst_memory.vectors.unit_text import Passage, ticket_passages, unit_passages

LEAST_GLUE = 4
"""Different words that glue needs for a vector of its own."""
_SAYS_THE_SAME = 0.8
"""Inner product from which glue says what its unit says."""
_NAME_WEIGHT = 2

Floats = NDArray[np.float32]


def extract_vectors(reading: Reading, words: FileWords, embedder: Embedder | None) -> VectorsPart:
    """The vectors of a file; `words` is what `file_words` says of the same reading.

    None without an embedder, and none yet with one that reads texts: `fill` has it make them, many at a time.
    """
    if not embeds_words(embedder) or not reading.data:
        return VectorsPart()
    count = len(reading.units)
    long, units, of_glue = _sums(words, count, embedder)
    tickets = ticket_passages(reading)
    if not long and not tickets:
        return _part(embedder, list(range(count)), [UNIT] * count, units)
    kept = _differ(units[long], of_glue)
    long = [index for index, keep in zip(long, kept.tolist(), strict=True) if keep]
    told = embedder.embed_texts([ticket.text for ticket in tickets])
    owners = [*range(count), *long, *(ticket.unit for ticket in tickets)]
    kinds = [*[UNIT] * count, *[GLUE] * len(long), *[TICKET] * len(tickets)]
    return _part(embedder, owners, kinds, np.concatenate([units, of_glue[kept], told]))


def _sums(words: FileWords, count: int, embedder: WordEmbedder) -> tuple[list[int], Floats, Floats]:
    """The units whose glue is long; the sums of the words of each unit, and of those of each long glue."""
    rows = embedder.rows_of([*words.vocabulary, *words.path])
    entries = np.array(words.entries, np.intp)
    weights = WEIGHTS[np.minimum(np.frombuffer(words.counts, np.uint8), MOST_COUNTED)]
    sizes = np.array(words.sizes, np.intp).reshape(3, count)
    in_code, in_glue, _ = map(int, sizes.sum(axis=1))
    long = np.flatnonzero(sizes[1] >= LEAST_GLUE)
    is_long = np.repeat(sizes[1] >= LEAST_GLUE, sizes[1])
    glue = slice(in_code, in_code + in_glue)
    of_glue = sum_rows(rows, entries[glue][is_long], weights[glue][is_long], sizes[1][long].tolist())
    weights[glue.stop :] *= _NAME_WEIGHT
    by_unit = np.argsort(
        np.repeat(np.tile(np.arange(count, dtype=np.int32), 3), sizes.ravel()), kind="stable"
    )
    units = sum_rows(rows, entries[by_unit], weights[by_unit], sizes.sum(axis=0).tolist())
    if words.path:
        of_path = WEIGHTS[[min(times, MOST_COUNTED) for times in words.path.values()]]
        units += of_path.dot(rows[len(words.vocabulary) :])
    return long.tolist(), units, of_glue


def extract_from_texts(readings: Sequence[Reading], embedder: Embedder) -> list[VectorsPart]:
    """The vectors of files from their texts, embedded together. Raises `EmbedderError`."""
    passages = [[*unit_passages(reading), *ticket_passages(reading)] for reading in readings]
    vectors = embedder.embed_texts([passage.text for passage in chain.from_iterable(passages)])
    parts: list[VectorsPart] = []
    start = 0
    for of_file in passages:
        parts.append(_from_passages(of_file, vectors[start : start + len(of_file)], embedder))
        start += len(of_file)
    return parts


def _from_passages(passages: list[Passage], vectors: Floats, embedder: Embedder) -> VectorsPart:
    """A part from passages and their vectors, without glue that says what its unit says."""
    row_of = {passage.unit: row for row, passage in enumerate(passages) if passage.kind == UNIT}
    kept = [
        row
        for row, one in enumerate(passages)
        if one.kind != GLUE or float(vectors[row] @ vectors[row_of[one.unit]]) < _SAYS_THE_SAME
    ]
    chosen = [passages[row] for row in kept]
    return _part(embedder, [one.unit for one in chosen], [one.kind for one in chosen], vectors[kept])


def _part(embedder: Embedder, owners: list[int], kinds: list[int], vectors: Floats) -> VectorsPart:
    """The part without rows of zeros, by owner and then in the order given, which is by kind."""
    rows = quantised(normalised(vectors))
    said: list[int] = np.count_nonzero(rows, axis=1).tolist()
    order = [row for row in sorted(range(len(owners)), key=owners.__getitem__) if said[row]]
    if order != list(range(len(owners))):
        rows = rows[order]
    return VectorsPart(
        embedder.name, embedder.dimension, np.array([owners[row] for row in order], "<u4").tobytes(),
        bytes([kinds[row] for row in order]), packed(rows).tobytes(),
    )  # fmt: skip


def _differ(first: Floats, second: Floats) -> NDArray[np.bool_]:
    """Whether rows of two arrays point in different directions."""
    product = np.einsum("ij,ij->i", first, second)
    lengths = np.sqrt(np.einsum("ij,ij->i", first, first) * np.einsum("ij,ij->i", second, second))
    return np.less(product, _SAYS_THE_SAME * lengths, dtype=np.bool_)
