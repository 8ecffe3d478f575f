"""The probabilities of a text that is given, and adapters, as vLLM is asked for them; others are told to be unable."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aifirst_model.answer import Token
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.errors import BrokenAnswerError, TooLongError, UnsupportedError
from aifirst_model.request import Chat, Continuation, Message, Options
from aifirst_model.settings import ModelSettings
from answering_server import Answer, AnsweringServer, Asked, chat, completion, reply


def _with(
    answer: Callable[[Asked], Answer] | Answer,
    use: Callable[[OpenAiCompatible, AnsweringServer], Coroutine[Any, Any, None]],
    **more: Any,
) -> None:
    async def run() -> None:
        async with AnsweringServer(answer) as server:
            given: dict[str, Any] = {
                "url": server.address,
                "model": "base",
                "attempts": 1,
                "server": "vllm",
                **more,
            }
            model = OpenAiCompatible(ModelSettings(**given))
            await use(model, server)
            await model.aclose()

    asyncio.run(asyncio.wait_for(run(), 60))


def _echo(usage: dict[str, Any]) -> bytes:
    told = {"tokens": ["a", "b", "c", "!"], "token_logprobs": [None, -1.5, -0.25, -9.0], "top_logprobs": None}
    choice: dict[str, Any] = {"text": "abc!", "finish_reason": "length", "logprobs": told}
    return reply({"choices": [choice], "usage": usage})


def test_vllm_tells_the_probabilities_of_a_text() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        first, *others = await model.score("abc")
        assert (first.text, others) == ("a", [Token("b", -1.5), Token("c", -0.25)])
        assert math.isnan(first.log_probability)
        asked = server.asked[0].body
        assert (asked["prompt"], asked["echo"], asked["logprobs"], asked["max_tokens"]) == ("abc", True, 0, 1)

    _with(_echo({"prompt_tokens": 3, "completion_tokens": 1}), use)


def test_what_vllm_has_room_for_is_known_and_a_text_beyond_is_told() -> None:
    said = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/models"):
            return reply({"data": [{"id": "base", "owned_by": "vllm", "max_model_len": 4096}]})
        return reply({"error": {"message": said}}, 400)

    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        assert model.capabilities.context == 0
        with pytest.raises(TooLongError, match="maximum context length is 4096"):
            await model.score("abc")
        assert model.capabilities.context == 4096

    _with(answer, use, server="")


def test_an_answer_without_the_text_is_no_score() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        with pytest.raises(BrokenAnswerError, match="no probabilities of the text"):
            await model.score("abc")

    _with(completion("x"), use)
    _with(_echo({"prompt_tokens": 3, "completion_tokens": 4}), use)


def test_servers_that_tell_no_probabilities_of_a_text_are_not_asked() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        with pytest.raises(UnsupportedError, match="use the backends transformers or llama-cpp, or vLLM"):
            await model.score("abc")
        assert server.asked == []

    for name in ("llama.cpp", "ollama", "openai"):
        _with(b"", use, server=name)


def test_vllm_has_its_adapters_as_models() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        hello = Chat((Message("user", "x"),))
        for adapter in (None, "second", ""):
            await model.generate(hello, Options(adapter=adapter))
        assert [one.body["model"] for one in server.asked] == ["first", "second", "base"]
        with pytest.raises(UnsupportedError, match="'third' is none of its adapters"):
            await model.generate(hello, Options(adapter="third"))

    _with(chat("y"), use, adapters=("first", "second"))


def test_a_server_without_adapters_is_not_asked_for_one() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        with pytest.raises(UnsupportedError, match="answers by an adapter"):
            await model.generate(Continuation("x"), Options(adapter="first"))
        assert server.asked == []

    _with(b"", use, server="ollama")


def test_a_script_scores_words() -> None:
    script = Scripted(Script((Step("x", log_probability=-2.0),)))
    first, second = asyncio.run(script.score("two words"))
    assert math.isnan(first.log_probability)
    assert second == Token(" words", -2.0)
