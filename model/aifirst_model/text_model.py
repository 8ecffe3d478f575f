"""The one protocol for text generation; every backend is one of these.

It is asynchronous: a language server cancels at the next key and agents ask many at once, while a program that asks one
thing says `asyncio.run`. To cancel is to cancel the task or to close the stream: the backend stops generating then and
there. A model belongs to the event loop that first asked it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

import msgspec

from aifirst_model.answer import Answer, Piece, Token
from aifirst_model.errors import UnsupportedError
from aifirst_model.request import DEFAULT_OPTIONS, Grammar, JsonSchema, Options, Prompt


class Capabilities(msgspec.Struct, frozen=True):
    """What a model can be asked for; a request beyond raises `UnsupportedError` before anything is sent."""

    chat: bool = True
    infill: bool = True
    """Fill-in-the-middle as such; where this is not so, an infill is asked for in a chat."""
    log_probabilities: bool = True
    json_schema: bool = True
    grammar: bool = False
    token_counts: bool = False
    scores: bool = False
    """Gives the log-probabilities of a text that is given, rather than written (`score`)."""
    tool_calls: bool = False
    """Takes `Options.tools` and answers with a call of one, in a form that it was trained on."""
    adapters: bool = False
    """Takes `Options.adapter`: one of the adapters that the settings name, chosen anew with each request."""
    context: int = 0
    """Tokens that there is room for, prompt and answer; 0 where that is not known, or not yet."""


class TextModel(Protocol):
    """A model that writes text."""

    @property
    def name(self) -> str:
        """The model's name, as people know it."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can be asked for, as far as is known now."""
        ...

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The whole answer. Raises `ModelError`."""
        ...

    def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        """The answer as it is written, the last piece with `finish`. Raises `ModelError`; close it to cancel."""
        ...

    async def count_tokens(self, text: str) -> int:
        """How many of this model's tokens a text has, without those that a server adds. Raises `ModelError`."""
        ...

    async def score(self, text: str) -> tuple[Token, ...]:
        """The log-probability of each token of a text, in order; NaN for a first one that nothing stands before.

        Raises `UnsupportedError` where `capabilities.scores` is false, `TooLongError` for a text that is longer than the
        context, `ModelError`.
        """
        ...

    async def aclose(self) -> None:
        """Give back what it holds; it may be asked again."""
        ...


def refuse_scores(name: str) -> UnsupportedError:
    """The error of a model that cannot `score`."""
    return UnsupportedError(
        f"cannot give the probabilities of a text with {name}",
        "use the backends transformers or llama-cpp, or vLLM (docs/models.md)",
    )


def check_options(options: Options, capabilities: Capabilities, name: str) -> None:
    """Raise `UnsupportedError` for options that a model does not have."""
    for is_wanted, is_there, what in (
        (isinstance(options.constraint, JsonSchema), capabilities.json_schema, "a JSON schema"),
        (isinstance(options.constraint, Grammar), capabilities.grammar, "a grammar"),
        (options.alternatives is not None, capabilities.log_probabilities, "log-probabilities"),
        (bool(options.tools), capabilities.tool_calls, "calls of tools"),
        (options.adapter is not None, capabilities.adapters, "answers by an adapter"),
    ):
        if is_wanted and not is_there:
            raise UnsupportedError(
                f"cannot give {what} with {name}", "leave it out, or use a backend that can (docs/models.md)"
            )
