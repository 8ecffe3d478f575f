"""Reads answers in the OpenAI protocol, whole or streamed; whatever has another form is an error, never a guess.

References: https://platform.openai.com/docs/api-reference and the README of llama.cpp's server (`/infill`).
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

import msgspec

from aifirst_model.answer import Finish, Piece, Token, Usage
from aifirst_model.errors import BrokenAnswerError

_FENCED: Final = re.compile(r"\A\s*```[^\n]*\n(.*?)(?:\n?```.*)?\Z", re.DOTALL)
_FINISHES: Final[dict[object, Finish]] = {
    "stop": "stop", "length": "length", "content_filter": "filter", "eos": "stop", "word": "stop", "limit": "length",
}  # fmt: skip


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object that bytes hold. Raises `BrokenAnswerError`."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenAnswerError("answers with what is no JSON", "check what runs at its address") from error
    return _object(value)


def read_choice(answer: dict[str, Any], *, is_chat: bool) -> Piece | None:
    """What an answer of `/completions` or `/chat/completions`, or an event of its stream, tells; None for nothing."""
    _raise_told(answer)
    usage = _usage(answer.get("usage"))
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise _other_form()
    if not choices:
        if "object" not in answer and usage is None:
            raise _other_form()
        return None if usage is None else Piece("", usage=usage)
    choice = _object(cast("list[object]", choices)[0])
    if is_chat:
        said = _object(choice.get("delta", choice.get("message")))
        text = said.get("content", "") or ""
    else:
        text = choice.get("text")
    return Piece(_text(text), _tokens(choice.get("logprobs")), _finish(choice.get("finish_reason")), usage)


def read_infill(answer: dict[str, Any]) -> Piece:
    """What an answer of llama.cpp's `/infill`, or an event of its stream, tells."""
    _raise_told(answer)
    is_end = bool(answer.get("stop", True))
    finish: Finish | None = None
    if is_end:
        finish = "length" if answer.get("stopped_limit") else _FINISHES.get(answer.get("stop_type"), "stop")
    tokens = _tokens({"content": answer.get("completion_probabilities") or []})
    return Piece(_text(answer.get("content")), tokens, finish)


def without_fence(text: str) -> str:
    """The code within a Markdown fence, or the text itself where there is none."""
    fenced = _FENCED.match(text)
    return fenced[1] if fenced else text


def _raise_told(answer: dict[str, Any]) -> None:
    """An error in the middle of a stream comes as an event, with the status 200 long sent."""
    told = answer.get("error")
    if told:
        message: object = cast("dict[str, object]", told).get("message") if isinstance(told, dict) else told
        shown = " ".join("".join(one if one.isprintable() else " " for one in str(message)).split())[:200]
        raise BrokenAnswerError(f"broke off ({shown})", "see its own log")


def _finish(reason: object) -> Finish | None:
    return None if reason is None else _FINISHES.get(reason if isinstance(reason, str) else "", "")


def _usage(value: object) -> Usage | None:
    if not isinstance(value, dict):
        return None
    prompt, answer = (
        cast("dict[str, object]", value).get(one) for one in ("prompt_tokens", "completion_tokens")
    )
    return Usage(prompt, answer) if isinstance(prompt, int) and isinstance(answer, int) else None


def _tokens(value: object) -> tuple[Token, ...]:
    """Both forms: lists side by side (`/completions`), and objects (`/chat/completions`, llama.cpp)."""
    if not value:
        return ()
    told = _object(value)
    try:
        if isinstance(told.get("content"), list):
            return tuple(_token(_object(one)) for one in told["content"])
        texts, numbers = told.get("tokens"), told.get("token_logprobs")
        others = cast("list[dict[str, float] | None]", told.get("top_logprobs") or [None] * len(texts or ()))
        return tuple(
            Token(_text(text), float(number if number is not None else "nan"), tuple((other or {}).items()))
            for text, number, other in zip(texts or (), numbers or (), others, strict=True)
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise _other_form() from error


def _token(told: dict[str, Any]) -> Token:
    others = cast("list[dict[str, Any]]", told.get("top_logprobs") or [])
    pairs = tuple((_text(one.get("token")), float(one["logprob"])) for one in others if "logprob" in one)
    return Token(_text(told.get("token")), float(told.get("logprob", "nan")), pairs)


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _other_form()
    return cast("dict[str, Any]", value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _other_form()
    return value


def _other_form() -> BrokenAnswerError:
    return BrokenAnswerError(
        "answers in another form than an OpenAI-compatible server does", "check what runs at its address"
    )
