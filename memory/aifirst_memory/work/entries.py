"""What the memory of work holds, as values."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["session", "decision", "edit"]
Result = Literal["ok", "failed", "reverted"]


class WorkError(Exception):
    """Work cannot be remembered or recalled; the message says the next step. Nothing was half written."""


class Place(msgspec.Struct, frozen=True, gc=False, order=True):
    """Where in the project: a path from the root with slashes, and a unit's name or "" for all of the file."""

    path: str
    unit: str = ""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """How something went. `at` is in milliseconds since 1970, UTC."""

    result: Result
    detail: str
    at: int


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A session, a decision or an edit; `session` is the id of its session, its own for a session.

    `title` is the task, what was decided, or what the edit does; `text` the reason; digests are of the file
    before and after an edit, "" where unknown. `agent`, `ended` and `outcome` are a session's.
    """

    id: int
    session: int
    kind: Kind
    at: int
    title: str
    text: str = ""
    alternatives: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    before_digest: str = ""
    after_digest: str = ""
    agent: str = ""
    ended: int = 0
    outcome: str = ""
    outcomes: tuple[Outcome, ...] = ()


class Recalled(msgspec.Struct, frozen=True, gc=False):
    """An entry that a question brings back, with the task of its session; `reasons` say why it does."""

    entry: Entry
    task: str
    score: float
    reasons: tuple[str, ...]


def place_of(text: str) -> Place:
    """The place that `path` or `path::unit` means."""
    path, _, unit = text.replace("\\", "/").partition("::")
    while path.startswith("./"):
        path = path[2:]
    return Place(path, unit)
