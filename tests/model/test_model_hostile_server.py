"""A server that means harm: the key stays out of every error, every answer ends, others get their turn, all is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.answer import collect
from aifirst_model.backends.llama_cpp import open_file
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.backends.scripted import open_script
from aifirst_model.errors import BrokenAnswerError, ModelError, SettingsError, StalledError, UnsupportedError
from aifirst_model.http.events import EventReader
from aifirst_model.request import Continuation, Infill, JsonSchema, Options, Prompt
from aifirst_model.settings import ModelSettings
from answering_server import STREAM_HEAD, Answer, AnsweringServer, chunked, completion, event, reply

KEY = "sk-Secret/Secret-12345"
HELLO = Continuation("Hello")
PIECE = event({"choices": [{"text": "a", "finish_reason": None}]})
TOO_LONG = 30.0
"""Seconds after which an answer without end has none; each ends far sooner by a bound of its own."""
Use = Callable[[OpenAiCompatible], Coroutine[Any, Any, Any]]


def _used(answer: Answer, use: Use, **more: Any) -> Any:
    """What `use` of a model gives that has the key, at a server that answers so."""
    given: dict[str, Any] = {"model": "small", "attempts": 1, "key_variable": "", **more}

    async def run() -> Any:
        async with AnsweringServer(answer) as server:
            model = OpenAiCompatible(ModelSettings(url=server.address, **given), key=KEY)
            try:
                return await asyncio.wait_for(use(model), TOO_LONG)
            finally:
                await model.aclose()

    return asyncio.run(run())


def _generated(answer: Answer, prompt: Prompt = HELLO, options: Options | None = None, **more: Any) -> Any:
    return _used(answer, lambda model: model.generate(prompt, options or Options()), **more)


def _streamed(answer: Answer, **more: Any) -> Any:
    return _used(answer, lambda model: collect(model.stream(HELLO)), **more)


def _told(error: BaseException) -> str:
    """All that an error and those before it hold."""
    seen: BaseException | None = error
    told = ""
    while seen is not None:
        told += f"{seen!r} {seen} {vars(seen)}"
        seen = seen.__cause__ or seen.__context__
    return told


def _escaped(text: str, level: int = 1) -> str:
    """The text within JSON that writes an `S` as an escape and strokes after a backslash."""
    within = json.dumps({"error": text}).replace("S", "\\u0053").replace("/", "\\/")
    return within if level == 1 else json.dumps({"error": within})


@pytest.mark.parametrize(
    "answer",
    [
        f"Authorization: Bearer {KEY}\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nBad header\x00Authorization: Bearer {KEY}\r\n\r\n".encode(),
        STREAM_HEAD + f"Authorization: Bearer {KEY}\r\n".encode(),
        reply({"error": {"message": "x" * 180 + KEY}}), reply({"error": {"message": "x" * 4000 + KEY}}),
        reply({"error": [{"message": _escaped(KEY)}]}), reply({"error": KEY * 500}),
        *(reply(_escaped(KEY, level).encode(), status) for level in (1, 2) for status in (400, 401, 500)),
        reply({"choices": [{"text": "a", "logprobs": {"tokens": ["a"], "token_logprobs": [KEY]}}]}),
        reply({"choices": [{"text": "a", "logprobs": {"content": [{"token": "a", "logprob": KEY}]}}]}),
        reply(b'"\xff' + KEY.encode() + b'"'),
    ],
    ids=range(16),
)  # fmt: skip
def test_the_key_is_in_no_error_however_the_server_repeats_it(answer: bytes) -> None:
    for use in (_generated, _streamed):
        with pytest.raises(ModelError) as caught:
            use(answer)
        told = _told(caught.value).replace("\\", "").replace("u0053", "S")
        assert "Secret" not in told
        assert KEY[:6] not in told


def test_what_a_server_says_is_told_beside_its_key() -> None:
    with pytest.raises(BrokenAnswerError, match=r"broke off \(the key \[key\] has expired\)"):
        _generated(reply({"error": {"message": f"the key {KEY} has expired"}}))


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (STREAM_HEAD + b"5;", b"a"),
        (STREAM_HEAD, b"1\r\na\r\n"), (STREAM_HEAD + b"0\r\n", b"a"),
    ],
    ids=["head", "100 Continue", "extension of a chunk", "body", "trailer"],
)  # fmt: skip
def test_an_answer_that_drips_ends_when_its_whole_time_is_up(begin: bytes, again: bytes) -> None:
    for use in (_generated, _streamed):
        with pytest.raises(StalledError, match=r"was not done within 0\.6 s"):
            use([begin, *([again, 0.2] * 1000)], read_timeout=20.0, whole_timeout=0.6)


def test_answers_before_the_answer_have_an_end() -> None:
    assert _generated(b"HTTP/1.1 103 X\r\n\r\n" * 50 + completion("a")).text == "a"
    with pytest.raises(BrokenAnswerError, match="without end that it will answer"):
        _generated([b"HTTP/1.1 103 X\r\n\r\n" * 200, 3600.0], whole_timeout=3600.0, read_timeout=3600.0)


def test_what_comes_after_the_last_event_is_waited_for_once() -> None:
    more: list[bytes | float] = [b"1\r\nx\r\n", 0.01]
    parts = [STREAM_HEAD, PIECE, event("[DONE]"), *(more * 6000)]
    assert _streamed(parts, read_timeout=3600.0, whole_timeout=3600.0).text == "a"


def _cost_of_small_pieces(length: int) -> float:
    """CPU seconds of a thousand pieces of one byte after a beginning of so many."""
    reader = EventReader()
    reader.feed(b"data: " + b"a" * length)
    began = time.process_time()
    for _ in range(1000):
        assert reader.feed(b"a") == []
    cost = time.process_time() - began
    assert [len(one.data) for one in reader.feed(b"\r\n\r\n")] == [length + 1000]
    return cost


def test_a_line_without_end_in_small_pieces_is_looked_at_once() -> None:
    """Looked at anew for each piece, a long beginning costs a thousand times what a short one does."""
    short, long = (min(_cost_of_small_pieces(length) for _ in range(3)) for length in (10, 900_000))
    assert long < 50 * short


def test_lines_that_add_nothing_to_an_event_have_an_end_too() -> None:
    reader = EventReader()
    assert reader.feed(b"data:\n" * 110_000) == []
    with pytest.raises(BrokenAnswerError, match="without end"):
        reader.feed(b"data:\n" * 110_000)


@pytest.mark.parametrize("part", [b"1\r\na\r\n", b"1\r\n\n\r\n"], ids=["letters", "empty lines"])
def test_others_get_their_turn_while_a_server_sends_bytes_one_by_one(part: bytes) -> None:
    """Counted in turns, not in seconds: without them there are only as many as the socket has to be read."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def use(model: OpenAiCompatible) -> None:
        task = asyncio.ensure_future(take_turns())
        with contextlib.suppress(ModelError):
            await collect(model.stream(HELLO))
        task.cancel()

    _used([STREAM_HEAD + part * 60_000 + b"0\r\n\r\n"], use)
    assert turns > 60_000 / 64


