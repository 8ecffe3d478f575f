"""What a context is asked for and what it answers.

Formats and budgets follow `reference` section 2.2: 8,000 tokens for the edit of a file, 10,000 for a task.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from aifirst_memory.search.result import Source

Resolution = Literal["exact", "parts", "medium", "low", "outline", "meta"]
WantedResolution = Literal["auto", "exact", "medium", "low", "outline", "meta"]
RESOLUTIONS: Final[tuple[WantedResolution, ...]] = ("auto", "exact", "medium", "low", "outline", "meta")
ContextFormat = Literal["text", "json", "markdown", "xml"]
FORMATS: Final[tuple[ContextFormat, ...]] = ("text", "json", "markdown", "xml")

FILE_BUDGET: Final = 8_000
TASK_BUDGET: Final = 10_000
DOCS_BUDGET: Final = 4_000
MOST_BUDGET: Final = 10_000_000


class ContextError(Exception):
    """A request that cannot be met; the message says the next step."""


class ContextRequest(msgspec.Struct, frozen=True):
    """A task in words, the places it is about, or both.

    `files` are root-relative: `path`, `path::Unit.name` or `path:line`. `budget` is in tokens of the whole
    answer in its `format`, for `json` of the items' texts; None takes the usual one. `top_k` is how many
    neighbours by embedding are looked at for each target. `without` names sources that are left out. `docs`
    asks for the documentation package of the targets in place of code. `relevance` lets `auto` give long units in
    `parts`: the lines that matter for the query, by a ranker.
    """

    query: str = ""
    files: tuple[str, ...] = ()
    budget: int | None = None
    resolution: WantedResolution = "auto"
    top_k: int = 5
    without: frozenset[Source] = frozenset()
    docs: bool = False
    format: ContextFormat = "text"
    relevance: bool = True

    @property
    def tokens(self) -> int:
        """The budget, or the usual one for what is asked."""
        if self.budget is not None:
            return max(0, min(self.budget, MOST_BUDGET))
        if self.docs:
            return DOCS_BUDGET
        return FILE_BUDGET if self.files else TASK_BUDGET


class ContextItem(msgspec.Struct, frozen=True):
    """One unit as it is given: whole, at a resolution. Lines count from 1; `unit` is "" for a file's own code.

    `reasons` says why it is there, the weightiest first; `score` falls from 1; `step` found it with most weight.
    """

    path: str
    unit: str
    line: int
    end_line: int
    resolution: Resolution
    tokens: int
    reasons: tuple[str, ...]
    text: str
    score: float = 0.0
    step: str = ""


class PackageLevel(msgspec.Struct, frozen=True):
    """One of the five levels of a documentation package: which required documents are there.

    `overflow` are documents that did not fit the budget: to be looked up when needed.
    """

    level: int
    name: str
    present: tuple[str, ...]
    missing: tuple[str, ...]
    completeness: float
    overflow: tuple[str, ...] = ()


class ContextAnswer(msgspec.Struct, frozen=True):
    """The items, best first; `text` is the answer in the format asked for, of exactly `tokens` tokens.

    For `json` `tokens` is the sum of the items' and `text` the whole object. `notices` says what could not
    be given as asked; `levels` is filled for a documentation package.
    """

    query: str
    items: tuple[ContextItem, ...]
    tokens: int
    budget: int
    text: str
    notices: tuple[str, ...] = ()
    levels: tuple[PackageLevel, ...] = ()
    considered: int = 0
    seconds: float = 0.0
