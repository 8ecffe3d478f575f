"""Takes secrets out of the names of packages: an import is text of the file too, and somebody may paste a key there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_memory.dependencies.model import PACKAGE
from aifirst_memory.dependencies.resolver import FoundEdge

_LOGIN = re.compile(r"[^/@:]+:[^/@]+@")
"""A user and password in front of a host."""


def mask_packages(edges: Iterable[FoundEdge]) -> list[FoundEdge]:
    """The edges, those to packages whose name holds a secret with its mask in its place."""
    return [_masked(edge) if edge.target.startswith(PACKAGE) else edge for edge in edges]


def _masked(edge: FoundEdge) -> FoundEdge:
    target = _masked_name(edge.target)
    if target == edge.target:
        return edge
    return FoundEdge(edge.source, target, edge.kind, edge.line, edge.confidence)


@lru_cache(4096)
def _masked_name(target: str) -> str:
    name = target.removeprefix(PACKAGE)
    return PACKAGE + _LOGIN.sub("***@", mask_secrets(name))
