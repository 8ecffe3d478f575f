"""Tokens of the resolutions `low` and `medium`, and how much of the dependency graph the lines of `low` keep.

    python benchmarks/compiler/aiccl_low.py [--corpus NAME=FOLDER ...] [--graph NAME=PROJECT ...] [--output FILE]

Tokens: as `aiccl_resolutions.py`, the standard library always. Ids are read back and have to be those of all units. Speed
is CPU time of one process, reading included. The graph: a project is copied and its graph built; an edge from a unit
is kept where the unit's own line holds the name of the edge's target as a word, for `__init__` or that of its class.
Edges to what the unit's source does not name are counted apart, by what leads there: a decorator (told where the line of
what is decorated has it), a protocol such as `__enter__` (told where the line has `with` or `for`), or a value that was
passed in or kept (never told). What the graph does not know is counted against Python's own parser, for other languages
against the grammar's tree: attributes and globals written, errors raised and caught by name, `await`, `yield`, `go` and
`defer`, each name once for each function; and the words of parameters and results.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Set
from pathlib import Path

from aiccl_resolutions import LEFT_OUT, read_folder
from aifirst_codebase.reading import Reading
from aifirst_codebase.units.code_tokens import code_text
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.low import write_low
from aifirst_compiler.aiccl.low.write import tell_low
from aifirst_compiler.aiccl.medium import write_medium
from aifirst_compiler.aiccl.outline import outline_ids
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.update import UpdateRequest, update_memory
from tree_sitter import Node

_ITERATION = ("__iter__", "__next__", "__aiter__", "__anext__")
_WAITING = {
    "await_expression": "await", "yield_expression": "yield", "go_statement": "go", "defer_statement": "defer",
}  # fmt: skip
_WRITING = (
    "assignment_expression", "augmented_assignment_expression", "assignment_statement", "inc_statement", "dec_statement",
    "update_expression",
)  # fmt: skip
_ATTRIBUTES = ("member_expression", "selector_expression", "field_access")
PLAIN = ExactOptions(max_entries=0)
TOKENS = """\
| corpus | files | units | source tokens | low | of it map | low, no map | **low** | medium \
| medium, no map | **medium** | low MB/s | medium MB/s |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""
KEPT = """\
| project | what | there | told | share |
|---|---|---:|---:|---:|"""


def row(name: str, root: Path, left_out: Set[str] = frozenset()) -> str:
    """One line of the table of tokens."""
    started = time.process_time()
    readings = read_folder(root, left_out)
    read_in = time.process_time() - started
    started = time.process_time()
    low = write_low(readings)
    low_in = read_in + time.process_time() - started
    started = time.process_time()
    medium = write_medium(readings)
    medium_in = read_in + time.process_time() - started
    expected = sorted((reading.path, unit.name) for reading in readings for unit in reading.units)
    assert sorted(outline_ids(low.text, block="low")) == expected
    assert sorted(outline_ids(medium.text, block="medium")) == expected
    size = sum(len(reading.data) for reading in readings) / 1e6
    plain = write_low(readings, PLAIN), write_medium(readings, PLAIN)
    return (
        f"| {name} | {len(readings)} | {len(expected):,} | {low.source_tokens:,} | {low.tokens:,} | {low.map_tokens:,} "
        f"| {plain[0].ratio:.1f} | {low.ratio:.1f} | {medium.tokens:,} "
        f"| {plain[1].ratio:.1f} | {medium.ratio:.1f} | {size / low_in:.1f} | {size / medium_in:.1f} |"
    )


