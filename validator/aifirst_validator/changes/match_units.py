"""Which unit of a file before a change is which unit after it.

By name first, then by equal code (moved or renamed), then by similar code. Every unit is in at most one
pair, so the result is a bijection between the matched ones. The module's own code always pairs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
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


class _Alike:
    """Units after the change with equal code, in their order, each taken once."""

    def __init__(self) -> None:
        self._left: dict[int, str] = {}
        self._by_name: dict[str, deque[int]] = defaultdict(deque)

    def add(self, index: int, name: str) -> None:
        """Put in a unit by its last name."""
        self._left[index] = name
        self._by_name[name].append(index)

    def take(self, name: str, *, alone: bool) -> int | None:
        """The first unit of this name; without one the only unit that is left, where `alone` is enough."""
        if not self._by_name.get(name):
            if len(self._left) != 1 or not alone:
                return None
            name = next(iter(self._left.values()))
        found = self._by_name[name].popleft()
        del self._left[found]
        return found


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
        if not left or not right:
            return [], right
        rest_left: list[int] = []
        equal: dict[tuple[bytes, ...], deque[int]] = defaultdict(deque)
        for other in right:
            equal[self._of_after(other)].append(other)
        for index in left:
            alike = equal.get(self._of_before(index))
            if alike:
                self.pairs.append(UnitPair(index, alike.popleft()))
            else:
                rest_left.append(index)
        return rest_left, sorted(other for alike in equal.values() for other in alike)

    def by_equal_code(self) -> None:
        """Pair what only moved or only changed its name."""
        places: dict[tuple[str, tuple[bytes, ...]], _Alike] = defaultdict(_Alike)
        for index in self._free_after:
            unit = self._after.units[index]
            tokens = self._anonymous(self._after, index, self._of_after)
            places[unit.kind, tokens].add(index, last_name(unit))
        for index in self._free_before:
            unit = self._before.units[index]
            tokens = self._anonymous(self._before, index, self._of_before)
            alike = places.get((unit.kind, tokens))
            found = alike.take(last_name(unit), alone=len(tokens) >= _FEW_TOKENS) if alike else None
            if found is not None:
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
    fewer, more = (left, right) if len(left) < len(right) else (right, left)
    total = left.total() + right.total()
    common = sum(min(times, more[token]) for token, times in fewer.items() if token in more)
    return 2 * common / total if total else 1.0
