"""How the tensors of a checkpoint are called in GGUF, and which have their rows in another order there.

llama.cpp turns queries and keys of Llama in neighbouring pairs, transformers in halves, so Llama's rows are put into
the other order; Qwen's are turned in halves by both. Names: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from aifirst_model.export.export_error import ExportError

ARCHITECTURES: Final = {"qwen2": "qwen2", "llama": "llama"}
"""The architectures that can be exported, by `model_type`, as GGUF calls them."""
_PARTS: Final = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
}  # fmt: skip
_WHOLE: Final = {
    "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}  # fmt: skip
_IN_LAYER: Final = re.compile(r"model\.layers\.(\d+)\.([\w.]+)\.(weight|bias)")


def gguf_name(name: str) -> str | None:
    """What a checkpoint's tensor is called in GGUF, None for one that has no place there."""
    if (whole := _WHOLE.get(name)) is not None:
        return whole
    found = _IN_LAYER.fullmatch(name)
    part = _PARTS.get(found[2]) if found else None
    return f"blk.{int(found[1])}.{part}.{found[3]}" if found and part else None


def name_tensors(names: list[str], *, layers: int, is_tied: bool) -> dict[str, str]:
    """Each tensor's name in GGUF. Raises `ExportError` for a tensor that has no place there, or one that is missing."""
    named: dict[str, str] = {}
    for name in names:
        if name.endswith("rotary_emb.inv_freq") or (is_tied and name == "lm_head.weight"):
            continue  # computed from the settings; the embedding itself
        given = gguf_name(name)
        if given is None:
            raise ExportError(
                f"the tensor {name} has no place in a GGUF file of this architecture",
                "only plain Qwen2 and Llama models can be exported: merge adapters first",
            )
        named[name] = given
    there = set(named.values())
    needed = ["token_embd.weight", "output_norm.weight", *([] if is_tied else ["output.weight"])]
    needed += [f"blk.{layer}.{part}.weight" for layer in range(layers) for part in _PARTS.values()]
    if lacking := next((one for one in needed if one not in there), None):
        raise ExportError(f"the model lacks the tensor {lacking}", "fetch or save the model again")
    return named


def row_order(architecture: str, name: str, rows: int, config: dict[str, Any]) -> NDArray[np.int64] | None:
    """Which row of the checkpoint stands where in the file, by its GGUF name; None where it is the same order."""
    if architecture != "llama" or not re.search(r"\.attn_[qk]\.(weight|bias)$", name):
        return None
    heads = config["num_attention_heads"]
    if ".attn_k." in name:
        heads = config.get("num_key_value_heads") or heads
    if rows % (2 * heads):
        raise ExportError(
            f"{name} has {rows} rows for {heads} heads", "the model's config.json does not fit to it"
        )
    return np.arange(rows).reshape(heads, 2, -1).swapaxes(1, 2).reshape(-1)
