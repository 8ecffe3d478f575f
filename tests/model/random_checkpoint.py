"""A checkpoint whose numbers are the same on every machine, and the same as F16; it is good for nothing but to be packed.

Its shapes have what a quantiser has to decide on: rows that divide into blocks of 256, only into blocks of 32, or into
neither, and enough layers that some are kept finer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from aifirst_model.heavy import heavy
from numpy.typing import NDArray

QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
ROWS = 320


def byte_letters() -> list[str]:
    """The 256 bytes as GPT-2 spells them."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


def tokenizer_json(split: str = QWEN2_SPLIT) -> dict[str, Any]:
    """A tokenizer of bytes and two merges."""
    tokens = [*byte_letters(), "in", "int"]
    steps = [
        {"type": "Split", "pattern": {"Regex": split}, "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
    ]
    return {
        "added_tokens": [
            {"id": len(tokens) + place, "content": text, "special": True, "normalized": False}
            for place, text in enumerate(SPECIAL)
        ],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
        "post_processor": {"type": "ByteLevel"},
        "model": {
            "type": "BPE",
            "vocab": {text: n for n, text in enumerate(tokens)},
            "merges": ["i n", "in t"],
        },
    }


def config(architecture: str, width: int, inner: int, layers: int, **more: Any) -> dict[str, Any]:
    """A config.json with heads of 16 numbers, half as many of them for keys and values."""
    return {
        "model_type": architecture, "hidden_size": width, "intermediate_size": inner, "num_hidden_layers": layers,
        "num_attention_heads": width // 16, "num_key_value_heads": width // 32, "rms_norm_eps": 1e-6,
        "vocab_size": ROWS, "max_position_embeddings": 512, "tie_word_embeddings": architecture == "qwen2",
        "rope_theta": 10000.0, "eos_token_id": 258, **more,
    }  # fmt: skip


def tensors(told: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Every tensor of the model that a config tells."""
    drawn = np.random.RandomState(8)
    width, inner, keys = told["hidden_size"], told["intermediate_size"], told["num_key_value_heads"] * 16
    shapes: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (ROWS, width),
        "model.norm.weight": (width,),
    }
    if not told["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (ROWS, width)
    for layer in range(told["num_hidden_layers"]):
        start = f"model.layers.{layer}."
        shapes |= {
            f"{start}self_attn.q_proj.weight": (width, width), f"{start}self_attn.k_proj.weight": (keys, width),
            f"{start}self_attn.v_proj.weight": (keys, width), f"{start}self_attn.o_proj.weight": (width, width),
            f"{start}mlp.gate_proj.weight": (inner, width), f"{start}mlp.up_proj.weight": (inner, width),
            f"{start}mlp.down_proj.weight": (width, inner), f"{start}input_layernorm.weight": (width,),
            f"{start}post_attention_layernorm.weight": (width,),
        }  # fmt: skip
        if told["model_type"] == "qwen2":
            for part, size in (("q", width), ("k", keys), ("v", keys)):
                shapes[f"{start}self_attn.{part}_proj.bias"] = (size,)
    return {
        name: (drawn.randint(-1024, 1024, shape) / 32768).astype(np.float32) for name, shape in shapes.items()
    }


def write_checkpoint(folder: Path, told: dict[str, Any]) -> Path:
    """Write the folder, which is returned."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(told))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json()))
    (folder / "tokenizer_config.json").write_text("{}")
    heavy("safetensors.numpy", "train").save_file(tensors(told), folder / "model.safetensors")
    return folder
