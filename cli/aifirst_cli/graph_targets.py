"""Which nodes of the dependency graph a person means: a path, a unit, a line, or a name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
from aifirst_memory.dependencies.model import Node
from aifirst_memory.dependencies.store import GraphStore

from aifirst_cli.given_place import split_place

_MOST_SHOWN = 8


def find_targets(store: GraphStore, root: Path, here: Path, given: Sequence[str]) -> list[str]:
    """The id of each that was given, in order. Raises `click.UsageError` where one is nothing, or many things."""
    return [_find(store, root, here, one) for one in given]


def _find(store: GraphStore, root: Path, here: Path, given: str) -> str:
    if not given.strip():
        raise click.UsageError("a TARGET is empty. Give a file, a unit (src/app.py::run) or a name.")
    path, rest = split_place(here, given)
    inside = Path(os.path.normpath(here / path))
    if (here / path).exists() or rest:
        if not inside.is_relative_to(root):
            raise click.UsageError(f"{path} is outside the project {root}. Give a target of the project.")
        at = inside.relative_to(root).as_posix()
        if rest.startswith(":") and not rest.startswith("::"):
            return _unit_at(root, at, rest[1:])
        found = store.find("" if at == "." else at + rest)
    else:
        found = ()
    found = found or store.find(given)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise click.UsageError(
            f"nothing in the graph is called {given}. Give a file, a unit (src/app.py::run), a line (src/app.py:12) "
            f"or a name; aifirst search {given!r} finds what is like it."
        )
    raise click.UsageError(f"{given} may be any of {len(found)}:\n{_listed(found)}\nGive one of them.")


def _unit_at(root: Path, path: str, lines: str) -> str:
    """The smallest unit that holds a line; of a range its first. The file is read: it may be ahead of the graph."""
    from aifirst_codebase.discovery.reading import read_source
    from aifirst_codebase.source import SourceFile
    from aifirst_memory.dependencies.read_file import read_file

    source = read_source(root, path)
    read = read_file(source) if isinstance(source, SourceFile) else None
    if read is None or not read.nodes:
        raise click.UsageError(f"{path} is no file of the graph. Give a source file, or a folder.")
    line, file = int(lines.partition("-")[0]), read.nodes[0]
    if not 1 <= line <= file.end_line:
        raise click.UsageError(f"{path} has {file.end_line} lines, so none is number {line}.")
    units = [node for node in read.nodes[1:] if node.line <= line <= node.end_line]
    return min(units, key=lambda node: (node.end_line - node.line, node.id)).id if units else path


def _listed(found: Sequence[Node]) -> str:
    shown = [f"  {node.id}" for node in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        shown.append(f"  and {len(found) - _MOST_SHOWN} more")
    return "\n".join(shown)
