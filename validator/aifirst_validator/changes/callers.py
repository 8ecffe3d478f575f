"""Calls and imports elsewhere that a changed Python file certainly breaks.

Resolved by names and paths, without an index: cheap enough for every commit, because a file is parsed only
where its text holds the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from aifirst_codebase.reading import Reading

from aifirst_validator.changes.change import ChangedFile, ChangeSet
from aifirst_validator.changes.match_units import last_name
from aifirst_validator.changes.python_calls import find_calls, find_imports, misfit
from aifirst_validator.changes.python_modules import module_paths
from aifirst_validator.changes.signature import Signature

_PYTHON = (".py", ".pyi")


def broken_callers(changed: ChangedFile, change: ChangeSet) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """(unit after the change, [(path:line, why)]) of each function whose new signature some calls do not fit."""
    after = changed.after
    if after is None:
        return
    for pair, old, new in changed.signature_changes:
        unit = after.units[pair.after]
        name = last_name(unit)
        if unit.parent != 0 or old.decorated or new.decorated or not _named_once(after, name):
            continue
        if changed.both is None or last_name(changed.both[0].units[pair.before]) != name:
            continue
        found = sorted(_misfits(changed, change, name, old, new))
        if found:
            yield pair.after, [(f"{path}:{line}", why) for path, line, why in found]


def broken_imports(changed: ChangedFile, change: ChangeSet) -> Iterator[tuple[str, int, list[str]]]:
    """(name, byte in the judged file, [path:line]) of each top-level name that is gone and still imported."""
    before = changed.before
    if before is None or not changed.old_path.endswith(_PYTHON) or changed.status == "copied":
        return
    after = changed.after if changed.path == changed.old_path else None
    if after is None and changed.path == changed.old_path and changed.status != "deleted":
        return
    if after is not None and (b"__getattr__" in after.data or b"import *" in after.data):
        return
    if after is None and (
        change.source_after(changed.old_path) is not None or _rewired(changed.old_path, change)
    ):
        return
    gone = {
        last_name(unit): unit.name_start
        for unit in before.units[1:]
        if unit.parent == 0 and unit.kind in {"function", "class"} and not _bound(after, last_name(unit))
    }
    if after is None:
        # Every import from a file that is gone breaks; one finding says so.
        places = sorted({place for name in gone for place in _importers(changed.old_path, name, change)})
        if places:
            at = min(gone.values()) if changed.path == changed.old_path else 0
            yield changed.old_path, at, [f"{path}:{line}" for path, line in places]
        return
    for name in sorted(gone):
        places = sorted(_importers(changed.old_path, name, change))
        if places:
            yield name, 0, [f"{path}:{line}" for path, line in places]


def _rewired(path: str, change: ChangeSet) -> bool:
    """Whether a module that took the place of a folder above, or the package itself, makes modules as it runs."""
    folders = path.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        folder = "/".join(folders[:depth])
        for module in (f"{folder}.py", f"{folder}/__init__.py"):
            source = change.source_after(module) if module in change.known_paths else None
            if source is not None and (b"sys.modules" in source.data or module == f"{folder}.py"):
                return True
    return False


def _misfits(
    changed: ChangedFile, change: ChangeSet, name: str, old: Signature, new: Signature
) -> Iterator[tuple[str, int, str]]:
    for source in change.sources_with(name.encode(), _PYTHON):
        reading = change.read_after(source.path)
        if reading is None or reading.language.name != "python":
            continue
        local = name
        if source.path != changed.path:
            imported = [
                one.alias
                for one in find_imports(reading)
                if one.name == name and _means(source.path, one.module, changed.path, change)
            ]
            if len(imported) != 1:
                continue
            local = imported[0]
        for call in find_calls(reading, local):
            why = misfit(call, new.parameters or ())
            if why and not misfit(call, old.parameters or ()):
                yield source.path, call.line, why


def _importers(path: str, name: str, change: ChangeSet) -> Iterator[tuple[str, int]]:
    for source in change.sources_with(name.encode(), _PYTHON):
        if source.path == path or b"import" not in source.data:
            continue
        reading = change.read_after(source.path)
        if reading is None:
            continue
        for one in find_imports(reading):
            if one.name == name and not one.guarded and _means(source.path, one.module, path, change):
                yield source.path, one.line


def _means(importer: str, module: str, path: str, change: ChangeSet) -> bool:
    """Whether the import can only mean the file at `path` (which may be gone)."""
    known = change.known_paths | {path}
    found = module_paths(importer, module, known)
    return found == [path]


def _named_once(reading: Reading, name: str) -> bool:
    return sum(last_name(unit) == name and unit.parent == 0 for unit in reading.units[1:]) == 1


def _bound(after: Reading | None, name: str) -> bool:
    """Whether the module still gives the name a meaning of any kind."""
    if after is None:
        return False
    wanted = name.encode()
    if wanted not in after.data:
        return False
    module = after.units[0]
    if any(last_name(unit) == name and unit.parent == 0 for unit in after.units[1:]):
        return True
    return any(wanted in after.data[start:end] for start, end in module.spans)
