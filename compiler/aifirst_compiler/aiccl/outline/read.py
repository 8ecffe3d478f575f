"""The ids of an outline's lines: what leads from a line of it back to the code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.notation.document import Map
from aifirst_compiler.aiccl.outline.write import BLOCK

_LINE = re.compile(r"( *)(?:`((?:[^`]|``)*)`|([\w$#]+))(\.(?!\w))?")


def outline_ids(text: str, maps: Iterable[Map] = ()) -> list[tuple[str, str]]:
    """The path and the qualified name of every unit in the outline, in its order; the name is empty for the file itself.

    Raises AicclError for a document that holds no outline.
    """
    blocks = dict(expand(text, maps))
    if BLOCK not in blocks:
        raise AicclError(
            f"the document has no block with the id {BLOCK}", "give a document of the resolution outline"
        )
    found: list[tuple[str, str]] = []
    path, names = "", [""]
    for line in blocks[BLOCK].split("\n")[:-1]:
        if not line.startswith(" "):
            path, names = _unquoted(line), [""]
            found.append((path, ""))
            continue
        parts = _LINE.match(line)
        if parts is None:
            raise AicclError(f"{line!r} is no line of an outline", "write the outline again")
        depth = len(parts[1])
        name = parts[3] if parts[2] is None else parts[2].replace("``", "`")
        del names[depth:]
        names.append(f"{names[-1]}.{name}" if names[-1] else name)
        if parts[4] is None:
            found.append((path, names[-1]))
    return found


def _unquoted(line: str) -> str:
    return line[1:-1] if line.startswith("`") and line.endswith("`") and len(line) > 1 else line
