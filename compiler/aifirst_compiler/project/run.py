"""Compiles a folder into another one: finds the files, makes what is not made, removes what has no source any more.

Whatever order the files come in and however many processes make them, the outputs and the manifest are the same
bytes. A run that is interrupted leaves whole files only, and a manifest of all it has made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.open_project import load_settings
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.worker_pool import Work, can_run_in_workers, run_in_workers

from aifirst_compiler.compiled import Warned
from aifirst_compiler.project.compile_input import Compiling, failed
from aifirst_compiler.project.inputs import Input, Inputs, find_inputs
from aifirst_compiler.project.manifest import Manifest, key_of, read_manifest, write_manifest
from aifirst_compiler.project.outcome import Outcome, ProjectReport, Stale
from aifirst_compiler.project.request import ProjectRequest, resolved
from aifirst_compiler.project.write_file import remove_left
from aifirst_compiler.run_time_docs import RunTimeUses
from aifirst_compiler.run_time_docs.project import project_uses
from aifirst_compiler.script_tools import is_script, minified_path, tool_versions
from aifirst_compiler.script_tools.tsconfig import UnreadSettings, compiler_options

Progress = Callable[[int, int], None]
"""Told files done and files in all."""


def compile_project(request: ProjectRequest, progress: Progress | None = None) -> ProjectReport:
    """Compile, or check, a folder.

    Raises `CompileError` where its folders cannot be used or nothing can be written, and what `load_settings` does.
    """
    request = resolved(request)
    config = load_settings(request.root)
    inputs = find_inputs(request, config)
    uses = project_uses(request.root, config, request.out, annotations=bool(request.options.minify))
    unread: list[UnreadSettings] = []
    scripts = _scripts_digest(request, inputs, unread)
    key = key_of(request.options, uses.digest + scripts + _place_of(request))
    manifest = read_manifest(request.out)
    gone = [*_gone(manifest, inputs), *_maps_gone(manifest, inputs, maps=request.options.maps)]
    known = {one.out: one for one in manifest.files} if manifest.key == key else {}
    removed: list[str] = []
    if not request.check:
        removed = _remove(request.out, gone)
        manifest = _announced(request, manifest, inputs.inputs, removed)
    outcomes: list[Outcome] = []
    stale: list[Stale] = []
    unchanged = 0
    try:
        for outcome, was_made in _outcomes(request, config, uses, known, inputs.inputs):
            outcomes.append(outcome)
            unchanged += was_made
            if request.check and not was_made and outcome.action != "failed":
                stale.append(_stale(request.out, outcome))
            if progress is not None:
                progress(len(outcomes), len(inputs.inputs))
        late = _gone_with_outcomes(manifest, inputs, outcomes, gone)
        gone += late
        removed += _remove(request.out, late) if not request.check else []
    finally:
        if not request.check:
            _keep_manifest(request.out, key, manifest, outcomes, removed)
    stale += [Stale(out, "extra") for out in gone if request.check]
    outcomes.sort(key=lambda one: one.path)
    stale.sort(key=lambda one: one.out)
    return ProjectReport(
        tuple(outcomes),
        unchanged,
        tuple(removed),
        tuple(stale),
        inputs.warnings,
        _unread_settings(request, unread),
    )


def _gone_with_outcomes(
    manifest: Manifest, inputs: Inputs, outcomes: Sequence[Outcome], gone: Sequence[str]
) -> list[str]:
    """Maps that are not made any more, and outputs that have another name now."""
    found = [*_unmapped(manifest, inputs, outcomes), *_made_otherwise(manifest, outcomes)]
    return [name for name in dict.fromkeys(found) if name not in gone]


def _scripts_digest(request: ProjectRequest, inputs: Inputs, unread: list[UnreadSettings]) -> str:
    """What making scripts small depends on besides each of them: the tools, the settings of TypeScript, other names."""
    folders = {one.path.rpartition("/")[0] for one in inputs.inputs if is_script(one.path)}
    if not request.options.minify or not folders:
        return ""
    settings = [
        (folder, compiler_options(request.root / folder, request.root, unread=unread))
        for folder in sorted(folders)
    ]
    held = [one.path for one in inputs.inputs if _name_is_taken(request.root, one.path)]
    return sha256(msgspec.json.encode([tool_versions(), settings, held], order="deterministic")).hexdigest()


def _unread_settings(request: ProjectRequest, unread: Sequence[UnreadSettings]) -> tuple[Warned, ...]:
    """A notice for each file of settings that scripts are made small without."""
    return tuple(
        one.told(request.root, "scripts are made small without its settings", "correct it, and compile again")
        for one in dict.fromkeys(unread)
    )


def _name_is_taken(root: Path, path: str) -> bool:
    """Whether another source has the name that a file's output would have if it were made small."""
    other = minified_path(path)
    return other != path and (root / other).exists()


def _place_of(request: ProjectRequest) -> str:
    """Where the project lies from the output: maps say it."""
    return os.path.relpath(request.root, request.out) if request.options.maps else ""


def _gone(manifest: Manifest, inputs: Inputs) -> list[str]:
    """Outputs that were made of sources that are not there any more."""
    outs = {one.out for one in inputs.inputs}
    small = {(one.path, minified_path(one.out)) for one in inputs.inputs}
    unknown = inputs.unknown
    return [
        one.out
        for one in manifest.files
        if one.out not in outs
        and (one.path, one.out) not in small
        and not any(one.out == path or one.out.startswith(path + "/") for path in unknown)
    ]


