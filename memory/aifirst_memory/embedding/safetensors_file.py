"""Reads the tensors of a safetensors file as NumPy arrays, without copying them.

The format is eight bytes of length, a JSON header and raw numbers, so a file can hold nothing that runs,
unlike a pickle. Specification: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import EmbedderError

_NUMBERS = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16}
_LONGEST_HEADER = 100_000_000


class _Tensor(msgspec.Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def read_tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """The floating-point tensors of the file by name, as float32; others are left out.

    Raises `EmbedderError` where the file is damaged.
    """
    if not path.stat().st_size:
        raise EmbedderError(f"{path} is empty: fetch the model anew")
    mapped = np.memmap(path, dtype=np.uint8, mode="r")
    size = int.from_bytes(mapped[:8].tobytes(), "little") if mapped.size > 8 else 0
    if not 0 < size <= min(_LONGEST_HEADER, mapped.size - 8):
        raise EmbedderError(f"{path} is no safetensors file: fetch the model anew")
    try:
        header = msgspec.json.decode(mapped[8 : 8 + size].tobytes(), type=dict[str, msgspec.Raw])
        header.pop("__metadata__", None)
        tensors = {name: msgspec.json.decode(raw, type=_Tensor) for name, raw in header.items()}
        body = mapped[8 + size :]
        return {name: _numbers(body, tensor) for name, tensor in tensors.items() if tensor.dtype in _NUMBERS}
    except (msgspec.MsgspecError, ValueError) as error:
        raise EmbedderError(f"{path} is damaged ({error}): fetch the model anew") from error


def _numbers(body: NDArray[np.uint8], tensor: _Tensor) -> NDArray[np.float32]:
    start, end = tensor.data_offsets
    stored = np.frombuffer(body[start:end].tobytes(), dtype=_NUMBERS[tensor.dtype]).reshape(tensor.shape)
    if tensor.dtype == "BF16":
        return (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.astype(np.float32, copy=False)
