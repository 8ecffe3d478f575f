"""What a run may use: calls, tokens, time, money; and what it has used, by agent and by unit.

It is looked at before each call. A call is not begun where its prompt alone would go beyond; what calls under way still
answer is counted when it is there, so tokens and money can end that much above their limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import msgspec

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class RunLimits(msgspec.Struct, frozen=True):
    """None is without end. `price` is what a million tokens cost, of prompts and of answers."""

    calls: Annotated[int, msgspec.Meta(ge=1)] | None = None
    tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    seconds: _Positive | None = None
    money: _Positive | None = None
    price: tuple[float, float] = (0.0, 0.0)


class OverBudgetError(Exception):
    """A limit is reached; the run stops there and can be resumed with a higher one."""


class Usage(msgspec.Struct):
    """What calls have used; those whose answers came from the record are among them, and cost their tokens again."""

    calls: int = 0
    recorded: int = 0
    """Of the calls, those that no model was asked for now."""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0
    """That models took, also in an earlier run."""
    money: float = 0.0

    def add(self, one: Usage) -> None:
        """Count another in."""
        self.calls += one.calls
        self.recorded += one.recorded
        self.prompt_tokens += one.prompt_tokens
        self.answer_tokens += one.answer_tokens
        self.seconds = round(self.seconds + one.seconds, 3)
        self.money += one.money


class RunUsage(msgspec.Struct, frozen=True):
    """What a run has used, told at its end."""

    total: Usage
    agents: dict[str, Usage]
    units: dict[str, Usage]
    escalated: dict[str, str]
    """By unit the largest tier that took over."""
    limits: RunLimits
    seconds: float
    """Of the run itself, without the time that it waited for a person."""


class Spent(msgspec.Struct):
    """What a run has used so far, answers that were recorded by an earlier one included."""

    limits: RunLimits
    started: float
    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    agents: dict[str, Usage] = msgspec.field(default_factory=dict[str, Usage])
    units: dict[str, Usage] = msgspec.field(default_factory=dict[str, Usage])
    tiers: dict[str, list[str]] = msgspec.field(default_factory=dict[str, list[str]])
    """By unit the tiers that worked on it, in their order."""
    _waited: float = 0.0
    _waiting_since: float | None = None
    _waiters: int = 0
    _lock: threading.Lock = msgspec.field(default_factory=threading.Lock)

    @classmethod
    def start(cls, limits: RunLimits) -> Spent:
        """Nothing used yet, the clock running."""
        return cls(limits, time.monotonic())

    @property
    def money(self) -> float:
        """In the currency of the price."""
        return self.price_of(self.prompt_tokens, self.answer_tokens)

    @property
    def seconds(self) -> float:
        """Since the start, without the time in which it waited for a person."""
        now = time.monotonic()
        with self._lock:
            waiting = now - self._waiting_since if self._waiting_since is not None else 0.0
            return now - self.started - self._waited - waiting

    def price_of(self, prompt_tokens: int, answer_tokens: int) -> float:
        """What so many tokens cost."""
        prompt, answer = self.limits.price
        return (prompt_tokens * prompt + answer_tokens * answer) / 1_000_000

    def require_room(self, prompt_tokens: int = 0) -> None:
        """Raise `OverBudgetError` where the next call, with a prompt of so many tokens, would go beyond a limit."""
        tokens = self.prompt_tokens + self.answer_tokens + prompt_tokens
        for used, limit, what in (
            (self.calls + 1, self.limits.calls, "calls"),
            (tokens + 1, self.limits.tokens, "tokens"),
            (self.seconds, self.limits.seconds, "seconds"),
            (self.money + self.price_of(prompt_tokens, 0), self.limits.money, "of money"),
        ):
            if limit is not None and used > limit:
                raise OverBudgetError(
                    f"the run may use {limit:g} {what}, which are used up: raise the limit and run the same again, "
                    "and it goes on from here"
                )

    def add(self, unit: str, agent: str, tier: str, used: Usage) -> None:
        """Count an answered call; `calls` was counted when it was begun."""
        self.prompt_tokens += used.prompt_tokens
        self.answer_tokens += used.answer_tokens
        for table, name in ((self.agents, agent), (self.units, unit)):
            table.setdefault(name, Usage()).add(used)
        worked = self.tiers.setdefault(unit, [])
        if tier not in worked:
            worked.append(tier)

    @contextmanager
    def waiting(self) -> Generator[None]:
        """The time in here is the person's: it counts towards no limit."""
        self.hold()
        try:
            yield
        finally:
            self.go_on()

    def hold(self) -> None:
        """Stop the clock, until `go_on` was called as often."""
        with self._lock:
            self._waiters += 1
            if self._waiters == 1:
                self._waiting_since = time.monotonic()

    def go_on(self) -> None:
        """Undo one `hold`."""
        with self._lock:
            self._waiters -= 1
            if self._waiters == 0 and self._waiting_since is not None:
                self._waited += time.monotonic() - self._waiting_since
                self._waiting_since = None

    def told(self) -> RunUsage:
        """All of it, as it is told at the end."""
        total = Usage()
        for one in self.agents.values():
            total.add(one)
        moved = {unit: tiers[-1] for unit, tiers in sorted(self.tiers.items()) if len(tiers) > 1}
        return RunUsage(
            total, dict(sorted(self.agents.items())), dict(sorted(self.units.items())), moved, self.limits,
            round(self.seconds, 3),
        )  # fmt: skip
