"""Edges of small projects written in one text: `=== path` begins a file, as in the truth cases."""

from __future__ import annotations

from aifirst_memory.dependencies.model import Edge
from aifirst_memory.dependencies.project import resolve_project


def files_of(text: str) -> dict[str, bytes]:
    """The files of a project's text."""
    parts = text.lstrip("\n").split("=== ")
    pairs = (part.partition("\n") for part in parts if part)
    return {path.strip(): content.encode() for path, _, content in pairs}


def edges_of(text: str) -> list[Edge]:
    """All edges of a project's text."""
    return list(resolve_project(files_of(text)).edges)


def found(text: str, *kinds: str) -> set[str]:
    """The edges of some kinds, as `source -> target`; of several kinds with the kind behind."""
    edges = [edge for edge in edges_of(text) if edge.kind in kinds]
    tail = len(kinds) > 1
    return {f"{edge.source} -> {edge.target}" + (f"  {edge.kind}" if tail else "") for edge in edges}


def wanted(text: str) -> set[str]:
    """The edges of a list, one on a line."""
    return {line.strip() for line in text.strip().splitlines()}
