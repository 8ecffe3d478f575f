"""Reads the weights of a checkpoint row by row, so that a model needs no more memory than a piece of one tensor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.checkpoint.safetensors_header import read_header
from aifirst_model.export.export_error import ExportError

PIECE: Final = 1 << 24
"""Numbers that are read at a time: 64 MB as float32."""
_NUMPY: Final = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16, "F64": np.float64}


class Weight(msgspec.Struct, frozen=True):
    """A tensor in a file: where it lies and what it is."""

    path: Path
    start: int
    kind: str
    shape: tuple[int, ...]

    def pieces(self, order: NDArray[np.int64] | None = None) -> Iterator[NDArray[np.float32]]:
        """Its rows as numbers, a piece at a time; in another `order` where that is given."""
        rows = self._rows()
        if order is not None and len(self.shape) == 1:
            rows, order = rows[:, order], None
        step = max(1, PIECE // rows.shape[1])
        for first in range(0, rows.shape[0], step):
            piece = rows[first : first + step] if order is None else rows[order[first : first + step]]
            if self.kind == "BF16":
                yield (piece.astype(np.uint32) << 16).view(np.float32)
            else:
                yield piece.astype(np.float32)

    def read(self) -> NDArray[np.float32]:
        """All of it at once, in its shape; for small ones."""
        return np.concatenate(list(self.pieces())).reshape(self.shape)

    def _rows(self) -> NDArray[np.generic]:
        if self.kind not in _NUMPY:
            raise ExportError(
                f"the model holds numbers of the kind {self.kind}, which cannot be exported",
                "take the model in bfloat16, float16 or float32",
            )
        count = int(np.prod(self.shape))
        rows = self.shape[0] if len(self.shape) > 1 else 1
        kind = np.dtype(_NUMPY[self.kind])
        mapped = np.memmap(self.path, np.uint8, "r", self.start, (count * kind.itemsize,))
        return mapped.view(kind).reshape(rows, -1)


def read_weights(paths: tuple[Path, ...]) -> dict[str, Weight]:
    """Every tensor of these files by name. Raises `CheckpointError` for a broken or cut-off file."""
    found: dict[str, Weight] = {}
    for path in paths:
        tensors = read_header(path)
        size = path.stat().st_size
        data = size - max((tensor.place[1] for tensor in tensors.values()), default=0)
        for name, tensor in tensors.items():
            found[name] = Weight(path, data + tensor.place[0], tensor.kind, tensor.shape)
    return found
