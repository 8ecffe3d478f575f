"""Lays chosen units out as blocks: files best first, in each its units in file order, adjacent ones as one text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.formats.block import Block, Run
from aifirst_memory.context.request import ContextItem, Resolution

_FROM_LOWEST: Final[tuple[Resolution, ...]] = ("outline", "low", "medium", "parts")
Chosen = Mapping[Candidate, Resolution]
_BLANK_START = re.compile(rb"(?:[ \t\f\v\r]*\n)*")
_BLANK_LINES = re.compile(r"\A(?:[ \t\f\v\r]*\n)*")


class _Piece(NamedTuple):
    start: int
    end: int
    candidate: Candidate
    resolution: Resolution


def arrange(chosen: Chosen) -> list[Block]:
    """The blocks of what was chosen."""
    blocks: list[Block] = []
    for file, several in _by_file(chosen):
        pieces = sorted(_pieces(file, several), key=lambda piece: (piece.start, piece.candidate.index))
        runs = [_run(file, run) for run in _runs(file, _told_once(pieces))]
        blocks.append(Block(file.path, file.language.name, [run for run in runs if run.text]))
    return [block for block in blocks if block.runs]


def make_items(chosen: Chosen) -> list[ContextItem]:
    """The items in the order of the blocks."""
    items: list[ContextItem] = []
    for file, several in _by_file(chosen):
        for candidate, resolution in sorted(several, key=lambda one: (_first(file, one[0]), one[0].index)):
            unit = file.units[candidate.index]
            text = candidate.text(resolution)
            if text:
                items.append(
                    ContextItem(
                        file.path, unit.name, unit.line, last_line(file, candidate.index), resolution,
                        candidate.tokens(resolution), candidate.reasons, text, candidate.score, candidate.step,
                    )
                )  # fmt: skip
    return items


def last_line(file: FileText, index: int) -> int:
    """The line on which a unit's own text ends."""
    spans = file.spans(index)
    if not spans:
        return file.units[index].line
    start, end = spans[-1]
    text = file.data[start:end]
    return file.lines.line_of(start + max(len(text.rstrip()) - 1, 0)) + 1


def _by_file(chosen: Chosen) -> list[tuple[FileText, list[tuple[Candidate, Resolution]]]]:
    files: dict[str, list[tuple[Candidate, Resolution]]] = {}
    for candidate, resolution in sorted(chosen.items(), key=lambda one: one[0].rank):
        files.setdefault(candidate.file.path, []).append((candidate, resolution))
    return [(several[0][0].file, several) for several in files.values()]


def _first(file: FileText, candidate: Candidate) -> int:
    spans = file.spans(candidate.index)
    return spans[0][0] if spans else file.units[candidate.index].start


def _pieces(file: FileText, several: Sequence[tuple[Candidate, Resolution]]) -> Iterator[_Piece]:
    for candidate, resolution in several:
        if resolution == "exact":
            for start, end in file.spans(candidate.index):
                yield _Piece(start, end, candidate, resolution)
        else:
            start = _first(file, candidate)
            yield _Piece(start, start, candidate, resolution)


def _told_once(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces without those that lie inside a function that is given with them in it."""
    kept: list[_Piece] = []
    end = -1
    for piece in pieces:
        if piece.start < end and piece.end <= end:
            continue
        kept.append(piece)
        if piece.resolution == "exact":
            end = max(end, piece.end)
    return kept


def _runs(file: FileText, pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Neighbours that read as one text: whole units with nothing but white space between, or lower ones in turn.

    What is given in parts stands alone, so that its lines can be counted from its heading.
    What was asked for by name stands in runs of its own: one heading would say of its neighbours that they were, too.
    """
    runs: list[list[_Piece]] = []
    for piece in pieces:
        before = runs[-1][-1] if runs else None
        exact = piece.resolution == "exact"
        alike = before is not None and before.candidate.named == piece.candidate.named
        alone = piece.resolution == "parts" or (before is not None and before.resolution == "parts")
        if before is not None and alike and not alone and exact == (before.resolution == "exact"):
            gap = file.data[before.end : piece.start]
            if not exact or not gap or gap.isspace():
                runs[-1].append(piece)
                continue
        runs.append([piece])
    return runs


def _run(file: FileText, pieces: Sequence[_Piece]) -> Run:
    best = min(pieces, key=lambda piece: piece.candidate.rank).candidate
    names = tuple(dict.fromkeys(piece.candidate.name for piece in pieces))
    first = pieces[0]
    if first.resolution == "exact":
        start, end = first.start, pieces[-1].end
        blank = _BLANK_START.match(file.data, start, end)
        line = file.lines.line_of(blank.end() if blank else start) + 1
        last = file.lines.line_of(start + max(len(file.data[start:end].rstrip()) - 1, 0)) + 1
        text, at = "", start
        for piece in pieces:
            text += file.data[at : piece.start].decode("utf-8", "replace") + file.shown(
                piece.start, piece.end
            )
            at = piece.end
        text = _BLANK_LINES.sub("", text).rstrip()
        return Run(((line, last),), "exact", names, best.reasons, text + "\n" if text else "")
    text = "".join(piece.candidate.text(piece.resolution) for piece in pieces)
    given = {piece.resolution for piece in pieces}
    lowest: Resolution = next(one for one in _FROM_LOWEST if one in given)
    ranges = _joined(
        (file.units[piece.candidate.index].line, last_line(file, piece.candidate.index)) for piece in pieces
    )
    return Run(ranges, lowest, names, best.reasons, text)


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges of lines in order, those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)
