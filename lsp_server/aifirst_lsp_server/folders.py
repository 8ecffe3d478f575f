"""The folders of the workspace: which project a file belongs to, and what the client's settings say for it.

A file belongs to the nearest folder around it; its project begins where the command line would say so. A file outside of
all folders is a project of its own place.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pygls.uris import from_fs_path, to_fs_path

from aifirst_lsp_server.client_settings import ClientSettings


@dataclass
class Folder:
    """A folder of the workspace, or the place of a file outside of all. `path` is absolute, `root` its project's."""

    uri: str
    path: str
    root: str
    is_open: bool = True
    """Whether the client has it open; a file's own place is not."""
    settings: ClientSettings = field(default_factory=ClientSettings)


class Folders:
    """The folders that are open, by their uri."""

    def __init__(self) -> None:
        self._folders: dict[str, Folder] = {}
        self._outside: dict[str, Folder] = {}
        self.trusted = True
        self.default_settings = ClientSettings()
        """What the client says for no folder in particular."""
        self.given_settings: object = None
        """The section `aifirst` as the session began with it, for clients that cannot be asked."""

    @property
    def open(self) -> list[Folder]:
        """The open folders, in the order the client gave them."""
        return list(self._folders.values())

    @property
    def roots(self) -> list[str]:
        """The roots of the projects that are open, each once."""
        return list(dict.fromkeys(folder.root for folder in self._folders.values()))

    def add(self, uri: str) -> Folder | None:
        """Open a folder; None for one that is on no disk of ours."""
        path = path_of(uri)
        if path is None:
            return None
        folder = self._folders[uri] = Folder(uri, path, _root_of(path))
        return folder

    def remove(self, uri: str) -> None:
        """Close a folder."""
        self._folders.pop(uri, None)

    def look_again(self) -> None:
        """Ask again where each project begins, after a file that says so came or went."""
        for folder in self._folders.values():
            folder.root = _root_of(folder.path)
        self.forget_places()

    def forget_places(self) -> None:
        """Ask again about files outside of all folders."""
        for place in self._outside.values():
            place.settings = self.default_settings
            place.root = _root_of(place.path) if Path(place.path).is_dir() else place.path

    def of(self, uri: str) -> Folder:
        """The nearest folder around a file; for one that is nowhere, the first one open."""
        path = path_of(uri)
        around = [one for one in self._folders.values() if path is not None and lies_in(path, one.path)]
        if around:
            return max(around, key=lambda one: len(one.path))
        if path is None:
            return next(iter(self._folders.values()), self._place(str(Path.cwd())))
        return self._place(str(Path(path).parent))

    def _place(self, path: str) -> Folder:
        known = self._outside.get(path)
        if known is None:
            root = _root_of(path) if Path(path).is_dir() else path
            known = Folder(from_fs_path(path) or "", path, root, False, self.default_settings)
            self._outside[path] = known
        return known


def path_of(uri: str) -> str | None:
    """The absolute path that a uri names, None where it names no file."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if not path or "\0" in path or not os.path.isabs(path):  # noqa: PTH117 - a text of the client
        return None
    return os.path.normpath(path)


def uri_of(path: str | Path) -> str:
    """The uri of a file."""
    return from_fs_path(str(path)) or ""


def relative_path(uri: str, root: str) -> str:
    """The path of a document below its project's root; its name alone where it lies elsewhere or is no file."""
    path = path_of(uri)
    if path is None:
        name = unquote(urlsplit(uri).path if ":" in uri else uri).rpartition("/")[2]
        return name.replace("\0", "") or "untitled"
    return os.path.relpath(path, root).replace(os.sep, "/") if lies_in(path, root) else Path(path).name


def lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _root_of(path: str) -> str:
    from aifirst_codebase.config import find_root

    try:
        return str(find_root(Path(path)))
    except OSError:
        return path
