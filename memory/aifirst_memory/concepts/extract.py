"""Takes the concepts out of a reading: from names first, from what people declare where they do.

Names are cheap and everywhere; tags, tickets, headings and glossaries are looked at by `declared` and cost
a search where there are none. Which of the candidates is a concept of the project is for the counts of all
files to say (`queries`), so that one file's part depends on that file alone.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

from aifirst_memory.concepts.declared import find_declared
from aifirst_memory.concepts.heritage import find_bases
from aifirst_memory.concepts.part import (
    CLASS,
    FILE,
    FOLDER,
    GLUE,
    IS_A,
    NAME,
    PART,
    TEST,
    ConceptLink,
    ConceptMention,
    ConceptsPart,
)
from aifirst_memory.concepts.terms import (
    GENERIC,
    VERBS,
    as_concept,
    find_words,
    join_concept,
    normal_word,
    singular,
    split_name,
)

_SHORTEST_GLUE = 4000
"""Bytes of glue below which a phrase is hardly said often."""
_LEAST_SAID = 3
_LEAST_NAMED = 2
_MOST_PHRASES = 8
"""Phrases kept of a file's glue and of its names each: the most frequent ones."""
_PHRASE = re.compile(rb"(?<![\w.-])(?=([a-z]{3,20} [a-z]{3,20})(?![\w(.=-]))")
_TEST_WORDS = frozenset({"test", "tests", "spec", "testcase", "testing"})
_TEST_FOLDERS = frozenset({"test", "tests", "spec", "specs", "testing", "e2e"})
_NOT_FOLDERS = frozenset({"python", "java", "com", "org", "net", "io", "javascript", "cmd", "pkg", "source"})

Counts = dict[tuple[str, int, int], int]
Links = dict[tuple[str, int, str], int]


def extract_concepts(reading: Reading) -> ConceptsPart:
    """The concepts that a file speaks of. Never raises on broken text."""
    counts: Counts = {}
    links: Links = {}
    _add_path(reading.path, counts)
    if reading.language.kind != "prose":
        _add_classes(reading, counts, links)
        _add_names(reading.units, counts)
    _add_glue(reading, counts)
    find_declared(reading, counts, links)
    return ConceptsPart(
        tuple([ConceptMention(*key, counts[key]) for key in sorted(counts)]),
        tuple([ConceptLink(*key, links[key]) for key in sorted(links)]),
    )


def _add_path(path: str, counts: Counts) -> None:
    """The file's name, and the nearest folder whose name says something."""
    folder, _, name = path.rpartition("/")
    concept, tests = _without_test(name.partition(".")[0])
    if concept:
        counts[concept, 0, TEST if tests else FILE] = 1
    if concept := _folder_concept(folder):
        counts[concept, 0, FOLDER] = 1


@lru_cache(4096)
def _folder_concept(path: str) -> str:
    for folder in reversed(path.split("/")):
        if folder not in _NOT_FOLDERS and (concept := as_concept(folder)) and concept not in _TEST_WORDS:
            return concept
    return ""


@lru_cache(16_384)
def _without_test(name: str) -> tuple[str, bool]:
    """The concept that a name means, and whether the name says that it is tested."""
    parts = tuple([word for word in split_name(name) if not word.isdecimal()])
    if _TEST_WORDS.isdisjoint(parts):
        return join_concept(parts), False
    kept = tuple([word for word in parts if word not in _TEST_WORDS])
    if kept and kept[-1] in {"case", "cases", "suite"}:
        kept = kept[:-1]
    return join_concept(kept), True


def _add_classes(reading: Reading, counts: Counts, links: Links) -> None:
    words: dict[str, list[int]] = {}
    in_tests = _in_tests(reading.path)
    for index, unit in enumerate(reading.units):
        if unit.kind != "class":
            continue
        concept, tests = _without_test(_last_name(unit.name))
        if not concept:
            continue
        tests = tests or in_tests
        key = concept, index, TEST if tests else CLASS
        counts[key] = counts.get(key, 0) + 1
        if tests:
            continue
        for word in _telling_words(concept):
            words.setdefault(word, []).append(index)
        bases = find_bases(reading.data, unit, reading.language.name)
        for base in bases:
            target = as_concept(base)
            if target and target != concept:
                links.setdefault((concept, IS_A, target), reading.lines.line_of(unit.name_start) + 1)
    for word, units in words.items():
        counts[word, units[0], PART] = len(units)


def _in_tests(path: str) -> bool:
    """Whether a file belongs to tests: the classes there are made up for them, and no terms of the domain."""
    folder, _, name = path.rpartition("/")
    return _tests_folder(folder) or not _TEST_WORDS.isdisjoint(split_name(name.rpartition(".")[0]))


@lru_cache(4096)
def _tests_folder(path: str) -> bool:
    return any(folder.strip("_").lower() in _TEST_FOLDERS for folder in path.split("/"))


@lru_cache(16_384)
def _telling_words(concept: str) -> tuple[str, ...]:
    """The words of a concept of several that may be concepts themselves."""
    if " " not in concept:
        return ()
    found = dict.fromkeys(map(singular, concept.split(" ")))
    return tuple(
        [
            word
            for word in found
            if len(word) > 2 and word not in GENERIC and word not in VERBS and word.isalpha()
        ]
    )


def _add_names(units: list[Unit], counts: Counts) -> None:
    """Two words beside each other that the names of several functions of the file share."""
    names = [unit.name.rpartition(".")[2] for unit in units if unit.kind == "function"]
    if len(names) < _LEAST_NAMED:
        return
    words = map(normal_word, find_words("\n".join(names)))
    for concept, count in _phrases(Counter(pairwise(words)), _LEAST_NAMED):
        counts[concept, 0, NAME] = count


def _add_glue(reading: Reading, counts: Counts) -> None:
    """Phrases of two words that the file's glue, or its prose, says again and again."""
    if reading.language.kind == "prose":
        text = reading.data
    else:
        if sum([stretch.end - stretch.start for stretch in reading.glue]) < _SHORTEST_GLUE:
            return
        text = b"\n".join([reading.data[stretch.start : stretch.end] for stretch in reading.glue])
    said = Counter(_PHRASE.findall(text))
    often = {tuple(phrase.decode().split(" ")): n for phrase, n in said.items() if n >= _LEAST_SAID}
    for concept, count in _phrases(often, _LEAST_SAID):
        counts[concept, 0, GLUE] = count


def _phrases(pairs: dict[tuple[str, ...], int], least: int) -> list[tuple[str, int]]:
    """The most frequent of the pairs that make a term, with how often each occurs."""
    found: dict[str, int] = {}
    for pair, count in pairs.items():
        if count >= least and VERBS.isdisjoint(pair) and min(map(len, pair)) > 2 and "".join(pair).isalpha():
            concept = join_concept(pair)
            if concept:
                found[concept] = found.get(concept, 0) + count
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_MOST_PHRASES]


def _last_name(name: str) -> str:
    return name.rpartition(".")[2].partition("#")[0]
