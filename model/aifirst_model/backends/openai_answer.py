"""Reads answers in the OpenAI protocol, whole or streamed; whatever has another form is an error, never a guess.

References: https://platform.openai.com/docs/api-reference and the README of llama.cpp's server (`/infill`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any, Final, TypeGuard, cast

import msgspec

from aifirst_model.answer import Finish, Piece, Token, ToolCall, Usage
from aifirst_model.errors import BrokenAnswerError

Show = Callable[[str], str]
"""Makes what a server said fit for an error: short, and without the key."""
_FENCED: Final = re.compile(r"\A\s*```[^\n]*\n(.*?)(?:\n?```.*)?\Z", re.DOTALL)
_FINISHES: Final[dict[object, Finish]] = {
    "stop": "stop", "tool_calls": "stop", "length": "length",
    "content_filter": "filter", "eos": "stop", "word": "stop", "limit": "length",
}  # fmt: skip


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object that bytes hold. Raises `BrokenAnswerError`."""
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # they hold the bytes
        return _object(msgspec.json.decode(data))
    raise BrokenAnswerError("answers with what is no JSON", "check what runs at its address")


def read_choice(answer: dict[str, Any], show: Show, *, is_chat: bool) -> Piece | None:
    """What an answer of `/completions` or `/chat/completions`, or an event of its stream, tells; None for nothing."""
    _raise_told(answer, show)
    usage = _usage(answer)
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise _other_form()
    if not choices:
        if "object" not in answer and usage is None:
            raise _other_form()
        return None if usage is None else Piece("", usage=usage)
    choice = _object(cast("list[object]", choices)[0])
    calls: tuple[ToolCall, ...] = ()
    if is_chat:
        said = _object(choice.get("delta", choice.get("message")))
        text = said.get("content", "") or ""
        calls = tuple(_call(_object(one), at) for at, one in enumerate(_list(said.get("tool_calls"))))
    else:
        text = choice.get("text")
    finish = _finish(choice.get("finish_reason"))
    return Piece(_text(text), _tokens(choice.get("logprobs")), finish, usage, calls=calls)


def _call(told: dict[str, Any], at: int) -> ToolCall:
    """A call or, in a stream, a part of one; servers that leave its number out give it whole."""
    function = _object(told.get("function"))
    arguments: object = function.get("arguments") or ""
    if isinstance(arguments, dict):  # Ollama gives them as an object
        arguments = msgspec.json.encode(arguments).decode()
    index = told.get("index")
    return ToolCall(_text(function.get("name") or ""), _text(arguments), index if is_count(index) else at)


def read_infill(answer: dict[str, Any], show: Show) -> Piece:
    """What an answer of llama.cpp's `/infill`, or an event of its stream, tells."""
    _raise_told(answer, show)
    is_end = bool(answer.get("stop", True))
    finish: Finish | None = None
    if is_end:
        told = _FINISHES.get(_text(answer.get("stop_type") or ""), "stop")
        finish = "length" if answer.get("stopped_limit") else told
    tokens = _tokens({"content": answer.get("completion_probabilities") or []})
    return Piece(_text(answer.get("content")), tokens, finish, _usage(answer) if is_end else None)


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is a number of things; JSON's true is one to Python."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def without_fence(text: str) -> str:
    """The code within a Markdown fence, or the text itself where there is none."""
    fenced = _FENCED.match(text)
    return fenced[1] if fenced else text


def _raise_told(answer: dict[str, Any], show: Show) -> None:
    """An error in the middle of a stream comes as an event, with the status 200 long sent."""
    told = answer.get("error")
    if told:
        message: object = cast("dict[str, object]", told).get("message") if isinstance(told, dict) else told
        raise BrokenAnswerError(f"broke off ({show(str(message))})", "see its own log")


def _finish(reason: object) -> Finish | None:
    return None if reason is None else _FINISHES.get(reason if isinstance(reason, str) else "", "")


def _usage(answer: dict[str, Any]) -> Usage | None:
    """As the protocol tells it; llama.cpp tells more beside it, and that alone at the end of a stream."""
    told, timed = (_counts(answer.get(name)) for name in ("usage", "timings"))
    prompt, written = told.get("prompt_tokens"), told.get("completion_tokens")
    if prompt is None or written is None:
        prompt, written = timed.get("prompt_n"), timed.get("predicted_n")
        if prompt is None or written is None:
            return None
        prompt += timed.get("cache_n", 0)
    return Usage(prompt, written, timed.get("draft_n", 0), timed.get("draft_n_accepted", 0))


def _counts(value: object) -> dict[str, int]:
    """The numbers of things in an object."""
    if not isinstance(value, dict):
        return {}
    return {name: one for name, one in cast("dict[str, object]", value).items() if is_count(one)}


def _tokens(value: object) -> tuple[Token, ...]:
    """Both forms: lists side by side (`/completions`), and objects (`/chat/completions`, llama.cpp)."""
    if not value:
        return ()
    told = _object(value)
    if isinstance(content := told.get("content"), list):
        return tuple(_token(_object(one)) for one in cast("list[object]", content))
    texts, numbers = _list(told.get("tokens")), _list(told.get("token_logprobs"))
    others = _list(told.get("top_logprobs")) or [None] * len(texts)
    if not len(texts) == len(numbers) == len(others):
        raise _other_form()
    return tuple(
        Token(
            _text(text),
            _number(number),
            tuple((name, _number(one)) for name, one in _object(other or {}).items()),
        )
        for text, number, other in zip(texts, numbers, others, strict=True)
    )


def _token(told: dict[str, Any]) -> Token:
    others = [_object(one) for one in _list(told.get("top_logprobs"))]
    pairs = tuple((_text(one.get("token")), _number(one["logprob"])) for one in others if "logprob" in one)
    return Token(_text(told.get("token")), _number(told.get("logprob")), pairs)


def _list(value: object) -> list[object]:
    if not isinstance(value, list | None):
        raise _other_form()
    return cast("list[object]", value or [])


def _number(value: object) -> float:
    """NaN where there is none."""
    with contextlib.suppress(ValueError, OverflowError):  # they hold the value, which may be the key
        if isinstance(value, int | float | str | None):
            return float("nan" if value is None else value)
    raise _other_form()


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
