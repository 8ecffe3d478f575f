"""Picks the next token: the best one, or one by chance as the options say, and tells its log-probability.

It runs as the last logits processor of transformers' `generate`, which then takes the best: what is picked is the only
one left. So chance has a generator of its own, and the same seed gives the same answer whatever else runs in this
process. Log-probabilities are those of the model itself, before temperature, as servers tell them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from aifirst_model.answer import Token


class Mask(Protocol):
    """What a constraint allows."""

    def apply(self, logits: Any) -> Any:
        """The logits with minus infinity for what is not allowed."""
        ...

    def take(self, number: int) -> None:
        """Go on from this token."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether nothing may follow."""
        ...


class Chance:
    """How to pick by chance: with `temperature`, among `top_p` of the probability and the `top_k` best (0: all)."""

    def __init__(
        self, torch: Any, device: Any, temperature: float, top_p: float, top_k: int, seed: int | None
    ) -> None:
        self._torch = torch
        self._temperature, self._top_p, self._top_k = temperature, top_p, top_k
        self._generator = torch.Generator(device=device)
        if seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(seed & (2**63 - 1))

    def pick(self, logits: Any) -> int:
        """The number of a token."""
        torch = self._torch
        values, numbers = torch.sort(logits.float() / self._temperature, descending=True)
        if 0 < self._top_k < len(values):
            values, numbers = values[: self._top_k], numbers[: self._top_k]
        shares = torch.softmax(values, -1)
        before = torch.cumsum(shares, -1) - shares
        shares[before >= self._top_p] = 0  # the best one always stays
        return int(numbers[torch.multinomial(shares, 1, generator=self._generator)])


class TokenPicker:
    """See the module. `token` is the last one that was picked, where log-probabilities are asked for."""

    def __init__(
        self, torch: Any, chance: Chance | None, mask: Mask | None, alternatives: int | None,
        show: Callable[[int], str],
    ) -> None:  # fmt: skip
        self._torch = torch
        self._chance = chance
        self._mask = mask
        self._alternatives = alternatives
        self._show = show
        self.token: Token | None = None

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Called by `generate` with the logits of the next token, one row."""
        own = scores[0]
        allowed = own if self._mask is None else self._mask.apply(own)
        if self._chance is None and self._mask is None and self._alternatives is None:
            return scores
        picked = int(allowed.argmax()) if self._chance is None else self._chance.pick(allowed)
        if self._mask is not None:
            self._mask.take(picked)
        if self._alternatives is not None:
            self.token = self._tell(own, picked)
        only = self._torch.full_like(scores, float("-inf"))
        only[0, picked] = 0.0
        return only

    @property
    def is_complete(self) -> bool:
        """Whether a constraint allows nothing more."""
        return self._mask is not None and self._mask.is_complete

    def _tell(self, logits: Any, picked: int) -> Token:
        known = self._torch.log_softmax(logits.float(), -1)
        count = min(self._alternatives or 0, len(known))
        best = self._torch.topk(known, count) if count else ((), ())
        others = zip(best[1], best[0], strict=True)
        return Token(
            self._show(picked),
            float(known[picked]),
            tuple((self._show(int(number)), float(value)) for number, value in others),
        )
