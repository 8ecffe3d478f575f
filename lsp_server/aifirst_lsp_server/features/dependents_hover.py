"""Hover on a unit's name: how many depend on it.

A hover never waits for the index: what is not known within a few milliseconds is shown by the next one, and what is
known is shown at once and asked again for the next.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aifirst_lsp_server.workers.process import WorkerError

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState, Snapshot
    from aifirst_lsp_server.workers.questions.count_dependents import Dependents

_WAITS: Final = 0.006
_MOST: Final = 500


def register(server: Server) -> None:
    """Add to hovers."""
    known: dict[tuple[str, str], Dependents | None] = {}
    asked: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def ask(root: str, unit: str) -> None:
        try:
            if server.dependents is not None:
                known[root, unit] = await server.dependents(root, unit)
        except WorkerError:
            known.pop((root, unit), None)
        finally:
            asked.pop((root, unit), None)

    async def tell(snapshot: Snapshot, byte: int) -> str:
        unit, state = snapshot.unit_at(byte), server.state(snapshot.document.uri)
        if state is None or unit is None or not unit.name or not unit.name_start <= byte <= unit.name_end:
            return ""
        if server.index.of(state.folder.root).indexed is False:
            return ""
        key = (state.folder.root, unit.id)
        if key not in asked:
            asked[key] = server.run(ask(*key))
        if key not in known:
            await asyncio.wait((asked[key],), timeout=_WAITS)
        count = known.get(key)
        if count is None:
            return ""
        one = count.total == 1
        return f"{count.total:,} unit{'' if one else 's'} depend{'s' if one else ''} on it{count.of_them}"

    def forget(_: DocumentState) -> None:
        if len(known) > _MOST:
            known.clear()

    server.hovers.append(tell)
    server.saved.append(forget)
