"""What a run may use: calls, tokens, time. It is looked at before each call, so that no call goes beyond it."""

from __future__ import annotations

import time
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


class Spent(msgspec.Struct):
    """What a run has used so far, answers that were recorded by an earlier one included."""

    limits: RunLimits
    started: float
    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0

    @classmethod
    def start(cls, limits: RunLimits) -> Spent:
        """Nothing used yet, the clock running."""
        return cls(limits, time.monotonic())

    @property
    def money(self) -> float:
        """In the currency of the price."""
        prompt, answer = self.limits.price
        return (self.prompt_tokens * prompt + self.answer_tokens * answer) / 1_000_000

    def require_room(self) -> None:
        """Raise `OverBudgetError` where the next call could go beyond a limit."""
        for used, limit, what in (
            (self.calls + 1, self.limits.calls, "calls"),
            (self.prompt_tokens + self.answer_tokens + 1, self.limits.tokens, "tokens"),
            (time.monotonic() - self.started, self.limits.seconds, "seconds"),
            (self.money, self.limits.money, "of money"),
        ):
            if limit is not None and used > limit:
                raise OverBudgetError(
                    f"the run may use {limit:g} {what}, which are used up: raise the limit and run the same again, "
                    "and it goes on from here"
                )
