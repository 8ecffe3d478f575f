"""The file of trees: a few tens of kilobytes that ship, read in one go.

Layout: the magic, a checksum of all that follows, the length of a JSON header, the header, then the arrays one after
the other, each beginning at a multiple of 8, little endian. A damaged file is told and not believed.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.errors import LocalError
from aifirst_model.relevance.trees import MOST_LEAVES, Trees

_MAGIC: Final = b"AFTREES1"
_NODE_ARRAYS: Final = ("<u1", "<f4", "<u2", "<u2")
_MOST_BYTES: Final = 64_000_000
"""A thousand times what ships: more is some other file."""
_MOST_STEP: Final = 1e6
_TOLD: Final = 3


class RelevanceFileError(LocalError):
    """The file of a ranker is missing or no such file."""


class _Header(msgspec.Struct, frozen=True):
    features: tuple[str, ...]
    nodes: int
    trees: int
    step: float


def write_trees(path: Path, trees: Trees) -> None:
    """Write the file; another of that name is replaced when the new one is whole."""
    arrays = (trees.node_features, trees.thresholds, trees.node_trees, trees.masks)
    body = b"".join(
        _padded(array.astype(kind).tobytes()) for array, kind in zip(arrays, _NODE_ARRAYS, strict=True)
    ) + _padded(trees.leaves.astype("<i2").tobytes())
    header = _Header(trees.features, len(trees.masks), trees.count, trees.step)
    text = msgspec.json.encode(header)
    rest = _padded(len(text).to_bytes(8, "little") + text) + body
    part = path.with_name(path.name + ".part")
    part.write_bytes(_MAGIC + zlib.crc32(rest).to_bytes(8, "little") + rest)
    part.replace(path)


def named_file(variable: str, shipped: Path) -> Path:
    """The file that a variable of the environment names, else the one that ships."""
    named = os.environ.get(variable)
    return Path(os.path.expanduser(named)) if named else shipped  # noqa: PTH111 - Path's fails for a user unknown here


def check_columns(trees: Trees, columns: Collection[str], ranker: str) -> None:
    """Raises `RelevanceFileError` where the trees ask for columns that are not there: they rank something else."""
    missing = sorted(set(trees.features) - set(columns))
    if missing:
        told = ", ".join(missing[:_TOLD]) + (
            f" and {len(missing) - _TOLD} more" if len(missing) > _TOLD else ""
        )
        raise RelevanceFileError(
            f"the {ranker} asks for {told}, which nobody measures", "install aifirst anew, or train it again"
        )


def read_trees(path: Path) -> Trees:
    """Read the file. Raises `RelevanceFileError` where it is missing, damaged or something else."""
    try:
        data = _read_small(path)
    except OSError as error:
        raise RelevanceFileError(
            f"the relevance model {path} cannot be read ({error.strerror})",
            "install aifirst anew or name another",
        ) from error
    try:
        return _parsed(data)
    except (ValueError, IndexError, OverflowError, msgspec.DecodeError) as error:
        raise RelevanceFileError(
            f"{path} is no relevance model or damaged ({error})", "install aifirst anew, or train it again"
        ) from error


def _read_small(path: Path) -> bytes:
    """What a file holds; nothing where it is no file or far too large, so that no pipe or device is waited for."""
    if path.exists() and not path.is_dir() and not (path.is_file() and path.stat().st_size <= _MOST_BYTES):
        return b""
    return path.read_bytes()


def _parsed(data: bytes) -> Trees:
    if data[:8] != _MAGIC:
        raise ValueError("it begins otherwise")
    if zlib.crc32(data[16:]) != int.from_bytes(data[8:16], "little"):
        raise ValueError("its checksum is another")
    end = 24 + int.from_bytes(data[16:24], "little")
    header = msgspec.json.decode(data[24:end], type=_Header)
    if not abs(header.step) < _MOST_STEP:
        raise ValueError("its steps are no such numbers")
    at = _aligned(end)
    arrays: list[NDArray[Any]] = []
    for kind in _NODE_ARRAYS:
        array = np.frombuffer(data, kind, header.nodes, at)
        arrays.append(array)
        at = _aligned(at + array.nbytes)
    leaves = np.frombuffer(data, "<i2", header.trees * MOST_LEAVES, at).reshape(header.trees, MOST_LEAVES)
    if header.nodes and (arrays[0].max() >= len(header.features) or arrays[2].max() >= header.trees):
        raise ValueError("it names features or trees that are not there")
    return Trees(header.features, arrays[0], arrays[1], arrays[2], arrays[3], leaves, header.step)


def _aligned(at: int) -> int:
    return (at + 7) & ~7


def _padded(data: bytes) -> bytes:
    return data.ljust(_aligned(len(data)), b"\0")
