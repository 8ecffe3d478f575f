"""`aifirst model quantize`: a GGUF file made smaller."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("quantize")
@click.argument("file", metavar="FILE", type=click.Path())
@click.option("--kind", metavar="KIND", default="Q4_K_M", show_default=True, help="Q8_0, Q5_K_M or Q4_K_M.")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(), help="Default: beside FILE, named after the kind."
)
def command(file: str, kind: str, output: str | None) -> int:
    """Pack the numbers of a GGUF file as llama.cpp does.

    FILE is GGUF of F16, BF16 or F32. What comes out has the bytes that llama.cpp's llama-quantize writes; memory holds a
    piece of one tensor.

    \b
    aifirst model quantize my-model.F16.gguf                    my-model.Q4_K_M.gguf
    aifirst model quantize my-model.F16.gguf --kind Q8_0

    Exit code: 0 written, 2 wrong use or failure.
    """
    from aifirst_model.export.number_kinds import KINDS, kind_of
    from aifirst_model.export.quantize_gguf import quantize_gguf

    from aifirst_cli.failure import Failure
    from aifirst_cli.output import write_output
    from aifirst_cli.progress import progress_bar

    path, wanted = Path(file), kind_of(kind)
    stem = path.name.removesuffix(".gguf")
    known = stem.rpartition(".")
    stem = known[0] if known[0] and known[2].upper() in KINDS else stem
    out = Path(output) if output else path.with_name(f"{stem}.{wanted}.gguf")
    if out.exists() and path.exists() and out.samefile(path):
        raise Failure(f"{out} is the file that is read. Give another one with -o.")
    with progress_bar(f"{out.name} (bytes)") as tell:
        quantize_gguf(path, out, wanted, report=tell)
    before, after = path.stat().st_size, out.stat().st_size
    write_output(f"{out}  {wanted}, {after:,} bytes ({after / before:.0%} of {before:,})\n", None)
    return 0
