"""The edits that make a part of a function a function of its own, with a call in its place.

The new function stands in the module, for methods too: a method could be replaced by a subclass or be found by a
metaclass, a private function of the module cannot. It is placed below a plain function, and above a class or a decorated
function, which may be used by what makes them.
"""

from __future__ import annotations

import ast
import re
from typing import Final, NamedTuple

from aifirst_compiler.decompose.annotations import Stated, result_annotation
from aifirst_compiler.decompose.locate import Place
from aifirst_compiler.decompose.region import Region
from aifirst_compiler.decompose.region_text import RegionText, indented_anew
from aifirst_compiler.edits import Edit
from aifirst_compiler.python_positions import Positions

_NARROWEST: Final = 79
_WIDEST: Final = 120
_INDENTED_COMMENT: Final = re.compile(rb"(?:[ \t]*\r?\n)*[ \t]+#[^\n]*(?:\n|\Z)")


class Piece(NamedTuple):
    """A part that becomes a function."""

    region: Region
    text: RegionText
    name: str
    docstring: str


class Order(NamedTuple):
    """The functions that earlier parts became and whose calls stand last above and first below a part."""

    preceding: ast.stmt | None
    following: ast.stmt | None


class Style(NamedTuple):
    """How a file is written: its line ends, a level of indentation, how wide lines are, empty lines between functions."""

    newline: str
    unit: str
    width: int
    apart: int


def style_of(positions: Positions, tree: ast.Module, newline: str, unit: bytes) -> Style:
    """The style, seen in the file itself."""
    longest = max((len(line) for line in positions.data.decode("utf-8").splitlines()), default=0)
    gaps = [
        _empty_lines_above(positions, one)
        for place, one in enumerate(tree.body)
        if place and isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    apart = max(set(gaps), key=gaps.count) if gaps else 2
    return Style(newline, unit.decode(), min(max(longest, _NARROWEST), _WIDEST), min(max(apart, 1), 3))


def _empty_lines_above(positions: Positions, node: ast.stmt) -> int:
    at = block_start(positions, node)
    above = positions.data[:at].replace(b"\r\n", b"\n")
    return len(above) - len(above.rstrip(b"\n")) - 1


def block_start(positions: Positions, node: ast.stmt) -> int:
    """Where the line of a statement begins, with its decorators and the comment lines directly above.

    Comments at the top of a file are not the statement's: a licence, an encoding.
    """
    first = min([node, *getattr(node, "decorator_list", [])], key=lambda one: one.lineno)
    data = positions.data
    line = data.rfind(b"\n", 0, positions.start(first)) + 1
    at = line
    while at:
        previous = data.rfind(b"\n", 0, at - 1) + 1
        if not data.startswith(b"#", previous):
            return at
        at = previous
    return line


def piece_edits(
    positions: Positions, place: Place, piece: Piece, stated: Stated, style: Style, order: Order
) -> list[Edit] | None:
    """The two edits, in order; None where the text cannot be indented anew."""
    is_generator = piece.region.ends == "returns" and _yields(place.function)
    body = _body(positions, piece, style)
    if body is None:
        return None
    function = _head(piece, stated, style, is_generator=is_generator) + body
    call = Edit(piece.text.start, piece.text.end, _call(positions, piece, style))
    nl = style.newline.encode()
    gap = nl * style.apart
    if not is_below(place) or (order.following is not None and order.preceding is None):
        below = order.following if order.following is not None else place.top
        at = block_start(positions, below)
        return sorted([call, Edit(at, at, function + gap)])
    data = positions.data
    at = _line_below(data, positions.end(order.preceding or place.top))
    at = max(at, piece.text.end)
    lead = (b"" if data.endswith(b"\n", 0, at) else nl) + gap
    if at == piece.text.end:  # the part ends where the new function is put: one edit does both
        return [Edit(call.start, call.end, call.text + lead + function)]
    return sorted([call, Edit(at, at, lead + function)])


def _line_below(data: bytes, end: int) -> int:
    """Where the line below a function begins, and below comments that are indented as parts of it."""
    newline = data.find(b"\n", end)
    at = len(data) if newline < 0 else newline + 1
    while (found := _INDENTED_COMMENT.match(data, at)) is not None:
        at = found.end()
    return at


def is_below(place: Place) -> bool:
    """Whether new functions stand below: nothing can call a plain function of the module before they are there."""
    function = place.function
    return place.top is function and not function.decorator_list


def _yields(function: ast.AST) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(function))


def _body(positions: Positions, piece: Piece, style: Style) -> bytes | None:
    start, end = piece.text.start, piece.text.end
    data = positions.data
    back = ", ".join(piece.region.results)
    given = f"return {back}".rstrip().encode()
    parts: list[bytes] = []
    at = start
    for exit in sorted(piece.region.continues, key=positions.start):
        parts += [data[at : positions.start(exit)], given]
        at = positions.end(exit)
    text = b"".join([*parts, data[at:end]])
    made = indented_anew(text, piece.text.indent, style.unit.encode())
    if made is None:
        return None
    nl = style.newline.encode()
    if not made.endswith(b"\n"):
        made += nl
    return made + (style.unit.encode() + given + nl if back else b"")


def _head(piece: Piece, stated: Stated, style: Style, *, is_generator: bool) -> bytes:
    region, nl = piece.region, style.newline
    define = f"{'async ' if region.awaits else ''}def {piece.name}"
    given = [
        f"{name}: {stated.of_names[name]}" if name in stated.of_names else name for name in region.parameters
    ]
    returned = result_annotation(region, stated, is_generator=is_generator)
    ending = f") -> {returned}:" if returned else "):"
    line = f"{define}({', '.join(given)}{ending}"
    if len(line) > style.width and given:
        rows = "".join(f"{style.unit}{one},{nl}" for one in given)
        line = f"{define}({nl}{rows}{ending}"
    lines = [line, f'{style.unit}"""{piece.docstring}"""']
    if region.globals:
        lines.append(f"{style.unit}global {', '.join(region.globals)}")
    return "".join(one + nl for one in lines).encode()


def _call(positions: Positions, piece: Piece, style: Style) -> bytes:
    region, nl = piece.region, style.newline
    indent = piece.text.indent.decode()
    before, after = "", ""
    if region.results:
        before = f"{', '.join(region.results)} = "
    elif region.ends == "returns":
        before = "return "
    if region.awaits:
        before += "await "
    elif region.yields:
        before, after = (
            (f"{before}(yield from ", ")") if region.ends == "returns" else (f"{before}yield from ", "")
        )
    line = f"{indent}{before}{piece.name}({', '.join(region.parameters)}){after}"
    if len(line.expandtabs(4)) > style.width and region.parameters:
        inner = ", ".join(region.parameters)
        one = f"{indent}{style.unit}{inner}"
        rows = (
            f"{one}{nl}" if len(one) <= style.width
            else "".join(f"{indent}{style.unit}{name},{nl}" for name in region.parameters)
        )  # fmt: skip
        line = f"{indent}{before}{piece.name}({nl}{rows}{indent}){after}"
    ended = positions.data.endswith(b"\n", piece.text.start, piece.text.end)
    return (line + (nl if ended else "")).encode()
