"""A sample as tokens: what stands before the model, and which of it is to be learned.

Of a conversation the last answer is learned, of a gap its middle, of a text all. A gap is spelt as the family's tokens
spell it, with the text after it behind (PSM) or before (SPM, https://arxiv.org/abs/2207.14255) the text before it. What
looks like a special token in a sample's own text is left out, so that no sample can end its turn or open a gap.
"""

from __future__ import annotations

import random
import re
from typing import Any, Final

import msgspec

from aifirst_model.dataset.record import Conversation, Gap, Message, Preference, Text
from aifirst_model.fill_tokens import FillTokens, fill_tokens_of
from aifirst_model.heavy import heavy
from aifirst_model.training.training_error import TrainingError

IGNORED: Final = -100
"""The label of a token that is not learned, as PyTorch's cross entropy has it."""
_ENDS: Final = ("<|endoftext|>", "<|end_of_text|>", "<｜end▁of▁sentence｜>", "</s>")
_FAMILIES: Final = ("qwen coder", "starcoder", "deepseek coder")


class Tokens(msgspec.Struct, frozen=True):
    """A sample for training, at most as long as asked; `is_cut` where context had to go for that."""

    ids: list[int]
    labels: list[int]
    is_cut: bool = False


class PreferenceTokens(msgspec.Struct, frozen=True):
    """A question and two answers to it."""

    prompt: list[int]
    chosen: list[int]
    rejected: list[int]


