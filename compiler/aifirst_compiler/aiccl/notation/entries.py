"""The entries of a map: from the text between its tags, and back."""

from __future__ import annotations

import re

from aifirst_compiler.aiccl.errors import AicclError, error_at
from aifirst_compiler.aiccl.notation.document import Entry, Map
from aifirst_compiler.aiccl.notation.escape import (
    character_numbered,
    escape_exact,
    escape_text,
    number_character,
    unescape_exact_line,
    unescape_text,
)

_SYMBOL = r"(\{[^{}\n]*\}|[^\s=,{}][^\s=,]*)"
_START = re.compile(_SYMBOL + r"[^\S\n]*=[^\S\n]*")
_NEXT = re.compile(r"\s*(?://|\Z|" + _SYMBOL + r"[^\S\n]*=)|[^\S\n]*\n")
_WHOLE_SYMBOL = re.compile(rf"(?!//){_SYMBOL}")
_SIGIL = re.compile(r"[^\x00-\x7f]")
_NOT_ASCII = re.compile(r"(?<!\\)(\\*)([^\x00-\x7f])")
"""A character that may be a sigil, and the backslashes before it."""
_NUMBER = re.compile(r"\\+u\{[0-9a-f]{1,6}\}\Z")
_NUMBER_ESCAPED = re.compile(r"\\{2,}u\{[0-9a-f]{1,6}\}\Z")
_BACKSLASH = "\\"
_STOP = re.compile(r"[\n,{}\\]")
_BETWEEN = re.compile(r"(?:[\s,]|//[^\n]*)*")
_PLAIN_ESCAPED = re.compile(r"[\\,]|\A[^\S\n]|[^\S\n]\Z")


def read_exact(document: str, start: int, end: int) -> tuple[Entry, ...]:
    """The entries of an exact map whose text lies between two offsets of the document."""
    lines = document[start:end].removesuffix("\n").split("\n")
    symbols: dict[str, list[str]] = {}
    meaning: list[str] | None = None
    offset = start
    for line in lines:
        if line and line[0] >= "\x80":
            if line[0] in symbols:
                raise error_at(
                    document, offset, f"{line[0]} has two meanings", "give each entry a sigil of its own"
                )
            meaning = symbols[line[0]] = [line[1:]]
        elif line.startswith("//"):
            pass
        elif meaning is not None:
            meaning.append(unescape_exact_line(line))
        elif line:
            raise error_at(
                document,
                offset,
                "an exact map begins with an entry, and this line has no sigil",
                "begin the line with a character from U+0080 on, or leave out `exact` for entries with `=`",
            )
        offset += len(line) + 1
    return tuple(_exact_entry(symbol, meaning) for symbol, meaning in symbols.items())


def _exact_entry(symbol: str, lines: list[str]) -> Entry:
    if len(lines) == 1 and (character := character_numbered(lines[0])):
        return Entry(symbol, character, True)
    return Entry(symbol, unescape_text("\n".join((unescape_exact_line(lines[0]), *lines[1:]))))


