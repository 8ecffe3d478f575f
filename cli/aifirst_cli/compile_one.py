"""`aifirst compile` of one file: to standard output, or to a file with its map beside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aifirst_cli.compile_run import CompileRun, options_of_run, tell
from aifirst_cli.compile_text import stats_text, verification_text, warnings_text
from aifirst_cli.failure import Failure
from aifirst_cli.output import replace_file

if TYPE_CHECKING:
    from aifirst_codebase.source import SourceFile
    from aifirst_compiler.compiled import CompiledFile


def run_file(given: CompileRun, source: Path) -> int:
    """Compile a file, or only look; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_codebase.open_project import load_settings
    from aifirst_codebase.source import decode_source
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.compile_file import compile_source
    from aifirst_compiler.run_time_docs.project import uses_around
    from aifirst_compiler.run_time_docs.unmatched import unmatched_names

    root = find_root(source)
    read = decode_source(source.relative_to(root).as_posix(), read_bytes(source))
    config = load_settings(root)
    counter = get_counter(config.settings.tokenizer)
    uses = uses_around(root, config, read)
    made = compile_source(read, options_of_run(given, root), counter=counter, uses=uses)
    for line in warnings_text((*made.warnings, *unmatched_names(given.keep, root, [read.path]))):
        tell(line)
    raw = read.encode_back(made.data)
    if given.check:
        return _check(given, made, raw)
    code = 2 if any(one.code == "compiler-bug" for one in made.warnings) else 0
    if given.output is not None and given.output != "-":
        place = output_place(given.output, made.path)
        refuse_sources(place, [source])
        write_file(place, raw)
        if given.maps:
            write_file(place.with_name(f"{place.name}.map"), _map_of(made, read, place, source))
    elif not given.stats:
        write_stdout(raw)
    if given.stats:
        _tell_stats(given, made, read)
    if given.verify is not None:
        return code or _verify(given, root, source, raw)
    return code


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises `Failure` for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror or error}. Change its permissions.") from error


def output_place(output: str, path: str) -> Path:
    """Where the output of one file goes: into a folder under its own name, else where it is said."""
    place = Path(output)
    return place / Path(path).name if place.is_dir() else place


def refuse_sources(place: Path, sources: Iterable[Path]) -> None:
    """Raise `Failure` where the output would replace what it is made of: glue that is gone does not come back."""
    if place.exists() and any(source.exists() and place.samefile(source) for source in sources):
        raise Failure(f"{place} is the source itself, which would lose its glue. Give another place with -o.")


def write_stdout(raw: bytes) -> None:
    """Write bytes to standard output as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)


def write_file(place: Path, raw: bytes) -> None:
    """Write a file whole or not at all, its folders made. Raises `Failure`."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, raw)
    except OSError as error:
        raise Failure(
            f"{place} cannot be written: {error.strerror or error}. Give another place with -o."
        ) from error


def _check(given: CompileRun, made: CompiledFile, raw: bytes) -> int:
    place = output_place(given.output or "", made.path)
    why = "different" if place.exists() else "missing"
    if place.is_file() and place.read_bytes() == raw:
        click.echo("current")
        return 0
    click.echo(f"{place}: {why}; run it without --check")
    return 1


def _map_of(made: CompiledFile, read: SourceFile, place: Path, source: Path) -> bytes:
    import msgspec
    from aifirst_compiler.source_maps.write import map_of_edits

    name = os.path.relpath(source, place.resolve().parent).replace(os.sep, "/")
    if made.map is not None:
        return msgspec.json.encode(made.map | {"file": place.name, "sources": [name]})
    return map_of_edits(place.name, name, read.data, made.edits).to_json()


def _tell_stats(given: CompileRun, made: CompiledFile, read: SourceFile) -> None:
    from aifirst_codebase.languages.registry import language_of
    from aifirst_compiler.project.outcome import Totals

    language = language_of(read.path, read.data)
    lines = read.data.count(b"\n"), made.data.count(b"\n")
    sizes, tokens = (len(read.data), len(made.data)), (made.source_tokens, made.tokens)
    totals = Totals(language.name if language else "text", 1, lines, sizes, tokens)
    if given.shape == "json":
        import msgspec

        click.echo(
            msgspec.json.encode({"version": 1, "totals": [totals], "warnings": made.warnings}).decode()
        )
    else:
        click.echo("\n".join(stats_text([totals])), err=given.output == "-")


def _verify(given: CompileRun, root: Path, source: Path, raw: bytes) -> int:
    import tempfile

    from aifirst_compiler.verify.verify import ToVerify, verify_output

    with tempfile.TemporaryDirectory(prefix="aifirst-compile-") as scratch:
        (Path(scratch) / source.name).write_bytes(raw)
        command = ToVerify(root, source, Path(scratch), given.verify or "", given.verify_timeout)
        done = verify_output(command, tell)
    click.echo("\n".join(verification_text(done)))
    return int(not done.equal)