class Formatter:
    """Turns samples into tokens with the tokenizer of one checkpoint."""

    def __init__(self, tokenizer: Any, length: int, suffix_first: float, seed: int) -> None:
        """`length` is that of the longest sample in tokens, `suffix_first` the share of gaps in the order SPM."""
        self._tokenizer = tokenizer
        self._length = length
        self._share = suffix_first
        self._draw = random.Random(seed)  # noqa: S311  # an order that can be repeated, no secret
        self._known: dict[str, int] = tokenizer.get_vocab()
        special: list[str] = [token for token in tokenizer.all_special_tokens if token]
        added = tokenizer.added_tokens_decoder.values()
        special += [token.content for token in added if token.special]
        names = sorted(set(special), key=lambda token: (-len(token), token))
        self._special = re.compile("|".join(map(re.escape, names))) if names else None
        self.fill = find_fill_tokens(self._known)
        first: int | None = tokenizer.bos_token_id
        starts = tokenizer("a").input_ids[:1] == [first]
        self._first = [first] if first is not None and starts else []
        end = next((token for token in _ENDS if token in self._known), tokenizer.eos_token)
        if end is None:
            raise TrainingError(
                "the tokenizer has no token that ends a text", "set eos_token in tokenizer_config.json"
            )
        self.end = self._known[end]

    def whole(self, sample: Text | Gap | Conversation) -> Tokens:
        """A sample of any length, all of it learned: for windows of pre-training."""
        if isinstance(sample, Text):
            ids = [*self._first, *self._encode(sample.text), self.end]
        elif isinstance(sample, Gap):
            ids = [*self._first, *self._gap(sample, None).ids]
        else:
            prompt, answer = self._turns(sample.messages)
            ids = [*prompt, *answer]
        return Tokens(ids, ids)

    def pieces(self, sample: Text | Gap | Conversation) -> list[Tokens]:
        """A sample for learning answers: a long text as several, none for one whose answer would be cut."""
        if isinstance(sample, Text):
            ids = [*self._first, *self._encode(sample.text), self.end]
            size = self._length
            parts = [ids[start : start + size] for start in range(0, len(ids), size)]
            return [Tokens(part, part, len(parts) > 1) for part in parts if len(part) > 1]
        if isinstance(sample, Gap):
            gap = self._gap(sample, self._length - len(self._first))
            ids, labels = [*self._first, *gap.ids], [*[IGNORED] * len(self._first), *gap.labels]
            return [Tokens(ids, labels, gap.is_cut)] if len(ids) <= self._length else []
        prompt, answer = self._turns(sample.messages)
        if len(prompt) + len(answer) > self._length:
            return []
        return [Tokens([*prompt, *answer], [*[IGNORED] * len(prompt), *answer])]

    def preference(self, sample: Preference) -> PreferenceTokens | None:
        """A question with two answers, None where one of them would be cut."""
        prompt, chosen = self._turns((*sample.messages, Message("assistant", sample.chosen)))
        _, rejected = self._turns((*sample.messages, Message("assistant", sample.rejected)))
        if len(prompt) + max(len(chosen), len(rejected)) > self._length:
            return None
        return PreferenceTokens(prompt, chosen, rejected)

    def _gap(self, sample: Gap, room: int | None) -> Tokens:
        """The gap in `room` tokens: context goes first where it is furthest from the gap."""
        fill = self.fill
        if fill is None:
            raise TrainingError(
                "the base has no tokens for a gap, and the dataset has gaps",
                "take a base that has them (Qwen2.5-Coder), or name the recipe's tasks without fill",
            )
        before, after = self._encode(sample.before), self._encode(sample.after)
        middle = [*self._encode(sample.middle), self.end]
        space = len(before) + len(after)
        if room is not None:
            space = min(space, max(0, room - len(middle) - 3))
        is_cut = space < len(before) + len(after)
        kept = min(len(after), max(space // 2, space - len(before)))
        before, after = before[len(before) - min(len(before), space - kept) :], after[:kept]
        prefix, suffix, mid = (self._known[token] for token in (fill.prefix, fill.suffix, fill.middle))
        if self._draw.random() < self._share:
            start = [prefix, suffix, *after, mid, *before]
        else:
            start = [prefix, *before, suffix, *after, mid]
        return Tokens([*start, *middle], [*[IGNORED] * len(start), *middle], is_cut)

    def _turns(self, messages: tuple[Message, ...]) -> tuple[list[int], list[int]]:
        """The tokens before the last answer, and those of it with its end."""
        turns = [{"role": turn.role, "content": self._plain(turn.content)} for turn in messages]
        if not self._tokenizer.chat_template:
            raise TrainingError(
                "the base has no chat template, and the dataset has conversations",
                "take the instruct version of the base, or put a chat_template.jinja into its folder",
            )
        asked = self._templated(turns[:-1], add_generation_prompt=True)
        whole = self._templated(turns)
        if not whole.startswith(asked):
            asked = whole[
                : whole.rindex(turns[-1]["content"].strip())
            ]  # a template that changes what stands before
        answer = whole[len(asked) :]
        end: str = self._tokenizer.eos_token or ""
        if end and end in answer:
            answer = answer[: answer.index(end) + len(end)]
        return self._ids(asked), self._ids(answer)

    def _templated(self, turns: list[dict[str, str]], **given: bool) -> str:
        """The turns as the base's template writes them; it is a program in a sandbox, and may fail in any way."""
        try:
            return self._tokenizer.apply_chat_template(turns, tokenize=False, **given)
        except (
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            heavy("jinja2", "train").TemplateError,
        ) as error:
            raise TrainingError(
                f"the base's chat template cannot write the dataset's turns ({error})",
                "correct chat_template.jinja in its folder, or leave such conversations out (--tasks)",
            ) from None

    def _encode(self, text: str) -> list[int]:
        return self._ids(self._plain(text))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    def _plain(self, text: str) -> str:
        return self._special.sub("", text) if self._special else text


def find_fill_tokens(vocabulary: dict[str, int]) -> FillTokens | None:
    """The spelling of a gap whose tokens are all in a vocabulary, None where there is none."""
    for family in _FAMILIES:
        fill = fill_tokens_of(family)
        if fill and {fill.prefix, fill.suffix, fill.middle} <= vocabulary.keys():
            return fill
    return None
