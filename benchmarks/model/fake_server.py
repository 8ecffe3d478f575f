"""A server of the OpenAI protocol that costs as little as it can: what is measured is who asks.

Run as a program it prints its port. `/v1/completions` answers at once or streams `max_tokens` numbered pieces; a prompt
`hang` is never answered, and when its client went is told by `/gone`, on the clock that all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Final

PAUSE: Final = 0.02
WHOLE: Final = json.dumps({"choices": [{"text": "a + b", "finish_reason": "stop"}]}).encode()
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def answer(body: bytes) -> bytes:
    """A whole answer."""
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )


class FakeServer(asyncio.Protocol):
    """A connection."""

    gone: list[float] = []  # noqa: RUF012  # one list for all connections of this process

    def __init__(self) -> None:
        self._data = b""
        self._hangs = False
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        if self._hangs:
            self.gone.append(time.monotonic())

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._data += data
        head, found, body = self._data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if not found or len(body) < length:
            return
        self._data = b""
        if head.startswith(b"GET /gone"):
            self._transport.write(answer(json.dumps(self.gone).encode()))
            return
        asked = json.loads(body)
        if asked["prompt"] == "hang":
            self._hangs = True
        elif asked.get("stream"):
            self._task = asyncio.ensure_future(self._stream(asked["prompt"], asked["max_tokens"]))
        else:
            self._transport.write(answer(WHOLE))

    async def _stream(self, prompt: str, pieces: int) -> None:
        self._transport.write(HEAD)
        for number in range(pieces):
            self._event({"choices": [{"text": f"{prompt}.{number} ", "finish_reason": None}]})
            await asyncio.sleep(PAUSE)
        self._event({"choices": [{"text": "", "finish_reason": "stop"}]})
        self._transport.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")

    def _event(self, value: object) -> None:
        data = b"data: %b\n\n" % json.dumps(value).encode()
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))


async def serve() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(FakeServer, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
