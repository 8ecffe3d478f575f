"""An open `Memory` as the sources of a context, and the contexts it answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aifirst_memory.context.assemble import assemble
from aifirst_memory.context.file_text import FileTexts
from aifirst_memory.context.request import ContextAnswer, ContextRequest
from aifirst_memory.context.sources import MeasuredUnits, RankedUnit, Searched, StepList, UnitPlace
from aifirst_memory.context.steps.rank import Ranked
from aifirst_memory.search.result import Source
from aifirst_memory.shadow.shown_texts import ShownTexts

_FILES = 24
_UNITS_OF_FILE = 8
_LEAST_SHARE = 0.3
"""Files of a search whose units are looked at, units of each, and how good these are against the best of the file."""

if TYPE_CHECKING:
    from aifirst_memory.history.reader import HistoryReader
    from aifirst_memory.memory import Memory
    from aifirst_memory.vectors.reader import VectorReader


class MemorySources:
    """The levels of a memory, each loaded when a step first asks for it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self._memory.root

    @property
    def connection(self) -> sqlite3.Connection:
        """The database."""
        return self._memory.connection

    @property
    def tokenizer(self) -> str:
        """As the project's settings name it."""
        return self._memory.config.settings.tokenizer

    @property
    def max_file_bytes(self) -> int:
        """What larger files are not read."""
        return self._memory.config.settings.discovery.max_file_bytes

    def word_shares(self, words: Collection[str]) -> Mapping[str, float]:
        """In which share of the files each word is said; quick for the words of the last search, which are remembered."""
        asked, count = list(words), len(self._memory.files.paths)
        if not asked or not count:
            return {}
        standing = self._memory.lexical.standing(asked, np.zeros(0, np.int64))
        if not len(standing.files):
            return {}
        stands = np.zeros((len(asked), int(standing.files.max()) + 1), np.bool_)
        stands[standing.words, standing.files] = True
        files = stands.sum(axis=1).tolist()
        return {word: number / count for word, number in zip(asked, files, strict=True) if number}

    def vectors(self) -> VectorReader | None:
        """The vectors; None without an embedder."""
        return self._memory.vectors

    def history(self) -> HistoryReader | None:
        """What git knows."""
        return self._memory.history

    def rank_units(self, text: str, without: Collection[Source], k: int) -> Searched:
        """The best units of the files that the hybrid search ranks first."""
        from aifirst_memory.search.query import read_query
        from aifirst_memory.search.rank import rank_files

        query = read_query(text)
        if query.is_empty:
            told = "the query says nothing to look for: name a function, a file or a topic"
            return Searched((), (told,), None)
        ranked = rank_files(self._memory, query, without)
        files = self._memory.files
        found: list[RankedUnit] = []
        for position in ranked.best(_FILES):
            path, first, count = (
                files.paths[position],
                int(files.first_units[position]),
                int(files.units[position]),
            )
            score = ranked.relative(position)
            of_units = ranked.unit_scores(first, count)
            order = np.argsort(-of_units, kind="stable")[:_UNITS_OF_FILE].tolist()
            scores = dict(zip(order, of_units[order].tolist(), strict=True))
            highest = scores[order[0]] if order else 0.0
            if highest <= 0:
                found.append(RankedUnit(UnitPlace(path, 0), score))
                continue
            for unit in order:
                share = scores[unit] / highest
                if share >= _LEAST_SHARE:
                    found.append(RankedUnit(UnitPlace(path, unit), round(score * share, 6)))
        found.sort(key=lambda one: (-one.score, one.place))

        def measure(lists: Sequence[StepList], fused: Sequence[Ranked]) -> MeasuredUnits:
            from aifirst_memory.context.unit_columns import measure_units

            return measure_units(self._memory, ranked, lists, fused, without)

        return Searched(found[:k], ranked.features.notices, measure)


class Contexts:
    """Answers requests for context from a memory that stays open; files read once are kept by their content."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._sources = MemorySources(memory)
        self._shown = ShownTexts(memory)
        self._texts = FileTexts(
            memory.root, self._sources.tokenizer, self._sources.max_file_bytes, self._shown
        )

    def assemble(self, request: ContextRequest) -> ContextAnswer:
        """The context for a request, from the state of one moment. Raises `ContextError`."""
        with self._memory.moment():
            return assemble(self._sources, self._texts, request)

    def keep(self) -> int:
        """Keep texts of units that were made for answers, so that the next ones find them; how many. See `shadow`."""
        return self._shown.keep()


def assemble_context(memory: Memory, request: ContextRequest) -> ContextAnswer:
    """One context; for several keep a `Contexts`. Raises `ContextError`."""
    contexts = Contexts(memory)
    answer = contexts.assemble(request)
    contexts.keep()
    return answer
