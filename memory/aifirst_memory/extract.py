"""From a file to its record: read once, then every level takes its part."""

from __future__ import annotations

import hashlib
from bisect import bisect_right

import msgspec
from aifirst_codebase.config import Settings
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import Language, language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_memory.concepts.extract import extract_concepts
from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.graph.extract import extract_graph, graph_queries
from aifirst_memory.lexical.extract import extract_lexical
from aifirst_memory.lexical.file_words import file_words
from aifirst_memory.lexical.unit_words import unit_words
from aifirst_memory.masked_names import mask_names
from aifirst_memory.record import FileRecord, UnitRecord
from aifirst_memory.tags.extract import extract_tags
from aifirst_memory.vectors.extract import extract_vectors


def extract_record(
    source: SourceFile, settings: Settings, embedder: Embedder | None, *, shadow: bool = False
) -> FileRecord | None:
    """The record of a decoded file, with its part of the `shadow` if asked; None where it is in no known language.

    A generated, minified or vendored file is known by its path and figures alone: nobody looks for what it says.
    """
    language = language_of(source.path, source.data)
    if language is None:
        return None
    generated = bool(generated_reason(source.path, source.data))
    if generated and not settings.discovery.generated:
        return _record(source, _read_empty(source, language, settings), embedder, generated=True)
    counter = get_counter(settings.tokenizer)
    reading = read(
        source, language, counter, doctests=settings.glue.doctests, further=graph_queries(language)
    )
    mask_names(reading)
    record = _record(source, reading, embedder, generated=generated)
    if not shadow or settings.glue.doctests:  # with them documentation is other code than AICCL takes it for
        return record
    from aifirst_memory.shadow.extract import extract_shadow  # few files have a part

    return msgspec.structs.replace(record, shadow=extract_shadow(reading))


def _read_empty(source: SourceFile, language: Language, settings: Settings) -> Reading:
    empty = SourceFile(source.path, b"", source.encoding, source.digest)
    return read(empty, language, get_counter(settings.tokenizer))


def _record(
    source: SourceFile, reading: Reading, embedder: Embedder | None, *, generated: bool
) -> FileRecord:
    words = file_words(unit_words(reading))
    return FileRecord(
        digest=source.digest,
        language=reading.language.name,
        size=len(source.data),
        lines=source.data.count(b"\n") + 1,
        tokens=reading.tokens,
        glue_tokens=reading.glue_tokens,
        generated=generated,
        broken=reading.broken,
        units=_units(reading),
        tags=extract_tags(reading),
        graph=extract_graph(reading),
        lexical=extract_lexical(words),
        vectors=extract_vectors(reading, words, embedder),
        concepts=extract_concepts(reading),
    )


def _units(reading: Reading) -> tuple[UnitRecord, ...]:
    data, starts = reading.data, reading.lines.starts
    found: list[UnitRecord] = []
    for unit in reading.units:
        spans = unit.spans
        if len(spans) == 1:
            start, end = spans[0]
            text = data[start:end]
        else:
            text = b"".join([data[start:end] for start, end in spans])
        found.append(
            UnitRecord(
                unit.name, unit.kind, unit.start, unit.end, bisect_right(starts, unit.code_start),
                bisect_right(starts, max(unit.end - 1, unit.start)), unit.parent,
                tuple([at for span in spans for at in span]), unit.tokens, unit.glue_tokens,
                unit.total_tokens, hashlib.sha256(text).digest()[:8],
            )
        )  # fmt: skip
    return tuple(found)
