"""What a safetensors file holds, from its header: a length of eight bytes, then JSON, then the tensors.

So a file that was cut off, or whose header says what cannot be, is told before anything is loaded.
Format: https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.errors import CheckpointError

_MOST_HEADER: Final = 100_000_000
"""Bytes; the format's own limit."""
_MOST_AXES: Final = 16
"""Of a tensor; no library for tensors has more than 64, no model more than 5."""
_BITS: Final = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip


class Tensor(msgspec.Struct, frozen=True, rename={"kind": "dtype", "place": "data_offsets"}):
    """A tensor as the header tells it: its kind of number, its shape, and where its bytes begin and end."""

    kind: str
    shape: tuple[int, ...]
    place: tuple[int, int]

    @property
    def elements(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.place[1] - self.place[0]


def read_header(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by name, in its order. Raises `CheckpointError` for one that is cut off or broken."""
    try:
        whole = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= length <= min(whole - 8, _MOST_HEADER):
                raise _broken(path, "its header does not fit into it")
            told = msgspec.json.decode(stream.read(length), type=dict[str, msgspec.Raw])
        tensors = {
            name: msgspec.json.decode(value, type=Tensor)
            for name, value in told.items()
            if name != "__metadata__"
        }
    except FileNotFoundError:
        raise CheckpointError(f"a file of the model is missing: {path}", "fetch the model again") from None
    except OSError as error:
        raise CheckpointError(
            f"a file of the model cannot be read ({error.strerror}): {path}", "check its rights"
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _broken(path, "its header is no list of tensors") from None
    _check_places(path, tensors, whole - 8 - length)
    return tensors


def _check_places(path: Path, tensors: dict[str, Tensor], room: int) -> None:
    """Raise `CheckpointError` unless the tensors fill the file exactly, one behind the other."""
    end = 0
    for tensor in sorted(tensors.values(), key=lambda one: one.place):
        if tensor.place[0] != end or not _fits(tensor):
            raise _broken(path, "its header contradicts itself")
        end = tensor.place[1]
    if end > room:
        raise CheckpointError(
            f"a file of the model is cut off ({room:,} of {end:,} bytes are there): {path}",
            "fetch it again",
        )
    if end < room:
        raise _broken(path, f"{room - end:,} bytes follow its last tensor")


def _fits(tensor: Tensor) -> bool:
    """Whether the shape can be that of as many bytes, which at one bit a number is known of every kind of number."""
    if len(tensor.shape) > _MOST_AXES or min(tensor.shape, default=0) < 0:
        return False
    bits = _BITS.get(tensor.kind)
    return tensor.elements <= tensor.size * 8 if bits is None else tensor.elements * bits == tensor.size * 8


def _broken(path: Path, why: str) -> CheckpointError:
    return CheckpointError(f"a file of the model is broken ({why}): {path}", "fetch it again")
