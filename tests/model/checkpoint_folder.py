"""Writes the smallest folder that is a checkpoint: one layer's names, a handful of numbers, ten tokens."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from typing import Any, Final

ROWS: Final = 10
WIDTH: Final = 4
CONFIG: Final[dict[str, Any]] = {
    "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": ROWS, "hidden_size": WIDTH,
    "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 64,
    "tie_word_embeddings": True, "eos_token_id": 9,
}  # fmt: skip
SHAPES: Final = {
    "model.embed_tokens.weight": (ROWS, WIDTH),
    "model.layers.0.mlp.up_proj.weight": (8, WIDTH),
    "model.norm.weight": (WIDTH,),
}
TOKENIZER: Final[dict[str, Any]] = {
    "model": {"type": "BPE", "vocab": {chr(97 + one): one for one in range(9)}, "merges": []},
    "added_tokens": [{"id": 9, "content": "<end>", "special": True}],
}


def safetensors(shapes: dict[str, tuple[int, ...]], kind: str = "BF16", width: int = 2) -> bytes:
    """The bytes of a file with tensors of zeros."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + math.prod(shape) * width
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [begin, end]}
    told = json.dumps(header).encode()
    return struct.pack("<Q", len(told)) + told + bytes(end)


def write_checkpoint(folder: Path, **config: Any) -> Path:
    """Write it; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", CONFIG | config)
    write_json(folder / "tokenizer.json", TOKENIZER)
    (folder / "model.safetensors").write_bytes(safetensors(SHAPES))
    return folder


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON."""
    path.write_text(json.dumps(value), encoding="utf-8")
