"""`parts`: of a long unit the lines that matter for the task, as they stand; a comment says how many were left out.

Shown are the unit's head, the best lines by the relevance ranker, and whatever these stand under, so that no line is
shown without the branch, loop or call that it belongs to. Gaps of a line or two are closed: telling them costs as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from aifirst_model.relevance.asked import Asked, WordSources
from aifirst_model.relevance.line_features import line_features
from aifirst_model.relevance.line_layout import Layout, layout
from aifirst_model.relevance.rank import trees_in_use
from numpy.typing import NDArray

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.unit_syntax import code_start

KEPT_SHARE: Final = 0.3
"""Of the characters of a unit, what is chosen; what closes blocks and small gaps come on top."""
_FEWEST_LINES: Final = 12
_LONGEST: Final = 2_500
"""Lines of a unit that is looked at: larger ones are data."""
_CLOSED_GAP: Final = 2
_CLOSES: Final = 2
"""The kind of a line that closes and does nothing else (`line_layout.KINDS`)."""
_HEAD_LINES: Final = 8
"""Lines of a head that are shown at most."""
_WORTH_IT: Final = 0.8
"""A text of more than this share of the unit is not given in parts."""


class _Line(NamedTuple):
    number: int
    text: str


def render_parts(
    file: FileText, index: int, asked: Asked, sources: WordSources, share: float = KEPT_SHARE
) -> str:
    """The unit with what does not matter left out; "" where that would leave out next to nothing, or all."""
    lines = _lines(file, index)
    if not lines or len(lines) > _LONGEST or len(lines) < _FEWEST_LINES or not asked.words:
        return ""
    data = [line.text.encode("utf-8", "replace") for line in lines]
    form = layout(data)
    scores = trees_in_use().score(line_features(asked, data, sources, form))
    shown = _shown(form, scores, _head(file, index, lines), share)
    _close_blocks(form, lines, shown)
    _close_gaps(form, shown)
    if not shown.any() or form.length[shown].sum() > form.length.sum() * _WORTH_IT:
        return ""
    return _written(file, lines, shown)


def _lines(file: FileText, index: int) -> list[_Line]:
    """The lines of a unit's own text with their numbers in the file, from 1; none where masking moves lines."""
    found: list[_Line] = []
    for start, end in file.spans(index):
        text = file.shown(start, end)
        texts = text.split("\n")
        if len(texts) != file.data.count(b"\n", start, end) + 1:
            return []
        first = file.lines.line_of(start) + 1
        if start > file.lines.line_start(first - 1):
            before = file.data[file.lines.line_start(first - 1) : start]
            texts[0] = (before.decode("utf-8", "replace") if before.isspace() else "") + texts[0]
        found += [_Line(first + at, one.rstrip()) for at, one in enumerate(texts)]
    while found and not found[-1].text:
        found.pop()
    while found and not found[0].text:
        found.pop(0)
    return found


def _head(file: FileText, index: int, lines: Sequence[_Line]) -> range:
    """The lines of the unit's head: from its definition to the first line that ends what it opens."""
    if not index:
        return range(0)
    first = file.lines.line_of(code_start(file, index)) + 1
    start = next((at for at, line in enumerate(lines) if line.number >= first), 0)
    opened = 0
    for at in range(start, min(start + _HEAD_LINES, len(lines))):
        text = lines[at].text
        opened += text.count("(") - text.count(")")
        if opened <= 0 and not text.lstrip().startswith(("@", "#[")):
            return range(start, at + 1)
    return range(start, min(start + _HEAD_LINES, len(lines)))


def _shown(form: Layout, scores: NDArray[np.float64], head: range, share: float) -> NDArray[np.bool_]:
    """The head, and the best lines with what they stand under until so much of the text is chosen."""
    shown = np.zeros(len(scores), np.bool_)
    shown[head.start : head.stop] = True
    left = float(form.length.sum()) * share
    for at in np.argsort(-scores, kind="stable").tolist():
        if form.kind[at] < 0 or shown[at]:
            continue
        added = [at]
        while (line := int(form.parent[added[-1]])) >= 0 and not shown[line]:
            added.append(line)
        left -= float(form.length[added].sum())
        if left < 0:
            break
        shown[added] = True
    return shown


def _close_blocks(form: Layout, lines: Sequence[_Line], shown: NDArray[np.bool_]) -> None:
    """Show what closes a block that is shown, also where the line goes on (`} else {`), and then what closes that."""
    open_, closing = np.flatnonzero(shown).tolist(), set[int]()
    for at in open_:
        end = int(form.end[at])
        if end >= len(shown) or not (at in closing or shown[at + 1 : end].any()):
            continue
        if form.kind[end] == _CLOSES or lines[end].text.lstrip().startswith((")", "]", "}")):
            if not shown[end] or end not in closing:
                open_.append(end)
                closing.add(end)
            shown[end] = True


def _close_gaps(form: Layout, shown: NDArray[np.bool_]) -> None:
    """Show gaps that cost as much to tell as to show."""
    hidden = ~shown
    edges = np.flatnonzero(np.diff(np.concatenate(([False], hidden, [False])).astype(np.int8)))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (form.kind[start:end] >= 0).sum() <= _CLOSED_GAP:
            shown[start:end] = True


def _written(file: FileText, lines: Sequence[_Line], shown: NDArray[np.bool_]) -> str:
    """The shown lines; in place of the others how many lines of the file there are between."""
    written: list[str] = []
    before = lines[0].number - 1
    places = np.flatnonzero(shown).tolist()
    for at in places:
        line = lines[at]
        if line.number > before + 1:
            written.append(_told(file, line.number - before - 1, lines[at].text))
        written.append(line.text)
        before = line.number
    if lines[-1].number > before:
        written.append(_told(file, lines[-1].number - before, lines[places[-1]].text))
    return "".join(f"{line}\n" for line in written)


def _told(file: FileText, count: int, beside: str) -> str:
    """A comment that says how many lines were left out, as far in as the line beside it."""
    data = file.language.data
    said = f"… {count} line{'' if count == 1 else 's'}"
    if data.line_comment:
        said = f"{data.line_comment} {said}"
    elif data.block_comment:
        said = f"{data.block_comment[0]} {said} {data.block_comment[1]}"
    return beside[: len(beside) - len(beside.lstrip())] + said
