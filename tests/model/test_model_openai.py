"""The backend for OpenAI-compatible servers: what is asked, what is read, what is never taken for an answer."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest
from aifirst_model.answer import Answer as Answered
from aifirst_model.answer import Piece, Token, ToolCall, Usage, collect
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    KeyRefusedError,
    ModelError,
    RequestRefusedError,
    SettingsError,
    UnsupportedError,
)
from aifirst_model.fill_tokens import fill_tokens_of
from aifirst_model.open_model import open_model
from aifirst_model.request import (
    Chat,
    Continuation,
    Grammar,
    Infill,
    JsonSchema,
    Message,
    Options,
    Prompt,
    ToolSignature,
)
from aifirst_model.settings import ModelSettings
from answering_server import (
    STREAM_HEAD,
    Answer,
    AnsweringServer,
    Asked,
    chat,
    chunked,
    completion,
    event,
    reply,
    text_events,
)

HELLO = Continuation("Hello")
SCHEMA = JsonSchema({"type": "object"}, "thing")
NO = reply({"error": {"message": "no"}}, 404)
NO_SUFFIX = reply({"error": {"code": 500, "message": "Unsupported param: suffix"}}, 500)


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 60))


def _model(running: AnsweringServer, **more: Any) -> OpenAiCompatible:
    given: dict[str, Any] = {"model": "small", "attempts": 1, "read_timeout": 20.0, **more}
    return OpenAiCompatible(ModelSettings(url=running.address, **given))


def _with(
    answer: Callable[[Asked], Answer] | Answer,
    use: Callable[[OpenAiCompatible, AnsweringServer], Coroutine[Any, Any, None]],
    **more: Any,
) -> None:
    async def run() -> None:
        async with AnsweringServer(answer) as server:
            model = _model(server, **more)
            try:
                await use(model, server)
            finally:
                await model.aclose()

    _run(run())


def _generated(
    answer: Callable[[Asked], Answer] | Answer, prompt: Prompt = HELLO, options: Options | None = None, *,
    stream: bool = False, **more: Any,
) -> tuple[Answered, list[Asked]]:  # fmt: skip
    """What is answered and what was asked."""
    seen: list[tuple[Answered, list[Asked]]] = []
    options = options or Options()

    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        if stream:
            seen.append((await collect(model.stream(prompt, options)), server.asked))
        else:
            seen.append((await model.generate(prompt, options), server.asked))

    _with(answer, use, **more)
    return seen[0]


def test_a_text_is_gone_on_from() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    whole = reply({"choices": [{"text": " you", "finish_reason": "length"}], "usage": usage})
    options = Options(max_tokens=7, temperature=0.5, top_p=0.9, seed=3, stop=("\n",))
    answer, asked = _generated(whole, options=options)
    assert answer == Answered(" you", "length", usage=Usage(3, 2))
    assert not answer.is_whole
    assert asked[0].path == "/v1/completions"
    assert asked[0].body == {
        "model": "small", "prompt": "Hello", "max_tokens": 7, "stream": False, "stop": ["\n"], "temperature": 0.5,
        "top_p": 0.9, "seed": 3,
    }  # fmt: skip


def test_a_chat_is_answered() -> None:
    prompt = Chat((Message("system", "Be brief."), Message("user", "Hi")))
    answer, asked = _generated(chat("Hello"), prompt)
    assert (answer.text, answer.finish) == ("Hello", "stop")
    assert asked[0].path == "/v1/chat/completions"
    assert asked[0].body["messages"] == [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
    ]  # fmt: skip


def test_a_tool_is_called_in_the_models_own_form() -> None:
    prompt, options = (
        Chat((Message("user", "Hi"),)),
        Options(tools=(ToolSignature("read", "Read.", {"type": "object"}),)),
    )
    called = {"id": "1", "type": "function", "function": {"name": "read", "arguments": '{"path": "a"}'}}
    told = {"content": None, "tool_calls": [called]}
    whole = reply({"choices": [{"message": told, "finish_reason": "tool_calls"}]})
    answer, asked = _generated(whole, prompt, options, tool_calls=True, server="vllm")
    assert (answer.text, answer.finish, answer.calls) == ("", "stop", (ToolCall("read", '{"path": "a"}'),))
    assert asked[-1].body["tool_choice"] == "required"
    assert asked[-1].body["tools"] == [
        {
            "type": "function",
            "function": {"name": "read", "description": "Read.", "parameters": {"type": "object"}},
        }
    ]
    with pytest.raises(UnsupportedError, match="calls of tools"):
        _generated(whole, prompt, options, server="vllm")


def test_a_call_comes_in_pieces_and_is_read_as_a_whole() -> None:
    first = {"index": 0, "function": {"name": "read", "arguments": ""}}
    parts = [first, *({"index": 0, "function": {"arguments": part}} for part in ('{"path":', ' "a"}'))]
    events = [event({"choices": [{"delta": {"tool_calls": [part]}}]}) for part in parts]
    end = event({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    stream = [STREAM_HEAD, *events, end, event("[DONE]"), b"0\r\n\r\n"]
    options = Options(tools=(ToolSignature("read", "Read.", {}),))
    answer, _ = _generated(
        lambda _: [*stream],
        Chat((Message("user", "Hi"),)),
        options,
        stream=True,
        tool_calls=True,
        server="vllm",
    )
    assert answer.calls == (ToolCall("read", '{"path": "a"}'),)


@pytest.mark.parametrize("wrong", [[1], [{"function": {"name": 3}}], [{"function": "x"}], "x"])
def test_a_call_of_another_form_is_no_call(wrong: object) -> None:
    whole = reply(
        {"choices": [{"message": {"content": "", "tool_calls": wrong}, "finish_reason": "tool_calls"}]}
    )
    with pytest.raises(BrokenAnswerError):
        _generated(whole, Chat((Message("user", "Hi"),)))


def test_pieces_come_as_they_are_written_and_the_connection_is_kept() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        pieces = [piece async for piece in model.stream(HELLO)]
        assert [piece.text for piece in pieces] == ["a", "é", "c", ""]
        assert [piece.finish for piece in pieces] == [None, None, None, "stop"]
        await collect(model.stream(HELLO))
        assert server.connections == 1
        assert server.asked[0].body["stream"] is True

    _with(lambda _: [*text_events("a", "é", "c")], use)


def test_the_first_piece_is_there_before_the_last_is_written() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        async with aclosing(model.stream(HELLO)) as pieces:
            assert await anext(pieces) == Piece("a")
        await server.left.acquire()

    _with(lambda _: [b"".join(text_events("a")[:2]), 3600.0], use)


def test_a_stream_of_a_chat_with_usage_at_its_end() -> None:
    parts = [
        STREAM_HEAD, event({"choices": [{"delta": {"role": "assistant", "content": None}, "finish_reason": None}]}),
        event({"choices": [{"delta": {"content": "Hi"}, "finish_reason": None}]}),
        event({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
        event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}), event("[DONE]"), b"0\r\n\r\n",
    ]  # fmt: skip
    answer, _ = _generated(lambda _: [*parts], Chat((Message("user", "Hi"),)), stream=True)
    assert answer == Answered("Hi", "stop", usage=Usage(1, 1))


def test_a_server_that_does_not_stream_is_read_whole() -> None:
    assert _generated(completion("all at once"), stream=True)[0] == Answered("all at once", "stop")


@pytest.mark.parametrize(
    "parts",
    [
        [STREAM_HEAD, event({"choices": [{"text": "a", "finish_reason": None}]}), b"0\r\n\r\n"],
        [STREAM_HEAD, b"0\r\n\r\n"],
        [STREAM_HEAD, event({"error": {"message": "out of memory"}}), b"0\r\n\r\n"],
        [STREAM_HEAD, event({"error": "out of memory"}), b"0\r\n\r\n"],
        [STREAM_HEAD, event("garbage"), b"0\r\n\r\n"],
        [STREAM_HEAD, event({"choices": [{"text": 5}]}), b"0\r\n\r\n"],
        [STREAM_HEAD, event({"choices": [{"text": "x" * 900_000}]}) * 6, b"0\r\n\r\n"],
        [STREAM_HEAD, chunked(b"data: " + b"x" * (2 << 20))],
    ],
    ids=["no end", "empty", "error", "error as text", "garbage", "other form", "no end of text", "no end of event"],
)  # fmt: skip
def test_a_stream_that_is_cut_or_garbage_is_an_error(parts: list[bytes | float]) -> None:
    with pytest.raises(BrokenAnswerError):
        _generated(lambda _: [*parts], stream=True)


def test_a_stream_whose_connection_breaks_is_an_error_and_not_begun_again() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        server.closes = True
        with pytest.raises(BrokenAnswerError, match="before its answer was whole"):
            await collect(model.stream(HELLO))
        assert len(server.asked) == 1

    _with(lambda _: [*text_events("a", "b")[:2]], use, attempts=5)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"garbage", b"[]", b"{}", b'{"choices": []}', b'{"choices": [1]}', b'{"choices": [{"text": 5}]}',
        b'{"choices": null}', b"\xff\xfe", b"[" * 100_000, b'{"choices": [{"text": "\\ud800"}]}', b'{"choices": [{}]}',
        b'{"choices": [{"text": "a", "logprobs": {"tokens": ["a"], "token_logprobs": []}}]}',
        b'{"choices": [{"text": "a", "logprobs": {"content": [5]}}]}', b'{"error": "no"}',
    ],
    ids=range(15),
)  # fmt: skip
def test_an_answer_in_another_form_is_an_error(body: bytes) -> None:
    with pytest.raises(BrokenAnswerError):
        _generated(reply(body))


def test_an_answer_that_is_too_long_is_an_error() -> None:
    with pytest.raises(BrokenAnswerError):
        _generated(completion("x" * (5 << 20)))


def test_a_key_that_the_server_repeats_in_a_stream_or_an_answer_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIFIRST_MODEL_KEY", "k-123")
    parts = [STREAM_HEAD, event({"error": {"message": "key k-123 expired"}}), b"0\r\n\r\n"]
    with pytest.raises(BrokenAnswerError, match=r"key \[key\] expired"):
        _generated(lambda _: [*parts], stream=True)
    with pytest.raises(BrokenAnswerError, match=r"key \[key\] expired"):
        _generated(reply({"error": "key k-123 expired"}))


def test_a_key_that_is_a_word_leaves_answers_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIFIRST_MODEL_KEY", "none")
    assert _generated(completion("none = None"))[0].text == "none = None"
    assert _generated(lambda _: [*text_events("none")], stream=True)[0].text == "none"


def test_the_key_comes_from_the_variable_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIFIRST_MODEL_KEY", "k-123")
    monkeypatch.setenv("MY_KEY", "k-456")
    assert _generated(completion(""))[1][0].headers["authorization"] == "Bearer k-123"
    assert _generated(completion(""), key_variable="MY_KEY")[1][0].headers["authorization"] == "Bearer k-456"
    assert "authorization" not in _generated(completion(""), key_variable="")[1][0].headers
    with pytest.raises(KeyRefusedError, match="set the environment variable MY_KEY to a valid key"):
        _generated(reply(b"", 401), key_variable="MY_KEY")


def test_log_probabilities_are_read_in_both_forms() -> None:
    side = {
        "tokens": ["a", "b"],
        "token_logprobs": [None, -0.5],
        "top_logprobs": [None, {"b": -0.5, "c": -1.5}],
    }
    answer, asked = _generated(completion("ab", logprobs=side), options=Options(alternatives=2))
    assert asked[0].body["logprobs"] == 2
    assert math.isnan(answer.tokens[0].log_probability)
    assert answer.tokens[1] == Token("b", -0.5, (("b", -0.5), ("c", -1.5)))
    objects = {
        "content": [{"token": "a", "logprob": -0.5, "top_logprobs": [{"token": "a", "logprob": -0.5}]}]
    }
    answer, asked = _generated(
        chat("a", logprobs=objects), Chat((Message("user", "x"),)), Options(alternatives=1)
    )
    assert (asked[0].body["logprobs"], asked[0].body["top_logprobs"]) == (True, 1)
    assert answer.tokens == (Token("a", -0.5, (("a", -0.5),)),)


def _server_of(owner: str, answer: bytes) -> Callable[[Asked], Answer]:
    models = {"object": "list", "data": [{"id": "small", "owned_by": owner}]}
    return lambda asked: reply(models) if asked.path == "/v1/models" else answer


@pytest.mark.parametrize(
    ("owner", "constraint", "sent"),
    [
        ("vllm", Grammar("root ::= x"), {"structured_outputs": {"grammar": "root ::= x"}}),
        ("llamacpp", Grammar("root ::= x"), {"grammar": "root ::= x"}),
        ("llamacpp", SCHEMA, {"json_schema": {"type": "object"}}),
        *(
            (owner, SCHEMA, {"response_format": {"type": "json_schema",
             "json_schema": {"name": "thing", "schema": {"type": "object"}, "strict": True}}})
            for owner in ("vllm", "library", "openai", "somebody")
        ),
    ],
)  # fmt: skip
def test_a_constraint_is_spelled_as_the_server_wants_it(
    owner: str, constraint: JsonSchema | Grammar, sent: dict[str, Any]
) -> None:
    _, asked = _generated(_server_of(owner, completion("")), options=Options(constraint=constraint))
    assert [one.path for one in asked] == ["/v1/models", "/v1/completions"]
    assert {name: asked[1].body.get(name) for name in sent} == sent


@pytest.mark.parametrize("owner", ["library", "openai", "somebody"])
def test_a_grammar_that_the_server_cannot_follow_is_refused_before_anything_is_sent(owner: str) -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        with pytest.raises(UnsupportedError, match="cannot give a grammar"):
            await model.generate(HELLO, Options(constraint=Grammar("root ::= x")))
        assert server.paths == ["/v1/models"]

    _with(_server_of(owner, completion("")), use)


@pytest.mark.parametrize(
    ("owner", "answer", "body"),
    [
        ("vllm", {"count": 3, "tokens": [1, 2, 3]}, {"model": "small", "prompt": "a b c", "add_special_tokens": False}),
        ("llamacpp", {"tokens": [1, 2, 3]}, {"content": "a b c", "add_special": False}),
    ],
)  # fmt: skip
def test_tokens_are_counted_by_the_server(owner: str, answer: dict[str, Any], body: dict[str, Any]) -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        assert await model.count_tokens("a b c") == 3
        assert (server.asked[1].path, server.asked[1].body) == ("/tokenize", body)
        assert model.capabilities.token_counts

    _with(_server_of(owner, reply(answer)), use)


def test_a_server_that_counts_no_tokens_is_told() -> None:
    async def use(model: OpenAiCompatible, _: AnsweringServer) -> None:
        with pytest.raises(UnsupportedError, match="count with aifirst's own counter"):
            await model.count_tokens("a b c")
        assert await model.list_models() == ("small",)

    _with(_server_of("library", NO), use)


GAP = Infill("def add(a, b):\n    return ", "\n", "python")


def _paths(
    answer: Callable[[Asked], Answer] | Answer, *, model: str = "small", **more: Any
) -> list[list[str]]:
    """The paths of two questions for a gap, one after the other, and the answer."""
    seen: list[list[str]] = []

    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        seen.append([(await model.generate(GAP)).text])
        first = len(server.asked)
        seen.append([path for path in server.paths[:first] if path != "/v1/models"])
        await collect(model.stream(GAP))
        seen.append(server.paths[first:])

    _with(answer, use, model=model, **more)
    return seen


def test_a_gap_is_asked_for_with_a_suffix_first() -> None:
    assert _paths(completion("a + b")) == [["a + b"], ["/v1/completions"], ["/v1/completions"]]
    _, asked = _generated(completion(""), GAP, Options(stop=("\n\n",)))
    assert asked.pop(0).path == "/v1/models"
    assert (asked[0].body["prompt"], asked[0].body["suffix"]) == (GAP.before, GAP.after)
    assert asked[0].body["stop"] == ["\n\n", "<|endoftext|>", "<|fim_prefix|>", "<|file_sep|>"]


def test_llama_cpp_which_passes_over_a_suffix_is_asked_by_its_own_name_at_once() -> None:
    answer = _server_of("llamacpp", reply({"content": "a + b", "stop_type": "eos"}))
    assert _paths(answer) == [["a + b"], ["/infill"], ["/infill"]]


def test_a_server_that_is_busy_at_first_is_looked_at_again() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        with pytest.raises(BusyError):
            await model.generate(GAP)
        assert (await model.generate(GAP)).text == "a + b"
        assert server.paths == ["/v1/models", "/v1/models", "/infill"]

    answer = _server_of("llamacpp", reply({"content": "a + b", "stop_type": "eos"}))
    loading = [reply({"error": {"message": "Loading model"}}, 503)]
    _with(lambda asked: loading.pop() if loading else answer(asked), use)


def test_llama_cpp_is_asked_by_its_own_name_from_then_on() -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path != "/infill":
            return NO_SUFFIX
        assert (asked.body["input_prefix"], asked.body["input_suffix"]) == (GAP.before, GAP.after)
        if not asked.body["stream"]:
            return reply({"content": "a + b", "stop_type": "limit"})
        told = [{"content": "a", "stop": False}, {"content": "", "stop": True, "stop_type": "eos"}]
        return [STREAM_HEAD, *map(event, told), b"0\r\n\r\n"]

    assert _paths(answer, attempts=4) == [["a + b"], ["/v1/completions", "/infill"], ["/infill"]]
    assert _paths(answer, server="llama.cpp") == [["a + b"], ["/infill"], ["/infill"]]


def test_a_model_whose_family_is_known_is_asked_in_its_own_tokens() -> None:
    def answer(asked: Asked) -> Answer:
        if "suffix" in asked.body:
            return reply({"object": "error", "message": "suffix is not currently supported"}, 400)
        if asked.path == "/infill":
            return NO
        assert asked.body["prompt"] == f"<|fim_prefix|>{GAP.before}<|fim_suffix|>{GAP.after}<|fim_middle|>"
        return completion("a + b")

    paths = ["/v1/completions", "/infill", "/v1/completions"]
    assert _paths(answer, model="Qwen/Qwen2.5-Coder-1.5B") == [["a + b"], paths, ["/v1/completions"]]
    assert _paths(answer, model="qwen2.5-coder", server="vllm") == [["a + b"], *[["/v1/completions"]] * 2]


def test_what_looks_like_a_token_of_the_model_in_the_code_is_left_out() -> None:
    tokens = fill_tokens_of("starcoder2-3b")
    assert tokens is not None
    assert (
        tokens.prompt(Infill("a<fim_middle>b", "c<fim_prefix>")) == "<fim_prefix>ab<fim_suffix>c<fim_middle>"
    )
    assert fill_tokens_of("llama-3.1-8b-instruct") is None


def test_a_server_that_knows_only_chats_is_asked_in_one_and_its_fence_goes() -> None:
    def answer(asked: Asked) -> Answer:
        if "chat" not in asked.path:
            return NO
        assert "<CURSOR>" in asked.body["messages"][1]["content"]
        if not asked.body["stream"]:
            return chat("```python\na + b\n```")
        told = [{"choices": [{"delta": {"content": text}}]} for text in ("```py", "\na", " + b\n``", "`")]
        return [STREAM_HEAD, *map(event, told), event("[DONE]"), b"0\r\n\r\n"]

    both = ["/v1/completions", "/v1/chat/completions"]
    assert _paths(answer) == [["a + b"], both, ["/v1/chat/completions"]]
    answered, _ = _generated(answer, GAP, stream=True)
    assert (answered.text, answered.in_chat) == ("a + b", True)


def test_a_server_that_refuses_every_way_is_an_error_and_asked_from_the_first_again() -> None:
    async def use(model: OpenAiCompatible, server: AnsweringServer) -> None:
        for _ in range(2):
            with pytest.raises(RequestRefusedError, match="check the address"):
                await model.generate(GAP)
        assert server.paths == ["/v1/models", "/v1/completions", "/v1/chat/completions"] * 2

    _with(NO, use)


def test_many_streams_at_once_are_all_whole_and_none_gets_what_is_of_another() -> None:
    async def use(model: OpenAiCompatible, _: AnsweringServer) -> None:
        async def one(number: int) -> str:
            return (await collect(model.stream(Continuation(str(number))))).text

        answers = await asyncio.gather(*(one(number) for number in range(200)))
        assert answers == ["".join(f"{number}.{part} " for part in range(5)) for number in range(200)]

    def answer(asked: Asked) -> Answer:
        events = text_events(*(f"{asked.body['prompt']}.{part} " for part in range(5)))
        return [part for one in events for part in (one, 0.001)]

    _with(answer, use)


def test_settings_that_cannot_work_are_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="give an address like"):
        open_model(ModelSettings(url="file:///etc/passwd", model="m"))
    with pytest.raises(SettingsError, match="give the model's name"):
        open_model(ModelSettings(url="http://localhost/v1"))
    assert open_model(ModelSettings(url="http://localhost/v1", model="m")).name == "m"


def test_an_error_says_who_what_and_the_next_step() -> None:
    with pytest.raises(ModelError) as caught:
        _generated(reply(json.dumps({"error": "no such model"}).encode(), 404))
    assert str(caught.value) == (
        'the model\'s server answered 404 ({"error": "no such model"}): check the address, which ends before '
        "/completions, and the model's name"
    )


@pytest.mark.parametrize(
    "said",
    [
        "request (1112 tokens) exceeds the available context size (1024 tokens), try increasing it",
        "This model's maximum context length is 4096 tokens.",
    ],
)
def test_a_prompt_that_has_no_room_is_told_as_that(said: str) -> None:
    with pytest.raises(
        RequestRefusedError, match="ask for less at once, or give the server a larger context"
    ):
        _generated(reply(json.dumps({"error": {"message": said}}).encode(), 400))
