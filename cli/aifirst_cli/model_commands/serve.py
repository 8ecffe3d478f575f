"""`aifirst model serve`: a model at an address that other programs ask."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options

_OPTIONS = (
    click.argument("model", metavar="MODEL"),
    click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
                 help="Where to listen; any other than this machine's own asks for a key."),
    click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True,
                 help="0 for one that is free."),
    click.option("--context", type=click.IntRange(64), metavar="N",
                 help="Tokens that each request has room for. Default: what the model was made for, at most 8192."),
    click.option("--parallel", type=click.IntRange(1, 256), default=2, show_default=True, metavar="N",
                 help="Requests at the same time."),
    click.option("--threads", type=click.IntRange(1), metavar="N", help="Default: one a core."),
    click.option("--kind", default="Q8_0", show_default=True, metavar="KIND",
                 help="How a checkpoint that is no GGUF file is packed: F16, BF16, F32, Q8_0, Q5_K_M or Q4_K_M."),
    click.option("--adapter", "adapters", multiple=True, metavar="FILE", type=click.Path(),
                 help="A LoRA adapter as GGUF. May be given again: the first is on, a request chooses others by lora."),
    click.option("--cache-type", type=click.Choice(("f16", "q8_0", "q4_0")), default="f16", show_default=True,
                 help="How llama.cpp keeps what it has read; q8_0 takes half the memory of f16."),
    click.option("--draft-model", metavar="FILE", type=click.Path(exists=True, dir_okay=False),
                 help="A small GGUF file with the same tokens, which guesses ahead."),
    click.option("--prompt-lookup", is_flag=True, help="Guess ahead from what stands in the prompt, as in edits."),
    click.option("--name", metavar="NAME", help="What the model is called to those who ask. Default: the file's name."),
    click.option("--engine", type=click.Choice(("llama.cpp", "vllm")), default="llama.cpp", show_default=True,
                 help="Whose server; vLLM has to be installed, and takes a checkpoint's folder."),
    click.option("--container", metavar="DIR", type=click.Path(file_okay=False),
                 help="Serve nothing: write what builds a container image that does."),
)  # fmt: skip


@click.command("serve")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Serve a model to other programs as OpenAI's interface, at 127.0.0.1:8080.

    MODEL is a GGUF file, or a checkpoint's folder or hub name, which is written as GGUF once and kept in the user's
    cache. The server is llama.cpp's own (or vLLM's): /v1/completions, /v1/chat/completions, /infill, /health, /metrics.

    \b
    aifirst model serve my-model.Q4_K_M.gguf
    aifirst model serve ./my-model --kind Q4_K_M --port 8081
    AIFIRST_SERVE_KEY=… aifirst model serve my.gguf --host 0.0.0.0
    aifirst model serve my.gguf --container image/

    Who asks sends the key of AIFIRST_SERVE_KEY, where one is set, as a bearer token. Ctrl-C ends the server; it also
    ends where this command is killed.

    Exit code: 0 ended by Ctrl-C, 2 wrong use or failure.
    """
    from aifirst_cli.model_commands.serve_run import run_serve

    return run_serve(**options)
