"""Takes the graph facts out of a reading, in the walk that made it or in one of their own.

The queries are the language folder's `imports.scm`, `calls.scm`, `heritage.scm` and `bindings.scm`; what they
capture is said there. The receiver of a call is what stands between the call's start and the name called,
so no language needs a capture for it. Left out: what any of the names mean.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache

import tree_sitter
from aifirst_codebase.languages.language import Language
from aifirst_codebase.reading import Match, Reading, find_matches

from aifirst_memory.graph.common_names import BUILT_IN
from aifirst_memory.graph.manifest import manifest_settings
from aifirst_memory.graph.mentions import find_mentions
from aifirst_memory.graph.part import (
    BOUND,
    CALL,
    DECORATE,
    INHERIT,
    MADE,
    RAISE,
    SAME,
    TYPED,
    Binding,
    GraphPart,
    Import,
    Reference,
)

_QUERIES = ("imports", "calls", "heritage", "bindings")
_LONGEST_PATH = 200
"""Bytes of a receiver and a name; of what is longer only the name is kept."""
_ARGUMENTS = re.compile(r"\([^()]*\)")
_GENERICS = re.compile(r"<[^<>()]*>")
_JOINTS = re.compile(r"\s*(?:\?\.|!\.|!!\.|->|::|\\|\.)\s*")
_AHEAD = re.compile(r"^(?:new\s+|await\s+|[<&*@!$\s]+)+")
_PATH = re.compile(r"\.?[^\W\d][\w$]*(?:\(\))?(?:\.[^\W\d][\w$]*(?:\(\))?)*")
_BUILT_IN_BYTES = frozenset(name.encode() for name in BUILT_IN)
_QUOTES = "\"'`<> \t\r\n"
_REFERENCES = (("base", INHERIT), ("decorator", DECORATE), ("raised", RAISE))

_VALUES = (("maker", MADE), ("type", TYPED), ("same", SAME))


@cache
def graph_queries(language: Language) -> tuple[str, ...]:
    """The query files that `extract_graph` wants the matches of, for `read` to find them on its way."""
    if language.kind in ("prose", "data") or not any(map(language.has_query, _QUERIES)):
        return ()
    return _QUERIES


def extract_graph(reading: Reading) -> GraphPart:
    """The graph facts of a file. Never raises on broken text."""
    if reading.language.kind == "prose":
        return GraphPart(references=find_mentions(reading))
    if reading.language.kind == "data":
        return GraphPart(settings=manifest_settings(reading))
    queries = graph_queries(reading.language)
    if not queries:
        return GraphPart()
    matches = reading.matches
    if matches is None:
        matches = find_matches(reading.language, reading.tree, queries)
    return _Extraction(reading).run(matches)


class _Extraction:
    """The facts of one file while its matches are gone through."""

    def __init__(self, reading: Reading) -> None:
        self._data = reading.data
        self._starts, self._owners = reading.owners
        self._python = reading.language.name == "python"
        self._names = [unit.name for unit in reading.units]
        self._kinds = [unit.kind for unit in reading.units]
        self._package = ""
        self._imports: dict[tuple[str, str, str, int], int] = {}
        self._calls: dict[tuple[int, bytes], list[int]] = {}
        self._others: dict[tuple[int, int, str], list[int]] = {}
        self._bound: list[tuple[int, bytes]] = []
        self._valued: dict[tuple[int, bytes], tuple[int, str]] = {}

    def run(self, matches: list[Match]) -> GraphPart:
        data, calls, starts, owners = self._data, self._calls, self._starts, self._owners
        places = self._bound
        for nodes in matches:
            if "callee" in nodes:
                callee = nodes["callee"][0]
                start = nodes["call"][0].start_byte
                end = callee.end_byte
                if end - start > _LONGEST_PATH:
                    start = callee.start_byte - 1
                key = (owners[bisect_right(starts, start) - 1], data[start:end])
                if key in calls:
                    calls[key][1] += 1
                else:
                    calls[key] = [callee.start_point.row + 1, 1]
            elif "bound" in nodes:
                bound = nodes["bound"][0]
                start = bound.start_byte
                places.append((start, data[start : bound.end_byte]))
                if len(nodes) > 1:
                    self._give_value(places[-1], nodes)
            elif "field" in nodes:
                field = nodes["field"][0]
                places.append((field.start_byte, b"." + data[field.start_byte : field.end_byte]))
                self._give_value(places[-1], nodes)
            elif "import" in nodes or "module" in nodes:
                self._import(nodes)
            elif "package" in nodes:
                self._package = self._package or self._text(nodes["package"][0])
            else:
                self._refer(nodes)
        return GraphPart(self._package, self._taken(), self._references(), self._bindings())

    def _unit(self, byte: int) -> int:
        return self._owners[bisect_right(self._starts, byte) - 1]

    def _text(self, node: tree_sitter.Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _path(self, node: tree_sitter.Node) -> str:
        return _path_of(self._data[node.start_byte : node.end_byte])

    def _import(self, nodes: Match) -> None:
        module, name, alias = (
            self._text(nodes[part][0]).strip(_QUOTES) if part in nodes else ""
            for part in ("module", "name", "alias")
        )
        if not module and not name:
            return
        node = (nodes.get("module") or nodes["name"])[0]
        key = (module, name, alias, self._unit(node.start_byte))
        self._imports.setdefault(key, node.start_point.row + 1)

    def _taken(self) -> tuple[Import, ...]:
        """The imports; one of the module alone only where the statement takes nothing by name."""
        named = {
            (module, unit, line)
            for (module, name, alias, unit), line in self._imports.items()
            if name or alias
        }
        return tuple(
            Import(module, name, alias, unit, line)
            for (module, name, alias, unit), line in self._imports.items()
            if name or alias or (module, unit, line) not in named
        )

    def _refer(self, nodes: Match) -> None:
        for capture, kind in _REFERENCES:
            for node in nodes.get(capture, ()):
                path = self._path(node)
                key = (self._unit(node.start_byte), kind, path)
                if key in self._others:
                    self._others[key][1] += 1
                else:
                    self._others[key] = [node.start_point.row + 1, 1]

    def _give_value(self, place: tuple[int, bytes], nodes: Match) -> None:
        for capture, how in _VALUES:
            if capture in nodes:
                self._valued[place] = (how, self._path(nodes[capture][0]))

    def _references(self) -> tuple[Reference, ...]:
        found: dict[tuple[int, int, str], list[int]] = self._others
        # What decorates or is raised is called there, too.
        told = {(unit, path) for unit, kind, path in found if kind != INHERIT}
        for (unit, raw), (line, count) in self._calls.items():
            path = _path_of(raw)
            if told and (unit, path) in told:
                continue
            place = found.setdefault((unit, CALL, path), [line, 0])
            place[1] += count
        # Stars in imports are not asked: what they bring hardly ever replaces a built-in name.
        silent = BUILT_IN - self._own_names() if self._python else frozenset[str]()
        return tuple(
            [
                Reference(unit, kind, path, line, count)
                for (unit, kind, path), (line, count) in found.items()
                if path and (path not in silent or kind == INHERIT)
            ]
        )

    def _own_names(self) -> set[str]:
        """The names that the file itself defines or imports, and those of built-ins that it binds."""
        names = {name for _, name, alias, _ in self._imports if not alias}
        names.update(alias for _, _, alias, _ in self._imports)
        names.update(unit.rpartition(".")[2] for unit in self._names)
        names.update(name.decode() for name in _BUILT_IN_BYTES.intersection(n for _, n in self._bound))
        return names

    def _heads(self) -> set[bytes]:
        """The names that the file's references begin with."""
        heads = {raw.partition(b".")[0] for _, raw in self._calls}
        heads |= {path.partition(".")[0].encode() for _, _, path in self._others}
        heads |= {value.partition(".")[0].encode() for _, value in self._valued.values()}
        return heads

    def _bindings(self) -> tuple[Binding, ...]:
        """What is bound to names that the file's references begin with, and what others may see with its value."""
        heads = self._heads()
        values: dict[tuple[int, bytes], set[tuple[int, str]]] = {}
        valued = self._valued
        for place in dict.fromkeys(self._bound):
            start, name = place
            value = valued.get(place)
            is_asked = name in heads and not name.startswith(b".")
            if value is None and not is_asked:
                continue
            # What a module exports as its default is the module's, wherever the word stands.
            unit = 0 if name == b"default" else self._unit(start)
            visible = value is not None and (name.startswith(b".") or self._kinds[unit] != "function")
            if visible or is_asked:
                known = values.setdefault((unit, name), set())
                if value is not None and value[1]:
                    known.add(value)
        return tuple(
            Binding(unit, name.decode("utf-8", "replace"), *(known.pop() if len(known) == 1 else (BOUND, "")))
            for (unit, name), known in values.items()
        )


@lru_cache(16_384)
def _path_of(raw: bytes) -> str:
    """`as_path` of bytes; most of what is called is called in many files."""
    return as_path(raw.decode("utf-8", "replace"))


def as_path(text: str) -> str:
    """The dotted path that a piece of code spells, `.name` where only its last name is plain, empty where none is."""
    if text.replace(".", "").isidentifier() and text[0] != "." != text[-1]:
        return text
    text = _AHEAD.sub("", text)
    if text.startswith("#"):
        text = text[1:]
    while "(" in text:
        shorter = _ARGUMENTS.sub("\0", text)
        if shorter == text:
            break
        text = shorter
    text = _GENERICS.sub("", text.replace("\0", "()"))
    path = _JOINTS.sub(".", text.replace("$", "").strip())
    if path.startswith("."):
        path = path[1:] if path[1:].isidentifier() and not text.startswith(".") else path
    if _PATH.fullmatch(path):
        return path
    last = path.rpartition(".")[2]
    return "." + last if last.isidentifier() else ""
