"""`aifirst compile --bundle` and `--assemble`: one file out of many."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from aifirst_cli.compile_one import read_bytes, refuse_sources, write_file, write_stdout
from aifirst_cli.compile_run import CompileRun, options_of_run, tell
from aifirst_cli.compile_text import warnings_text
from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from aifirst_codebase.source import SourceFile
    from aifirst_compiler.bundle.find_modules import Found
    from aifirst_compiler.bundle.write_bundle import Bundle
    from aifirst_compiler.compiled import CompiledFile
    from aifirst_compiler.run_time_docs import RunTimeUses


class _Made(NamedTuple):
    """A module's source and what was compiled of it."""

    source: SourceFile
    file: Path
    compiled: CompiledFile


class CompiledModules:
    """Compiles modules as the bundler asks for them, and remembers what came of each by its path in the bundle."""

    def __init__(self, given: CompileRun, root: Path) -> None:
        import msgspec

        self._options = msgspec.structs.replace(options_of_run(given, root), bundled=given.bundle is not None)
        self._root = root
        self._out = Path(given.output or "").resolve()
        self.made: dict[Path, _Made] = {}

    def read(self, file: Path) -> bytes:
        """The compiled text of a file."""
        from aifirst_codebase.source import decode_source
        from aifirst_compiler.compile_file import compile_source

        real = file.resolve()
        inside = real.is_relative_to(self._root)
        name = real.relative_to(self._root).as_posix() if inside else file.name
        source = decode_source(name, read_bytes(file))
        uses = self._uses if inside else None
        made = self.made[real] = _Made(source, file, compile_source(source, self._options, uses=uses))
        return made.compiled.data

    @cached_property
    def _uses(self) -> RunTimeUses:
        """What any file of the project reads of documentation when it runs: one module may read another's."""
        from aifirst_codebase.open_project import load_settings
        from aifirst_compiler.run_time_docs.project import project_uses

        annotations = bool(self._options.minify)
        return project_uses(self._root, load_settings(self._root), self._out, annotations=annotations)


