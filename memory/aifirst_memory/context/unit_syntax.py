"""What the syntax tree tells of one unit: where its body begins, what its documentation says first, its key lines.

By field and type names that grammars share, so that a new language works without code here. Where a grammar
uses others, or the text does not parse, the first lines stand for the signature.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import tree_sitter

from aifirst_memory.context.file_text import FileText

LineKind = Literal["return", "raise", "branch", "call", "store"]

_BODY_TYPES: Final = frozenset({
    "block", "function_body", "class_body", "enum_class_body", "field_declaration_list", "declaration_list",
    "compound_statement", "statement_block", "interface_body", "enum_body", "body_statement", "enum_declaration_list",
    "enumerator_list", "object_type",
})  # fmt: skip
_LEAVES: Final = re.compile(r"return|yield|break|continue")
_FAILS: Final = re.compile(r"raise|throw|panic")
_BRANCHES: Final = re.compile(
    r"(?:if|elif|else|for|foreach|while|until|unless|do|loop|try|except|catch|finally|switch|case|match|with|when|rescue|ensure|using|select|guard)"
    r"(?:_|$)|for_in|enhanced_for|expression_case|c_style_for|try_with"
)
_ASIDE: Final = re.compile(
    r"comment|string$|import|function_definition|class_definition|decorated_definition|lambda|_literal$"
)
_NESTED: Final = re.compile(
    r"(?:function|method|class|constructor|interface|impl|struct)_(?:definition|declaration|item|specifier)"
)
_STORE = re.compile(
    rb"(?:\bself|\bthis|\$this|@)(?:\.|->|)\w+(?:\[[^\]\n]*\])?\s*(?:[-+*/|&%^.]|\?\?|\|\|)?=(?!=)"
)
_MARKS = re.compile(
    r"^(?:[*#/;!'-]+|\"\"\"|'''|<!--|[rRuUbBfF]{0,2}\"{1,3}|[rRuUbBfF]{0,2}'{1,3})\s*|\s*(?:\*/|\"\"\"|'''|-->|\"|')\s*$"
)
_LOOSE = re.compile(r"([(\[{]) | ,|,? ([)\]])")
_TAG_LINE = re.compile(r"@TAG:|@param|@return|@assembly:|={3,}|-{3,}|[\W_]*$")
_READ_FROM_THE_MIDDLE: Final = frozenset({"python"})
"""Languages in which a definition means the same without what stands around it."""
_STATEMENT: Final = b"0"
"""Stands, as often as there are bytes, for a definition where only what is beside it matters: of a class most of the
text is in its methods.
"""
_HEAD_BYTES: Final = 3_000
_PYTHON_HEAD = re.compile(
    rb"\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[()\[\]{}:]|\blambda\b",
    re.S,
)
_PYTHON_BLANK = re.compile(rb"(?:[ \t\r\n\f]|#[^\n]*\n)*")
_MOST_NODES: Final = 4_000
_DEEPEST: Final = 40
_LONGEST_LINE: Final = 160


class KeyLine(NamedTuple):
    """A line that tells what a body does: its kind, how deep it stands in the body, its text on one line."""

    kind: LineKind
    depth: int
    text: str


def code_start(file: FileText, index: int) -> int:
    """Where the definition begins, below the comments that belong to it."""
    found = file.code_starts.get(index)
    if found is None:
        unit = file.units[index]
        start = file.lines.line_start(unit.line - 1)
        text = file.data[start : file.lines.line_end(unit.line - 1)]
        found = file.code_starts[index] = max(unit.start, start + len(text) - len(text.lstrip(b" \t")))
    return found


class Definition(NamedTuple):
    """The node of a unit's definition with what wraps it. Offsets of nodes are in `data`, `base` before the file's."""

    node: tree_sitter.Node
    data: bytes
    base: int


def find_definition(file: FileText, index: int, *, head: bool = False) -> Definition | None:
    """The definition of a unit, None for a module's own code and for what did not parse.

    Where the language can be read from the middle, only the unit is parsed, and for its `head` only the
    beginning of it: a context looks at a few units of many files.
    """
    if not index:
        return None
    start, end = code_start(file, index), file.units[index].end
    if file.language.name in _READ_FROM_THE_MIDDLE:
        data = file.data[start : min(end, start + _HEAD_BYTES) if head else end]
        tree = file.language.parse(data)
        return _definition_at(tree, data, start, 0, len(data))
    return _definition_at(file.tree, file.data, 0, start, end)


def _definition_at(
    tree: tree_sitter.Tree | None, data: bytes, base: int, start: int, end: int
) -> Definition | None:
    if tree is None:
        return None
    node = tree.root_node.named_descendant_for_byte_range(start, min(start + 1, end))
    if node is None:
        return None
    while node.parent is not None and node.parent.start_byte >= start and node.parent.end_byte <= end:
        if node.parent.parent is None:
            break
        node = node.parent
    return Definition(node, data, base) if node.start_byte >= start and node.parent is not None else None


def body_node(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The body of the first definition in a node."""
    open_nodes = [node]
    for _ in range(200):
        if not open_nodes:
            return None
        one = open_nodes.pop(0)
        body = one.child_by_field_name("body")
        if body is not None:
            return body
        for child in one.named_children:
            if child.type in _BODY_TYPES:
                return child
        open_nodes.extend(
            child
            for child in one.named_children
            if not _ASIDE.match(child.type) or child.type.endswith("_definition")
        )
    return None


