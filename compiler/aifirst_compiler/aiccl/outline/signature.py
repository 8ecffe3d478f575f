"""What a unit says of itself to who uses it: parameters and result behind its name, and what stands before that.

By the syntax tree: everything of the definition but its body. White space that separates nothing goes, and so do
comments, arguments of decorators, Go's receivers, and the words that only say that here is a function.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from operator import attrgetter
from typing import Final

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

_MAX_LENGTH = 1000
"""Characters of a signature; what is longer is data, not a signature."""
_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_SPACE = re.compile(rf"({_STRING})|\s*(->|[,:=])\s*|\s*([)\]}}])|\s*\n\s*(>)|([(\[{{])\s*|(\s+)")
_SPACES: Final = (
    *((f" {mark}", mark) for mark in ("->", ",", ":", "=", ")", "]", "}")),
    *((f"{mark} ", mark) for mark in ("->", ",", ":", "=", "(", "[", "{")),
)
"""The same where there is neither a string nor a line that begins with `>`: in half the time."""
_LAST_COMMA = re.compile(r",([)\]}])")
_DECORATOR = re.compile(r"(@[\w.]+)\s*(?:\((?:[^()]|\([^()]*\))*\))?")
_SAID_ANYWAY = re.compile(
    r"@Override\b|\b(?:def|function|func|fn|fun|public|final|export|default|const|let|var|type)\b"
)
_END = re.compile(r"[{;\n]|=>")


def signature(reading: Reading, index: int) -> tuple[str, str]:
    """What stands behind the name of the unit of that index, and what stands before it, both in few tokens."""
    unit = reading.units[index]
    before = text_without_comments(reading, unit.code_start, unit.name_start)
    end = body_start(reading, unit) or _end_without_body(reading, unit)
    if end is None:
        behind = text_without_comments(
            reading, unit.name_end, min(unit.code_end, unit.name_end + _MAX_LENGTH)
        )
        cut = _END.search(behind)
        behind = behind[: cut.start()] if cut is not None else behind
    else:
        behind = text_without_comments(reading, unit.name_end, end)
    behind = squeezed(behind).rstrip(" :={;")
    if reading.language.name == "go":  # the receiver, under whose type the line stands
        before = ""
    before = squeezed(_SAID_ANYWAY.sub("", _DECORATOR.sub(r"\1 ", before)))
    return behind.removesuffix("=>").removesuffix("->")[:_MAX_LENGTH], before[:_MAX_LENGTH]


def body_start(reading: Reading, unit: Unit) -> int | None:
    """Where the body of the unit's definition begins; None where it has none."""
    node = reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
    while node is not None and node.start_byte >= unit.code_start:
        for held in (node, node.child_by_field_name("value"), node.child_by_field_name("right")):
            body = held.child_by_field_name("body") if held is not None else None
            if body is not None and body.start_byte >= unit.name_end:
                return body.start_byte
        node = node.parent
    return None


def _end_without_body(reading: Reading, unit: Unit) -> int | None:
    """Where a function that is only declared ends: an overload, a method of an interface; None for other units."""
    node = reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
    while node is not None and node.start_byte >= unit.code_start:
        if node.child_by_field_name("parameters") is not None:
            return node.end_byte if node.child_by_field_name("body") is None else None
        node = node.parent
    return None


def text_without_comments(reading: Reading, start: int, end: int) -> str:
    """The text between two bytes without comments, those above the first unit in a body among them."""
    data = reading.data
    parts: list[bytes] = []
    for place in range(bisect_left(reading.comments, start, key=attrgetter("end")), len(reading.comments)):
        comment = reading.comments[place]
        if comment.start >= end:
            break
        parts.append(data[start : max(start, comment.start)])
        start = max(start, min(end, comment.end))
    parts.append(data[start:end])
    return b" ".join(parts).decode("utf-8", "replace")


def squeezed(text: str) -> str:
    """The text without white space that separates nothing, and without commas that only end a list."""
    if '"' in text or "'" in text or (">" in text and "\n" in text):
        text = _by_pattern(text)
    else:
        text = " ".join(text.split())
        if " " in text:
            for spaced, mark in _SPACES:
                text = text.replace(spaced, mark)
    return (_LAST_COMMA.sub(r"\1", text) if "," in text else text).strip()


def _by_pattern(text: str) -> str:
    return _SPACE.sub(lambda found: found[1] or found[2] or found[3] or found[4] or found[5] or " ", text)
