"""The endpoint embedder against a real server on this machine."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.endpoint import TEXTS_AT_ONCE, EndpointEmbedder, open_endpoint
from aifirst_memory.embedding.identity import embedder_identity
from aifirst_memory.embedding.settings import EmbedderSettings


class Handler(BaseHTTPRequestHandler):
    """Embeds a text as (its length, 1), unless the test has planned other answers."""

    planned: list[tuple[int, dict[str, str], bytes]]
    seen: list[tuple[str, str | None, dict[str, Any]]]

    def do_POST(self) -> None:  # the name that the server calls
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append((self.path, self.headers["Authorization"], body))
        status, headers, answer = (
            self.planned.pop(0) if self.planned else (200, {}, good_answer(body["input"]))
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # the name that is overridden
        pass


def good_answer(texts: list[str]) -> bytes:
    """Rows in the wrong order, as the protocol allows."""
    rows = [{"index": i, "embedding": [len(text), 1.0]} for i, text in enumerate(texts)]
    return json.dumps({"object": "list", "data": rows[::-1]}).encode()


class Server:
    """A running server and what it saw."""

    def __init__(self) -> None:
        self.handler = type("OneHandler", (Handler,), {"planned": [], "seen": []})
        self.server = HTTPServer(("127.0.0.1", 0), self.handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def embedder(self, dimension: int = 0) -> EndpointEmbedder:
        settings = EmbedderSettings("endpoint", "a-model", self.url, "A_TEST_KEY", dimension, timeout=5.0)
        embedder = open_endpoint(settings, first_wait=0.001)
        assert embedder.name == embedder_identity(settings)
        return embedder


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.server.shutdown()
    thread.join()
    running.server.server_close()


def test_vectors_come_in_the_order_of_the_texts_at_length_one(server: Server) -> None:
    vectors = server.embedder().embed_texts(["abc", " ", "a"])
    expected = np.array([[3 / math.sqrt(10), 1 / math.sqrt(10)], [0, 0], [math.sqrt(0.5)] * 2], np.float32)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, expected, atol=1e-6)
    assert server.handler.seen == [
        ("/v1/embeddings", None, {"model": "a-model", "input": ["abc", "a"], "encoding_format": "float"})
    ]


def test_many_texts_go_in_batches(server: Server) -> None:
    texts = ["x" * (1 + i % 7) for i in range(2 * TEXTS_AT_ONCE + 3)] + ["y" * 90_000, "z" * 90_000]
    vectors = server.embedder().embed_texts(texts)
    assert [len(body["input"]) for _, _, body in server.handler.seen] == [TEXTS_AT_ONCE, TEXTS_AT_ONCE, 4, 1]
    assert np.allclose(vectors[:, 0] / vectors[:, 1], [len(text) for text in texts], rtol=1e-5)


def test_the_key_of_the_environment_is_sent_and_never_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TEST_KEY", "very-secret")
    server.handler.planned.append((401, {}, b'{"error": "no such key"}'))
    with pytest.raises(
        EmbedderError, match="set the environment variable A_TEST_KEY to a valid key"
    ) as caught:
        server.embedder().embed_texts(["a"])
    assert server.handler.seen[0][1] == "Bearer very-secret"
    assert "very-secret" not in str(caught.value)
    assert len(server.handler.seen) == 1


def test_a_busy_server_is_asked_again(server: Server) -> None:
    server.handler.planned += [(429, {"Retry-After": "0"}, b""), (503, {}, b"starting")]
    assert server.embedder().embed_texts(["a"]).shape == (1, 2)
    assert len(server.handler.seen) == 3


def test_a_server_that_stays_busy_ends_in_an_error_with_its_words(server: Server) -> None:
    server.handler.planned += [(500, {}, b"out of\n memory")] * 4
    with pytest.raises(EmbedderError, match=r"answered 500 \(out of memory\), 4 times"):
        server.embedder().embed_texts(["a"])


def test_a_refusal_is_not_repeated(server: Server) -> None:
    for status in (400, 404, 302):
        server.handler.planned.append((status, {}, b"no"))
        with pytest.raises(EmbedderError, match=f"answered {status}"):
            server.embedder().embed_texts(["a"])
    assert len(server.handler.seen) == 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"<html>", "answers in another form"),
        (b'{"data": [{"index": 0, "embedding": []}]}', "check `model` and `dimension`"),
        (b'{"data": []}', "gave 0 vectors"),
        (b'{"data": [{"index": 3, "embedding": [1.0]}]}', "gave 1 vectors"),
    ],
)
def test_an_answer_of_another_form_is_an_error(server: Server, answer: bytes, told: str) -> None:
    server.handler.planned.append((200, {}, answer))
    with pytest.raises(EmbedderError, match=told):
        server.embedder().embed_texts(["a"])


def test_the_dimension_is_asked_for_and_checked(server: Server) -> None:
    assert server.embedder(dimension=2).embed_texts(["a"]).shape == (1, 2)
    assert server.handler.seen[0][2]["dimensions"] == 2
    with pytest.raises(EmbedderError, match=r"lengths \[2, 3\]"):
        server.embedder(dimension=3).embed_texts(["a"])


def test_without_a_dimension_in_the_settings_the_server_is_asked(server: Server) -> None:
    embedder = server.embedder()
    assert embedder.dimension == 2
    assert embedder.embed_texts([""]).shape == (1, 2)


def test_nobody_there_is_told_with_what_to_do(server: Server) -> None:
    embedder = EmbedderSettings("endpoint", "a-model", "http://127.0.0.1:9/v1", timeout=1.0)
    with pytest.raises(EmbedderError, match=r"cannot be reached.*check that it runs at `url`"):
        open_endpoint(embedder, first_wait=0.001).embed_texts(["a"])


def test_settings_that_cannot_work_are_refused_at_once() -> None:
    with pytest.raises(EmbedderError, match="set AIFIRST_EMBEDDER_URL"):
        open_endpoint(EmbedderSettings("endpoint", "m", "file:///etc/passwd"))
    with pytest.raises(EmbedderError, match="set `model`"):
        open_endpoint(EmbedderSettings("endpoint", "", "http://localhost/v1"))


def test_half_a_character_in_a_text_does_not_stop_the_others(server: Server) -> None:
    rows = server.embedder().embed_texts(["one", "half \ud800 here"])
    assert rows.shape == (2, 2)
    assert server.handler.seen[-1][2]["input"] == ["one", "half ? here"]
