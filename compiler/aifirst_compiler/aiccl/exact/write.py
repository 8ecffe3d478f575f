"""Files as one AICCL document at the resolution `exact`: all logic, in as few tokens as real text allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact.cover import cover
from aifirst_compiler.aiccl.exact.dictionary import Written, write_with_dictionary
from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.exact.safe_texts import SafeTexts, make_safe
from aifirst_compiler.aiccl.exact.smallest import smallest_files
from aifirst_compiler.aiccl.exact.tokens_of_texts import number_tokens
from aifirst_compiler.aiccl.exact.use_patterns import (
    choose_patterns,
    cut_pieces,
    pattern_symbols,
    write_instances,
    write_template,
)
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.maps.project_map import full_texts
from aifirst_compiler.aiccl.maps.resolve import PATTERNS
from aifirst_compiler.aiccl.notation.document import Code, Entry, Map, Use
from aifirst_compiler.aiccl.notation.write import write_part
from aifirst_compiler.errors import CompilerBugError

_DEFAULT = ExactOptions()
_OWN_FROM = 0.9
"""The share of a document with the project's map that one with its own map may have, to be taken instead."""
_PLAIN_PATH = re.compile(r"[\w./@+~()\[\]$,=% -]+", re.ASCII)
"""Paths in which no symbol can stand by accident."""
_PAYS = 500
"""Patterns are used where they save more than this part of the tokens: the document is written again for them."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def write(
    files: Sequence[tuple[str, str]],
    options: ExactOptions = _DEFAULT,
    *,
    project: Map | None = None,
    include_map: bool = True,
) -> AicclDocument:
    """The files as one document. Paths have slashes and are different from one another.

    `expand(document.text)` gives back the files: as they are with `glue="keep"`, else each as its smallest text, whose
    syntax tree is that of the file without its glue. It is expanded and compared before it is returned. No entry
    costs more than it saves; where no map pays there is none.

    With the map of a `project` the document uses that first, in its version. It is part of the document, unless a map
    of the document's own costs much less, as for a few files; with `include_map=False` it has to be given to `expand`.
    """
    held = smallest_files(files, options)
    _check_paths(held)
    count = get_counter(options.tokenizer).count
    source_tokens = sum(count(_SURROGATE.sub("\n", text)) for _, text in files)
    document = _choose(held, source_tokens, options, project, include_map=include_map)
    expanded = expand(document.text, [project] if project is not None else [])
    for file, back in zip(held, expanded, strict=True):
        if back != file:
            raise CompilerBugError(file[0], "its AICCL text does not expand to it")
    return document


def _check_paths(files: Sequence[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for path, _ in files:
        if not path or path in seen:
            raise AicclError(
                f"{path!r} is no path, or that of two files", "give every file a path of its own"
            )
        seen.add(path)


class _Shape(NamedTuple):
    """A document's text before its blocks of code, these, the number of entries that its maps have, and all texts."""

    head: str
    body: str
    entries: int
    written: Written


