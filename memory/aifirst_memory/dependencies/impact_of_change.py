"""What a change may break: what depends on the units it touched, and what depended on those it took away.

Which units a change touches is found where changes are read; here they are nodes of the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec
from aifirst_codebase.source import SourceFile

from aifirst_memory.dependencies.edges_before import MOST_SECONDS, EdgesBefore, edges_before
from aifirst_memory.dependencies.model import Edge, EdgeKind, path_of, unit_node
from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY, Dependent, Impact
from aifirst_memory.dependencies.registry import resolver_for
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.dependencies.store import GraphStoreError
from aifirst_memory.search.file_role import is_test_path


class ChangedUnits(msgspec.Struct, frozen=True):
    """`ids` are units whose code differs and units that are new, by id; `gone` those that are no more, as they were.

    `unresolved` are those of them in languages that no resolver reads. `before` are the files that the change touched,
    by the path that they had or have: their text before it, None where there was none; filled where something is gone.
    """

    ids: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    before: dict[str, SourceFile | None] = {}


def changed_units(
    touched: Iterable[tuple[str, str]],
    gone: Iterable[tuple[str, str, str]],
    before: dict[str, SourceFile | None],
) -> ChangedUnits:
    """Units by path and name, what is gone by its language too, as nodes."""
    was = {unit_node(path, name): resolver_for(language) is None for path, name, language in gone}
    ids = {unit_node(path, name) for path, name in touched}
    unresolved = sorted(id for id, is_unread in was.items() if is_unread)
    return ChangedUnits(tuple(sorted(ids)), tuple(sorted(was)), tuple(unresolved), before)


def edges_before_change(
    root: Path, changed: ChangedUnits, *, seconds: float = MOST_SECONDS
) -> EdgesBefore | None:
    """What led to units that are gone before they were; None where there is no graph beside the index."""
    try:
        return edges_before(root, changed.before, frozenset(changed.gone), seconds=seconds)
    except GraphStoreError:
        return None


def impact_with(
    store: SqliteGraph,
    past: EdgesBefore,
    ids: Sequence[str],
    depth: int | None = None,
    kinds: Collection[EdgeKind] = IMPACT_KINDS,
    least: float = LIKELY,
) -> Impact:
    """The impact in the graph beside the index with what it has no longer."""
    from aifirst_memory.dependencies.questions.extend import extended
    from aifirst_memory.dependencies.questions.impact import impact

    with store.arrays() as graph:
        return impact(extended(graph, past.nodes, past.edges), ids, depth, kinds, least)


def changed_tests(ids: Sequence[str]) -> list[Dependent]:
    """Those of the ids that are part of a test file: they are to be run as well, before all others."""
    tested = [(id, path_of(id)) for id in ids]
    return [
        Dependent(id, 0, 1.0, Edge(id, id, "tests", path, 1, 1.0), test=True)
        for id, path in tested
        if is_test_path(path)
    ]
