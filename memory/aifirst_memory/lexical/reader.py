"""Search in the lexical index: which units and files say the words of a query, and how much that tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from aifirst_memory.lexical.bm25 import USUAL_BM25, Bm25Settings, Collection, Hits
from aifirst_memory.lexical.documents import join_documents
from aifirst_memory.lexical.merge import living_units, read_rows, standing_documents
from aifirst_memory.lexical.postings import FIELD_BITS, FIELD_MASK, FIELDS, Segment, build_segment
from aifirst_memory.lexical.stored import Base, DeltaRow, State, read_base, read_delta, read_state
from aifirst_memory.lexical.word_keys import word_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIELDS = len(FIELDS)
_KEPT = 4
"""Answers that are kept: a search asks for its words, its names, its scope and its joined words."""


@dataclass(frozen=True, slots=True)
class FieldScores:
    """Scores of documents by (field, id), float32, 0 where nothing matched; fields in the order of `FIELDS`."""

    by_field: NDArray[np.float32]

    @property
    def code(self) -> NDArray[np.float32]:
        """By the words of the code."""
        return self.by_field[0]

    @property
    def glue(self) -> NDArray[np.float32]:
        """By the words of comments and docstrings."""
        return self.by_field[1]

    @property
    def name(self) -> NDArray[np.float32]:
        """By the words of qualified names."""
        return self.by_field[2]

    @property
    def path(self) -> NDArray[np.float32]:
        """By the words of the path, which among units only the module's own code (unit 0) has."""
        return self.by_field[3]


@dataclass(frozen=True, slots=True)
class LexicalScores:
    """The scores of a query: of units by unit id, of files by file id."""

    units: FieldScores
    files: FieldScores


class WordStatistics(NamedTuple):
    """In how many units and files a word occurs, in any field."""

    units: int
    files: int


class Standing(NamedTuple):
    """Where words stand, in parallel arrays: words by their place in what was asked for, fields by theirs in `FIELDS`.

    `words`, `fields` and `files` (ids) belong together, and so do `unit_words` and `units` (places in what was asked
    for; a pair comes once a field).
    """

    words: NDArray[np.intp]
    fields: NDArray[np.intp]
    files: NDArray[np.intp]
    unit_words: NDArray[np.intp]
    units: NDArray[np.intp]


class Match(NamedTuple):
    """A word of the query in a unit: in which field, how often, and what it adds to the unit's score there."""

    word: str
    field: str
    times: int
    score: float


