"""Opening Neo4j: the driver, and a look at what answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.neo4j.address import Neo4jAddress
from aifirst_memory.dependencies.neo4j.failures import check_version, told_errors
from aifirst_memory.dependencies.store import GraphStoreError

if TYPE_CHECKING:
    from neo4j import Session

_RETRY_SECONDS: Final = 20.0
_CONNECT_SECONDS: Final = 10.0


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
            connection_acquisition_timeout=_RETRY_SECONDS,  # also for an answer to the first greeting
            max_transaction_retry_time=_RETRY_SECONDS,
        )
        with driver:
            check_version(driver.get_server_info().agent)
            yield lambda: driver.session(database=address.database or None)
