"""What a sample is: one of four kinds, each with what is known about where it came from.

On disk a sample is one line of JSON; the field `kind` says which of the four it is. A field that none of them has is an
error, because a misspelt one would be lost without a word. What a sample is for (`About.task`) is apart from its kind:
a pair that compresses and one that answers a question are both conversations.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal, TypeAlias

import msgspec

Role = Literal["system", "user", "assistant", "tool"]
Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")

TASKS: Final = (
    "code", "file", "fill", "docstring-to-body", "body-to-docstring", "ticket-to-code", "code-to-ticket",
    "diff-to-message", "message-to-diff", "project-question", "principle", "pattern", "aiccl-compress", "aiccl-expand",
    "preference",
)  # fmt: skip
"""The tasks that are known by name; another maker of samples may have one of its own."""


class About(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a sample came from and what it is; a text is empty, and a number 0, where it is not known.

    Samples of one `group` never stand in two splits. `tokens` counts o200k tokens of all texts. `quality` is between 0
    and 1, None where nobody judged; `source` says who made the sample where that was not a step of this package.
    """

    task: str = ""
    language: str = ""
    project: str = ""
    path: str = ""
    licence: str = ""
    category: str = ""
    level: str = ""
    tokens: int = 0
    group: str = ""
    quality: float | None = None
    source: str = ""


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn of a conversation."""

    role: Role
    content: str


class Text(msgspec.Struct, frozen=True, tag_field="kind", tag="text", forbid_unknown_fields=True):
    """A text to be continued: a whole file or unit, for training on all of it."""

    text: str
    about: About = About()

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("`text` is empty")


class Conversation(msgspec.Struct, frozen=True, tag_field="kind", tag="chat", forbid_unknown_fields=True):
    """Turns, the last of them the assistant's, which is what is to be learned."""

    messages: tuple[Message, ...]
    about: About = About()

    def __post_init__(self) -> None:
        if not self.messages or self.messages[-1].role != "assistant":
            raise ValueError("`messages` does not end with a turn of the assistant")
        if not self.messages[-1].content:
            raise ValueError("the last turn in `messages` is empty")


class Gap(msgspec.Struct, frozen=True, tag_field="kind", tag="infill", forbid_unknown_fields=True):
    """A text with a gap: `before` + `middle` + `after` is the text, `middle` is to be learned."""

    before: str
    middle: str
    after: str
    about: About = About()

    def __post_init__(self) -> None:
        if not self.middle:
            raise ValueError("`middle` is empty")


class Preference(msgspec.Struct, frozen=True, tag_field="kind", tag="preference", forbid_unknown_fields=True):
    """Turns and two answers to them, one better than the other."""

    messages: tuple[Message, ...]
    chosen: str
    rejected: str
    about: About = About()

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("`messages` is empty")
        if self.chosen == self.rejected:
            raise ValueError("`chosen` and `rejected` are the same")


Sample: TypeAlias = Text | Conversation | Gap | Preference

_MARK: Final = "\0"


def texts_of(sample: Sample) -> tuple[str, ...]:
    """All texts of a sample in reading order, those that are asked before those that are answered."""
    if isinstance(sample, Text):
        return (sample.text,)
    if isinstance(sample, Gap):
        return sample.before, sample.middle, sample.after
    turns = tuple(message.content for message in sample.messages)
    return turns if isinstance(sample, Conversation) else (*turns, sample.chosen, sample.rejected)


def answer_of(sample: Sample) -> str:
    """What is to be learned from a sample: the text, the middle, the last turn, the better answer."""
    if isinstance(sample, Text):
        return sample.text
    if isinstance(sample, Gap):
        return sample.middle
    return sample.messages[-1].content if isinstance(sample, Conversation) else sample.chosen


def sample_id(sample: Sample) -> str:
    """16 hexadecimal digits that stand for the kind, the texts and the roles of a sample, not for what is said about it.

    Two samples of one id say the same; the chance of any two others of a million meeting is one in 10^7.
    """
    parts = [type(sample).__name__]
    if isinstance(sample, Conversation | Preference):
        parts += [message.role for message in sample.messages]
    parts += texts_of(sample)
    joined = _MARK.join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
