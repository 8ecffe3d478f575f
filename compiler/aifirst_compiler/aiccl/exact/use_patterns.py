"""A document's patterns: units written as instances of a template, where that saves tokens.

What a map of repeats leaves of a unit is known from the document that was written without patterns: so an instance is
weighed against the symbols that it would replace, not against its source. Mostly those are as few, because the fixed
parts of a template are repeats, too; a template saves where values stand in several holes or many parts are short.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED

from aifirst_compiler.aiccl.exact.dictionary import Written
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.maps.templates import CLOSE, HOLES, OPEN
from aifirst_compiler.aiccl.patterns import Instance, Pattern, UnitText, find_patterns

_MAP_COST = 14
"""Tokens of the tags of a map of patterns."""
_VALUE_WORD = re.compile(r"[A-Za-z0-9_$]+")
_BEHIND_WORD = re.compile(r"[A-Za-z0-9_$ ]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_MARKS = re.compile(f"[{HOLES}{OPEN}{CLOSE}]")

Count = Callable[[str], int]


class Chosen(NamedTuple):
    """The patterns that save tokens, and the instances of each that are written so; none overlaps another."""

    patterns: list[Pattern]
    instances: list[list[Instance]]


def units_of(files: Sequence[tuple[str, str]]) -> Iterator[UnitText]:
    """The units of files that have a grammar, as `find_patterns` takes them."""
    for index, (path, text) in enumerate(files):
        try:
            data = text.encode()
        except UnicodeEncodeError:
            continue
        language = language_of(path, data)
        if language is None or language.kind != "code":
            continue
        reading = read(SourceFile(path, data, "utf-8", ""), language, UNCOUNTED)
        ascii_only = len(data) == len(text)
        for unit in reading.units[1:]:
            start, end = unit.code_start, unit.code_end
            if not ascii_only:
                start, end = (len(data[:place].decode()) for place in (start, end))
            yield UnitText(index, unit.name, unit.kind == "class", start, text[start:end])


def choose_patterns(
    files: Sequence[tuple[str, str]], plain: Written, count: Count, *, least: int, most: int | None = None
) -> Chosen:
    """Those of the files' patterns that save tokens over the symbols of `plain`, which is the files without patterns.

    At most so many, those that save most; none where all together save fewer than `least` tokens.
    """
    costs = _Costs(plain, count)
    weighed = [
        (_gain(pattern, pattern.instances, costs, count), pattern.id, pattern)
        for pattern in find_patterns(units_of(files))
        if not any(_MARKS.search(part) for part in pattern.template if isinstance(part, str))
    ]
    weighed.sort(key=lambda item: (-item[0], item[1]))
    chosen = Chosen([], [])
    taken: dict[int, list[tuple[int, int]]] = {}
    saved = -_MAP_COST
    for gain, _, pattern in weighed:
        if gain <= 0 or len(chosen.patterns) == most:
            break
        apart = [
            instance for instance in pattern.instances if _is_apart(instance, taken.get(instance.file, ()))
        ]
        gain = _gain(pattern, apart, costs, count)
        if gain > 0:
            saved += gain
            chosen.patterns.append(pattern)
            chosen.instances.append(apart)
            for instance in apart:
                insort(taken.setdefault(instance.file, []), (instance.start, instance.end))
    return chosen if saved > least else Chosen([], [])


def _is_apart(instance: Instance, taken: Sequence[tuple[int, int]]) -> bool:
    """Whether it can be written and overlaps none of the places that are taken, which are in order and apart."""
    if any(CLOSE in value for value in instance.values):
        return False
    at = bisect_left(taken, (instance.start, instance.start))
    return (at == 0 or taken[at - 1][1] <= instance.start) and (
        at == len(taken) or instance.end <= taken[at][0]
    )


def _gain(pattern: Pattern, instances: Sequence[Instance], costs: _Costs, count: Count) -> int:
    """Tokens that it saves to write these as instances, the template counted as the dearest of them."""
    if len(instances) < 2:
        return 0
    now = [costs.of(instance) for instance in instances]
    values = sum(
        count(value) + 2 * (not _VALUE_WORD.fullmatch(value))
        for instance in instances
        for value in instance.values
    )
    marks = sum(isinstance(part, int) for part in pattern.template)
    return sum(now) - len(instances) - values - max(now) - marks - 4


class _Costs:
    """What parts of the files cost in a document that was written."""

    def __init__(self, written: Written, count: Count) -> None:
        full: dict[str, int] = {}
        for symbol, meaning, _ in written.entries:
            full[symbol] = len(meaning) + sum(full.get(sign, 1) - 1 for sign in _NOT_ASCII.findall(meaning))
        self.full = full
        self.texts = written.texts
        self.count = count
        self.places: dict[int, tuple[list[int], list[int]]] = {}

    def of(self, instance: Instance) -> int:
        """Tokens of the symbols that tell this part of a file."""
        if instance.file not in self.places:
            self.places[instance.file] = self._read(self.texts[instance.file])
        written, expanded = self.places[instance.file]
        start, end = (self._place(written, expanded, at) for at in (instance.start, instance.end))
        return self.count(self.texts[instance.file][start:end])

    def _read(self, text: str) -> tuple[list[int], list[int]]:
        """Where symbols end in the text, and in what it stands for."""
        found = [sign for sign in _NOT_ASCII.finditer(text) if sign[0] in self.full]
        longer = accumulate(self.full[sign[0]] - 1 for sign in found)
        written = [sign.end() for sign in found]
        return written, [end + more for end, more in zip(written, longer, strict=True)]

    @staticmethod
    def _place(written: Sequence[int], expanded: Sequence[int], at: int) -> int:
        """The place in the written text from which on it tells what stands at and behind a place of the file."""
        index = bisect_right(expanded, at)
        before = at if index == 0 else written[index - 1] + at - expanded[index - 1]
        return min(before, written[index]) if index < len(written) else before


def pattern_symbols(patterns: Sequence[Pattern], tokenizer: str, used: Collection[str]) -> list[str] | None:
    """A symbol for each pattern that follows from its id, so that it stays while the code changes; None without room."""
    every = "".join(symbols_of(tokenizer))
    taken = set(used)
    if len(every) - len(taken) < 2 * len(patterns):
        return None
    symbols: list[str] = []
    for pattern in patterns:
        at = int(pattern.id.rpartition("-")[2], 16)
        while (symbol := every[at % len(every)]) in taken:
            at += 1
        taken.add(symbol)
        symbols.append(symbol)
    return symbols


class Pieces(NamedTuple):
    """Texts that are to be written with a map: what files are between instances, values, and parts of templates."""

    texts: list[str]
    files: list[list[tuple[int, list[int]]]]
    """For each file, what stands before each instance: the number of its pattern and the texts of its values."""
    templates: list[list[int]]


def cut_pieces(texts: Sequence[str], chosen: Chosen) -> Pieces:
    """The texts cut at the instances. Of each file all texts are in order, its values between."""
    pieces: list[str] = []
    placed: list[list[tuple[int, Instance]]] = [[] for _ in texts]
    for number, instances in enumerate(chosen.instances):
        for instance in instances:
            placed[instance.file].append((number, instance))
    files: list[list[tuple[int, list[int]]]] = []
    for text, found in zip(texts, placed, strict=True):
        at = 0
        cut: list[tuple[int, list[int]]] = []
        for number, instance in sorted(found, key=lambda item: item[1].start):
            cut.append(
                (number, [len(pieces), *range(len(pieces) + 1, len(pieces) + 1 + len(instance.values))])
            )
            pieces += (text[at : instance.start], *instance.values)
            at = instance.end
        cut.append((-1, [len(pieces)]))
        pieces.append(text[at:])
        files.append(cut)
    templates: list[list[int]] = []
    for pattern in chosen.patterns:
        parts = [part for part in pattern.template if isinstance(part, str)]
        templates.append(list(range(len(pieces), len(pieces) + len(parts))))
        pieces += parts
    return Pieces(pieces, files, templates)


def write_instances(pieces: Pieces, written: Sequence[str], symbols: Sequence[str]) -> list[str]:
    """The files' texts, of pieces as they were written and the symbols of the patterns."""
    texts: list[str] = []
    for cut in pieces.files:
        text: list[str] = []
        after_word = False
        for number, (before, *values) in cut:
            parts = [written[before]] if number < 0 else [written[before], symbols[number]]
            for index, part in enumerate((*parts, *(_value(written[value]) for value in values))):
                if after_word and part:
                    text.append(" " * bool(_BEHIND_WORD.match(part)))
                    after_word = False
                text.append(part)
                after_word = after_word or (index > 1 and _VALUE_WORD.fullmatch(part) is not None)
        texts.append("".join(text))
    return texts


def _value(text: str) -> str:
    if _VALUE_WORD.fullmatch(text) or (len(text) == 1 and text >= "\x80" and text != OPEN):
        return text
    return f"{OPEN}{text}{CLOSE}"


def write_template(pattern: Pattern, parts: Sequence[str]) -> str:
    """The template as a meaning, of its texts as they were written."""
    texts = iter(parts)
    return f"{pattern.name}={''.join(HOLES[part] if isinstance(part, int) else next(texts) for part in pattern.template)}"
