"""What a model is asked: a prompt of one of three kinds, and options that hold for all of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Role = Literal["system", "user", "assistant"]


class Continuation(msgspec.Struct, frozen=True, tag="continuation"):
    """Go on from this text."""

    text: str


class Message(msgspec.Struct, frozen=True):
    """What one side of a chat said."""

    role: Role
    content: str


class Chat(msgspec.Struct, frozen=True, tag="chat"):
    """Answer the last of these messages."""

    messages: tuple[Message, ...]


class Infill(msgspec.Struct, frozen=True, tag="infill"):
    """Write what stands between two texts (fill-in-the-middle); `language` is told to models that know only chats."""

    before: str
    after: str
    language: str = ""


Prompt = Continuation | Chat | Infill


class JsonSchema(msgspec.Struct, frozen=True, tag="json-schema"):
    """The answer is JSON that fits this schema."""

    schema: dict[str, Any]
    name: str = "answer"


class Grammar(msgspec.Struct, frozen=True, tag="grammar"):
    """The answer is a sentence of this grammar, in llama.cpp's notation (GBNF)."""

    text: str


class ToolSignature(msgspec.Struct, frozen=True):
    """Something that a model may call: its name, what it is for, and the JSON schema of its arguments."""

    name: str
    purpose: str
    schema: dict[str, Any]


class Options(msgspec.Struct, frozen=True):
    """How to generate. None leaves a value to the server."""

    max_tokens: Annotated[int, msgspec.Meta(ge=1)] = 512
    temperature: Annotated[float, msgspec.Meta(ge=0)] | None = 0.0
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    """Texts that end the answer and are no part of it."""
    alternatives: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    """Give the log-probability of each token, with so many tokens that could have stood in its place."""
    constraint: JsonSchema | Grammar | None = None
    tools: tuple[ToolSignature, ...] = ()
    """The answer is a call of one of these, in the model's own form for calls (`Answer.calls`)."""
    adapter: str | None = None
    """One of the adapters that the settings name, by its path or its last name; "" for the model without any; None for
    the first of them."""


DEFAULT_OPTIONS = Options()