def signature(file: FileText, index: int) -> str:
    """The head of a unit on one line: decorators, name, parameters, what it gives back or derives from."""
    unit = file.units[index]
    if not index:
        return ""
    start = code_start(file, index)
    end = _body_start(file, index)
    if start < end <= unit.end:
        end = _head_end(file.data, start, end)
    else:
        line_end = file.lines.line_end(unit.line - 1)
        end = min(line_end, unit.end)
    text = file.data[start:end].decode("utf-8", "replace")
    return _on_one_line(text).rstrip(" {").removesuffix("=>").rstrip()


def _body_start(file: FileText, index: int) -> int:
    """Where the body of a unit begins in the file, -1 where that is not known."""
    if index not in file.body_starts:
        start = _python_body(file.data, code_start(file, index)) if file.language.name == "python" else -1
        if start < 0:
            found = find_definition(file, index, head=True)
            body = body_node(found.node) if found is not None else None
            start = -1 if found is None or body is None else found.base + body.start_byte
        file.body_starts[index] = start
    return file.body_starts[index]


def _python_body(data: bytes, start: int) -> int:
    """Where the body behind a Python head begins, -1 where that is not plain: at the first colon outside brackets.

    Every outline needs it, and a parser takes fifty times as long to tell.
    """
    depth = 0
    for found in _PYTHON_HEAD.finditer(data, start, start + _HEAD_BYTES):
        mark = found[0][:1]
        if mark in b"([{":
            depth += 1
        elif mark in b")]}":
            depth -= 1
        elif mark == b"l":
            return -1
        elif mark == b":" and not depth:
            blank = _PYTHON_BLANK.match(data, found.end())
            return blank.end() if blank else found.end()
    return -1


def _head_end(data: bytes, start: int, body: int) -> int:
    """Where the head ends: before the comments that stand between it and its body."""
    head = data[start:body]
    cut = head.find(b"\n")
    while cut >= 0:
        following = head[cut + 1 :].lstrip()
        if following.startswith((b"#", b"//", b"/*")) and head[:cut].rstrip().endswith((b":", b"{", b")")):
            return start + cut
        cut = head.find(b"\n", cut + 1)
    return body


def _on_one_line(text: str) -> str:
    return _LOOSE.sub(_tightened, " ".join(text.split()))


def _tightened(found: re.Match[str]) -> str:
    return found[1] or found[2] or ","


