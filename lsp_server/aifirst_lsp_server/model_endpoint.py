"""Asks a model at an OpenAI-compatible endpoint for the code at a cursor.

Three ways, the first that the server takes is remembered: `/completions` with a suffix, llama.cpp's own `/infill` where
that server says that it knows no suffix, and a chat. Failures are told in the log once and followed by silence. The key
comes from the environment variable `AIFIRST_MODEL_KEY`, goes into one header and nowhere else.
References: https://platform.openai.com/docs/api-reference/completions and the README of llama.cpp's server.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec

from aifirst_lsp_server.http_post import HttpError, Place, place_of, post

if TYPE_CHECKING:
    from aifirst_lsp_server.client_settings import InlineCompletion

KEY_VARIABLE: Final = "AIFIRST_MODEL_KEY"
MOST_FAILURES: Final = 3
SILENCE: Final = 30.0
"""Seconds without a request after so many failures in a row."""
_MOST_TOKENS: Final = 96
_MOST_CHARACTERS: Final = 8000
_REFUSALS: Final = frozenset({400, 404, 405, 415, 422, 501})
_NEXT_STEPS: Final = {
    401: f"check the environment variable {KEY_VARIABLE}",
    403: f"check the environment variable {KEY_VARIABLE}",
    404: "check aifirst.inlineCompletion.endpoint, which ends before /completions, and .model",
}
_FENCED: Final = re.compile(r"\A\s*```[^\n]*\n(.*?)(?:\n?```.*)?\Z", re.DOTALL)
_TASK: Final = (
    "You complete code in an editor. Answer with the text to insert at <CURSOR> and nothing else: "
    "no explanation, no code fence, nothing of what stands around it already."
)
_log = logging.getLogger("aifirst.model")


class Asked(msgspec.Struct, frozen=True):
    """The text around the cursor; with `single_line` no more than its line is wanted."""

    before: str
    after: str
    language: str
    single_line: bool = False


class Completed(msgspec.Struct, frozen=True):
    """What the model wrote; `whole` says that it ended by itself. `is_chat` where it was asked in a chat."""

    text: str
    whole: bool
    is_chat: bool = False


class _RefusedError(HttpError):
    """The server does not take requests of this kind."""

    def __init__(self, status: int, knows_no_suffix: bool) -> None:
        super().__init__(f"refuses ({status})")
        self.status = status
        self.knows_no_suffix = knows_no_suffix


@dataclass
class _Known:
    """What is known of an endpoint and model."""

    way: str = "suffix"
    failures: int = 0
    silent_until: float = 0.0


class ModelEndpoint:
    """The endpoints that were asked, with what each taught."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    def is_silent(self, settings: InlineCompletion) -> bool:
        """Whether it failed so often that it is left alone for now."""
        known = self._known.get((settings.endpoint, settings.model))
        return known is not None and self._clock() < known.silent_until

    async def complete(self, settings: InlineCompletion, asked: Asked) -> Completed | None:
        """What the model writes at the cursor, None where there is no answer; why is told in the log."""
        known = self._known.setdefault((settings.endpoint, settings.model), _Known())
        try:
            async with asyncio.timeout(settings.timeout):
                completed = await _ask(place_of(settings.endpoint), settings.model, asked, known)
        except TimeoutError:
            self._failed(known, f"did not answer within {settings.timeout:g} s")
        except HttpError as error:
            self._failed(known, str(error))
        else:
            known.failures, known.silent_until = 0, 0.0
            return completed
        return None

    def _failed(self, known: _Known, why: str) -> None:
        known.failures += 1
        if known.failures >= MOST_FAILURES:
            known.silent_until = self._clock() + SILENCE
        if known.failures == 1:
            _log.warning(
                "aifirst.inlineCompletion.endpoint %s; after %d failures it is left alone for %g s each time",
                why, MOST_FAILURES, SILENCE,
            )  # fmt: skip


async def _ask(place: Place, model: str, asked: Asked, known: _Known) -> Completed:
    """Ask in the way that is known to work, and in the next where the server refuses that one."""
    while True:
        try:
            return await _WAYS[known.way](place, model, asked)
        except _RefusedError as error:
            if known.way == "chat":
                known.way = "suffix"
                step = _NEXT_STEPS.get(error.status, "check aifirst.inlineCompletion.model")
                raise HttpError(f"{error}: {step}") from error
            known.way = "infill" if known.way == "suffix" and error.knows_no_suffix else "chat"


async def _ask_with_suffix(place: Place, model: str, asked: Asked) -> Completed:
    stop = ["\n" if asked.single_line else "\n\n", "<|endoftext|>", "<|fim_prefix|>", "<|file_sep|>"]
    body = {
        "model": model, "prompt": asked.before, "suffix": asked.after, "max_tokens": _MOST_TOKENS,
        "temperature": 0, "stop": stop, "stream": False,
    }  # fmt: skip
    choice = _choice(await _post(place, f"{place.path}/completions", body))
    return Completed(_text(choice.get("text")), choice.get("finish_reason") != "length")


async def _ask_for_infill(place: Place, _: str, asked: Asked) -> Completed:
    body = {
        "input_prefix": asked.before, "input_suffix": asked.after, "n_predict": _MOST_TOKENS, "temperature": 0,
        "stop": ["\n" if asked.single_line else "\n\n"], "stream": False,
    }  # fmt: skip
    answer = await _post(place, f"{place.path.removesuffix('/v1')}/infill", body)
    return Completed(
        _text(answer.get("content")), not answer.get("stopped_limit") and answer.get("stop_type") != "limit"
    )


async def _ask_in_chat(place: Place, model: str, asked: Asked) -> Completed:
    told = f"Language: {asked.language}\n\n{asked.before}<CURSOR>{asked.after}"
    messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": told}]
    body = {
        "model": model, "messages": messages, "max_tokens": _MOST_TOKENS, "temperature": 0, "stop": ["\n\n\n"],
        "stream": False,
    }  # fmt: skip
    choice = _choice(await _post(place, f"{place.path}/chat/completions", body))
    text = _text(_object(choice.get("message")).get("content"))
    fenced = _FENCED.match(text)
    return Completed(fenced[1] if fenced else text, choice.get("finish_reason") != "length", True)


_WAYS: Final = {"suffix": _ask_with_suffix, "infill": _ask_for_infill, "chat": _ask_in_chat}


async def _post(place: Place, path: str, body: dict[str, Any]) -> dict[str, Any]:
    status, answer = await post(place, path, msgspec.json.encode(body), os.environ.get(KEY_VARIABLE, ""))
    knows_no_suffix = status >= 400 and b"suffix" in answer
    if status in _REFUSALS or (status == 500 and knows_no_suffix):
        raise _RefusedError(status, knows_no_suffix)
    if 300 <= status < 400:
        raise HttpError(f"sends elsewhere ({status}); that is not followed, name the place itself")
    if status != 200:
        raise HttpError(f"answers {status}; {_NEXT_STEPS.get(status, 'see its own log')}")
    try:
        return _object(msgspec.json.decode(answer))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError("answers with what is no JSON") from error


def _choice(answer: dict[str, Any]) -> dict[str, Any]:
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        raise HttpError("answers in another form than an OpenAI-compatible server does")
    return _object(cast("list[object]", choices)[0])


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise HttpError("answers in another form than an OpenAI-compatible server does")
    return cast("dict[str, Any]", value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise HttpError("answers in another form than an OpenAI-compatible server does")
    return value[:_MOST_CHARACTERS]
