"""Start and end: what the client said of itself, and the process that we must not outlive."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from aifirst_codebase.positions import PositionEncoding
from lsprotocol import types

from aifirst_lsp_server.folders import uri_of

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_ENCODINGS: Final[tuple[PositionEncoding, ...]] = ("utf-8", "utf-16", "utf-32")


def register(server: Server) -> None:
    """Register the start of a session."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.encoding = _encoding(params)
        options: object = params.initialization_options
        if isinstance(options, dict):
            given = cast("dict[str, object]", options)
            server.folders.trusted = given.get("trusted") is not False
            server.folders.given_settings = given.get("settings")
        for uri in _roots(params):
            server.folders.add(uri)
        _end_with(server, params.process_id)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        log = server.client_log
        if log is not None:
            log.send = lambda level, text: server.window_log_message(
                types.LogMessageParams(types.MessageType(level), text)
            )
        for tell in server.started:
            tell()


def _encoding(params: types.InitializeParams) -> PositionEncoding:
    """The units of columns: the client's first choice among those there are, UTF-16 where it says none."""
    general = params.capabilities.general
    for one in (general.position_encodings if general is not None else None) or ():
        name = one.value if isinstance(one, types.PositionEncodingKind) else one
        for known in _ENCODINGS:
            if name == known:
                return known
    return "utf-16"


def _roots(params: types.InitializeParams) -> list[str]:
    if params.workspace_folders:
        return [folder.uri for folder in params.workspace_folders]
    if params.root_uri:
        return [params.root_uri]
    return [uri_of(params.root_path)] if params.root_path else []


def _end_with(server: Server, client: int | None) -> None:
    """End when the client's process does, also where somebody else holds its end of the pipe."""
    if client is None or not hasattr(os, "pidfd_open"):
        return
    with suppress(OSError, OverflowError, ValueError):  # a process of another machine or container
        handle = os.pidfd_open(client)
        asyncio.get_running_loop().add_reader(handle, server.protocol.on_exit, 1)
