"""Which nodes of the dependency graph a person means: a path, a unit, a line, or a name."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import click
from aifirst_memory.dependencies.model import has_own_id
from aifirst_memory.dependencies.store import GraphStore

from aifirst_cli.given_place import split_place
from aifirst_cli.index_run import printable

_MOST_SHOWN = 8
_NUMBERED = re.compile(r"#\d+$")


def find_targets(store: GraphStore, root: Path, here: Path, given: Sequence[str]) -> list[str]:
    """The ids of what was given, in order, each once; a name stands for all its definitions in a file.

    Raises `click.UsageError` where one is nothing, or many things.
    """
    return list(dict.fromkeys(id for one in given for id in _find(store, root, here, one)))


def find_target(store: GraphStore, root: Path, here: Path, given: str) -> str:
    """The id of what was given, of several definitions the first. Raises as `find_targets` does."""
    return _find(store, root, here, given)[0]


def _find(store: GraphStore, root: Path, here: Path, given: str) -> list[str]:
    if not given.strip():
        raise click.UsageError("a TARGET is empty. Give a file, a unit (src/app.py::run) or a name.")
    path, rest = split_place(here, given)
    inside = Path(os.path.normpath(here / path))
    found: list[str] = []
    if (here / path).exists() or rest:
        if not inside.is_relative_to(root):
            raise click.UsageError(
                f"{printable(str(inside))} is outside the project {root}. Give a target of the project."
            )
        at = inside.relative_to(root).as_posix()
        if not rest and not has_own_id(at):
            raise click.UsageError(
                f"{printable(at)} is left out of the graph, its name means something else there. Rename the file."
            )
        if rest.startswith(":") and not rest.startswith("::"):
            return [_unit_at(root, at, rest[1:])]
        found = [node.id for node in store.find("" if at == "." else at + rest)]
    found = found or [node.id for node in store.find(given)]
    meant = _without_members(found)
    if len(meant) == 1:
        return [meant[0], *_further_definitions(store, meant[0])]
    if not found:
        raise click.UsageError(
            f"nothing in the graph is called {printable(given)}. Give a file, a unit (src/app.py::run), a line"
            f" (src/app.py:12) or a name; aifirst search {shlex.quote(printable(given))} finds what is like it."
        )
    raise click.UsageError(
        f"{printable(given)} may be any of {len(meant)}:\n{_listed(meant)}\nGive one of them."
    )


def _without_members(found: Sequence[str]) -> list[str]:
    """The ids without further definitions of one of them, and without the constructors of one of them."""
    ids = set(found)
    firsts = [id for id in found if _NUMBERED.sub("", id) == id or _NUMBERED.sub("", id) not in ids]
    return [id for id in firsts if id.rpartition(".")[0] not in ids]


def _further_definitions(store: GraphStore, id: str) -> list[str]:
    """The overloads of a unit, and what else goes by its name in its file."""
    found: list[str] = []
    while "::" in id and _NUMBERED.search(id) is None and store.node(f"{id}#{len(found) + 2}") is not None:
        found.append(f"{id}#{len(found) + 2}")
    return found


def _unit_at(root: Path, path: str, lines: str) -> str:
    """The smallest unit that holds a line; of a range its first. The file is read: it may be ahead of the graph."""
    from aifirst_codebase.discovery.reading import read_source
    from aifirst_codebase.source import SourceFile
    from aifirst_memory.dependencies.read_file import read_file

    source = read_source(root, path)
    read = read_file(source) if isinstance(source, SourceFile) else None
    if read is None or not read.nodes:
        raise click.UsageError(f"{printable(path)} is no file of the graph. Give a source file, or a folder.")
    first = lines.partition("-")[0]
    if not first.isdecimal():
        raise click.UsageError(
            f"{printable(lines)} is no line of {printable(path)}. Lines count from 1: {printable(path)}:12."
        )
    line, file = int(first), read.nodes[0]
    if not 1 <= line <= file.end_line:
        raise click.UsageError(f"{printable(path)} has {file.end_line} lines, so none is number {line}.")
    units = [node for node in read.nodes[1:] if node.line <= line <= node.end_line]
    return min(units, key=lambda node: (node.end_line - node.line, node.id)).id if units else path


def _listed(found: Sequence[str]) -> str:
    shown = [f"  {printable(id)}" for id in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        shown.append(f"  and {len(found) - _MOST_SHOWN} more")
    return "\n".join(shown)