def test_others_get_their_turn_while_many_events_come_at_once() -> None:
    turns = 0

    async def use(model: OpenAiCompatible) -> None:
        nonlocal turns
        pieces: AsyncGenerator[Any, None] = model.stream(HELLO)
        others = asyncio.ensure_future(asyncio.sleep(0))
        async for _ in pieces:
            if others.done():
                turns += 1
                others = asyncio.ensure_future(asyncio.sleep(0))

    one = b'data: {"choices": [{"text": "a", "finish_reason": null}]}\n\n'
    body = STREAM_HEAD + chunked(one * 12_000, b"data: [DONE]\n\n")
    _used([body], use)
    assert turns >= len(one) * 12_000 >> 17


@pytest.mark.parametrize(
    ("answer", "prompt", "more"),
    [
        (reply({"content": "a", "stop": True, "stop_type": [1]}), Infill("a", "b"), {"server": "llama.cpp"}),
        (reply({"content": "a", "stop": True, "stop_type": {"a": 1}}), Infill("a", "b"), {"server": "llama.cpp"}),
        *(
            (reply(b'{"choices": [{"text": "a", "logprobs": %b, "finish_reason": "stop"}]}' % told), HELLO, {})
            for told in (
                b'{"tokens": ["a"], "token_logprobs": [1%b]}' % (b"0" * 400),
                b'{"tokens": ["a"], "token_logprobs": [-1], "top_logprobs": [{"b": "c"}]}',
                b'{"tokens": "a", "token_logprobs": [-1]}', b'{"tokens": ["a"], "token_logprobs": [[]]}',
                b'{"content": [{"token": "a", "logprob": 1%b}]}' % (b"0" * 400),
                b'{"content": [{"token": "a", "logprob": -1, "top_logprobs": 5}]}',
            )
        ),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_no_server_should_say_is_an_error_that_is_told(
    answer: bytes, prompt: Prompt, more: dict[str, Any]
) -> None:
    with pytest.raises(BrokenAnswerError, match="another form"):
        _generated(answer, prompt, **more)


@pytest.mark.parametrize("owner", [[], {}, ["vllm"], None, 5])
def test_an_owner_that_is_no_name_tells_nothing(owner: object) -> None:
    answer = reply({"data": [{"id": "small", "owned_by": owner}, {"id": "big", "owned_by": "vllm"}]})
    assert _used(answer, lambda model: model.find_server()) == "vllm"


@pytest.mark.parametrize("count", [True, -4, 1.5, None, "3", [3]])
def test_a_count_that_is_none_is_an_error(count: object) -> None:
    with pytest.raises(BrokenAnswerError, match="counts tokens in another form"):
        _used(reply({"count": count}), lambda model: model.count_tokens("a"), server="vllm")


def test_usage_that_counts_nothing_is_left_out() -> None:
    for prompt in (True, -1, "1"):
        usage = {"prompt_tokens": prompt, "completion_tokens": 1}
        told = {"choices": [{"text": "a", "finish_reason": "stop"}], "usage": usage}
        assert _generated(reply(told)).usage is None


def _deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"a": schema}
    return schema


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        (Continuation("a\udc80"), Options()), (Infill("a", "\ud800"), Options()), (HELLO, Options(stop=("\udfff",))),
        (HELLO, Options(constraint=JsonSchema({"a": object()}))),
        (HELLO, Options(constraint=JsonSchema(_deep(100_000)))),
    ],
    ids=["prompt", "gap", "stop", "object", "deep"],
)  # fmt: skip
def test_a_request_that_json_cannot_say_is_not_sent(prompt: Prompt, options: Options) -> None:
    with pytest.raises(UnsupportedError, match="JSON cannot say what to ask"):
        _generated(completion("a"), prompt, options, server="vllm")


def test_text_that_json_cannot_say_is_not_counted() -> None:
    with pytest.raises(UnsupportedError, match="lone surrogate"):
        _used(reply({"count": 1}), lambda model: model.count_tokens("\udc80"), server="vllm")


@pytest.mark.parametrize("name", ["a\0b", "a\udfffb", "~nobody-has-this-name/model.gguf"])
def test_a_path_that_no_file_can_have_is_an_error_that_can_be_printed(name: str, tmp_path: Path) -> None:
    for opened in (
        lambda: open_script(name if name[0] == "~" else str(tmp_path / name)),
        lambda: open_file(ModelSettings(backend="llama-cpp", model=name)),
    ):
        with pytest.raises(SettingsError, match="cannot be read") as caught:
            opened()
        assert str(caught.value).encode()
