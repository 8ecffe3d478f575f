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
    """Takes bytes, gives the events that they complete. Each byte is looked at once, however they are cut."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        """The pieces of a line that has not ended."""
        self._is_after_return = False
        self._data: list[bytes] = []
        self._size = 0
        """Bytes of the lines in `_rest` and `_data`, with their names: lines without a value add up as well."""
        self._kind = ""

    def feed(self, data: bytes) -> list[Event]:
        """The events that end with these bytes. Raises `BrokenAnswerError` for one without end."""
        if self._is_after_return and data:
            data = data.removeprefix(b"\n")  # the other half of a CR LF
            self._is_after_return = False
        if not data:
            return []
        self._is_after_return = data.endswith(b"\r")
        first, *others = _LINE.split(data)
        self._keep(first)
        events: list[Event] = []
        for line in others:
            if (event := self._end_line()) is not None:
                events.append(event)
            self._keep(line)
        return events

    def finish(self) -> list[Event]:
        """The event that the end of the stream completes: servers forget its empty line."""
        return self.feed(b"\n\n") if self._rest or self._data else []

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._rest.append(piece)
            self._size += len(piece)
            if self._size > _MOST_EVENT:
                raise BrokenAnswerError("streams an event without end", "see its own log")

    def _end_line(self) -> Event | None:
        """Take the line that ended here; the event where it was an empty one."""
        if not self._rest:
            event = Event(b"\n".join(self._data), self._kind) if self._data else None
            self._data, self._size, self._kind = [], 0, ""
            return event
        line = b"".join(self._rest)
        self._rest = []
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            return None
        self._size -= len(line)
        if name == b"event":
            self._kind = value.decode("ascii", "replace").strip()
        return None