def read_joined(document: str, start: int, end: int) -> tuple[Entry, ...]:
    """The entries of a joined map; each sigil that has no meaning yet begins one."""
    meanings: dict[str, list[str]] = {}
    meaning: list[str] | None = None
    at = start
    for found in _NOT_ASCII.finditer(document, start, end):
        slashes, sign = len(found[1]), found[2]
        before = document[at : found.start()] + "\\" * (slashes // 2)
        if slashes % 2 == 0 and sign not in meanings:
            _end_meaning(document, at, meaning, before)
            meaning = meanings[sign] = []
        else:
            _end_meaning(document, at, meaning, before + sign)
        at = found.end()
    _end_meaning(document, at, meaning, document[at:end])
    return tuple(_entry(symbol, "".join(parts)) for symbol, parts in meanings.items())


def _end_meaning(document: str, at: int, meaning: list[str] | None, text: str) -> None:
    if meaning is not None:
        meaning.append(text)
    elif text:
        raise error_at(document, at, "a joined map begins with a sigil", "begin it with an entry")


def _entry(symbol: str, written: str) -> Entry:
    if character := character_numbered(written):
        return Entry(symbol, character, True)
    return Entry(
        symbol, unescape_text(written.removeprefix("\\") if _NUMBER_ESCAPED.match(written) else written)
    )


def read_plain(document: str, start: int, end: int) -> tuple[Entry, ...]:
    """The entries of a map with `SYMBOL = MEANING`; errors name their place."""
    meanings: dict[str, str] = {}
    at = _skip(document, start, end)
    while at < end:
        found = _START.match(document, at, end)
        if found is None:
            raise error_at(
                document,
                at,
                "this is no entry of a map",
                "write `SYMBOL = MEANING`, or `//` before a comment",
            )
        symbol = unescape_text(found[1])
        if symbol in meanings:
            raise error_at(document, at, f"{symbol} has two meanings", "give each entry a symbol of its own")
        meanings[symbol], at = _read_meaning(document, found.end(), end)
        at = _skip(document, at, end)
    return tuple(Entry(symbol, meaning) for symbol, meaning in meanings.items())


def _skip(document: str, at: int, end: int) -> int:
    found = _BETWEEN.match(document, at, end)
    return found.end() if found is not None else at


def _read_meaning(document: str, at: int, end: int) -> tuple[str, int]:
    """A meaning without the white space around it, and where it ends."""
    parts: list[str] = []
    depth = 0
    while True:
        found = _STOP.search(document, at, end)
        stop = found.start() if found is not None else end
        sign = document[stop] if stop < end else ""
        if sign in ("", "\n") or (sign == "," and not depth and _NEXT.match(document, stop + 1, end)):
            parts.append(document[at:stop].rstrip())
            return unescape_text("".join(parts)), stop
        parts.append(document[at:stop])
        at = stop + 1
        escaped = document[at] if sign == "\\" and at < end else ""
        if escaped == "n" or (escaped and (escaped in "\\," or escaped.isspace())):
            parts.append("\n" if escaped == "n" else escaped)
            at += 1
        else:
            depth = max(0, depth + {"{": 1, "}": -1}.get(sign, 0))
            parts.append(sign)


def write_entries(part: Map) -> str:
    """The text between the tags of a map, a newline behind every line. Raises AicclError for what cannot be written."""
    seen: set[str] = set()
    for symbol, meaning, literal in part.entries:
        fits = _SIGIL.fullmatch(symbol) if part.exact else _WHOLE_SYMBOL.fullmatch(symbol)
        if fits is None or symbol in seen or (literal and not (part.exact and len(meaning) == 1)):
            raise AicclError(
                f"{symbol!r} cannot be a symbol of map {part.name or 'without a name'}",
                "use each symbol once: one character from U+0080 on in an exact map, else no white space, `=` or comma",
            )
        seen.add(symbol)
    if part.joined:
        return _write_joined(part.entries)
    write_one = _write_exact if part.exact else _write_plain
    return "".join(write_one(entry) for entry in part.entries)


def _write_exact(entry: Entry) -> str:
    meaning = number_character(entry.meaning) if entry.literal else escape_exact(escape_text(entry.meaning))
    return f"{entry.symbol}{meaning}\n"


def _write_joined(entries: tuple[Entry, ...]) -> str:
    known: set[str] = set()

    def write_sign(found: re.Match[str]) -> str:
        return f"{found[1] * 2}{'' if found[2] in known else _BACKSLASH}{found[2]}"

    written: list[str] = []
    for symbol, meaning, literal in entries:
        known.add(symbol)
        text = number_character(meaning) if literal else escape_text(meaning)
        if not literal and _NUMBER.match(text):
            text = _BACKSLASH + text
        text = _NOT_ASCII.sub(write_sign, text)
        last = len(text) - len(text.rstrip(_BACKSLASH))
        written += (symbol, text, _BACKSLASH * last)
    return "".join(written[:-1])


def _write_plain(entry: Entry) -> str:
    meaning = _PLAIN_ESCAPED.sub(r"\\\g<0>", escape_text(entry.meaning)).replace("\n", "\\n")
    return f"{escape_text(entry.symbol)} = {meaning}\n"
