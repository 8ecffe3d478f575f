"""What `aifirst graph` does: bring the graph up to date, ask or draw it, write."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
from aifirst_memory.dependencies.formats import FORMATS, load_format
from aifirst_memory.dependencies.formats.escaping import escaped_json
from aifirst_memory.dependencies.model import EDGE_KINDS, EdgeKind, Graph
from aifirst_memory.dependencies.questions.answers import DEPENDENCE_KINDS, Level, View
from aifirst_memory.dependencies.store import GraphStore

from aifirst_cli import graph_text
from aifirst_cli.graph_access import open_graph
from aifirst_cli.graph_project import project_root
from aifirst_cli.graph_targets import find_target, find_targets
from aifirst_cli.index_run import printable
from aifirst_cli.output import write_output
from aifirst_cli.run_options import current_folder

_ENDINGS = {
    "": "text", ".txt": "text",
    ".html": "html", ".htm": "html", ".json": "json", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot",
    ".gv": "dot", ".graphml": "graphml", ".cypher": "cypher", ".cql": "cypher",
}  # fmt: skip
_HUBS = 20
_FIRST_HUBS = 8


class GraphOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `aifirst graph`."""

    path: str | None = None
    shape: str | None = None
    output: str | None = None
    level: Level | None = None
    around: str | None = None
    depth: int = 2
    cycles: bool = False
    layers: bool = False
    hubs: bool = False
    dead: bool = False
    start: str | None = None
    end: str | None = None
    kinds: tuple[EdgeKind, ...] = ()
    confidence: float | None = None
    url: str | None = None
    no_update: bool = False

    @property
    def questions(self) -> tuple[str, ...]:
        """What is asked about the whole graph; more than one is refused."""
        asked = {"cycles": self.cycles, "layers": self.layers, "hubs": self.hubs, "dead": self.dead}
        return tuple(name for name, is_asked in asked.items() if is_asked)


class _Told(msgspec.Struct, frozen=True):
    """An answer as text, and the exit code that goes with it."""

    text: str
    code: int = 0


def run(options: GraphOptions) -> int:
    """Answer; returns the exit code. Raises `click.UsageError` and `Failure`."""
    shape = _shape(options)
    _refuse_contradictions(options, shape)
    here = current_folder()
    start = (here / (options.path or ".")).resolve()
    if options.path == "":
        raise click.UsageError("PATH is empty. Give a folder of your project, or none.")
    if not start.exists():
        raise click.UsageError(
            f"{printable(options.path or '.')} does not exist. Give a folder of your project."
        )
    root = project_root(start, named=options.path is not None)
    with open_graph(root, options.url, update=not options.no_update) as store:
        if options.start is not None and options.end is not None:
            told = _way(store, options, root, here, shape)
        elif options.questions:
            told = _answer(store, options, shape)
        else:
            told = _draw(store, options, root, here, start, shape)
    if told.text or options.output:
        write_output(told.text, options.output, for_programs=shape != "text")
    if shape == "html" and options.output not in (None, "-"):
        click.echo(f"Wrote {click.format_filename(options.output)}. Open it in a browser.", err=True)
    return told.code


def _shape(options: GraphOptions) -> str:
    """The format that was asked for, or that the name of the output means."""
    if options.shape is not None:
        return options.shape
    if not options.output or options.output == "-":
        return "text"
    ending = Path(options.output).suffix.lower()
    if ending not in _ENDINGS:
        raise click.UsageError(
            f"{ending} names no format. Give one with -f, or end the name in .html, .json, .dot ..."
        )
    return _ENDINGS[ending]


def _refuse_contradictions(options: GraphOptions, shape: str) -> None:
    if (options.start is None) != (options.end is None):
        raise click.UsageError("give both --from and --to.")
    asked = [f"--{name}" for name in options.questions]
    asked += ["--from"] * (options.start is not None)
    if len(asked) + (options.around is not None) > 1:
        raise click.UsageError(
            "ask one thing at a time: --cycles, --layers, --hubs, --dead, --from with --to, or --around."
        )
    if asked and shape not in ("text", "json"):
        raise click.UsageError(f"an answer is told as text or json, not {shape}.")


