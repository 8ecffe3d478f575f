"""The units of a file as its row keeps them: column by column, and as steps, so that they take little room.

Rows of their own would be the largest part of the index; one record after the other takes half as much again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import add, sub
from typing import Final, get_args

import msgspec
from aifirst_codebase.units.unit import UnitKind

from aifirst_memory.record import UnitRecord

_KINDS: Final[tuple[UnitKind, ...]] = get_args(UnitKind)
_NUMBER_OF: Final = {kind: number for number, kind in enumerate(_KINDS)}
_DIGEST = 8
"""Bytes of a unit's digest."""
_WINDOW_BITS, _MEMORY_LEVEL = 14, 5
"""Packs are small: with zlib's usual tables most of the time goes into clearing them, and the pack is no smaller."""


class _Columns(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What `UnitRecord` has, by unit. Starts and lines are steps from the unit before, parents steps back, `totals`
    what lies beyond the unit's own tokens. `parted` are the units that are not of one piece, with their spans.
    """

    names: tuple[str, ...]
    kinds: bytes
    starts: list[int]
    lengths: list[int]
    lines: list[int]
    heights: list[int]
    parents: list[int]
    tokens: list[int]
    glue_tokens: list[int]
    totals: list[int]
    digests: bytes
    parted: list[int]
    spans: list[list[int]]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Columns).decode


def pack_units(units: Sequence[UnitRecord]) -> bytes:
    """The units in order, as they are kept."""
    parted = [number for number, unit in enumerate(units) if unit.spans != (unit.start, unit.end)]
    columns = _Columns(
        tuple([unit.name for unit in units]),
        bytes([_NUMBER_OF[unit.kind] for unit in units]),
        _steps([unit.start for unit in units]),
        [unit.end - unit.start for unit in units],
        _steps([unit.line for unit in units]),
        [unit.end_line - unit.line for unit in units],
        [number - unit.parent for number, unit in enumerate(units)],
        [unit.tokens for unit in units],
        [unit.glue_tokens for unit in units],
        [unit.total_tokens - unit.tokens for unit in units],
        b"".join([unit.digest for unit in units]),
        parted,
        [_steps(units[number].spans) for number in parted],
    )
    coder = zlib.compressobj(6, wbits=_WINDOW_BITS, memLevel=_MEMORY_LEVEL)
    return coder.compress(_encode(columns)) + coder.flush()


def unpack_units(data: bytes) -> tuple[UnitRecord, ...]:
    """The inverse of `pack_units`. Raises `zlib.error`, `msgspec.DecodeError` or `ValueError` for what is damaged."""
    columns = _decode(zlib.decompress(data))
    starts, lines = list(accumulate(columns.starts)), list(accumulate(columns.lines))
    ends = list(map(add, starts, columns.lengths))
    spans: list[tuple[int, ...]] = list(zip(starts, ends, strict=True))
    for number, steps in zip(columns.parted, columns.spans, strict=True):
        spans[number] = tuple(accumulate(steps))
    digests = [columns.digests[at : at + _DIGEST] for at in range(0, len(columns.digests), _DIGEST)]
    if any(len(column) != len(starts) for column in (columns.names, columns.kinds, lines, digests)):
        raise ValueError("the columns of a file's units are not of one length")
    return tuple(
        map(
            UnitRecord, columns.names, map(_KINDS.__getitem__, columns.kinds), starts, ends, lines,
            map(add, lines, columns.heights), map(sub, range(len(starts)), columns.parents), spans,
            columns.tokens, columns.glue_tokens, map(add, columns.totals, columns.tokens),
            digests,
        )
    )  # fmt: skip


def _steps(numbers: Iterable[int]) -> list[int]:
    """Each number as its distance from the one before."""
    found: list[int] = []
    before = 0
    for number in numbers:
        found.append(number - before)
        before = number
    return found
