"""A model's server for tests: a real socket on 127.0.0.1 in this event loop, answers as each test writes them.

It reads requests by itself and answers raw bytes, so that it can be as wrong as a server can be.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int


Answer = bytes | list[bytes | float] | None
"""Bytes; or bytes and pauses in seconds; None: nothing until the client goes. The connection stays open."""


class AnsweringServer:
    """Serves while entered; `answer` is told each request. `left`: a client went before its answer was whole."""

    def __init__(self, answer: Callable[[Asked], Answer] | Answer, tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls
        self.asked: list[Asked] = []
        self.came = asyncio.Semaphore(0)
        self.left = asyncio.Semaphore(0)
        self.connections = 0
        self.closes = False
        """Close the connection after each answer."""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where it is, as the protocol's users write it."""
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"{'https' if self._tls else 'http'}://{'localhost' if self._tls else host}:{port}/v1"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls, limit=1 << 24)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            while (asked := await _read(reader, number)) is not None:
                self.asked.append(asked)
                self.came.release()
                answer = self._answer(asked) if callable(self._answer) else self._answer
                if not await _unless_left(reader, _write(writer, answer)):
                    self.left.release()
                    return
                if self.closes:
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader, number: int) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, json.loads(body) if body else {}, number)


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    if answer is None:
        await asyncio.get_running_loop().create_future()
    for part in [answer] if isinstance(answer, bytes) else answer or []:
        if isinstance(part, bytes):
            writer.write(part)
            await writer.drain()
        else:
            await asyncio.sleep(part)


async def _unless_left(reader: asyncio.StreamReader, writing: Awaitable[None]) -> bool:
    """Whether the answer was written before the client went."""
    writes = asyncio.ensure_future(writing)
    leaves = asyncio.ensure_future(_ended(reader))
    try:
        await asyncio.wait({writes, leaves}, return_when=asyncio.FIRST_COMPLETED)
        return writes.done() and not leaves.done() and writes.exception() is None
    finally:
        writes.cancel()
        leaves.cancel()
        await asyncio.gather(writes, leaves, return_exceptions=True)


async def _ended(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof():
        await asyncio.sleep(0.005)


def reply(body: bytes | dict[str, Any], status: int = 200, **headers: str) -> bytes:
    """A whole answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    fields = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} X\r\n{fields}\r\n".encode() + data


def completion(text: str, finish: str = "stop", **more: Any) -> bytes:
    """What `/completions` answers."""
    return reply({"choices": [{"text": text, "finish_reason": finish, **more}]})


def chat(text: str, **more: Any) -> bytes:
    """What `/chat/completions` answers."""
    return reply({"choices": [{"message": {"content": text}, "finish_reason": "stop", **more}]})


def chunked(*parts: bytes) -> bytes:
    """The body of an answer in chunks, whole."""
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def event(value: dict[str, Any] | str) -> bytes:
    """An event as a chunk."""
    data = b"data: " + (value if isinstance(value, str) else json.dumps(value)).encode() + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(data), data)


def text_events(*texts: str) -> list[bytes]:
    """The chunks of a stream of `/completions`, with its end."""
    told = [event({"choices": [{"text": text, "finish_reason": None}]}) for text in texts]
    last = event({"choices": [{"text": "", "finish_reason": "stop"}]})
    return [STREAM_HEAD, *told, last, event("[DONE]"), b"0\r\n\r\n"]
