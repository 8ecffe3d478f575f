"""The texts of a file's units, as the product splits files."""

from __future__ import annotations

from functools import cache

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens.counter import TokenCounter


@cache
def _counter() -> TokenCounter:
    """Counts characters: sizes are not asked for here, and tokens would cost time."""
    return TokenCounter("characters", len, splits_at_lines=True)


def unit_texts(path: str, data: bytes) -> list[str]:
    """The text of every unit of a file that has some, nested units left out of the unit around them."""
    source = decode_source(path, data)
    language = language_of(path, source.data)
    if language is None:
        return [source.text]
    reading = read(source, language, _counter())
    texts = (b"".join(source.data[start:end] for start, end in unit.spans) for unit in reading.units)
    return [text.decode("utf-8", "replace") for text in texts if text.strip()]
