"""Every key that a configuration may hold, flat and dotted, read off the `Settings` tree.

The checks, the schema and the reference page all work from this one table, so a new field in
`settings` needs no second entry anywhere. Tables whose keys a project invents (`rules`, `paths`)
are not leaves and are not in it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from aifirst_codebase.config.presets import ALIASES
from aifirst_codebase.config.settings import PathSettings, Preset, Settings, Severity

PROJECT_WIDE: Final = frozenset({"tokenizer", "baseline", "discovery", "memory", "compile", "paths"})
"""Top-level keys that only the project's own file may set: they concern the run, not one file."""

PRESET_NAMES: Final[tuple[str, ...]] = get_args(Preset)
SEVERITIES: Final[tuple[str, ...]] = get_args(Severity)


class SettingKey(msgspec.Struct, frozen=True):
    """One leaf of the settings: `limits.unit_tokens`, its annotated type, default and meaning."""

    name: str
    type: Any
    default: object
    description: str


@cache
def setting_keys() -> dict[str, SettingKey]:
    """Every leaf by dotted name, in the order in which `settings` declares them."""
    keys: dict[str, SettingKey] = {}
    for top in fields(Settings):
        if top.name in ("rules", "paths"):
            continue
        if isinstance(top.type, type) and issubclass(top.type, msgspec.Struct):
            for leaf in fields(top.type):
                name = f"{top.name}.{leaf.name}"
                keys[name] = _key(name, leaf)
        else:
            keys[top.name] = _key(top.name, top)
    return keys


@cache
def sections() -> dict[str, type[msgspec.Struct]]:
    """The tables with fixed keys, `limits`, `glue` and so on, by name."""
    return {top.name: top.type for top in fields(Settings) if top.name in _section_names()}


@cache
def path_sections() -> tuple[str, ...]:
    """The tables that a path pattern may set, without `rules`."""
    return tuple(field.name for field in fields(PathSettings) if field.name != "rules")


@cache
def top_names() -> tuple[str, ...]:
    """Every key allowed at the top of a file."""
    return tuple(field.name for field in fields(Settings))


def leaf_names(section: str) -> list[str]:
    """The keys of one section, without its name."""
    prefix = section + "."
    return [name[len(prefix) :] for name in setting_keys() if name.startswith(prefix)]


def convert_value(key: SettingKey, value: object) -> object:
    """The value in the key's own type (a list becomes a tuple, a preset's alias its name).

    Raises `msgspec.ValidationError` for a wrong type or a value out of range.
    """
    if key.name == "preset" and isinstance(value, str):
        value = ALIASES.get(value, value)
    return cast("object", msgspec.convert(value, key.type))


def expected(annotated: Any) -> str:
    """What a value of this type looks like, in words: `a whole number, 0 or more`."""
    bounds = [meta for meta in getattr(annotated, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    bare = getattr(annotated, "__origin__", annotated) if bounds else annotated
    if get_origin(bare) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(bare))
    if get_origin(bare) is tuple:
        return "a list of two whole numbers" if int in get_args(bare) else "a list of texts"
    low = next((meta.ge for meta in bounds if meta.ge is not None), None)
    high = next((meta.le for meta in bounds if meta.le is not None), None)
    words = {bool: "true or false", str: "a text", int: "a whole number", float: "a number"}[bare]
    if low is not None and high is not None:
        return f"{words} from {low:g} to {high:g}"
    return f"{words}, {low:g} or more" if low is not None else words


def choices(annotated: Any) -> tuple[str, ...]:
    """The values that a key with a fixed set of words takes; empty for any other key."""
    bare = getattr(annotated, "__origin__", annotated)
    if get_origin(annotated) is Literal:
        return get_args(annotated)
    return get_args(bare) if get_origin(bare) is Literal else ()


def _key(name: str, field: FieldInfo) -> SettingKey:
    metas = [meta for meta in getattr(field.type, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    told = next((meta.description for meta in metas if meta.description), "")
    return SettingKey(name, field.type, field.default, told)


@cache
def _section_names() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in setting_keys() if "." in name)
