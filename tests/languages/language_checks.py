"""What the tests of every language share: read a source text, and say what is expected of it in short lines.

Every check also holds the laws that no language may break: units tile the file, and taking the glue out
leaves every other token of the syntax tree as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import pairwise

import tree_sitter
from aifirst_codebase.languages import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units import Unit

_WHOLE = frozenset({"import", "call"})


def read_text(language: str, source: str | bytes, *, doctests: bool = False) -> Reading:
    """The reading of a source text, its laws checked."""
    raw = source if isinstance(source, bytes) else source.encode()
    found = language_named(language)
    reading = read(decode_source("source", raw), found, get_counter(), doctests=doctests)
    check_laws(reading)
    return reading


def check_units(language: str, source: str | bytes, expected: str) -> None:
    """Compare the units but the module's own with lines `first-last kind name`, lines counted from 1.

    The first line is where the unit starts, comments above it included; the last is where its code ends.
    """
    reading = read_text(language, source)
    found = [f"{_lines_of(reading, unit)} {unit.kind} {unit.name}" for unit in reading.units[1:]]
    assert found == _lines(expected)


def check_glue(language: str, source: str | bytes, expected: list[str], *, doctests: bool = False) -> None:
    """Compare the glue spans' texts, white space around them left out, in file order."""
    reading = read_text(language, source, doctests=doctests)
    assert [reading.data[s.start : s.end].decode().strip() for s in reading.glue] == expected


def check_kept(language: str, source: str | bytes, expected: str, *, doctests: bool = False) -> None:
    """Compare what is kept out of the glue with lines `reason first line of the comment`."""
    reading = read_text(language, source, doctests=doctests)
    found = [
        f"{c.kept} {reading.data[c.start : c.end].decode().splitlines()[0]}"
        for c in reading.comments
        if c.kept
    ]
    assert found == _lines(expected)


def check_complexity(language: str, source: str | bytes, expected: str) -> None:
    """Compare with lines `cyclomatic nesting name`; the module's own code is left out where it is `1 0`."""
    reading = read_text(language, source)
    found = [f"{u.cyclomatic} {u.nesting} {u.name}".rstrip() for u in reading.units]
    if found[0] == "1 0":
        found.pop(0)
    assert found == _lines(expected)


def check_query(language: str, source: str | bytes, query: str, expected: str) -> None:
    """Compare the matches of a query file with lines `capture=text …`, captures by name, matches in file order.

    Captures of the whole statement (`@import`, `@call`) and those with an underscore are left out.
    """
    reading = read_text(language, source)
    found: list[tuple[int, str]] = []
    for _, match in tree_sitter.QueryCursor(reading.language.query(query)).matches(reading.tree.root_node):
        start = min(node.start_byte for nodes in match.values() for node in nodes)
        texts = {
            name: [reading.data[n.start_byte : n.end_byte].decode() for n in match[name]] for name in match
        }
        shown = [
            f"{name}={' '.join(texts[name])}"
            for name in sorted(texts)
            if name not in _WHOLE and name[0] != "_"
        ]
        found.append((start, " ".join(shown)))
    assert [text for _, text in sorted(found)] == _lines(expected)


def check_laws(reading: Reading, *, leaves: bool = True) -> None:
    """What holds of every reading, whatever the text."""
    data, units = reading.data, reading.units
    spans = sorted(span for unit in units for span in unit.spans)
    assert b"".join(data[start:end] for start, end in spans) == data
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
    assert all(start < end for start, end in spans)
    assert len({unit.name for unit in units}) == len(units)
    assert reading.tokens == get_counter().count(reading.text)
    _check_counts(reading)
    _check_nesting(reading)
    _check_glue_spans(reading)
    if leaves and not reading.broken:
        after = reading.language.parse(without_glue(reading))
        assert after is not None
        gone = {c.start for c in reading.comments if c.kind == "docstring" and not c.kept}
        fillers = {"pass", ";"} if reading.language.data.string_docs else set[str]()
        left = list(code_leaves(after.root_node, set(), fillers))
        assert left == list(code_leaves(reading.tree.root_node, gone, fillers))


