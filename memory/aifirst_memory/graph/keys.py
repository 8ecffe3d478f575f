"""Keys: what a file answers when others look for a name or a module, as 32-bit numbers.

While a file is resolved, the keys that were looked up are noted; they are its demands. When a file changes, the
keys whose answers differ are computed from its facts before and after; the files that demand one of them
have to be resolved again, and no others. Two names may share a number: that costs a lookup, never truth,
for whoever looks a key up checks the name.
"""

from __future__ import annotations

import zlib

from aifirst_memory.graph.scope import Scope

ALL_BITS = 0xFFFF_FFFF
BASES = "()"
"""Behind the name of a class, its bases: who asks for the class alone does not depend on them."""
_INDEX_STEMS = frozenset({"__init__", "index", "mod"})


def stem_key(parent: str, stem: str) -> int:
    """The key of the files that a module path ending in `parent/stem` may mean; `parent` empty for any."""
    return zlib.crc32(f"m{parent}/{stem}".encode())


def folder_key(folder: str) -> int:
    """The key of the files in a folder with this last part."""
    return zlib.crc32(f"d{folder.rpartition('/')[2]}".encode())


def shared_key(family: str, place: str, name: str) -> int:
    """The key of a name that files of one family share: in a folder, in a package, or everywhere."""
    return zlib.crc32(f"g{family}:{place}:{name}".encode())


def short_key(family: str, name: str) -> int:
    """The key of all functions and classes that go by this last name."""
    return zlib.crc32(f"s{family}:{name}".encode())


def setting_key(name: str) -> int:
    """The key of what manifests say: of a package's name, or (`paths`) of path mappings."""
    return zlib.crc32(f"p{name}".encode())


def stems_of(path: str) -> tuple[str, str]:
    """(parent, stem) by which a module path names the file: a folder's own file goes by the folder's name."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0] or name
    if stem in _INDEX_STEMS:
        folder, _, stem = folder.rpartition("/")
    return folder.rpartition("/")[2], stem


def shared_place(scope: Scope) -> str | None:
    """The folder or package whose names the file shares; None where it shares none."""
    sharing = scope.family.sharing
    if sharing == "folder":
        return scope.folder
    if sharing == "package":
        return scope.part.package.replace("\\", ".")
    return "" if sharing == "all" else None


def index_keys(scope: Scope) -> set[int]:
    """The keys under which the file has to be found without knowing its path."""
    parent, stem = stems_of(scope.path)
    keys = {
        stem_key("", stem),
        stem_key(parent, stem),
        stem_key("", scope.file_name),
        folder_key(scope.folder),
    }
    literal = scope.file_name.partition(".")[0]
    if literal != stem:
        keys.add(stem_key(scope.folder.rpartition("/")[2], literal))
    family, place = scope.family, shared_place(scope)
    if place is not None:
        keys.update(shared_key(family.name, place, name) for name in scope.names[1:])
    # All files are asked for this, few for the units that go by a name: those are not made here.
    keys.update([short_key(family.name, name) for name in {name for name, _ in scope.short_names()}])
    keys.update(setting_key(value) for name, value in scope.part.settings if name == "name")
    if any(name != "name" for name, _ in scope.part.settings):
        keys.add(setting_key("paths"))
    return keys


def answers(scope: Scope) -> set[tuple[int, int]]:
    """(key, what the file answers to it, hashed) for every key that the file has an answer to; 32 bits each."""
    return {(key & ALL_BITS, answer) for key, answer in _answers(scope)}


def _answers(scope: Scope) -> set[tuple[int, int]]:
    path = scope.seed
    found = {(key, zlib.crc32(scope.part.package.encode(), path)) for key in index_keys(scope)}
    for name, value in scope.part.settings:
        key = setting_key(value if name == "name" else "paths")
        found.add((key, zlib.crc32(repr((name, value)).encode(), path)))
    place = shared_place(scope)
    for unit, name in enumerate(scope.names):
        if not unit:
            continue
        told = f"{name}\n{scope.facts.kinds[unit]}\n{scope.part.package}"
        answer = zlib.crc32(told.encode(), path)
        found.add((scope.name_key(name), answer))
        if place is not None:
            found.add((shared_key(scope.family.name, place, name), answer))
    for name, units in scope.by_short_name.items():
        told = "\n".join(f"{scope.names[unit]} {scope.is_method(unit)}" for unit in units)
        found.add((short_key(scope.family.name, name), zlib.crc32(told.encode(), path)))
    found.update(_bound_answers(scope))
    return found


def _bound_answers(scope: Scope) -> set[tuple[int, int]]:
    """What a file answers for its imports, its classes' bases and attributes, and its variables."""
    told: list[tuple[str, str]] = [("*", "\n".join(f"{i.module}\t{i.name}" for i in scope.stars))]
    for (unit, name), imported in scope.imports.items():
        if not unit:
            told.append((name, f"i{imported.module}\n{imported.name}\n{imported.alias}"))
    for unit, paths in scope.bases.items():
        told.append((scope.names[unit] + BASES, "\n".join(paths)))
    for (owner, name), (unit, how, value) in scope.fields.items():
        told.append((f"{scope.names[owner]}.{name}", f"f{scope.names[unit]}\n{how}\n{value}"))
    for (unit, name), (how, value) in scope.bindings.items():
        if not unit:
            told.append((name, f"v{how}\n{value}"))
    found = {(scope.name_key(name), zlib.crc32(answer.encode())) for name, answer in told}
    inner: dict[int, list[str]] = {}
    for unit, parent in enumerate(scope.parents):
        if parent > 0:
            inner.setdefault(parent, []).append(scope.names[unit])
    for (unit, name), imported in scope.imports.items():
        inner.setdefault(unit, []).append(f"i{name}\n{imported.module}\n{imported.name}\n{imported.alias}")
    for (unit, name), (how, value) in scope.bindings.items():
        inner.setdefault(unit, []).append(f"v{name}\n{how}\n{value}")
    found.update(
        (scope.inner_key(unit), zlib.crc32("\t".join(sorted(lines)).encode()))
        for unit, lines in inner.items()
        if unit
    )
    return found
