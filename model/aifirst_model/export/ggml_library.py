"""llama.cpp's own code that packs numbers, called in the library which the package xllamacpp brings.

So a file packed here has the bytes that llama.cpp itself would write. Left out: importance matrices.
"""

from __future__ import annotations

import ctypes
import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.export.export_error import ExportError
from aifirst_model.export.number_kinds import NUMBER_KINDS, NumberKind
from aifirst_model.heavy import heavy

_LARGEST: Final = {"F16": 65504.0}


@functools.cache
def ggml_library() -> Any:
    """The library, loaded once. Raises `NeedsExtraError`, and `ExportError` where a build hides what is needed."""
    package = heavy("xllamacpp", "local")
    found = sorted(
        path for path in Path(package.__file__).parent.iterdir() if path.suffix in (".so", ".pyd", ".dylib")
    )
    try:
        library: Any = ctypes.CDLL(str(found[0]))
        quantize = library.ggml_quantize_chunk
    except (IndexError, OSError, AttributeError):
        raise ExportError(
            "this build of llama.cpp keeps to itself what packs numbers",
            "export as F16, and pack that file with llama.cpp's llama-quantize",
        ) from None
    whole = ctypes.c_int64
    quantize.argtypes = [
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, whole, whole, whole, ctypes.c_void_p,
    ]  # fmt: skip
    quantize.restype = ctypes.c_size_t
    return library


def pack(
    rows: NDArray[np.float32], kind: NumberKind, workers: ThreadPoolExecutor | None = None
) -> bytes | memoryview:
    """Rows of numbers as a kind; the bytes as they stand in a file, row by row.

    Raises `ExportError` for numbers that the kind cannot hold, or that are none.
    """
    if not np.isfinite(rows).all():
        raise ExportError(
            "the model holds numbers that are infinite or none", "train it again, or fetch it again"
        )
    if kind.name == "F32":
        return np.ascontiguousarray(rows, np.float32).data
    if kind.name == "F16":
        if max(rows.max(initial=0.0), -rows.min(initial=0.0)) > _LARGEST["F16"]:
            raise ExportError("the model holds numbers over 65,504, which F16 cannot", "export as BF16")
        return rows.astype(np.float16).data
    if kind.name == "BF16":
        return _shortened(rows).data
    return _packed(np.ascontiguousarray(rows, np.float32), kind, workers)


def _shortened(rows: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper halves, rounded to the nearest, to even where both are as near."""
    bits = np.ascontiguousarray(rows, np.float32).view(np.uint32)
    return ((bits + (0x7FFF + ((bits >> 16) & 1))) >> 16).astype(np.uint16)


def _packed(rows: NDArray[np.float32], kind: NumberKind, workers: ThreadPoolExecutor | None) -> memoryview:
    library = ggml_library()
    count, width = rows.shape
    out = np.empty(kind.size(rows.shape), np.uint8)
    stride = kind.size((width,))
    step = max(1, -(-count // 16)) if workers else count

    def work(first: int) -> int:
        return library.ggml_quantize_chunk(
            kind.number, rows.ctypes.data + first * width * 4, out.ctypes.data + first * stride, 0,
            min(step, count - first), width, None,
        )  # fmt: skip

    starts = range(0, count, step)
    written = sum(workers.map(work, starts) if workers else map(work, starts))
    if written != out.nbytes:
        raise ExportError(f"llama.cpp wrote {written} bytes for {out.nbytes}", "report this as a bug")
    return out.data


def unpacked(data: NDArray[np.uint8], kind: NumberKind) -> NDArray[np.float32]:
    """The numbers of a file's bytes. Only of kinds that are not packed: F32, F16 and BF16."""
    if kind is NUMBER_KINDS["F16"]:
        return data.view(np.float16).astype(np.float32)
    if kind is NUMBER_KINDS["BF16"]:
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return data.view(np.float32)