def _check_glue_spans(reading: Reading) -> None:
    glue = [(span.start, span.end) for span in reading.glue]
    assert all(start < end for start, end in glue)
    assert all(before[1] <= after[0] for before, after in pairwise(glue))
    assert reading.glue_tokens <= reading.tokens


def _check_counts(reading: Reading) -> None:
    """Counts of units are those of their spans, and glue's those of its spans, each on its own."""
    data, count = reading.data, get_counter().count
    glue = [0] * len(reading.units)
    for span in reading.glue:
        glue[span.unit] += count(data[span.start : span.end].decode())
    assert [unit.glue_tokens for unit in reading.units] == glue
    for unit in reading.units:
        assert unit.tokens == sum(count(data[start:end].decode()) for start, end in unit.spans)


def _check_nesting(reading: Reading) -> None:
    for index, unit in enumerate(reading.units):
        assert unit.start <= unit.code_start <= unit.code_end <= unit.end
        assert all(unit.start <= start and end <= unit.end for start, end in unit.spans)
        if index:
            parent = reading.units[unit.parent]
            assert unit.parent < index
            assert parent.start <= unit.start
            assert unit.end <= parent.end


def without_glue(reading: Reading) -> bytes:
    """The text with its glue taken out the way the compiler does it.

    A space or a newline stays where text would run together, `pass` where nothing of a body would stay.
    """
    data = reading.data
    pieces: list[bytes] = []
    at = 0
    for span in reading.glue:
        pieces.append(data[at : span.start])
        removed, following = data[span.start : span.end], data[span.end : span.end + 1]
        if _is_whole_body(reading, span.start, span.end):
            pieces.append(removed[: len(removed) - len(removed.lstrip(b" \t\f"))] + b"pass\n")
        elif not removed.endswith((b"\n", b"\r")) and following not in {b"\n", b"\r", b""}:
            pieces.append(b"\n" if b"\n" in removed and data[span.start - 1 : span.start] != b"\n" else b" ")
        at = span.end
    return b"".join([*pieces, data[at:]])


def _is_whole_body(reading: Reading, start: int, end: int) -> bool:
    """Whether a docstring in [start, end) is all there is in its function or class."""
    for comment in reading.comments:
        if comment.kind == "docstring" and start <= comment.start < end:
            node = reading.tree.root_node.descendant_for_byte_range(comment.start, comment.end)
            while node is not None and node.type not in {"block", "module"}:
                node = node.parent
            if node is not None and node.type == "block":
                return sum(child.type != "comment" for child in node.named_children) == 1
    return False


def code_leaves(
    root: tree_sitter.Node, docstrings: Set[int], fillers: Set[str]
) -> Iterator[tuple[str, bytes]]:
    """Type and text of the tree's leaves but comments, what starts at `docstrings` and the `fillers`.

    Fillers are tokens that may come or go with a docstring.
    """
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        skip = _is_comment(node) or (node.type == "expression_statement" and node.start_byte in docstrings)
        if not skip and not node.child_count and node.type not in fillers:
            text = (node.text or b"").strip()
            if text:
                yield node.type, text
        if not skip and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _is_comment(node: tree_sitter.Node) -> bool:
    """Whether a grammar's own name for it means a comment: SQL's marginalia, Markdown's blocks of HTML."""
    if node.type == "html_block":
        return (node.text or b"").lstrip().startswith(b"<!--")
    return "comment" in node.type or node.type == "marginalia"


def _lines_of(reading: Reading, unit: Unit) -> str:
    return f"{_line(reading, unit.start)}-{_line(reading, max(unit.code_end - 1, unit.start))}"


def _line(reading: Reading, byte: int) -> int:
    return reading.lines.line_of(byte) + 1


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]
