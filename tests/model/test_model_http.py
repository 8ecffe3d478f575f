"""The HTTP client against real sockets: kept connections, tries, bounds, and that a key goes nowhere else."""

from __future__ import annotations

import asyncio
import logging
import ssl
import subprocess
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    KeyRefusedError,
    ModelError,
    RedirectedError,
    RequestRefusedError,
    SettingsError,
    StalledError,
    UnreachableError,
)
from aifirst_model.http.address import Address, read_address
from aifirst_model.http.client import HttpClient, Patience
from aifirst_model.http.connection import Connection, Wait
from aifirst_model.http.retry import Retry, read_wait
from answering_server import Answer, AnsweringServer, Asked, chunked, reply

NO_PATIENCE = Patience(connect=20, read=0.2, whole=20)
AT_ONCE = Retry(first_wait=0.0)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 60))


def _client(server: AnsweringServer, **more: Any) -> HttpClient:
    given: dict[str, Any] = {"retry": Retry(attempts=1), **more}
    return HttpClient(read_address(server.address), **given)


async def _post(client: HttpClient, most: int = 1 << 20) -> bytes:
    return await client.ask_whole("POST", "/v1/x", b"{}", most=most)


def _answered(answer: Any, most: int = 1 << 20, **more: Any) -> bytes:
    """What a client reads of an answer."""
    read: list[bytes] = []

    async def ask() -> None:
        async with AnsweringServer(answer) as server:
            client = _client(server, **more)
            try:
                read.append(await _post(client, most))
            finally:
                await client.aclose()

    _run(ask())
    return read[0]


def _in_turn(answers: list[bytes]) -> Callable[[Asked], Answer]:
    return lambda _: answers.pop(0)


def test_requests_one_after_the_other_share_a_connection() -> None:
    async def ask() -> None:
        async with AnsweringServer(reply(b"{}")) as server:
            client = _client(server)
            for _ in range(5):
                await _post(client)
            assert server.connections == 1
            await asyncio.gather(*(_post(client) for _ in range(3)))
            assert server.connections == 3
            await client.aclose()

    _run(ask())


def test_a_kept_connection_that_the_server_closed_is_no_failure() -> None:
    async def ask() -> None:
        async with AnsweringServer(reply(b"{}")) as server:
            client = _client(server)
            server.closes = True
            for _ in range(5):
                assert await _post(client) == b"{}"
            assert server.connections == len(server.asked) == 5
            await client.aclose()

    _run(ask())


def test_what_a_server_sends_unasked_is_never_the_answer_to_the_next_question() -> None:
    async def ask() -> None:
        def answer(asked: Asked) -> bytes:
            return reply(b"1") + (reply(b"stolen") if asked.connection == 1 else b"")

        async with AnsweringServer(answer) as server:
            client = _client(server)
            assert [await _post(client) for _ in range(3)] == [b"1"] * 3
            assert server.connections == 2
            await client.aclose()

        late: Answer = [reply(b"1"), 0.05, reply(b"stolen")]
        async with AnsweringServer(late) as server:
            client = _client(server)
            assert await _post(client) == b"1"
            await asyncio.sleep(0.2)
            assert await _post(client) == b"1"
            assert server.connections == 2
            await client.aclose()

    _run(ask())


def test_a_cancelled_request_closes_its_connection_at_once_and_later_ones_work() -> None:
    async def ask() -> None:
        async with AnsweringServer(lambda _: None if len(server.asked) == 1 else reply(b"{}")) as server:
            client = _client(server)
            task = asyncio.create_task(_post(client))
            await server.came.acquire()
            task.cancel()
            await server.left.acquire()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await _post(client) == b"{}"
            await client.aclose()

    _run(ask())


def test_a_busy_server_is_asked_again_until_it_answers() -> None:
    answers = [reply(b"", 429, Retry_After="0"), reply(b"", 503), reply(b"done")]
    assert _answered(_in_turn(answers), retry=AT_ONCE) == b"done"


def test_a_server_that_stays_busy_ends_in_its_own_words_and_the_number_of_tries() -> None:
    with pytest.raises(BusyError, match=r"answered 500 \(out of memory\), 3 times: wait") as caught:
        _answered(reply(b"out of\x1b \n memory", 500), retry=Retry(attempts=3, first_wait=0.0))
    assert caught.value.status == 500


def test_a_server_that_asks_to_wait_too_long_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(BusyError) as caught:
        _answered(reply(b"", 429, Retry_After="3600"), retry=Retry(longest_wait=20))
    assert caught.value.wait == 3600
    assert time.monotonic() - began < 20


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    answers = [reply(b"", 429, Retry_After_Ms="300"), reply(b"done")]
    began = time.monotonic()
    assert _answered(_in_turn(answers), retry=AT_ONCE) == b"done"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7.0), ({"retry-after-ms": "1500"}, 1.5), ({}, 0.0), ({"retry-after": "-1"}, 0.0),
        ({"retry-after": "soon"}, 0.0), ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 60.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, 0.0), ({"retry-after": "9" * 400}, 999999999999.0),
        ({"retry-after": "²"}, 0.0),
    ],
)  # fmt: skip
def test_how_long_a_server_asks_to_wait_is_read(headers: dict[str, str], wait: float) -> None:
    assert read_wait(headers, now=40.0) == wait


