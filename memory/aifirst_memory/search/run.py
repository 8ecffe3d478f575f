"""Answers a search: at one level, or by all sources fused into one ranking of files and, in them, of units."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from aifirst_memory.search.query import Query, read_query
from aifirst_memory.search.rank import RankedFiles, rank_files
from aifirst_memory.search.reasons import file_reasons, unit_reasons
from aifirst_memory.search.result import SearchAnswer, SearchLevel, SearchRequest, SearchResult
from aifirst_memory.search.single_level import (
    search_concepts,
    search_graph,
    search_lexical,
    search_tags,
    search_tree,
    search_vectors,
)
from aifirst_memory.tree.level import units_of

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory

_SINGLE: Final[Mapping[SearchLevel, Callable[[Memory, Query, SearchRequest], list[SearchResult]]]] = {
    "tree": search_tree,
    "tag": search_tags,
    "vector": search_vectors,
    "lexical": search_lexical,
    "graph": search_graph,
    "concept": search_concepts,
}
_UNITS_OF_FILE = 3
"""Units of one file in a list of results, unless it asks for units only."""


def search(memory: Memory, request: SearchRequest) -> SearchAnswer:
    """Answer a request from the state of the moment; call it within `Memory.moment`."""
    started = time.perf_counter()
    query = read_query(request.text)
    notices: list[str] = []
    if query.is_empty:
        results: list[SearchResult] = []
        notices.append("the query is empty or says nothing to look for: name a function, a file or a topic")
    elif request.level == "hybrid":
        ranked = rank_files(memory, query, request.without)
        notices.extend(ranked.features.notices)
        results = _fused(memory, query, request, ranked)
    else:
        results = _SINGLE[request.level](memory, query, request)
    return SearchAnswer(
        request.text, tuple(results[: request.k]), tuple(notices), time.perf_counter() - started
    )


def _fused(memory: Memory, query: Query, request: SearchRequest, ranked: RankedFiles) -> list[SearchResult]:
    """The best files, each as its best units, or as itself where no unit of it stands out."""
    results: list[SearchResult] = []
    for position in ranked.best(request.k):
        score = ranked.relative(position)
        reasons = file_reasons(memory, query, ranked, position)
        of_file = [] if request.kind == "file" else _units(memory, query, ranked, position, request)
        if not of_file:
            files = memory.files
            lines = memory.connection.execute(
                "SELECT lines FROM file WHERE file_id = ?", (int(files.file_ids[position]),)
            ).fetchone()[0]
            results.append(
                SearchResult(
                    files.paths[position], "", 1, lines, "file", score, int(files.tokens[position]), reasons
                )
            )
        for rank, unit in enumerate(of_file):
            results.append(
                msgspec.structs.replace(
                    unit, score=score * unit.score, reasons=(*unit.reasons, *(reasons if rank == 0 else ()))
                )
            )
    return sorted(results, key=lambda r: (-r.score, r.path, r.line))


def _units(
    memory: Memory, query: Query, ranked: RankedFiles, position: int, request: SearchRequest
) -> list[SearchResult]:
    """The units of a file that the query is about, best first; scores are 1 for the best."""
    files = memory.files
    first, count = int(files.first_units[position]), int(files.units[position])
    scores = ranked.unit_scores(first, count)
    order = np.argsort(-scores, kind="stable")[: _UNITS_OF_FILE if request.kind == "any" else request.k]
    highest = float(scores[order[0]]) if len(order) else 0.0
    if highest <= 0:
        return []
    records = units_of(memory.connection, int(files.file_ids[position]))
    found: list[SearchResult] = []
    for index in map(int, order):
        share = float(scores[index]) / highest
        if share < 0.5:
            break
        unit = records[index]
        reasons = unit_reasons(memory, query, first + index)
        found.append(
            SearchResult(
                files.paths[position],
                unit.name,
                unit.line,
                unit.end_line,
                unit.kind,
                share,
                unit.tokens,
                reasons,
            )
        )
    return found
