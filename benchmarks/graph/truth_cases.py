"""The hand-written cases of the dependency graph: small projects, and all edges that they have.

A case is a text file, `truth/<language>/<name>.case`:

    # One line: what it is about.
    === app/main.py
    ...the file's content...
    === edges
    app/main.py -> app/util.py  imports
    ? app/main.py::run -> app/util.py::Base.go  calls

Every edge that a resolver finds and that is not listed is wrong, every listed one that it does not find is
missing; one that begins with `?` is neither. `calls|uses` stands where the rules leave open which of the two it is:
either is the edge. What a unit calls it may also use. Blank lines and lines that begin with `#` say nothing there.
Left out: running anything (`micro.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.model import PACKAGE, STATIC_KINDS, EdgeKind, path_of, unit_node

TRUTH: Final = Path(__file__).parents[2] / "tests" / "dependencies" / "truth"
LANGUAGES: Final = ("python", "typescript", "go", "java")
"""Folders of `TRUTH`; JavaScript stands with TypeScript."""
AMENDED: Final = "amended.tsv"
"""In `TRUTH`: a line for every truth that was changed after a resolver had run on it, with the reason."""
_EDGE = re.compile(r"(\? )?(.+?) -> (.+?)  +(\w+)(?:\|(\w+))?")


class CaseError(ValueError):
    """A case file that does not keep the format; says where and what to write instead."""


class TruthEdge(NamedTuple):
    """An edge without place and confidence."""

    source: str
    target: str
    kind: EdgeKind

    def __str__(self) -> str:
        """As a case file has it."""
        return f"{self.source} -> {self.target}  {self.kind}"


class Case(NamedTuple):
    """A small project: what it is about, its files by path, the edges it has and those it may have.

    `instead` has, for an edge that may stand for a required one of another kind, the required one.
    """

    language: str
    name: str
    about: str
    files: dict[str, bytes]
    required: frozenset[TruthEdge]
    optional: frozenset[TruthEdge]
    instead: Mapping[TruthEdge, TruthEdge]


def read_cases(language: str, folder: Path = TRUTH) -> list[Case]:
    """The cases of a language, by name. Raises `CaseError` for the first that does not keep the format."""
    return [
        parse_case(path.read_text("utf-8"), language, path.stem)
        for path in sorted((folder / language).glob("*.case"))
    ]


def parse_case(text: str, language: str, name: str) -> Case:
    """A case from its text. Raises `CaseError` with the line where the format is not kept."""
    lines = text.splitlines(keepends=True)
    if not lines or not lines[0].startswith("# ") or not lines[0][2:].strip():
        raise _wrong(name, 1, "begin with a line `# what the case is about`")
    files: dict[str, bytes] = {}
    for path, start, body in _sections(lines, name):
        if path == "edges":
            return Case(language, name, lines[0][2:].strip(), files, *_read_edges(body, start, files, name))
        if path in files or path.startswith("/") or "\\" in path:
            raise _wrong(name, start, f"`{path}`: give each file once, by its path from the root")
        files[path] = "".join(body).encode()
    raise _wrong(name, len(lines), "end with a section `=== edges`")


def unknown_ids(case: Case) -> list[str]:
    """The ids in a case's edges that are neither a file, nor one of its units, nor an outside package."""
    known = set[str]()
    for path, content in case.files.items():
        known.update(_nodes_of(path, content))
    every = sorted(case.required | case.optional)
    sources = {edge.source for edge in every} - known
    targets = {edge.target for edge in every if not edge.target.startswith(PACKAGE)} - known
    return sorted(sources | targets)


def _nodes_of(path: str, content: bytes) -> Iterator[str]:
    """The ids of a file and its units."""
    yield path
    source = decode_source(path, content)
    language = language_of(path, source.data)
    if language is not None:
        reading = read(source, language, get_counter("o200k_base"))
        yield from (unit_node(path, unit.name) for unit in reading.units)


def _sections(lines: list[str], name: str) -> Iterator[tuple[str, int, list[str]]]:
    """Title, number of the first line and lines of each section, in order."""
    starts = [at for at, line in enumerate(lines) if line.startswith("=== ")]
    if not starts or any(line.strip() for line in lines[1 : starts[0]]):
        raise _wrong(name, 2, "let a section `=== path` follow the first line")
    for at, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[at][4:].strip(), at + 2, lines[at + 1 : end]


def _read_edges(
    body: list[str], start: int, files: dict[str, bytes], name: str
) -> tuple[frozenset[TruthEdge], frozenset[TruthEdge], dict[TruthEdge, TruthEdge]]:
    """The required and the optional edges, and what may stand for a required one."""
    seen: dict[TruthEdge, bool] = {}
    instead: dict[TruthEdge, TruthEdge] = {}
    for number, line in enumerate(body, start):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            edge, optional, other = _edge_of(line.rstrip(), files)
            if edge in seen:
                raise ValueError("list an edge once")
        except ValueError as error:
            raise _wrong(name, number, str(error)) from None
        seen[edge] = optional
        if other:
            instead[TruthEdge(edge.source, edge.target, other)] = edge
    required = frozenset(edge for edge, optional in seen.items() if not optional)
    beside = {TruthEdge(edge.source, edge.target, "uses") for edge in seen if edge.kind == "calls"}
    return required, (frozenset(seen) | (beside - instead.keys())) - required, instead


def _edge_of(line: str, files: Mapping[str, bytes]) -> tuple[TruthEdge, bool, EdgeKind | None]:
    """The edge of a line, whether it is optional, and the other kind it may have. Raises `ValueError`."""
    match = _EDGE.fullmatch(line)
    if match is None:
        raise ValueError("write `[? ]source -> target  kind`")
    optional, source, target, kind, other = match.groups()
    if source == target:
        raise ValueError("list no edge from a node to itself")
    if path_of(source) not in files or (path_of(target) or path_of(source)) not in files:
        raise ValueError("an edge begins and ends in the case's files, or ends in `package:…`")
    return TruthEdge(source, target, _static(kind)), bool(optional), _static(other) if other else None


def _static(kind: str) -> EdgeKind:
    for one in STATIC_KINDS:
        if one == kind:
            return one
    raise ValueError(f"`{kind}`: one of {', '.join(STATIC_KINDS)}")


def _wrong(name: str, line: int, advice: str) -> CaseError:
    return CaseError(f"{name}.case, line {line}: {advice}")