def kept_rows(name: str, project: Path) -> list[str]:
    """Lines of the table of edges, one for each kind of edge that leaves units."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        shutil.copytree(project, root, symlinks=True, ignore=shutil.ignore_patterns(".aifirst", ".git"))
        update_memory(UpdateRequest(root))
        update_dependencies(root)
        readings = read_folder(root)
        lines = lines_of_units(readings)
        words = {id: set(re.findall(r"[\w$]+", line)) for id, line in lines.items()}
        source = source_words(readings)
        with SqliteGraph(root) as store:
            graph = store.whole("unit").graph
        names = {node.id: node.name for node in graph.nodes}
        found: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for edge in graph.edges:
            if edge.source in words and edge.target in names and edge.kind in ("calls", "raises"):
                wanted, kind = _wanted(names[edge.target], edge.kind)
                told = not wanted.isdisjoint(words[edge.source])
                if wanted.isdisjoint(source[edge.source]):
                    way, told = _way(edge.source, edge.target, lines, words)
                    kind = f"{edge.kind} through a {way}"
                found[kind] += 1
                kept[kind] += told
        for reading in readings:
            for id, word in words_of_signatures(reading):
                found["words of signatures"] += 1
                kept["words of signatures"] += word in words[id]
            told_by = told_by_python if reading.language.name == "python" else told_by_grammar
            for id, kind, wanted in told_by(reading):
                if (
                    wanted != re.split(r"[.:#]", id)[-1]
                ):  # a function that is written to an attribute is its name
                    found[kind] += 1
                    kept[kind] += wanted in words.get(id, words.get(re.sub(r"#\d+(?=\.)", "", id), ()))
    return [
        f"| {name} | {kind} | {found[kind]:,} | {kept[kind]:,} | {kept[kind] / found[kind]:.1%} |"
        for kind in sorted(found)
    ]


def _wanted(target: str, kind: str) -> tuple[set[str], str]:
    """The words one of which has to be there, and how the edge is counted."""
    *holders, last = re.split(r"[.:/]", target.partition("#")[0])
    wanted = {last, holders[-1]} if last == "__init__" and holders else {last}
    return wanted, f"{kind} of what the unit names"


def _way(source: str, target: str, lines: dict[str, str], words: dict[str, set[str]]) -> tuple[str, bool]:
    """What leads to a unit that the source does not name, and whether the lines tell of that."""
    last = re.split(r"[.:/]", target.partition("#")[0])[-1]
    if last.startswith("__") and last.endswith("__") and last not in ("__init__", "__new__"):
        sign = {"__enter__": "with", "__exit__": "with", "__aenter__": "with", "__aexit__": "with"}.get(
            last, "for"
        )
        return "protocol", sign in words[source] and (sign == "with" or last in _ITERATION)
    for wrapper, decorated in ((source, [target]), (target, None)):
        holder = re.split(r"[.:]", wrapper)[-2] if "." in wrapper.rpartition("::")[2] else ""
        said = re.compile(rf"@[\w.]*\b{re.escape(holder)}\b") if holder else None
        if said is None or not any(map(said.search, lines.values())):
            continue
        units = decorated or [
            id
            for id, line in lines.items()
            if said.search(line) and re.split(r"[.:#]", id)[-1] in words[source]
        ]
        return "decorator", any(said.search(lines.get(id, "")) for id in units)
    return "value", False


def told_by_grammar(reading: Reading) -> set[tuple[str, str, str]]:
    """The same by the tree of the language's grammar, for JavaScript, TypeScript, Go and Java."""
    found: set[tuple[str, str, str]] = set()
    functions = [unit for unit in reading.units if unit.kind == "function"]
    stack = [reading.tree.root_node]
    while stack:
        node = stack.pop()
        stack += node.children
        effects = _grammar_effects(node)
        inside = (
            [unit for unit in functions if unit.code_start <= node.start_byte < unit.code_end]
            if effects
            else []
        )
        if inside:
            unit = min(inside, key=lambda unit: unit.code_end - unit.code_start)
            found |= {(f"{reading.path}::{unit.name}", kind, word) for kind, word in effects}
    return found


def words_of_signatures(reading: Reading) -> set[tuple[str, str]]:
    """Id and each word of the parameters and results of functions, types and defaults too, but not comments."""
    found: set[tuple[str, str]] = set()
    for unit in reading.units:
        node = reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
        while (
            node is not None
            and node.child_by_field_name("parameters") is None
            and node.start_byte >= unit.code_start
        ):
            node = node.parent
        if unit.kind != "function" or node is None or node.start_byte < unit.code_start:
            continue
        for part in map(node.child_by_field_name, ("parameters", "result", "return_type", "type")):
            text = re.sub(
                rb"(?s)/\*.*?\*/|(?:#|//)[^\n]*", b"", (part.text or b"") if part is not None else b""
            )
            found |= {
                (f"{reading.path}::{unit.name}", word.decode()) for word in re.findall(rb"[\w$]+", text)
            }
    return found


