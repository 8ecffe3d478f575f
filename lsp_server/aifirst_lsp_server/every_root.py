"""Asking every project that is open, where one without an index keeps nobody from what the others have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from aifirst_lsp_server.workers.process import WorkerError

Found = TypeVar("Found")


async def find_in_every_root(
    roots: Iterable[str], find: Callable[[str], Awaitable[Iterable[Found]]]
) -> list[Found]:
    """What all projects have, in order. Raises the last `WorkerError` where one cannot answer and none has anything."""
    found: list[Found] = []
    missing: WorkerError | None = None
    for root in roots:
        try:
            found += await find(root)
        except WorkerError as error:
            missing = error
    if missing is not None and not found:
        raise missing
    return found
