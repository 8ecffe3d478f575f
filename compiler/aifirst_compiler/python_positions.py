"""Byte offsets of the places that Python's syntax tree speaks of."""

from __future__ import annotations

import ast
import re
from typing import Final

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


_Placed = ast.expr | ast.stmt | ast.alias | ast.excepthandler | ast.pattern | ast.arg | ast.keyword


class Positions:
    """Offsets in one text. Python ends lines at CR, LF and CRLF, and counts columns in UTF-8 bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._lines = [0, *(match.end() for match in _LINE_END.finditer(data))]

    def start(self, node: _Placed) -> int:
        """Where a node begins."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: _Placed) -> int:
        """Where a node ends."""
        return self._lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def name_after(self, node: _Placed, name: str, before: bytes = b"") -> int:
        """Where the first whole word `name` in a node stands, after a pattern; the tree does not say where names are.

        Raises ValueError where it does not: names are normalised (NFKC) by the parser, the text is not.
        """
        pattern = before + rb"\b" + re.escape(name.encode()) + rb"\b"
        match = re.compile(pattern).search(self.data, self.start(node), self.end(node))
        if match is None:
            raise ValueError(f"{name} is written in another form of Unicode")
        return match.end() - len(name.encode())


def parse_module(data: bytes) -> ast.Module:
    """The syntax tree of a module's UTF-8 text. Raises SyntaxError, also for what is too deep or holds NUL."""
    try:
        return ast.parse(data.decode("utf-8"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "too deeply nested") from error
