"""Writes the diagram of a codebase.

A folder is a subgraph, a file a node with a number, whose label is the file's name and behind it its public names.
`1-->2 & 3` says that file 1 uses files 2 and 3: one line a file, because a number is one token and a path is many.
The spaces are Mermaid's: without them `2&3` is a node of that name.
`f1-->f7` says so of folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aifirst_codebase.reading import Reading
from aifirst_codebase.tokens import get_counter

from aifirst_compiler.aiccl.exact.options import AicclDocument
from aifirst_compiler.aiccl.meta.public_names import public_names
from aifirst_compiler.aiccl.notation.document import Mermaid
from aifirst_compiler.aiccl.notation.write import write_part

_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", " ": "#32;", "\n": "#10;"}
"""What a label cannot hold, as Mermaid writes it; a space separates names."""


def write_meta(
    readings: Sequence[Reading],
    uses: Iterable[tuple[str, str]] = (),
    *,
    tokenizer: str = "o200k_base",
    share: float = 1 / 60,
) -> AicclDocument:
    """The diagram of the files that were read. `uses` are pairs of paths, the first of which needs the second.

    Pairs with a path that is not among the files, or with twice the same, are left out. Where the diagram would have
    more than `share` of the source's tokens, it says which folder uses which instead of which file.
    """
    count = get_counter(tokenizer).count
    ordered = sorted(readings, key=lambda reading: _split(reading.path))
    nodes, folders, lines = _node_lines(ordered)
    known = [(path, other) for path, other in uses if path in nodes and other in nodes]
    source_tokens = sum(count(reading.text) for reading in ordered)
    text = _written([*lines, *_use_lines(nodes, known)])
    if count(text) > share * source_tokens:
        holders = {path: folders.get(_split(path)[0], node) for path, node in nodes.items()}
        text = _written([*lines, *_use_lines(holders, known)])
    tokens = count(text)
    return AicclDocument(text, 0, tokens, tokens, source_tokens, len(ordered), 0)


def _written(lines: Iterable[str]) -> str:
    return write_part(Mermaid("".join(f"{line}\n" for line in lines)))


def _node_lines(ordered: Sequence[Reading]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """The node of every file and folder by its path, and the lines that draw them."""
    lines = ["graph LR"]
    nodes: dict[str, str] = {}
    folders: dict[str, str] = {}
    for number, reading in enumerate(ordered, 1):
        folder, name = _split(reading.path)
        if folder and folder not in folders:
            lines.extend(["end"] if folders else [])
            lines.append(f'subgraph f{number}["{_label(folder)}"]')
            folders[folder] = f"f{number}"
        nodes[reading.path] = str(number)
        words = " ".join(map(_label, (name, *public_names(reading))))
        lines.append(f'{number}["{words}"]')
    return nodes, folders, [*lines, "end"] if folders else lines


def _use_lines(nodes: dict[str, str], uses: Iterable[tuple[str, str]]) -> list[str]:
    """A line for every node that uses another, both in the order in which they were drawn."""
    order = {node: place for place, node in enumerate(dict.fromkeys(nodes.values()))}
    used: dict[str, set[str]] = {}
    for path, other in uses:
        if nodes[path] != nodes[other]:
            used.setdefault(nodes[path], set()).add(nodes[other])
    return [
        f"{node}-->{' & '.join(sorted(used[node], key=order.__getitem__))}"
        for node in sorted(used, key=order.__getitem__)
    ]


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _label(text: str) -> str:
    return "".join(_ENTITIES.get(sign, sign) for sign in text)
