"""Opening Neo4j: where it is, as whom, and what to tell a person whom it does not let in.

User and password come from the environment alone, never from the settings of a project, and are never shown.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aifirst_memory.dependencies.store import GraphStoreError

if TYPE_CHECKING:
    from neo4j import Session

USER_VARIABLE: Final = "AIFIRST_NEO4J_USER"
PASSWORD_VARIABLE: Final = "AIFIRST_NEO4J_PASSWORD"  # noqa: S105  the name of a variable
SCHEMES: Final = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_OLDEST: Final = (5, 0)
_RETRY_SECONDS: Final = 20.0
_CONNECT_SECONDS: Final = 10.0
_AGENT = re.compile(r"Neo4j/(\d+)\.(\d+)")


@dataclass(frozen=True)
class Neo4jAddress:
    """Where a Neo4j is and who asks it. `database` is empty for the user's own."""

    url: str
    user: str
    password: str = field(repr=False)
    database: str = ""


def neo4j_address(url: str, database: str = "", environment: Mapping[str, str] | None = None) -> Neo4jAddress:
    """The address with user and password from the environment. Raises `GraphStoreError` for one that cannot be."""
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
    return Neo4jAddress(url, variables.get(USER_VARIABLE) or "neo4j", password, database)


@contextmanager
def connected(address: Neo4jAddress) -> Generator[Session]:
    """A session with a server that is new enough. Raises `GraphStoreError` with the next step, also from inside."""
    with opened(address) as sessions, sessions() as session:
        yield session


@contextmanager
def opened(address: Neo4jAddress) -> Generator[Callable[[], Session]]:
    """What opens sessions with a server that is new enough; see `connected`."""
    try:
        import neo4j
    except ImportError as error:
        raise GraphStoreError("Neo4j needs its driver: run `pip install 'aifirst[neo4j]'`") from error
    logging.getLogger("neo4j").addHandler(
        logging.NullHandler()
    )  # its warnings of retries are nobody's to read
    drivers: Any = neo4j.GraphDatabase  # its options are not typed
    with told_errors(address):
        driver = drivers.driver(
            address.url,
            auth=(address.user, address.password) if address.password else None,
            user_agent="aifirst",
            connection_timeout=_CONNECT_SECONDS,
            max_transaction_retry_time=_RETRY_SECONDS,
        )
        with driver:
            check_version(driver.get_server_info().agent)
            yield lambda: driver.session(database=address.database or None)


def check_version(agent: str) -> None:
    """Raise `GraphStoreError` for a server that is too old, by the name it gives itself."""
    found = _AGENT.match(agent)
    if found and (int(found[1]), int(found[2])) < _OLDEST:
        raise GraphStoreError(f"{agent.replace('/', ' ')} is too old: use Neo4j 5 or newer")


@contextmanager
def told_errors(address: Neo4jAddress) -> Generator[None]:
    """Turn what the driver raises into `GraphStoreError`s that say the next step."""
    from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError, ServiceUnavailable

    try:
        yield
    except AuthError as error:
        raise GraphStoreError(
            f"Neo4j at {address.url} does not let {address.user} in: set {USER_VARIABLE} and {PASSWORD_VARIABLE}"
        ) from error
    except ServiceUnavailable as error:
        raise GraphStoreError(
            f"Neo4j does not answer at {address.url}: see that it runs and that the address is right, then run it again;"
            " what was written stays"
        ) from error
    except ClientError as error:
        if "DatabaseNotFound" in (error.code or ""):
            raise GraphStoreError(
                f"Neo4j at {address.url} has no database {address.database}: make it, or name another"
            ) from error
        raise GraphStoreError(f"Neo4j refused: {error.code}: {error.message}") from error
    except (Neo4jError, DriverError) as error:
        raise GraphStoreError(f"Neo4j failed: {error}: run it again; what was written stays") from error
    except OSError as error:
        raise GraphStoreError(f"Neo4j at {address.url} cannot be reached: {error}") from error
