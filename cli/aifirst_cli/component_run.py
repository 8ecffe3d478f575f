"""`aifirst compile --bundle components`: a file for each component of a folder of Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from aifirst_validator.formats.wording import plural

from aifirst_cli.bundle_run import CompiledModules, check_files, map_of, map_of_module
from aifirst_cli.compile_one import read_bytes, refuse_sources, write_file
from aifirst_cli.compile_run import CompileRun, tell
from aifirst_cli.compile_text import warnings_text
from aifirst_cli.component_outputs import keep_made, refuse_foreign
from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from aifirst_compiler.bundle.components import Component
    from aifirst_compiler.bundle.modules import Module
    from aifirst_compiler.bundle.write_components import ComponentFiles

_FEW: Final = 4


def run_components(given: CompileRun, source: Path) -> int:
    """Make the files; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_compiler.bundle.components import asked_from_outside, find_components
    from aifirst_compiler.bundle.find_modules import modules_of_folder
    from aifirst_compiler.bundle.write_components import write_component

    out = _output(given, source)
    root = find_root(source).resolve()
    compiled = CompiledModules(given, root)
    top, known = modules_of_folder(source, compiled.read, without=out)
    if not known:
        raise Failure(f"{source} has no Python modules. Give the folder that they are in.")
    components = find_components(known, _tagged(known, top, root))
    asked = asked_from_outside(components, known)
    written = [write_component(one, known, asked) for one in components]
    warnings = {w for made in compiled.made.values() for w in made.compiled.warnings}
    for line in warnings_text(sorted(warnings, key=str)):
        tell(line)
    _tell_joined(components, top.relative_to(root) if top.is_relative_to(root) else Path())
    files = _files(written, out) | _others(source, top, out)
    if given.maps:
        maps = {f"{one.path}.map": _map(one, known, top, out / one.path, compiled) for one in written}
        files |= {out / path: data for path, data in maps.items()}
    if given.check:
        return check_files(files)
    for place in files:
        refuse_sources(place, compiled.made)
    if not given.adopt:
        refuse_foreign(out, files)
    for place, data in files.items():
        write_file(place, data)
    keep_made(out, files)
    _tell(given, written, out)
    return 0


def _output(given: CompileRun, source: Path) -> Path:
    """The folder that the files go into. Raises `click.UsageError` or `Failure` where there cannot be one."""
    if not source.is_dir() or given.output in (None, "-"):
        raise click.UsageError(
            "--bundle components makes a folder out of a folder. Give both, the output with -o."
        )
    out = Path(given.output or "").resolve()
    if source.is_relative_to(out):
        raise Failure(
            f"{source} lies in the output folder {out}, whose files would be replaced. Give another with -o."
        )
    return out


def _files(written: list[ComponentFiles], out: Path) -> dict[Path, bytes]:
    """The texts of all components, and what leads to them, by place."""
    return {out / path: data for one in written for path, data in {**one.leading, one.path: one.data}.items()}


def _others(source: Path, top: Path, out: Path) -> dict[Path, bytes]:
    """The files that are no modules: they stay beside the packages that read them."""
    files = (path for path in sorted(source.rglob("*")) if path.suffix not in (".py", ".pyc"))
    return {
        out / path.relative_to(top): read_bytes(path)
        for path in files
        if path.is_file()
        and path.resolve().is_relative_to(source)
        and not path.is_relative_to(out)
        and not any(part.startswith(".") for part in path.relative_to(top).parts)
    }


def _tagged(known: Mapping[str, Module], top: Path, root: Path) -> dict[str, str]:
    """The component that each module's first tag names; tags are read from the files as they are."""
    from aifirst_codebase.anchors import Anchors
    from aifirst_codebase.languages.registry import language_named
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import decode_source
    from aifirst_codebase.tokens import UNCOUNTED

    found: dict[str, str] = {}
    for name, module in known.items():
        place = top / module.path
        raw = read_bytes(place) if place.is_file() else b""
        if b"@TAG:COMPONENT" not in raw:
            continue
        reading = read(decode_source(module.path, raw), language_named("python"), UNCOUNTED)
        tags = [tag for tag in Anchors(reading).tags if tag.category == "COMPONENT" and tag.value]
        tags.sort(key=lambda tag: (tag.role != "definition", tag.start))
        if tags:
            found[name] = tags[0].value or ""
        if len({tag.value for tag in tags}) > 1:
            shown = place.relative_to(root) if place.is_relative_to(root) else place
            tell(
                f"{shown.as_posix()}: is tagged for several components; it goes to {tags[0].value}, its first"
            )
    return found


def _tell_joined(components: list[Component], folder: Path) -> None:
    for one in components:
        if one.parts:
            places = ", ".join(
                f"{(folder / at.path).as_posix()}:{at.line} imports {at.module}"
                for at in one.joined_by[:_FEW]
            )
            more = f" and {len(one.joined_by) - _FEW:,} more" if len(one.joined_by) > _FEW else ""
            tell(f"{one.name} import each other, so they became one: {places}{more}")


def _map(
    one: ComponentFiles, known: Mapping[str, Module], top: Path, place: Path, compiled: CompiledModules
) -> bytes:
    from aifirst_compiler.bundle.find_modules import Found

    if one.bundle is None:
        return map_of_module(one.path, top, place, compiled) or b"{}"
    inside = {name: known[name] for name in one.component.modules}
    return map_of(one.bundle, Found(one.root, inside, True, ()), top, place, compiled)


def _tell(given: CompileRun, written: list[ComponentFiles], out: Path) -> None:
    for one in written:
        count = len(one.component.modules)
        click.echo(
            f"{one.path}: {one.component.name}, {count:,} {plural(count, 'module')}, {len(one.data):,} bytes"
        )
        for name, why in one.bundle.held.items() if given.stats and one.bundle is not None else ():
            click.echo(f"  {name}: {why}")
    modules = sum(len(one.component.modules) for one in written)
    click.echo(
        f"{out}: {modules:,} {plural(modules, 'module')} in {len(written):,} {plural(len(written), 'component')}"
    )
