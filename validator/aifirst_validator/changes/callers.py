"""Calls and imports elsewhere that a changed Python file certainly breaks.

Resolved by names and paths, without an index of the project: cheap enough for every commit, because a file is
parsed only where its text holds a name that the change broke.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from aifirst_codebase.reading import Reading

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.match_units import last_name
from aifirst_validator.changes.name_index import PYTHON
from aifirst_validator.changes.python_calls import find_calls, misfit
from aifirst_validator.changes.python_modules import module_paths
from aifirst_validator.changes.signature import Signature

_WORD = re.compile(r"[^\W\d]\w*")


def names_at_stake(change: ChangeSet) -> set[str]:
    """The names whose signature changed in some file, or that one does not define any more."""
    names: set[str] = set()
    for changed in change.files:
        before, after = changed.before, changed.after
        if before is None or before.language.name != "python":
            continue
        gone = changed.path != changed.old_path or changed.status == "deleted"
        names.update(_gone(before, None if gone else after))
        if after is not None:
            names.update(last_name(after.units[pair.after]) for pair, _, _ in changed.signature_changes)
    return names


def broken_callers(changed: ChangedFile, change: ChangeSet) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """(unit after the change, [(path:line, why)]) of each function whose new signature some calls do not fit."""
    after = changed.after
    if after is None:
        return
    named = Counter(last_name(unit) for unit in after.units[1:] if unit.parent == 0)
    for pair, old, new in changed.signature_changes:
        unit = after.units[pair.after]
        name = last_name(unit)
        if unit.parent != 0 or old.decorated or new.decorated or named[name] != 1:
            continue
        if changed.both is None or last_name(changed.both[0].units[pair.before]) != name:
            continue
        found = sorted(_misfits(changed, change, name, old, new))
        if found:
            yield pair.after, [(f"{path}:{line}", why) for path, line, why in found]


def broken_imports(changed: ChangedFile, change: ChangeSet) -> Iterator[tuple[str, int, list[str]]]:
    """(name, byte in the judged file, [path:line]) of what is gone from the old path and still imported.

    A name each where the module is still there, the path once where the whole module is gone.
    """
    before = changed.before
    if before is None or not changed.old_path.endswith(PYTHON) or changed.status == "copied":
        return
    if changed.path != changed.old_path or changed.status == "deleted":
        yield from _module_gone(changed, before, change)
    elif changed.after is not None and not _makes_names(changed.after):
        for name in sorted(_gone(before, changed.after)):
            places = _importers(changed.old_path, name, change)
            if places:
                yield name, 0, [f"{path}:{line}" for path, line in places]


def _module_gone(
    changed: ChangedFile, before: Reading, change: ChangeSet
) -> Iterator[tuple[str, int, list[str]]]:
    """One finding for all imports from a file that is not there any more."""
    if change.source_after(changed.old_path) is not None or _rewired(changed.old_path, change):
        return
    gone = _gone(before, None)
    places = sorted({place for name in gone for place in _importers(changed.old_path, name, change)})
    if places:
        at = min(gone.values()) if changed.status == "deleted" else 0
        yield changed.old_path, at, [f"{path}:{line}" for path, line in places]


def _gone(before: Reading, after: Reading | None) -> dict[str, int]:
    """Top-level functions and classes that the module does not bind any more, with where they stood."""
    bound = _bound(after) if after is not None else frozenset[str]()
    return {
        last_name(unit): unit.name_start
        for unit in before.units[1:]
        if unit.parent == 0 and unit.kind in {"function", "class"} and last_name(unit) not in bound
    }


def _makes_names(after: Reading) -> bool:
    """Whether the module may have names that are not spelled in it."""
    return b"__getattr__" in after.data or b"import *" in after.data


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
    index = change.broken_names
    for source in index.files_with(name):
        reading = change.read_after(source.path)
        if reading is None or reading.language.name != "python":
            continue
        local = name
        if source.path != changed.path:
            imported = [
                one.alias
                for one in index.imports(reading)
                if one.name == name and _means(source.path, one.module, changed.path, change)
            ]
            if len(imported) != 1:
                continue
            local = imported[0]
        for call in find_calls(index.identifiers(reading, local) or ()):
            why = misfit(call, new.parameters or ())
            if why and not misfit(call, old.parameters or ()):
                yield source.path, call.line, why


def _importers(path: str, name: str, change: ChangeSet) -> list[tuple[str, int]]:
    """Where other files import the name from the module at `path`, sorted."""
    found: list[tuple[str, int]] = []
    index = change.broken_names
    for source in index.files_with(name):
        if source.path == path or b"import" not in source.data:
            continue
        reading = change.read_after(source.path)
        found.extend(
            (source.path, one.line)
            for one in (index.imports(reading) if reading is not None else ())
            if one.name == name and not one.guarded and _means(source.path, one.module, path, change)
        )
    return sorted(found)


def _means(importer: str, module: str, path: str, change: ChangeSet) -> bool:
    """Whether the import can only mean the file at `path` (which may be gone)."""
    found = module_paths(importer, module, change.broken_names.known_paths(path))
    return found == [path]


def _bound(after: Reading) -> frozenset[str]:
    """The names that the module still gives a meaning of any kind: its definitions and the words of its own code."""
    names = {last_name(unit) for unit in after.units[1:] if unit.parent == 0}
    for start, end in after.units[0].spans:
        names.update(_WORD.findall(after.data[start:end].decode("utf-8", "replace")))
    return frozenset(names)
