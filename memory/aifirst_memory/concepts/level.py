"""Level 5 in the database: candidates for concepts, where each is spoken of, and what files say of two.

Kept are the facts of the files and, beside each term, their counts; whether a term counts as a concept
depends on all files and is decided when asked (`queries`). So the tables hold the same whatever series of
changes led there, and a changed file touches its own rows and the counts of its terms only.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aifirst_memory.concepts.part import RELATIONS, ROLES
from aifirst_memory.lexical.words import words

if TYPE_CHECKING:
    from aifirst_memory.level import Change, StoredFile


class ConceptsLevel:
    """Terms, mentions and links."""

    name = "concepts"
    schema = """
        CREATE TABLE IF NOT EXISTS concepts_term (
            term_id INTEGER PRIMARY KEY, concept TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS concepts_word (
            word INTEGER NOT NULL, term_id INTEGER NOT NULL, PRIMARY KEY (word, term_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS concepts_mention (
            term_id INTEGER NOT NULL, file_id INTEGER NOT NULL, role INTEGER NOT NULL, unit INTEGER NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (term_id, file_id, role, unit)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS concepts_by_file ON concepts_mention (file_id);
        CREATE TABLE IF NOT EXISTS concepts_link (
            subject INTEGER NOT NULL, relation INTEGER NOT NULL, target INTEGER NOT NULL, file_id INTEGER NOT NULL,
            line INTEGER NOT NULL, PRIMARY KEY (subject, relation, target, file_id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS concepts_link_to ON concepts_link (target);
        CREATE INDEX IF NOT EXISTS concepts_link_by_file ON concepts_link (file_id);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Replace the rows of the changed files; terms that nobody speaks of any more go."""
        loose = _remove(connection, change.removed) if change.removed else set[int]()
        ids = _term_ids(connection, change)
        mentions = [
            (ids[m.concept], file.stored.file_id, m.role, m.unit, m.count)
            for file in change.added
            for m in file.record.concepts.mentions
        ]
        links = [
            (ids[link.subject], link.relation, ids[link.target], file.stored.file_id, link.line)
            for file in change.added
            for link in file.record.concepts.links
        ]
        connection.executemany("INSERT INTO concepts_mention VALUES (?,?,?,?,?)", sorted(mentions))
        connection.executemany("INSERT INTO concepts_link VALUES (?,?,?,?,?)", sorted(links))
        _forget(connection, loose - set(ids.values()))

    def finish(self, connection: sqlite3.Connection) -> None:
        """Nothing piles up here."""

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """One line a mention, one a link, and the terms with their search words."""
        for row in connection.execute(
            "SELECT concept, path, role, unit, count FROM concepts_mention JOIN concepts_term USING (term_id)"
            " JOIN file USING (file_id) ORDER BY 1, 2, 3, 4"
        ):
            yield f"{row[0]}\t{row[1]}\t{ROLES[row[2]]}\t{row[3]}\t{row[4]}"
        for row in connection.execute(
            "SELECT s.concept, relation, t.concept, path, line FROM concepts_link JOIN file USING (file_id)"
            " JOIN concepts_term s ON s.term_id = subject JOIN concepts_term t ON t.term_id = target"
            " ORDER BY 1, 2, 3, 4"
        ):
            yield f"{row[0]}\t{RELATIONS[row[1]]}\t{row[2]}\t{row[3]}\t{row[4]}"
        for row in connection.execute(
            "SELECT concept, word FROM concepts_term LEFT JOIN concepts_word USING (term_id) ORDER BY 1, 2"
        ):
            yield "\t".join(map(str, row))


def word_key(word: str) -> int:
    """The number that a search word is kept as; who looks one up compares the words themselves."""
    return zlib.crc32(word.encode())


def _remove(connection: sqlite3.Connection, removed: Iterable[StoredFile]) -> set[int]:
    """Delete the rows of files; the terms that they had."""
    loose: set[int] = set()
    gone = [(file.file_id,) for file in removed]
    for one in gone:
        loose.update(
            row[0]
            for row in connection.execute("SELECT term_id FROM concepts_mention WHERE file_id = ?", one)
        )
        for row in connection.execute("SELECT subject, target FROM concepts_link WHERE file_id = ?", one):
            loose.update(row)
    connection.executemany("DELETE FROM concepts_mention WHERE file_id = ?", gone)
    connection.executemany("DELETE FROM concepts_link WHERE file_id = ?", gone)
    return loose


def _term_ids(connection: sqlite3.Connection, change: Change) -> dict[str, int]:
    """The ids of all terms of the added files; new terms get one, and their search words."""
    wanted = {m.concept for file in change.added for m in file.record.concepts.mentions}
    for file in change.added:
        for link in file.record.concepts.links:
            wanted.add(link.subject)
            wanted.add(link.target)
    find = "SELECT term_id FROM concepts_term WHERE concept = ?"
    ids: dict[str, int] = {}
    rows: list[tuple[int, int]] = []
    for concept in sorted(wanted):
        row = connection.execute(find, (concept,)).fetchone()
        if row is not None:
            ids[concept] = row[0]
            continue
        insert = "INSERT INTO concepts_term (concept) VALUES (?) RETURNING term_id"
        made = ids[concept] = connection.execute(insert, (concept,)).fetchone()[0]
        rows += [(word_key(word), made) for word in dict.fromkeys(words(concept))]
    connection.executemany("INSERT OR IGNORE INTO concepts_word VALUES (?,?)", sorted(rows))
    return ids


def _forget(connection: sqlite3.Connection, loose: set[int]) -> None:
    """Delete those of the terms that are neither mentioned nor linked."""
    for term in sorted(loose):
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM concepts_mention WHERE term_id = ?1)"
            " OR EXISTS (SELECT 1 FROM concepts_link WHERE subject = ?1)"
            " OR EXISTS (SELECT 1 FROM concepts_link WHERE target = ?1), concept FROM concepts_term WHERE term_id = ?1",
            (term,),
        ).fetchone()
        if row is not None and not row[0]:
            keys = [(word_key(word), term) for word in dict.fromkeys(words(row[1]))]
            connection.executemany("DELETE FROM concepts_word WHERE word = ? AND term_id = ?", keys)
            connection.execute("DELETE FROM concepts_term WHERE term_id = ?", (term,))
