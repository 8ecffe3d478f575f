"""An open `Memory` as the sources of a context, and the contexts it answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aifirst_memory.context.assemble import assemble
from aifirst_memory.context.file_text import FileTexts
from aifirst_memory.context.request import ContextAnswer, ContextRequest
from aifirst_memory.context.sources import RankedUnit, UnitPlace
from aifirst_memory.search.result import SearchRequest, Source
from aifirst_memory.tree.level import file_at, units_of

if TYPE_CHECKING:
    from aifirst_memory.history.reader import HistoryReader
    from aifirst_memory.memory import Memory
    from aifirst_memory.vectors.reader import VectorReader


class MemorySources:
    """The levels of a memory, each loaded when a step first asks for it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._numbers: dict[tuple[str, str], dict[str, int]] = {}

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

    def vectors(self) -> VectorReader | None:
        """The vectors; None without an embedder."""
        return self._memory.vectors

    def history(self) -> HistoryReader | None:
        """What git knows."""
        return self._memory.history

    def rank_units(
        self, text: str, without: Collection[Source], k: int
    ) -> tuple[Sequence[RankedUnit], Sequence[str]]:
        """The hybrid search for units."""
        answer = self._memory.search(SearchRequest(text, k=k, without=frozenset(without), kind="unit"))
        ranked: list[RankedUnit] = []
        for one in answer.results:
            number = self._number(one.path, one.unit)
            if number is not None:
                ranked.append(RankedUnit(UnitPlace(one.path, number), one.score, one.reasons))
        return ranked, answer.notices

    def _number(self, path: str, name: str) -> int | None:
        file = file_at(self.connection, path)
        if file is None:
            return None
        key = path, file.digest
        if key not in self._numbers:
            units = units_of(self.connection, file.file_id)
            self._numbers[key] = {unit.name: index for index, unit in enumerate(units)}
        return self._numbers[key].get(name)


class Contexts:
    """Answers requests for context from a memory that stays open; files read once are kept by their content."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._sources = MemorySources(memory)
        self._texts = FileTexts(memory.root, self._sources.tokenizer, self._sources.max_file_bytes)

    def assemble(self, request: ContextRequest) -> ContextAnswer:
        """The context for a request, from the state of one moment. Raises `ContextError`."""
        with self._memory.moment():
            return assemble(self._sources, self._texts, request)


def assemble_context(memory: Memory, request: ContextRequest) -> ContextAnswer:
    """One context; for several keep a `Contexts`. Raises `ContextError`."""
    return Contexts(memory).assemble(request)
