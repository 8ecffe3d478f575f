"""What one file tells the graph: its imports, what its units refer to, and what its names are bound to.

All of it is as written in the file; what a name means in the project is for `resolve` to find out. Units
are given by their index in the file. A path is a dotted name whatever the language writes between its
parts; `()` behind a part says that it is called, an empty first part that what stands before is unknown.
"""

from __future__ import annotations

import msgspec

CALL, INHERIT, DECORATE, RAISE, MENTION = range(5)
"""Kinds of reference. `MENTION` is a name or a path that prose gives."""
BOUND, MADE, TYPED, SAME = range(4)
"""What is known of a binding's value: nothing, the call that made it, its declared type, what else it is."""


class Import(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One name that comes from elsewhere.

    `module` is what is imported from, as written. `name` is what is taken from it: empty for the module
    itself, `*` for everything. `alias` is the local name where the file gives one. `unit` is where it stands.
    """

    module: str
    name: str
    alias: str
    unit: int
    line: int


class Reference(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A path that a unit refers to; `line` is that of the first of `count` places."""

    unit: int
    kind: int
    path: str
    line: int
    count: int


class Binding(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A name that a unit gives a value; a name that begins with a dot is an attribute of the object itself.

    `value` is the path that is called (`MADE`), the declared type (`TYPED`) or another name (`SAME`), empty where
    none is known.
    """

    unit: int
    name: str
    how: int
    value: str


class GraphPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The graph facts of one file.

    `package` is the package or namespace that the file says it belongs to; `settings` are pairs of what a
    manifest says about how names are found: `("name", …)`, `("main", …)`, `("path:<pattern>", …)`.
    """

    package: str = ""
    imports: tuple[Import, ...] = ()
    references: tuple[Reference, ...] = ()
    bindings: tuple[Binding, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
