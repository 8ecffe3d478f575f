"""Reads what a GGUF file holds: its fields and where its tensors lie; no number of a tensor is read.

A field keeps the bytes that it has in the file, so that it can be copied as it is. Broken files, and files that were
cut off, are told before anything is loaded. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import math
import mmap
import struct
from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.export.export_error import ExportError
from aifirst_model.export.number_kinds import NUMBERED

_SCALARS: Final = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_MOST_FIELDS, _MOST_TENSORS, _MOST_DIMENSIONS = 1 << 16, 1 << 20, 4
_NEXT: Final = "fetch or export it again"


class Field(msgspec.Struct, frozen=True):
    """A setting: its kind, and all its bytes, from the length of its name on."""

    kind: int
    data: bytes
    value: int | float | bool | str | None
    """None for a list."""
    length: int = 0
    """Of a list."""


class GgufTensor(msgspec.Struct, frozen=True):
    """A tensor: `shape` has the longest stride first, as in PyTorch; `start` is its place in the file."""

    name: str
    shape: tuple[int, ...]
    kind: int
    start: int


class GgufFile(msgspec.Struct, frozen=True):
    """What a file holds."""

    path: Path
    fields: dict[str, Field]
    tensors: list[GgufTensor]
    size: int
    """Bytes of the whole file."""

    def text(self, key: str, missing: str = "") -> str:
        """The text of a field."""
        value = self.fields[key].value if key in self.fields else None
        return value if isinstance(value, str) else missing

    def number(self, key: str, missing: int = 0) -> int:
        """The whole number of a field."""
        value = self.fields[key].value if key in self.fields else None
        return value if isinstance(value, int) else missing


class _Cursor:
    """Goes through the file's bytes; `struct.error` and `IndexError` where they end too early."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.place = data, 0

    def number(self, form: str) -> int | float | bool:
        value = struct.unpack_from(form, self.data, self.place)[0]
        self.place += struct.calcsize(form)
        return value

    def whole(self, form: str = "<Q", most: int = 1 << 62) -> int:
        value = int(self.number(form))
        if value > most:
            raise IndexError(value)
        return value

    def take(self, count: int) -> bytes:
        if count < 0 or self.place + count > len(self.data):
            raise IndexError(count)
        self.place += count
        return self.data[self.place - count : self.place]

    def text(self) -> str:
        return self.take(self.whole()).decode("utf-8")


def read_gguf(path: Path) -> GgufFile:
    """What the file holds. Raises `ExportError` for a file that is missing, no GGUF, broken or cut off."""
    try:
        with path.open("rb") as stream:
            if stream.read(4) != b"GGUF":
                raise ExportError(f"{path} is no GGUF file", "give a file in that format")
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _read(path, _Cursor(data))
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror})", "check its path") from None
    except (struct.error, IndexError, UnicodeDecodeError, KeyError):
        raise ExportError(f"{path} is broken or cut off", _NEXT) from None


def _read(path: Path, cursor: _Cursor) -> GgufFile:
    cursor.place = 4
    version = cursor.whole("<I")
    if version not in (2, 3):
        raise ExportError(f"{path} is GGUF of version {version}", "only versions 2 and 3 can be read")
    count = cursor.whole(most=_MOST_TENSORS)
    fields = dict(_read_field(cursor) for _ in range(cursor.whole(most=_MOST_FIELDS)))
    told = [_read_tensor(cursor) for _ in range(count)]
    found = GgufFile(path, fields, told, len(cursor.data))
    alignment = found.number("general.alignment", 32) or 32
    data = -(-cursor.place // alignment) * alignment
    tensors = [msgspec.structs.replace(tensor, start=data + tensor.start) for tensor in told]
    for tensor in tensors:
        kind = NUMBERED.get(tensor.kind)
        end = tensor.start + (kind.size(tensor.shape) if kind else 1)
        if end > found.size:
            raise ExportError(f"{path} is cut off (the tensor {tensor.name} is not whole)", _NEXT)
    return msgspec.structs.replace(found, tensors=tensors)


def _read_field(cursor: _Cursor) -> tuple[str, Field]:
    start = cursor.place
    name = cursor.text()
    kind = cursor.whole("<I")
    value: int | float | bool | str | None = None
    length = 0
    if kind == _STRING:
        value = cursor.text()
    elif kind == _ARRAY:
        inner = cursor.whole("<I")
        length = cursor.whole(most=len(cursor.data))
        if inner == _STRING:
            for _ in range(length):
                cursor.take(cursor.whole())
        else:
            cursor.take(struct.calcsize(_SCALARS[inner]) * length)
    else:
        value = cursor.number(_SCALARS[kind])
    return name, Field(kind, cursor.data[start : cursor.place], value, length)


def _read_tensor(cursor: _Cursor) -> GgufTensor:
    name = cursor.text()
    shape = tuple(cursor.whole(most=1 << 40) for _ in range(cursor.whole("<I", _MOST_DIMENSIONS)))
    if math.prod(shape) > 1 << 50:
        raise IndexError(shape)
    return GgufTensor(name, shape[::-1], cursor.whole("<I"), cursor.whole(most=1 << 50))
