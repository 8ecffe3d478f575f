"""Which unit of a file before a change is which unit after it.

By name first, then by equal code (moved or renamed), then by similar code. Every unit is in at most one
pair, so the result is a bijection between the matched ones. The module's own code always pairs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import msgspec
from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Unit

Tokens = Callable[[int], tuple[bytes, ...]]

_NUMBER = re.compile(r"#\d+\Z")
_SIMILAR = 0.6
_SIMILAR_SAME_NAME = 0.4
_FEW_TOKENS = 12
_MOST_PAIRS = 20_000


class UnitPair(msgspec.Struct, frozen=True):
    """Indices of one unit before and after the change."""

    before: int
    after: int


def match_units(
    before: Reading, after: Reading, tokens_before: Tokens, tokens_after: Tokens
) -> list[UnitPair]:
    """The pairs in the order of the file before the change."""
    matcher = _Matcher(before, after, tokens_before, tokens_after)
    matcher.by_name()
    matcher.by_equal_code()
    matcher.by_similar_code()
    return sorted(matcher.pairs, key=lambda pair: pair.before)


def base_name(unit: Unit) -> str:
    """The qualified name without the number of a duplicate."""
    return _NUMBER.sub("", unit.name)


def last_name(unit: Unit) -> str:
    """The name as it is written at the definition."""
    return base_name(unit).rpartition(".")[2]


class _Matcher:
    def __init__(self, before: Reading, after: Reading, of_before: Tokens, of_after: Tokens) -> None:
        self.pairs = [UnitPair(0, 0)]
        self._before, self._after = before, after
        self._of_before, self._of_after = of_before, of_after
        self._free_before = list(range(1, len(before.units)))
        self._free_after = list(range(1, len(after.units)))

    def by_name(self) -> None:
        """Pair same kind and qualified name; duplicates by equal code first, then in order."""
        groups: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index in self._free_before:
            groups[_key(self._before.units[index])][0].append(index)
        for index in self._free_after:
            groups[_key(self._after.units[index])][1].append(index)
        for left, right in groups.values():
            if len(left) > 1 or len(right) > 1:
                left, right = self._equal_in_order(left, right)
            for a, b in zip(left, right, strict=False):
                self.pairs.append(UnitPair(a, b))
        self._update()

    def _equal_in_order(self, left: list[int], right: list[int]) -> tuple[list[int], list[int]]:
        rest_left: list[int] = []
        remaining = list(right)
        for index in left if remaining else []:
            tokens = self._of_before(index)
            found = next((other for other in remaining if self._of_after(other) == tokens), None)
            if found is None:
                rest_left.append(index)
            else:
                remaining.remove(found)
                self.pairs.append(UnitPair(index, found))
        return rest_left, remaining

    def by_equal_code(self) -> None:
        """Pair what only moved or only changed its name."""
        places: dict[tuple[bytes, ...], list[int]] = defaultdict(list)
        for index in self._free_after:
            places[self._anonymous(self._after, index, self._of_after)].append(index)
        for index in self._free_before:
            unit = self._before.units[index]
            tokens = self._anonymous(self._before, index, self._of_before)
            candidates = [
                other for other in places.get(tokens, ()) if self._after.units[other].kind == unit.kind
            ]
            same = [other for other in candidates if last_name(self._after.units[other]) == last_name(unit)]
            if not same and (len(candidates) != 1 or len(tokens) < _FEW_TOKENS):
                continue
            found = (same or candidates)[0]
            places[tokens].remove(found)
            self.pairs.append(UnitPair(index, found))
        self._update()

    def by_similar_code(self) -> None:
        """Pair the most similar first; ties by place."""
        if not self._free_before or not self._free_after:
            return
        if len(self._free_before) * len(self._free_after) > _MOST_PAIRS:
            return
        bags = {index: Counter(self._of_after(index)) for index in self._free_after}
        scored = sorted(
            (-score, index, other)
            for index in self._free_before
            for other, score in self._similar(index, bags)
        )
        taken_before: set[int] = set()
        taken_after: set[int] = set()
        for _, index, other in scored:
            if index not in taken_before and other not in taken_after:
                taken_before.add(index)
                taken_after.add(other)
                self.pairs.append(UnitPair(index, other))
        self._update()

    def _similar(self, index: int, bags: dict[int, Counter[bytes]]) -> Iterator[tuple[int, float]]:
        """Units after the change that may be this one, each with how similar it is."""
        unit, bag = self._before.units[index], Counter(self._of_before(index))
        for other, bag_after in bags.items():
            candidate = self._after.units[other]
            same = last_name(unit) == last_name(candidate)
            if candidate.kind != unit.kind:
                continue
            if not same and min(bag.total(), bag_after.total()) < _FEW_TOKENS:
                continue
            score = _dice(bag, bag_after)
            if score >= (_SIMILAR_SAME_NAME if same else _SIMILAR):
                yield other, score + (0.2 if same else 0.0)

    def _anonymous(self, reading: Reading, index: int, tokens: Tokens) -> tuple[bytes, ...]:
        name = last_name(reading.units[index]).encode()
        return tuple(b"\x01name" if token == name else token for token in tokens(index))

    def _update(self) -> None:
        before = {pair.before for pair in self.pairs}
        after = {pair.after for pair in self.pairs}
        self._free_before = [index for index in self._free_before if index not in before]
        self._free_after = [index for index in self._free_after if index not in after]


def _key(unit: Unit) -> tuple[str, str]:
    return unit.kind, base_name(unit)


def _dice(left: Counter[bytes], right: Counter[bytes]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0
