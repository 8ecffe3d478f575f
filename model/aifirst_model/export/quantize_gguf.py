"""Packs the numbers of a GGUF file: F16 (or BF16, F32) to Q8_0, Q5_K_M or Q4_K_M, as llama.cpp's llama-quantize does.

All settings are copied as they are; what comes out is the file that llama-quantize would write. Left out: importance
matrices, and files that are packed already (packing twice loses twice).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_gguf import ALIGNMENT, Report, pad, tensor_order
from aifirst_model.export.ggml_library import ggml_library, pack, unpacked
from aifirst_model.export.gguf_file import GgufFile, GgufTensor, read_gguf
from aifirst_model.export.number_kinds import (
    FILE_TYPES,
    NUMBERED,
    Kind,
    NumberKind,
    Shape,
    choose,
)  # fmt: skip
from aifirst_model.export.read_weights import PIECE
from aifirst_model.export.write_file import write_beside

_PLAIN: Final = ("F32", "F16", "BF16")
_ARCHITECTURES: Final = ("qwen2", "llama")
_TYPE_U32, _VERSION = 4, 2


class _Plan(msgspec.Struct, frozen=True):
    tensor: GgufTensor
    kind: NumberKind


def quantize_gguf(path: Path, out: Path, kind: Kind, *, report: Report | None = None) -> Path:
    """Write the file at `path` as one of `kind` at `out`, which is returned; `report` hears of the bytes written.

    Raises `ExportError` for a file that is broken, packed already or of another architecture, and where disk is short.
    """
    held = read_gguf(path)
    _check(held, kind)
    ggml_library()
    plans = _plan(held, kind)
    size = sum(plan.kind.size(plan.tensor.shape) for plan in plans)
    with write_beside(out, size) as beside, beside.open("wb") as stream:
        stream.write(_head(held, plans, kind))
        pad(stream)
        _write(held, plans, stream, size, report)
    return out


def _check(held: GgufFile, kind: Kind) -> None:
    if kind in _PLAIN:
        raise ExportError(
            f"{kind} is not packed", "give Q8_0, Q5_K_M or Q4_K_M; export the checkpoint for others"
        )
    if held.text("general.type") == "adapter":
        raise ExportError(f"{held.path} is an adapter, which is small as it is", "give a model")
    architecture = held.text("general.architecture")
    if architecture not in _ARCHITECTURES:
        raise ExportError(
            f"{held.path} is of the architecture {architecture!r}, which cannot be packed here",
            "use llama.cpp's llama-quantize",
        )
    for tensor in held.tensors:
        told = NUMBERED.get(tensor.kind)
        if told is None or told.name not in _PLAIN:
            raise ExportError(
                f"{held.path} is packed already", "give the F16 or BF16 file that it was made from"
            )


def _plan(held: GgufFile, kind: Kind) -> list[_Plan]:
    architecture = held.text("general.architecture")
    heads = held.number(f"{architecture}.attention.head_count")
    shape = Shape(
        held.number(f"{architecture}.block_count"),
        not any(tensor.name == "output.weight" for tensor in held.tensors),
        held.number(f"{architecture}.attention.head_count_kv", heads) != heads,
    )
    return [
        _Plan(tensor, _chosen(tensor, kind, shape))
        for tensor in sorted(held.tensors, key=lambda one: tensor_order(one.name))
    ]


def _chosen(tensor: GgufTensor, kind: Kind, shape: Shape) -> NumberKind:
    is_small = (
        len(tensor.shape) < 2 or tensor.name.endswith("_norm.weight") or not tensor.name.endswith("weight")
    )
    return NUMBERED[tensor.kind] if is_small else choose(kind, tensor.name, tensor.shape, shape)


def _head(held: GgufFile, plans: list[_Plan], kind: Kind) -> bytes:
    """All before the numbers."""
    changed = {"general.quantization_version": _VERSION, "general.file_type": FILE_TYPES[kind]}
    fields = [field.data for name, field in held.fields.items() if name not in changed]
    fields += [_text(name) + struct.pack("<II", _TYPE_U32, value) for name, value in changed.items()]
    infos, place = b"", 0
    for plan in plans:
        shape = plan.tensor.shape[::-1]
        infos += _text(plan.tensor.name)
        infos += struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, plan.kind.number, place)
        place += -(-plan.kind.size(shape[::-1]) // ALIGNMENT) * ALIGNMENT
    return b"GGUF" + struct.pack("<IQQ", 3, len(plans), len(fields)) + b"".join(fields) + infos


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _write(held: GgufFile, plans: list[_Plan], stream: IO[bytes], total: int, report: Report | None) -> None:
    data: NDArray[np.uint8] = np.memmap(held.path, np.uint8, "r")
    done = 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
        for plan in plans:
            for piece in _pieces(data, plan, workers):
                stream.write(piece)
                done += memoryview(piece).nbytes
                if report:
                    report(done, total)
            pad(stream)


def _pieces(
    data: NDArray[np.uint8], plan: _Plan, workers: ThreadPoolExecutor
) -> Iterator[bytes | memoryview]:
    kind, shape = NUMBERED[plan.tensor.kind], plan.tensor.shape
    width = shape[-1]
    step = max(1, PIECE // width)
    rows = int(np.prod(shape[:-1]))
    for first in range(0, rows, step):
        count = min(step, rows - first)
        start = plan.tensor.start + kind.size((first, width))
        raw = data[start : start + kind.size((count, width))]
        if kind is plan.kind:
            yield raw.data
            continue
        try:
            yield pack(unpacked(raw, kind).reshape(count, width), plan.kind, workers)
        except ExportError as error:
            error.retell(f"{plan.tensor.name}: {error.what}")
            raise
