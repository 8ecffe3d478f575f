"""The names that a class header gives as what the class is built on, by name only.

One expression a family of languages over the few bytes behind the class's name; the graph level resolves
the same names to definitions, here the words are what counts.
"""

from __future__ import annotations

import re
from typing import Final

from aifirst_codebase.units.unit import Unit

_LONGEST_HEADER = 400
_PYTHON = re.compile(rb"\s*(?:\[[^\]]*\])?\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_GENERIC = re.compile(rb"<[^<>{};]*>|\[[^\[\]]*\]|\([^()]*\)")
_KEYWORD_ARGUMENT = re.compile(rb"\w+\s*=\s*[^,]*")
_BASES = re.compile(rb"\b(?:extends|implements|with)\b([^{;]*)|(?<![:\w]):(?!:)([^{;]*)|<([^{;\n]*)")
_NAME = re.compile(r"[A-Z]\w*(?:(?:\.|::|\\)[A-Z]\w*)*", re.ASCII)
_WORDS: Final = frozenset(
    {"Generic", "Protocol", "Object", "ABC", "Any", "Self", "None", "Enum", "NamedTuple"}
)
_RUBY: Final = "ruby"


def find_bases(data: bytes, unit: Unit, language: str) -> list[str]:
    """The last names of what a class inherits or implements, in order, each once."""
    start = unit.name_end
    if unit.name_start == unit.name_end:
        return []
    header = data[start : min(unit.code_end, start + _LONGEST_HEADER)]
    if language == "python":
        match = _PYTHON.match(header)
        if match is None:
            return []
        text = _GENERIC.sub(b"", _KEYWORD_ARGUMENT.sub(b"", match[1]))
    else:
        ends = b"\n" if language == _RUBY else b"{"
        header = header.partition(ends)[0]
        if language != _RUBY:
            header = _GENERIC.sub(b"", _GENERIC.sub(b"", header))
        text = b" ".join(part for groups in _BASES.findall(header) for part in groups if part)
    found = (
        name.rpartition(".")[2].rpartition(":")[2] for name in _NAME.findall(text.decode("utf-8", "replace"))
    )
    return [name for name in dict.fromkeys(found) if name not in _WORDS]