def test_waits_double_and_have_an_end() -> None:
    retry = Retry(first_wait=1.0, longest_wait=5.0)
    for tried, whole in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (50, 5.0)):
        assert whole * 0.75 <= retry.wait(tried, 0.0) <= whole
    assert retry.wait(1, 4.0) == 4.0


def test_a_refusal_is_not_repeated() -> None:
    async def ask(status: int, kind: type[ModelError]) -> None:
        async with AnsweringServer(reply(b"no", status)) as server:
            with pytest.raises(kind, match=f"answered {status}"):
                await _post(_client(server, retry=AT_ONCE))
            assert len(server.asked) == 1

    for status in (400, 404, 422, 501):
        _run(ask(status, RequestRefusedError))
    for status in (401, 403):
        _run(ask(status, KeyRefusedError))


def test_a_redirect_is_not_followed_and_the_key_reaches_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "k-123")

    async def ask() -> None:
        async with AnsweringServer(reply(b"stolen")) as other:
            answer = reply(b"", 307, Location=f"{other.address}/x")
            async with AnsweringServer(answer) as server:
                with pytest.raises(RedirectedError, match="name the place itself"):
                    await _post(_client(server, key_variable="A_KEY", retry=AT_ONCE))
                assert [one.headers.get("authorization") for one in server.asked] == ["Bearer k-123"]
            assert other.connections == 0

    _run(ask())


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        async with AnsweringServer(reply(b"stolen")) as other, AnsweringServer(reply(b"1")) as server:
            for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, other.address)
            client = _client(server)
            assert await _post(client) == b"1"
            assert other.connections == 0
            await client.aclose()

    _run(ask())


def test_a_key_is_in_no_error_and_no_log_even_if_the_server_repeats_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("A_KEY", "k-123")
    caplog.set_level(logging.DEBUG)
    for status in (400, 401, 500):
        with pytest.raises(ModelError) as caught:
            _answered(reply(b"wrong key: k-123", status), key_variable="A_KEY")
        seen: BaseException | None = caught.value
        while seen is not None:
            assert "k-123" not in repr(seen) + str(seen) + str(vars(seen))
            seen = seen.__cause__ or seen.__context__
    assert "[key]" in str(caught.value)
    assert "k-123" not in caplog.text


def test_a_key_that_would_end_its_header_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "k\r\nX-Other: 1")

    async def ask() -> None:
        async with AnsweringServer(reply(b"1")) as server:
            with pytest.raises(SettingsError, match="correct the environment variable A_KEY") as caught:
                await _post(_client(server, key_variable="A_KEY"))
            assert "X-Other" not in str(caught.value)
            assert server.connections == 0

    _run(ask())


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n", b"\x00" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345", HEAD + b"x" * (1 << 17),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n", HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1",
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_answer_in_http_is_an_error(answer: bytes) -> None:
    with pytest.raises(BrokenAnswerError):
        _answered(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        HEAD + b"Content-Length: 5\r\n\r\n12",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n12",
    ],
)
def test_an_answer_that_is_cut_off_is_an_error(answer: bytes) -> None:
    async def ask() -> None:
        async with AnsweringServer(answer) as server:
            server.closes = True
            with pytest.raises(BrokenAnswerError, match="before its answer was whole"):
                await _post(_client(server))

    _run(ask())


@pytest.mark.parametrize("answer", [None, HEAD, HEAD + b"Content-Length: 5\r\n\r\n12"], ids=range(3))
def test_a_server_that_stalls_is_given_up_and_loses_its_connection(answer: bytes | None) -> None:
    async def ask() -> None:
        async with AnsweringServer([answer, 60.0] if answer else None) as server:
            with pytest.raises(StalledError, match=r"sent nothing for 0\.2 s"):
                await _post(_client(server, patience=NO_PATIENCE))
            await server.left.acquire()

    _run(ask())


def test_a_server_that_sends_a_byte_now_and_then_is_given_up_too() -> None:
    slow: list[bytes | float] = [HEAD + b"Content-Length: 500\r\n\r\n", *([0.05, b"x"] * 400)]
    with pytest.raises(StalledError):
        _answered(slow, patience=Patience(connect=20, read=20, whole=0.5))


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"x" * 5000), HEAD + b"Content-Length: 999999999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*[b"x" * 400] * 20),
    ],
    ids=["long", "announced", "chunks"],
)  # fmt: skip
def test_an_answer_that_is_too_long_is_not_read(answer: bytes) -> None:
    with pytest.raises(BrokenAnswerError, match="more than 4000 bytes"):
        _answered(answer, most=4000)


