"""Questions to level 5: which concepts words mean, who implements them, how they relate, what shares them.

What counts as a concept is decided here, from the counts of all files: what is declared (a tag, a ticket, a
glossary entry, a class) does; of the rest what enough files speak of. All answers are in an order that
depends on the contents alone, so an updated index answers as one made anew.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from aifirst_memory.concepts.level import find_term, unpack_terms, word_key
from aifirst_memory.concepts.part import CLASS, FOLDER, ROLES, TAG, TICKET
from aifirst_memory.concepts.terms import as_concept
from aifirst_memory.lexical.words import STOP_WORDS, words

WEIGHTS: Final = (1.0, 1.0, 0.9, 0.9, 1.0, 0.6, 0.3, 0.7, 0.6, 0.4, 0.2, 0.2)
"""How much a mention says by its role, in the order of `ROLES`."""
_FEW_FILES = 2
_MANY_TERMS = 400
"""Terms looked at for a query: those of its rarest words, besides what it spells out."""
_MANY_ROWS = 1500
_COMMON = 0.05
"""The share of all files from which on a concept that two files share says nothing."""


class FoundConcept(msgspec.Struct, frozen=True, gc=False):
    """A concept that a query means. `score` is at most 1, for the whole query; `files` is how many speak of it."""

    concept: str
    score: float
    files: int


class ConceptUnit(msgspec.Struct, frozen=True, gc=False):
    """A unit that speaks of a concept. `unit` is its index in the file, `unit_id` that of the index."""

    path: str
    unit: int
    unit_id: int
    role: str
    count: int
    score: float


class UnitConcept(msgspec.Struct, frozen=True, gc=False):
    """A concept that a unit speaks of; `score` rises with what the role says and with how rare the concept is."""

    concept: str
    unit: int
    role: str
    count: int
    score: float


class SharingFile(msgspec.Struct, frozen=True, gc=False):
    """A file that speaks of the same concepts as another, the most telling ones first."""

    path: str
    score: float
    concepts: tuple[str, ...]


class DoubleDefinition(msgspec.Struct, frozen=True, gc=False):
    """A concept that only one place may define and that several do: (path, unit) of each."""

    concept: str
    places: tuple[tuple[str, int], ...]


def count_files(connection: sqlite3.Connection) -> int:
    """How many files are indexed."""
    return int(connection.execute("SELECT count(*) FROM concepts_file").fetchone()[0])


def enough_files(files: int) -> int:
    """In how many of a project's files a term has to be spoken of to count as a concept though nothing declares it."""
    return _FEW_FILES + max(0, len(str(files // 100)) - 1)


def is_concept(files: int, defined: int, enough: int) -> bool:
    """Whether a term with these counts is a concept."""
    return defined > 0 or files >= enough


def find_concepts(connection: sqlite3.Connection, query: str, limit: int = 10) -> list[FoundConcept]:
    """The concepts that a query means: those it says word for word first, the longest ahead; then by words in common."""
    total = count_files(connection)
    enough = enough_files(total)
    spelled: dict[str, int] = {}
    for phrase in _spelled(query):
        row = find_term(connection, phrase)
        if row is not None and is_concept(row[1], row[2], enough):
            spelled[phrase] = row[1]
    has = {
        word: _count_terms(connection, word) for word in dict.fromkeys(words(query)) if word not in STOP_WORDS
    }
    weight = {word: math.log(2 + total / (1 + count)) for word, count in has.items()}
    scored: list[tuple[int, FoundConcept]] = []
    for concept, files in (spelled | _sharing_words(connection, has, enough)).items():
        score = _likeness(concept, weight)
        if score:
            said = concept.count(" ") + 1 if concept in spelled else 0
            scored.append((-said, FoundConcept(concept, score, files)))
    scored.sort(key=lambda one: (one[0], -one[1].score, -one[1].files, one[1].concept))
    return [one for _, one in scored[:limit]]


def _count_terms(connection: sqlite3.Connection, word: str) -> int:
    query = "SELECT count(*) FROM concepts_word WHERE word = ?"
    return int(connection.execute(query, (word_key(word),)).fetchone()[0])


def _sharing_words(connection: sqlite3.Connection, has: dict[str, int], enough: int) -> dict[str, int]:
    """The concepts that have one of these words, the rarest first, and in how many files each is; not too many."""
    found: dict[str, int] = {}
    looked = 0
    for count, word in sorted((count, word) for word, count in has.items()):
        looked += count
        if looked > _MANY_TERMS:
            break
        rows: list[tuple[str, int, int]] = connection.execute(
            "SELECT concept, files, defined FROM concepts_word JOIN concepts_term USING (term_id) WHERE word = ?",
            (word_key(word),),
        ).fetchall()
        found.update(
            {concept: files for concept, files, defined in rows if is_concept(files, defined, enough)}
        )
    return found


def _spelled(query: str) -> set[str]:
    """The concepts that stretches of the query spell word for word, were they concepts of the project."""
    said = [word.strip(".,;:!?()[]{}\"'`") for word in query.split()[:40]]
    return {
        as_concept(" ".join(said[at : at + size]))
        for size in range(min(6, len(said)), 0, -1)
        for at in range(len(said) - size + 1)
    } - {""}


def _likeness(concept: str, weight: dict[str, float]) -> float:
    """The cosine of the words of a concept and of a query, weighted by how rare they are."""
    parts = set(words(concept))
    shared = [weight[word] for word in weight if word in parts]
    if not shared:
        return 0.0
    other = max(weight.values())
    norm = sum([w * w for w in weight.values()]) * sum(
        [weight.get(part, other) ** 2 for part in sorted(parts)]
    )
    return round(sum([w * w for w in shared]) / math.sqrt(norm), 6)


def units_of(connection: sqlite3.Connection, concept: str, limit: int = 50) -> list[ConceptUnit]:
    """The units that speak of a concept: those that define it first."""
    term = find_term(connection, concept)
    if term is None:
        return []
    rows: list[tuple[str, int, int, int, int]] = connection.execute(
        "SELECT path, unit, first_unit + unit, role, count FROM concepts_mention JOIN file USING (file_id)"
        " WHERE term_id = ? ORDER BY role, count DESC, path, unit LIMIT ?",
        (term[0], limit),
    ).fetchall()
    return [
        ConceptUnit(path, unit, unit_id, ROLES[role], count, WEIGHTS[role])
        for path, unit, unit_id, role, count in rows
    ]


def concepts_of(connection: sqlite3.Connection, path: str, unit: int | None = None) -> list[UnitConcept]:
    """The concepts that a file, or one unit of it (by its index), speaks of: the most telling first."""
    terms = _terms_of_file(connection, path)
    if terms is None:
        return []
    file_id, ids, total = terms
    enough = enough_files(total)
    found: list[UnitConcept] = []
    for term in ids:
        concept, files, defined = _term(connection, term)
        if not is_concept(files, defined, enough):
            continue
        rarity = math.log(1 + total / max(files, 1))
        rows: list[tuple[int, int, int]] = connection.execute(
            "SELECT role, unit, count FROM concepts_mention WHERE term_id = ? AND file_id = ?",
            (term, file_id),
        ).fetchall()
        found += [
            UnitConcept(concept, at, ROLES[role], count, round(rarity * WEIGHTS[role], 6))
            for role, at, count in rows
            if unit is None or at == unit
        ]
    return sorted(found, key=lambda one: (-one.score, one.concept, one.unit, one.role))


def concepts_of_unit(connection: sqlite3.Connection, unit_id: int) -> list[UnitConcept]:
    """The concepts that the unit of that id speaks of."""
    row = connection.execute(
        "SELECT path, first_unit, units FROM file WHERE first_unit <= ? ORDER BY first_unit DESC LIMIT 1",
        (unit_id,),
    ).fetchone()
    if row is None or unit_id >= row[1] + row[2]:
        return []
    return concepts_of(connection, row[0], unit_id - row[1])


def files_sharing_concepts(connection: sqlite3.Connection, path: str, limit: int = 20) -> list[SharingFile]:
    """The files that speak of what the file at `path` speaks of, rare concepts counting most."""
    terms = _terms_of_file(connection, path)
    if terms is None:
        return []
    file_id, ids, total = terms
    enough, common = enough_files(total), max(20, int(total * _COMMON))
    telling: list[tuple[int, str, int]] = []
    for term in ids:
        concept, files, defined = _term(connection, term)
        if 1 < files <= common and is_concept(files, defined, enough):
            telling.append((files, concept, term))
    return _rank_files(connection, file_id, sorted(telling), total, limit)


def _rank_files(
    connection: sqlite3.Connection,
    file_id: int,
    telling: Sequence[tuple[int, str, int]],
    total: int,
    limit: int,
) -> list[SharingFile]:
    scores: dict[int, float] = {}
    shared: dict[int, list[str]] = {}
    looked = 0
    for files, concept, term in telling:
        if looked > _MANY_ROWS:
            break
        roles = connection.execute(
            "SELECT file_id, min(role) FROM concepts_mention WHERE term_id = ? GROUP BY file_id", (term,)
        ).fetchall()
        looked += len(roles)
        of_file = dict[int, int](roles)
        own = WEIGHTS[of_file.pop(file_id, len(ROLES) - 1)] * math.log(1 + total / files)
        for other, role in of_file.items():
            scores[other] = scores.get(other, 0.0) + own * WEIGHTS[role]
            shared.setdefault(other, []).append(concept)
    # Paths break ties, so that the answer does not depend on ids: more are looked up than asked for.
    best = sorted(((round(score, 6), other) for other, score in scores.items()), reverse=True)
    least = best[limit - 1][0] if len(best) >= limit else 0.0
    found = [
        SharingFile(_path(connection, other), score, tuple(shared[other]))
        for score, other in best
        if score >= least
    ]
    return sorted(found, key=lambda one: (-one.score, one.path))[:limit]


def double_definitions(connection: sqlite3.Connection) -> list[DoubleDefinition]:
    """The tags that may be defined once in a project and are defined in several files, by concept."""
    rows = connection.execute(
        "SELECT concept, path, unit FROM concepts_term JOIN concepts_mention USING (term_id) JOIN file USING (file_id)"
        " WHERE defined > 1 AND role IN (?, ?) ORDER BY concept, path, unit",
        (TAG, TICKET),
    )
    places: dict[str, list[tuple[str, int]]] = {}
    for concept, path, unit in rows:
        places.setdefault(concept, []).append((path, unit))
    return [
        DoubleDefinition(concept, tuple(at)) for concept, at in places.items() if len({p for p, _ in at}) > 1
    ]


def folders_of(connection: sqlite3.Connection, term: int, most: int = 3) -> list[tuple[str, str]]:
    """The folder concept of each file that defines a term, with the path; none where more files than `most` do."""
    rows = connection.execute(
        "SELECT DISTINCT file_id FROM concepts_mention WHERE term_id = ? AND role <= ? LIMIT ?",
        (term, CLASS, most + 1),
    ).fetchall()
    if len(rows) > most:
        return []
    found: list[tuple[str, str]] = []
    for (file_id,) in rows:
        row = connection.execute(
            "SELECT path, terms FROM concepts_file JOIN file USING (file_id) WHERE file_id = ?", (file_id,)
        ).fetchone()
        for other in unpack_terms(row[1]):
            is_folder = connection.execute(
                "SELECT 1 FROM concepts_mention WHERE term_id = ? AND file_id = ? AND role = ?",
                (other, file_id, FOLDER),
            ).fetchone()
            if is_folder:
                found.append((_term(connection, other)[0], row[0]))
    return sorted(found)


def _terms_of_file(connection: sqlite3.Connection, path: str) -> tuple[int, Iterable[int], int] | None:
    row = connection.execute(
        "SELECT file_id, terms FROM file JOIN concepts_file USING (file_id) WHERE path = ?", (path,)
    ).fetchone()
    return None if row is None else (row[0], unpack_terms(row[1]), count_files(connection))


def _term(connection: sqlite3.Connection, term: int) -> tuple[str, int, int]:
    row: tuple[str, int, int] = connection.execute(
        "SELECT concept, files, defined FROM concepts_term WHERE term_id = ?", (term,)
    ).fetchone()
    return row


def _path(connection: sqlite3.Connection, file_id: int) -> str:
    return str(connection.execute("SELECT path FROM file WHERE file_id = ?", (file_id,)).fetchone()[0])
