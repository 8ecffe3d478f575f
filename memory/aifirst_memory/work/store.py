"""The memory of work: records sessions, decisions, edits and outcomes, and brings back those that matter now.

Every text is stripped of secrets before it is written. Each call is one transaction, durable when it
returns, so that a crash costs nothing that was recorded.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.work.database import NAME, as_work_error, is_damage, note_damage, open_database
from aifirst_memory.work.entries import Entry, Place, Recalled, Result, WorkError, place_of
from aifirst_memory.work.export import as_json_lines, as_markdown
from aifirst_memory.work.posting import drop_entry, index_entry
from aifirst_memory.work.read_entries import all_entries, entries_of, latest_sessions
from aifirst_memory.work.recall import recall

_RESULTS = ("ok", "failed", "reverted")
_LONGEST_TEXT = 20_000
"""Characters of a text that are kept; a log pasted whole helps nobody later."""


def _now() -> int:
    return time.time_ns() // 1_000_000


class WorkMemory:
    """An open memory of work. `notices` say what happened to the file when it was opened."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, notices: tuple[str, ...] = (), *,
        embedder: Embedder | None = None, clock: Callable[[], int] = _now,
    ) -> None:  # fmt: skip
        self.connection = connection
        self.path = path
        self.notices = notices
        self._embedder = embedder
        self._clock = clock
        self._lock = threading.RLock()

    @classmethod
    def open(cls, folder: Path, *, embedder: Embedder | None = None, clock: Callable[[], int] = _now) -> Self:
        """The memory of work in that folder (`.aifirst` of a project), begun where there is none.

        With an embedder recall compares meanings too. `clock` gives milliseconds since 1970. Raises `WorkError`.
        """
        connection, notices = open_database(folder)
        return cls(connection, folder / NAME, notices, embedder=embedder, clock=clock)

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin_session(self, task: str, agent: str = "") -> int:
        """Begin to work on a task; the id of the session."""
        with self._writing():
            return self._add("session", 0, task, agent=_clean(agent))

    def end_session(self, session: int, outcome: str = "") -> None:
        """Note that a session is over, and in a sentence what came of it."""
        with self._writing():
            self._check_session(session)
            self.connection.execute(
                "UPDATE entry SET ended = ?, outcome = ? WHERE entry_id = ?",
                (self._clock(), _clean(outcome), session),
            )

    def record_decision(
        self,
        session: int,
        title: str,
        reason: str = "",
        alternatives: Iterable[str] = (),
        places: Iterable[str] = (),
    ) -> int:
        """Note what was decided and why, what else was possible, and the paths or `path::unit` it is about."""
        with self._writing():
            self._check_session(session)
            others = msgspec.json.encode([_clean(one) for one in alternatives]).decode()
            return self._add(
                "decision",
                session,
                title,
                text=_clean(reason),
                alternatives=others,
                places=map(place_of, places),
            )

    def record_edit(
        self, session: int, path: str, unit: str = "", summary: str = "", before_digest: str = "", after_digest: str = ""
    ) -> int:  # fmt: skip
        """Note a change of a unit, "" for the file, and the digests of the file before and after."""
        with self._writing():
            self._check_session(session)
            place = Place(place_of(path).path, unit)
            return self._add(
                "edit", session, summary or f"edit {path}", places=[place], before_digest=before_digest,
                after_digest=after_digest,
            )  # fmt: skip

    def record_outcome(self, entry: int, result: Result, detail: str = "") -> None:
        """Note how an edit, a decision or a whole session went; there may be several outcomes over time."""
        if result not in _RESULTS:
            raise WorkError(f"an outcome is one of {', '.join(_RESULTS)}, not {result!r}")
        with self._writing():
            self._check_entry(entry)
            row = (entry, result, _clean(detail), self._clock())
            self.connection.execute(
                "INSERT INTO outcome (entry_id, result, detail, at) VALUES (?,?,?,?)", row
            )
            index_entry(self.connection, entry)

    def recall(self, query: str = "", paths: Sequence[str] = (), limit: int = 10) -> list[Recalled]:
        """The entries that a question, or the places at hand, bring back: best first. See `recall.recall`."""
        with self._reading():
            return recall(
                self.connection, query, [place_of(path) for path in paths], limit, self._embedder, self.notice
            )

    def sessions(self, limit: int | None = None) -> list[Entry]:
        """The sessions, latest first."""
        with self._reading():
            return latest_sessions(self.connection, limit)

    def entries(self, session: int) -> list[Entry]:
        """A session and all that was recorded in it, in order."""
        with self._reading():
            return entries_of(self.connection, session)

    def export_json_lines(self) -> Iterator[str]:
        """One JSON object a line: every entry with its places and outcomes, in order."""
        with self._reading():
            found = all_entries(self.connection)
        return as_json_lines(found)

    def export_markdown(self) -> str:
        """A document of all sessions, latest first, in the manner of a `.memory.md`."""
        with self._reading():
            return as_markdown(all_entries(self.connection))

    def forget(self, before: int) -> int:
        """Remove the sessions in which nothing happened since `before` (milliseconds); how many there were.

        What is removed is overwritten on disk.
        """
        with self._writing():
            old = self.connection.execute(
                "SELECT session_id FROM entry LEFT JOIN outcome USING (entry_id) GROUP BY session_id"
                " HAVING max(max(entry.at, ended, coalesce(outcome.at, 0))) < ?",
                (before,),
            ).fetchall()
            for (session,) in old:
                self._forget_session(session)
        with self._reading():
            if old:
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return len(old)

    def notice(self, text: str) -> None:
        """Add a notice, once."""
        if text not in self.notices:
            self.notices = (*self.notices, text)

    def _forget_session(self, session: int) -> None:
        run = self.connection.execute
        for (entry,) in run("SELECT entry_id FROM entry WHERE session_id = ?", (session,)).fetchall():
            drop_entry(self.connection, entry)
            run("DELETE FROM place WHERE entry_id = ?", (entry,))
            run("DELETE FROM outcome WHERE entry_id = ?", (entry,))
        run("DELETE FROM entry WHERE session_id = ?", (session,))

    def _add(
        self, kind: str, session: int, title: str, *, text: str = "", alternatives: str = "[]",
        places: Iterable[Place] = (), before_digest: str = "", after_digest: str = "", agent: str = "",
    ) -> int:  # fmt: skip
        title = _clean(title).strip()
        if not title:
            raise WorkError(f"a {kind} needs a title: say in a sentence what it is")
        run = self.connection.execute
        digests = _clean(before_digest), _clean(after_digest)
        row = (session, kind, self._clock(), title, text, alternatives, *digests, agent)
        entry = run(
            "INSERT INTO entry (session_id, kind, at, title, text, alternatives, before_digest, after_digest, agent)"
            " VALUES (?,?,?,?,?,?,?,?,?) RETURNING entry_id",
            row,
        ).fetchone()[0]
        if not session:
            run("UPDATE entry SET session_id = entry_id WHERE entry_id = ?", (entry,))
        rows = sorted({(_clean(place.path), _clean(place.unit), entry) for place in places})
        self.connection.executemany("INSERT INTO place VALUES (?,?,?)", rows)
        index_entry(self.connection, entry)
        return entry

    def _check_session(self, session: int) -> None:
        query = "SELECT 1 FROM entry WHERE entry_id = ? AND kind = 'session'"
        if self.connection.execute(query, (session,)).fetchone() is None:
            raise WorkError(f"there is no session {session}: begin one with begin_session")

    def _check_entry(self, entry: int) -> None:
        if self.connection.execute("SELECT 1 FROM entry WHERE entry_id = ?", (entry,)).fetchone() is None:
            raise WorkError(f"there is no entry {entry}: give the id that recording it returned")

    @contextmanager
    def _writing(self) -> Generator[None]:
        """One transaction; a writer in another process is waited for."""
        with self._lock, self._reading():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Generator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                if is_damage(error):
                    note_damage(self.path)
                raise as_work_error(error, self.path) from error


def _clean(text: str) -> str:
    """A text as it may be written down: without secrets, of bounded length, valid Unicode."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]} … ({len(text) - _LONGEST_TEXT} characters left out)"
    return mask_secrets(text.replace("\0", ""))
