"""Texts as a document can carry them: without characters that get lost on the way or that a map gave a meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.notation.document import Entry

_UNSAFE = "\r\0\ud800-\udfff"
"""Line ends are rewritten on the way, and surrogates are no text: characters of a pattern's brackets."""


class SafeTexts(NamedTuple):
    """The texts, whether each has CR LF for every line end (here it has LF), and symbols of what they cannot hold."""

    texts: list[str]
    crlf: list[bool]
    literals: list[Entry]


def make_safe(texts: Sequence[str], tokenizer: str, taken: Collection[str] = ()) -> SafeTexts:
    """The texts with a symbol for each character that does not travel or is `taken` by another map."""
    crlf = [_all_crlf(text) for text in texts]
    safe = [
        text.replace("\r\n", "\n") if returns else text for text, returns in zip(texts, crlf, strict=True)
    ]
    pattern = _pattern(taken)
    unsafe = sorted({sign for text in safe for sign in pattern.findall(text)})
    if not unsafe:
        return SafeTexts(safe, crlf, [])
    used = set(taken).union(*safe)
    free = [sign for sign in "".join(symbols_of(tokenizer)) if sign not in used]
    if len(free) < len(unsafe):
        raise AicclError(
            "the files use every character that could stand for another", "write fewer files at once"
        )
    symbols = dict(zip(unsafe, free, strict=False))
    literals = [Entry(symbol, sign, True) for sign, symbol in symbols.items()]
    return SafeTexts([pattern.sub(lambda found: symbols[found[0]], text) for text in safe], crlf, literals)


def safe_pieces(texts: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """The texts cut at every character that a document could only hold by a symbol of its own."""
    pattern = _pattern(taken)
    lines = [text.replace("\r\n", "\n") if _all_crlf(text) else text for text in texts]
    return [piece for text in lines for piece in pattern.split(text)]


def _pattern(taken: Collection[str]) -> re.Pattern[str]:
    return re.compile(f"[{_UNSAFE}{''.join(sorted(taken))}]")


def _all_crlf(text: str) -> bool:
    returns = text.count("\r")
    return returns > 0 and returns == text.count("\r\n") == text.count("\n")
