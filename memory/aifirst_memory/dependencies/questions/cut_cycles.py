"""Which links to cut so that no cycle is left: few and light ones, by the greedy order of Eades, Lin and Smyth (1993).

Nodes that nothing enters are put first and those that nothing leaves last, as long as there are any; then the one
whose links out outweigh its links in the most goes first. Links against that order are cut, less those that turn out
to close no cycle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import Final

Pair = tuple[int, int]
_MOST_TRIED: Final = 2_000
"""Links of one component up to which each cut is tried whether it is needed."""


def links_to_cut(weights: Mapping[Pair, int]) -> list[Pair]:
    """The links to cut among those of one component, ascending; `weights` says what cutting each costs."""
    place = {node: number for number, node in enumerate(_order(weights))}
    cut = sorted(link for link in weights if place[link[0]] > place[link[1]])
    return _needed(weights, cut) if len(weights) <= _MOST_TRIED else cut


def _order(weights: Mapping[Pair, int]) -> list[int]:
    out: dict[int, dict[int, int]] = defaultdict(dict)
    into: dict[int, dict[int, int]] = defaultdict(dict)
    for (source, target), weight in sorted(weights.items()):
        out[source][target] = weight
        into[target][source] = weight
    left = sorted(out.keys() | into.keys())
    balance = {node: sum(out[node].values()) - sum(into[node].values()) for node in left}
    best = [(-balance[node], node) for node in left]
    heapify(best)
    ends = [node for node in left if not out[node] or not into[node]]
    heapify(ends)
    gone: set[int] = set()
    first: list[int] = []
    last: list[int] = []
    while len(gone) < len(left):
        if ends:
            node = heappop(ends)
        else:
            negative, node = heappop(best)
            if node not in gone and -negative != balance[node]:
                continue
        if node in gone:
            continue
        gone.add(node)
        (first if out[node] else last).append(node)
        for there, weight in out[node].items():
            del into[there][node]
            balance[there] += weight
            _touch(there, balance, best, ends, not into[there])
        for there, weight in into[node].items():
            del out[there][node]
            balance[there] -= weight
            _touch(there, balance, best, ends, not out[there])
        out[node], into[node] = {}, {}
    return first + last[::-1]


def _touch(
    node: int, balance: Mapping[int, int], best: list[tuple[int, int]], ends: list[int], is_end: bool
) -> None:
    heappush(best, (-balance[node], node))
    if is_end:
        heappush(ends, node)


def _needed(weights: Mapping[Pair, int], cut: list[Pair]) -> list[Pair]:
    """The cuts without those that close no cycle with what is left; the heaviest are spared first."""
    following: dict[int, set[int]] = defaultdict(set)
    for source, target in weights.keys() - set(cut):
        following[source].add(target)
    needed: list[Pair] = []
    for source, target in sorted(cut, key=lambda link: (-weights[link], link)):
        if _leads(following, target, source):
            needed.append((source, target))
        else:
            following[source].add(target)
    return sorted(needed)


def _leads(following: Mapping[int, set[int]], start: int, end: int) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        fresh = following.get(node, set()) - seen
        seen |= fresh
        waiting += fresh
    return False
