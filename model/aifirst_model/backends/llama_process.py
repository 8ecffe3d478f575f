"""The program that runs llama.cpp for `llama_cpp`: told what to load on standard input, it tells where it listens.

It listens at 127.0.0.1, at a port that is free, to who has the key that it was told; it ends when its standard input
does, so that it never outlives who started it, however that one ended. Needs the package xllamacpp (`[local]`).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import msgspec


class Load(msgspec.Struct, frozen=True):
    """What to load; the first line of standard input."""

    path: str
    key: str
    context: int
    threads: int
    cache_type: str


class Loaded(msgspec.Struct, frozen=True):
    """What came of it, a line on standard output: the address, or why there is none."""

    address: str = ""
    error: str = ""


def _start(load: Load) -> Any:
    library: Any = importlib.import_module("xllamacpp")
    asked = library.CommonParams()
    asked.model.path = load.path
    asked.api_keys = [load.key]
    asked.hostnames, asked.port = ["127.0.0.1"], 0
    asked.n_ctx = load.context
    for cpu in (asked.cpuparams, asked.cpuparams_batch):
        cpu.n_threads = load.threads or os.cpu_count() or 1
    asked.cache_type_k = asked.cache_type_v = getattr(
        library.ggml_type, f"GGML_TYPE_{load.cache_type.upper()}"
    )
    asked.ui = asked.endpoint_slots = asked.warmup = False
    asked.verbosity = 0
    return library.Server(asked)


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
