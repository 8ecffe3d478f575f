"""Hover on a tag: what it defines or refers to, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aifirst_lsp_server.features.navigation import tag_places
from aifirst_lsp_server.folders import path_of, relative_path
from aifirst_lsp_server.target_at import target_at

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import Snapshot

_MOST = 8


def register(server: Server) -> None:
    """Add to hovers."""

    async def tell(snapshot: Snapshot, byte: int) -> str:
        target = target_at(snapshot, byte)
        state = server.state(snapshot.document.uri)
        if target is None or state is None or target.kind != "tag":
            return ""
        places = await tag_places(server, state, target)
        title = _title(snapshot, target.value)
        lines = [f"**{target.category}** `{target.value}`{f' · {title}' if title else ''}"]
        for name, wanted in (("Defined", True), ("Named", False)):
            those = [place for place, role in places if (role == "definition") == wanted]
            shown = [
                f"[{relative_path(place.uri, state.folder.root)}:{place.range.start.line + 1}]"
                f"({place.uri}#L{place.range.start.line + 1})"
                for place in those[:_MOST]
                if path_of(place.uri) is not None
            ]
            more = f" and {len(those) - _MOST} more" if len(those) > _MOST else ""
            if shown:
                lines.append(f"{name}: {', '.join(shown)}{more}")
        if not any(role == "definition" for _, role in places):
            lines.append("Defined nowhere that is open or indexed.")
        return "  \n".join(lines)

    server.hovers.append(tell)


def _title(snapshot: Snapshot, slug: str) -> str:
    return next((ticket.title for ticket in snapshot.analysis.tickets if ticket.slug == slug), "")
