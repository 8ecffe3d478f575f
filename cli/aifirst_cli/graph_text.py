"""Answers of the dependency graph as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aifirst_memory.dependencies.model import NODE_KINDS, Edge
from aifirst_memory.dependencies.questions.answers import Counts, Cycle, Dead, Hub, Layers, Link, View

from aifirst_cli.index_run import printable

_MOST_LISTED = 40
_MOST_IN_CYCLE = 12


def summary_text(counts: Counts, cycles: Sequence[Cycle], hubs: Sequence[Hub]) -> str:
    """What the graph holds, its cycles in one line, and what most others stand on."""
    lines = [_counted({**counts.nodes}), _counted({**counts.edges})]
    inside = sum(len(cycle.nodes) for cycle in cycles)
    lines.append(
        f"{len(cycles)} cycle{'s' * (len(cycles) != 1)} through {inside} files: aifirst graph --cycles"
        if cycles
        else "no cycles between files"
    )
    lines += ["", "what most others stand on", *_hub_lines(hubs)]
    lines += ["", "aifirst graph -o graph.html   draws it"]
    return "\n".join(lines) + "\n"


def _counted(counts: Mapping[str, int]) -> str:
    most_first = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{count:,} {_plural(name, count)}" for name, count in most_first) or "nothing"


def _plural(name: str, count: int) -> str:
    return f"{name}s" if count != 1 and name in NODE_KINDS else name


def cycles_text(cycles: Sequence[Cycle]) -> str:
    """Each cycle with its nodes, and the lines that would cut it."""
    lines: list[str] = []
    for cycle in cycles[:_MOST_LISTED]:
        shown = [printable(node) for node in cycle.nodes[:_MOST_IN_CYCLE]]
        if len(cycle.nodes) > len(shown):
            shown.append(f"and {len(cycle.nodes) - len(shown)} more")
        lines += [
            f"{len(cycle.nodes)} that depend on each other, {cycle.links} links",
            *(f"  {one}" for one in shown),
        ]
        lines += ["  to cut it:", *(f"    {_link(link)}" for link in cycle.cut[:_MOST_IN_CYCLE]), ""]
    return _listed(lines, len(cycles), "cycles")


def _link(link: Link) -> str:
    edge = link.edge
    times = f", {link.count} times" if link.count > 1 else ""
    ends = f"{printable(link.source)} -> {printable(link.target)}"
    return f"{ends}  {edge.kind} at {printable(edge.path)}:{edge.line}{times}"


def layers_text(layers: Layers) -> str:
    """From the top, which nothing depends on, down; then what goes against the order of the folders."""
    lines: list[str] = []
    for index in range(len(layers.layers) - 1, -1, -1):
        nodes = layers.layers[index]
        shown = ", ".join(printable(node) for node in nodes[:_MOST_IN_CYCLE])
        more = f" and {len(nodes) - _MOST_IN_CYCLE} more" if len(nodes) > _MOST_IN_CYCLE else ""
        lines.append(f"{index:>3}  {shown}{more}")
    if layers.violations:
        lines += [
            "",
            "against the order of the folders:",
            *(f"  {_link(link)}" for link in layers.violations[:_MOST_LISTED]),
        ]
    return "\n".join(lines) + "\n" if lines else ""


def hubs_text(hubs: Sequence[Hub]) -> str:
    """A line a node: its share of all, what depends on it, on what it depends."""
    lines = _hub_lines(hubs)
    return "\n".join(lines) + "\n" if lines else ""


def _hub_lines(hubs: Sequence[Hub]) -> list[str]:
    return [
        f"  {hub.rank * 100:5.2f} %  {hub.incoming:>6,} in  {hub.outgoing:>5,} out  {printable(hub.node)}"
        for hub in hubs
    ]


def dead_text(dead: Sequence[Dead]) -> str:
    """A line a unit: how sure, which, why."""
    lines = [
        f"  {one.confidence:.2f}  {printable(one.node)}  {printable(one.reason)}"
        for one in dead[: _MOST_LISTED * 5]
    ]
    return _listed(lines, len(dead), "units", _MOST_LISTED * 5)


def path_text(edges: Sequence[Edge]) -> str:
    """A line a step."""
    lines = [printable(edges[0].source)] if edges else []
    lines += [f"  {edge.kind} {printable(edge.target)}  {printable(edge.path)}:{edge.line}" for edge in edges]
    return "\n".join(lines) + "\n" if lines else ""


def view_text(view: View) -> str:
    """A line an edge, with how many it stands for."""
    lines: list[str] = []
    for edge, count in zip(view.graph.edges, view.counts, strict=True):
        times = f"  {count} times" if count > 1 else ""
        place = f"{printable(edge.path)}:{edge.line}"
        lines.append(
            f"{printable(edge.source)} {edge.kind} {printable(edge.target)}  {place}  {edge.confidence:.2f}{times}"
        )
    return "\n".join(lines) + "\n" if lines else ""


def _listed(lines: list[str], count: int, what: str, most: int = _MOST_LISTED) -> str:
    if count > most:
        lines.append(f"and {count - most:,} more {what}: see -f json")
    return "\n".join(lines).rstrip("\n") + "\n" if lines else ""