def _made_otherwise(manifest: Manifest, outcomes: Sequence[Outcome]) -> list[str]:
    """Outputs of sources that have one of another name now, with their maps: a script that was made small, or is not."""
    outs = {one.out for one in outcomes}
    paths = {one.path for one in outcomes if one.action != "failed"}
    old = [one for one in manifest.files if one.path in paths and one.out not in outs]
    maps = [f"{one.out}.map" for one in old if one.map and f"{one.out}.map" not in outs]
    return [*(one.out for one in old), *maps]


def _maps_gone(manifest: Manifest, inputs: Inputs, *, maps: bool) -> list[str]:
    """The maps of outputs that are gone, and all where none are wanted any more."""
    gone, wanted = set(_gone(manifest, inputs)), {one.out for one in inputs.inputs}
    found = [f"{one.out}.map" for one in manifest.files if one.map and (not maps or one.out in gone)]
    return [name for name in found if name not in wanted]


def _unmapped(manifest: Manifest, inputs: Inputs, outcomes: Sequence[Outcome]) -> list[str]:
    """The maps of outputs that have none any more, as of a file that is copied since it does not parse."""
    had, wanted = {one.out for one in manifest.files if one.map}, {one.out for one in inputs.inputs}
    names = [f"{one.out}.map" for one in outcomes if one.out in had and not one.map]
    return sorted(name for name in names if name not in wanted)


def _remove(out: Path, gone: Iterable[str]) -> list[str]:
    """Remove outputs, and the folders that are empty without them; returns those removed."""
    removed: list[str] = []
    for name in gone:
        path = out / name
        with suppress(OSError, ValueError):  # a manifest may have been written by anybody: a NUL in a name
            if not path.parent.resolve().is_relative_to(out.resolve()):
                continue
            path.unlink()
            removed.append(name)
            folder = path.parent
            while folder != out:
                folder.rmdir()
                folder = folder.parent
    return removed


def _stale(out: Path, outcome: Outcome) -> Stale:
    path = out / outcome.out
    return Stale(outcome.out, "different" if path.is_symlink() or path.exists() else "missing")


def _announced(
    request: ProjectRequest, manifest: Manifest, inputs: Sequence[Input], removed: Sequence[str]
) -> Manifest:
    """The manifest with all that is going to be made, written before it is: a run that is killed leaves what it knows."""
    there = {one.out for one in manifest.files}
    marked = "-" if request.options.maps else ""
    planned = {
        one.out: Outcome(one.path, one.out, "compiled", map=marked) for one in inputs if one.out not in there
    }
    for folder in sorted({(request.out / one.out).parent for one in inputs}):
        remove_left(request.out, folder)
    if not planned:
        return manifest
    files = [one for one in manifest.files if one.out not in removed]
    files += planned.values()
    write_manifest(request.out, manifest.key, files)
    return Manifest(manifest.made_by, manifest.key, tuple(files))


def _keep_manifest(
    out: Path, key: str, manifest: Manifest, outcomes: Sequence[Outcome], removed: Sequence[str]
) -> None:
    """Write down what was made, and what was made before and not looked at, as made with another key."""
    made = {one.out for one in outcomes}
    rest = [one for one in manifest.files if one.out not in made and one.out not in removed]
    rest = [one for one in rest if os.path.lexists(out / one.out)]
    if key != manifest.key:
        rest = [Outcome(one.path, one.out, one.action) for one in rest]
    if outcomes or rest or out.is_dir():
        write_manifest(out, key, [*outcomes, *rest])


def _outcomes(
    request: ProjectRequest,
    config: ProjectConfig,
    uses: RunTimeUses,
    known: dict[str, Outcome],
    inputs: Sequence[Input],
) -> Generator[tuple[Outcome, bool]]:
    arguments = (request, uses, known, config.settings.tokenizer, config.settings.discovery.max_file_bytes)
    if can_run_in_workers(len(inputs), request.jobs):
        yield from run_in_workers(Work(_set_up, arguments, _run, _lost, _size, _name), inputs, request.jobs)
        return
    compiling = _compiling(*arguments)
    for one in inputs:
        yield compiling.run(one)


class _Worker:
    """What a worker process keeps between files."""

    compiling: Compiling


def _compiling(
    request: ProjectRequest, uses: RunTimeUses, known: dict[str, Outcome], tokenizer: str, largest: int
) -> Compiling:
    return Compiling(request, uses, known, get_counter(tokenizer) if request.tokens else None, largest)


def _set_up(
    request: ProjectRequest, uses: RunTimeUses, known: dict[str, Outcome], tokenizer: str, largest: int
) -> None:
    _Worker.compiling = _compiling(request, uses, known, tokenizer, largest)


def _run(one: Input) -> tuple[Outcome, bool]:
    return _Worker.compiling.run(one)


def _lost(one: Input) -> tuple[Outcome, bool]:
    return failed(one, "the process that compiled it died, perhaps for lack of memory"), False


def _size(one: Input) -> int:
    return one.size


def _name(one: Input) -> str:
    return one.path
