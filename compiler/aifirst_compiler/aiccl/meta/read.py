"""The files, names and uses of a diagram that `write_meta` wrote: the way back to the code."""

from __future__ import annotations

import re
from typing import NamedTuple

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.notation.document import Mermaid
from aifirst_compiler.aiccl.notation.parse import parse

_FOLDER = re.compile(r'subgraph (f\d+)\["(.*)"\]')
_FILE = re.compile(r'(\d+)\["(.*)"\]')
_USES = re.compile(r"(f?\d+)-->(f?\d+(?: & f?\d+)*)")
_ENTITY = re.compile(r"#(35|quot|lt|32|10);")
_CHARACTERS = {"35": "#", "quot": '"', "lt": "<", "32": " ", "10": "\n"}


class MetaIds(NamedTuple):
    """The public names of each file by its path, in order, and pairs of paths, the first of which uses the second."""

    names: dict[str, list[str]]
    uses: list[tuple[str, str]]


def meta_ids(text: str) -> MetaIds:
    """What the document's diagrams say. Raises AicclError where there is none, or a line of another kind."""
    diagrams = [part for part in parse(text).parts if isinstance(part, Mermaid)]
    if not diagrams:
        raise AicclError("the document has no diagram", "give a document of the resolution meta")
    folder = ""
    paths: dict[str, str] = {}
    found = MetaIds({}, [])
    for line in "".join(diagram.text for diagram in diagrams).split("\n"):
        if (opened := _FOLDER.fullmatch(line)) is not None:
            paths[opened[1]] = _text(opened[2])
            folder = paths[opened[1]] + "/"
        elif (file := _FILE.fullmatch(line)) is not None:
            name, *names = map(_text, file[2].split(" "))
            paths[file[1]] = folder + name
            found.names[folder + name] = names
        elif (uses := _USES.fullmatch(line)) is not None and {uses[1], *uses[2].split(" & ")} <= paths.keys():
            found.uses.extend((paths[uses[1]], paths[number]) for number in uses[2].split(" & "))
        elif line == "end":
            folder = ""
        elif line not in ("", "graph LR"):
            raise AicclError(
                f"{line!r} is no line of a diagram of this resolution", "write the diagram again"
            )
    return found


def _text(label: str) -> str:
    return _ENTITY.sub(lambda found: _CHARACTERS[found[1]], label)
