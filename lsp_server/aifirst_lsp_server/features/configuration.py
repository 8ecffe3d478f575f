"""Configuration, live: the client's settings of each folder, which folders there are, and files that steer us.

A change is seen at once where the client watches files for us; where it does not, at the next key (the analyst looks at
the times of the few files that matter).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from aifirst_lsp_server.analysis.language_ids import EXTENSIONS
from aifirst_lsp_server.client_log import set_level
from aifirst_lsp_server.client_settings import ClientSettings, read_settings
from aifirst_lsp_server.features.diagnostics import withdraw_all
from aifirst_lsp_server.folders import path_of, relative_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aifirst_lsp_server.folders import Folder
    from aifirst_lsp_server.server import Server

SECTION: Final = "aifirst"
_PATIENCE: Final = 5.0
_STEERING: Final = ("aifirst.toml", "pyproject.toml", ".gitignore", ".aifirstignore")
_WATCHED: Final = "**/*{" + ",".join(sorted({*EXTENSIONS.values(), *_STEERING})) + "}"


def register(server: Server) -> None:
    """Register what tells of configuration, folders and files."""

    def started() -> None:
        server.run(_begin(server))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        await _read(server, params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            server.folders.remove(folder.uri)
        for folder in params.event.added:
            server.folders.add(folder.uri)
        _place_again(server)
        server.run(_settle(server))

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        _take_in(server, [one.uri for one in params.changes])

    server.started.append(started)


async def _begin(server: Server) -> None:
    await _settle(server)
    await _watch(server)


async def _settle(server: Server) -> None:
    """Read the settings, then let begin what has waited for them."""
    await _read(server, None)
    for tell in server.configured:
        tell()


async def _read(server: Server, pushed: object) -> None:
    """Ask for the settings of every folder; where the client cannot be asked, what it pushed or started with counts."""
    folders = server.folders.open
    workspace = server.client_capabilities.workspace
    if workspace is not None and workspace.configuration:
        items = [types.ConfigurationItem(scope_uri=folder.uri, section=SECTION) for folder in folders]
        items = items or [types.ConfigurationItem(section=SECTION)]
        given = await _asked(server, items)
    else:
        section = _section(pushed) if pushed is not None else server.folders.given_settings
        given = [section] * max(len(folders), 1)
    _apply(server, folders, cast("Sequence[object]", given or ()))


async def _asked(server: Server, items: list[types.ConfigurationItem]) -> Sequence[object]:
    """What the client says to each; nothing where it fails to, or takes too long."""
    try:
        asked = server.workspace_configuration_async(types.ConfigurationParams(items))
        return cast("Sequence[object]", await asyncio.wait_for(asked, _PATIENCE))
    except (JsonRpcException, TimeoutError) as error:
        server.tell_problem(f"the client does not tell its settings ({error}); defaults are taken")
        return ()


def _section(pushed: object) -> object:
    whole = cast("dict[str, Any]", pushed) if isinstance(pushed, dict) else {}
    return whole.get(SECTION, whole)


def _apply(server: Server, folders: Sequence[Folder], given: Sequence[object]) -> None:
    for number, value in enumerate(given):
        settings, problems = read_settings(value)
        for problem in problems:
            server.tell_problem(problem)
        if number == 0:
            server.folders.default_settings = settings
            if isinstance(value, dict) and "logLevel" in value:
                set_level(settings.log_level)
        if number < len(folders):
            _set(server, folders[number], settings)
    server.folders.forget_places()
    for tell in server.settings_changed:
        tell()


def _set(server: Server, folder: Folder, settings: ClientSettings) -> None:
    was_on, folder.settings = folder.settings.enable, settings
    if was_on == settings.enable:
        return
    for state in server.documents:
        if state.folder is folder:
            state.last = state.good = None
            if settings.enable:
                server.schedule.touch(state)
            else:
                server.schedule.forget(state)
                withdraw_all(server, state)


def _place_again(server: Server) -> None:
    """Give every document the folder that it belongs to now."""
    for state in server.documents:
        uri = state.document.notebook or state.uri
        folder = server.folders.of(uri)
        path = relative_path(uri, folder.root)
        if folder is not state.folder or path != state.path:
            state.folder, state.path = folder, path
            server.schedule.repeat(state)


def _take_in(server: Server, uris: Sequence[str]) -> None:
    """Files changed on disk: settings count for all texts at once, sources for memory and project rules."""
    paths = [path for path in map(path_of, uris) if path is not None]
    if any(path.endswith(_STEERING) for path in paths):
        server.folders.look_again()
        _place_again(server)
        for state in server.documents:
            server.schedule.repeat(state)
        for root in server.folders.roots:
            server.judge.touch(root)
    by_root: dict[str, list[str]] = {}
    for uri in uris:
        root = server.folders.of(uri).root
        if root in server.folders.roots:
            by_root.setdefault(root, []).append(relative_path(uri, root))
    for root, changed in by_root.items():
        server.index.touch(root, tuple(changed))
        if server.trusted:
            server.judge.touch(root)


async def _watch(server: Server) -> None:
    """Have the client watch files and its settings for us, where it can."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    settings = workspace.did_change_configuration if workspace is not None else None
    wanted: list[types.Registration] = []
    if watching is not None and watching.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
        wanted.append(types.Registration("aifirst-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if settings is not None and settings.dynamic_registration:
        section = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wanted.append(
            types.Registration("aifirst-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
        )
    if wanted:
        await server.client_register_capability_async(types.RegistrationParams(wanted))
