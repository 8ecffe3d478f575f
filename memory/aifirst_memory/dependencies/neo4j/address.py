"""Where a Neo4j is, and as whom it is asked.

User, password and database come from the environment alone, never from the settings of a project. The password is
never shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from aifirst_memory.dependencies.store import GraphStoreError

USER_VARIABLE: Final = "AIFIRST_NEO4J_USER"
PASSWORD_VARIABLE: Final = "AIFIRST_NEO4J_PASSWORD"  # noqa: S105  the name of a variable
DATABASE_VARIABLE: Final = "AIFIRST_NEO4J_DATABASE"
SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True)
class Neo4jAddress:
    """Where a Neo4j is and who asks it. `database` is empty for the one that the user has by default."""

    url: str
    user: str
    password: str = field(repr=False)
    database: str = ""


def neo4j_address(url: str, environment: Mapping[str, str] | None = None) -> Neo4jAddress:
    """The address, with what the environment says. Raises `GraphStoreError` for one that cannot be."""
    variables = os.environ if environment is None else environment
    try:
        parts = urlsplit(url)
        host, has_login = parts.hostname, parts.username is not None or parts.password is not None
        _ = parts.port
    except ValueError as error:
        raise GraphStoreError("the address of Neo4j is none: write it as bolt://host:7687") from error
    if has_login:
        raise GraphStoreError(
            "the address of Neo4j holds a user or password: leave them out and set"
            f" {USER_VARIABLE} and {PASSWORD_VARIABLE}"
        )
    if parts.scheme not in SCHEMES or not host:
        # What was mistyped may hold a password, so it is not repeated.
        raise GraphStoreError(
            f"the address of Neo4j is none: write it as bolt://host:7687 ({', '.join(SCHEMES)})"
        )
    if parts.query or parts.fragment or parts.path.strip("/"):
        raise GraphStoreError("the address of Neo4j ends with its port: write it as bolt://host:7687")
    password = variables.get(PASSWORD_VARIABLE, "")
    user, database = variables.get(USER_VARIABLE) or "neo4j", variables.get(DATABASE_VARIABLE, "")
    return Neo4jAddress(url, user, password, database)
