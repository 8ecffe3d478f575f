"""Edits of source by edits of what is shown of it: the shown text is a part of the source's tokens in their order.

So layout and comments stay around every token that was not touched, and this works in every language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from aifirst_codebase.reading import Reading

from aifirst_compiler.edits import Edit

_TOKEN: Final = re.compile(
    rb"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[\w$\x80-\xff]+|->|=>|[-+*/%&|^!<>=]=|&&|\|\||[^\w\s]"
)
_ANNOTATED: Final = re.compile(rb"(: (?:[^,=()\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])+?)\s*=\s*(?!=)")
_COLON_THEN_SPACE: Final = frozenset(("python", "typescript", "tsx", "kotlin", "rust"))


class _Token(NamedTuple):
    text: bytes
    start: int
    end: int


class ShownSpan(NamedTuple):
    """Bytes of a unit's source that are shown. `is_head`: before its name, where decorators have lines of their own."""

    reading: Reading
    start: int
    end: int
    is_head: bool = False
    is_cut: bool = False
    """Whether the shown text ends before the span, maybe within a word."""


def edits_of_shown(span: ShownSpan, before: str, after: str) -> list[Edit] | None:
    """Edits of the span that make what is shown of it `after` where it was `before`; None where they do not follow."""
    old, new = _tokens(before.encode(), 0), _tokens(after.encode(), 0)
    placed = _place(old, _source_tokens(span), is_cut=span.is_cut)
    if placed is None:
        return None
    matcher = SequenceMatcher(
        None, [token.text for token in old], [token.text for token in new], autojunk=False
    )
    edits: list[Edit] = []
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        if span.is_cut and left_end == len(old):  # behind it stands what nobody saw
            return None
        start, end = _range(span, placed, left, left_end)
        if start == end and left < len(placed) and _is_joined_ahead(new, right, right_end):
            start = end = placed[left].start
        if start == end and left and span.is_head and new[right].text == b"@":
            start = end = span.reading.data.find(b"\n", start)
        if (
            right == right_end
            and span.reading.data[end : end + 1] == b" " == span.reading.data[start - 1 : start]
        ):
            end += 1
        edits.append(Edit(start, end, _inserted(span, after.encode(), new[right:right_end], (start, end))))
    return edits


def _is_joined_ahead(new: Sequence[_Token], left: int, end: int) -> bool:
    """Whether new tokens stand right before the next one, and apart from the one before."""
    return (
        left > 0
        and end < len(new)
        and new[end - 1].end == new[end].start
        and new[left - 1].end < new[left].start
    )


def _source_tokens(span: ShownSpan) -> list[_Token]:
    hidden = [
        (comment.start, comment.end)
        for comment in span.reading.comments
        if span.start <= comment.start < span.end
    ]
    return [
        token
        for token in _tokens(span.reading.data[span.start : span.end], span.start)
        if not any(start <= token.start < end for start, end in hidden)
    ]


def _tokens(data: bytes, offset: int) -> list[_Token]:
    return [_Token(found[0], offset + found.start(), offset + found.end()) for found in _TOKEN.finditer(data)]


def _place(shown: Sequence[_Token], source: Sequence[_Token], *, is_cut: bool) -> list[_Token] | None:
    """The source's token for every shown one; of a text that is cut, the last may be the beginning of one."""
    placed: list[_Token] = []
    remaining = iter(source)
    for place, token in enumerate(shown, 1):
        if is_cut and place == len(shown):
            found = next((one for one in remaining if one.text.startswith(token.text)), None)
        else:
            found = next((one for one in remaining if one.text == token.text), None)
        if found is None:
            return None
        placed.append(found)
    return placed


def _range(span: ShownSpan, placed: Sequence[_Token], left: int, end: int) -> tuple[int, int]:
    """The bytes that the tokens from `left` up to `end` take, with the space before them where they go."""
    if left == end:
        place = placed[left - 1].end if left else (placed[0].start if placed else span.start)
        return place, place
    return placed[left].start, placed[end - 1].end


def _inserted(span: ShownSpan, shown: bytes, tokens: Sequence[_Token], place: tuple[int, int]) -> bytes:
    """The tokens as source, with the spaces of the language's custom."""
    if not tokens:
        return b""
    language = span.reading.language.name
    text = _spaced(language, shown, tokens)
    is_apart = span.reading.data[place[0] - 1 : place[0]].isspace()
    is_behind = place[0] == place[1] and place[0] > span.start and not is_apart
    if is_behind and shown[: tokens[0].start].endswith(b" "):
        text = b" " + text.lstrip()
    if language == "python":
        text = _ANNOTATED.sub(rb"\1 = ", text)
        if span.is_head:
            return _head_of_python(span, text, place)
    return _kept_apart(span.reading.data, text, place)


def _spaced(language: str, shown: bytes, tokens: Sequence[_Token]) -> bytes:
    parts: list[bytes] = []
    at = tokens[0].start
    last = b""
    for token in tokens:
        gap = b" " if shown[at : token.start].isspace() else b""
        if last == b"," or (last == b":" and language in _COLON_THEN_SPACE):
            gap = b" "
        last = token.text
        parts += [gap, b" -> " if last == b"->" else last]
        at = token.end
    return b"".join(parts)


def _kept_apart(data: bytes, text: bytes, place: tuple[int, int]) -> bytes:
    """The text with a space where it would run together with a word beside it, or is a word behind a comma."""
    start, end = place
    words = re.compile(rb"[\w$\x80-\xff]")
    behind_comma = start == end and data[start - 1 : start] == b","
    if words.match(text[:1]) and (behind_comma or words.match(data[start - 1 : start])):
        text = b" " + text
    if words.match(data[end : end + 1]) and (words.match(text[-1:]) or text.endswith(b",")):
        text += b" "
    return text


def _head_of_python(span: ShownSpan, text: bytes, place: tuple[int, int]) -> bytes:
    """Decorators on lines of their own above the definition, other words right before it."""
    data = span.reading.data
    line = data.rfind(b"\n", 0, span.start) + 1
    indent = data[line : span.start]
    if indent.strip():
        indent = b""
    decorators = [b"@" + part.strip() for part in text.split(b"@")[1:]]
    first = text.split(b"@")[0].strip()
    if place[0] == span.start or place[0] != place[1]:
        above = b"".join(decorator + b"\n" + indent for decorator in decorators)
        made = above + first
        return (
            made + b" " if first and place[0] == place[1] else made.rstrip() if place[0] != place[1] else made
        )
    return (b" " + first if first else b"") + b"".join(b"\n" + indent + decorator for decorator in decorators)
