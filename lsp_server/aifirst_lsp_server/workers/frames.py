"""Frames: what the server and its workers write to each other, a length and a msgpack value.

Both sides are of one installation, so there is no version to agree on. A frame that is longer than any honest one, or
is no frame, ends the connection: it cannot be known where the next one would begin.
"""

from __future__ import annotations

import msgspec

LENGTH_BYTES = 4
LONGEST = 256 * 1024 * 1024
"""Bytes of a frame; the texts of a large project's findings stay far below."""


class FrameError(Exception):
    """The other side wrote what is no frame."""


class Ask(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """A question to a worker: the name of its file under `questions`, and the question itself."""

    number: int
    name: str
    question: msgspec.Raw


class Answered(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """What a worker says to a question. `resident` is the memory it holds by now, in bytes."""

    number: int
    answer: msgspec.Raw
    resident: int = 0


class Failed(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Why a question has no answer; `next_step` is what a person can do, `expected` says that it is no bug."""

    number: int
    message: str
    next_step: str = ""
    expected: bool = False


class Progressed(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """How far a long answer is; `total` 0 where that is not known."""

    number: int
    done: int
    total: int
    what: str = ""


Reply = Answered | Failed | Progressed

_encoder = msgspec.msgpack.Encoder()
_ask = msgspec.msgpack.Decoder(Ask)
_reply = msgspec.msgpack.Decoder(Reply)


def pack(frame: Ask | Reply) -> bytes:
    """The bytes of a frame, length first."""
    body = _encoder.encode(frame)
    return len(body).to_bytes(LENGTH_BYTES) + body


def raw(value: object) -> msgspec.Raw:
    """A value as it goes into a frame."""
    return msgspec.Raw(_encoder.encode(value))


def length_of(head: bytes) -> int:
    """How many bytes follow the head of a frame; raises `FrameError` for more than there can be."""
    length = int.from_bytes(head)
    if length > LONGEST:
        raise FrameError(f"a frame of {length} bytes")
    return length


def unpack_ask(body: bytes) -> Ask:
    """The question in a frame; raises `FrameError`."""
    try:
        return _ask.decode(body)
    except msgspec.DecodeError as error:
        raise FrameError(str(error)) from error


def unpack_reply(body: bytes) -> Reply:
    """The reply in a frame; raises `FrameError`."""
    try:
        return _reply.decode(body)
    except msgspec.DecodeError as error:
        raise FrameError(str(error)) from error
