"""Asks the model that a person set for the code at a cursor, and leaves one alone that fails.

How a server is asked is `aifirst_model`; here is what ghost text needs beyond: few tokens, one try, what was written
when the time is up, and failures that are told in the log once and followed by silence.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from aifirst_model.answer import Answer
from aifirst_model.errors import ModelError
from aifirst_model.open_model import open_model
from aifirst_model.request import Infill, Options
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel

if TYPE_CHECKING:
    from aifirst_lsp_server.client_settings import InlineCompletion

MOST_FAILURES: Final = 3
SILENCE: Final = 30.0
"""Seconds without a request after so many failures in a row."""
_MOST_TOKENS: Final = 96
_MOST_CHARACTERS: Final = 8000
_MOST_KNOWN: Final = 8
_log = logging.getLogger("aifirst.model")


class Asked(msgspec.Struct, frozen=True):
    """The text around the cursor; with `single_line` no more than its line is wanted."""

    before: str
    after: str
    language: str
    single_line: bool = False


@dataclass
class _Known:
    """A model that was asked, with its connections; None before the first time and where its settings cannot work."""

    model: TextModel | None = None
    failures: int = 0
    silent_until: float = 0.0


class ModelEndpoint:
    """The endpoints that were asked, the latest last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    def is_silent(self, settings: InlineCompletion) -> bool:
        """Whether it failed so often that it is left alone for now."""
        known = self._known.get((settings.endpoint, settings.model))
        return known is not None and self._clock() < known.silent_until

    async def complete(self, settings: InlineCompletion, asked: Asked) -> Answer | None:
        """What the model writes at the cursor, None where there is no answer; why is told in the log.

        Cancelling closes the connection at once.
        """
        known = await self._find(settings)
        try:
            if known.model is None:
                known.model = _open(settings)
            answer = await _ask(known.model, asked, settings.timeout)
        except TimeoutError:
            self._failed(known, f"did not answer within {settings.timeout:g} s")
        except ModelError as error:
            self._failed(known, f"{error.what}: {error.next_step}")
        else:
            known.failures, known.silent_until = 0, 0.0
            return answer
        return None

    async def aclose(self) -> None:
        """Close every connection that is kept."""
        for known in self._known.values():
            if known.model is not None:
                await known.model.aclose()

    async def _find(self, settings: InlineCompletion) -> _Known:
        place = (settings.endpoint, settings.model)
        known = self._known.pop(place, None) or _Known()
        self._known[place] = known
        if len(self._known) > _MOST_KNOWN:
            oldest = self._known.pop(next(iter(self._known)))
            if oldest.model is not None:
                await oldest.model.aclose()
        return known

    def _failed(self, known: _Known, why: str) -> None:
        known.failures += 1
        if known.failures >= MOST_FAILURES:
            known.silent_until = self._clock() + SILENCE
        if known.failures == 1:
            _log.warning(
                "aifirst.inlineCompletion.endpoint %s; after %d failures it is left alone for %g s each time",
                why, MOST_FAILURES, SILENCE,
            )  # fmt: skip


def _open(settings: InlineCompletion) -> TextModel:
    """The model; one try, since the next key asks again."""
    return open_model(ModelSettings(url=settings.endpoint, model=settings.model, attempts=1))


async def _ask(model: TextModel, asked: Asked, timeout: float) -> Answer:
    """The answer, as much of it as there is when the time is up. Raises `TimeoutError` for nothing, `ModelError`."""
    options = Options(max_tokens=_MOST_TOKENS, stop=("\n" if asked.single_line else "\n\n",))
    text, finish, in_chat = "", None, False
    try:
        async with (
            asyncio.timeout(timeout),
            aclosing(model.stream(Infill(asked.before, asked.after, asked.language), options)) as pieces,
        ):
            async for piece in pieces:
                text += piece.text
                finish, in_chat = piece.finish or finish, piece.in_chat
                if len(text) > _MOST_CHARACTERS:
                    finish = "length"
                    break
    except TimeoutError:
        if not text.strip():
            raise
        finish = "length"
    return Answer(text[:_MOST_CHARACTERS], finish or "", in_chat=in_chat)
