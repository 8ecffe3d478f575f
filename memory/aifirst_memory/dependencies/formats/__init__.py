"""The dependency graph as text that other programs read: a module a format, each found by its name.

All take a `Graph` and give a `str` that encodes as UTF-8, whatever names the project has; the same graph gives the
same text. The page for people is not here but in `page`, since it takes more than the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from aifirst_memory.dependencies.model import Graph

FORMATS: Final = {
    "json": ("json_object", "json_text"),
    "mermaid": ("mermaid", "mermaid_text"),
    "dot": ("dot", "dot_text"),
    "graphml": ("graphml", "graphml_text"),
    "cypher": ("cypher", "cypher_text"),
}
"""Name of each format, as a person types it: its module and the function in it."""


def load_format(name: str) -> Callable[[Graph], str]:
    """What writes a graph in a format. Raises `KeyError` for a name that `FORMATS` does not hold."""
    module, function = FORMATS[name]
    return cast("Callable[[Graph], str]", getattr(import_module(f"{__name__}.{module}"), function))
