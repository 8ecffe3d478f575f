"""Whether a bundle calls a function or class otherwise than its source, which its own `name` would tell."""

from __future__ import annotations

import re

from aifirst_compiler.script_tools.node_process import Made
from aifirst_compiler.source_maps.read import read_map_fields

_BEFORE = re.compile(r"(?:\bfunction\s*\*?|\bclass|\b(?:var|let|const))\s*$")
_AFTER = re.compile(r"[\w$]+\s*(?:\(|\{|extends\b|=\s*(?:async\b|function\b|class\b|\(|[\w$]+\s*=>))")


def has_renamed_functions(made: Made) -> bool:
    """Whether names that collided were told apart where a function or class is made; the map has what they were."""
    if made.map is None:
        return False
    lines = made.code.split("\n")
    for segment in read_map_fields(made.map, "bundle").segments:
        if segment.name and segment.line < len(lines):
            line = lines[segment.line]
            if _AFTER.match(line, segment.column) and _BEFORE.search(line[: segment.column]):
                return True
    return False
