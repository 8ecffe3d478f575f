"""One run: compares the files with the graph, reads what differs, and resolves what asked something that changed.

A file is resolved again when it changed itself, and when a question that its resolving asked has another answer now.
Until it is, it is listed as pending; a run that is interrupted goes on from there, whatever ended it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

from aifirst_codebase.interruption import interruption_in

from aifirst_memory.dependencies.demands import NotingView, changed_answers
from aifirst_memory.dependencies.masked_packages import mask_packages
from aifirst_memory.dependencies.project import ReadProject
from aifirst_memory.dependencies.project_sources import GraphSource
from aifirst_memory.dependencies.read_files import FileReading, FileToRead, PackedFile, read_files
from aifirst_memory.dependencies.registry import resolver_named
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView
from aifirst_memory.dependencies.sqlite.demand_index import DemandIndex
from aifirst_memory.dependencies.sqlite.graph_writer import GraphWriter, KnownFile
from aifirst_memory.dependencies.sqlite.stored_project import StoredProject, load_project
from aifirst_memory.dependencies.sqlite.tables import STATIC, unpack_facts
from aifirst_memory.dependencies.tests_edges import with_tests
from aifirst_memory.dependencies.unpacked import forget_unpacked
from aifirst_memory.store import transaction

Phase = Literal["read", "resolve"]
Progress = Callable[[Phase, int, int], None]
"""Called with what is done to the files, how many are done and how many are to do."""
UnitsOf = Callable[[str], bytes]
"""The units of the file at a path, packed, as the index has them; empty where it has none."""

_BATCH_FILES: Final = 512
_MOST_AT_ONCE: Final = 400
"""Files to resolve from which on loading the facts of all is cheaper than reading those that are asked for."""


_SPARING_FILES: Final = 32
"""Files after which a sparing run forgets what it worked out for all: a fifth more time, half the memory."""


class GraphState:
    """What a session keeps between runs: where somebody else wrote meanwhile it is made anew."""

    def __init__(self, writer: GraphWriter) -> None:
        self.writer = writer
        self.project = StoredProject(writer.connection)
        self._demands: DemandIndex | None = None

    @property
    def demands(self) -> DemandIndex:
        """Who asked what."""
        if self._demands is None or self._demands.is_worn:
            self._demands = DemandIndex(self.writer.connection)
        return self._demands

    def forget_demands(self) -> None:
        """Load them anew when they are wanted: many changed."""
        self._demands = None

    def note_demands(self, file: int, demands: bytes) -> None:
        """Take over what a file asked, where that is kept at all."""
        if self._demands is not None:
            self._demands.put(file, demands)


class BuildRun:
    """One run over an open graph. The figures and notices say what it did."""

    def __init__(
        self, state: GraphState, reading: FileReading, units: UnitsOf, jobs: int, progress: Progress | None,
        *, sparing: bool = False,
    ) -> None:  # fmt: skip
        self._state = state
        self._writer = state.writer
        self._connection = state.writer.connection
        self._reading = reading
        self._units = units
        self._jobs = jobs
        self._progress = progress
        self._sparing = sparing
        """Whether to take more time rather than more memory."""
        self.notices: list[str] = []
        self.changed: set[str] = set()
        """Paths of the files that were read anew."""
        self.gone: set[str] = set()
        self.resolved = 0
        self.is_large = False
        self._initial = False
        self._facts: dict[str, FileFacts] = {}

    def take(self, sources: dict[str, GraphSource], paths: Sequence[str] | None) -> None:
        """Bring files, facts and the edges of the code up to date with the sources, all or those at `paths`."""
        known = self._writer.known(paths)
        wanted = {path: source for path, source in sources.items() if _differs(source, known.get(path))}
        known |= self._writer.known([path for path in wanted if path not in known])
        wanted = {path: source for path, source in wanted.items() if _differs(source, known.get(path))}
        gone = {path: known[path] for path in sorted(known.keys() - sources.keys())}
        self._initial = not known and self._connection.execute("SELECT 1 FROM dep_file").fetchone() is None
        is_small = len(wanted) + len(gone) + self._pending() <= _MOST_AT_ONCE
        self.is_large = not is_small
        with transaction(self._connection) if is_small else _no_transaction():
            self._read(wanted, known, is_small)
            with self._batch(is_small):
                self._remove(gone)
            self._resolve_pending(is_small)

    def _pending(self) -> int:
        """How many files a run that was interrupted has left to resolve."""
        return int(self._connection.execute("SELECT count(*) FROM dep_pending").fetchone()[0])

    @contextmanager
    def _batch(self, is_small: bool) -> Generator[None]:
        """A transaction of its own, unless the whole run is one."""
        with _no_transaction() if is_small else transaction(self._connection):
            yield

    def _read(self, wanted: dict[str, GraphSource], known: dict[str, KnownFile], is_small: bool) -> None:
        """Read and write the files, batch by batch; an interrupted run keeps what it has."""
        files = [
            FileToRead(source.found, source.digest, self._units(path))
            for path, source in sorted(wanted.items())
        ]
        if not is_small:
            self._writer.interned.load()
        results = read_files(self._reading, files, self._jobs)
        batch: list[PackedFile] = []
        try:
            for done, packed in enumerate(results, 1):
                batch.append(packed)
                if len(batch) >= _BATCH_FILES:
                    full, batch = batch, []
                    self._write(full, wanted, known, is_small)
                if self._progress is not None:
                    self._progress("read", done, len(files))
        except (KeyboardInterrupt, SystemExit):
            if not is_small:
                self._write(batch, wanted, known, is_small)
            raise
        finally:
            results.close()
        self._write(batch, wanted, known, is_small)

    def _write(
        self,
        batch: Sequence[PackedFile],
        wanted: dict[str, GraphSource],
        known: dict[str, KnownFile],
        is_small: bool,
    ) -> None:
        changed: set[int] = set()
        with self._batch(is_small):
            for packed in batch:
                if packed.problem:
                    self.notices.append(packed.problem)
                before = None if self._initial else self._state.project.facts(packed.path)
                after = packed.taken
                if after is None and packed.resolver:
                    after = unpack_facts(packed.facts)
                changed |= set() if self._initial else changed_answers(packed.path, before, after)
                if self._initial and after is not None and not self._sparing:
                    self._facts[packed.path] = after
                keys = after.keys if after is not None else ()
                self._writer.put(packed, keys, wanted[packed.path].variant, known.get(packed.path))
                self.changed.add(packed.path)
            self._state.project.forget(packed.path for packed in batch)
            self._put_off_asking(changed)

    def _remove(self, gone: dict[str, KnownFile]) -> None:
        changed: set[int] = set()
        for path, known in gone.items():
            changed |= changed_answers(path, self._state.project.facts(path), None)
            self._writer.remove(known.file)
            self._state.note_demands(known.file, b"")
            self.gone.add(path)
        self._state.project.forget(gone)
        self._put_off_asking(changed)

    def _put_off_asking(self, changed: set[int]) -> None:
        """List the files that asked one of these questions as ones to resolve."""
        if changed:
            self._writer.put_off(self._state.demands.asked(changed))

    def _resolve_pending(self, is_small: bool) -> None:
        rows: list[tuple[int, str, str]] = self._connection.execute(
            "SELECT file, path, resolver FROM dep_pending JOIN dep_file USING (file) ORDER BY path"
        ).fetchall()
        if not rows:
            return
        many = len(rows) > _MOST_AT_ONCE
        if many:
            self._state.forget_demands()
        view = self._whole_project() if many and not self._sparing else self._state.project
        noting = NotingView(view)
        try:
            self._resolve_rows(rows, view, noting, is_small)
        finally:
            noting.let_go()

    def _resolve_rows(
        self, rows: list[tuple[int, str, str]], view: ProjectView, noting: NotingView, is_small: bool
    ) -> None:
        done = 0
        for batch in _batches(rows, _SPARING_FILES if self._sparing else _BATCH_FILES):
            with self._batch(is_small):
                for file, path, resolver in batch:
                    edges = self._edges(path, resolver, view, noting)
                    self._writer.put_edges(file, STATIC, edges)
                    demands = noting.demands()
                    self._writer.put_resolved(file, demands)
                    self._state.note_demands(file, demands)
            if self._sparing:
                self._forget(noting)
            done += len(batch)
            self.resolved += sum(1 for _, _, resolver in batch if resolver)
            if self._progress is not None:
                self._progress("resolve", done, len(rows))

    def _forget(self, noting: NotingView) -> None:
        """Let go of what can be worked out again."""
        noting.let_go()
        forget_unpacked()
        self._state.project.spare()

    def _whole_project(self) -> ReadProject:
        """All facts in memory: those just read in a first build, else from the database."""
        files = load_project(self._connection, self._facts)
        self._facts = {}
        return ReadProject(files)

    def _edges(self, path: str, resolver: str, view: ProjectView, noting: NotingView) -> list[FoundEdge]:
        noting.begin()
        facts = _facts_of(view, path)
        if not resolver or facts is None or not facts.body:
            return []
        try:
            return with_tests(mask_packages(resolver_named(resolver).resolve(path, facts.body, noting)))
        except Exception as error:
            if interruption_in(error) is not None:
                raise
            self.notices.append(
                f"{path}: its dependencies could not be resolved: {type(error).__name__}: {error}"
            )
            return []


def _facts_of(view: ProjectView, path: str) -> FileFacts | None:
    if isinstance(view, StoredProject):
        return view.facts(path)
    if isinstance(view, ReadProject):
        file = view.files.get(path)
        return None if file is None else file.facts
    return None


def _differs(source: GraphSource, known: KnownFile | None) -> bool:
    """Whether a file is not as the graph has it, or was read by a resolver that has changed since."""
    if known is None or known.digest != source.digest or known.variant != source.variant:
        return True
    return bool(known.resolver) and resolver_named(known.resolver).version != known.version


def _batches(rows: Sequence[tuple[int, str, str]], size: int) -> Iterator[Sequence[tuple[int, str, str]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@contextmanager
def _no_transaction() -> Generator[None]:
    yield
