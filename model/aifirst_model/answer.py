"""What a model answers: pieces as they come, and the whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Literal

import msgspec

Finish = Literal["stop", "length", "filter", ""]
"""Why it ended: by itself or at a stop text, for want of tokens, by the server's filter; "" where nobody said."""


class Token(msgspec.Struct, frozen=True):
    """A token with the natural logarithm of its probability; `alternatives` as pairs, as the server orders them."""

    text: str
    log_probability: float
    alternatives: tuple[tuple[str, float], ...] = ()


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the server counted them."""

    prompt: int
    answer: int
    guessed: int = 0
    """Tokens that were guessed ahead, by a draft model or from the prompt, where that is told."""
    accepted: int = 0
    """How many of those held."""


class ToolCall(msgspec.Struct, frozen=True):
    """A call that a model wants made; `arguments` is JSON as the model wrote it, which need not be right.

    In a piece a part of one: those with the same `index` belong together.
    """

    name: str
    arguments: str
    index: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A part of an answer; the last one has `finish`. `in_chat` where an infill was asked for in a chat."""

    text: str
    tokens: tuple[Token, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None
    in_chat: bool = False
    calls: tuple[ToolCall, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """A whole answer; `tokens` are there where their log-probabilities were asked for."""

    text: str
    finish: Finish
    tokens: tuple[Token, ...] = ()
    usage: Usage | None = None
    in_chat: bool = False
    calls: tuple[ToolCall, ...] = ()
    """Of the tools that were offered, in the model's order."""

    @property
    def is_whole(self) -> bool:
        """Whether the model ended by itself."""
        return self.finish != "length"


async def collect(pieces: AsyncIterator[Piece]) -> Answer:
    """The answer that pieces make."""
    seen = [piece async for piece in pieces]
    finishes: list[Finish] = [piece.finish for piece in seen if piece.finish is not None]
    return Answer(
        "".join(piece.text for piece in seen),
        finishes[-1] if finishes else "",
        tuple(token for piece in seen for token in piece.tokens),
        next((piece.usage for piece in reversed(seen) if piece.usage is not None), None),
        any(piece.in_chat for piece in seen),
        _joined(call for piece in seen for call in piece.calls),
    )


def _joined(parts: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    """Whole calls, from parts of their names and arguments."""
    calls: dict[int, ToolCall] = {}
    for part in parts:
        known = calls.get(part.index)
        calls[part.index] = (
            part
            if known is None
            else ToolCall(known.name + part.name, known.arguments + part.arguments, part.index)
        )
    return tuple(calls[index] for index in sorted(calls))
