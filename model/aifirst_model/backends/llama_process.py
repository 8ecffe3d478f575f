"""The program that runs llama.cpp for `llama_cpp`: told what to load on standard input, it tells where it listens.

It listens at 127.0.0.1, at a port that is free, to who has the key that it was told; it ends when its standard input
does, so that it never outlives who started it, however that one ended. Needs the package xllamacpp (`[local]`).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Final

import msgspec

_LOOKED_UP: Final = 4
"""Tokens that have to be the same as earlier ones for what followed those to be guessed."""


class Load(msgspec.Struct, frozen=True):
    """What to load; the first line of standard input."""

    path: str
    key: str
    context: int
    threads: int
    cache_type: str
    adapters: tuple[str, ...] = ()
    draft: str = ""
    """The path of the model that guesses ahead."""
    prompt_lookup: bool = False
    draft_tokens: int = 16
    host: str = "127.0.0.1"
    port: int = 0
    """0 for one that is free."""
    parallel: int = 1
    """Requests at the same time; each has the whole context."""
    metrics: bool = False
    alias: str = ""
    """What the model is called to those who ask."""


class Loaded(msgspec.Struct, frozen=True):
    """What came of it, a line on standard output: the address, or why there is none."""

    address: str = ""
    error: str = ""


def _start(load: Load) -> Any:
    library: Any = importlib.import_module("xllamacpp")
    asked = library.CommonParams()
    asked.model.path = load.path
    asked.api_keys = [load.key] if load.key else []
    asked.cors_origins = "localhost"  # no page of another site reads answers
    asked.hostnames, asked.port = [load.host], load.port
    asked.n_ctx, asked.n_parallel = load.context * load.parallel, load.parallel
    asked.endpoint_metrics = load.metrics
    if load.alias:
        asked.model_alias = {load.alias}
    for cpu in (asked.cpuparams, asked.cpuparams_batch):
        cpu.n_threads = load.threads or os.cpu_count() or 1
    asked.cache_type_k = asked.cache_type_v = getattr(
        library.ggml_type, f"GGML_TYPE_{load.cache_type.upper()}"
    )
    asked.ui = asked.endpoint_slots = asked.warmup = False
    asked.verbosity = 0
    asked.lora_adapters = [library.CommonAdapterLoraInfo(path, 0.0) for path in load.adapters]
    _guess_ahead(library, asked.speculative, load)
    return library.Server(asked)


def _guess_ahead(library: Any, speculative: Any, load: Load) -> None:
    """Set up what guesses tokens: a draft model, and what stands in the prompt already. The answers stay the same."""
    kinds = library.common_speculative_type
    types = [kinds.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE] if load.prompt_lookup else []
    if load.prompt_lookup:
        speculative.ngram_simple.size_m = load.draft_tokens
        speculative.ngram_simple.size_n = min(_LOOKED_UP, load.draft_tokens)  # a longer one finds nothing
    if load.draft:
        types.append(kinds.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE)
        speculative.draft.mparams.path = load.draft
        speculative.draft.n_max = load.draft_tokens
        for cpu in (speculative.draft.cpuparams, speculative.draft.cpuparams_batch):
            cpu.n_threads = load.threads or os.cpu_count() or 1
    if types:
        speculative.types = types


def main() -> None:
    """Serve until standard input ends."""
    load = msgspec.json.decode(sys.stdin.buffer.readline(), type=Load)
    try:
        server = _start(load)
        told = Loaded(server.listening_address)
    except (RuntimeError, ImportError, MemoryError) as error:
        told = Loaded(error=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()
    sys.stdin.buffer.read()
    os._exit(0)  # its threads are llama.cpp's; nothing of theirs has to be kept


if __name__ == "__main__":
    main()
