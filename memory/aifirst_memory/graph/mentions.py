"""Names and files that prose gives: what stands in backticks, and where its links lead.

Fenced blocks are examples and are passed over; so are words in backticks that could be any word.
"""

from __future__ import annotations

import re

from aifirst_codebase.reading import Reading

from aifirst_memory.graph.part import MENTION, Reference

_MENTION = re.compile(
    rb"^(?:```|~~~)[\s\S]*?(?:^(?:```|~~~)|\Z)|`([^`\n]{3,120})`|\]\(<?([^()<>\s#?]{3,200})[^()\n]*\)",
    re.MULTILINE,
)
_FILE = re.compile(r"(?:\.{0,2}/)?[\w.@+-]+(?:/[\w.@+-]+)*\.\w{1,8}|(?:\.{0,2}/)?[\w.@+-]+(?:/[\w.@+-]+)+/?")
_NAME = re.compile(r"([^\W\d]\w*(?:(?:\.|::|#)[^\W\d]\w*)*)(?:\([^()]*\))?")
_TELLING = re.compile(r"[a-z0-9][A-Z]|\w_\w|\.|::|#|\(|[A-Z][a-z]+\w*$")
_MOST = 500


def find_mentions(reading: Reading) -> tuple[Reference, ...]:
    """The files (paths with a slash or an extension) and names that a page mentions, each once a section."""
    found: dict[tuple[int, str], list[int]] = {}
    data = reading.data
    for match in _MENTION.finditer(data):
        raw = match[1] or match[2]
        if raw is None:
            continue
        path = _mentioned(raw.decode("utf-8", "replace").strip(), link=match[1] is None)
        if not path:
            continue
        key = (reading.unit_at(match.start()), path)
        if key in found:
            found[key][1] += 1
        elif len(found) < _MOST:
            found[key] = [data.count(b"\n", 0, match.start()) + 1, 1]
    return tuple(Reference(unit, MENTION, path, *place) for (unit, path), place in found.items())


def _mentioned(text: str, *, link: bool) -> str:
    if "://" in text or text.startswith(("mailto:", "#")):
        return ""
    if link or "/" in text or ("." in text and "(" not in text):
        found = _FILE.fullmatch(text)
        if found is not None:
            return text if link else ":" + text
    name = _NAME.fullmatch(text)
    if link or name is None or _TELLING.search(text) is None:
        return ""
    return name[1].replace("::", ".").replace("#", ".")
