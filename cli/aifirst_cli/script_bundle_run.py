"""`aifirst compile --bundle` of JavaScript and TypeScript."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from aifirst_validator.formats.wording import plural

from aifirst_cli.bundle_run import check_files
from aifirst_cli.compile_one import refuse_sources, write_file, write_stdout
from aifirst_cli.compile_run import CompileRun, options_of_run, tell
from aifirst_cli.compile_text import warnings_text
from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from aifirst_compiler.script_bundle.bundle_scripts import ScriptBundle, ScriptBundleOptions
    from aifirst_compiler.script_bundle.entry import ScriptEntry

_FEW: Final = 5
_LARGEST: Final = 10
_OUTPUTS: Final = {".ts": ".js", ".mts": ".mjs", ".cts": ".cjs", ".tsx": ".js", ".jsx": ".js"}


def run_script_bundle(given: CompileRun, source: Path) -> int:
    """Make one script; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_compiler.script_bundle.bundle_scripts import bundle_scripts
    from aifirst_compiler.script_bundle.entry import find_entry

    if given.bundle == "archive":
        raise click.UsageError("an archive is of Python. Leave out archive: --bundle makes one script.")
    if given.optimize:
        tell("--optimize is for Python; what esbuild drops of scripts is what nothing reaches")
    root = find_root(source).resolve()
    entry = find_entry(source, root, browser=given.platform == "browser")
    place = _place_of(given, entry)
    out = place.resolve() if place is not None else entry.folder / f"{entry.file.stem}.bundle.js"
    bundle = bundle_scripts(entry, _options(given, root), out)
    for line in warnings_text(bundle.warnings):
        tell(line)
    if place is None:
        write_stdout(bundle.data)
        return 0
    if given.platform == "node":
        _tell_what_node_makes_of(bundle, place)
    files = _files(bundle, place)
    refuse_sources(place, [entry.root / one.path for one in bundle.sources])
    if given.check:
        return check_files(files)
    for path, data in files.items():
        write_file(path, data)
    _tell(given, entry, bundle, place)
    return 0


def _options(given: CompileRun, root: Path) -> ScriptBundleOptions:
    import msgspec
    from aifirst_compiler.script_bundle.bundle_scripts import ScriptBundleOptions

    chosen = options_of_run(given, root)
    fields = {
        "format": given.script_format or "", "platform": given.platform, "packages": given.packages or "",
        "external": given.external, "minify": chosen.minify, "maps": chosen.maps,
        "drop_licences": chosen.drop_licences, "name_files": chosen.mode == "documented",
    }  # fmt: skip
    return msgspec.convert(fields, ScriptBundleOptions)


def _place_of(given: CompileRun, entry: ScriptEntry) -> Path | None:
    """Where the bundle goes; None for standard output."""
    if given.output in (None, "-"):
        return None
    place = Path(given.output or "")
    if place.is_dir():
        suffix = entry.file.suffix
        return place / f"{entry.file.stem}{_OUTPUTS.get(suffix, suffix)}"
    if place.suffix in _OUTPUTS:
        raise Failure(
            f"{place} is no name for JavaScript. Give one that ends with .js, .mjs or .cjs with -o."
        )
    return place


def _files(bundle: ScriptBundle, place: Path) -> dict[Path, bytes]:
    """What is written where: the script, its map and the styles that it imports."""
    import msgspec

    data = bundle.data
    files: dict[Path, bytes] = {}
    if bundle.map is not None:
        beside = place.with_name(f"{place.name}.map")
        data = data.rstrip(b"\n") + f"\n//# sourceMappingURL={beside.name}\n".encode()
        files[beside] = msgspec.json.encode(bundle.map)
    if bundle.styles:
        files[place.with_suffix(".css")] = bundle.styles
    return {place: data, **files}


def _tell_what_node_makes_of(bundle: ScriptBundle, place: Path) -> None:
    """Say so where Node would read the bundle by its name and the packages around it as what it is not."""
    from aifirst_compiler.script_bundle.package import read_package

    if place.suffix != ".js" or bundle.format == "iife":
        return
    packages = (read_package(folder) for folder in place.resolve().parents)
    nearest = next((package for package in packages if package is not None), None)
    is_module = nearest is not None and nearest.is_module
    if is_module != (bundle.format == "esm"):
        taken, right = ("a module", ".cjs") if is_module else ("CommonJS", ".mjs")
        tell(f"Node takes {place} for {taken}, which it is not: name it {place.with_suffix(right).name}")


def _tell(given: CompileRun, entry: ScriptEntry, bundle: ScriptBundle, place: Path) -> None:
    kept = [one for one in bundle.sources if one.kept]
    count = len(kept)
    named = ", ".join(bundle.external[:_FEW])
    more = f" and {len(bundle.external) - _FEW:,} more" if len(bundle.external) > _FEW else ""
    stay = (
        f"; {named}{more} {'stay imports' if len(bundle.external) > 1 else 'stays an import'}"
        if named
        else ""
    )
    small = f" by {bundle.tool}" if given.minify else ""
    click.echo(
        f"{place}: {count:,} {plural(count, 'file')} made one ({bundle.format}{small}){stay}; "
        f"{sum(one.size for one in kept):,} → {len(bundle.data):,} bytes"
    )
    if not given.stats:
        return
    if entry.field:
        click.echo(
            f"  begins with {entry.file.relative_to(entry.root).as_posix()} ({entry.field} of package.json)"
        )
    for one in sorted(kept, key=lambda one: (-one.kept, one.path))[:_LARGEST]:
        click.echo(f"  {one.path}: {one.size:,} → {one.kept:,} bytes")
    if count > _LARGEST:
        click.echo(f"  … and {count - _LARGEST:,} smaller ones")
    if unused := [one.path for one in bundle.sources if not one.kept]:
        click.echo(f"  nothing was needed of {len(unused):,}: {', '.join(unused[:_FEW])}")
