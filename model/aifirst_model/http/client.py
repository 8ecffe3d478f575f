"""Asks one server: keeps connections, tries again where there is hope, and goes nowhere else.

Redirects are not followed and proxies of the environment not used: what is sent goes to the server that a person named
or nowhere. The key goes into one header and into no text. A client belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import ssl
from collections import deque
from typing import Final

import h11
import msgspec

from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    KeyRefusedError,
    ModelError,
    RedirectedError,
    RequestRefusedError,
    SettingsError,
    StalledError,
    StatusError,
    UnreachableError,
)
from aifirst_model.http.address import Address, is_plain
from aifirst_model.http.connection import Connection, Wait
from aifirst_model.http.retry import BUSY, Retry, read_wait
from aifirst_model.http.show_text import show_text

_MOST_KEPT: Final = 64
"""Connections that wait for another request."""
_MOST_REFUSAL: Final = 1 << 16
_SAID: Final = 1000
_SHOWN: Final = 200
_TOO_LONG: Final = re.compile(r"context[ _](?:size|length|window)", re.IGNORECASE)
"""As llama.cpp, vLLM and OpenAI say it of a prompt that has no room."""
_CONSTRAINT: Final = re.compile(r"grammar|json[ _]schema", re.IGNORECASE)


class Patience(msgspec.Struct, frozen=True):
    """Seconds to wait: for a connection, for the next bytes of an answer, and for the whole of it."""

    connect: float = 10.0
    read: float = 120.0
    whole: float = 1800.0


class Response:
    """An answer of status 200 whose body has yet to come; `close` it in any case."""

    def __init__(self, client: HttpClient, connection: Connection, head: h11.Response, wait: Wait) -> None:
        self.headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
        self.status = head.status_code
        self._client = client
        self._connection = connection
        self._wait = wait
        self._rest = b""

    @property
    def kind(self) -> str:
        """The media type, without parameters and in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunk(self, most: int = 0) -> bytes | None:
        """The next bytes of the body, None at its end. Raises `StalledError`, `BrokenAnswerError`.

        Where `most` is given, no more than that; others get their turn before the rest of what came at once.
        """
        data: bytes | None
        data, self._rest = self._rest, b""
        if data:
            await asyncio.sleep(0)
        else:
            data = await self._connection.data(self._wait)
        if data is not None and 0 < most < len(data):
            data, self._rest = data[:most], data[most:]
        return data

    async def read(self, most: int) -> bytes:
        """The whole body. Raises `BrokenAnswerError` for one of more than `most` bytes, `StalledError`."""
        announced = self.headers.get("content-length", "")
        body = bytearray()
        if not announced.isdecimal() or int(announced[:20]) <= most:
            while (chunk := await self.chunk()) is not None:
                body += chunk
                if len(body) > most:
                    break
            else:
                return bytes(body)
        raise BrokenAnswerError(f"answers with more than {most} bytes", "check what runs at its address")

    async def finish(self, patience: float) -> None:
        """Read on to an end that is due within so many seconds, for the connection to be kept; else it is dropped."""
        wait = Wait.from_now(patience, patience)
        with contextlib.suppress(StalledError, BrokenAnswerError):
            while await self._connection.data(wait) is not None:
                continue

    def close(self) -> None:
        """Keep the connection where the answer was read to its end, else drop it now."""
        self._client.give_back(self._connection)


