"""The model of `tiny_gguf` as a checkpoint folder, and an adapter for it in both forms.

The adapter changes one thing: what comes after a token that is no letter is `m` and no longer `a`. It does so by one row
and one column on the output layer, since all those tokens have the first direction in common.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import tiny_gguf
from numpy.typing import NDArray
from tiny_gguf import NUMBER, SPECIAL, TOKENS, WIDTH

_CONFIG: dict[str, Any] = {
    "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": len(TOKENS), "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
    "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": False,
    "torch_dtype": "float32", "hidden_act": "silu", "eos_token_id": NUMBER["<|endoftext|>"],
}  # fmt: skip


def write_checkpoint_folder(folder: Path, *, template: bool = True) -> Path:
    """Write it; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "config.json", _CONFIG)
    _write_json(folder / "tokenizer.json", _tokenizer())
    told = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}
    told |= {"chat_template": tiny_gguf._TEMPLATE} if template else {}  # pyright: ignore[reportPrivateUsage]  # one text
    _write_json(folder / "tokenizer_config.json", told)
    zeros, ones = np.zeros((WIDTH, WIDTH), np.float32), np.ones(WIDTH, np.float32)
    wide, half = np.zeros((2 * WIDTH, WIDTH), np.float32), zeros[: WIDTH // 2]
    layer = "model.layers.0"
    _write_tensors(
        folder / "model.safetensors",
        {
            "model.embed_tokens.weight": tiny_gguf._embeddings(), "lm_head.weight": tiny_gguf._output(),  # pyright: ignore[reportPrivateUsage]
            "model.norm.weight": ones, f"{layer}.input_layernorm.weight": ones,
            f"{layer}.post_attention_layernorm.weight": ones, f"{layer}.self_attn.q_proj.weight": zeros,
            f"{layer}.self_attn.k_proj.weight": half, f"{layer}.self_attn.v_proj.weight": half,
            f"{layer}.self_attn.o_proj.weight": zeros, f"{layer}.self_attn.q_proj.bias": zeros[0],
            f"{layer}.self_attn.k_proj.bias": half[:, 0], f"{layer}.self_attn.v_proj.bias": half[:, 0],
            f"{layer}.mlp.gate_proj.weight": wide, f"{layer}.mlp.up_proj.weight": wide,
            f"{layer}.mlp.down_proj.weight": wide.T,
        },
    )  # fmt: skip
    return folder


def _factors(letter: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The row and the column of the adapter."""
    column = np.zeros((len(TOKENS), 1), np.float32)
    column[NUMBER[letter]] = 50.0
    return np.eye(1, WIDTH, dtype=np.float32), column


def write_peft_adapter(folder: Path, base: Path, letter: str = "m") -> Path:
    """Write the adapter as PEFT does; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    row, column = _factors(letter)
    _write_json(
        folder / "adapter_config.json",
        {
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": str(base), "r": 1, "lora_alpha": 1,
            "lora_dropout": 0.0, "target_modules": ["lm_head"], "bias": "none", "inference_mode": True,
        },
    )  # fmt: skip
    stem = "base_model.model.lm_head"
    _write_tensors(
        folder / "adapter_model.safetensors", {f"{stem}.lora_A.weight": row, f"{stem}.lora_B.weight": column}
    )
    return folder


def write_gguf_adapter(path: Path, letter: str = "m") -> Path:
    """Write the adapter as a GGUF file; the path."""
    row, column = _factors(letter)
    value, text = tiny_gguf._value, tiny_gguf._text  # pyright: ignore[reportPrivateUsage]  # one writer
    fields = {
        "general.type": value("adapter"), "general.architecture": value("qwen2"), "adapter.type": value("lora"),
        "adapter.lora.alpha": value(1.0), "general.alignment": value(32),
    }  # fmt: skip
    infos, data = b"", b""
    for name, tensor in (("output.weight.lora_a", row), ("output.weight.lora_b", column)):
        shape = tensor.shape[::-1]
        infos += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += tiny_gguf._padded(tensor.tobytes())  # pyright: ignore[reportPrivateUsage]
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, len(fields))
    told = b"".join(text(name) + one for name, one in fields.items())
    path.write_bytes(tiny_gguf._padded(head + told + infos) + data)  # pyright: ignore[reportPrivateUsage]
    return path


def _tokenizer() -> dict[str, Any]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None, "post_processor": None,
        "added_tokens": [{"id": NUMBER[one], "content": one, **flags} for one in SPECIAL],
        "pre_tokenizer": level, "decoder": level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "merges": [],
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "vocab": {one: number for one, number in NUMBER.items() if one not in SPECIAL},
        },
    }  # fmt: skip


def _write_tensors(path: Path, tensors: dict[str, NDArray[np.float32]]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, tensor in tensors.items():
        raw = np.ascontiguousarray(tensor).tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    told = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(told)) + told + data)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
