"""How right imports and direct calls are on a real TypeScript project, by what its own compiler resolves.

    npm install --prefix SCRATCH typescript@5.6.3
    python -m benchmarks.graph.compare_typescript ROOT --typescript SCRATCH/node_modules/typescript \\
        [--config tsconfig.json] [--paths '^packages/[^/]+/src/'] [--verbose] [--out]

ROOT is a checkout; its dependencies need not be installed. The compiler lists imports between the project's files and,
for each call, construction, JSX element and accessor, what it resolves to (`typescript_oracle/list_edges.js`); both
ends are mapped to units by their place. Only what is a unit with a body of the project counts. Direct calls are our
edges of a confidence of 0.95 and more: by name, import, declared type or inheritance. The row below adds calls of what
was constructed or assigned (0.9), where the compiler names no function for `const f = a ? g : h; f()`. What follows
values further (what a callback is given, which override may run) counts for recall alone.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.discovery import discover
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.languages import language_of
from aifirst_codebase.open_project import discovery_settings, load_settings
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.model import Graph, unit_node
from aifirst_memory.dependencies.project import is_wanted, resolve_project

LIST_EDGES: Final = Path(__file__).parent / "typescript_oracle" / "list_edges.js"
RESULTS: Final = Path(__file__).parents[1] / "results" / "graph_typescript.md"
DIRECT: Final = 0.95
ASSIGNED: Final = 0.9
PRECISION_BAR: Final = 0.97
RECALL_BAR: Final = 0.90
_LANGUAGES: Final = frozenset(("typescript", "tsx", "javascript"))

Pair = tuple[str, str]


class Score(NamedTuple):
    """Ours against the compiler's for one kind of edge. `surely` are those of ours that count for precision."""

    kind: str
    theirs: frozenset[Pair]
    ours: frozenset[Pair]
    surely: frozenset[Pair]

    @property
    def precision(self) -> float:
        """The share of our sure ones that the compiler has too."""
        return len(self.surely & self.theirs) / len(self.surely) if self.surely else 1.0

    @property
    def recall(self) -> float:
        """The share of the compiler's that we have."""
        return len(self.ours & self.theirs) / len(self.theirs) if self.theirs else 1.0

    @property
    def reached(self) -> bool:
        """Whether it reaches both bars."""
        return self.precision >= PRECISION_BAR and self.recall >= RECALL_BAR


def compare(root: Path, typescript: Path, config: str, paths: str) -> list[Score]:
    """The scores of imports and of calls."""
    found = discover(root, (), discovery_settings(load_settings(root)), wanted=is_wanted)
    read_sources = (read_source(root, file) for file in found.files)
    sources = {source.path: source for source in read_sources if isinstance(source, SourceFile)}
    graph = resolve_project({path: source.data for path, source in sources.items()})
    readings = {
        path: reading for path, source in sources.items() if (reading := _reading(source)) is not None
    }
    inside = sorted(path for path in readings if re.search(paths, path))
    listed = _list_edges(root, typescript, config, inside)
    imports = frozenset((edge["from"], edge["to"]) for edge in listed if edge["k"] == "i")
    pairs = (_call(edge, readings) for edge in listed if edge["k"] == "c")
    calls = frozenset(pair for pair in pairs if pair is not None)
    return [
        _score("imports", "imports", imports, graph, inside, DIRECT),
        _score("direct calls", "calls", calls, graph, inside, DIRECT),
        _score("and of what is assigned", "calls", calls, graph, inside, ASSIGNED),
    ]


def _reading(source: SourceFile) -> Reading | None:
    language = language_of(source.path, source.data)
    if language is None or language.name not in _LANGUAGES:
        return None
    return read(source, language, get_counter("o200k_base"))


def _list_edges(root: Path, typescript: Path, config: str, paths: Iterable[str]) -> list[dict[str, str]]:
    command = ["node", "--max-old-space-size=4096", str(LIST_EDGES), str(typescript), str(root)]
    command += [str(root / config)] if config else []
    listed = subprocess.run(
        command, input="\n".join(paths), capture_output=True, text=True, check=True, timeout=280
    )
    return [json.loads(line) for line in listed.stdout.splitlines() if line]


def _call(edge: dict[str, str], readings: dict[str, Reading]) -> Pair | None:
    caller, called = readings[edge["from"]], readings[edge["to"]]
    name = _byte(called, int(edge["name"]))
    unit = next((unit for unit in called.units[1:] if unit.name_start == name), None)
    if unit is None:
        return None
    around = caller.units[caller.unit_at(_byte(caller, int(edge["at"])))]
    source, target = unit_node(caller.path, around.name), unit_node(called.path, unit.name)
    return (source, target) if source != target else None


def _byte(reading: Reading, offset: int) -> int:
    """The byte at an offset in UTF-16 code units."""
    text = reading.text
    if text.isascii():
        return offset
    return len(text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le").encode())


def _score(
    title: str, kind: str, theirs: frozenset[Pair], graph: Graph, inside: list[str], least: float
) -> Score:
    paths = frozenset(inside)
    edges = [edge for edge in graph.edges if edge.kind == kind and edge.source.partition("::")[0] in paths]
    if kind == "imports":
        edges = [edge for edge in edges if edge.target in paths and edge.source in paths]
    ours = frozenset((edge.source, edge.target) for edge in edges)
    surely = frozenset((edge.source, edge.target) for edge in edges if edge.confidence >= least)
    return Score(
        title, theirs, ours, frozenset(pair for pair in surely if pair[1].partition("::")[0] in paths)
    )


def table(scores: Iterable[Score]) -> str:
    """The scores as a table."""
    rows = [
        f"| {s.kind} | {len(s.theirs)} | {len(s.ours & s.theirs)} | {len(s.surely)} "
        f"| {s.precision:.4f} | {s.recall:.4f} |"
        for s in scores
    ]
    head = "| | the compiler's | found of them | ours that count | precision | recall |\n|---|---:|---:|---:|---:|---:|\n"
    return head + "\n".join(rows) + "\n"


def main() -> int:
    """Compare a project; 1 where a bar is not reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("root", type=Path)
    parser.add_argument("--typescript", type=Path, required=True)
    parser.add_argument("--config", default="")
    parser.add_argument("--paths", default="")
    parser.add_argument("--name", default="")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--out", action="store_true")
    given = parser.parse_args()
    scores = compare(given.root.resolve(), given.typescript.resolve(), given.config, given.paths)
    print(table(scores), end="")
    for score in scores if given.verbose else ():
        for mark, pairs in (("-", score.theirs - score.ours), ("+", score.surely - score.theirs)):
            for source, target in sorted(pairs):
                print(f"{mark} {score.kind} {source} -> {target}")
    if given.out:
        _write(given.name or given.root.name, scores)
    return 0 if all(score.reached for score in scores[:2]) else 1


def _write(name: str, scores: list[Score]) -> None:
    what, _, rest = (__doc__ or "").partition("\n\n")
    commands, _, how = rest.partition("\n\n")
    head = f"# Dependency graph: TypeScript against its compiler\n\n{what}\n\n{commands}\n\n{how.rstrip()}\n"
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else head
    kept = before.partition(f"\n## {name}\n")[0].rstrip("\n")
    RESULTS.write_text(f"{kept}\n\n## {name}\n\n{table(scores)}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
