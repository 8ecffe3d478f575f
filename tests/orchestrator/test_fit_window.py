"""A prompt fits the window of its model, in that model's own tokens."""

from __future__ import annotations

import asyncio

import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_model.backends.scripted import Script, Scripted
from aifirst_model.text_model import Capabilities
from aifirst_orchestrator.calls.fit_window import pack_for_model
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.prompts.pack import PackedPrompt, PromptTooLargeError
from aifirst_orchestrator.prompts.part import Part


class Letters(Scripted):
    """A model whose tokens are letters: it makes far more of a text than ours does."""

    def __init__(self, *, counts: bool = True) -> None:
        super().__init__(Script(()))
        self.counts = counts
        self.counted = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(token_counts=self.counts)

    async def count_tokens(self, text: str) -> int:
        self.counted += 1
        return len(text)


PARTS = [
    Part("role", "You write code.", place="system"),
    Part("log", "a line of a log\n" * 400, 1, may_be_cut=True),
]


def packed(model: Letters, window: int, parts: list[Part] = PARTS) -> PackedPrompt:
    tier = TierModel("small", model, window, "letters")
    return asyncio.run(pack_for_model(parts, tier, 500, get_counter().count))


@pytest.mark.parametrize("window", [1200, 2000, 5000])
def test_the_model_counts_and_the_prompt_is_never_over(window: int) -> None:
    found = packed(Letters(), window)
    letters = sum(len(message.content) for message in found.chat.messages)
    assert letters + 16 <= window - 500
    assert letters > (window - 564) // 2  # and uses what there is
    assert found.manifest[1].form == "cut"


def test_a_short_prompt_is_not_counted_and_a_model_that_cannot_count_gets_room_to_spare() -> None:
    model = Letters()
    packed(model, 5000, PARTS[:1])
    assert model.counted == 0
    found = packed(Letters(counts=False), 2000)
    assert found.tokens <= 0.75 * (2000 - 564)


def test_what_cannot_fit_is_an_error() -> None:
    with pytest.raises(PromptTooLargeError, match="larger window"):
        packed(Letters(), 1200, [Part("ticket", "word " * 300)])
