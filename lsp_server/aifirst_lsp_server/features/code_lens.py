"""Code lenses: what each unit costs, how much of it is glue, and how much hangs on it.

They come from the last text that parsed whole, so that they neither vanish nor jump while a line is half written; where
lines were added or taken since, they move along. Dependents are asked for one lens at a time, when it comes into sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundUnit, Limits
from aifirst_lsp_server.workers.process import WorkerError

if TYPE_CHECKING:
    from aifirst_lsp_server.index_state import ProjectIndex
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot
    from aifirst_lsp_server.workers.questions.count_dependents import Dependents

_SHOW = "aifirst.showDependents"
_NOTHING = ""
"""The command of a lens that only tells: clients show its title and do nothing on a click."""


def register(server: Server) -> None:
    """Register lenses; what tells dependents is added by `server.dependents`."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True), empty=[])
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        state = server.state(params.text_document.uri)
        snapshot = server.last(params.text_document.uri, good=True)
        if state is None or snapshot is None:
            return []
        wanted = state.folder.settings.code_lens.enable
        if not wanted or snapshot.analysis.left_out:
            return []
        shift = _Shift(snapshot, state.document.data)
        found: list[types.CodeLens] = []
        for unit in snapshot.analysis.units[1:]:
            line = shift.line(unit.line)
            place = types.Range(types.Position(line, 0), types.Position(line, 0))
            title = lens_title(unit, snapshot.analysis.limits, wanted)
            if title:
                found.append(types.CodeLens(place, types.Command(title, _NOTHING)))
            if "dependents" in wanted and server.dependents is not None:
                found.append(types.CodeLens(place, data={"root": state.folder.root, "unit": unit.id}))
        return found

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        asked = _Asked.read(lens.data)
        if lens.command is None and asked is not None:
            count = await _count(server, asked)
            click = _SHOW if count is not None and count.total else _NOTHING
            lens.command = types.Command(_title(count), click, arguments=[asked.unit])
        return lens

    def updated(_: ProjectIndex) -> None:
        refresh(server)  # what lenses tell of dependents is old

    server.index.updated.append(updated)


def refresh(server: Server) -> None:
    """Have the client ask again, where it can be told to."""
    workspace = server.client_capabilities.workspace
    lens = workspace.code_lens if workspace is not None else None
    if lens is not None and lens.refresh_support:
        server.run(server.workspace_code_lens_refresh_async(None))


def _title(count: Dependents | None) -> str:
    if count is None:
        return "dependents unknown"
    return f"{count.total:,} dependent{'' if count.total == 1 else 's'}{count.of_them}"


async def _count(server: Server, asked: _Asked) -> Dependents | None:
    """How many units depend on one; None where nobody knows, as long as there is no index."""
    try:
        return await server.dependents(asked.root, asked.unit) if server.dependents is not None else None
    except WorkerError:
        return None


class _Asked(msgspec.Struct, frozen=True):
    """What a lens keeps until it is resolved."""

    root: str
    unit: str

    @classmethod
    def read(cls, data: object) -> _Asked | None:
        """What a client sent back; None for what is none of ours."""
        try:
            return msgspec.convert(data, cls)
        except msgspec.ValidationError:
            return None


def lens_title(unit: FoundUnit, limits: Limits, wanted: tuple[str, ...]) -> str:
    """The figures of a unit in a line; "" where none of them is wanted."""
    parts: list[str] = []
    if "tokens" in wanted:
        limit = limits.unit_warning
        over = " ⚠" if limit and unit.tokens > limit else ""
        parts.append(f"{unit.tokens:,}{f' of {limit:,}' if limit else ''} tokens{over}")
    if "glue" in wanted and unit.tokens:
        parts.append(f"{round(100 * unit.glue_tokens / unit.tokens)} % glue")
    return " · ".join(parts)


class _Shift:
    """Leads lines of an older text to the same lines of the text now: what begins alike stays, what ends alike moves."""

    def __init__(self, snapshot: Snapshot, now: bytes) -> None:
        old = snapshot.data
        self._more = 0
        self._after = 0
        if old != now:
            before = len(_common_start(old, now))
            self._after = old.count(b"\n", 0, before) + 1
            self._more = now.count(b"\n") - old.count(b"\n")

    def line(self, line: int) -> int:
        """The line now."""
        return max(0, line + self._more) if self._more and line >= self._after else line


def _common_start(one: bytes, other: bytes) -> bytes:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return one[:low]
