"""What `aifirst impact` does: bring the graph up to date, ask it, write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from aifirst_memory.dependencies.edges_before import EdgesBefore
from aifirst_memory.dependencies.formats import load_format
from aifirst_memory.dependencies.impact_of_change import (
    ChangedUnits,
    changed_tests,
    edges_before_change,
    impact_with,
)
from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY, Impact
from aifirst_memory.dependencies.runnable_tests.find_tests import tests_to_run
from aifirst_memory.dependencies.store import GraphStore, GraphStoreError

from aifirst_cli.changed_units import find_changed_units
from aifirst_cli.given_place import split_place
from aifirst_cli.graph_access import open_graph
from aifirst_cli.graph_project import project_root
from aifirst_cli.graph_targets import find_targets
from aifirst_cli.impact_formats import (
    ImpactView,
    impact_graph,
    impact_json,
    impact_text,
    tests_json,
    tests_text,
)
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
    test_files: bool = False
    runner: str | None = None
    url: str | None = None
    no_update: bool = False
    shape: str = "text"
    output: str | None = None

    @property
    def asks_for_tests(self) -> bool:
        """Whether the tests alone are wanted."""
        return self.tests or self.test_files or self.runner is not None


def run(options: ImpactOptions) -> int:
    """Answer; returns the exit code. Raises `click.UsageError` and `Failure`."""
    _refuse_contradictions(options)
    here = current_folder()
    root = _root_of(here, options.targets)
    changed = find_changed_units(root, options.diff) if options.diff is not None else ChangedUnits()
    remembered = _remembered(root, options, changed.unresolved)
    with open_graph(root, options.url, update=not options.no_update) as store:
        targets = find_targets(store, root, here, options.targets) if options.targets else list(changed.ids)
        view = _ask(store, options, tuple(targets), changed, remembered, root)
        tests = tests_to_run(store, root, here, (*changed_tests(targets), *view.impact.tests))
    tests = tuple(test for test in tests if options.runner in (None, test.runner))
    shown = _render(msgspec.structs.replace(view, runnable=tests), options)
    if shown or options.output:
        for_programs = options.shape != "text" or options.asks_for_tests
        write_output(shown, options.output, for_programs=for_programs)
    return 0


def _refuse_contradictions(options: ImpactOptions) -> None:
    if not options.targets and options.diff is None:
        raise click.UsageError("name what changes: aifirst impact src/auth.py::login, or --diff HEAD.")
    if options.targets and options.diff is not None:
        raise click.UsageError("give either targets or --diff.")
    if options.tests and options.test_files:
        raise click.UsageError("give either --tests or --test-files.")
    if options.asks_for_tests and options.shape not in ("text", "json"):
        raise click.UsageError(f"tests are told as text or json, not {options.shape}.")


def _root_of(here: Path, targets: tuple[str, ...]) -> Path:
    for given in targets:
        start = Path(os.path.normpath(here / split_place(here, given)[0]))
        if start.exists():
            return project_root(start, named=False)
    return project_root(here, named=False)


def _remembered(root: Path, options: ImpactOptions, gone: tuple[str, ...]) -> Impact | None:
    """What depended on units that are gone, as far as the graph that was made before the change still tells.

    For languages that no resolver reads: of the others the project before the change is asked.
    """
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    if not gone:
        return None
    try:
        with SqliteGraph(root) as store:
            known = [id for id in gone if store.node(id) is not None]
            return _impact(store, options, known) if known else None
    except GraphStoreError:
        return None


def _impact(store: GraphStore, options: ImpactOptions, ids: Sequence[str]) -> Impact:
    return store.impact(ids, options.depth, options.kinds or IMPACT_KINDS, _least(options))


def _least(options: ImpactOptions) -> float:
    return LIKELY if options.confidence is None else options.confidence


def _ask(
    store: GraphStore,
    options: ImpactOptions,
    targets: tuple[str, ...],
    changed: ChangedUnits,
    remembered: Impact | None,
    root: Path,
) -> ImpactView:
    gone = changed.gone
    past = edges_before_change(root, changed) if gone else None
    impact = (
        _impact(store, options, targets)
        if past is None or not past.edges
        else _impact_with(root, options, (*targets, *gone), past)
    )
    if remembered is not None:
        impact = _joined(impact, remembered, {*targets, *gone})
    wanted = {end for one in impact.dependents for end in (one.node, one.edge.target)} | set(targets)
    nodes = {node.id: node for id in sorted(wanted) if (node := store.node(id)) is not None}
    view = ImpactView(targets, impact, nodes, gone, gone, since=options.diff or "")
    return _with_past(view, past, remembered) if gone else view


def _with_past(view: ImpactView, past: EdgesBefore | None, remembered: Impact | None) -> ImpactView:
    """The view with how much is known of what is gone."""
    past = past or EdgesBefore((), ())
    known = {node.id for node in past.nodes} | set(remembered.seeds if remembered is not None else ())
    unknown = tuple(id for id in view.gone if id not in known)
    return msgspec.structs.replace(view, unknown=unknown, looked_at=past.resolved, left=past.left)


def _impact_with(root: Path, options: ImpactOptions, ids: Sequence[str], past: EdgesBefore) -> Impact:
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    with SqliteGraph(root) as store:
        return impact_with(store, past, ids, options.depth, options.kinds or IMPACT_KINDS, _least(options))


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
    if options.asks_for_tests and options.shape == "json":
        return tests_json(view)
    if options.asks_for_tests:
        return tests_text(view, files=options.test_files)
    if options.shape == "json":
        return impact_json(view)
    if options.shape == "text":
        return impact_text(view)
    return load_format(options.shape)(impact_graph(view))