def test_a_long_answer_is_read_whole_though_the_reader_is_slow() -> None:
    body = bytes(range(256)) * (1 << 16)

    async def ask() -> None:
        async with AnsweringServer(reply(body)) as server:
            client = _client(server)
            response = await client.ask("POST", "/v1/x", b"{}")
            await asyncio.sleep(0.3)
            assert await response.read(1 << 25) == body
            response.close()
            assert await client.ask_whole("POST", "/v1/x", b"{}", most=1 << 25) == body
            assert server.connections == 1
            await client.aclose()

    _run(ask())


class _Recorded(asyncio.Transport):
    """A transport that goes nowhere and keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told.append("write")

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def abort(self) -> None:
        self.told.append("abort")


def test_a_server_that_sends_faster_than_anybody_reads_is_made_to_wait() -> None:
    async def talk() -> None:
        connection, transport = Connection(), _Recorded()
        connection.connection_made(transport)
        connection.send("GET", "/", [("Host", "h")], b"")
        connection.data_received(HEAD + b"Content-Length: 9000000\r\n\r\n")
        wait = Wait.from_now(1.0, 60.0)
        await connection.head(wait)
        for _ in range(2):
            connection.data_received(b"x" * 600_000)
        assert transport.told == ["write", "pause"]
        assert await connection.data(wait) == b"x" * 1_200_000
        assert transport.told == ["write", "pause", "resume"]
        connection.abort()
        assert not connection.is_usable

    _run(talk())


def test_a_long_answer_in_chunks_is_read_whole() -> None:
    body = bytes(range(256)) * (1 << 14)
    parts = [body[at : at + 70_000] for at in range(0, len(body), 70_000)]
    assert _answered(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*parts), most=1 << 23) == body


def test_an_answer_of_an_old_server_ends_with_its_connection() -> None:
    async def ask() -> None:
        async with AnsweringServer(b"HTTP/1.0 200 OK\r\n\r\nold") as server:
            server.closes = True
            assert await _post(_client(server)) == b"old"

    _run(ask())


def test_nobody_there_is_told_with_what_to_do() -> None:
    async def ask() -> None:
        async with AnsweringServer(None) as server:
            gone = _client(server)
        with pytest.raises(UnreachableError, match=r"cannot be reached.*: check that it runs at http://127"):
            await _post(gone)

    _run(ask())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, made now, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(key), "-out", str(made),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return made, key


def _tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def test_https_works_with_a_certificate_that_is_trusted(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setenv("A_KEY", "k-123")

    async def ask() -> None:
        async with AnsweringServer(reply(b"safe"), _tls(certificate)) as server:
            client = _client(server, key_variable="A_KEY")
            assert [await _post(client) for _ in range(3)] == [b"safe"] * 3
            assert server.connections == 1
            assert server.asked[0].headers["authorization"] == "Bearer k-123"
            await client.aclose()

    _run(ask())


def test_https_to_a_server_whose_certificate_is_not_trusted_sends_nothing(
    certificate: tuple[Path, Path],
) -> None:
    async def ask() -> None:
        async with AnsweringServer(reply(b"1"), _tls(certificate)) as server:
            with pytest.raises(UnreachableError, match=r"not trusted .*: set SSL_CERT_FILE"):
                await _post(_client(server, retry=Retry(first_wait=60)))
            assert server.asked == []

    _run(ask())


def test_https_to_a_server_with_the_certificate_of_another_name_sends_nothing(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    async def ask() -> None:
        async with AnsweringServer(reply(b"1"), _tls(certificate)) as server:
            address = read_address(server.address.replace("localhost", "127.0.0.1"))
            with pytest.raises(UnreachableError, match="not trusted"):
                await _post(HttpClient(address))
            assert server.asked == []

    _run(ask())


def test_https_to_a_server_without_a_certificate_sends_nothing() -> None:
    async def ask() -> None:
        async with AnsweringServer(reply(b"1")) as server:
            address = read_address(server.address.replace("http:", "https:"))
            with pytest.raises(UnreachableError):
                await _post(HttpClient(address, patience=Patience(connect=0.5), retry=Retry(attempts=1)))
            assert server.asked == []

    _run(ask())


@pytest.mark.parametrize(
    "address",
    [
        "localhost:80", "ftp://a/b", "file:///etc/passwd", "http://", "http://user:pw@host/v1", "http://host:99999",
        "http://[::1", "http://a b/", "http://a/\r\nX: 1", "http://a/v1?key=1", "http://a/#x", "http://ä/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_http_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="give an address like"):
        read_address(address)


def test_an_address_is_read_with_its_port_and_path() -> None:
    assert read_address("https://Host.example/api/v1/") == Address("host.example", 443, True, "/api/v1")
    assert read_address("http://[::1]:8080").host_field == "[::1]:8080"
    assert str(read_address("http://[::1]:8080/v1/")) == "http://[::1]:8080/v1"
