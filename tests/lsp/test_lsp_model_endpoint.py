"""What asks a model over HTTP, with real sockets: bounds, failures, silence, the key."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aifirst_lsp_server.client_settings import InlineCompletion
from aifirst_lsp_server.http_post import HttpError, Place, place_of, post
from aifirst_lsp_server.model_endpoint import KEY_VARIABLE, SILENCE, Asked, Completed, ModelEndpoint
from model_server import ModelServer, completion

ASKED = Asked("x = ", "\n", "python")


def _complete(
    model: ModelServer, endpoint: ModelEndpoint | None = None, timeout: float = 20.0
) -> Completed | None:
    settings = InlineCompletion("small", f"{model.address}/v1", timeout)
    return asyncio.run((endpoint or ModelEndpoint()).complete(settings, ASKED))


def test_the_key_of_the_environment_is_sent_in_one_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k-123")
    with ModelServer(completion("1")) as model:
        assert _complete(model) == Completed("1", True)
        assert model.asked[0][2]["Authorization"] == "Bearer k-123"
        assert "k-123" not in json.dumps(model.asked[0][1])


def test_a_key_that_would_end_its_header_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "k\r\nX-Other: 1")
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


def test_an_answer_that_is_too_long_is_not_read() -> None:
    with ModelServer(completion("x" * (2 << 20))) as model:
        assert _complete(model) is None


@pytest.mark.parametrize("size", [b"5\r\nab", b"zz\r\n", b"-5\r\n", b"fffffff\r\nx", b"10000000\r\n"])
def test_broken_chunks_are_no_answer(size: bytes) -> None:
    with ModelServer((200, size)) as model:
        model.headers["Transfer-Encoding"] = "chunked"
        assert _complete(model, timeout=5) is None


def test_an_answer_in_chunks_is_read() -> None:
    whole = completion("1 + 1")[1]
    chunks = b"%x\r\n%b\r\n%x;a=b\r\n%b\r\n0\r\n\r\n" % (9, whole[:9], len(whole) - 9, whole[9:])
    with ModelServer((200, chunks)) as model:
        model.headers["Transfer-Encoding"] = "chunked"
        assert _complete(model) == Completed("1 + 1", True)


def test_an_answer_in_chunks_that_is_too_long_is_not_read() -> None:
    whole = completion("x" * (2 << 20))[1]
    parts = [whole[at : at + 0x8000] for at in range(0, len(whole), 0x8000)]
    with ModelServer((200, b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""]))) as model:
        model.headers["Transfer-Encoding"] = "chunked"
        assert _complete(model) is None


def test_a_redirect_is_not_followed() -> None:
    with ModelServer(completion("stolen")) as other, ModelServer((307, b"")) as model:
        model.headers["Location"] = f"{other.address}/v1/completions"
        assert _complete(model) is None
        assert len(model.asked) == 1
        assert other.asked == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        ModelServer(completion("stolen")) as other,
        ModelServer(completion("1")) as model,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, other.address)
        assert _complete(model) == Completed("1", True)
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


def test_an_https_address_does_not_accept_a_server_without_a_certificate() -> None:
    with ModelServer(completion("1")) as model:
        settings = InlineCompletion("small", model.address.replace("http:", "https:"), 20.0)
        assert asyncio.run(ModelEndpoint().complete(settings, ASKED)) is None
        assert model.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "", "localhost:80", "ftp://a/b", "file:///etc/passwd", "http://", "http://user:pw@host/v1", "http://host:99999",
        "http://[::1", "http://a b/", "http://a/\r\nX: 1", "http://a/v1?key=1", "http://a/#x", "http://ä/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_http_is_refused(address: str) -> None:
    with pytest.raises(HttpError):
        place_of(address)


def test_an_address_is_read_with_its_port_and_path() -> None:
    assert place_of("https://Host.example/api/v1/") == Place("host.example", 443, True, "/api/v1")
    assert place_of("http://[::1]:8080").host_field == "[::1]:8080"


def test_what_is_no_http_is_no_answer() -> None:
    async def talk() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"SSH-2.0-OpenSSH_9\r\n\r\n" + b"x" * 1000)
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(HttpError, match="HTTP"):
                await post(Place("127.0.0.1", port, False, ""), "/completions", b"{}")

    asyncio.run(talk())
