"""Holds the answers of a model that runs in this process to a JSON schema or a grammar, by llguidance.

llguidance works out which tokens may come next; the others get minus infinity. Grammars are in llama.cpp's notation
(GBNF), which it translates, so that one text holds for every backend. See https://github.com/guidance-ai/llguidance.
"""

from __future__ import annotations

import json
from typing import Any

from aifirst_model.errors import UnsupportedError
from aifirst_model.heavy import heavy
from aifirst_model.request import Grammar, JsonSchema


class ConstraintTokens:
    """The tokens of a model as llguidance reads them: made once a model, in a second for a large one."""

    def __init__(self, tokenizer: Any, rows: int, ends: list[int]) -> None:
        backend: Any = getattr(tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise UnsupportedError(
                "cannot hold its answers to a constraint: it has no tokenizer.json",
                "leave the constraint out",
            )
        self._library = heavy("llguidance", "train")
        self._tokens = self._library.LLTokenizer(backend.to_str(), n_vocab=rows, eos_token=ends)
        self._rows = rows

    def mask(self, constraint: JsonSchema | Grammar, torch: Any) -> ConstraintMask:
        """What the constraint allows, at its beginning. Raises `UnsupportedError` for one that cannot be read."""
        try:
            if isinstance(constraint, JsonSchema):
                grammar = self._library.LLMatcher.grammar_from_json_schema(
                    json.dumps(constraint.schema), defaults={"whitespace_flexible": False}
                )
            else:
                grammar = self._library.grammar_from("gbnf", constraint.text)
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(str(error)) from None
        matcher = self._library.LLMatcher(self._tokens, grammar, log_level=0)
        if matcher.is_error():
            raise _unreadable(matcher.get_error())
        return ConstraintMask(matcher, self._rows, torch)


class ConstraintMask:
    """How far an answer has come within its constraint."""

    def __init__(self, matcher: Any, rows: int, torch: Any) -> None:
        self._matcher = matcher
        self._torch = torch
        self._bits = torch.zeros((rows + 31) // 32, dtype=torch.int32)
        self._places = torch.arange(32, dtype=torch.int32)

    def apply(self, logits: Any) -> Any:
        """The logits with minus infinity for the tokens that are not allowed."""
        bits = self._bits
        self._matcher.unsafe_compute_mask_ptr(bits.data_ptr(), bits.numel() * bits.element_size())
        allowed = ((bits[:, None] >> self._places) & 1).flatten()[: len(logits)].bool()
        return logits.masked_fill(~allowed.to(logits.device), float("-inf"))

    def take(self, number: int) -> None:
        """Go on from this token, which was allowed."""
        self._matcher.consume_token(number)

    @property
    def is_complete(self) -> bool:
        """Whether nothing may follow."""
        return bool(self._matcher.is_stopped())


def _unreadable(why: str) -> UnsupportedError:
    return UnsupportedError(f"cannot read the constraint ({why.strip()[:300]})", "correct it")
