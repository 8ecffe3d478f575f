"""Finds the source map of a file that a trace speaks of: beside it, inside its zip archive, or written into it."""

from __future__ import annotations

import base64
import binascii
import lzma
import re
import zipfile
import zlib
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from aifirst_compiler.errors import CompileError
from aifirst_compiler.source_maps.read import MAX_SIZE, MapReader, bytes_of_map, read_held_map, read_map

_REFERENCE: Final = re.compile(rb"(?:^|\n)[ \t]*(?://|/\*|#)[#@][ \t]*sourceMappingURL=([^\s*]+)[^\n]*\s*\Z")
_TAIL: Final = 64 << 20
_LAST: Final = 4096
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What reading an archive that is broken, encrypted or packed in an unknown way raises."""


class FoundMap:
    """A map, the folder that its sources are relative to, and the output it is of where that is a file of its own."""

    def __init__(self, reader: MapReader, folder: Path, output: Path | None = None) -> None:
        self.reader = reader
        self.folder = folder
        self.output = output

    def source_path(self, number: int) -> Path:
        """Where a source of the map lies."""
        return self.folder / self.reader.sources[number]


def text_of_source(path: Path) -> str | None:
    """What a source holds that a map names; None for what is no regular file, or too large to show a line of.

    Raises OSError for what cannot be read.
    """
    if not path.is_file() or path.stat().st_size > _TAIL:
        return None
    return path.read_text("utf-8", "replace")


class MapFinder:
    """Finds maps and remembers what it found. `roots` are folders that a relative path may be meant from.

    What is no map is told once, in `problems`, and counts as none.
    """

    def __init__(self, roots: tuple[Path, ...] = ()) -> None:
        self._roots = roots or (Path(),)
        self._found: dict[str, FoundMap | None] = {}
        self.problems: list[str] = []

    def find(self, name: str) -> FoundMap | None:
        """The map of a file as a trace names it, or None."""
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> FoundMap | None:
        path = Path(unquote(urlsplit(name).path)) if name.startswith("file://") else Path(name)
        for root in self._roots:
            try:
                found = _map_of(root / path)
            except CompileError as error:
                self.problems.append(f"{error}: {error.next_step}")
            except (OSError, ValueError):  # a name too long, a NUL: no file of ours
                pass
            except _UNREADABLE as error:
                self.problems.append(f"{root / path} is in an archive that cannot be read: {error}")
            else:
                if found is not None:
                    return found
        return None


def _map_of(path: Path) -> FoundMap | None:
    beside = path.with_name(f"{path.name}.map") if path.name else path
    if beside.is_file():
        return FoundMap(read_map(bytes_of_map(beside), str(beside)), beside.parent, path)
    if path.is_file():
        return _referred(path)
    return _in_archive(path)


def _referred(path: Path) -> FoundMap | None:
    """The map that the last line of a file names or holds."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LAST))
        last = file.read()
        if b"sourceMappingURL" not in last and b"\n" not in last.rstrip() and size <= _TAIL:
            file.seek(0)
            last = file.read()
    match = _REFERENCE.search(last)
    if match is None:
        return None
    url = match[1].decode("utf-8", "replace")
    if url.startswith("data:"):
        kind, _, text = url.partition(",")
        try:
            data = base64.b64decode(text) if kind.endswith(";base64") else unquote(text).encode()
        except binascii.Error:
            return None
        return FoundMap(read_map(data, str(path)), path.parent, path)
    beside = path.parent / unquote(url)
    if "://" in url or not beside.is_file():
        return None
    return FoundMap(read_map(bytes_of_map(beside), str(beside)), beside.parent, path)


def _in_archive(path: Path) -> FoundMap | None:
    for archive in path.parents:
        if archive.is_file():
            inner = path.relative_to(archive).as_posix()
            if not zipfile.is_zipfile(archive):
                return _in_bundle(archive, inner)
            with zipfile.ZipFile(archive) as opened:
                try:
                    if opened.getinfo(f"{inner}.map").file_size > MAX_SIZE:
                        raise CompileError(f"{path}.map is larger than any map this reads", "make it again")
                    data = opened.read(f"{inner}.map")
                except KeyError:
                    return None
            return FoundMap(read_map(data, f"{path}.map"), archive.parent)
    return None


def _in_bundle(bundle: Path, inner: str) -> FoundMap | None:
    """The map of a module that a bundle holds as text, from the bundle's own."""
    beside = bundle.with_name(f"{bundle.name}.map")
    if not beside.is_file():
        return None
    reader = read_held_map(bytes_of_map(beside), str(beside), inner)
    return None if reader is None else FoundMap(reader, beside.parent)
