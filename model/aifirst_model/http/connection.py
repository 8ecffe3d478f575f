"""One connection that speaks HTTP/1.1: bytes by asyncio, their meaning by h11.

It can be dropped at any moment without waiting, which is what cancelling means here. What arrives while nobody asked
ends the connection, so that no byte of one answer is ever taken for the next one. Left out: HTTP/2, compression,
proxies and redirects.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final, cast

import h11
import msgspec

from aifirst_model.errors import BrokenAnswerError, StalledError

_MOST_HEAD: Final = 1 << 16
_MOST_WAITING: Final = 1 << 20
"""Bytes that wait to be read until the server is made to wait."""
_MOST_INTERIM: Final = 100
"""Answers before the answer (100 to 199)."""
_EVENTS_AT_ONCE: Final = 64
"""Events after which others get a turn: a megabyte that has come can hold many thousands."""


class Wait(msgspec.Struct, frozen=True):
    """How long to wait: `read` seconds for the next bytes, and till `end` for all of them, `whole` seconds in all."""

    read: float
    whole: float
    end: float
    """On the event loop's clock."""

    @classmethod
    def from_now(cls, read: float, whole: float) -> Wait:
        """That begins now."""
        return cls(read, whole, asyncio.get_running_loop().time() + whole)

    def left(self) -> float:
        """Seconds till the end. Raises `StalledError` for none."""
        left = self.end - asyncio.get_running_loop().time()
        if left <= 0:
            raise self.is_over()
        return left

    def is_over(self) -> StalledError:
        """The error of an answer that was not done in time."""
        return StalledError(f"was not done within {self.whole:g} s", "ask for less, or give it more time")


class Connection(asyncio.Protocol):
    """A connection; one request at a time."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._transport: asyncio.Transport | None = None
        self._arrived: list[bytes] = []
        self._waiting = 0
        self._is_paused = False
        self._is_ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._events = 0
        self.has_heard = False
        """Whether anything of the present answer has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if self._http.our_state is h11.IDLE:
            self.abort()
            return
        self._arrived.append(data)
        self._waiting += len(data)
        self.has_heard = True
        if self._waiting > _MOST_WAITING and self._transport is not None:
            self._transport.pause_reading()
            self._is_paused = True
        self._wake()

    def eof_received(self) -> None:
        """Called by the event loop."""
        self._is_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._is_ended = True
        self._wake()

    @property
    def is_usable(self) -> bool:
        """Whether a request may be sent."""
        return not self._is_ended and self._http.our_state is h11.IDLE

    def send(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a request, whole. Raises `h11.LocalProtocolError` for what HTTP cannot say."""
        self.has_heard = False
        parts = [
            self._http.send(h11.Request(method=method, target=target, headers=headers)),
            self._http.send(h11.Data(data=body)) if body else b"",
            self._http.send(h11.EndOfMessage()),
        ]
        if self._transport is not None:
            self._transport.write(b"".join(part for part in parts if part))

    async def head(self, wait: Wait) -> h11.Response:
        """Status and headers of the answer. Raises `StalledError`, `BrokenAnswerError`."""
        for _ in range(_MOST_INTERIM):
            event = await self._event(wait)
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise _no_http()
        raise BrokenAnswerError("says without end that it will answer", "check what runs at its address")

    async def data(self, wait: Wait) -> bytes | None:
        """The next bytes of the answer's body, None at its end. Raises `StalledError`, `BrokenAnswerError`."""
        event = await self._event(wait)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def begin_next(self) -> bool:
        """Whether the answer is read to its end and another request may follow it here."""
        if self._is_ended or self._arrived or self._http.trailing_data[0]:
            return False
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def abort(self) -> None:
        """Drop the connection now."""
        self._is_ended = True
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    async def _event(self, wait: Wait) -> object:
        self._events += 1
        if self._events % _EVENTS_AT_ONCE == 0:
            await asyncio.sleep(0)
            wait.left()
        # h11's own words repeat what came, which may be the key: they go into no error, not even as its cause.
        with contextlib.suppress(h11.RemoteProtocolError):
            while (event := self._http.next_event()) is h11.NEED_DATA:
                await self._feed(wait)
            return event
        if self._is_ended:
            raise BrokenAnswerError("ended the connection before its answer was whole", "see its own log")
        raise _no_http()

    async def _feed(self, wait: Wait) -> None:
        left = wait.left()
        if not self._arrived and not self._is_ended:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(min(wait.read, left)):
                    await self._waiter
            except TimeoutError as error:
                if left <= wait.read:
                    raise wait.is_over() from error
                raise StalledError(
                    f"sent nothing for {wait.read:g} s", "see whether it is overloaded, or give it more time"
                ) from error
            finally:
                self._waiter = None
        self._http.receive_data(b"".join(self._arrived))
        self._arrived.clear()
        self._waiting = 0
        if self._is_paused and not self._is_ended and self._transport is not None:
            self._transport.resume_reading()
            self._is_paused = False

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _no_http() -> BrokenAnswerError:
    return BrokenAnswerError("does not answer in HTTP", "check what runs at its address")
