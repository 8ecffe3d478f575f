"""Questions from comments: a comment inside a function is taken out, and the lines that it stood above are what matters.

Whoever wrote it says of these lines, in words, what they are there for. Left out are comments that keep code away, marks
for tools, and those that speak of most of the function.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

from aifirst_model.relevance.question import LineQuestion

_FEWEST_LINES: Final = 8
_MOST_LINES: Final = 400
_MOST_DESCRIBED: Final = 12
_LARGEST_SHARE: Final = 0.4
_OF_A_FUNCTION: Final = 3
_WORD: Final = re.compile(r"[A-Za-z]{3,}")
_FEWEST_WORDS: Final = 3
_NO_QUESTION: Final = re.compile(
    r"todo|fixme|xxx|hack\b|noqa|nolint|eslint|prettier|pragma|pylint|type: ?ignore|istanbul|c8 ignore|@ts-|clang-format"
    r"|copyright|licen[cs]e|rubocop|checkstyle|suppress|https?://",
    re.I,
)
_CODE: Final = re.compile(
    r"[;{}]\s*$|^\w+\(.*\)$|^(?:if|for|return|var|let|const|import|def|func|fn)\b.*[(:={]"
)
_MARK: Final = re.compile(rb"^(?:///?!?|#+|--|;+|\*+)\s?")


class _Line(NamedTuple):
    text: bytes
    indent: int
    is_comment: bool


def comment_questions(reading: Reading, most: int = 40) -> list[LineQuestion]:
    """The questions of a file, at most so many, drawn evenly; the same file gives the same ones."""
    mark = reading.language.data.line_comment
    if not mark:
        return []
    found: list[LineQuestion] = []
    for unit in reading.units:
        if unit.kind == "function":
            of_unit = list(_of_unit(reading, unit, mark.encode()))
            random.Random(f"{reading.path} {unit.name}").shuffle(of_unit)  # noqa: S311  a seeded draw, nothing secret
            found += of_unit[:_OF_A_FUNCTION]
    random.Random(reading.path).shuffle(found)  # noqa: S311  a seeded draw, nothing secret
    return found[:most]


def _of_unit(reading: Reading, unit: Unit, mark: bytes) -> Iterator[LineQuestion]:
    lines = [_line(line, mark) for line in reading.data[unit.code_start : unit.code_end].split(b"\n")]
    if not _FEWEST_LINES <= len(lines) <= _MOST_LINES:
        return
    at = 1
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].is_comment and lines[end].indent == lines[at].indent:
            end += 1
        if end == at:
            at += 1
            continue
        asked = b" ".join(_MARK.sub(b"", line.text.strip()) for line in lines[at:end]).decode(
            "utf-8", "replace"
        )
        described = _described(lines, end, lines[at].indent)
        kept = [*range(at), *range(end, len(lines))]
        code = sum(bool(lines[one].text.strip()) and not lines[one].is_comment for one in kept)
        if _asks(asked) and described and len(described) <= code * _LARGEST_SHARE:
            places = {line: place for place, line in enumerate(kept)}
            yield LineQuestion(
                "comment", asked.strip(), tuple(lines[one].text for one in kept),
                tuple(places[one] for one in described),
                language=reading.language.name, path=reading.path, unit=unit.name,
            )  # fmt: skip
        at = end


def _line(text: bytes, mark: bytes) -> _Line:
    stripped = text.lstrip()
    return _Line(text.rstrip(), len(text) - len(stripped), stripped.startswith(mark))


def _described(lines: list[_Line], start: int, indent: int) -> list[int]:
    """The lines of code that follow a comment as far in as it stands, up to a blank line or the next comment."""
    found: list[int] = []
    for at in range(start, min(start + _MOST_DESCRIBED, len(lines))):
        line = lines[at]
        if not line.text.strip() or line.is_comment or line.indent < indent:
            break
        found.append(at)
    return found


def _asks(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) >= _FEWEST_WORDS and not _NO_QUESTION.search(text) and not _CODE.search(text.strip())
