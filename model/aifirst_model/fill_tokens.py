"""How families of models spell a gap to fill, for servers that know no request of that kind.

Source: the models' own cards and tokenizers (Qwen2.5-Coder, StarCoder2, CodeLlama, DeepSeek-Coder, CodeGemma, Granite).
A model is told by its name; one that is no base model may still answer badly.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

import msgspec

from aifirst_model.request import Infill


class FillTokens(msgspec.Struct, frozen=True):
    """What stands before the text before, before the text after, and where the model goes on."""

    prefix: str
    suffix: str
    middle: str
    ends: tuple[str, ...]

    @property
    def spelled(self) -> tuple[str, str, str]:
        """The three tokens."""
        return (self.prefix, self.suffix, self.middle)

    def prompt(self, infill: Infill) -> str:
        """The text to go on from. What looks like one of the tokens in the code itself is left out."""
        before, after = infill.before, infill.after
        for token in (*self.spelled, *self.ends):
            before, after = before.replace(token, ""), after.replace(token, "")
        return f"{self.prefix}{before}{self.suffix}{after}{self.middle}"


_PIPES: Final = FillTokens(
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", ("<|endoftext|>", "<|file_sep|>", "<|fim_pad|>")
)
_PLAIN: Final = FillTokens(
    "<fim_prefix>", "<fim_suffix>", "<fim_middle>", ("<|endoftext|>", "<file_sep>", "<fim_pad>")
)
_FAMILIES: Final = (
    (("qwen", "coder"), _PIPES),
    (("codegemma",), msgspec.structs.replace(_PIPES, ends=("<|file_separator|>", "<|fim_prefix|>", "<eos>"))),
    (("starcoder",), _PLAIN),
    (("granite", "code"), _PLAIN),
    (
        ("deepseek", "coder"),
        FillTokens("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", ("<｜end▁of▁sentence｜>",)),
    ),
    (("codellama",), FillTokens("<PRE> ", " <SUF>", " <MID>", ("<EOT>",))),
)


def fill_tokens_among(tokens: Container[str]) -> FillTokens | None:
    """The spelling whose tokens all are among those of a model, None for a model without any.

    Of two that spell a gap alike, the one more of whose ends are there.
    """
    found = [
        known
        for _, known in _FAMILIES
        if all(token.strip() in tokens or f"\u2581{token.strip()}" in tokens for token in known.spelled)
    ]
    return max(found, key=lambda known: sum(end in tokens for end in known.ends), default=None)


def fill_tokens_of(model: str) -> FillTokens | None:
    """The spelling of the family that a model's name or path tells, None for others."""
    name = model.lower()
    return next((tokens for words, tokens in _FAMILIES if all(word in name for word in words)), None)
