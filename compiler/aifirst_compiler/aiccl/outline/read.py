"""The ids of an outline's lines: what leads from a line of it back to the code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.notation.document import Map
from aifirst_compiler.aiccl.outline.write import BLOCK

_LINE = re.compile(r"( *)(?:`((?:[^`]|``)*)`|([\w$#]+))(\.(?!\w))?")
_PATH = re.compile(r"(?:`([^`].*|`.+|)`|([^\t]+))(|\t.*)")


class UnitLine(NamedTuple):
    """A unit of a document: its file, its name (empty for the file itself), and what stands behind that.

    `own` is the name as the line has it, below its holder's; the path for the file itself.
    `held` is false for the line of a holder that is no unit of the file. `depth` counts holders and the file.
    """

    path: str
    name: str
    own: str
    depth: int
    text: str
    held: bool = True

    @property
    def head(self) -> str:
        """The signature alone."""
        return re.split("[\t\n]", self.text, maxsplit=1)[0]

    @property
    def behind(self) -> str:
        """Of the signature, what stands behind the name."""
        return self.head.rpartition(" :")[0] if " :" in self.head else self.head

    @property
    def before(self) -> str:
        """Of the signature, what stands before the name in the source."""
        return self.head.rpartition(" :")[2] if " :" in self.head else ""

    @property
    def body(self) -> str:
        """What is told of the unit besides its signature, with the sign before it."""
        return self.text[len(self.head) :]


def outline_ids(text: str, maps: Iterable[Map] = (), *, block: str = BLOCK) -> list[tuple[str, str]]:
    """The path and the qualified name of every unit in the outline, in its order; the name is empty for the file itself.

    `block` is the id of the block of another resolution by units. Raises AicclError for a document that holds none.
    """
    return [(line.path, line.name) for line in read_units(text, block, maps) if line.held]


def read_units(text: str, block: str, maps: Iterable[Map] = ()) -> list[UnitLine]:
    """The units of the block with that id, and holders that are none. Raises AicclError where there is no such block."""
    blocks = dict(expand(text, maps))
    if block not in blocks:
        raise AicclError(
            f"the document has no block with the id {block}", f"give a document of the resolution {block}"
        )
    return read_unit_lines(blocks[block])


def read_unit_lines(text: str) -> list[UnitLine]:
    """The units of a block's expanded text. Raises AicclError for a line that tells of none."""
    found: list[UnitLine] = []
    path, names = "", [""]
    for line in text.removesuffix("\n").split("\n") if text else ():
        if line.startswith("\t") and found:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
            continue
        if not line.startswith(" "):
            parts = _PATH.fullmatch(line)
            if parts is None:
                raise AicclError("a line without a path", "write the outline again")
            path, names = parts[1] or parts[2], [""]
            found.append(UnitLine(path, "", path, 0, parts[3]))
            continue
        parts = _LINE.match(line)
        if parts is None:
            raise AicclError(f"{line!r} is no line of an outline", "write the outline again")
        depth = len(parts[1])
        if depth > len(names):
            raise AicclError(
                f"{line!r} stands deeper than what could hold it", "give it one space more than its holder"
            )
        name = parts[3] if parts[2] is None else parts[2].replace("``", "`")
        del names[depth:]
        names.append(f"{names[-1]}.{name}" if names[-1] else name)
        found.append(UnitLine(path, names[-1], name, depth, line[parts.end() :], parts[4] is None))
    return found
