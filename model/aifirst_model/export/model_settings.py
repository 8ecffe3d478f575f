"""A model's settings as GGUF says them, from its config.json. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.checkpoint.safetensors_header import read_header
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.tensor_names import ARCHITECTURES
from aifirst_model.heavy import heavy

_NEEDED: Final = (
    "num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads", "rms_norm_eps", "vocab_size",
)  # fmt: skip


def check_exportable(checkpoint: Checkpoint, config: dict[str, Any]) -> None:
    """Raise `ExportError` for a model that cannot become GGUF here."""
    if checkpoint.architecture not in ARCHITECTURES:
        raise ExportError(
            f"models of the architecture {checkpoint.architecture} cannot be exported to GGUF here "
            f"(only {', '.join(ARCHITECTURES)})",
            "use llama.cpp's convert_hf_to_gguf.py for it",
        )
    if checkpoint.quantisation:
        raise ExportError(
            f"the weights are packed already ({checkpoint.quantisation})",
            "take the model that it was made from",
        )
    if lacking := next((key for key in _NEEDED if config.get(key) is None), None):
        raise ExportError(f"{checkpoint.folder / 'config.json'} lacks {lacking}", "fetch the model again")
    for key in _NEEDED:
        value: object = config[key]
        if type(value) not in (int, float) or config[key] <= 0:
            raise ExportError(
                f"{checkpoint.folder / 'config.json'} is broken ({key} is {value!r})", "fetch the model again"
            )
    _check_width(checkpoint, config["hidden_size"])
    _check_rope(rope_of(config))


def _check_width(checkpoint: Checkpoint, width: int) -> None:
    """Raise `ExportError` where the embedding has another width: llama.cpp would not load what is written."""
    for path in checkpoint.weights:
        for name, tensor in read_header(path).items():
            if name.endswith("embed_tokens.weight") and tensor.shape[-1:] != (width,):
                raise ExportError(
                    f"the weights do not match config.json: hidden_size is {width}, the embedding is of the shape "
                    f"{list(tensor.shape)} ({checkpoint.folder})",
                    "take all files from the same model",
                )


def add_settings(writer: Any, checkpoint: Checkpoint, config: dict[str, Any]) -> None:
    """Write who the model is and what it is made like into a `gguf.GGUFWriter`."""
    writer.add_type("model")
    writer.add_name(Path(checkpoint.name).name or checkpoint.folder.name)
    writer.add_size_label(_size_label(checkpoint.parameters))
    if checkpoint.licence:
        writer.add_license(checkpoint.licence)
    heads = config["num_attention_heads"]
    writer.add_block_count(config["num_hidden_layers"])
    if checkpoint.context:
        writer.add_context_length(checkpoint.context)
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    if config.get("head_dim"):
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
    if checkpoint.architecture == "llama":
        writer.add_vocab_size(config["vocab_size"])
        writer.add_rope_dimension_count(head_width(config))
    _add_rope(writer, rope_of(config))


def head_width(config: dict[str, Any]) -> int:
    """Numbers a head."""
    return config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]


def rope_of(config: dict[str, Any]) -> dict[str, Any]:
    """How positions are turned: as transformers 5 writes it, or as older ones did."""
    told: object = config.get("rope_parameters") or config.get("rope_scaling")
    rope: dict[str, Any] = dict(cast("dict[str, Any]", told)) if isinstance(told, dict) else {}
    rope.setdefault("rope_type", rope.get("type", "default"))
    rope.setdefault("rope_theta", config.get("rope_theta", 10000.0))
    if "original_max_position_embeddings" not in rope:
        length = config.get("original_max_position_embeddings") or config.get("max_position_embeddings")
        rope["original_max_position_embeddings"] = length
    return rope


def rope_factors(config: dict[str, Any]) -> NDArray[np.float32] | None:
    """By what each frequency is divided in Llama 3's way of reaching further, None for other ways.

    Source: `_compute_llama3_parameters` of transformers' `modeling_rope_utils`.
    """
    rope = rope_of(config)
    if rope["rope_type"] != "llama3":
        return None
    width = head_width(config)
    places = np.arange(0, width, 2, dtype=np.float32) / width
    frequencies = (1.0 / np.float32(rope["rope_theta"]) ** places).astype(np.float64)
    factor, low, high, known = (
        float(rope[key])
        for key in ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
    )
    lengths = 2 * math.pi / frequencies
    smooth = (known / lengths - low) / (high - low)
    between = 1 / ((1 - smooth) / factor + smooth)
    return np.where(lengths < known / high, 1.0, np.where(lengths > known / low, factor, between)).astype(
        np.float32
    )


def _check_rope(rope: dict[str, Any]) -> None:
    needed = {
        "default": (), "linear": ("factor",), "yarn": ("factor", "original_max_position_embeddings"),
        "llama3": ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"),
    }  # fmt: skip
    kind = rope["rope_type"]
    if kind not in needed:
        raise ExportError(
            f"positions of the kind {kind!r} cannot be exported (only {', '.join(needed)})",
            "use llama.cpp's convert_hf_to_gguf.py for this model",
        )
    if lacking := next((key for key in needed[kind] if not rope.get(key)), None):
        raise ExportError(f"config.json lacks {lacking} of its positions", "fetch the model again")


def _add_rope(writer: Any, rope: dict[str, Any]) -> None:
    writer.add_rope_freq_base(rope["rope_theta"])
    kind = rope["rope_type"]
    if kind not in ("linear", "yarn"):
        return  # Llama 3's way is a tensor of its own
    writer.add_rope_scaling_type(heavy("gguf", "train").RopeScalingType(kind))
    writer.add_rope_scaling_factor(rope["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        for key, add in (
            ("attention_factor", writer.add_rope_scaling_yarn_attn_factor),
            ("beta_fast", writer.add_rope_scaling_yarn_beta_fast),
            ("beta_slow", writer.add_rope_scaling_yarn_beta_slow),
        ):
            if rope.get(key) is not None:
                add(rope[key])


def _size_label(parameters: int) -> str:
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M")):
        if parameters >= size:
            return f"{parameters / size:.1f}{letter}".replace(".0", "")
    return f"{max(1, parameters // 1000)}K"
