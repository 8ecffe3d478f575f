"""A model's HTTP server for tests: real sockets on 127.0.0.1, answers as each test wants them, all requests kept."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Whole = tuple[int, bytes]
"""Status and body."""
Answer = Whole | list[str | None]
"""Whole; or the texts of a stream, which stands still at None until the client goes."""


class ModelServer:
    """Serves until left; `answer` is status and body, or makes them of path and body; None waits for the client to go."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Answer | None] | Answer | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.came = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        """Released when a client that got no answer closed its connection."""
        self.headers: dict[str, str] = {}
        self.ports: list[int] = []
        """Of the clients' ends of the connections, one a request."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _, _ in self.asked]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def completion(text: str, finish: str = "stop") -> Whole:
    """What `/completions` answers."""
    return 200, json.dumps({"choices": [{"text": text, "finish_reason": finish}]}).encode()


def chat(text: str) -> Whole:
    """What `/chat/completions` answers."""
    return 200, json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}).encode()


def _handler_of(model: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append((self.path, body, dict(self.headers)))
            model.ports.append(self.client_address[1])
            model.came.release()
            answer = model.answer(self.path, body) if callable(model.answer) else model.answer
            if answer is None:
                self.wait_for_the_client_to_go()
                return
            if isinstance(answer, list):
                self.stream(answer)
                return
            try:
                self.send_response(answer[0])
                for name, value in model.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer[1])))
                self.end_headers()
                self.wfile.write(answer[1])
            except ConnectionError:
                model.left.release()

        def stream(self, texts: list[str | None]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for text in texts:
                if text is None:
                    self.wait_for_the_client_to_go()
                    return
                self.send_chunk(json.dumps({"choices": [{"text": text, "finish_reason": None}]}))
            self.send_chunk(json.dumps({"choices": [{"text": "", "finish_reason": "stop"}]}))
            self.send_chunk("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

        def send_chunk(self, data: str) -> None:
            event = f"data: {data}\n\n".encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(event), event))

        def wait_for_the_client_to_go(self) -> None:
            with contextlib.suppress(ConnectionError):
                self.connection.recv(1)
            model.left.release()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
