"""A model of the Qwen2 architecture that is known by heart, written as a GGUF file of 300 kB.

Attention and feed-forward add nothing, so what comes next depends on the last token alone: each letter is followed by
the next one of the alphabet, the token for a gap by `a`, and `z` by the end. Greedy answers and every probability can be
worked out without the program that is tested. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH = 64
SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>",
    "<|fim_pad|>", "<|file_sep|>",
)  # fmt: skip
_ALIGNMENT = 32
_U32, _F32, _STRING, _ARRAY, _I32, _U64 = 4, 6, 8, 9, 5, 10
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _letters() -> list[str]:
    """The 256 bytes as GPT-2 spells them (https://github.com/openai/gpt-2/blob/master/src/encoder.py)."""
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]


TOKENS = (*_letters(), *SPECIAL)
NUMBER = {token: number for number, token in enumerate(TOKENS)}


def following(token: int) -> int:
    """The token after one, in the greedy answer."""
    if TOKENS[token] == "z":
        return NUMBER["<|endoftext|>"]
    return token + 1 if "a" <= TOKENS[token] < "z" else NUMBER["a"]


def _embeddings() -> NDArray[np.float32]:
    """Rows of length 1; those of the tokens that `a` follows have the first direction in common."""
    drawn = np.random.default_rng(8).standard_normal((len(TOKENS), WIDTH))
    drawn[:, 0] = [8.0 if following(token) == NUMBER["a"] else 0.0 for token in range(len(TOKENS))]
    lengths = np.sqrt(np.einsum("ij,ij->i", drawn, drawn))[:, None]
    return (drawn / lengths).astype(np.float32)


def log_probabilities(token: int) -> NDArray[np.float64]:
    """Of every token after one."""
    rows = _embeddings().astype(np.float64)
    hidden = rows[token] / np.sqrt(rows[token] @ rows[token] / WIDTH + 1e-6)
    logits = _output().astype(np.float64) @ hidden
    return logits - np.log(np.sum(np.exp(logits - logits.max()))) - logits.max()


def _output() -> NDArray[np.float32]:
    """A row a token, equal to that of the token it follows; `a` has the direction that all those before it share."""
    rows = _embeddings()
    output = np.zeros_like(rows)
    for token in range(len(TOKENS)):
        output[following(token)] = rows[token]
    output[NUMBER["a"]] = np.eye(1, WIDTH, dtype=np.float32)[0] * 1.5
    return output


def write_gguf(path: Path, output: NDArray[np.float32] | None = None) -> Path:
    """Write the model, with another output matrix where one is given; the path."""
    zeros = np.zeros((WIDTH, WIDTH), np.float32)
    half, ones, wide = (
        zeros[: WIDTH // 2],
        np.ones(WIDTH, np.float32),
        np.zeros((2 * WIDTH, WIDTH), np.float32),
    )
    tensors = {
        "token_embd.weight": _embeddings(), "output_norm.weight": ones,
        "output.weight": _output() if output is None else output,
        "blk.0.attn_norm.weight": ones, "blk.0.ffn_norm.weight": ones, "blk.0.attn_q.weight": zeros,
        "blk.0.attn_k.weight": half, "blk.0.attn_v.weight": half, "blk.0.attn_output.weight": zeros,
        "blk.0.attn_q.bias": zeros[0], "blk.0.attn_k.bias": half[:, 0], "blk.0.attn_v.bias": half[:, 0],
        "blk.0.ffn_gate.weight": wide, "blk.0.ffn_up.weight": wide, "blk.0.ffn_down.weight": wide.T,
    }  # fmt: skip
    fields = b"".join(_text(name) + value for name, value in _fields().items())
    infos, data = b"", b""
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        infos += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += _padded(np.ascontiguousarray(tensor).tobytes())
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(_fields()))
    path.write_bytes(_padded(head + fields + infos) + data)
    return path


def _fields() -> dict[str, bytes]:
    kinds = [1] * 256 + [3] * len(SPECIAL)
    return {
        "general.architecture": _value("qwen2"), "general.name": _value("alphabet"), "general.alignment": _value(32),
        "qwen2.block_count": _value(1), "qwen2.context_length": _value(4096), "qwen2.embedding_length": _value(WIDTH),
        "qwen2.feed_forward_length": _value(2 * WIDTH), "qwen2.attention.head_count": _value(2),
        "qwen2.attention.head_count_kv": _value(1), "qwen2.attention.layer_norm_rms_epsilon": _value(1e-6),
        "qwen2.rope.freq_base": _value(10000.0), "tokenizer.ggml.model": _value("gpt2"),
        "tokenizer.ggml.pre": _value("qwen2"), "tokenizer.ggml.tokens": _texts(TOKENS),
        "tokenizer.ggml.token_type": struct.pack(f"<IIQ{len(kinds)}i", _ARRAY, _I32, len(kinds), *kinds),
        "tokenizer.ggml.merges": _texts(()), "tokenizer.chat_template": _value(_TEMPLATE),
        "tokenizer.ggml.add_bos_token": struct.pack("<I?", 7, False),
        **{
            f"tokenizer.ggml.{name}_token_id": _value(NUMBER[token])
            for name, token in (
                ("bos", "<|endoftext|>"), ("eos", "<|endoftext|>"), ("padding", "<|endoftext|>"),
                ("fim_pre", "<|fim_prefix|>"), ("fim_suf", "<|fim_suffix|>"), ("fim_mid", "<|fim_middle|>"),
            )
        },
    }  # fmt: skip


def _value(value: str | int | float) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    return struct.pack("<II", _U32, value) if isinstance(value, int) else struct.pack("<If", _F32, value)


def _texts(values: tuple[str, ...]) -> bytes:
    return struct.pack("<IIQ", _ARRAY, _STRING, len(values)) + b"".join(map(_text, values))


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _ALIGNMENT)
