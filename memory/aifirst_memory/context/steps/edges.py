"""Edges of the dependency graph as the steps follow them, from some units to others or back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from typing import Final, NamedTuple

from aifirst_memory.context.places import PlacesOfIds
from aifirst_memory.graph.edges import DOCUMENTS, KINDS, TESTS, EdgeKind, confidence_of

_MOST_EDGES = 400
_MOST_KEPT = 100
_TELLS: Final[Mapping[EdgeKind, float]] = {
    "calls": 1.0, "inherits": 1.2, "decorates": 0.9, "tests": 1.0, "documents": 1.0, "raises": 0.6, "uses": 0.6,
    "imports": 0.4,
}  # fmt: skip
"""How much an edge of a kind says: a call more than the import it needs."""


class Neighbour(NamedTuple):
    """A unit on the other side of edges. `weight` adds up how sure and how frequent they are."""

    unit_id: int
    weight: float
    kind: str
    via: int
    """The unit from which it was reached by the weightiest edge."""


def dependencies(places: PlacesOfIds, unit_ids: Sequence[int]) -> list[Neighbour]:
    """What units depend on, weightiest first; packages from outside and the tested code of tests left in."""
    return _follow(places, unit_ids, "source", "target", leave_out=(DOCUMENTS,))


def dependents(places: PlacesOfIds, unit_ids: Sequence[int]) -> list[Neighbour]:
    """What depends on units, tests and documents apart."""
    return _follow(places, unit_ids, "target", "source", leave_out=(TESTS, DOCUMENTS))


def tests(places: PlacesOfIds, unit_ids: Sequence[int]) -> list[Neighbour]:
    """What tests units, as the graph knows."""
    return _follow(places, unit_ids, "target", "source", only=(TESTS,))


def documents(places: PlacesOfIds, unit_ids: Sequence[int]) -> list[Neighbour]:
    """What documents units."""
    return _follow(places, unit_ids, "target", "source", only=(DOCUMENTS,))


def _follow(
    places: PlacesOfIds, unit_ids: Sequence[int], near: str, far: str,
    *, leave_out: Iterable[int] = (), only: Iterable[int] = (),
) -> list[Neighbour]:  # fmt: skip
    own = set(unit_ids)
    weights: dict[int, float] = {}
    best: dict[int, tuple[float, str, int]] = {}
    leave_out, only = frozenset(leave_out), frozenset(only)
    for rank, unit_id in enumerate(unit_ids):
        rows = places.connection.execute(
            f"SELECT {far}, kind, count, way FROM graph_edge WHERE {near} = ? ORDER BY way, count DESC, {far} LIMIT ?",  # noqa: S608  our own columns
            (unit_id, _MOST_EDGES),
        )
        for other, kind, count, way in rows:
            if other <= 0 or other in own or kind in leave_out or (only and kind not in only):
                continue
            weight = confidence_of(way) * _TELLS[KINDS[kind]] * (1 + log2(max(count, 1))) / (1 + rank / 10)
            weights[other] = weights.get(other, 0.0) + weight
            if other not in best or weight > best[other][0]:
                best[other] = weight, KINDS[kind], unit_id
    heaviest = sorted([(-round(weight, 9), other) for other, weight in weights.items()])[:_MOST_KEPT]
    found = [Neighbour(other, -weight, *best[other][1:]) for weight, other in heaviest]
    # Ids tell when a file was indexed, places do not: equal weights are ordered by these.
    placed = [(-one.weight, place, one) for one in found if (place := places.place(one.unit_id))]
    return [one for _, _, one in sorted(placed, key=lambda each: each[:2])]