def _choose(
    held: Sequence[tuple[str, str]],
    source_tokens: int,
    options: ExactOptions,
    project: Map | None,
    *,
    include_map: bool,
) -> AicclDocument:
    """The document of the fewest tokens: with the project's map, with one of its own, or with none."""
    count = get_counter(options.tokenizer).count
    paths, texts = [path for path, _ in held], [text for _, text in held]
    safe = make_safe(texts, options.tokenizer)
    plain = _shape(paths, safe, Written([], [*safe.texts, *paths]), None)
    plain_tokens = count(plain.head + plain.body)
    own = _with_map(paths, safe, options, None) if project is None or include_map else plain
    shape, tokens = own, count(own.head + own.body)
    outer_tokens = 0
    if options.patterns and own is not plain and tokens < plain_tokens:
        patterned = _with_patterns(paths, safe, options, own.written, tokens // _PAYS)
        if patterned is not None and count(patterned.head + patterned.body) < tokens:
            shape, tokens = patterned, count(patterned.head + patterned.body)
    if project is not None:
        taken = {entry.symbol for entry in project.entries}
        shared = _with_map(paths, make_safe(texts, options.tokenizer, taken), options, project)
        outer = write_part(project)
        if include_map:
            shared = shared._replace(head=outer + shared.head, entries=shared.entries + len(project.entries))
        shared_tokens = count(shared.head + shared.body)
        if tokens > _OWN_FROM * shared_tokens:
            shape, tokens = shared, shared_tokens
            outer_tokens = 0 if include_map else count(outer)
    if tokens >= plain_tokens:
        shape, tokens, outer_tokens = plain, plain_tokens, 0
    map_tokens = count(shape.head)
    return AicclDocument(
        shape.head + shape.body,
        map_tokens,
        tokens - map_tokens,
        plain_tokens,
        source_tokens,
        len(held),
        shape.entries,
        outer_tokens,
    )


def _with_map(paths: Sequence[str], safe: SafeTexts, options: ExactOptions, project: Map | None) -> _Shape:
    taken: set[str] = set()
    joined = options.joined and project is None
    pieces = [*safe.texts, *paths] if joined and all(map(_PLAIN_PATH.fullmatch, paths)) else safe.texts
    if project is not None:
        taken.update(entry.symbol for entry in project.entries)
        numbered = cover(pieces, full_texts(project), options.tokenizer)
    else:
        numbered = number_tokens(pieces, load_byte_pairs(options.tokenizer))
    used = taken.union(*safe.texts, [entry.symbol for entry in safe.literals])
    written = write_with_dictionary(numbered, options, used, joined=joined)
    if pieces is safe.texts:
        written = written._replace(texts=[*written.texts, *paths])
    return _shape(paths, safe, written, project, joined=joined)


def _with_patterns(
    paths: Sequence[str], safe: SafeTexts, options: ExactOptions, plain: Written, least: int
) -> _Shape | None:
    """The document with units as instances of patterns; None where these save not even `least` tokens over `plain`."""
    count = get_counter(options.tokenizer).count
    most = options.max_entries
    half = None if most is None else most // 2
    chosen = choose_patterns(list(zip(paths, safe.texts, strict=True)), plain, count, least=least, most=half)
    if not chosen.patterns:
        return None
    used = set[str]().union(*safe.texts, [entry.symbol for entry in safe.literals])
    symbols = pattern_symbols(chosen.patterns, options.tokenizer, used)
    if symbols is None:
        return None
    pieces = cut_pieces(safe.texts, chosen)
    names = list(paths) if options.joined and all(map(_PLAIN_PATH.fullmatch, paths)) else []
    numbered = number_tokens([*pieces.texts, *names], load_byte_pairs(options.tokenizer))
    if most is not None:
        options = msgspec.structs.replace(options, max_entries=most - len(symbols))
    written = write_with_dictionary(numbered, options, used.union(symbols), joined=options.joined)
    texts = write_instances(pieces, written.texts, symbols)
    shape = _shape(
        paths, safe, Written(written.entries, [*texts, *(written.texts[len(pieces.texts) :] or paths)]), None,
        joined=options.joined,
    )  # fmt: skip
    meanings = (
        write_template(pattern, [written.texts[part] for part in parts])
        for pattern, parts in zip(chosen.patterns, pieces.templates, strict=True)
    )
    entries = tuple(map(Entry, symbols, meanings))
    head = shape.head + write_part(Map(entries, PATTERNS, exact=True, holes=True))
    return shape._replace(head=head, entries=shape.entries + len(entries))


def _shape(
    paths: Sequence[str], safe: SafeTexts, written: Written, project: Map | None, *, joined: bool = False
) -> _Shape:
    """The document of texts that were written and, behind them, their paths."""
    entries = (*safe.literals, *written.entries)
    uses = (Use(project.name, project.version),) if project is not None else ()
    head = write_part(Map(entries, uses=uses, exact=True, joined=joined)) if entries or uses else ""
    texts, names = written.texts[: len(paths)], written.texts[len(paths) :]
    body = "".join(map(_block, paths, names, texts, safe.crlf))
    return _Shape(head, body, len(entries), written)


def _block(path: str, name: str, text: str, crlf: bool) -> str:
    if crlf or not _PLAIN_PATH.fullmatch(path):
        return write_part(Code(text, path, crlf=crlf))
    return write_part(Code(text, name, file=True))
