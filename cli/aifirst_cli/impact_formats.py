"""What an impact is told as: for a person, a program, a test runner, a diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click
import msgspec
from aifirst_memory.dependencies.formats.escaping import escaped_json
from aifirst_memory.dependencies.model import Edge, Graph, Node, path_of
from aifirst_memory.dependencies.questions.answers import Dependent, Impact
from aifirst_memory.dependencies.runnable_tests.find_tests import files_of
from aifirst_memory.dependencies.runnable_tests.runnable import RunnableTest

from aifirst_cli.index_run import printable

_MOST_SHOWN = 40
"""Dependents in the terminal; the other formats have all."""


class ImpactView(msgspec.Struct, frozen=True):
    """An impact with what is needed to tell it: what was asked for, and the nodes by id."""

    targets: tuple[str, ...]
    impact: Impact
    nodes: dict[str, Node]
    gone: tuple[str, ...] = ()
    """Units that the change took away or gave another name."""
    unknown: tuple[str, ...] = ()
    """Those of them of which nobody knows what referred to them: no resolver reads their language."""
    looked_at: int = 0
    """Files that were resolved as they were before the change, for what referred to units that are gone."""
    left: int = 0
    """Files that should have been too, but there were too many."""
    since: str = ""
    """The revision that the project was compared with."""
    runnable: tuple[RunnableTest, ...] = ()
    """What a test runner has to run, surest first."""


def impact_json(view: ImpactView) -> str:
    """One object: `targets`, `dependents` and `tests`, surest first, `gone`, and what to run."""
    value = {
        "version": 1,
        "targets": view.targets,
        "gone": view.gone,
        "dependents": [_row(view, one) for one in view.impact.dependents if not one.test],
        "tests": [_row(view, one) for one in view.impact.tests],
        "run": _runs(view),
        "before": {"files": view.looked_at, "left": view.left, "unknown": view.unknown},
    }
    return _json(value)


def tests_json(view: ImpactView) -> str:
    """One object: `targets` and `run`, a test each: `id` as its `runner` takes it, its `files`, surest first."""
    return _json({"version": 1, "targets": view.targets, "gone": view.gone, "run": _runs(view)})


def _runs(view: ImpactView) -> list[dict[str, object]]:
    return [
        {
            "id": test.id,
            "runner": test.runner,
            "files": test.paths,
            "names": test.names,
            "confidence": round(test.confidence, 4),
            "distance": test.distance,
        }
        for test in view.runnable
    ]


def _json(value: Mapping[str, object]) -> str:
    return escaped_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n"


def tests_text(view: ImpactView, *, files: bool) -> str:
    """A test a line, or with `files` a file, for a runner.

    Left out, and said so on standard error, is what holds a line break: a runner would take it for two.
    """
    ids = files_of(view.runnable) if files else [test.id for test in view.runnable]
    fit = [id for id in ids if len(id.splitlines()) == 1]
    if len(fit) < len(ids):
        click.echo(
            f"aifirst: {len(ids) - len(fit)} tests have a line break in their names: run them by hand.",
            err=True,
        )
    runners = {test.runner for test in view.runnable}
    if len(runners) > 1:
        click.echo(
            f"aifirst: these are for {', '.join(sorted(runners))}: --runner gives those of one.", err=True
        )
    return "".join(f"{id}\n" for id in fit)


def _row(view: ImpactView, one: Dependent) -> dict[str, object]:
    node = view.nodes.get(one.node)
    return {
        "id": one.node,
        "kind": node.kind if node else "",
        "path": node.path if node else path_of(one.node),
        "line": node.line if node else 0,
        "end_line": node.end_line if node else 0,
        "distance": one.distance,
        "confidence": round(one.confidence, 4),
        "edge": one.edge,
    }


def impact_text(view: ImpactView) -> str:
    """By distance: each dependent with what it does, and where; then the tests to run."""
    code = [one for one in view.impact.dependents if not one.test]
    tests = files_of(view.runnable)
    lines = [_headline(view, code, tests)]
    lines += [f"  {printable(one)} is gone{_forgotten(view, one)}" for one in view.gone]
    lines += _looked_at(view)
    shown = code[:_MOST_SHOWN]
    for distance in sorted({one.distance for one in shown}):
        lines += ["", "directly" if distance == 1 else f"{distance} steps away"]
        lines += [_line(one) for one in shown if one.distance == distance]
    if len(code) > len(shown):
        lines += ["", f"  and {len(code) - len(shown):,} more, less sure: see -f json, or ask for --depth 1"]
    if tests:
        lines += ["", "tests to run, surest first", *(f"  {printable(path)}" for path in tests)]
    return "\n".join(lines) + "\n"


def _headline(view: ImpactView, code: Sequence[Dependent], tests: Sequence[str]) -> str:
    if not view.targets and not code and not tests:
        return "no unit of code changed" if not view.gone else f"{len(view.gone)} units are gone"
    if not view.targets:
        what = f"{len(view.gone)} units that are gone"
        return _told(what, view.impact.dependents, tests)
    what = (
        printable(view.targets[0])
        if len(_first_definitions(view.targets)) == 1
        else f"{len(view.targets)} units"
    )
    return _told(what, view.impact.dependents, tests)


def _told(what: str, dependents: Sequence[Dependent], tests: Sequence[str]) -> str:
    code = [one for one in dependents if not one.test]
    files = len({path_of(one.node) for one in code})
    if not code and not tests:
        return f"{what}: nothing in the project is known to depend on it"
    units = len(dependents) - len(code)
    of_tests = f"{units:,} in " if units else ""
    told = f"{len(code):,} node{'s' * (len(code) != 1)} in {files:,} file{'s' * (files != 1)}"
    test_files = f"{of_tests}{len(tests)} test file{'s' * (len(tests) != 1)}"
    return f"{what}: {told} depend{'s' * (len(code) == 1)} on it, {test_files}"


def _forgotten(view: ImpactView, id: str) -> str:
    if id not in view.unknown:
        return ""
    return "; what referred to it is not known: ask before the change, or search for its name"


def _looked_at(view: ImpactView) -> list[str]:
    """What was done for units that are gone."""
    if not view.looked_at:
        return []
    files = f"{view.looked_at:,} file{'s' * (view.looked_at != 1)}"
    told = [f"  what referred to that was looked up in {files}, as of {printable(view.since)}"]
    if view.left:
        told.append(f"  and {view.left:,} more were left, it would take too long: some of it may be missing")
    return told


def _first_definitions(ids: Sequence[str]) -> set[str]:
    return {id.partition("#")[0] for id in ids}


def _line(one: Dependent) -> str:
    edge = one.edge
    place = f"{printable(edge.path)}:{edge.line}" if edge.path != path_of(one.node) else f"line {edge.line}"
    target = edge.target.partition("::")[2] or edge.target
    return f"  {one.confidence:.2f}  {printable(one.node)}  {edge.kind} {printable(target)}, {place}"


def impact_graph(view: ImpactView) -> Graph:
    """What is reached, with the edge by which each was, for the formats that draw."""
    edges: dict[tuple[str, str, str], Edge] = {}
    for one in view.impact.dependents:
        edges.setdefault((one.edge.source, one.edge.target, one.edge.kind), one.edge)
    ends = {end for edge in edges.values() for end in (edge.source, edge.target)} | set(view.targets)
    nodes = (view.nodes[id] for id in sorted(ends) if id in view.nodes)
    return Graph(tuple(nodes), tuple(edges[key] for key in sorted(edges)))
