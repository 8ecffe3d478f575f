"""Search at one level alone: what the tree, the tags, the vectors, the words, the graph or the concepts know."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.best_places import best_places
from aifirst_memory.search.named_files import resolve_place
from aifirst_memory.search.query import LONGEST_SAID, Place, Query
from aifirst_memory.search.reasons import unit_reasons
from aifirst_memory.search.result import SearchRequest, SearchResult
from aifirst_memory.tree.level import file_at, units_of

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.record import UnitRecord

_MOST_TAGS = 1000
"""Different words of a query that are looked up among the tags."""


def search_tree(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """Files whose path the query names or shares words with."""
    files = memory.files
    scores = np.zeros(len(files.paths), np.float32)
    by_id = memory.lexical.score(query.weights).files.path if query.weights else np.zeros(1, np.float32)
    inside = files.file_ids < len(by_id)
    scores[inside] = by_id[files.file_ids[inside]]
    highest = float(scores.max(initial=0.0)) or 1.0
    scores /= highest
    for place in (*query.places, Place(request.text.strip())):
        for position in resolve_place(files, place):
            scores[position] += 1
    highest = float(scores.max(initial=0.0)) or 1.0
    return [
        _file(memory, files.paths[i], float(scores[i]) / highest, ("its path matches",))
        for i in best_places(scores, request.k)
    ]


def search_tags(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """Places of the tags, tickets, markers and pipelines that the query names: definitions first."""
    from aifirst_memory.tags.level import PlacedAnchor, find_anchors

    found: dict[PlacedAnchor, None] = {}
    said = query.text[:LONGEST_SAID].replace("@TAG:", " @TAG:").split()
    for word in islice(dict.fromkeys(said), _MOST_TAGS):
        category, colon, value = word.removeprefix("@TAG:").partition(":")
        if word.startswith("@TAG:"):
            hits = find_anchors(memory.connection, category=category, value=value if colon else "")
        else:
            hits = find_anchors(memory.connection, value=word)
            if not hits and category and value:
                hits = find_anchors(memory.connection, category=category.upper(), value=value)
            hits = hits or find_anchors(memory.connection, category=word.upper().rstrip(":"))
        found.update(dict.fromkeys(hits))
    ranked = sorted(found, key=lambda a: (a.anchor.role != "definition", a.path, a.anchor.line))
    results: list[SearchResult] = []
    for place, one in enumerate(ranked[: request.k]):
        anchor = one.anchor
        name = f"{anchor.category}:{anchor.value}" if anchor.value else anchor.category
        reason = f"{anchor.role} of {anchor.kind} {name}{': ' + anchor.text if anchor.text else ''}"
        row = file_at(memory.connection, one.path)
        unit = units_of(memory.connection, row.file_id)[anchor.unit] if row else None
        results.append(
            SearchResult(
                one.path, unit.name if unit else "", anchor.line, anchor.line, anchor.kind,
                1 / (1 + place), unit.tokens if unit else 0, (reason,),
            )
        )  # fmt: skip
    return results


def search_vectors(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """Units whose vector is nearest to that of the query."""
    vectors, embedder = memory.vectors, memory.embedder
    if vectors is None or embedder is None or not len(vectors):
        return []
    scores = vectors.score_units(embedder.embed_texts([query.text[:4000]])[0])
    return _by_unit(memory, query, request, scores, "is about something similar ({:.2f})")


def search_lexical(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """Units by BM25 over code, glue and names."""
    if not query.weights:
        return []
    units = memory.lexical.score(query.weights).units
    return _by_unit(memory, query, request, units.code + units.glue + units.name, "BM25 {:.2f}")


def search_graph(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """What the units that the query names, or else fits best, depend on and what depends on them."""
    if not query.weights:
        return []
    units = memory.lexical.score(query.weights).units
    names = units.name if units.name.any() else units.code + units.glue
    seeds = {unit: float(names[unit]) for unit in best_places(names, 5)}
    reached = memory.graph.spread(seeds, 2)
    return _by_unit(memory, query, request, reached, "near in the graph ({:.3f})")


def search_concepts(memory: Memory, query: Query, request: SearchRequest) -> list[SearchResult]:
    """Units that speak of the concepts the query means: those that define them first."""
    from aifirst_memory.concepts.queries import find_concepts
    from aifirst_memory.concepts.queries import units_of as units_of_concept

    results: dict[tuple[str, str], SearchResult] = {}
    for concept in find_concepts(memory.connection, query.text[:LONGEST_SAID]):
        for one in units_of_concept(memory.connection, concept.concept, request.k):
            row = file_at(memory.connection, one.path)
            if row is None:
                continue
            unit = units_of(memory.connection, row.file_id)[one.unit]
            score = concept.score * one.score
            reason = f"{one.role} of the concept {concept.concept!r}"
            found = SearchResult(
                one.path, unit.name, unit.line, unit.end_line, unit.kind, score, unit.tokens, (reason,)
            )
            key = one.path, unit.name
            if key not in results or results[key].score < score:
                results[key] = found
    return sorted(results.values(), key=lambda r: (-r.score, r.path, r.line))[: request.k]


def _by_unit(
    memory: Memory, query: Query, request: SearchRequest, scores: NDArray[np.float32], reason: str
) -> list[SearchResult]:
    """The best units by a score each."""
    files = memory.files
    found: list[tuple[int, int]] = []
    for unit_id in best_places(scores, request.k):
        position = files.position_of_unit(unit_id)
        if position is not None:
            found.append((unit_id, position))
    said = unit_reasons(memory, query, (unit_id for unit_id, _ in found))
    units: dict[int, tuple[UnitRecord, ...]] = {}
    highest = float(scores.max(initial=0.0))
    results: list[SearchResult] = []
    for unit_id, position in found:
        if position not in units:
            units[position] = units_of(memory.connection, int(files.file_ids[position]))
        one = units[position][unit_id - int(files.first_units[position])]
        score = float(scores[unit_id])
        reasons = (reason.format(score), *said[unit_id])
        results.append(
            SearchResult(
                files.paths[position],
                one.name,
                one.line,
                one.end_line,
                one.kind,
                score / highest,
                one.tokens,
                reasons,
            )
        )
    return results


def _file(memory: Memory, path: str, score: float, reasons: tuple[str, ...]) -> SearchResult:
    row = file_at(memory.connection, path)
    lines, tokens = (row.lines, row.tokens) if row else (1, 0)
    return SearchResult(path, "", 1, lines, "file", score, tokens, reasons)
