"""Writes a LoRA adapter of peft as a GGUF file of its own, which llama.cpp puts on its base and takes off again.

The file has alpha and the two factors of each tensor that the adapter changes; the factors stay F32, they are small.
What llama.cpp cannot apply is refused: DoRA, whole tensors beside the factors, changes to the embedding.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.checkpoint.read_json import read_json
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_gguf import begin_tensors, pad, tensor_order
from aifirst_model.export.model_settings import check_exportable
from aifirst_model.export.number_kinds import NUMBER_KINDS
from aifirst_model.export.read_weights import read_weights
from aifirst_model.export.tensor_names import ARCHITECTURES, gguf_name, row_order
from aifirst_model.export.write_file import write_beside
from aifirst_model.heavy import heavy

_FACTOR: Final = re.compile(r"(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.\w+)?\.weight")
_MERGE: Final = "merge it into its base instead (`aifirst model merge`), and export that"


class _Factors(msgspec.Struct):
    """The two factors of one tensor's change."""

    a: NDArray[np.float32] | None = None
    b: NDArray[np.float32] | None = None


def export_adapter(adapter: Checkpoint, base: Checkpoint, out: Path) -> Path:
    """Write the adapter for a base as a GGUF file at `out`, which is returned.

    Raises `ExportError` for an adapter that llama.cpp cannot apply, or that does not fit to the base.
    """
    if adapter.adapter_of is None:
        raise ExportError(f"{adapter.folder} is no adapter", "export it as a model")
    config = read_json(base.folder / "config.json")
    check_exportable(base, config)
    told = read_json(adapter.folder / "adapter_config.json")
    _check(adapter, told)
    found = _read(adapter)
    tensors: dict[str, NDArray[np.float32]] = {}
    for name in sorted(found, key=lambda one: tensor_order(gguf_name(f"{one}.weight") or "")):
        tensors |= _place(name, found[name], base, config, told)
    new_writer = heavy("gguf", "train").GGUFWriter  # said before a folder is made
    with write_beside(out) as beside:
        writer = new_writer(beside, ARCHITECTURES[base.architecture])
        try:
            writer.add_type("adapter")
            writer.add_string("adapter.type", "lora")
            writer.add_name(Path(adapter.name).name)
            writer.add_float32("adapter.lora.alpha", float(told["lora_alpha"]))
            kind = NUMBER_KINDS["F32"]
            stream = begin_tensors(writer, [(name, rows.shape, kind) for name, rows in tensors.items()])
            for rows in tensors.values():
                stream.write(np.ascontiguousarray(rows).data)
                pad(stream)
        finally:
            writer.close()
    return out


def _check(adapter: Checkpoint, told: dict[str, Any]) -> None:
    if told.get("peft_type") != "LORA":
        raise ExportError(f"{adapter.folder} is an adapter of the kind {told.get('peft_type')}", _MERGE)
    for key, what in (
        ("use_dora", "DoRA"), ("modules_to_save", "whole tensors beside its factors"),
        ("fan_in_fan_out", "factors that are turned"), ("trainable_token_indices", "tokens of its own"),
    ):  # fmt: skip
        if told.get(key):
            raise ExportError(f"the adapter has {what}, which llama.cpp cannot apply", _MERGE)
    if not isinstance(told.get("lora_alpha"), int | float) or not isinstance(told.get("r"), int):
        raise ExportError(f"{adapter.folder / 'adapter_config.json'} lacks r or lora_alpha", "fetch it again")


def _read(adapter: Checkpoint) -> dict[str, _Factors]:
    """The factors by the name of the module that they change."""
    found: dict[str, _Factors] = {}
    for name, weight in read_weights(adapter.weights).items():
        part = _FACTOR.fullmatch(name)
        if part is None or gguf_name(f"{part[1]}.weight") is None or "embed_tokens" in name:
            raise ExportError(f"the adapter changes {name}, which llama.cpp cannot apply", _MERGE)
        factors = found.setdefault(part[1], _Factors())
        if part[2] == "A":
            factors.a = weight.read()
        else:
            factors.b = weight.read()
    return found


def _place(
    name: str, factors: _Factors, base: Checkpoint, config: dict[str, Any], told: dict[str, Any]
) -> dict[str, NDArray[np.float32]]:  # fmt: skip
    """The two tensors of the file. The rows of B have the order of the tensor's own rows."""
    a, b = factors.a, factors.b
    given = gguf_name(f"{name}.weight")
    if a is None or b is None or given is None or a.shape[0] != b.shape[1]:
        raise ExportError(f"the adapter's factors of {name} do not fit to each other", "save it again")
    if name == "lm_head" and base.tied_embeddings:
        raise ExportError("the adapter changes the output, which is the embedding in this base", _MERGE)
    order = row_order(base.architecture, given, b.shape[0], config)
    # llama.cpp multiplies by alpha / rank; what peft multiplies by besides goes into B
    scale = _scale(name, a.shape[0], told) / (float(told["lora_alpha"]) / a.shape[0])
    b = (b if order is None else b[order]) * np.float32(scale)
    return {f"{given}.lora_a": a, f"{given}.lora_b": b}


def _scale(name: str, rank: int, told: dict[str, Any]) -> float:
    """By what peft multiplies the change of a module."""
    alpha = float(told["lora_alpha"])
    for pattern, own in cast("dict[str, Any]", told.get("alpha_pattern") or {}).items():
        if re.search(rf"(.*\.)?({pattern})$", name):
            alpha = float(own)
            break
    return alpha / (math.sqrt(rank) if told.get("use_rslora") else rank)
