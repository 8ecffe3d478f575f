"""`aifirst model export`: a checkpoint as files that other programs run."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options

_FORMATS = ("gguf", "onnx", "onnx-int8")
_OPTIONS = (
    click.argument("model", metavar="MODEL"),
    click.option("--to", "form", type=click.Choice(_FORMATS), default="gguf", show_default=True,
                 help="gguf for llama.cpp and all that is built on it, onnx for onnxruntime (float32), onnx-int8 the "
                 "same with linear layers of 8 bits."),
    click.option("--kind", "kinds", multiple=True, metavar="KIND",
                 help="Of a GGUF file: F16 (default), BF16, F32, Q8_0, Q5_K_M or Q4_K_M; may be given again."),
    click.option("-o", "--output", metavar="PATH", type=click.Path(),
                 help="The file, or the folder for several. Default: beside where you are, named after the model."),
    click.option("--base", metavar="MODEL", help="Of an adapter: the model that it is for."),
    click.option("--compare", "compared", multiple=True, metavar="PATH", type=click.Path(exists=True),
                 help="Measure how far each file agrees with the original on these texts: a file, a folder or a dataset; "
                 "may be given again."),
    click.option("--pre-tokenizer", metavar="NAME",
                 help="llama.cpp's name for how the tokenizer cuts text, where it is not recognised."),
    click.option("--threads", type=click.IntRange(1), metavar="N", help="To measure with; default: one a core."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="How it is told."),
)  # fmt: skip


@click.command("export")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Write a model as GGUF, for llama.cpp, or ONNX, for onnxruntime.

    MODEL is a checkpoint's folder or a hub's name that is in the cache of this machine; an adapter of peft becomes a
    GGUF file of its own, which llama.cpp puts on its base.

    \b
    aifirst model export ./my-model --kind Q4_K_M               my-model.Q4_K_M.gguf
    aifirst model export ./my-model --kind F16 --kind Q8_0 -o out --compare src/
    aifirst model export Qwen/Qwen2.5-Coder-0.5B --to onnx-int8
    aifirst model export ./run/result --base ./my-model         an adapter

    A model needs no more memory than a piece of one tensor for GGUF, and all of it for ONNX and --compare. Beside the
    files stands export.json with their sizes and, with --compare, top-1 agreement, perplexity and speed.

    Exit code: 0 written, 2 wrong use or failure.
    """
    from aifirst_cli.model_commands.export_run import run_export

    return run_export(**options)
