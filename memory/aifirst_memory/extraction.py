"""Turns found files into records: in this process, or in several.

What comes back is one `Extracted` a file, in no particular order; a file that cannot be read or that an
extractor cannot cope with costs itself only, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import DiscoverySettings, FoundFile, Skipped, read_source
from aifirst_codebase.source import ReadDiagnostic, decode_source
from aifirst_codebase.tokens import TokenizerError
from aifirst_codebase.worker_pool import Work, can_run_in_workers, run_in_workers

from aifirst_memory.embedding.settings import EmbedderSettings
from aifirst_memory.record import FileRecord

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number to do."""

_PARALLEL_BYTES = 1_500_000
"""Less than this is read sooner by one process than by starting more."""

_USUAL_KINDS = 8
"""Kinds of files, by the ends of their names, whose grammars are loaded before workers start."""
_SAMPLE = b"x = 1\n"

_encode = msgspec.msgpack.Encoder().encode
decode_record = msgspec.msgpack.Decoder(FileRecord).decode


class Extracted(msgspec.Struct, frozen=True, gc=False):
    """What became of a file: a record (encoded), or the reason why there is none."""

    found: FoundFile
    record: bytes = b""
    problem: ReadDiagnostic | None = None


@dataclass(frozen=True)
class Extraction:
    """What extracting needs of the project; it can be sent to another process."""

    root: Path
    config: ProjectConfig
    discovery: DiscoverySettings
    embedder: EmbedderSettings
    shadow: frozenset[str] = frozenset()
    """Paths whose part of the shadow is to be made too."""


class Extractor:
    """Extracts one file after the other."""

    def __init__(self, extraction: Extraction) -> None:
        from aifirst_memory.embedding.open_embedder import open_word_embedder

        self._job = extraction
        self._embedder = open_word_embedder(extraction.embedder)

    def extract(self, found: FoundFile) -> Extracted:
        """The record of one file."""
        from aifirst_memory.extract import extract_record

        source = read_source(self._job.root, found, self._job.discovery)
        if isinstance(source, Skipped):
            return Extracted(found, problem=source.reason)
        settings = self._job.config.for_path(found.path)
        try:
            shadow = found.path in self._job.shadow
            record = extract_record(source, settings, self._embedder, shadow=shadow)
        except TokenizerError:
            raise
        except Exception as error:  # noqa: BLE001 - a file that cannot be taken in must not take the rest down
            told = f"could not be indexed: {type(error).__name__}: {error}"
            return Extracted(found, problem=ReadDiagnostic("bug", told, "Please report it with the file."))
        if record is None:
            return Extracted(found, problem=ReadDiagnostic("language", "is in no language that is indexed"))
        return Extracted(found, record=_encode(record))

    def prepare(self, found: FoundFile) -> None:
        """Load what a file of this name needs: its grammar and queries, the tokenizer."""
        from aifirst_memory.extract import extract_record

        settings = self._job.config.for_path(found.path)
        with suppress(Exception):  # it would say so again for the file itself
            extract_record(decode_source(found.path, _SAMPLE), settings, self._embedder)


def pays_in_workers(files: Sequence[FoundFile], jobs: int) -> bool:
    """Whether several processes would extract the files sooner than this one."""
    enough = sum(found.size for found in files) > _PARALLEL_BYTES
    return jobs != 1 and enough and can_run_in_workers(len(files), jobs)


def extract(extraction: Extraction, files: Sequence[FoundFile], jobs: int) -> Generator[Extracted]:
    """Extract in this process, or in `jobs` of them (0: one a processor) where that is sooner."""
    if pays_in_workers(files, jobs):
        kinds = Counter(found.path.rpartition("/")[2].rpartition(".")[2] for found in files)
        samples = {found.path.rpartition("/")[2].rpartition(".")[2]: found for found in files}
        usual = tuple(samples[kind] for kind, _ in kinds.most_common(_USUAL_KINDS))
        work = Work(_set_up, (extraction, usual), _extract_one, _lost, _size_of, _path_of)
        yield from run_in_workers(work, files, jobs)
        return
    extractor = Extractor(extraction)
    for found in files:
        yield extractor.extract(found)


class _Worker:
    """What a worker process keeps between files."""

    extractor: Extractor


def _set_up(extraction: Extraction, usual: Sequence[FoundFile]) -> None:
    """Make an extractor, and have it load what files of the usual kinds need: workers may share it."""
    _Worker.extractor = Extractor(extraction)
    for found in usual:
        _Worker.extractor.prepare(found)


def _extract_one(found: FoundFile) -> Extracted:
    return _Worker.extractor.extract(found)


def _lost(found: FoundFile) -> Extracted:
    told = "could not be indexed: the process that read it died, perhaps for lack of memory"
    problem = ReadDiagnostic(
        "crash", told, "Leave it out with discovery.exclude, and report it with the file."
    )
    return Extracted(found, problem=problem)


def _size_of(found: FoundFile) -> int:
    return found.size


def _path_of(found: FoundFile) -> str:
    return found.path
