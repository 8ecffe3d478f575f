"""Level 5 in the database: candidates for concepts, where each is spoken of, and what files say of two.

Kept are the facts of the files and, beside each term, its counts; whether a term counts as a concept
depends on all files and is decided when asked (`queries`). So the tables hold the same whatever series of
changes led there, and a changed file touches its own rows and the counts of its terms only.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from aifirst_memory.concepts.part import CLASS, RELATIONS, ROLES
from aifirst_memory.lexical.words import words

if TYPE_CHECKING:
    from aifirst_memory.level import AddedFile, Change, StoredFile

_ASKED_AT_ONCE = 400
"""Terms looked up in one statement, two variables each; the oldest SQLite takes 999."""


class ConceptsLevel:
    """Terms, mentions and links."""

    name = "concepts"
    schema = """
        CREATE TABLE IF NOT EXISTS concepts_term (
            term_id INTEGER PRIMARY KEY, concept TEXT NOT NULL, files INTEGER NOT NULL, defined INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS concepts_word (
            word INTEGER NOT NULL, term_id INTEGER NOT NULL, PRIMARY KEY (word, term_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS concepts_mention (
            term_id INTEGER NOT NULL, file_id INTEGER NOT NULL, role INTEGER NOT NULL, unit INTEGER NOT NULL,
            count INTEGER NOT NULL, PRIMARY KEY (term_id, file_id, role, unit)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS concepts_file (file_id INTEGER PRIMARY KEY, terms BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS concepts_link (
            subject INTEGER NOT NULL, relation INTEGER NOT NULL, target INTEGER NOT NULL, file_id INTEGER NOT NULL,
            line INTEGER NOT NULL, PRIMARY KEY (subject, relation, target, file_id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS concepts_link_to ON concepts_link (target);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Replace the rows of the changed files; terms that nobody speaks of any more go."""
        files: Counter[int] = Counter()
        defined: Counter[int] = Counter()
        loose = _remove(connection, change.removed, files, defined) if change.removed else set[int]()
        ids = _term_ids(connection, change)
        mentions: list[tuple[int, int, int, int, int]] = []
        links: list[tuple[int, int, int, int, int]] = []
        packs: list[tuple[int, bytes]] = []
        for file in change.added:
            of_file = [
                (ids[m.concept], file.stored.file_id, m.role, m.unit, m.count)
                for m in file.record.concepts.mentions
            ]
            mentioned = {row[0] for row in of_file}
            files.update(mentioned)
            defined.update([row[0] for row in of_file if row[2] <= CLASS])
            mentions += of_file
            for link in file.record.concepts.links:
                subject, target = ids[link.subject], ids[link.target]
                mentioned |= {subject, target}
                links.append((subject, link.relation, target, file.stored.file_id, link.line))
            packs.append((file.stored.file_id, array("I", sorted(mentioned)).tobytes()))
        connection.executemany("INSERT INTO concepts_mention VALUES (?,?,?,?,?)", sorted(mentions))
        connection.executemany("INSERT INTO concepts_link VALUES (?,?,?,?,?)", sorted(links))
        connection.executemany("INSERT INTO concepts_file VALUES (?,?)", packs)
        counts = [(files[term], defined[term], term) for term in sorted(files.keys() | defined.keys())]
        update = "UPDATE concepts_term SET files = files + ?, defined = defined + ? WHERE term_id = ?"
        connection.executemany(update, [row for row in counts if row[0] or row[1]])
        _forget(connection, loose - set(ids.values()))

    def finish(self, connection: sqlite3.Connection) -> None:
        """Nothing piles up here."""

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """One line a mention, one a link, and the terms with their counts and search words."""
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
            "SELECT concept, files, defined, word FROM concepts_term LEFT JOIN concepts_word USING (term_id)"
            " ORDER BY 1, 4"
        ):
            yield "\t".join(map(str, row))
        names = dict(connection.execute("SELECT term_id, concept FROM concepts_term"))
        for path, pack in connection.execute(
            "SELECT path, terms FROM concepts_file JOIN file USING (file_id) ORDER BY path"
        ):
            yield f"{path}\t{sorted(names[term] for term in unpack_terms(pack))}"


def word_key(word: str) -> int:
    """The number that a search word, or a whole concept, is kept as; who looks one up compares the words too."""
    return zlib.crc32(word.encode("utf-8", "replace"))


def unpack_terms(pack: bytes) -> array[int]:
    """The ids of the terms that a file speaks of, ascending."""
    terms = array("I")
    terms.frombytes(pack)
    return terms


def term_keys(concept: str) -> list[int]:
    """The keys under which a concept is found: each of its search words, and itself."""
    return sorted({word_key(concept), *map(word_key, words(concept))})


def find_term(connection: sqlite3.Connection, concept: str) -> tuple[int, int, int] | None:
    """The id of a term, in how many files it is spoken of and how often defined; None where there is none."""
    row: tuple[int, int, int] | None = connection.execute(
        "SELECT term_id, files, defined FROM concepts_word JOIN concepts_term USING (term_id)"
        " WHERE word = ? AND concept = ?",
        (word_key(concept), concept),
    ).fetchone()
    return row


def _remove(
    connection: sqlite3.Connection, removed: Iterable[StoredFile], files: Counter[int], defined: Counter[int]
) -> set[int]:
    """Delete the rows of files and take them from the counts; the terms that they had."""
    loose: set[int] = set()
    for file in removed:
        row = connection.execute(
            "SELECT terms FROM concepts_file WHERE file_id = ?", (file.file_id,)
        ).fetchone()
        if row is None:
            continue
        pairs = [(term, file.file_id) for term in unpack_terms(row[0])]
        for pair in pairs:
            roles = connection.execute(
                "SELECT role FROM concepts_mention WHERE term_id = ? AND file_id = ?", pair
            )
            has = [one[0] for one in roles]
            files[pair[0]] -= bool(has)
            defined[pair[0]] -= sum([role <= CLASS for role in has])
        connection.executemany("DELETE FROM concepts_mention WHERE term_id = ? AND file_id = ?", pairs)
        connection.executemany("DELETE FROM concepts_link WHERE subject = ? AND file_id = ?", pairs)
        connection.execute("DELETE FROM concepts_file WHERE file_id = ?", (file.file_id,))
        loose.update([term for term, _ in pairs])
    return loose


def _concepts_of(file: AddedFile) -> set[str]:
    part = file.record.concepts
    found = {mention.concept for mention in part.mentions}
    for link in part.links:
        found |= {link.subject, link.target}
    return found


def _term_ids(connection: sqlite3.Connection, change: Change) -> dict[str, int]:
    """The ids of all terms of the added files; new terms get one, and their keys."""
    concepts = sorted(set[str]().union(*map(_concepts_of, change.added)))
    ids = _known_terms(connection, concepts)
    (last,) = connection.execute("SELECT coalesce(max(term_id), 0) FROM concepts_term").fetchone()
    made = {concept: number for number, concept in enumerate((c for c in concepts if c not in ids), last + 1)}
    connection.executemany(
        "INSERT INTO concepts_term (term_id, concept, files, defined) VALUES (?, ?, 0, 0)",
        [(number, concept) for concept, number in made.items()],
    )
    rows = [(key, number) for concept, number in made.items() for key in term_keys(concept)]
    connection.executemany("INSERT INTO concepts_word VALUES (?,?)", sorted(rows))
    return ids | made


def _known_terms(connection: sqlite3.Connection, concepts: Sequence[str]) -> dict[str, int]:
    """The ids of those of the concepts that are terms already."""
    ids: dict[str, int] = {}
    for start in range(0, len(concepts), _ASKED_AT_ONCE):
        some = concepts[start : start + _ASKED_AT_ONCE]
        asked = ",".join(["(?,?)"] * len(some))
        rows = connection.execute(
            f"WITH asked (word, concept) AS (VALUES {asked})"  # noqa: S608 - question marks alone
            " SELECT concept, term_id FROM asked CROSS JOIN concepts_word USING (word)"
            " CROSS JOIN concepts_term USING (term_id, concept)",
            [value for concept in some for value in (word_key(concept), concept)],
        )
        ids.update(rows.fetchall())
    return ids


def _forget(connection: sqlite3.Connection, loose: set[int]) -> None:
    """Delete those of the terms that are neither mentioned nor linked."""
    for term in sorted(loose):
        row = connection.execute(
            "SELECT concept FROM concepts_term WHERE term_id = ?1 AND files = 0"
            " AND NOT EXISTS (SELECT 1 FROM concepts_link WHERE subject = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM concepts_link WHERE target = ?1)",
            (term,),
        ).fetchone()
        if row is not None:
            keys = [(key, term) for key in term_keys(row[0])]
            connection.executemany("DELETE FROM concepts_word WHERE word = ? AND term_id = ?", keys)
            connection.execute("DELETE FROM concepts_term WHERE term_id = ?", (term,))
