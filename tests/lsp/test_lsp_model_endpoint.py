"""What asks a model over HTTP, with real sockets: bounds, failures, silence, the key."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aifirst_lsp_server.client_settings import InlineCompletion
from aifirst_lsp_server.model_endpoint import SILENCE, Asked, ModelEndpoint
from aifirst_model.answer import Answer
from model_server import ModelServer, completion

ASKED = Asked("x = ", "\n", "python")


def _complete(
    model: ModelServer, endpoint: ModelEndpoint | None = None, timeout: float = 20.0
) -> Answer | None:
    return asyncio.run(
        _ask(endpoint or ModelEndpoint(), InlineCompletion("small", f"{model.address}/v1", timeout))
    )


async def _ask(endpoint: ModelEndpoint, settings: InlineCompletion) -> Answer | None:
    try:
        return await endpoint.complete(settings, ASKED)
    finally:
        await endpoint.aclose()


def test_the_key_of_the_environment_is_sent_in_one_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIFIRST_MODEL_KEY", "k-123")
    with ModelServer(completion("1")) as model:
        assert _complete(model) == Answer("1", "stop")
        assert model.asked[0][2]["Authorization"] == "Bearer k-123"
        assert "k-123" not in json.dumps(model.asked[0][1])


def test_a_key_that_would_end_its_header_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIFIRST_MODEL_KEY", "k\r\nX-Other: 1")
    with ModelServer(completion("1")) as model:
        assert _complete(model) is None
        assert model.asked == []


def test_a_server_that_does_not_answer_in_time_loses_its_connection() -> None:
    with ModelServer(None) as model:
        assert _complete(model, timeout=0.2) is None
        assert model.left.acquire(timeout=10)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"garbage", b"[]", b"{}", b'{"choices": []}', b'{"choices": [1]}', b'{"choices": [{"text": 5}]}',
        b'{"choices": null}', b"\xff\xfe", b"[" * 100_000, b'{"choices": [{"text": "\\ud800"}]}',
    ],
    ids=range(11),
)  # fmt: skip
def test_an_answer_in_another_form_is_none(body: bytes) -> None:
    with ModelServer((200, body)) as model:
        assert _complete(model) is None


def test_an_answer_that_is_too_long_is_cut_or_none() -> None:
    with ModelServer(completion("x" * 20_000)) as model:
        assert _complete(model) == Answer("x" * 8000, "length")
    with ModelServer(completion("x" * (20 << 20))) as model:
        assert _complete(model) is None
    with ModelServer(["x" * 20_000, None]) as model:
        assert _complete(model) == Answer("x" * 8000, "length")
        assert model.left.acquire(timeout=10)


def test_what_a_slow_model_has_written_when_the_time_is_up_is_its_answer() -> None:
    with ModelServer(["one\n", "two", None]) as model:
        assert _complete(model, timeout=2.0) == Answer("one\ntwo", "length")
        assert model.left.acquire(timeout=10)
    with ModelServer([" ", None]) as model:
        assert _complete(model, timeout=0.2) is None


def test_the_next_request_takes_the_same_connection() -> None:
    async def ask(endpoint: ModelEndpoint, settings: InlineCompletion) -> None:
        for _ in range(3):
            assert await endpoint.complete(settings, ASKED) is not None
        await endpoint.aclose()

    streamed: list[str | None] = ["1", "2"]
    for answer in (completion("1"), streamed):
        with ModelServer(answer) as model:
            asyncio.run(ask(ModelEndpoint(), InlineCompletion("small", f"{model.address}/v1", 20.0)))
            assert len(model.ports) == 3
            assert len(set(model.ports)) == 1


def test_only_the_latest_models_are_kept_with_their_connections() -> None:
    async def ask(endpoint: ModelEndpoint, model: ModelServer) -> None:
        for name in [*range(9), 0]:
            settings = InlineCompletion(f"model {name}", f"{model.address}/v1", 20.0)
            assert await endpoint.complete(settings, ASKED) is not None
        await endpoint.aclose()

    with ModelServer(completion("1")) as model:
        asyncio.run(ask(ModelEndpoint(), model))
        assert len(set(model.ports)) == 10


def test_a_redirect_is_not_followed() -> None:
    with ModelServer(completion("stolen")) as other, ModelServer((307, b"")) as model:
        model.headers["Location"] = f"{other.address}/v1/completions"
        assert _complete(model) is None
        assert len(model.asked) == 1
        assert other.asked == []


def test_three_failures_in_a_row_are_followed_by_silence_and_a_success_ends_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [100.0]
    endpoint = ModelEndpoint(lambda: now[0])
    answers: list[Any] = [(500, b""), (500, b""), completion("1"), (500, b""), (500, b""), (500, b"")]
    with ModelServer(lambda _path, _body: answers[len(model.asked) - 1]) as model:
        settings = InlineCompletion("small", f"{model.address}/v1", 20.0)
        silent: list[bool] = []
        for _ in answers:
            _complete(model, endpoint, settings.timeout)
            silent.append(endpoint.is_silent(settings))
        assert silent == [False] * 5 + [True]
        now[0] += SILENCE - 1
        assert endpoint.is_silent(settings)
        now[0] += 1
        assert not endpoint.is_silent(settings)
    assert len(caplog.records) == 2  # once for each row of failures


def test_a_server_that_refuses_every_way_is_asked_from_the_first_again() -> None:
    endpoint = ModelEndpoint()
    with ModelServer((404, b"{}")) as model:
        assert _complete(model, endpoint) is None
        assert _complete(model, endpoint) is None
        assert model.paths == ["/v1/completions", "/v1/chat/completions"] * 2


def test_nobody_listening_is_a_failure_and_no_exception() -> None:
    with ModelServer(None) as model:
        gone = model.address
    settings = InlineCompletion("small", gone, 5.0)
    assert asyncio.run(ModelEndpoint().complete(settings, ASKED)) is None
