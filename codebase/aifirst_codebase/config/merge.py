"""Layers into one `Settings`: the nearest layer that has a key decides it.

A preset is only ever a set of defaults: its name is a key like any other, and what it brings lies below
every value that a file, a pattern or the command line gives, wherever the name was set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec

from aifirst_codebase.config.layer import Layer, LayerCheck
from aifirst_codebase.config.presets import PRESETS
from aifirst_codebase.config.setting_keys import sections, setting_keys
from aifirst_codebase.config.settings import PathSettings, Settings

DEFAULT_PRESET: Final = "balanced"


@cache
def preset_layer(preset: str) -> Layer:
    """What a preset changes; raises `ValueError` when the table of presets itself is wrong."""
    check = LayerCheck("preset", preset)
    layer, _ = check.read(PRESETS[preset])
    if check.problems:
        raise ValueError(f"preset {preset}: {check.problems[0]}; please report this as a bug")
    return layer


def merge_layers(layers: Iterable[Layer]) -> dict[str, object]:
    """Every value that some layer gives, layers from the farthest to the nearest.

    A rule family (`rules.AF1`) set by a nearer layer also replaces the codes inside it that farther
    layers set, so that a folder can switch a whole family off.
    """
    merged: dict[str, object] = {}
    for layer in layers:
        for key in layer.values:
            if _is_family(key):
                for inside in [old for old in merged if old.startswith(key)]:
                    del merged[inside]
        merged.update(layer.values)
    return merged


def preset_of(layers: Iterable[Layer]) -> str:
    """The preset that the nearest layer names."""
    return str(merge_layers(layers).get("preset", DEFAULT_PRESET))


def build_settings(layers: Sequence[Layer], patterns: Mapping[str, Layer] | None = None) -> Settings:
    """The settings that these layers, farthest first, give on top of their preset and of the defaults."""
    values = merge_layers((preset_layer(preset_of(layers)), *layers))
    top, tables, rules = _grouped(values)
    return Settings(
        **top,
        **{name: _section(name, table) for name, table in tables.items()},
        rules=rules,
        paths={pattern: path_settings(layer) for pattern, layer in (patterns or {}).items()},
    )


def path_settings(layer: Layer) -> PathSettings:
    """The partial tables of a path pattern."""
    _, tables, rules = _grouped(layer.values)
    return PathSettings(**tables, rules=rules)


def flatten_settings(settings: Settings) -> dict[str, object]:
    """Every leaf by dotted key, rules included, path patterns left out."""
    flat: dict[str, object] = {}
    for key in setting_keys():
        section, dot, leaf = key.partition(".")
        part: object = getattr(settings, section)
        flat[key] = getattr(part, leaf) if dot else part
    return flat | {f"rules.{rule}": severity for rule, severity in settings.rules.items()}


def apply_values(settings: Settings, values: Mapping[str, object]) -> Settings:
    """The settings with these values over them; a preset among the values is only renamed, not applied."""
    top, tables, _ = _grouped(values)
    changed: dict[str, Any] = dict(top)
    for name, table in tables.items():
        changed[name] = msgspec.structs.replace(getattr(settings, name), **table)
    rules: dict[str, object] = {f"rules.{rule}": severity for rule, severity in settings.rules.items()}
    own = {key: value for key, value in values.items() if key.startswith("rules.")}
    layers: Sequence[Layer] = (Layer("project", rules), Layer("file-directive", own))
    changed["rules"] = _grouped(merge_layers(layers))[2]
    return msgspec.structs.replace(settings, **changed)


def _section(name: str, table: Mapping[str, Any]) -> Any:
    """A section's struct; which class it is, only the table of sections knows."""
    return sections()[name](**table)


def _grouped(
    values: Mapping[str, object],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]], dict[str, Any]]:
    """Flat values as top-level ones, tables by section, and rules, sorted by key."""
    top: dict[str, Any] = {}
    tables: dict[str, dict[str, Any]] = {}
    rules: dict[str, Any] = {}
    for key in sorted(values):
        section, dot, leaf = key.partition(".")
        if not dot:
            top[key] = values[key]
        elif section == "rules":
            rules[leaf] = values[key]
        else:
            tables.setdefault(section, {})[leaf] = values[key]
    return top, tables, rules


def _is_family(key: str) -> bool:
    """Whether a key is `rules.AF` or `rules.AF1`: a prefix that codes start with."""
    section, _, name = key.partition(".")
    return section == "rules" and name.isupper() and name.isalnum()
