"""Brings the edges that are not the code's own up to date: those of the index's graph, tags, files that change together.

Each is written beside the file it starts in. What the index tells of its changes says which files to look at again.
"""

from __future__ import annotations

import sqlite3
from functools import cached_property

from aifirst_memory.dependencies.history_edges import history_edges
from aifirst_memory.dependencies.index_edges import IndexGraph
from aifirst_memory.dependencies.model import has_own_id
from aifirst_memory.dependencies.resolver import FoundEdge
from aifirst_memory.dependencies.sqlite.graph_writer import GraphWriter
from aifirst_memory.dependencies.sqlite.tables import HISTORY, INDEX, TAGS
from aifirst_memory.graph.snapshot import serial_of
from aifirst_memory.history.reader import HistoryReader
from aifirst_memory.history.stored import read_state
from aifirst_memory.store import read_meta, write_meta

_INDEX_STATE = "index_state"
_HISTORY_STATE = "history_state"


class Derivation:
    """What a run derives from an index, open for reading at one moment; `identity` names the index's file."""

    def __init__(self, writer: GraphWriter, index: sqlite3.Connection, identity: str) -> None:
        self._writer = writer
        self._index = index
        self._identity = identity
        self._ids: dict[str, tuple[str, ...]] = {}

    def update(self, changed: set[str], gone: set[str], *, any_new: bool) -> None:
        """Follow the index after a run that read some files anew and lost some; inside a transaction."""
        self._follow_graph(changed, gone)
        self._follow_history(is_other=bool(gone) or any_new)

    def _follow_graph(self, changed: set[str], gone: set[str]) -> None:
        graph = IndexGraph(self._index, self._ids_of)
        since, delta = graph.state()
        serial = serial_of(self._index)
        before = read_meta(self._writer.connection, _INDEX_STATE).split("\t")
        now = [self._identity, since, str(serial)]
        if before == now and not changed and not gone:
            return
        is_other = before[:2] != now[:2] or not before[2].isdigit() or int(before[2]) > serial
        todo = set[str]() if is_other else changed | delta | graph.leading_into(sorted(changed))
        known = self._writer.known(None if is_other else sorted(todo))
        todo = todo or set(known)
        for path in sorted(todo):
            file = known.get(path)
            if file is not None:
                resolved = bool(file.resolver)
                self._writer.put_edges(file.file, INDEX, graph.edges_of(path, is_resolved=resolved))
                self._writer.put_edges(file.file, TAGS, graph.tag_edges_of(path))
        write_meta(self._writer.connection, _INDEX_STATE, "\t".join(now))

    def _ids_of(self, path: str) -> tuple[str, ...]:
        known = self._ids.get(path)
        if known is None:
            known = self._ids[path] = self._writer.ids_of(path)
        return known

    def _follow_history(self, *, is_other: bool) -> None:
        """Compute the pairs anew where there are new commits, or other files than there were."""
        connection = self._writer.connection
        state = read_state(self._index)
        now = "" if state is None else f"{self._identity} {state.counter} {state.head}"
        if not is_other and read_meta(connection, _HISTORY_STATE) == now:
            return
        files = {path: known.file for path, known in self._writer.known().items() if has_own_id(path)}
        found: dict[str, list[FoundEdge]] = (
            {} if state is None else history_edges(self._history, files.keys())
        )
        before = {
            file for (file,) in connection.execute("SELECT file FROM dep_edges WHERE part = ?", (HISTORY,))
        }
        for path, edges in found.items():
            self._writer.put_edges(files[path], HISTORY, edges)
        for file in sorted(before - {files[path] for path in found}):
            self._writer.put_edges(file, HISTORY, ())
        write_meta(connection, _HISTORY_STATE, now)

    @cached_property
    def _history(self) -> HistoryReader:
        return HistoryReader.load(self._index)
