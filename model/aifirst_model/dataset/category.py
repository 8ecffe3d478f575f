"""Which of ten patterns a piece of code is of: CRUD, API endpoints, data processing and so on.

A rule by words, the same every time: each category has words that stand in names, calls, imports and paths, and the
category with most different ones wins, the earlier in the list where two have as many. Fewer than two words of one
category, and none in the unit's own name, is no category: the empty string. It sorts a large set into shares; of a single
unit it is an opinion.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final[dict[str, str]] = {
    "authentication": """
        auth authenticate authorize authorization login logout password token jwt oauth session permission
        permissions credential credentials signin signup hash csrf role roles principal bearer
    """,
    "database": """
        sql query queries cursor execute transaction commit rollback schema migration migrate table column orm
        database db connection select insert join index primary foreign repository
    """,
    "api endpoints": """
        route router endpoint request response http get post put patch status header headers rest api handler
        middleware url cors graphql websocket controller view
    """,
    "crud": """
        create read update delete remove add list find save destroy store edit fetch upsert record item items
    """,
    "frontend": """
        render component props state dom html css style click event element widget button jsx hook usestate
        useeffect template layout canvas node screen
    """,
    "data processing": """
        parse parser transform convert filter map reduce aggregate csv json xml encode decode serialize
        deserialize normalize clean batch stream row rows dataframe tokenize split merge format
    """,
    "algorithms": """
        sort search tree graph path distance matrix recursive depth heap stack queue binary hash partition
        permutation combination dynamic shortest gcd prime sum weight edge vertex iterate
    """,
    "design patterns": """
        factory singleton observer listener strategy decorator adapter proxy builder visitor facade command
        registry plugin hook subscribe publish notify delegate prototype mediator iterator
    """,
    "system architecture": """
        config configuration service server client worker process thread pool cache logger logging scheduler
        deploy container cluster node bootstrap lifecycle pipeline module init shutdown socket lock
    """,
    "business logic": """
        order customer price invoice payment cart discount tax account balance product user policy rule
        validate approve calculate total amount shipping subscription booking inventory
    """,
}
CATEGORIES: Final = tuple(_WORDS)
"""The ten, in the order that decides between equals: what is rarer first."""

_CATEGORY_OF: Final[dict[str, tuple[int, ...]]] = {}
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])")
_MOST: Final = 6_000
_ENOUGH: Final = 2


def category_of(path: str, name: str, text: str) -> str:
    """The category of a unit by its path, qualified name and text, empty where none fits."""
    table = _table()
    own = {part.lower() for part in _PART.findall(name.rpartition(".")[2])}
    around = {part.lower() for part in _PART.findall(path)}
    words = {part.lower() for part in _PART.findall(text[:_MOST])}
    scores = [0] * len(CATEGORIES)
    for found, weight in ((own, 3), (around, 1), (words, 1)):
        for word in found & table.keys():
            for category in table[word]:
                scores[category] += weight
    best = max(scores)
    return CATEGORIES[scores.index(best)] if best >= _ENOUGH else ""


def _table() -> dict[str, tuple[int, ...]]:
    if not _CATEGORY_OF:
        for number, words in enumerate(_WORDS.values()):
            for word in words.split():
                _CATEGORY_OF[word] = (*_CATEGORY_OF.get(word, ()), number)
    return _CATEGORY_OF
