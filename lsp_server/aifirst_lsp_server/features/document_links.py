"""Document links: specifications and `path:line` places that comments name lead there.

A path is looked for beside the document and from the project's root, and never leads out of the project.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from aifirst_lsp_server.analysis.analysis import FoundReference
from aifirst_lsp_server.folders import lies_in, path_of, uri_of

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_PATH_TAGS = ("SPEC", "DOC", "TEST")
"""Categories of tags whose value may be a path."""


def register(server: Server) -> None:
    """Register the request."""

    @server.feature(
        types.TEXT_DOCUMENT_DOCUMENT_LINK, types.DocumentLinkOptions(resolve_provider=False), empty=[]
    )
    async def links(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        snapshot = await server.current(params.text_document.uri)
        state = server.state(params.text_document.uri)
        own = path_of(params.text_document.uri)
        if snapshot is None or state is None or own is None:
            return []
        analysis = snapshot.analysis
        named = [one for one in analysis.references if one.kind != "requirement"]
        named += [
            FoundReference("document", tag.value, tag.end - len(tag.value.encode()), tag.end)
            for tag in analysis.tags
            if tag.category in _PATH_TAGS and "." in tag.value
        ]
        places = await asyncio.to_thread(
            _places, {one.target for one in named}, Path(own).parent, state.folder.root
        )
        tooltip = "Open" if _shows_tooltips(server) else None
        return [
            types.DocumentLink(
                snapshot.range(one.start, one.end), _address(places[one.target], one), tooltip=tooltip
            )
            for one in sorted(named, key=lambda one: one.start)
            if one.target in places
        ]


def _shows_tooltips(server: Server) -> bool:
    text_document = server.client_capabilities.text_document
    links = text_document.document_link if text_document is not None else None
    return links is not None and bool(links.tooltip_support)


def _places(targets: set[str], folder: Path, root: str) -> dict[str, Path]:
    """The files that the targets name, those that are there."""
    real_root = str(Path(root).resolve())
    found: dict[str, Path] = {}
    for target in targets:
        for start in (folder, Path(root)):
            try:
                place = (start / target).resolve()
                if lies_in(str(place), real_root) and place.is_file():
                    found.setdefault(target, place)
            except (OSError, ValueError):
                continue
    return found


def _address(place: Path, reference: FoundReference) -> str:
    uri = uri_of(place)
    if reference.line:
        return f"{uri}#L{reference.line}"
    return f"{uri}#{reference.fragment}" if reference.fragment else uri
