"""What `aifirst impact` does: bring the graph up to date, ask it, write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from aifirst_memory.dependencies.formats import load_format
from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY, Impact
from aifirst_memory.dependencies.store import GraphStore, GraphStoreError

from aifirst_cli.changed_units import ChangedUnits, find_changed_units
from aifirst_cli.given_place import split_place
from aifirst_cli.graph_access import open_graph
from aifirst_cli.graph_project import project_root
from aifirst_cli.graph_targets import find_targets
from aifirst_cli.impact_formats import ImpactView, impact_graph, impact_json, impact_text, test_files
from aifirst_cli.output import write_output
from aifirst_cli.run_options import current_folder


class ImpactOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `aifirst impact`."""

    targets: tuple[str, ...] = ()
    diff: str | None = None
    depth: int | None = None
    kinds: tuple[EdgeKind, ...] = ()
    confidence: float | None = None
    tests: bool = False
    url: str | None = None
    no_update: bool = False
    shape: str = "text"
    output: str | None = None


def run(options: ImpactOptions) -> int:
    """Answer; returns the exit code. Raises `click.UsageError` and `Failure`."""
    if not options.targets and options.diff is None:
        raise click.UsageError("name what changes: aifirst impact src/auth.py::login, or --diff HEAD.")
    if options.targets and options.diff is not None:
        raise click.UsageError("give either targets or --diff.")
    here = current_folder()
    root = _root_of(here, options.targets)
    changed = find_changed_units(root, options.diff) if options.diff is not None else ChangedUnits((), ())
    before = _impact_before(root, options, changed.gone) if changed.gone else None
    with open_graph(root, options.url, update=not options.no_update) as store:
        targets = find_targets(store, root, here, options.targets) if options.targets else list(changed.ids)
        view = _ask(store, options, tuple(targets), changed.gone, before)
    shown = _render(view, options)
    if shown or options.output:
        write_output(shown, options.output, for_programs=options.shape != "text" or options.tests)
    return 0


def _root_of(here: Path, targets: tuple[str, ...]) -> Path:
    for given in targets:
        start = here / split_place(here, given)[0]
        if start.exists():
            return project_root(start, named=False)
    return project_root(here, named=False)


def _impact_before(root: Path, options: ImpactOptions, gone: tuple[str, ...]) -> Impact | None:
    """What depended on units that are gone, as far as the graph that was made before the change still tells."""
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    try:
        with SqliteGraph(root) as store:
            known = [id for id in gone if store.node(id) is not None]
            return _impact(store, options, known) if known else None
    except GraphStoreError:
        return None


def _impact(store: GraphStore, options: ImpactOptions, ids: Sequence[str]) -> Impact:
    least = LIKELY if options.confidence is None else options.confidence
    return store.impact(ids, options.depth, options.kinds or IMPACT_KINDS, least)


def _ask(
    store: GraphStore,
    options: ImpactOptions,
    targets: tuple[str, ...],
    gone: tuple[str, ...],
    before: Impact | None,
) -> ImpactView:
    impact = _impact(store, options, targets)
    if before is not None:
        impact = _joined(impact, before, {*targets, *gone})
    wanted = {end for one in impact.dependents for end in (one.node, one.edge.target)} | set(targets)
    nodes = {node.id: node for id in sorted(wanted) if (node := store.node(id)) is not None}
    unknown = tuple(id for id in gone if before is None or id not in before.seeds)
    return ImpactView(targets, impact, nodes, gone, unknown)


def _joined(now: Impact, before: Impact, changed: set[str]) -> Impact:
    """What depends on what is there, and what depended on what is gone; the surer of two counts."""
    found = {one.node: one for one in before.dependents if one.node not in changed}
    for one in now.dependents:
        known = found.get(one.node)
        if known is None or one.confidence >= known.confidence:
            found[one.node] = one
    order = sorted(found.values(), key=lambda one: (-one.confidence, one.distance, one.node))
    return Impact(now.seeds, tuple(order))


def _render(view: ImpactView, options: ImpactOptions) -> str:
    if options.tests:
        return "".join(f"{path}\n" for path in test_files(view.impact.tests))
    if options.shape == "json":
        return impact_json(view)
    if options.shape == "text":
        return impact_text(view)
    return load_format(options.shape)(impact_graph(view))
