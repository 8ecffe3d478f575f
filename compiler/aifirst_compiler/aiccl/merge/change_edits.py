"""The edits that make one change in a source, in several ways where one may not do; who asks for them tries each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Unit

from aifirst_compiler.aiccl.medium.key_lines import LEFT_OUT, KeyLine, key_lines
from aifirst_compiler.aiccl.merge.find_changes import Change, Node
from aifirst_compiler.aiccl.merge.line_hunks import line_hunks
from aifirst_compiler.aiccl.merge.shown_text import ShownSpan, edits_of_shown
from aifirst_compiler.aiccl.merge.skeleton import skeleton
from aifirst_compiler.aiccl.outline.read import UnitLine
from aifirst_compiler.aiccl.outline.signature import body_start
from aifirst_compiler.edits import Edit, in_order

_NAME: Final = re.compile(r"[^\W\d][\w$]*")
_DOC: Final = "# "


def ways_to_change(reading: Reading, change: Change, index: int) -> Iterator[list[Edit]]:
    """Lists of edits, each of which may make the change of the unit with that index."""
    if change.before is None or change.after is None:
        return
    before, after = change.before.line, change.after.line
    edits = _head_edits(reading, index, before, after)
    if edits is None:
        return
    if before.own != after.own:
        unit = reading.units[index]
        if not index or not _NAME.fullmatch(before.own) or not _NAME.fullmatch(after.own):
            return
        if reading.data[unit.name_start : unit.name_end] != before.own.encode():
            return
        edits.append(Edit(unit.name_end - len(before.own.encode()), unit.name_end, after.own.encode()))
    if before.body != after.body:
        changed = _body_edits(reading, index, before.body, after.body)
        if changed is None:
            return
        edits += changed
    yield in_order(edits)


def ways_to_remove(reading: Reading, index: int) -> Iterator[list[Edit]]:
    """The unit with all above it that belongs to it; the second leaves a statement where a body would be empty."""
    data, unit = reading.data, reading.units[index]
    start = data.rfind(b"\n", 0, unit.start) + 1
    if data[start : unit.start].strip():
        start = unit.start
    stop = _line_end(data, unit.code_end)
    end = stop
    while end < len(data) and not data[end : (line := _line_end(data, end))].strip():
        end = line
    if end == len(data):
        kept = data[:start].rstrip()
        start = min(start, len(kept) + 1)
    yield [Edit(start, end)]
    if reading.language.name == "python":
        indent = data[data.rfind(b"\n", 0, unit.code_start) + 1 : unit.code_start]
        yield [Edit(start, stop, indent + b"pass\n")]


def ways_to_add(reading: Reading, change: Change, places: dict[str, int]) -> Iterator[list[Edit]]:
    """A skeleton behind the unit that the new one follows, else before the next, else at its holder's end."""
    node, holder = change.after, change.holder
    if node is None or holder is None:
        return
    data, language = reading.data, reading.language.name
    in_file = not holder.line.name
    newline = "\r\n" if b"\r\n" in data else "\n"
    gap = "\n" * (3 if language == "python" and in_file else 2)
    for neighbour, is_ahead in ((change.behind, False), (change.ahead, True)):
        index = places.get(neighbour.line.name) if neighbour is not None else None
        if index is None:
            continue
        unit = reading.units[index]
        text = skeleton(node, language, holder.line.own if not in_file else "", _indent(data, unit))
        if text is not None:
            start = data.rfind(b"\n", 0, unit.start) + 1
            stop = _line_end(data, unit.code_end)
            place = start if is_ahead else len(data[:stop].rstrip(b"\r\n"))
            is_followed = bool(data[stop : _line_end(data, stop)].strip(b" \t\r\n})"))
            text = text + gap if is_ahead else gap + text + "\n" * is_followed
            yield [Edit(place, place, text.replace("\n", newline).encode())]
    yield from _at_end(reading, node, holder, places, newline)


def _at_end(
    reading: Reading, node: Node, holder: Node, places: dict[str, int], newline: str
) -> Iterator[list[Edit]]:
    data, language = reading.data, reading.language.name
    if not holder.line.name:
        text = skeleton(node, language, "", "")
        gap = "\n\n\n" if language == "python" else "\n\n"
        place = len(data.rstrip())
        edit = f"{gap if place else ''}{text}" + ("" if data.endswith(b"\n") else "\n")
    else:
        index = places.get(holder.line.name)
        if index is None:
            return
        unit = reading.units[index]
        indent = _indent(data, unit)
        text = skeleton(node, language, holder.line.own, indent + ("\t" if language == "go" else "    "))
        is_braced = language != "python"
        place = len(data[: unit.code_end - is_braced].rstrip())
        edit = f"\n\n{text}" + ("\n" + indent if data[place : unit.code_end] == b"}" else "")
    if text is not None:
        yield [Edit(place, place, edit.replace("\n", newline).encode())]


