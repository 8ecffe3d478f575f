"""What the source calls the functions and classes of a script made small, for the frames of a stack.

A stack has the names of the output; a map has former names where a name stands. So the function around a frame's place is
found by the output's syntax tree, and its name looked up where it is written. Needs the grammars, as a traced program's
own hook does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import tree_sitter
from aifirst_codebase.languages.registry import language_named

from aifirst_compiler.source_maps.find_map import FoundMap, text_of_source

_NAMED: Final = frozenset(
    {"function_declaration", "generator_function_declaration", "function_expression", "generator_function"}
    | {"class_declaration", "class", "variable_declarator"}
)


class _Output(NamedTuple):
    """An output's lines and its tree."""

    lines: list[bytes]
    tree: tree_sitter.Tree

    def node_at(self, line: int, column: int) -> tree_sitter.Node | None:
        """The innermost node at a line and a column in UTF-16 code units."""
        if line >= len(self.lines):
            return None
        before = self.lines[line].decode("utf-8", "replace").encode("utf-16-le")[: 2 * column]
        point = (line, len(before.decode("utf-16-le", "replace").encode()))
        return self.tree.root_node.descendant_for_point_range(point, point)

    def column_of(self, node: tree_sitter.Node) -> int:
        """Where a node begins on its line, in UTF-16 code units."""
        before = self.lines[node.start_point.row][: node.start_point.column]
        return len(before.decode("utf-8", "replace").encode("utf-16-le")) // 2


class ScriptNames:
    """Names by the outputs that were looked at; each is parsed once."""

    def __init__(self) -> None:
        self._outputs: dict[Path, _Output | None] = {}

    def __call__(self, found: FoundMap, line: int, column: int, name: str) -> str:
        """The source's name for `name`, what the function or class around a place is called; the same where unknown."""
        output = self._output(found.output) if found.output is not None else None
        node = output.node_at(line, column) if output is not None else None
        while output is not None and node is not None:
            declared = node.child_by_field_name("name") if node.type in _NAMED else None
            if declared is not None and declared.text == name.encode():
                column = output.column_of(declared)
                segment = found.reader.before(declared.start_point.row, column)
                return segment.name or name if segment is not None and segment.column == column else name
            node = node.parent
        return name

    def _output(self, path: Path) -> _Output | None:
        if path not in self._outputs:
            try:
                text = text_of_source(path)
            except OSError:
                text = None
            self._outputs[path] = _parsed(text) if text is not None else None
        return self._outputs[path]


def _parsed(text: str) -> _Output | None:
    data = text.encode()
    tree = language_named("javascript").parse(data)
    return _Output(data.split(b"\n"), tree) if tree is not None else None
