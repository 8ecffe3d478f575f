"""The tool that asks the dependency graph: where something is defined, who uses it, what a change of it reaches."""

from __future__ import annotations

from typing import Literal

import msgspec
from aifirst_memory.dependencies.model import Node
from aifirst_memory.dependencies.store import GraphStore

from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.tools.tool import ToolError, tool

_MOST = 30


class GraphQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and a file, a unit (`src/app.py::run`) or a name that the project has once."""

    question: Literal["definition", "callers", "callees", "dependents", "tests"]
    target: str


@tool(1)
def graph(given: GraphQuestion, place: AgentPlace) -> str:
    """Ask where a name is defined, who calls it, what it calls, or what may break if it changes; files as on the disk."""
    if place.open_graph is None:
        raise ToolError("there is no dependency graph in this run: use search")
    with place.open_graph() as store:
        node = _node(store, given.target)
        lines = list(dict.fromkeys(_answer(store, node, given.question)))
    shown = lines[:_MOST] + ([f"({len(lines) - _MOST} more)"] if len(lines) > _MOST else [])
    return "\n".join(shown) or f"nothing: {given.question} of {node.id}"


def _node(store: GraphStore, target: str) -> Node:
    found = store.find(target.strip())
    exact = [node for node in found if node.id == target.strip()] or list(found)
    units = [node for node in exact if node.path] or exact
    if not units:
        raise ToolError(f"nothing is called {target!r}: find its name with search")
    if len(units) > 1:
        names = ", ".join(node.id for node in units[:8])
        raise ToolError(f"{target!r} may be {names}: give one of them")
    return units[0]


def _answer(store: GraphStore, node: Node, question: str) -> list[str]:
    if question == "definition":
        return [_told(node)]
    if question in ("callers", "callees"):
        reached = store.callers(node.id) if question == "callers" else store.callees(node.id)
        return [_where(store, one.node, f"line {one.edge.line}" if one.edge.line else "") for one in reached]
    impact = store.impact([node.id])
    wanted = impact.tests if question == "tests" else impact.dependents
    return [_where(store, one.node, f"{one.distance} away, {one.confidence:.2f} sure") for one in wanted]


def _where(store: GraphStore, id: str, how: str) -> str:
    node = store.node(id)
    return (_told(node) if node is not None else id) + (f"  {how}" if how else "")


def _told(node: Node) -> str:
    place = f"{node.path}:{node.line}-{node.end_line} " if node.path and node.line else ""
    return f"{place}{node.unit_kind or node.kind} {node.id}"
