"""Packs a prompt into a model's own window, counted in that model's own tokens where it can count.

Packing is done with the tokenizer that is at hand; the finished prompt is then counted by the model, and packed again,
smaller by as much as it was over, until it fits. A model that cannot count gets room to spare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.prompts.pack import PackedPrompt, PromptTooLargeError, pack_prompt
from aifirst_orchestrator.prompts.part import Part

_MARGIN = 64
"""Tokens of the window that stay free: for what a template adds around the messages."""
_SURE = 4
"""No tokenizer in use makes so many times as many tokens of a text as ours: then nothing has to be counted."""
_UNCOUNTED = 0.75
"""The share of the room that is used where a model cannot count."""
_MOST_TRIES = 6


async def pack_for_model(
    parts: Sequence[Part], tier: TierModel, answer_tokens: int, count: Callable[[str], int]
) -> PackedPrompt:
    """The parts as a chat that leaves room for the answer. Raises `PromptTooLargeError`; `ModelError` of the count."""
    room = tier.window - answer_tokens - _MARGIN
    if not tier.model.capabilities.token_counts:
        return pack_prompt(parts, int(room * _UNCOUNTED), count)
    allowed = room
    for _ in range(_MOST_TRIES):
        packed = pack_prompt(parts, allowed, count)
        if packed.tokens * _SURE <= room:
            return packed
        text = "\n".join(message.content for message in packed.chat.messages)
        counted = await tier.model.count_tokens(text) + 8 * len(packed.chat.messages)
        if counted <= room:
            return msgspec.structs.replace(packed, tokens=counted)
        allowed = int(min(allowed, packed.tokens) * room / counted * 0.98)
    raise PromptTooLargeError(
        f"the prompt does not fit into the {tier.window} tokens of {tier.name}: take a model with a larger window"
    )
