"""How concepts relate: what files say, what names say (`order serializer` is a serializer), and what follows.

The links of one concept are looked up when asked for, both ways; `infer` composes them. Only links between
concepts of the project count: a base class that the project does not define is none of its concepts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from aifirst_memory.concepts.infer import INVERSE, Fact, Inference, infer
from aifirst_memory.concepts.level import find_term, word_key
from aifirst_memory.concepts.part import CLASS, IS_A, RELATED_TO, RELATIONS
from aifirst_memory.concepts.queries import count_files, enough_files, folders_of, is_concept
from aifirst_memory.lexical.words import split_identifier

MOST: Final = 12
"""Links of one relation that are given where nothing else is asked for."""
_MANY_KINDS = 60
"""Concepts named after a word from which on they are no longer listed as its kinds."""
_MANY_LINKS = 200
_MOST_UNITS = 8

_SAID: Final = (
    "SELECT relation, concept, files, defined, path, line FROM concepts_link JOIN file USING (file_id)"
    " JOIN concepts_term ON term_id = target WHERE subject = ? ORDER BY concept, path, line LIMIT ?"
)
_SAID_OF: Final = (
    "SELECT relation, concept, files, defined, path, line FROM concepts_link JOIN file USING (file_id)"
    " JOIN concepts_term ON term_id = subject WHERE target = ? ORDER BY concept, path, line LIMIT ?"
)
_Link = tuple[str, str, Fact]


def related(
    connection: sqlite3.Connection, concept: str, *, depth: int = 3, most: int | None = MOST
) -> list[Inference]:
    """What a concept has to do with others and with units, asserted and inferred, nearest first.

    Relations are read from the concept: `has-kind`, `has-part`, `implemented-by` and `documented-by` are
    what others say of it. A unit is named `path::#index`. At most `most` links of a relation are given.
    """
    return infer(concept, ConceptLinks(connection).links_of, depth=depth, most=most)


class ConceptLinks:
    """The asserted links of the concepts of an index, each looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._enough = enough_files(count_files(connection))
        self._terms: dict[str, tuple[int, int] | None] = {}
        self._known: dict[tuple[str, bool], list[_Link]] = {}

    def links_of(self, concept: str, wanted: frozenset[str]) -> list[_Link]:
        """The links of a concept among these relations: relation read from it, other end, fact."""
        if "::" in concept:
            return []
        found: list[_Link] = []
        for backward in (False, True):
            if (wanted & _BACKWARD) if backward else (wanted - _BACKWARD):
                key = concept, backward
                if key not in self._known:
                    self._known[key] = list(self._look_up(concept, backward=backward))
                found += [link for link in self._known[key] if link[0] in wanted]
        return found

    def _look_up(self, concept: str, *, backward: bool) -> Iterator[_Link]:
        term = self._term(concept)
        if term is None:
            return
        if backward:
            facts = [*self._said(_SAID_OF, term[0], concept), *self._kinds(concept)]
            if term[1]:
                facts += self._units(term[0], concept)
        else:
            facts = [*self._said(_SAID, term[0], concept), *self._heads(concept)]
            facts += [fact for fact in self._said(_SAID_OF, term[0], concept) if _symmetric(fact)]
            if term[1]:
                facts += self._folders(term[0], concept)
        known: set[tuple[str, str]] = set()
        for fact in sorted(facts):
            own = fact.subject == concept
            link = fact.relation if own else INVERSE[fact.relation], fact.target if own else fact.subject
            if link not in known:
                known.add(link)
                yield (*link, fact)

    def _term(self, concept: str) -> tuple[int, int] | None:
        """The id of a concept and how often it is defined; None where it is none."""
        if concept not in self._terms:
            term = find_term(self._connection, concept)
            known = term is not None and is_concept(term[1], term[2], self._enough)
            self._terms[concept] = (term[0], term[2]) if term and known else None
        return self._terms[concept]

    def _said(self, query: str, term: int, concept: str) -> Iterator[Fact]:
        for row in self._connection.execute(query, (term, _MANY_LINKS)):
            relation: int = row[0]
            # What a tag refers to stands for itself: nothing else has to speak of it.
            if relation == RELATED_TO or is_concept(row[2], row[3], self._enough):
                ends = (concept, row[1]) if query is _SAID else (row[1], concept)
                yield Fact(ends[0], RELATIONS[relation], ends[1], f"{row[4]}:{row[5]}")

    def _heads(self, concept: str) -> Iterator[Fact]:
        """A compound is a kind of what its last words name, as many of them as name a concept."""
        parts = concept.split(" ")
        for at in range(1, len(parts)):
            head = " ".join(parts[at:])
            if self._term(head) is not None:
                yield Fact(concept, RELATIONS[IS_A], head, "by its name")
                return

    def _kinds(self, concept: str) -> Iterator[Fact]:
        """The same read from the head; longer heads stand between."""
        stems = split_identifier(concept.rpartition(" ")[2])
        if not stems:
            return
        rows = self._connection.execute(
            "SELECT concept FROM concepts_word JOIN concepts_term USING (term_id)"
            " WHERE word = ? AND concept LIKE ? AND (defined > 0 OR files >= ?) ORDER BY concept LIMIT ?",
            (word_key(stems[-1]), f"% {concept}", self._enough, _MANY_KINDS),
        ).fetchall()
        for (kind,) in rows:
            one_more = kind.count(" ") == concept.count(" ") + 1
            if one_more or any(fact.target == concept for fact in self._heads(kind)):
                yield Fact(kind, RELATIONS[IS_A], concept, "by its name")

    def _folders(self, term: int, concept: str) -> Iterator[Fact]:
        """What a folder is named after has what is defined in it as its parts."""
        places = folders_of(self._connection, term)
        if len({folder for folder, _ in places}) > 1:
            return  # several things of one name: none of them is a part of all these folders
        for folder, path in places:
            if folder != concept and self._term(folder) is not None:
                yield Fact(concept, "part-of", folder, path)

    def _units(self, term: int, concept: str) -> Iterator[Fact]:
        for path, unit in self._connection.execute(
            "SELECT path, unit FROM concepts_mention JOIN file USING (file_id) WHERE term_id = ? AND role <= ?"
            " ORDER BY role, path, unit LIMIT ?",
            (term, CLASS, _MOST_UNITS),
        ):
            yield Fact(f"{path}::#{unit}", "implements", concept, path)


_BACKWARD: Final = frozenset(INVERSE.values()) - INVERSE.keys()


def _symmetric(fact: Fact) -> bool:
    return INVERSE[fact.relation] == fact.relation