def run_bundle(given: CompileRun, source: Path) -> int:
    """Make one file; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_compiler.bundle.find_modules import find_modules
    from aifirst_compiler.script_bundle.entry import is_script_source

    if given.assemble is None and is_script_source(source):
        from aifirst_cli.script_bundle_run import run_script_bundle

        return run_script_bundle(given, source)
    refuse_script_options(given)
    if given.bundle == "components":
        from aifirst_cli.component_run import run_components

        return run_components(given, source)

    compiled = CompiledModules(given, find_root(source).resolve())
    if given.assemble is not None:
        from aifirst_cli.assemble_run import find_pipeline

        found, top = (
            find_pipeline(given.assemble, source, compiled.read),
            source if source.is_dir() else source.parent,
        )
    else:
        found = find_modules(source, compiled.read)
        depth = len(Path(found.root.path).parts)
        top = source.parents[depth - 1] if source.is_file() else source.parent
        if source.is_dir() and not found.is_package:
            top = source
    for module in found.known.values():
        _ = module.data  # so that all warnings are told
    for line in warnings_text(
        sorted({w for made in compiled.made.values() for w in made.compiled.warnings}, key=str)
    ):
        tell(line)
    if given.bundle == "archive":
        return _archive(given, found, top, compiled)
    return _module(given, found, top, compiled)


def refuse_script_options(given: CompileRun) -> None:
    """Raise `click.UsageError` where options for bundles of scripts are given for something else."""
    for name in ("script_format", "packages", "external"):
        if getattr(given, name):
            option = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{option} is for bundles of JavaScript and TypeScript. Leave it out.")


def _module(given: CompileRun, found: Found, top: Path, compiled: CompiledModules) -> int:
    from aifirst_compiler.bundle.write_bundle import bundle_modules

    bundle = bundle_modules(found.root, found.known, is_package=found.is_package)
    if found.others:
        tell(f"{_left_out(found.others)}; --bundle archive takes such files along")
    place = Path(given.output) if given.output not in (None, "-") else None
    if place is not None and place.is_dir():
        place = place / (f"{found.root.name}.py" if found.is_package else Path(found.root.path).name)
    if given.check and place is not None:
        return check_files({place: bundle.data})
    if place is None:
        write_stdout(bundle.data)
        return 0
    refuse_sources(place, compiled.made)
    write_file(place, bundle.data)
    if given.maps:
        write_file(place.with_name(f"{place.name}.map"), map_of(bundle, found, top, place, compiled))
    held = f", {len(bundle.held):,} held to be imported when asked for" if bundle.held else ""
    click.echo(f"{place}: {len(bundle.flat):,} modules made one{held}; {len(bundle.data):,} bytes")
    for name, why in bundle.held.items() if given.stats else ():
        click.echo(f"  {name}: {why}")
    return 0


def _left_out(others: Sequence[Path]) -> str:
    if len(others) == 1:
        return f"{others[0].name} is no module and was left out"
    return f"{len(others):,} files that are no modules were left out, {others[0].name} first"


def check_files(wanted: Mapping[Path, bytes]) -> int:
    """Say which files are not what they should be; the exit code."""
    stale = [place for place, data in wanted.items() if not place.is_file() or place.read_bytes() != data]
    for place in stale:
        click.echo(f"{place}: {'different' if place.exists() else 'missing'}; run it without --check")
    if not stale:
        click.echo("current")
    return int(bool(stale))


def map_of(bundle: Bundle, found: Found, top: Path, place: Path, compiled: CompiledModules) -> bytes:
    from aifirst_compiler.bundle.bundle_map import Origin, map_of_bundle

    folder = place.resolve().parent
    held = [found.known[name].path for name in bundle.held]

    def origin(path: str) -> Origin:
        made = compiled.made.get((top / path).resolve())
        return Origin(made.source.data, made.compiled.edits) if made is not None else Origin(b"")

    def place_of(path: str) -> str:
        return os.path.relpath((top / path).resolve(), folder).replace(os.sep, "/")

    return map_of_bundle(bundle, place.name, held, origin, place_of).to_json()


def map_of_module(path: str, top: Path, place: Path, compiled: CompiledModules) -> bytes:
    """The map of a module, its source named from the archive's folder; nothing for a file that was not compiled."""
    from aifirst_compiler.source_maps.write import map_of_edits

    real = (top / path).resolve()
    made = compiled.made.get(real)
    if made is None:
        return b""
    name = os.path.relpath(real, place.resolve().parent).replace(os.sep, "/")
    return map_of_edits(Path(path).name, name, made.source.data, made.compiled.edits).to_json()


def _archive(given: CompileRun, found: Found, top: Path, compiled: CompiledModules) -> int:
    from aifirst_compiler.bundle.archive import write_archive

    if given.output in (None, "-"):
        raise Failure("an archive is no text. Give a place for it with -o, such as app.pyz.")
    files = {module.path: module.stored for module in found.known.values()}
    files |= {
        path.relative_to(top).as_posix(): read_bytes(path)
        for path in found.others
        if path.is_relative_to(top)
    }
    if found.is_package and f"{found.root.name}/__main__.py" not in files:
        raise Failure(
            f"the package {found.root.name} has no __main__.py, so the archive would not run. "
            "Give the file that the program starts with."
        )
    main = f"{found.root.name}.__main__" if found.is_package else found.root.name
    place = Path(given.output or "")
    count = len(files)
    if given.maps:
        maps = {f"{path}.map": map_of_module(path, top, place, compiled) for path in files}
        files |= {path: data for path, data in maps.items() if data}
    data = write_archive(files, "" if main == "__main__" else main, "/usr/bin/env python3")
    if given.check:
        return check_files({place: data})
    refuse_sources(place, [*compiled.made, *found.others])
    write_file(place, data)
    place.chmod(place.stat().st_mode | 0o111)
    click.echo(f"{place}: {count:,} files, {len(data):,} bytes; run it with python {place}")
    return 0