def first_doc_line(file: FileText, index: int) -> str:
    """The first line of what documents a unit: its docstring, or the comment above it. Empty where nothing does."""
    unit = file.units[index]
    if file.language.data.string_docs:
        line = _docstring_line(file, index)
        if line:
            return line
    spans = file.spans(index)
    if not spans:
        return ""
    start = unit.start if index else spans[0][0]
    stop = code_start(file, index) if index else spans[0][1]
    text = file.data[start : min(stop, start + 4_000)]
    if not index and not text.lstrip().startswith((b"#", b"//", b"/*", b"<!--", b"--", b"<?php")):
        return ""
    return _first_sentence(text.decode("utf-8", "replace"), comments_only=not index)


def _docstring_line(file: FileText, index: int) -> str:
    data = file.data
    start = _body_start(file, index) if index else 0
    if start < 0:
        return ""
    found = _DOCSTRING.match(data, start)
    return _first_sentence(found[1].decode("utf-8", "replace")) if found else ""


_DOCSTRING = re.compile(
    rb"(?:\s|#[^\n]*\n)*[rRuU]{0,2}(\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*|'''(?:[^'\\]|\\.|'(?!''))*|\"[^\"\n]*|'[^'\n]*)"
)


def _first_sentence(text: str, *, comments_only: bool = False) -> str:
    for line in text.splitlines():
        stripped = line.strip()
        if comments_only and stripped and not stripped.startswith(("#", "/", "*", "<!--", "--", "<?")):
            return ""
        said = _MARKS.sub("", _MARKS.sub("", _MARKS.sub("", stripped))).strip()
        if said and not _TAG_LINE.match(said) and not stripped.startswith(("#!", "<?")):
            return said[:_LONGEST_LINE]
    return ""


def key_lines(file: FileText, index: int) -> list[KeyLine]:
    """The returns, errors, branches, calls and stores of a unit's body, in order, without those of nested units."""
    found = find_definition(file, index)
    body = body_node(found.node) if found is not None else None
    if found is None or body is None:
        return []
    return list(_Walk(file, index, found).lines(body, 0))


