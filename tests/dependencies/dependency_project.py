"""Small projects whose graph the tests build, and what is stored of it as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from aifirst_memory.dependencies.build import BuildReport, DependencySession, update_dependencies
from aifirst_memory.dependencies.model import STATIC_KINDS, Graph
from aifirst_memory.dependencies.questions.fold import whole
from aifirst_memory.dependencies.sqlite.load import load_arrays
from aifirst_memory.dependencies.sqlite.place import find_graph_place, open_for_reading
from aifirst_memory.update import UpdateRequest, update_memory


def make_files(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def refresh(
    root: Path, session: DependencySession | None = None, paths: Sequence[str] | None = None
) -> BuildReport:
    """Bring the index and the graph up to date, without a history unless there is a repository."""
    update_memory(UpdateRequest(root, paths=None if paths is None else tuple(paths)))
    return update_dependencies(root) if session is None else session.update(paths)


def stored_graph(root: Path, *, code_only: bool = False) -> Graph:
    """The graph as it is stored."""
    with closing(open_for_reading(find_graph_place(root))) as connection:
        return whole(load_arrays(connection, code_only=code_only), "unit").graph


def code_graph(root: Path) -> Graph:
    """What is stored of the code itself: what `resolve_project` gives."""
    graph = stored_graph(root, code_only=True)
    edges = tuple(edge for edge in graph.edges if edge.kind in STATIC_KINDS)
    return Graph(graph.nodes, edges)


def dump(root: Path) -> list[str]:
    """Everything that is stored, as lines."""
    graph = stored_graph(root)
    return [*map(str, graph.nodes), *map(str, graph.edges)]
