"""Fill-in-the-middle: a gap in a file, what stands before and after it asked, the gap answered.

Four kinds of gaps, in shares: statements of a body as the syntax has them (40 %), the rest of a line as it is typed
(30 %), a whole body (15 %), and a stretch between any two characters (15 %), as in Bavarian et al., "Efficient Training
of Language Models to Fill in the Middle" (2022). One gap for every 3,000 characters of a file, at functions that the
file's own text chooses, so that the same file always gives the same gaps. How the three parts are put in order for a
model is left to training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from aifirst_model.dataset.pairs.material import Material, draw
from aifirst_model.dataset.record import Gap, Sample

BEFORE: Final = 4_000
AFTER: Final = 2_000
"""Characters around a gap, cut at the start and the end of a line."""
A_GAP_EVERY: Final = 3_000
_LONGEST: Final = 1_500
_SHORTEST_UNIT: Final = 80
_MOST_STATEMENTS: Final = 5

Span = tuple[int, int]


def make_gaps(material: Material) -> Iterator[Sample]:
    """The gaps of a document in file order."""
    if material.language.kind not in ("code", "style") or not material.reading.parsed:
        return
    units = material.reading.units
    places = [
        index for index in material.functions if units[index].end - units[index].start >= _SHORTEST_UNIT
    ]
    wanted = max(1, len(material.text) // A_GAP_EVERY)
    below = draw(material.path, material.text)
    while len(places) > wanted:
        places.pop(below(len(places)))
    data = material.reading.data
    for index in places:
        unit = units[index]
        span = _choose(material, index, below)
        if span is None or not data[span[0] : span[1]].strip() or span[1] - span[0] > _LONGEST:
            continue
        before, after = _around(material, span)
        about = msgspec.structs.replace(material.describe(unit), task="fill")
        yield Gap(before, material.slice(*span), after, about)


def _choose(material: Material, index: int, below: Callable[[int], int]) -> Span | None:
    """A gap in a function, of a kind that is drawn; None where that kind has no place in it."""
    kind = below(100)
    if kind < 40:
        return _statements(material, index, below)
    if kind < 70:
        return _rest_of_line(material, index, below)
    if kind < 85:
        return _body(material, index)
    return _stretch(material, index, below)


def _statements(material: Material, index: int, below: Callable[[int], int]) -> Span | None:
    """One to five statements that follow each other in one block; the block may be inside another."""
    block = material.body_of(material.reading.units[index])
    for _ in range(3):
        if block is None:
            return None
        inner = [child for child in block.named_children if child.named_child_count > 1]
        if not inner or below(2):
            break
        child = inner[below(len(inner))]
        block = child.child_by_field_name("body") or child.child_by_field_name("consequence") or block
    children = block.named_children if block is not None else []
    while len(children) == 1 and children[0].named_child_count > 1 and children[0].type.endswith("list"):
        children = children[0].named_children  # Go wraps the statements of a block once more
    if not children:
        return None
    first = below(len(children))
    last = min(first + below(_MOST_STATEMENTS), len(children) - 1)
    return children[first].start_byte, children[last].end_byte


def _rest_of_line(material: Material, index: int, below: Callable[[int], int]) -> Span | None:
    """From somewhere in a line of code, between two words, to its end."""
    unit, data = material.reading.units[index], material.reading.data
    lines: list[Span] = []
    at = unit.code_start
    while at < unit.code_end:
        end = data.find(b"\n", at, unit.code_end)
        end = unit.code_end if end < 0 else end
        if len(data[at:end].strip()) > 5:
            lines.append((at, end))
        at = end + 1
    if not lines:
        return None
    start, end = lines[below(len(lines))]
    text = data[start:end]
    first = len(text) - len(text.lstrip())
    cuts = [
        at for at in range(first, len(text.rstrip()))
        if at == first or (not (chr(text[at]).isalnum() and chr(text[at - 1]).isalnum()) and text[at] < 128)
    ]  # fmt: skip
    return start + cuts[below(len(cuts))], start + len(text.rstrip())


def _body(material: Material, index: int) -> Span | None:
    """All statements of a function, its docstring left where it is."""
    body = material.body_of(material.reading.units[index])
    if body is None or not body.named_children:
        return None
    inside = [one.end for one in material.documentation_of(index) if one.start >= body.start_byte]
    children = [child for child in body.named_children if not inside or child.start_byte >= inside[-1]]
    return (children[0].start_byte, children[-1].end_byte) if children else None


def _stretch(material: Material, index: int, below: Callable[[int], int]) -> Span | None:
    """From any character to any later one, at most half of the function."""
    unit = material.reading.units[index]
    text = material.slice(unit.code_start, unit.code_end)
    start = below(len(text) - 1)
    end = start + 1 + below(max(1, min(len(text) // 2, len(text) - start - 1)))
    first = unit.code_start + len(text[:start].encode())
    return first, first + len(text[start:end].encode())


def _around(material: Material, span: Span) -> tuple[str, str]:
    """What stands before and after a gap, as much as a model is shown."""
    before = material.slice(0, span[0])
    after = material.slice(span[1], len(material.reading.data))
    if len(before) > BEFORE:
        cut = before.find("\n", len(before) - BEFORE)
        before = before[cut + 1 :] if cut >= 0 else before[-BEFORE:]
    if len(after) > AFTER:
        cut = after.rfind("\n", 0, AFTER)
        after = after[: cut + 1] if cut >= 0 else after[:AFTER]
    return before, after