def _way(store: GraphStore, options: GraphOptions, root: Path, here: Path, shape: str) -> _Told:
    source = find_target(store, root, here, options.start or "")
    target = find_target(store, root, here, options.end or "")
    edges = store.shortest_path(source, target, options.kinds or DEPENDENCE_KINDS)
    if not edges:
        click.echo(f"aifirst: no way leads from {printable(source)} to {printable(target)}.", err=True)
    return _Told(_json({"path": edges}) if shape == "json" else graph_text.path_text(edges))


def _answer(store: GraphStore, options: GraphOptions, shape: str) -> _Told:
    kinds, level, least = (
        options.kinds or DEPENDENCE_KINDS,
        options.level or "file",
        options.confidence or 0.0,
    )
    if options.hubs:
        hubs = store.hubs(_HUBS, options.level or "unit", kinds)
        return _Told(_json({"hubs": hubs}) if shape == "json" else graph_text.hubs_text(hubs))
    if options.dead:
        dead = [one for one in store.dead_code() if one.confidence >= least]
        return _Told(
            _json({"dead": dead}) if shape == "json" else graph_text.dead_text(dead), int(bool(dead))
        )
    if options.layers:
        layers = store.layers(level, kinds, least)
        code = int(bool(layers.violations))
        return _Told(
            _json({"layers": layers.layers, "violations": layers.violations})
            if shape == "json"
            else graph_text.layers_text(layers),
            code,
        )
    cycles = store.cycles(level, kinds, least)
    if not cycles:
        click.echo(f"aifirst: no cycles between {level}s.", err=True)
    text = _json({"cycles": cycles}) if shape == "json" else graph_text.cycles_text(cycles)
    return _Told(text, int(bool(cycles)))


def _draw(store: GraphStore, options: GraphOptions, root: Path, here: Path, start: Path, shape: str) -> _Told:
    is_summary = shape == "text" and options.around is None and options.level is None and not options.kinds
    folder = "" if start == root else start.relative_to(root).as_posix()
    if is_summary:
        counts = store.counts(folder, options.confidence or 0.0)
        return _Told(graph_text.summary_text(counts, store.cycles(), store.hubs(_FIRST_HUBS, "file")))
    view = _view(store, options, root, here)
    if folder:
        view = _below(view, folder)
    view = _chosen(view, options)
    if shape == "text":
        return _Told(graph_text.view_text(view))
    if shape in FORMATS:
        return _Told(load_format(shape)(view.graph))
    from aifirst_memory.dependencies.page import page_html

    from aifirst_cli.graph_extras import page_extras

    return _Told(page_html(view.graph, page_extras(root, view.graph)))


def _view(store: GraphStore, options: GraphOptions, root: Path, here: Path) -> View:
    if options.around is None:
        return store.whole(options.level or "unit")
    around = find_targets(store, root, here, (options.around,))
    return store.subgraph(around, options.depth, options.kinds or None, options.level or "unit")


def _below(view: View, path: str) -> View:
    """What lies in a folder or file, and the edges inside it."""
    nodes = tuple(n for n in view.graph.nodes if n.path == path or n.path.startswith(f"{path}/"))
    ids = {node.id for node in nodes}
    pairs = [
        (edge, count)
        for edge, count in zip(view.graph.edges, view.counts, strict=True)
        if edge.source in ids and edge.target in ids
    ]
    return View(
        Graph(nodes, tuple(edge for edge, _ in pairs)), tuple(count for _, count in pairs), view.level
    )


def _chosen(view: View, options: GraphOptions) -> View:
    """The edges of the kinds and confidence asked for; nodes stay."""
    kinds, least = set(options.kinds or EDGE_KINDS), options.confidence or 0.0
    pairs = [
        (edge, count)
        for edge, count in zip(view.graph.edges, view.counts, strict=True)
        if edge.kind in kinds and edge.confidence >= least
    ]
    edges, counts = tuple(edge for edge, _ in pairs), tuple(count for _, count in pairs)
    return View(Graph(view.graph.nodes, edges), counts, view.level)


def _json(value: dict[str, object]) -> str:
    whole = {"version": 1, **value}
    return escaped_json(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()) + "\n"
