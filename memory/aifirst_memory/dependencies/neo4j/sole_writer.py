"""One writer of a project at a time: others wait for it, and one that dies, however it does, lets the next one in.

What makes them wait is a lock of the server in a transaction that stays open and is never committed: the server ends
it with the connection. A writer that lost the lock without dying, say because the server was started again, is told
apart by the name that each writer leaves.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.neo4j import statements
from aifirst_memory.dependencies.store import GraphStoreError

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

_PATIENCE_SECONDS: Final = 1.0
"""How long a lock may take before somebody is told that it is waited for."""


class SoleWriter:
    """What the one writer of a project reads and writes; made by `sole_writer`."""

    def __init__(self, session: Session, project: str, name: str) -> None:
        self.project = project
        self._session = session
        self._writer = secrets.token_hex(8)
        for statement in statements.SCHEMA:
            _make(session, statement)
        session.execute_write(run, statements.CLAIM, project=project, writer=self._writer, name=name)

    def step(self, work: Callable[[ManagedTransaction], None]) -> None:
        """Do something in a transaction of its own, while no other writer has taken over."""

        def in_turn(transaction: ManagedTransaction) -> None:
            found = rows(transaction, statements.STEP, project=self.project)
            if not found or found[0]["writer"] != self._writer:
                raise GraphStoreError(
                    "another run writes this project's graph into Neo4j since the connection was lost: run it again"
                )
            work(transaction)

        self._session.execute_write(in_turn)

    def write(self, statement: str, **parameters: object) -> None:
        """Do one statement as a step."""
        self.step(lambda transaction: run(transaction, statement, project=self.project, **parameters))

    def clear(self, statement: str, most: int, **parameters: object) -> None:
        """Do a statement that takes away some at a time, and says how many, until nothing is left of it."""
        gone: list[int] = []

        def some(transaction: ManagedTransaction) -> None:
            (row,) = rows(transaction, statement, project=self.project, most=most, **parameters)
            gone.append(row["gone"])

        while not gone or gone[-1] == most:
            self.step(some)

    def read(self, statement: str, **parameters: object) -> list[Any]:
        """All records of an answer."""
        return self._session.execute_read(rows, statement, project=self.project, **parameters)


@contextmanager
def sole_writer(
    sessions: Callable[[], Session], project: str, name: str, waiting: Callable[[], None] | None = None
) -> Generator[SoleWriter]:
    """Be the one writer of a project. `waiting` is called when another one is and this takes a moment."""
    with sessions() as session, sessions() as guard:
        _make(guard, statements.WRITER)
        transaction = guard.begin_transaction()
        try:
            told = Timer(_PATIENCE_SECONDS, waiting or (lambda: None))
            told.daemon = True
            told.start()
            try:
                transaction.run(statements.HOLD, project=project).consume()
            finally:
                told.cancel()
            yield SoleWriter(session, project, name)
        finally:
            with contextlib.suppress(_driver_errors()):
                transaction.close()


def _make(session: Session, statement: str) -> None:
    """Make a part of the schema, unless it is there or another project's writer makes it at this moment."""
    from neo4j.exceptions import Neo4jError

    try:
        session.execute_write(run, statement)
    except Neo4jError as error:
        if "AlreadyExists" not in (error.code or ""):
            raise


def _driver_errors() -> Any:
    """What closing may raise where the connection is gone, with which the lock went."""
    from neo4j.exceptions import DriverError, Neo4jError

    return (DriverError, Neo4jError, OSError)


def run(transaction: ManagedTransaction, statement: str, **parameters: object) -> Any:
    """Send a statement; what the server counted."""
    return transaction.run(statement, **parameters).consume().counters  # pyright: ignore[reportArgumentType]  one of the fixed statements


def rows(transaction: ManagedTransaction, statement: str, **parameters: object) -> list[Any]:
    """Send a statement; all records of the answer."""
    return list(transaction.run(statement, **parameters))  # pyright: ignore[reportArgumentType]  one of the fixed statements
