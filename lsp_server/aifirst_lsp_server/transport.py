"""Messages over standard input and output: header, length, body.

A thread reads, so that a client is never kept waiting to write; the loop is told of whole bodies only. What is no message
is passed over up to the next header, and a body that is larger than any editor sends is read and dropped: whatever
comes in, the next good message is understood. The end of the input is the end of the server.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Callable, Iterator

LARGEST = 128 * 1024 * 1024
"""Bytes of a message that is taken."""
_LONGEST_LINE = 8192
_READ = 1 << 16
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?\n?\Z", re.IGNORECASE)

Receive = Callable[[bytes], None]


class MessageReader:
    """Reads messages from a file descriptor; `problems` are told in a word each."""

    def __init__(self, descriptor: int, on_problem: Callable[[str], None]) -> None:
        self._descriptor = descriptor
        self._on_problem = on_problem
        self._buffer = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        """The bodies of the messages, until the input ends."""
        while True:
            length = self._length()
            if length is None:
                return
            if length > LARGEST:
                self._on_problem(f"a message of {length} bytes is dropped")
                if not self._skip(length):
                    return
                continue
            body = self._take(length)
            if body is None:
                return
            yield body

    def _length(self) -> int | None:
        """The length that the next header gives, None at the end of the input."""
        length = -1
        while True:
            line = self._line()
            if line is None:
                return None
            found = _LENGTH.match(line)
            if found is not None:
                length = int(found[1])
            elif not line.strip():
                if length >= 0:
                    return length
            elif b":" not in line:
                self._on_problem("a line that is no header is passed over")

    def _line(self) -> bytes | None:
        looked = 0
        while True:
            end = self._buffer.find(b"\n", looked)
            if end >= 0:
                return self._cut(end + 1)
            if len(self._buffer) > _LONGEST_LINE:
                return self._cut(len(self._buffer))
            looked = len(self._buffer)
            if not self._fill():
                return None

    def _take(self, length: int) -> bytes | None:
        while len(self._buffer) < length:
            if not self._fill(length - len(self._buffer)):
                return None
        return self._cut(length)

    def _skip(self, length: int) -> bool:
        while length > len(self._buffer):
            length -= len(self._buffer)
            self._buffer.clear()
            if not self._fill():
                return False
        del self._buffer[:length]
        return True

    def _cut(self, length: int) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _fill(self, wanted: int = 0) -> bool:
        try:
            read = os.read(self._descriptor, max(_READ, min(wanted, 1 << 22)))
        except OSError:
            return False
        self._buffer += read
        return bool(read)


def start_reading(
    descriptor: int, loop: asyncio.AbstractEventLoop, receive: Receive, ended: Callable[[], None],
    on_problem: Callable[[str], None],
) -> threading.Thread:  # fmt: skip
    """Read in a thread; `receive`, `ended` and `on_problem` are called in the loop, in order."""

    def tell(call: Callable[..., None], *arguments: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, *arguments)

    def run() -> None:
        try:
            for body in MessageReader(descriptor, lambda told: tell(on_problem, told)):
                tell(receive, body)
            tell(ended)
        except RuntimeError:
            return  # the loop closed between the question and the call

    thread = threading.Thread(target=run, name="aifirst-reader", daemon=True)
    thread.start()
    return thread


class MessageWriter:
    """Writes whole messages to a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Write all of it; raises `BrokenPipeError` where nobody reads any more."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def close(self) -> None:
        """Nothing: the descriptor is the process's own."""