def _grammar_effects(node: Node) -> list[tuple[str, str]]:
    """What a node does that outlives the call, and the word for it."""
    if node.type in _WAITING:
        return [(_WAITING[node.type], _WAITING[node.type])]
    if node.type == "throw_statement" and node.named_children:
        made = node.named_children[0]
        error = made.child_by_field_name("constructor") or made.child_by_field_name("type")
        return [("errors raised", _last_word(error))] if error is not None else []
    if node.type == "catch_type":
        return [("errors caught", _last_word(child)) for child in node.named_children]
    return [("attributes written", _last_word(place)) for place in _written_places(node)]


def _written_places(node: Node) -> list[Node]:
    if node.type not in _WRITING:
        return []
    places = node.child_by_field_name("left") or (node.named_children or [None])[0]
    listed = places.named_children if places is not None and places.type == "expression_list" else [places]
    return [place for place in listed if place is not None and place.type in _ATTRIBUTES]


def _last_word(node: Node) -> str:
    words = re.findall(rb"[\w$]+", re.sub(rb"<.*", b"", node.text or b"", flags=re.DOTALL))
    return words[-1].decode() if words else ""


def told_by_python(reading: Reading) -> set[tuple[str, str, str]]:
    """Id of the function, kind and name of what it writes, raises, catches and waits for, by Python's own parser."""
    found: set[tuple[str, str, str]] = set()
    seen: Counter[str] = Counter()
    stack: list[tuple[ast.AST, str, bool]] = [(ast.parse(reading.data), "", False)]
    while stack:
        node, name, inside = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{name}.{node.name}".lstrip(".")
            seen[name] += 1
            name += f"#{seen[name]}" if seen[name] > 1 else ""
            inside = not isinstance(node, ast.ClassDef)
            stack += [(child, name, inside) for child in reversed(node.body)]
            continue
        if inside:
            found |= {(f"{reading.path}::{name}", kind, word) for kind, word in _effects(node)}
        stack += [(child, name, inside) for child in reversed(list(ast.iter_child_nodes(node)))]
    return found


def _effects(node: ast.AST) -> list[tuple[str, str]]:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            return [("attributes written", node.attr)]
        case ast.Global():
            return [("globals written", name) for name in node.names]
        case ast.Raise(exc=ast.Call(func=error)) | ast.Raise(exc=error) if error is not None:
            return [("errors raised", _name(error))] if _name(error) else []
        case ast.ExceptHandler(type=ast.Tuple(elts=errors)):
            return [("errors caught", _name(error)) for error in errors]
        case ast.ExceptHandler(type=error) if error is not None:
            return [("errors caught", _name(error))]
        case ast.Await():
            return [("await", "await")]
        case ast.Yield() | ast.YieldFrom():
            return [("yield", "yield")]
        case _:
            return []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def source_words(readings: list[Reading]) -> dict[str, set[str]]:
    """The words of each unit's own source without comments and documentation, by id."""
    return {
        f"{reading.path}::{unit.name}": set(re.findall(r"[\w$]+", code_text(reading, index).decode()))
        for reading in readings
        for index, unit in enumerate(reading.units)
    }


def lines_of_units(readings: list[Reading]) -> dict[str, str]:
    """Each unit's line, by id."""
    return {
        f"{reading.path}::{unit.name}": text
        for reading in readings
        for unit, text in zip(reading.units, tell_low(reading), strict=True)
    }


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--graph", action="append", default=[], metavar="NAME=PROJECT")
    parser.add_argument("--output", type=Path)
    chosen = parser.parse_args()
    lines = [TOKENS, row("standard library", Path(sysconfig.get_paths()["stdlib"]), LEFT_OUT)]
    for corpus in chosen.corpus:
        name, _, folder = corpus.partition("=")
        lines.append(row(name, Path(folder)))
    lines += ["", KEPT] if chosen.graph else []
    for project in chosen.graph:
        name, _, folder = project.partition("=")
        lines += kept_rows(name, Path(folder))
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
