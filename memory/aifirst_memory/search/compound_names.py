"""Names of several words that a query writes as a folder or a file is called: `no-unknown`, `RetryPolicy`, `h3_client`.

A name of one word (`client`) is a word like others. One of several that is written in one go is seldom chance,
whatever joins its words here and there: `retry-policy` is `RetryPolicy.java`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,200}[A-Za-z0-9]")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LONGEST = 3_000
"""Characters of a query that are looked at."""


def names_in_text(text: str) -> frozenset[str]:
    """The names of several words that a text writes, in lower case without what joins the words.

    A dotted name and a path are names as a whole, and so are their parts.
    """
    tokens = _TOKEN.findall(text[:_LONGEST])
    pieces = {piece for token in tokens for piece in (token, *re.split(r"[./]", token))}
    return frozenset(filter(None, map(_compound, pieces)))


@lru_cache(20_000)
def names_in_path(path: str) -> tuple[str, ...]:
    """The names of several words among the folders of a path and its file, without extensions, in the same form."""
    folders, _, name = path.rpartition("/")
    return tuple(filter(None, map(_compound, (*folders.split("/"), name.partition(".")[0]))))


def _compound(name: str) -> str:
    """The words of a name as one; empty where it has but one."""
    found = _WORD.findall(name)
    return "".join(found).lower() if len(found) > 1 else ""
