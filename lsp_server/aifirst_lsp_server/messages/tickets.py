"""`aifirst/tickets`: the tickets of all projects that are open, their states and what covers their requirements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from aifirst_lsp_server.every_root import find_in_every_root
from aifirst_lsp_server.folders import uri_of
from aifirst_lsp_server.workers.questions import list_tickets

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


class NoParams(msgspec.Struct, frozen=True):
    """Nothing to say."""


def register(server: Server) -> None:
    """Register the message."""

    @server.message("aifirst/tickets", NoParams)
    async def answer(_: NoParams) -> dict[str, Any]:
        async def find(root: str) -> list[dict[str, Any]]:
            found = await server.librarian.ask(list_tickets.Question(root), list_tickets.Answer)
            return [_told(ticket, Path(root)) for ticket in found]

        return {"tickets": await find_in_every_root(server.folders.roots, find)}


def _told(ticket: list_tickets.ListedTicket, root: Path) -> dict[str, Any]:
    requirements = [
        {
            "id": one.id,
            "covered": bool(one.places),
            "places": [{"uri": uri_of(root / place.path), "line": place.line} for place in one.places],
        }
        for one in ticket.requirements
    ]
    fields = msgspec.structs.asdict(ticket)
    return {**fields, "uri": uri_of(root / ticket.path), "requirements": requirements}
