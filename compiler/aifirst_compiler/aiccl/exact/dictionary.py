"""The map of a set of texts, and the texts written with it: repeats found, weighed, and given symbols."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from aifirst_compiler.aiccl.exact.choose_flat import choose_flat
from aifirst_compiler.aiccl.exact.options import ExactOptions
from aifirst_compiler.aiccl.exact.pairs import BARRIER, replace_pairs
from aifirst_compiler.aiccl.exact.prune import JOINED_OVERHEAD, OVERHEAD, Rules, prune
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.exact.tokens_of_texts import TokenSequence
from aifirst_compiler.aiccl.notation.document import Entry

_FEW = 500
"""Entries up to which a flat map may be better than a nested one of so many."""


class Written(NamedTuple):
    """Entries in an order in which each uses only those before it, and the texts in their symbols."""

    entries: list[Entry]
    texts: list[str]


def write_with_dictionary(
    numbered: TokenSequence, options: ExactOptions, used: Collection[str], *, joined: bool = False
) -> Written:
    """The texts with what repeats in them, within one or between several, replaced by symbols not yet `used`.

    `joined` says that the entries are for a joined map, where they cost less.
    """
    spaced, others = symbols_of(options.tokenizer)
    free = [[sign for sign in signs if sign not in used] for signs in (spaced, others)]
    room = len(free[0]) + len(free[1])
    most = room if options.max_entries is None else min(room, max(0, options.max_entries))
    rules = _choose_rules(
        numbered, most, nested=options.nested, overhead=JOINED_OVERHEAD if joined else OVERHEAD
    )
    symbols = _give_symbols(rules, numbered, free[0], free[1])
    return _render(rules, numbered, symbols, nested=options.nested)


def _choose_rules(numbered: TokenSequence, most: int, *, nested: bool, overhead: int) -> Rules:
    """The rules by the way of choosing them that costs fewer tokens: few entries are chosen better one by one."""
    repeats = replace_pairs(numbered.sequence, len(numbered.texts))
    pruned = prune(repeats, max_entries=most, nested=nested, overhead=overhead)
    if nested and not len(pruned.meanings) == most <= _FEW:
        return pruned
    chosen = choose_flat(numbered.sequence, repeats, max_entries=most)
    return min(pruned, chosen, key=lambda rules: rules.cost(nested=nested))


def _give_symbols(
    rules: Rules, numbered: TokenSequence, spaced: list[str], others: list[str]
) -> dict[int, str]:
    """A symbol for every rule. Those that stand behind a space most often get one that joins it into one token."""
    behind_space = dict.fromkeys(rules.meanings, 0)
    ends_in_space = [text.endswith(" ") for text in numbered.texts]
    known = len(ends_in_space)
    for sequence in (rules.sequence, *rules.meanings.values()):
        for left, right in pairwise(sequence):
            if right >= known and left < known and ends_in_space[left]:
                behind_space[right] += 1
    order = sorted(rules.meanings, key=lambda number: (-behind_space[number], number))
    return dict(zip(order, spaced + others, strict=False))


def _render(rules: Rules, numbered: TokenSequence, symbols: dict[int, str], *, nested: bool) -> Written:
    texts = dict(enumerate(numbered.texts)) | symbols
    entries: list[Entry] = []
    full: dict[int, str] = {}
    for number in sorted(rules.meanings):
        meaning = rules.meanings[number]
        if nested:
            entries.append(Entry(symbols[number], "".join([texts[part] for part in meaning])))
        else:
            full[number] = "".join([full[part] if part in full else texts[part] for part in meaning])
            entries.append(Entry(symbols[number], full[number]))
    written: list[str] = []
    start = 0
    for end, number in enumerate(rules.sequence):
        if number == BARRIER:
            written.append("".join([texts[part] for part in rules.sequence[start:end]]))
            start = end + 1
    return Written(entries, written)
