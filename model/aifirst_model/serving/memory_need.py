"""Whether a model's file and what it remembers of its context fit into this machine's memory, before it is loaded.

Without this llama.cpp, or the system, ends the process without a word. Where the system does not say what is free, it is
not asked. Left out: memory of GPUs.
"""

from __future__ import annotations

from typing import Final, Literal

from aifirst_codebase.byte_size import show_bytes

from aifirst_model.export.gguf_file import GgufFile
from aifirst_model.library.machine_memory import read_memory
from aifirst_model.serving.serve_error import ServeError

_WORK: Final = 200_000_000
"""Bytes that llama.cpp takes besides, roughly."""
CacheType = Literal["f16", "q8_0", "q4_0"]
_CACHE_BYTES: Final[dict[CacheType, float]] = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}


def cache_size(held: GgufFile, tokens: int, cache_type: CacheType = "f16") -> int:
    """Bytes of the keys and values of so many tokens."""
    architecture = held.text("general.architecture")
    heads = held.number(f"{architecture}.attention.head_count", 1)
    shared = held.number(f"{architecture}.attention.head_count_kv", heads)
    width = held.number(f"{architecture}.attention.key_length") or (
        held.number(f"{architecture}.embedding_length") // max(1, heads)
    )
    layers = held.number(f"{architecture}.block_count")
    return int(2 * layers * shared * width * tokens * _CACHE_BYTES[cache_type])


def check_memory(
    held: GgufFile, tokens: int, available: int | None = None, cache_type: CacheType = "f16"
) -> None:
    """Raise `ServeError` where the model and a context of so many tokens do not fit."""
    free = available_memory() if available is None else available
    cache = cache_size(held, tokens, cache_type)
    needed = held.size + cache + _WORK
    if free is None or needed <= free:
        return
    is_cache = held.size + _WORK < free
    less = "a smaller --context, or --cache-type q8_0" if is_cache else "a smaller model, or --kind Q4_K_M"
    raise ServeError(
        f"{held.path.name} needs {show_bytes(needed)} of memory ({show_bytes(cache)} of it for {tokens:,} tokens), "
        f"and {show_bytes(free)} are free",
        f"give {less}",
    )


def available_memory() -> int | None:
    """Bytes that programs can take without harm to others; None where the system does not say."""
    return read_memory().free or None
