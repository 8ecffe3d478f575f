"""Nodes and edges of the dependency graph, as every door, store and format sees them.

A node's id says what it is: `src/` a folder, `src/app.py` a file (and the code at its top level),
`src/app.py::App.run` a unit, `package:requests` something outside the project, `tag:LOGIN` a tag,
`ticket:AUTH-12` a ticket. A unit's name is its qualified name as the language gives it; a second one
of the same name in a file ends in `#2`.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

NodeKind = Literal["folder", "file", "unit", "package", "tag", "ticket"]
EdgeKind = Literal[
    "imports",
    "calls",
    "inherits",
    "overrides",
    "uses",
    "decorates",
    "raises",
    "tests",
    "documents",
    "changes-with",
]
NODE_KINDS: Final[tuple[NodeKind, ...]] = ("folder", "file", "unit", "package", "tag", "ticket")
EDGE_KINDS: Final[tuple[EdgeKind, ...]] = (
    "imports", "calls", "inherits", "overrides", "uses", "decorates", "raises", "tests", "documents", "changes-with",
)  # fmt: skip
"""By number as stores keep them: new ones go to the end."""
STATIC_KINDS: Final[tuple[EdgeKind, ...]] = EDGE_KINDS[:7]
"""The kinds that follow from the code alone."""
PACKAGE: Final = "package:"
TAG: Final = "tag:"
TICKET: Final = "ticket:"


class Node(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A node. `path` is empty for packages, tags and tickets, `line` and `end_line` are 1-based and 0 for them.

    `parent` is the id of the node it lies in: the class or file of a unit, the folder of a file, empty at the top.
    `unit_kind` is `class`, `function`, … for units and empty for others. `tokens` and `glue_tokens` are those of the
    unit alone, of the file in all, 0 for others.
    """

    id: str
    kind: NodeKind
    name: str
    path: str = ""
    line: int = 0
    end_line: int = 0
    parent: str = ""
    unit_kind: str = ""
    tokens: int = 0
    glue_tokens: int = 0


class Edge(msgspec.Struct, frozen=True, gc=False):
    """`source` depends on `target`. `path` and `line` (1-based) are where it says so.

    `confidence` is over 0 and at most 1.
    """

    source: str
    target: str
    kind: EdgeKind
    path: str
    line: int
    confidence: float


class Graph(msgspec.Struct, frozen=True):
    """Nodes ordered by id; edges ordered by source, target and kind, one at most of each such triple."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def unit_node(path: str, name: str) -> str:
    """The id of a unit; the module's own code (`name` empty) is the file."""
    return f"{path}::{name}" if name else path


def path_of(node: str) -> str:
    """The path that a node's id begins with; empty for packages, tags and tickets."""
    return "" if node.startswith((PACKAGE, TAG, TICKET)) else node.partition("::")[0]


def has_own_id(path: str) -> bool:
    """Whether the id of a file means nothing else: `a.py::f` as a file's name would be the unit of another one."""
    return "::" not in path and not path.startswith((PACKAGE, TAG, TICKET))