class HttpClient:
    """A client of one server; its key is in the variable `key_variable` of the environment, else it is `key`."""

    def __init__(
        self,
        address: Address,
        *,
        key_variable: str = "",
        key: str = "",
        patience: Patience | None = None,
        retry: Retry | None = None,
    ) -> None:
        self.address = address
        self._key_variable = key_variable
        self._own_key = key
        self._patience = patience or Patience()
        self._retry = retry or Retry()
        self._kept: deque[Connection] = deque()
        self._authorities: ssl.SSLContext | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> Response:
        """The beginning of an answer of status 200. Raises `ModelError` after the last try."""
        key = self._key()
        headers = self._headers(body, key)
        tried = 0
        while True:
            tried += 1
            wait = 0.0
            try:
                return await self._once(method, path, headers, body, key)
            except UnreachableError as error:
                if error.is_lasting or tried >= self._retry.attempts:
                    raise self._after(error, tried) from error.__cause__
            except (StalledError, BrokenAnswerError) as error:
                if tried >= self._retry.attempts:
                    raise self._after(error, tried) from error.__cause__
            except BusyError as error:
                wait = error.wait
                if tried >= self._retry.attempts or wait > self._retry.longest_wait or _is_lasting(error):
                    raise self._after(error, tried) from None
            await asyncio.sleep(self._retry.wait(tried, wait))

    async def ask_whole(self, method: str, path: str, body: bytes = b"", *, most: int) -> bytes:
        """The body of an answer of status 200, at most `most` bytes. Raises `ModelError` after the last try."""
        response = await self.ask(method, path, body)
        try:
            return await response.read(most)
        finally:
            response.close()

    @property
    def has_key(self) -> bool:
        """Whether there is a key to send."""
        return bool(self._read_key())

    def use_key(self, key: str) -> None:
        """Send this key where the environment has none."""
        self._own_key = key

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request, or drop it."""
        if connection.begin_next() and len(self._kept) < _MOST_KEPT:
            self._kept.append(connection)
        else:
            connection.abort()

    async def aclose(self) -> None:
        """Drop the connections that are kept."""
        while self._kept:
            self._kept.pop().abort()
        await asyncio.sleep(0)

    def show(self, text: str) -> str:
        """The beginning of what the server said, for an error. Answers are left alone: a key may be a word."""
        return show_text(text, self._read_key(), _SHOWN)

    def _read_key(self) -> str:
        return (os.environ.get(self._key_variable, "") if self._key_variable else "") or self._own_key

    def _key(self) -> str:
        key = self._read_key()
        if not is_plain(key):
            raise SettingsError(
                "was not asked: the key holds spaces or other characters that have no place in a header",
                f"correct the environment variable {self._key_variable}",
            )
        return key

    def _headers(self, body: bytes, key: str) -> list[tuple[str, str]]:
        headers = [
            ("Host", self.address.host_field), ("Accept", "application/json, text/event-stream"),
            ("Accept-Encoding", "identity"), ("User-Agent", "aifirst"), ("Content-Length", str(len(body))),
        ]  # fmt: skip
        if body:
            headers.append(("Content-Type", "application/json"))
        if key:
            headers.append(("Authorization", f"Bearer {key}"))
        return headers

    async def _once(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes, key: str
    ) -> Response:
        """One try; a connection that was kept and turns out to be closed is no failure."""
        wait = Wait.from_now(self._patience.read, self._patience.whole)
        kept = self._kept_one()
        if kept is not None:
            try:
                return await self._exchange(kept, (method, path, headers, body), key, wait)
            except BrokenAnswerError:
                if kept.has_heard:
                    raise
        return await self._exchange(await self._connect(), (method, path, headers, body), key, wait)

    async def _exchange(
        self,
        connection: Connection,
        request: tuple[str, str, list[tuple[str, str]], bytes],
        key: str,
        wait: Wait,
    ) -> Response:
        try:
            connection.send(*request)
            response = Response(self, connection, await connection.head(wait), wait)
            if response.status != 200:
                raise await self._refusal(response, key)
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise BrokenAnswerError("answers compressed though it was told not to", "see its settings")
        except BaseException:
            self.give_back(connection)
            raise
        return response

    def _kept_one(self) -> Connection | None:
        while self._kept:
            connection = self._kept.pop()
            if connection.is_usable:
                return connection
            connection.abort()
        return None

    async def _connect(self) -> Connection:
        address = self.address
        if address.secure and self._authorities is None:
            self._authorities = await asyncio.to_thread(ssl.create_default_context)
        try:
            async with asyncio.timeout(self._patience.connect):
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection, address.host, address.port, ssl=self._authorities if address.secure else None
                )
        except TimeoutError as error:
            raise UnreachableError(
                f"cannot be reached within {self._patience.connect:g} s", f"check that it runs at {address}"
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError(
                f"has a certificate that is not trusted ({error.verify_message})",
                "set SSL_CERT_FILE to the certificate of its authority if you trust that one",
                is_lasting=True,
            ) from error
        except (OSError, UnicodeError) as error:
            raise UnreachableError(
                f"cannot be reached ({error})", f"check that it runs at {address}"
            ) from error
        return connection

    async def _refusal(self, response: Response, key: str) -> StatusError:
        """The error for another status than 200."""
        try:
            text = (await response.read(_MOST_REFUSAL)).decode("utf-8", "replace")
        except (BrokenAnswerError, StalledError):
            text = ""
        status, said = response.status, show_text(text, key, _SAID)
        what = f"answered {status}" + (f" ({said[:_SHOWN]})" if said else "")
        if 300 <= status < 400:
            return RedirectedError(
                f"answered {status}, which sends elsewhere", "name the place itself, none is followed", status
            )
        if status in (401, 403):
            name = self._key_variable or "of the key"
            return KeyRefusedError(what, f"set the environment variable {name} to a valid key", status, said)
        if status in BUSY:
            wait = read_wait(response.headers)
            asked = f" {wait:.0f} s, as it asks" if wait else ""
            return BusyError(what, f"wait{asked}, or see the server's own log", status, said, wait)
        is_too_long = status in (400, 413) and _TOO_LONG.search(said) is not None
        step = "check the address, which ends before /completions, and the model's name"
        if is_too_long:
            step = (
                "ask for less at once, or give the server a larger context (`aifirst model serve --context`)"
            )
        elif status == 400 and _CONSTRAINT.search(said):
            step = "correct the grammar or the schema"
        return RequestRefusedError(what, step, status, said, is_too_long=is_too_long)

    def _after(self, error: ModelError, tried: int) -> ModelError:
        """The same error, telling how often it was tried."""
        if tried > 1:
            error.retell(f"{error.what}, {tried} times")
        return error


def _is_lasting(error: BusyError) -> bool:
    """llama.cpp says 500 to a parameter that it does not know."""
    return error.status == 500 and "nsupported" in error.said
