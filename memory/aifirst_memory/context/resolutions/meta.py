"""`meta`: one Mermaid graph of the files that matter, with their public names, and how they depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, cast

from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.request import ContextAnswer, ContextItem, ContextRequest
from aifirst_memory.context.sources import ContextSources
from aifirst_memory.graph.edges import KINDS

_MOST_NAMES: Final = 12
_LEAVE_OUT: Final = "documents"


def fill_meta(
    sources: ContextSources, request: ContextRequest, candidates: Sequence[Candidate], count: Callable[[str], int]
) -> ContextAnswer:  # fmt: skip
    """As many files, best first, as the budget holds; the more important half of it is the names."""
    budget = request.tokens
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.file.path, candidate)
    files = list(best.values())
    edges = _edges(sources, [one.file.path for one in files])
    low, high = 0, len(files)
    while low < high:
        middle = (low + high + 1) // 2
        if count(_written(files[:middle], edges, request.format)) <= budget:
            low = middle
        else:
            high = middle - 1
    while low and count(_written(files[:low], edges, request.format)) > budget:
        low -= 1  # a longer text may count less where tokens join
    text = _written(files[:low], edges, request.format)
    notices = (
        () if low or not files else (f"not one file fits a budget of {budget:,} tokens. Give a larger one.",)
    )
    items = tuple(_item(one, count) for one in files[:low])
    if request.format == "json":
        while sum(item.tokens for item in items) > budget:
            items = items[:-1]
        return ContextAnswer(request.query, items, sum(item.tokens for item in items), budget, "", notices)
    return ContextAnswer(request.query, items, count(text) if text else 0, budget, text, notices)


def _item(one: Candidate, count: Callable[[str], int]) -> ContextItem:
    text = _node(one.file, one.file.path)
    return ContextItem(
        one.file.path,
        "",
        1,
        one.file.lines.line_count,
        "meta",
        count(text),
        one.reasons,
        text,
        one.score,
        one.step,
    )


def _written(files: Sequence[Candidate], edges: Sequence[tuple[str, str, str]], shape: str) -> str:
    """The graph; fenced for Markdown, in one document for XML."""
    if not files:
        return ""
    names = {one.file.path: f"f{number}" for number, one in enumerate(files, 1)}
    nodes = [_node(one.file, names[one.file.path]) for one in files]
    links = [
        f"    {names[source]} -->|{kind}| {names[target]}\n"
        for source, kind, target in edges
        if source in names and target in names
    ]
    graph = "graph LR\n" + "".join((*nodes, *links))
    if shape == "markdown":
        return f"```mermaid\n{graph}```\n"
    if shape == "xml":
        inner = graph.replace("]]>", "]] >")
        return f'<documents>\n<document index="1" resolution="meta"><![CDATA[\n{inner}]]></document>\n</documents>\n'
    return graph


def _node(file: FileText, name: str) -> str:
    """A file with what it offers at its top level."""
    offered = [file.units[index].name for index in file.children.get(0, ())]
    public = [one for one in offered if not one.startswith("_")]
    listed = ", ".join(public[:_MOST_NAMES]) + (
        f" +{len(public) - _MOST_NAMES}" if len(public) > _MOST_NAMES else ""
    )
    label = f"{file.path}<br/>{listed}" if listed else file.path
    return f'    {name}["{_label(label)}"]\n'


def _label(text: str) -> str:
    return "".join(" " if ord(character) < 32 else character for character in text).replace('"', "#quot;")


def _edges(sources: ContextSources, paths: Sequence[str]) -> list[tuple[str, str, str]]:
    """How the files depend on each other: each pair once, by the kind that is most frequent between them."""
    connection = sources.connection
    spans: list[tuple[int, int, str]] = []
    for path in paths:
        row: tuple[int, int] | None = connection.execute(
            "SELECT first_unit, units FROM file WHERE path = ?", (path,)
        ).fetchone()
        if row:
            spans.append((row[0], row[0] + row[1] - 1, path))
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for first, last, path in spans:
        rows = connection.execute(
            "SELECT target, kind, count FROM graph_edge WHERE source BETWEEN ? AND ? AND target > 0",
            (first, last),
        )
        for target, kind, often in cast("list[tuple[int, int, int]]", rows.fetchall()):
            other = next((p for begin, end, p in spans if begin <= target <= end), path)
            if other != path and KINDS[kind] != _LEAVE_OUT:
                kinds = counts.setdefault((path, other), {})
                kinds[KINDS[kind]] = kinds.get(KINDS[kind], 0) + often
    return sorted(
        (source, min((-often, kind) for kind, often in kinds.items())[1], target)
        for (source, target), kinds in counts.items()
    )
