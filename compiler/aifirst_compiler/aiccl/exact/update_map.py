"""The project's map kept current: entries are added when that pays, all is built anew when that pays more.

A small edit leaves the map as it is. So what documents and readers know of it holds for long.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs

from aifirst_compiler.aiccl.exact.cover import cover
from aifirst_compiler.aiccl.exact.dictionary import write_with_dictionary
from aifirst_compiler.aiccl.exact.options import ExactOptions
from aifirst_compiler.aiccl.exact.safe_texts import safe_pieces
from aifirst_compiler.aiccl.exact.smallest import smallest_files
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.exact.tokens_of_texts import number_tokens
from aifirst_compiler.aiccl.maps.project_map import full_texts, make_project_map
from aifirst_compiler.aiccl.maps.version import generation_of
from aifirst_compiler.aiccl.notation.document import Entry, Map
from aifirst_compiler.aiccl.notation.write import write_part

ADD_FROM = 0.02
"""The share of the project's tokens, map counted, that new entries have to save."""
REBUILD_FROM = 0.05
"""The share that a map built anew has to save over the one with entries added."""
RESERVED = 250
"""Symbols that the project's map leaves to the documents, for characters and repeats of their own."""

_DEFAULT = ExactOptions()


def update_map(files: Sequence[tuple[str, str]], known: Map | None, options: ExactOptions = _DEFAULT) -> Map:
    """The project's map for these files, which are all of the project's.

    `known` itself where it is good enough; else with entries added, and documents made before still fit it; else one
    of the next generation. The same files and the same known map give the same map.
    """
    texts = [text for _, text in smallest_files(files, options)]
    built, built_tokens = _build(texts, options, generation_of(known) + 1 if known is not None else 1)
    if known is None:
        return built
    added, known_tokens, added_tokens = _add(texts, known, options)
    best = known if added_tokens > known_tokens * (1 - ADD_FROM) else added
    best_tokens = known_tokens if best is known else added_tokens
    return built if built_tokens <= best_tokens * (1 - REBUILD_FROM) else best


def _build(texts: Sequence[str], options: ExactOptions, generation: int) -> tuple[Map, int]:
    """A new map, and the tokens of it and of the texts written with it."""
    pieces = safe_pieces(texts)
    numbered = number_tokens(pieces, load_byte_pairs(options.tokenizer))
    written = write_with_dictionary(numbered, _within(options, 0), set[str]().union(*pieces))
    built = make_project_map(tuple(written.entries), generation)
    return built, _tokens(built, written.texts, options)


def _add(texts: Sequence[str], known: Map, options: ExactOptions) -> tuple[Map, int, int]:
    """The known map with entries added, and the tokens of everything with the known map and with that one."""
    taken = {entry.symbol for entry in known.entries}
    pieces = safe_pieces(texts, taken)
    numbered = cover(pieces, full_texts(known), options.tokenizer)
    used = taken.union(*pieces)
    without = write_with_dictionary(numbered, msgspec.structs.replace(options, max_entries=0), used)
    further = write_with_dictionary(numbered, _within(options, len(taken)), used)
    entries: tuple[Entry, ...] = (*known.entries, *further.entries)
    added = make_project_map(entries, max(1, generation_of(known)))
    return added, _tokens(known, without.texts, options), _tokens(added, further.texts, options)


def _within(options: ExactOptions, there: int) -> ExactOptions:
    """The options for further entries of a map that has some."""
    most = sum(map(len, symbols_of(options.tokenizer))) - RESERVED
    if options.max_entries is not None:
        most = min(most, options.max_entries)
    return msgspec.structs.replace(options, max_entries=max(0, most - there))


def _tokens(part: Map, texts: Sequence[str], options: ExactOptions) -> int:
    count = get_counter(options.tokenizer).count
    return count(write_part(part)) + sum(map(count, texts))