class LexicalReader:
    """The index in arrays, as it stood when loaded or last refreshed."""

    def __init__(self, settings: Bm25Settings, base: Base, state: State, rows: Iterable[DeltaRow]) -> None:
        self._settings = settings
        self._base = base
        self._state = state
        self._rows = {row.file_id: row for row in rows}
        self._arrange()

    @classmethod
    def load(cls, connection: sqlite3.Connection, settings: Bm25Settings = USUAL_BM25) -> LexicalReader:
        """Read the index as it stands, also while another process writes."""
        while True:
            state = read_state(connection)
            base, rows = read_base(connection), read_delta(connection)
            if read_state(connection) == state:
                return cls(settings, base, state, rows)

    def refresh(self, connection: sqlite3.Connection) -> bool:
        """Take over what changed since; returns whether anything did."""
        state = read_state(connection)
        if state == self._state:
            return False
        rows = read_delta(connection, self._state.sequence)
        if state.generation != self._state.generation or read_state(connection) != state:
            newer = self.load(connection, self._settings)
            self.__dict__.update(newer.__dict__)
            return True
        self._state = state
        self._rows.update((row.file_id, row) for row in rows)
        self._arrange()
        return True

    def score(self, weights: Mapping[str, float]) -> LexicalScores:
        """Score units and files by words, as `words` writes them, each with what it counts."""
        words = sorted(weights)
        row_weights = _row_weights(words, weights)
        in_units, in_files = self._find_all(words)
        units = self._units.score(in_units, row_weights)
        files = self._files.score(in_files, row_weights)
        return LexicalScores(FieldScores(units.reshape(_FIELDS, -1)), FieldScores(files.reshape(_FIELDS, -1)))

    def score_files(self, weights: Mapping[str, float]) -> FieldScores:
        """What `score` gives for files, without the units."""
        words = sorted(weights)
        _, in_files = self._find_all(words)
        return FieldScores(self._files.score(in_files, _row_weights(words, weights)).reshape(_FIELDS, -1))

    def standing(self, words: Sequence[str], unit_ids: NDArray[np.int64]) -> Standing:
        """In which files each of some words stands, and in which of some units."""
        in_units, in_files = self._find_all(list(words))
        rows = np.concatenate([hits.rows for hits in in_files])
        documents = np.concatenate([hits.documents for hits in in_files])
        fields = rows & FIELD_MASK
        if not len(unit_ids):
            none = np.zeros(0, np.intp)
            return Standing(rows >> FIELD_BITS, fields, documents - fields * self._files.size, none, none)
        column = np.full(self._units.size, -1, np.int32)
        inside = np.flatnonzero(unit_ids < self._units.size)
        column[unit_ids[inside]] = inside
        columns = np.tile(column, _FIELDS)
        here: list[NDArray[np.intp]] = []
        for hits in in_units:
            units = columns.take(hits.documents)
            at = np.flatnonzero(units >= 0)
            found = np.searchsorted(np.cumsum(hits.sizes), at, "right") >> FIELD_BITS
            here.append(np.stack([found, units[at].astype(np.intp)]))
        of_units = np.concatenate(here, axis=1)
        return Standing(
            rows >> FIELD_BITS, fields, documents - fields * self._files.size, of_units[0], of_units[1]
        )

    def unit_lengths(self, unit_ids: NDArray[np.intp]) -> NDArray[np.float32]:
        """How long each field (a row) of some units is, beside the mean of units that have it; 0 for none."""
        saturation = self._units.saturation.reshape(_FIELDS, -1)
        inside = np.minimum(unit_ids, self._units.size - 1)
        least = np.float32(1 - self._settings.b)
        share = np.float32(max(self._settings.b, 1e-6))
        lengths = (saturation[:, inside] / np.float32(max(self._settings.k1, 1e-6)) - least) / share
        return np.where(unit_ids < self._units.size, np.maximum(lengths, 0), 0).astype(np.float32)

    def known(self, words: Iterable[str]) -> dict[str, WordStatistics]:
        """Those of the words that occur at all."""
        asked = sorted(set(words))
        in_units = self._find(asked)
        in_files = [self._by_file(hits) for hits in in_units]
        units = _documents_of_words(in_units, self._units.size, len(asked))
        files = _documents_of_words(in_files, self._files.size, len(asked))
        return {
            word: WordStatistics(*found) for word, *found in zip(asked, units, files, strict=True) if found[0]
        }

    def matched(self, unit_id: int, weights: Mapping[str, float]) -> list[Match]:
        """Which of the words stand in which field of a unit, those first that count most; empty for no such unit."""
        return self.matched_in((unit_id,), weights)[unit_id]

    def matched_in(self, unit_ids: Iterable[int], weights: Mapping[str, float]) -> dict[int, list[Match]]:
        """The same for each of several units, in one look-up of the words."""
        words = sorted(weights)
        found, _ = self._find_all(words)
        matches: dict[int, list[Match]] = {unit: [] for unit in unit_ids}
        wanted = np.zeros(self._units.size, np.bool_)
        wanted[[unit for unit in matches if 0 <= unit < self._units.size]] = True
        in_fields = np.tile(wanted, _FIELDS)
        row_weights = self._units.row_weights(found, _row_weights(words, weights))
        for hits in found:
            here = np.flatnonzero(in_fields.take(hits.documents))
            rows = np.searchsorted(np.cumsum(hits.sizes), here, "right")
            documents, counts = hits.documents[here], hits.counts[here]
            scores = counts / (self._units.saturation.take(documents) + counts) * row_weights[rows]
            columns = (
                (documents % self._units.size).tolist(),
                rows.tolist(),
                counts.tolist(),
                scores.tolist(),
            )
            for unit, row, count, score in zip(*columns, strict=True):
                matches[unit].append(
                    Match(words[row >> FIELD_BITS], FIELDS[row & FIELD_MASK], int(count), score)
                )
        for of_unit in matches.values():
            of_unit.sort(key=lambda match: (-match.score, match.word, FIELDS.index(match.field)))
        return matches

    def _arrange(self) -> None:
        """Lay out which units there are, whose they are and how long, from base and rows."""
        rows = sorted(self._rows.values(), key=lambda row: row.file_id)
        postings, added = read_rows(rows)
        standing = standing_documents(self._base.documents, rows)
        documents = join_documents([standing, added])
        unit_ids = documents.unit_ids()
        size = int(unit_ids.max(initial=0)) + 1
        files = np.repeat(documents.file_ids, documents.units)
        lengths = np.zeros((_FIELDS, size), np.float32)
        lengths[:, unit_ids] = documents.lengths
        file_size = int(documents.file_ids.max(initial=0)) + 1
        sums = [np.bincount(files, weights=field, minlength=file_size) for field in documents.lengths]
        self._units = Collection.of_lengths(lengths, len(unit_ids), self._settings)
        file_lengths = np.array(sums, np.float32)
        self._files = Collection.of_lengths(file_lengths, len(documents.file_ids), self._settings)
        file_of = np.zeros(size, np.int32)
        file_of[unit_ids] = files
        self._file_of = np.tile(file_of, _FIELDS)
        alive = living_units(self._base.documents, standing) if rows else None
        self._segments = [(self._base.segment, alive), (build_segment(postings), None)]
        self._found: dict[tuple[str, ...], tuple[list[Hits], list[Hits]]] = {}

    def _find_all(self, words: list[str]) -> tuple[list[Hits], list[Hits]]:
        """Where the words stand, by unit and by file. The last answers are kept: one search asks the same again."""
        asked = tuple(words)
        found = self._found.get(asked)
        if found is None:
            in_units = self._find(words)
            found = in_units, [self._by_file(hits) for hits in in_units]
            self._found = {**dict(list(self._found.items())[1 - _KEPT :]), asked: found}
        return found

    def _find(self, words: list[str]) -> list[Hits]:
        """Where the words stand, by unit, in each segment."""
        keys = np.array([word_key(word) for word in words], np.uint32)
        return [_find_in(segment, keys, alive, self._units.size) for segment, alive in self._segments]

    def _by_file(self, hits: Hits) -> Hits:
        """The same postings with those of one file in one row added up."""
        if not len(hits.documents):
            return hits
        fields = np.tile(np.arange(_FIELDS), len(hits.sizes) // _FIELDS)
        files = self._file_of.take(hits.documents)
        ends = np.cumsum(hits.sizes)
        # The units of a file have consecutive ids, so a row holds those of a file in turn.
        changes = np.empty(len(files), np.bool_)
        np.not_equal(files[1:], files[:-1], out=changes[1:])
        changes[(ends - hits.sizes)[hits.sizes > 0]] = True
        starts = np.flatnonzero(changes)
        sizes = np.diff(np.searchsorted(starts, ends), prepend=0)
        documents = np.repeat(fields * self._files.size, sizes)
        documents += files.take(starts)
        return Hits(documents, _added_up(hits.counts, starts), sizes)


def _find_in(segment: Segment, keys: NDArray[np.uint32], alive: NDArray[np.bool_] | None, size: int) -> Hits:
    """The living postings of the words in a segment; unit ids are below `size`."""
    places = np.searchsorted(segment.keys, keys)
    known = np.flatnonzero(places < len(segment.keys))
    known = known[segment.keys[places[known]] == keys[known]]
    sizes = np.zeros((len(keys), _FIELDS), np.int64)
    if not len(known):
        return Hits(np.zeros(0, np.intp), np.zeros(0, np.float32), sizes.ravel())
    bounds = segment.offsets[places[known, None] * _FIELDS + np.arange(_FIELDS + 1)]
    sizes[known] = np.diff(bounds, axis=1)
    sizes = sizes.ravel()
    slices = [slice(start, end) for start, end in bounds[:, (0, -1)].tolist()]
    units = np.concatenate([segment.units[span] for span in slices])
    counts = np.concatenate([segment.counts[span] for span in slices]).astype(np.float32)
    documents = np.repeat(np.tile(np.arange(_FIELDS) * size, len(keys)), sizes)
    documents += units
    if alive is not None:
        stands = alive[units]
        dead = np.flatnonzero(~stands)
        if len(dead):
            sizes -= np.diff(np.searchsorted(dead, np.cumsum(sizes)), prepend=0)
            documents, counts = documents[stands], counts[stands]
    return Hits(documents, counts, sizes)


def _added_up(counts: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float32]:
    """The sum of the counts from each start to the next. They are whole numbers, so differences of running sums are
    exact, and take a fifth of the time of `reduceat` for stretches this short.
    """
    running = np.cumsum(counts.astype(np.int32), dtype=np.int32)
    sums = np.append(running.take(starts[1:] - 1), running[-1])
    sums[1:] -= sums[:-1].copy()
    return sums.astype(np.float32)


def _row_weights(words: list[str], weights: Mapping[str, float]) -> NDArray[np.float64]:
    return np.repeat(np.array([weights[word] for word in words], np.float64), _FIELDS)


def _documents_of_words(several: list[Hits], size: int, words: int) -> list[int]:
    """For every word of the query the number of ids that it occurs at, in whatever field."""
    found = np.zeros(words, np.int64)
    for hits in several:
        pairs = np.unique((hits.rows >> FIELD_BITS) * size + hits.documents % size)
        found += np.bincount(pairs // size, minlength=words)
    return found.tolist()
