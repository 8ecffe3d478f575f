"""Which repeats are worth an entry: the rules of `pairs`, less those that cost more tokens than they save.

A rule that is used once, or whose uses save less than its entry costs, is put in place wherever it is used; that
makes the rules around it longer and so worth more. The rule of the least gain goes first.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from aifirst_compiler.aiccl.exact.pairs import Repeats

OVERHEAD = 2
"""Tokens of an entry besides its meaning: its symbol and the end of its line."""
JOINED_OVERHEAD = 1
"""The same in a joined map, which has no ends of lines."""


@dataclass
class Rules:
    """What is left: meanings by number, each of tokens and of numbers of rules before it; and the text in both."""

    meanings: dict[int, list[int]]
    sequence: list[int]

    def cost(self, *, nested: bool) -> int:
        """Tokens of the sequence and of the entries, which in a flat map hold no symbols but what these stand for."""
        full: dict[int, int] = {}
        for number in sorted(self.meanings):
            meaning = self.meanings[number]
            full[number] = len(meaning) if nested else sum(full.get(part, 1) for part in meaning)
        return len(self.sequence) + sum(full.values()) + OVERHEAD * len(full)


def prune(repeats: Repeats, *, max_entries: int, nested: bool, overhead: int = OVERHEAD) -> Rules:
    """The rules that save tokens, at most `max_entries`, and the sequence written with them."""
    pruning = _Pruning(repeats, nested=nested, overhead=overhead)
    pruning.run(max_entries)
    return pruning.rules()


class _Pruning:
    def __init__(self, repeats: Repeats, *, nested: bool, overhead: int) -> None:
        self.nested = nested
        self.overhead = overhead
        self.first = repeats.first
        self.sequence = repeats.sequence.tolist()
        pairs = zip(repeats.left, repeats.right, strict=True)
        self.meanings = {self.first + index: [left, right] for index, (left, right) in enumerate(pairs)}
        self.gone: dict[int, list[int]] = {}
        self.uses = dict.fromkeys(self.meanings, 0)
        self.parents: dict[int, dict[int, None]] = {number: {} for number in self.meanings}
        self.full: dict[int, int] = {}
        for number in self.sequence:
            if number >= self.first:
                self.uses[number] += 1
        for number, meaning in self.meanings.items():
            self.full[number] = sum(self.full.get(part, 1) for part in meaning)
            for part in meaning:
                if part >= self.first:
                    self.uses[part] += nested
                    self.parents[part][number] = None

    def gain(self, number: int) -> int:
        """Tokens that the rule saves, its entry counted."""
        length = len(self.meanings[number])
        entry = length if self.nested else self.full[number]
        return self.uses[number] * (length - 1) - entry - self.overhead

    def run(self, max_entries: int) -> None:
        heap = [(self.gain(number), number) for number in self.meanings]
        heapq.heapify(heap)
        while heap:
            gain, number = heapq.heappop(heap)
            if number not in self.meanings:
                continue
            now = self.gain(number)
            if now != gain:
                heapq.heappush(heap, (now, number))
            elif gain > 0 and len(self.meanings) <= max_entries:
                break
            else:
                for changed in self.put_in_place(number):
                    heapq.heappush(heap, (self.gain(changed), changed))

    def put_in_place(self, number: int) -> set[int]:
        """Take a rule out; returns the rules whose gain that changes."""
        meaning = self.gone[number] = self.meanings.pop(number)
        parents = self.parents.pop(number)
        parts = {part for part in meaning if part >= self.first}
        for part in meaning:
            if part >= self.first:
                self.uses[part] += self.uses[number] - self.nested
        for parent in parents:
            longer: list[int] = []
            for part in self.meanings[parent]:
                if part == number:
                    longer.extend(meaning)
                else:
                    longer.append(part)
            self.meanings[parent] = longer
        for part in parts:
            del self.parents[part][number]
            self.parents[part].update(parents)
        return parts | set(parents)

    def rules(self) -> Rules:
        sequence: list[int] = []
        stack: list[int] = []
        for number in self.sequence:
            if number not in self.gone:
                sequence.append(number)
                continue
            stack.append(number)
            while stack:
                top = stack.pop()
                if top in self.gone:
                    stack.extend(reversed(self.gone[top]))
                else:
                    sequence.append(top)
        return Rules(self.meanings, sequence)
