"""Answers a search: at one level, or by all sources fused into one ranking of files and, in them, of units."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from aifirst_memory.search.fused import fused_results
from aifirst_memory.search.query import Query, read_query
from aifirst_memory.search.rank import rank_files
from aifirst_memory.search.result import SearchAnswer, SearchLevel, SearchRequest, SearchResult
from aifirst_memory.search.single_level import (
    search_concepts,
    search_graph,
    search_lexical,
    search_tags,
    search_tree,
    search_vectors,
)

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


def search(memory: Memory, request: SearchRequest) -> SearchAnswer:
    """Answer a request from the state of the moment; call it within `Memory.moment`."""
    started = time.perf_counter()
    query = read_query(request.text)
    notices: list[str] = []
    if query.is_empty:
        results: list[SearchResult] = []
        notices.append("the query is empty or says nothing to look for: name a function, a file or a topic")
    elif not memory.files.paths:
        results = []
        notices.append("the index has no files: `aifirst index` says what was left out, and why")
    elif request.level == "hybrid":
        ranked = rank_files(memory, query, request.without)
        notices.extend(ranked.features.notices)
        results = fused_results(memory, query, request, ranked)
    elif request.level == "vector" and memory.embedder is None:
        results = []
        notices.append(
            "this project has no embedder: set memory.embedder in aifirst.toml, or use another level"
        )
    else:
        results = _SINGLE[request.level](memory, query, request)
    return SearchAnswer(
        request.text, tuple(results[: request.k]), tuple(notices), time.perf_counter() - started
    )