class _Walk:
    """Walks the statements of a body, not their expressions."""

    def __init__(self, file: FileText, index: int, found: Definition) -> None:
        self._data = found.data
        inner = [file.units[i] for i in file.children.get(index, ())]
        self._skip = [(unit.start - found.base, unit.end - found.base) for unit in inner]
        self._left = _MOST_NODES

    def lines(self, node: tree_sitter.Node, depth: int) -> Iterator[KeyLine]:
        """The key lines within a node's children."""
        for child in node.named_children:
            self._left -= 1
            if self._left < 0:
                return
            kind = child.type
            if "comment" in kind or kind == "string" or self._is_nested(child):
                continue
            if _LEAVES.match(kind):
                yield KeyLine("return", depth, self._line(child))
            elif _FAILS.match(kind):
                yield KeyLine("raise", depth, self._line(child))
            elif _BRANCHES.match(kind):
                yield KeyLine("branch", depth, self._head(child))
                yield from self._within(child, depth + 1)
            elif (
                kind in _BODY_TYPES
                or kind.endswith(("_clause", "_block", "_list", "_body", "_section", "_group"))
                or kind == "body"
            ):
                yield from self._within(child, depth)
            else:
                yield from self._statement(child, depth)

    def _within(self, node: tree_sitter.Node, depth: int) -> Iterator[KeyLine]:
        if depth > _DEEPEST:
            return
        for child in node.named_children:
            kind = child.type
            if _BRANCHES.match(kind):
                yield KeyLine(
                    "branch",
                    depth - 1
                    if "clause" in kind or kind.startswith(("el", "except", "finally", "catch"))
                    else depth,
                    self._head(child),
                )
                yield from self._within(child, depth + ("clause" not in kind))
            elif (
                kind in _BODY_TYPES
                or kind.endswith(("_clause", "_block", "_list", "_body", "_section", "_group"))
                or kind in ("body", "then")
            ):
                yield from self.lines(child, depth)
            elif kind.endswith("_statement"):
                yield from self._one(child, depth)

    def _one(self, node: tree_sitter.Node, depth: int) -> Iterator[KeyLine]:
        kind = node.type
        if _LEAVES.match(kind):
            yield KeyLine("return", depth, self._line(node))
        elif _FAILS.match(kind):
            yield KeyLine("raise", depth, self._line(node))
        else:
            yield from self._statement(node, depth)

    def _statement(self, node: tree_sitter.Node, depth: int) -> Iterator[KeyLine]:
        text = self._data[node.start_byte : min(node.end_byte, node.start_byte + 2_000)]
        if _FAILS.match(text[:8].decode("utf-8", "replace")) or text.startswith(b"panic"):
            yield KeyLine("raise", depth, self._line(node))
        elif text.startswith(b"return"):
            yield KeyLine("return", depth, self._line(node))
        elif _STORE.match(text):
            yield KeyLine("store", depth, self._line(node))
        elif b"(" in text and not text.lstrip().startswith((b'"""', b"'''", b'"', b"'")):
            yield KeyLine("call", depth, self._line(node))

    def _is_nested(self, node: tree_sitter.Node) -> bool:
        if _NESTED.match(node.type) or node.type == "decorated_definition":
            return True
        return any(start <= node.start_byte and node.end_byte <= end for start, end in self._skip)

    def _line(self, node: tree_sitter.Node) -> str:
        return self._shown(node.start_byte, node.end_byte)

    def _head(self, node: tree_sitter.Node) -> str:
        """A branch up to where its body begins."""
        body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
        if body is None:
            body = next((child for child in node.named_children if child.type in _BODY_TYPES), None)
        if body is not None and body.start_byte > node.start_byte:
            return self._shown(node.start_byte, body.start_byte).rstrip("{ ")
        return self._shown(node.start_byte, node.end_byte)

    def _shown(self, start: int, end: int) -> str:
        raw = self._data[start : min(end, start + 600)]
        text = _on_one_line(raw.decode("utf-8", "replace"))
        if len(text) <= _LONGEST_LINE and end - start <= 600:
            return text.rstrip(";")
        cut = text[:_LONGEST_LINE]
        return cut[: cut.rfind(" ") if " " in cut[80:] else len(cut)] + " …"


def field_lines(file: FileText, index: int) -> list[str]:
    """The statements of a class that are no definitions and no documentation, each on one line."""
    definition = _class_definition(file, index)
    body = body_node(definition.node) if definition is not None else None
    if definition is None or body is None:
        return []
    start, base = code_start(file, index), definition.base
    data = file.data[start : file.units[index].end] if base else file.data
    inner = [file.units[one] for one in file.children.get(index, ())]
    firsts, lasts = [unit.start - base for unit in inner], [unit.end - base for unit in inner]
    found: list[str] = []
    for child in body.named_children:
        start, end = child.start_byte, child.end_byte
        at = bisect_right(firsts, start) - 1
        if (at >= 0 and end <= lasts[at]) or "comment" in child.type:
            continue
        text = data[start : min(end, start + 400)].decode("utf-8", "replace")
        if not found and text.lstrip("rRuUbB").startswith(('"', "'")):
            continue
        line = _on_one_line(text)
        found.append(line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + " …")
    return found


def _class_definition(file: FileText, index: int) -> Definition | None:
    """The definition of a class, for what stands directly in it: where that may be, without what its methods hold."""
    if not file.is_sound or file.language.name not in _READ_FROM_THE_MIDDLE:
        return find_definition(file, index)
    start, end = code_start(file, index), file.units[index].end
    parts: list[bytes] = []
    at = start
    for one in file.children.get(index, ()):
        first = code_start(file, one)
        text = file.data[first : file.units[one].end].rstrip()
        if first >= at and text:
            parts += [file.data[at:first], _STATEMENT * len(text)]
            at = first + len(text)
    data = b"".join((*parts, file.data[at:end]))
    return _definition_at(file.language.parse(data), data, start, 0, len(data))
