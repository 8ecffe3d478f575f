"""One query of the benchmark and the file of all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

QUERIES = Path(__file__).with_name("queries.jsonl")
Split = Literal["test", "tune"]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked (`query`), where (the tree of `base_commit`), and what is right (`gold`, paths in that tree).

    `repo` is `owner/name` (or only the name), `language` that of the first right file, `date` the day of the
    commit. Files of queries that were made elsewhere may lack the language and the split: they are for tuning.
    """

    id: str
    repo: str
    language: str = ""
    commit: str
    base_commit: str
    date: str
    query: str
    gold: tuple[str, ...]
    split: Split = "tune"


def load_queries(path: Path = QUERIES) -> list[Query]:
    """All queries of a file, in its order."""
    lines = path.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Query) for line in lines]


def save_queries(queries: list[Query], path: Path = QUERIES) -> None:
    """Write queries, one JSON object a line."""
    path.write_bytes(b"".join(msgspec.json.encode(query) + b"\n" for query in queries))
