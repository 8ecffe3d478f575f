"""What `aifirst model serve` does: finds the file, checks what can be checked, starts the server and stays with it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

import click
from aifirst_model.backends.llama_process import Load
from aifirst_model.export.gguf_file import GgufFile, read_gguf
from aifirst_model.export.number_kinds import kind_of
from aifirst_model.heavy import need
from aifirst_model.serving.adapters import check_adapters, put_on_first
from aifirst_model.serving.container import write_container
from aifirst_model.serving.memory_need import CacheType, check_memory
from aifirst_model.serving.served_file import served_file
from aifirst_model.serving.server_process import ServerProcess, check_address, check_port, start_llama
from aifirst_model.serving.vllm_server import start_vllm

from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar

KEY_VARIABLE: Final = "AIFIRST_SERVE_KEY"
_MOST_CONTEXT: Final = 8192


def run_serve(
    *, model: str, host: str, port: int, context: int | None, parallel: int, threads: int | None, kind: str,
    adapters: tuple[str, ...], name: str | None, engine: str, container: str | None,
    cache_type: CacheType, draft_model: str | None, prompt_lookup: bool,
) -> int:  # fmt: skip
    """Serve until Ctrl-C, or until the server ends by itself."""
    key = os.environ.get(KEY_VARIABLE, "")
    if container is not None:
        return _write_container(model, kind, container, port, context)
    check_address(host, key)
    check_port(host, port)  # before a checkpoint is written as GGUF
    if engine == "vllm":
        if adapters:
            raise Failure(
                "Adapters are put on by llama.cpp only. Merge the adapter (`aifirst model merge`) for vLLM."
            )
        if cache_type != "f16" or draft_model or prompt_lookup:
            raise Failure("--cache-type, --draft-model and --prompt-lookup are llama.cpp's. Leave them out.")
        server = start_vllm(model, host, port, key, context or 0, alias=name or "")
        return _stay(server, name or model, bool(key))
    need("xllamacpp", "local")
    with progress_bar("writing the model as GGUF (bytes)") as tell:
        held = served_file(model, kind_of(kind), report=tell)
    room = _context(held, context)
    check_memory(held, room * parallel, cache_type=cache_type)
    check_adapters(held, adapters)
    called = name or held.path.stem
    server = start_llama(
        Load(
            str(held.path), key, room, threads or 0, cache_type, host=host, port=port, parallel=parallel, metrics=True,
            alias=called, adapters=tuple(str(Path(one).absolute()) for one in adapters),
            draft=str(read_gguf(Path(draft_model).absolute()).path) if draft_model else "", prompt_lookup=prompt_lookup,
        )
    )  # fmt: skip
    put_on_first(server, key, len(adapters))
    return _stay(server, called, bool(key))


def _stay(server: ServerProcess, name: str, has_key: bool) -> int:
    """Tell where it listens, and wait."""

    def ask_to_end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, ask_to_end)
    try:
        write_output(f"{server.address}/v1\n", None)
        sys.stdout.flush()
        click.echo(
            f"{name} is served at {server.address}/v1 (also {server.address}/health, {server.address}/metrics)"
            + (f", to who sends the key of {KEY_VARIABLE}" if has_key else "")
            + ". Ctrl-C ends it.\n"
            f'For ghost text: "aifirst.inlineCompletion.endpoint": "{server.address}/v1", '
            f'"aifirst.inlineCompletion.model": "{name}".',
            err=True,
        )
        status = server.wait()
    except KeyboardInterrupt:
        click.echo("Ended.", err=True)
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        server.stop()
    raise Failure(
        f"The server ended by itself (status {status}). Start it again; a smaller --context needs less memory."
    )


def _context(held: GgufFile, asked: int | None) -> int:
    made_for = held.number(f"{held.text('general.architecture')}.context_length")
    if asked is None:
        return min(made_for or _MOST_CONTEXT, _MOST_CONTEXT)
    if made_for and asked > made_for:
        raise Failure(f"The model was made for {made_for:,} tokens, not {asked:,}. Give a smaller --context.")
    return asked


def _write_container(model: str, kind: str, folder: str, port: int, context: int | None) -> int:
    held = served_file(model, kind_of(kind))
    paths = write_container(Path(folder), held.path, port or 8080, _context(held, context))
    write_output("".join(f"{path}\n" for path in paths), None)
    return 0
