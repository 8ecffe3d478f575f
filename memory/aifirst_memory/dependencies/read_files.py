"""Reads files into what the graph stores of them, in this process or in several, one result a file."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import DiscoverySettings, FoundFile, Skipped, read_source
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenizerError
from aifirst_codebase.worker_pool import Work, can_run_in_workers, run_in_workers

from aifirst_memory.dependencies.model import has_own_id
from aifirst_memory.dependencies.read_file import NOTHING, read_file
from aifirst_memory.dependencies.registry import resolver_named
from aifirst_memory.dependencies.resolver import FileFacts
from aifirst_memory.dependencies.sqlite.tables import PackedNodes, pack_facts, pack_nodes
from aifirst_memory.dependencies.unit_marks import unit_marks
from aifirst_memory.tree.packed_units import unpack_units

_PARALLEL_BYTES: Final = 1_500_000
"""Less than this is read sooner by one process than by starting more."""
_NO_NODES = PackedNodes((), b"", b"", b"")


class FileToRead(msgspec.Struct, frozen=True, gc=False):
    """A file, with what the index has of it: the digest of the content that it saw, and the units of that, packed."""

    found: FoundFile
    digest: bytes
    units: bytes = b""


class PackedFile(msgspec.Struct, frozen=True, gc=False):
    """A file as it is stored. `resolver` is empty where none reads it, `problem` where nothing went wrong.

    `taken` are its facts before they were packed, None where another process read them.
    """

    path: str
    digest: bytes = b""
    resolver: str = ""
    version: int = 0
    nodes: PackedNodes = _NO_NODES
    facts: bytes = b""
    problem: str = ""
    taken: FileFacts | None = None


@dataclass(frozen=True)
class FileReading:
    """What reading needs of the project; it can be sent to another process."""

    root: Path
    config: ProjectConfig
    discovery: DiscoverySettings

    def read(self, file: FileToRead) -> PackedFile:
        """One file; where it cannot be read a file without nodes that says so."""
        found = file.found
        source = read_source(self.root, found, self.discovery)
        if isinstance(source, Skipped):
            return PackedFile(found.path, problem=source.reason.message)
        try:
            return self._packed(source, file)
        except TokenizerError:
            raise
        except Exception as error:  # noqa: BLE001 - a file that cannot be taken in must not take the rest down
            told = f"{found.path}: could not be taken into the graph: {type(error).__name__}: {error}"
            return PackedFile(found.path, _digest(source), problem=told)

    def _packed(self, source: SourceFile, file: FileToRead) -> PackedFile:
        digest = _digest(source)
        if not has_own_id(source.path):
            told = (
                f"{source.path}: left out of the graph, its name means something else there: rename the file"
            )
            return PackedFile(source.path, digest, problem=told)
        # What the index saw may have changed since.
        known = unpack_units(file.units) if file.units and file.digest == digest else ()
        read = read_file(source, self.config.for_path(source.path).tokenizer, known)
        if read is None:
            return PackedFile(source.path, digest)
        version = resolver_named(read.resolver).version if read.resolver else 0
        facts = pack_facts(read.facts) if read.resolver else b""
        nodes = tuple({node.id: node for node in read.nodes}.values())
        failed = read.facts == NOTHING and bool(read.problem)
        by_hand = bool(read.resolver) and not failed and not generated_reason(source.path, source.data)
        marks = unit_marks(source.path, source.data, nodes, resolved=by_hand)
        return PackedFile(
            source.path, digest, read.resolver, version, pack_nodes(nodes, marks), facts, read.problem,
            read.facts if read.resolver else None,
        )  # fmt: skip


def _digest(source: SourceFile) -> bytes:
    return bytes.fromhex(source.digest)


def read_files(reading: FileReading, files: Sequence[FileToRead], jobs: int) -> Generator[PackedFile]:
    """Read in this process, or in `jobs` of them (0: one a processor) where that is sooner; in no particular order."""
    enough = sum(file.found.size for file in files) > _PARALLEL_BYTES
    if jobs != 1 and enough and can_run_in_workers(len(files), jobs):
        work = Work(_set_up, (reading,), _read_one, _lost, _size_of, _path_of)
        yield from run_in_workers(work, files, jobs)
        return
    for file in files:
        yield reading.read(file)


class _Worker:
    """What a worker process keeps between files."""

    reading: FileReading


def _set_up(reading: FileReading) -> None:
    _Worker.reading = reading


def _read_one(file: FileToRead) -> PackedFile:
    return msgspec.structs.replace(_Worker.reading.read(file), taken=None)


def _lost(file: FileToRead) -> PackedFile:
    told = f"{file.found.path}: the process that read it died, perhaps for lack of memory"
    return PackedFile(file.found.path, problem=told)


def _size_of(file: FileToRead) -> int:
    return file.found.size


def _path_of(file: FileToRead) -> str:
    return file.found.path
