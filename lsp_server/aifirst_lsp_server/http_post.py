"""One HTTP/1.1 request to a server that a person named: posted, read within bounds, and dropped at once when cancelled.

The standard library's client blocks, and closing it from beside does not end what it waits for. Redirects are not
followed and proxies of the environment not used: what is sent goes to the named server or nowhere. Left out: keeping
connections, compressed answers, and what the answer means (`model_endpoint`).
"""

from __future__ import annotations

import asyncio
import functools
import re
import ssl
from typing import Final
from urllib.parse import urlsplit

import msgspec

_MOST_HEAD: Final = 1 << 16
_MOST_BODY: Final = 1 << 20
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|$)")
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
_PLAIN: Final = re.compile(r"[!-~]*")


class HttpError(Exception):
    """There was no answer that can be read; the text says why."""


class Place(msgspec.Struct, frozen=True):
    """Where requests go. `path` has no slash at its end."""

    host: str
    port: int
    secure: bool
    path: str

    @property
    def host_field(self) -> str:
        """The value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def place_of(address: str) -> Place:
    """The place that an address names; raises `HttpError` for one that is not plain http or https."""
    if not _PLAIN.fullmatch(address):
        raise HttpError("the address holds spaces or other characters that have no place in one")
    try:
        split = urlsplit(address)
        port = split.port
    except ValueError as error:
        raise HttpError(f"the address cannot be read: {error}") from error
    if split.scheme not in ("http", "https") or not split.hostname:
        raise HttpError("the address begins with neither http:// nor https://")
    if split.username is not None or split.query or split.fragment:
        raise HttpError("the address holds a user, a query or a fragment")
    secure = split.scheme == "https"
    return Place(split.hostname, port or (443 if secure else 80), secure, split.path.rstrip("/"))


async def post(place: Place, path: str, body: bytes, key: str = "") -> tuple[int, bytes]:
    """Post JSON to `path`; the status and body of the answer. Raises `HttpError`; cancelling closes the connection."""
    if not _PLAIN.fullmatch(key):
        raise HttpError("the key holds spaces or other characters that have no place in a header")
    context = await asyncio.to_thread(_trusted_authorities) if place.secure else None
    fields = [
        f"POST {path} HTTP/1.1", f"Host: {place.host_field}", "Content-Type: application/json",
        "Accept: application/json", "Accept-Encoding: identity", "Connection: close", "User-Agent: aifirst",
        f"Content-Length: {len(body)}", *([f"Authorization: Bearer {key}"] if key else []), "", "",
    ]  # fmt: skip
    try:
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=context, limit=_MOST_HEAD)
    except (OSError, UnicodeError) as error:
        raise HttpError(f"cannot be reached ({error})") from error
    try:
        writer.write("\r\n".join(fields).encode("ascii") + body)
        await writer.drain()
        return await _read(reader)
    except asyncio.LimitOverrunError as error:
        raise HttpError("answers with headers without end") from error
    except (asyncio.IncompleteReadError, OSError) as error:
        raise HttpError("ended the connection before its answer was whole") from error
    finally:
        writer.transport.abort()


@functools.cache
def _trusted_authorities() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    status, fields = 100, dict[bytes, bytes]()
    while status < 200:
        head = await reader.readuntil(b"\r\n\r\n")
        match = _STATUS.match(head)
        if match is None:
            raise HttpError("does not answer in HTTP")
        status = int(match[1])
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        fields = {name.strip().lower(): value.strip().lower() for name, _, value in lines}
    if fields.get(b"transfer-encoding", b"identity") != b"identity":
        return status, await _read_chunks(reader)
    length = fields.get(b"content-length")
    if length is None:
        return status, await _read_all(reader)
    if not length.isdigit() or len(length) > 8 or int(length) > _MOST_BODY:
        raise HttpError("answers with more than can be meant")
    return status, await reader.readexactly(int(length))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        size = _SIZE.match(await reader.readuntil(b"\r\n"))
        if size is None:
            raise HttpError("does not answer in HTTP")
        length = int(size[0], 16)
        if len(body) + length > _MOST_BODY:
            raise HttpError("answers with more than can be meant")
        if not length:
            return bytes(body)
        body += (await reader.readexactly(length + 2))[:length]


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while part := await reader.read(_MOST_HEAD):
        body += part
        if len(body) > _MOST_BODY:
            raise HttpError("answers with more than can be meant")
    return bytes(body)