def _head_edits(reading: Reading, index: int, before: UnitLine, after: UnitLine) -> list[Edit] | None:
    if before.head == after.head:
        return []
    if not index:
        return None
    unit = reading.units[index]
    end = body_start(reading, unit)
    behind = ShownSpan(reading, unit.name_end, unit.code_end if end is None else end)
    ahead = ShownSpan(reading, unit.code_start, unit.name_start, True)
    made: list[Edit] = []
    for span, left, right in ((behind, before.behind, after.behind), (ahead, before.before, after.before)):
        edits = edits_of_shown(span, left, right) if left != right else []
        if edits is None:
            return None
        made += edits
    return made


def _body_edits(reading: Reading, index: int, before: str, after: str) -> list[Edit] | None:
    """Edits of key lines; a flow is not what the source says but follows from it, so it cannot be edited."""
    if not (before + after).startswith("\n") or (before and not before.startswith("\n")):
        return None
    lines = key_lines(reading)[index]
    old, new = before.split("\n")[1:], after.split("\n")[1:]
    if [str(line) for line in lines] != old:
        return None
    edits: list[Edit] = []
    for left, left_end, right, right_end in line_hunks(old, new):
        both = min(left_end - left, right_end - right)
        for line, text in zip(lines[left : left + both], new[right : right + both], strict=True):
            made = _line_edits(reading, line, text)
            if made is None:
                return None
            edits += made
        for line in lines[left + both : left_end]:
            edits.append(_without_line(reading, line))
        if right + both < right_end:
            made = _new_lines(reading, lines, left_end, new[right + both : right_end])
            if made is None:
                return None
            edits.append(made)
    return edits


def _line_edits(reading: Reading, line: KeyLine, after: str) -> list[Edit] | None:
    text = after.lstrip("\t")
    if (
        not line.text
        or len(after) - len(text) != line.depth + 1
        or text.endswith(LEFT_OUT) != line.leaves_out
    ):
        return None
    text = text.removesuffix(LEFT_OUT)
    if line.text.startswith(_DOC):
        return (
            None
            if line.is_cut or not text.startswith(_DOC)
            else [Edit(line.start, line.end, text[2:].encode())]
        )
    span = ShownSpan(reading, line.start, line.end, is_cut=line.is_cut)
    return edits_of_shown(span, line.text, text)


def _without_line(reading: Reading, line: KeyLine) -> Edit:
    data = reading.data
    start = data.rfind(b"\n", 0, line.start) + 1
    return Edit(start, _line_end(data, line.start + len(data[line.start : line.end].rstrip())))


def _new_lines(reading: Reading, lines: Sequence[KeyLine], place: int, new: Sequence[str]) -> Edit | None:
    """Lines before the one at that place, where that is as deep as they are, else behind the one before it."""
    data = reading.data
    depths = [len(line) - len(line.lstrip("\t")) - 1 for line in new]
    depth = depths[0]
    if any(line.endswith(LEFT_OUT) for line in new) or min(depths) < depth:
        return None
    if max(depths) > depth and reading.language.name != "python":
        return None
    for beside, is_ahead in ((place, True), (place - 1, False)):
        if (
            0 <= beside < len(lines)
            and lines[beside].depth == depth
            and not lines[beside].text.startswith(_DOC)
        ):
            line = lines[beside]
            start = data.rfind(b"\n", 0, line.start) + 1
            indent, stop = data[start : line.start], _line_end(data, line.end)
            if indent.strip() or (not is_ahead and not data[:stop].endswith(b"\n")):
                continue
            end = b";" if data[line.start : stop].rstrip().endswith(b";") else b""
            at = start if is_ahead else stop
            return Edit(at, at, _statements(new, depths, indent, end))
    return None


def _statements(lines: Sequence[str], depths: Sequence[int], indent: bytes, end: bytes) -> bytes:
    """Key lines as statements; those before deeper ones open a block, as Python has them."""
    step = b"\t" if indent.startswith(b"\t") else b"    "
    written: list[bytes] = []
    for place, (line, depth) in enumerate(zip(lines, depths, strict=True)):
        opens = place + 1 < len(lines) and depths[place + 1] > depth
        text = line.strip("\t").encode() + (b":" if opens else end)
        written.append(indent + step * (depth - depths[0]) + text + b"\n")
    return b"".join(written)


def _indent(data: bytes, unit: Unit) -> str:
    found = data[data.rfind(b"\n", 0, unit.code_start) + 1 : unit.code_start]
    return "" if found.strip() else found.decode()


def _line_end(data: bytes, place: int) -> int:
    """Where the line of a place ends, its newline with it."""
    return (data.find(b"\n", place) + 1) or len(data)
