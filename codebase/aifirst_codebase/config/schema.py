"""The JSON schema (draft 2020-12) of `aifirst.toml`, made from the settings themselves.

Editors complete and check the file by it; `schema/aifirst.schema.json` is its published copy. It accepts
what `load_config` accepts, but for the size of the file and for rule codes, which only the rules know.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

import msgspec

from aifirst_codebase.config.layer import MAX_RULES
from aifirst_codebase.config.path_patterns import MAX_LENGTH, MAX_PATTERNS
from aifirst_codebase.config.presets import ALIASES
from aifirst_codebase.config.setting_keys import (
    SettingKey,
    leaf_names,
    path_sections,
    sections,
    setting_keys,
    top_names,
)
from aifirst_codebase.config.settings import PathSettings, Settings, Severity

SCHEMA_ID: Final = "urn:aifirst:configuration:1"


def settings_schema() -> dict[str, object]:
    """The schema as plain JSON values, a new object at each call."""
    properties: dict[str, object] = {}
    for name in top_names():
        if name == "paths":
            properties[name] = {
                "title": "Paths",
                "description": "Settings for the files a pattern matches (gitignore syntax without `!`).",
                "type": "object",
                "maxProperties": MAX_PATTERNS,
                "propertyNames": {"pattern": "^(?!!)/*[^/]", "maxLength": MAX_LENGTH},
                "additionalProperties": {"$ref": "#/$defs/path"},
                "default": {},
            }
        elif name == "rules" or name in sections():
            properties[name] = {"$ref": f"#/$defs/{name}"}
        else:
            properties[name] = _leaf(setting_keys()[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "aifirst.toml",
        "description": _first_line(Settings),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {name: _section(name) for name in sections()} | {"rules": _rules(), "path": _path()},
    }


def _section(name: str) -> dict[str, object]:
    """One table with fixed keys, each of them optional."""
    return {
        "title": _title(name),
        "description": _first_line(sections()[name]),
        "type": "object",
        "additionalProperties": False,
        "properties": {leaf: _leaf(setting_keys()[f"{name}.{leaf}"]) for leaf in leaf_names(name)},
        "default": {},
    }


def _rules() -> dict[str, object]:
    return {
        "title": "Rules",
        "description": "Severity by rule code, family (AF2) or rule name.",
        "type": "object",
        "maxProperties": MAX_RULES,
        "additionalProperties": msgspec.json.schema(Severity),
        "default": {},
    }


def _path() -> dict[str, object]:
    names = (*path_sections(), "rules")
    return {
        "title": "Path settings",
        "description": _first_line(PathSettings),
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"$ref": f"#/$defs/{name}"} for name in names},
    }


def _leaf(key: SettingKey) -> dict[str, object]:
    """One value: what msgspec accepts for its type, with title, meaning and default."""
    accepted = cast("dict[str, object]", msgspec.json.schema(key.type))
    if key.name == "preset":
        accepted["enum"] = [*cast("list[str]", accepted["enum"]), *sorted(ALIASES)]
    told = {"title": _title(key.name.rpartition(".")[2]), "description": key.description}
    default: Any = key.default
    if isinstance(default, tuple):
        default = list(cast("tuple[object, ...]", default))
    return told | accepted | {"default": default}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _first_line(settings: type) -> str:
    return re.sub(r"\s+", " ", (settings.__doc__ or "").strip())
