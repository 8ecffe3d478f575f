"""Hover: what is known of the unit under the cursor.

Answered from the last analysis, so that it never waits for one. Other features add to it through `server.hovers`: each
is asked with the snapshot and the byte, and gives Markdown or "". Who is late is left out, unless nobody else has
anything to say: a mouse that rests is shown what there is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundUnit, Limits
from aifirst_lsp_server.workers.process import WorkerError

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

_WAITS: Final = 0.005
_WAITS_LONGER: Final = 0.5
"""Seconds for what is added to figures that are there, and for a hover that is else empty."""
_log = logging.getLogger("aifirst.hover")


def register(server: Server) -> None:
    """Register hover."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        snapshot = server.last(params.text_document.uri)
        if snapshot is None or not snapshot.analysis.units:
            return None
        byte = snapshot.byte(params.position)
        parts: list[str] = []
        unit = snapshot.unit_at(byte)
        place: types.Range | None = None
        if unit is not None and _points_at(snapshot, unit, byte):
            parts.append(unit_facts(unit, snapshot.analysis.limits))
            place = snapshot.range(unit.name_start, unit.name_end)
        parts = [*await _said(server, snapshot, byte, patient=not parts), *parts]
        text = "\n\n".join(part for part in parts if part)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place) if text else None


async def _said(server: Server, snapshot: Snapshot, byte: int, *, patient: bool) -> list[str]:
    """What others add, in the order of their registration."""
    asked = [asyncio.ensure_future(ask(snapshot, byte)) for ask in server.hovers]
    if not asked:
        return []
    await asyncio.wait(asked, timeout=_WAITS)
    if patient and not any(map(_text_of, asked)):
        await asyncio.wait(asked, timeout=_WAITS_LONGER)
    for late in asked:
        late.cancel()
    return [_text_of(one) for one in asked]


def _text_of(asked: asyncio.Future[str]) -> str:
    """What one said; "" where it is not there yet, or failed."""
    if not asked.done() or asked.cancelled():
        return ""
    error = asked.exception()
    if error is not None:
        _log.log(logging.INFO if isinstance(error, WorkerError) else logging.ERROR, "hover: %s", error)
        return ""
    return asked.result()


def unit_facts(unit: FoundUnit, limits: Limits) -> str:
    """The figures of a unit, as Markdown."""
    what = f"**{unit.kind}** `{unit.name}`" if unit.name else "**top-level code**"
    size = f"{unit.total_tokens} tokens"
    if unit.total_tokens != unit.tokens:
        size += f" ({unit.tokens} its own)"
    if limits.unit_warning:
        size += f", limit {limits.unit_warning}"
    share = round(100 * unit.glue_tokens / unit.tokens) if unit.tokens else 0
    lines = [f"{what} · {unit.lines} lines", f"{size} · glue {share} %"]
    if unit.kind == "function":
        lines.append(f"cyclomatic complexity {unit.cyclomatic} · nesting {unit.nesting}")
    return "  \n".join(lines)


def _points_at(snapshot: Snapshot, unit: FoundUnit, byte: int) -> bool:
    """Whether the byte stands in the head of the unit, or in the module's first line."""
    if not unit.name:
        return snapshot.lines.line_of(byte) == 0
    return unit.name_start <= byte <= unit.name_end
