"""`package.json` and `tsconfig.json`: what they say of how modules are found."""

from __future__ import annotations

import posixpath
import re
from typing import Final, cast

import msgspec

from aifirst_memory.dependencies.resolver import FileFacts

_ENCODER = msgspec.msgpack.Encoder()
_COMMENT: Final = re.compile(
    r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*(?://[^\n]*\n\s*|/\*.*?\*/\s*)*[}\]])', re.DOTALL
)
_CONDITIONS: Final = (
    "source",
    "development",
    "types",
    "import",
    "module",
    "require",
    "node",
    "browser",
    "default",
)
_MAX_ENTRIES: Final = 2000
EMPTY: Final = FileFacts((), {}, b"")


class Package(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A package. `exports` and `imports` are subpaths (`.`, `./x`, `./*`, `#x`) with their targets, best first."""

    name: str
    main: tuple[str, ...] = ()
    exports: dict[str, tuple[str, ...]] = {}
    imports: dict[str, tuple[str, ...]] = {}


class Config(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Settings of the compiler. `paths` are patterns with their targets; `base` is None where it is not set."""

    base: str | None = None
    paths: dict[str, tuple[str, ...]] | None = None
    extends: tuple[str, ...] = ()


def read_manifest(path: str, data: bytes) -> FileFacts:
    """The facts of a manifest; empty ones where it is broken."""
    try:
        text = data.decode("utf-8-sig", "replace")
        try:
            loaded: object = msgspec.json.decode(text)
        except msgspec.DecodeError:
            loaded = msgspec.json.decode(_COMMENT.sub(lambda found: found[1] or "", text))
    except (msgspec.DecodeError, RecursionError):
        return EMPTY
    if not isinstance(loaded, dict):
        return EMPTY
    found = cast("dict[str, object]", loaded)
    if path.rpartition("/")[2] == "package.json":
        package = _package(found)
        keys = (f"npm:{package.name}",) if package.name else ()
        return FileFacts(keys, {"package": _ENCODER.encode(package)}, b"")
    return FileFacts((), {"config": _ENCODER.encode(_config(found))}, b"")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _package(found: dict[str, object]) -> Package:
    main = tuple(
        text for key in ("source", "types", "typings", "module", "main") if (text := _text(found.get(key)))
    )
    return Package(
        _text(found.get("name")),
        main,
        _targets(found.get("exports"), "."),
        _targets(found.get("imports"), "#"),
    )


def _targets(value: object, mark: str) -> dict[str, tuple[str, ...]]:
    entries = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    if any(key.startswith(mark) for key in entries):
        pairs = [(key, tuple(_paths(entry, 0))) for key, entry in list(entries.items())[:_MAX_ENTRIES]]
        return {key: paths for key, paths in pairs if paths}
    paths = tuple(_paths(cast("object", value), 0)) if mark == "." else ()
    return {".": paths} if paths else {}


def _paths(value: object, depth: int) -> list[str]:
    """All targets below conditions, those of source and types first."""
    if depth > 6:
        return []
    if isinstance(value, str):
        return [value]
    found: list[str] = []
    if isinstance(value, list):
        for item in cast("list[object]", value)[:20]:
            found += _paths(item, depth + 1)
    elif isinstance(value, dict):
        entries = cast("dict[str, object]", value)
        for key in sorted(entries, key=_condition_rank)[:20]:
            found += _paths(entries[key], depth + 1)
    return list(dict.fromkeys(found))


def _condition_rank(key: str) -> tuple[int, str]:
    return (_CONDITIONS.index(key) if key in _CONDITIONS else len(_CONDITIONS) - 2, key)


def _config(found: dict[str, object]) -> Config:
    extends = found.get("extends")
    names = cast("list[object]", extends) if isinstance(extends, list) else [extends]
    options = found.get("compilerOptions")
    if not isinstance(options, dict):
        return Config(extends=tuple(text for name in names if (text := _text(name))))
    given = cast("dict[str, object]", options)
    base, paths = given.get("baseUrl"), given.get("paths")
    patterns: dict[str, tuple[str, ...]] | None = None
    if isinstance(paths, dict):
        entries = list(cast("dict[str, object]", paths).items())[:_MAX_ENTRIES]
        patterns = {
            key: tuple(text for target in cast("list[object]", targets) if (text := _text(target)))
            for key, targets in entries
            if isinstance(targets, list)
        }
    return Config(
        base if isinstance(base, str) else None,
        patterns,
        tuple(text for name in names if (text := _text(name))),
    )


def joined(folder: str, path: str) -> str:
    """A path relative to a folder, from the project's root; `..` at its start where it leaves the project."""
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def match_pattern(patterns: dict[str, tuple[str, ...]], name: str) -> list[str]:
    """The targets of the pattern that fits best, with what its star stands for put in: exact first, then the longest."""
    if name in patterns:
        return list(patterns[name])
    best, filling = "", ""
    for pattern in patterns:
        before, star, after = pattern.partition("*")
        if not star and pattern.endswith("/") and name.startswith(pattern):
            after = ""
        elif not star:
            continue
        fits = name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after)
        if fits and len(before) >= len(best.partition("*")[0]):
            best, filling = pattern, name[len(before) : len(name) - len(after)]
    if not best:
        return []
    return [
        t.replace("*", filling) if "*" in t else t + (filling if t.endswith("/") else "")
        for t in patterns[best]
    ]
