"""Writes a checkpoint as a GGUF file, which llama.cpp runs; tensor by tensor, so that memory holds a piece of one.

Packed kinds are made from the checkpoint's own numbers, not from those of an F16 file on the way. Left out: files in
several parts, models with experts, other architectures than Qwen2's and Llama's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.checkpoint.read_json import read_json
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.ggml_library import ggml_library, pack
from aifirst_model.export.model_settings import add_settings, check_exportable, rope_factors
from aifirst_model.export.number_kinds import (
    FILE_TYPES,
    NUMBER_KINDS,
    Kind,
    NumberKind,
    Shape,
    choose,
)  # fmt: skip
from aifirst_model.export.read_weights import Weight, read_weights
from aifirst_model.export.tensor_names import ARCHITECTURES, name_tensors, row_order
from aifirst_model.export.vocabulary import add_vocabulary, read_vocabulary
from aifirst_model.export.write_file import write_beside
from aifirst_model.heavy import heavy

ALIGNMENT: Final = 32
Report = Callable[[int, int], None]


class _Plan(msgspec.Struct, frozen=True):
    """A tensor of the file to come."""

    name: str
    shape: tuple[int, ...]
    kind: NumberKind
    rows: Callable[[], Iterator[NDArray[np.float32]]]


def export_gguf(
    checkpoint: Checkpoint, out: Path, kind: Kind = "F16", *, pre_tokenizer: str | None = None,
    report: Report | None = None,
) -> Path:  # fmt: skip
    """Write the model as one GGUF file at `out`, which is returned; `report` hears of the bytes written, of how many.

    Raises `ExportError` for what cannot be exported, `CheckpointError` for a broken file, `NeedsExtraError`.
    """
    if checkpoint.adapter_of is not None:
        raise ExportError(
            "an adapter is no model", "export it by `export_adapter`, or merge it into its base"
        )
    config = read_json(checkpoint.folder / "config.json")
    check_exportable(checkpoint, config)
    vocabulary = read_vocabulary(checkpoint.folder, checkpoint.vocabulary, pre_tokenizer)
    plans = _plan(checkpoint, config, kind)
    if any(plan.kind.block > 1 for plan in plans):
        ggml_library()  # said before a minute is spent
    new_writer = heavy("gguf", "train").GGUFWriter  # said before a folder is made
    with write_beside(out, sum(plan.kind.size(plan.shape) for plan in plans)) as beside:
        writer = new_writer(beside, ARCHITECTURES[checkpoint.architecture])
        try:
            add_settings(writer, checkpoint, config)
            writer.add_file_type(FILE_TYPES[kind])
            writer.add_quantization_version(2)
            add_vocabulary(writer, checkpoint.folder, vocabulary)
            stream = begin_tensors(writer, [(plan.name, plan.shape, plan.kind) for plan in plans])
            _write(stream, plans, report)
        finally:
            writer.close()
    return out


def _plan(checkpoint: Checkpoint, config: dict[str, Any], kind: Kind) -> list[_Plan]:
    weights = read_weights(checkpoint.weights)
    layers, is_tied = config["num_hidden_layers"], checkpoint.tied_embeddings
    names = name_tensors(list(weights), layers=layers, is_tied=is_tied)
    heads = config["num_attention_heads"]
    shape = Shape(layers, is_tied, (config.get("num_key_value_heads") or heads) != heads)
    plans = [
        _plan_one(
            weights[old], new, checkpoint.architecture, config, choose(kind, new, weights[old].shape, shape)
        )
        for old, new in sorted(names.items(), key=lambda pair: tensor_order(pair[1]))
    ]
    if (factors := rope_factors(config)) is not None:
        row = factors.reshape(1, -1)
        plans.insert(0, _Plan("rope_freqs.weight", factors.shape, NUMBER_KINDS["F32"], lambda: iter([row])))
    return plans


def _plan_one(
    weight: Weight, name: str, architecture: str, config: dict[str, Any], kind: NumberKind
) -> _Plan:
    order = row_order(architecture, name, weight.shape[0], config)
    return _Plan(name, weight.shape, kind, lambda: weight.pieces(order))


def tensor_order(name: str) -> tuple[int, str]:
    """Where llama.cpp puts a tensor in a file: by its layer, then by its name."""
    parts = name.split(".")
    return (int(parts[1]) if parts[0] == "blk" else -1), name


def begin_tensors(writer: Any, tensors: list[tuple[str, tuple[int, ...], NumberKind]]) -> IO[bytes]:
    """Write all but the tensors' numbers with a `gguf.GGUFWriter`; the file to write them to, each padded."""
    kinds = heavy("gguf", "train").GGMLQuantizationType
    for name, shape, kind in tensors:
        writer.add_tensor_info(
            name, shape, np.dtype(np.float32), kind.size(shape), raw_dtype=kinds(kind.number)
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    stream: IO[bytes] = writer.fout[0]
    pad(stream)
    return stream


def pad(stream: IO[bytes]) -> None:
    """Fill up to where a tensor may begin."""
    stream.write(b"\0" * (-stream.tell() % ALIGNMENT))


def _write(stream: IO[bytes], plans: list[_Plan], report: Report | None) -> None:
    total, done = sum(plan.kind.size(plan.shape) for plan in plans), 0
    with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
        for plan in plans:
            for rows in plan.rows():
                try:
                    data = pack(rows, plan.kind, workers)
                except ExportError as error:
                    error.retell(f"{plan.name}: {error.what}")
                    raise
                stream.write(data)
                done += memoryview(data).nbytes
                if report:
                    report(done, total)
            pad(stream)
