"""Where Go's import paths and names lead within a project: modules, local replacements, vendored packages.

Works on what `go.mod` and `go.work` files say, by the keys of the project view.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import normpath

import msgspec

from aifirst_memory.dependencies.go.entries import Entry, FileEntry, Import, read_entry
from aifirst_memory.dependencies.go.read import folder_key, name_key
from aifirst_memory.dependencies.resolver import FileFacts, ProjectView

_MODULE = re.compile(rb'^\s*module\s+"?([^\s"]+)', re.MULTILINE)
_REPLACE = re.compile(rb'^\s*(?:replace\s+)?"?([^\s"(]+)"?(?:\s+v\S+)?\s*=>\s*"?(\.[^\s"]*)', re.MULTILINE)
_COMMENT = re.compile(rb"//[^\n]*")
_VERSION = re.compile(r"v\d+")


def read_manifest(path: str, data: bytes) -> FileFacts:
    """The facts of a `go.mod` or `go.work`: where the modules lie that it names."""
    text = _COMMENT.sub(b"", data)
    here = path.rpartition("/")[0]
    folders: dict[str, str] = {}
    for module, to in _REPLACE.findall(text):
        at = normpath(f"{here}/{to.decode('utf-8', 'replace')}" if here else to.decode("utf-8", "replace"))
        if not at.startswith(".."):
            folders[module.decode("utf-8", "replace")] = "" if at == "." else at
    own = _MODULE.search(text)
    if own is not None and path.endswith(".mod"):
        folders[own[1].decode("utf-8", "replace")] = here
    entries = {module: msgspec.msgpack.encode(folder) for module, folder in folders.items()}
    return FileFacts(tuple(f"go.module:{module}" for module in folders), entries, b"")


class GoProject:
    """The packages of a project, as one resolving asks for them."""

    def __init__(self, view: ProjectView) -> None:
        self.view = view
        self._folders: dict[tuple[str, str], str | None] = {}

    def file(self, path: str) -> FileEntry | None:
        """What a file says of itself."""
        entry = self.entry(path, "")
        return entry if isinstance(entry, FileEntry) else None

    def entry(self, path: str, name: str) -> Entry | None:
        """What a file says of a name."""
        packed = self.view.entry(path, name)
        return None if packed is None else read_entry(packed)

    def files(self, folder: str) -> list[str]:
        """The files of a folder that an import of it loads."""
        return [path for path in self.view.find(folder_key(folder)) if not is_test(path)]

    def declared(self, folder: str, package: str, name: str, asking: str) -> list[tuple[str, Entry]]:
        """Where a package declares a name: one file, or one for each way to build it."""
        if not package:
            return []
        paths: Sequence[str] = self.view.find(name_key(folder, package, name))
        if not is_test(asking):
            plain = [path for path in paths if not is_test(path)]
            paths = plain or ()
        found = ((path, self.entry(path, name)) for path in paths)
        return [(path, entry) for path, entry in found if entry is not None]

    def folder_of(self, path: str, asking: str) -> str | None:
        """The folder that an import path means in the project; None for what lies outside."""
        here = asking.rpartition("/")[0]
        key = (here, path)
        if key not in self._folders:
            self._folders[key] = self._find_folder(path, here)
        return self._folders[key]

    def _find_folder(self, path: str, here: str) -> str | None:
        module = path
        while module:
            manifests = self.view.find(f"go.module:{module}")
            if manifests:
                at = self._nearest(manifests, here)
                packed = self.view.entry(at, module)
                if packed is not None:
                    root, rest = msgspec.msgpack.decode(packed, type=str), path[len(module) + 1 :]
                    folder = "/".join(filter(None, (root, rest)))
                    if self.view.find(folder_key(folder)):
                        return folder
            module = module.rpartition("/")[0]
        return self._vendored(path, here)

    def _nearest(self, manifests: Sequence[str], here: str) -> str:
        """The manifest that lies above the asking file, the deepest first; otherwise the first."""
        above = [path for path in manifests if f"{here}/".startswith(path.rpartition("/")[0])]
        return max(above, key=lambda path: (path.count("/"), path)) if above else manifests[0]

    def _vendored(self, path: str, here: str) -> str | None:
        while True:
            folder = "/".join(filter(None, (here, "vendor", path)))
            if self.view.find(folder_key(folder)):
                return folder
            if not here:
                return None
            here = here.rpartition("/")[0]

    def package_name(self, folder: str) -> str:
        """The name that a folder's package goes by."""
        for path in self.files(folder):
            file = self.file(path)
            if file is not None:
                return file.package
        return ""


def is_test(path: str) -> bool:
    """Whether Go compiles a file for tests alone."""
    return path.endswith("_test.go")


def guessed_names(imported: Import) -> tuple[str, ...]:
    """The names that a package outside the project may go by."""
    if imported.alias:
        return (imported.alias,)
    parts = imported.path.split("/")
    last = parts[-2] if len(parts) > 1 and _VERSION.fullmatch(parts[-1]) else parts[-1]
    plain = re.sub(r"\.v\d+$", "", last)
    return tuple(
        dict.fromkeys(
            (last, plain, plain.removeprefix("go-"), plain.removesuffix("-go"), plain.replace("-", "_"))
        )
    )
