"""Server-sent events out of bytes, as they come (https://html.spec.whatwg.org/multipage/server-sent-events.html).

Only what models' servers use: the data of an event, and its kind. Left out: ids and reconnecting, since a generation
cannot be taken up again.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from aifirst_model.errors import BrokenAnswerError

_MOST_EVENT: Final = 1 << 20
_LINE: Final = re.compile(rb"\r\n|\n|\r")


class Event(msgspec.Struct, frozen=True):
    """An event; `kind` is "" where the server names none."""

    data: bytes
    kind: str = ""


class EventReader:
    """Takes bytes, gives the events that they complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0
        self._kind = ""

    def feed(self, data: bytes) -> list[Event]:
        """The events that end with these bytes. Raises `BrokenAnswerError` for one without end."""
        lines = _LINE.split(self._rest + data)
        self._rest = lines.pop()
        if not self._rest and data.endswith(b"\r"):  # half of CR LF, perhaps
            self._rest = lines.pop() + b"\r"
        if len(self._rest) + self._size > _MOST_EVENT:
            raise BrokenAnswerError("streams an event without end", "see its own log")
        events: list[Event] = []
        for line in lines:
            if line:
                self._take(line)
            elif (event := self._end()) is not None:
                events.append(event)
        return events

    def finish(self) -> list[Event]:
        """The event that the end of the stream completes: servers forget its empty line."""
        return self.feed(b"\n\n") if self._rest or self._data else []

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            value = value.removeprefix(b" ")
            self._data.append(value)
            self._size += len(value)
        elif name == b"event":
            self._kind = value.decode("ascii", "replace").strip()

    def _end(self) -> Event | None:
        event = Event(b"\n".join(self._data), self._kind) if self._data else None
        self._data, self._size, self._kind = [], 0, ""
        return event
