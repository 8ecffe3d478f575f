"""One step as it lies on disk: a line of JSON whose digest covers it and everything before it.

So a line that was changed, lost, put elsewhere or cut short is told from one that was written, and the lines stay
readable for any tool that reads JSON lines.
"""

from __future__ import annotations

import hashlib
from typing import Final, TypeVar

import msgspec

START: Final = "0" * 32
"""What stands for the digest before the first step."""
_DIGEST_BYTES: Final = 16
_TAIL: Final = len(',"digest":""}') + 2 * _DIGEST_BYTES
_ROOM: Final = 300
"""How much deeper in calls a step can be read than it was recorded; Python counts both together, up to 1,000."""

Body = TypeVar("Body")


class OtherStepError(msgspec.ValidationError):
    """A step that was recorded whole, and from another type than the one it is read as; the text says the next step."""


class RecordedStep(msgspec.Struct, frozen=True):
    """What one step did. `body` is any JSON; read it with `read`, as the type it was recorded from."""

    number: int
    """From 0, without gaps."""
    key: str
    """Which step of the run this is, such as `CODE/3/attempt-2`; the last step of a key counts."""
    inputs: str
    """A digest of what the step was made from: with other inputs it is done again. Empty where it has none."""
    at: float
    """Seconds since 1970, for people; nothing is decided by it."""
    body: msgspec.Raw
    digest: str = ""
    """Of this line up to here and of the line before; empty until it is written."""

    def read(self, kind: type[Body]) -> Body:
        """The body as a value of that type; OtherStepError, a msgspec.ValidationError, where it is none."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except msgspec.ValidationError as error:
            raise OtherStepError(
                f"line {self.number + 1} of the record ({self.key}) is not what this aifirst writes there ({error}): "
                "another version did. Use that one, or take the record out of .aifirst to begin again."
            ) from error


def step_line(step: RecordedStep, previous: str) -> tuple[bytes, str]:
    """The line of a step, its line feed with it, and the digest it ends in."""
    text = msgspec.json.encode(msgspec.structs.replace(step, digest=""))
    content = text[: -len(',"digest":""}')]
    digest = _digest(content, previous)
    return content + f',"digest":"{digest}"}}\n'.encode(), digest


def read_line(line: bytes, previous: str) -> RecordedStep | None:
    """The step of a whole line without its line feed; None if it is not exactly what was written after `previous`.

    RecursionError where it is nested deeper than Python can follow from here.
    """
    try:
        step = msgspec.json.decode(line, type=RecordedStep)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return step if step.digest == _digest(line[:-_TAIL], previous) else None


def check_readable(line: bytes, previous: str, body: msgspec.Raw) -> None:
    """Raise ValueError unless this line, made with that body, can be read again, from deeper in a program too."""
    too_deep = "The step is nested too deep to be read again: record it flatter, or as text."
    try:
        # By itself: within the line it could end early and go on with members of its own.
        msgspec.json.decode(body, type=msgspec.Raw)
        msgspec.json.decode(b"[" * _ROOM + line[:-1] + b"]" * _ROOM)
        step = read_line(line[:-1], previous)
    except RecursionError:
        raise ValueError(too_deep) from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        step = None
    if step is None or line.count(b"\n") != 1:
        raise ValueError("The step's body is not one line of JSON: record a value, not text made by hand.")


def _digest(content: bytes, previous: str) -> str:
    return hashlib.blake2b(previous.encode() + content, digest_size=_DIGEST_BYTES).hexdigest()
