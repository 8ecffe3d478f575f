"""One layer of settings, checked: a flat map from dotted key to value, and where each value stands.

Every file, path pattern, preset, command line and file directive becomes a `Layer`, so that merging is
the same plain loop for all of them. Checking collects every problem of a layer before it gives up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, cast

import msgspec

from aifirst_codebase.config.path_patterns import MAX_PATTERNS, check_pattern
from aifirst_codebase.config.presets import ALIASES
from aifirst_codebase.config.problems import ConfigProblem, shown, suggest
from aifirst_codebase.config.setting_keys import (
    PRESET_NAMES,
    SEVERITIES,
    choices,
    convert_value,
    expected,
    leaf_names,
    path_sections,
    sections,
    setting_keys,
    top_names,
)
from aifirst_codebase.config.settings import Severity
from aifirst_codebase.config.toml_source import TomlSource

LayerKind = Literal[
    "default", "preset", "project", "folder", "path-pattern", "command-line", "file-directive"
]

MAX_RULES: Final = 1000
MAX_PROBLEMS: Final = 50
"""A file with more mistakes than this is not written by hand; the rest are not told."""

KeyPath = tuple[str, ...]
"""The parts of a key as a file nests them: `("paths", "tests/**", "limits", "unit_tokens")`."""


class Origin(msgspec.Struct, frozen=True):
    """Where a value comes from: the layer, and `pyproject.toml:12` or the preset's name."""

    layer: LayerKind
    where: str


class Layer(msgspec.Struct, frozen=True):
    """Checked values by dotted key; `rules.AF101` holds a severity."""

    kind: LayerKind
    values: dict[str, object]
    name: str = ""
    source: TomlSource | None = None
    prefix: KeyPath = ()
    """Where the layer's table stands in its file: `("paths", "tests/**")` for a path pattern."""

    def origin(self, key: str) -> Origin:
        """Where this layer's value of a dotted key stands."""
        if self.source is None:
            return Origin(self.kind, self.name)
        return Origin(self.kind, self.source.where((*self.prefix, *key.split(".", 1))))


class LayerCheck:
    """Checks the tables of one source and collects what is wrong with them."""

    def __init__(self, kind: LayerKind, name: str, source: TomlSource | None = None) -> None:
        self.kind: LayerKind = kind
        self.name = name
        self.source = source
        self.problems: list[ConfigProblem] = []

    def read(self, table: Mapping[str, object]) -> tuple[Layer, dict[str, Layer]]:
        """The layer of a whole file, and those of its path patterns in the order of the file."""
        values: dict[str, object] = {}
        patterns: dict[str, Layer] = {}
        for name, value in table.items():
            if name == "paths":
                patterns = self._read_patterns(value)
            else:
                self._read_top(name, value, values, (), top_names())
        return Layer(self.kind, values, self.name, self.source), patterns

    def _read_patterns(self, value: object) -> dict[str, Layer]:
        patterns: dict[str, Layer] = {}
        tables = self._table(("paths",), value, '[paths."tests/**"] and under it the settings')
        if len(tables) > MAX_PATTERNS:
            message = f"paths has {len(tables)} patterns; at most {MAX_PATTERNS} are read."
            self._add(("paths",), message, "Put settings of a folder into its own aifirst.toml.")
            return patterns
        for pattern, table in tables.items():
            wrong = check_pattern(pattern)
            if wrong:
                self._add(("paths", pattern), f"paths: {shown(pattern)} is not a pattern: {wrong}.", "")
            prefix = ("paths", pattern)
            values: dict[str, object] = {}
            for name, part in self._table(prefix, table, "a table of settings").items():
                self._read_top(name, part, values, prefix, (*path_sections(), "rules"))
            patterns[pattern] = Layer("path-pattern", values, self.name, self.source, prefix)
        return patterns

    def _read_top(
        self, name: str, value: object, values: dict[str, object], prefix: KeyPath, allowed: tuple[str, ...]
    ) -> None:
        """One top-level key of a table into `values`."""
        path = (*prefix, name)
        if len(self.problems) >= MAX_PROBLEMS:
            return
        if name not in allowed:
            self._unknown(path, allowed)
        elif name == "rules":
            rules = self._table(path, value, 'such as rules.AF101 = "off"')
            if len(rules) > MAX_RULES:
                self._add(path, f"rules has more than {MAX_RULES} keys.", 'Set families: AF1 = "off".')
                return
            for rule, severity in rules.items():
                self._read_rule(rule, severity, values, (*path, rule))
        elif name in sections():
            known = leaf_names(name)
            for leaf, part in self._table(path, value, f"a table with keys such as {known[0]}").items():
                if leaf in known:
                    self._read_leaf(f"{name}.{leaf}", part, values, (*path, leaf))
                else:
                    self._unknown((*path, leaf), known)
        else:
            self._read_leaf(name, value, values, path)

    def _read_leaf(self, key: str, value: object, values: dict[str, object], path: KeyPath) -> None:
        setting = setting_keys()[key]
        try:
            values[key] = convert_value(setting, value)
        except msgspec.ValidationError:
            words = (*PRESET_NAMES, *ALIASES) if key == "preset" else choices(setting.type)
            self._wrong(path, value, expected(setting.type), words)

    def _read_rule(self, rule: str, value: object, values: dict[str, object], path: KeyPath) -> None:
        try:
            values[f"rules.{rule}"] = cast("object", msgspec.convert(value, Severity))
        except msgspec.ValidationError:
            self._wrong(path, value, expected(Severity), SEVERITIES)

    def _table(self, path: KeyPath, value: object, example: str) -> dict[str, object]:
        if isinstance(value, Mapping):
            return cast("dict[str, object]", value)
        self._add(path, f"{_dotted(path)} is {shown(value)}; expected a table.", f"Write {example}.")
        return {}

    def _wrong(self, path: KeyPath, value: object, wanted: str, words: tuple[str, ...]) -> None:
        near = suggest(value, words) if isinstance(value, str) else ""
        self._add(path, f"{_dotted(path)} is {shown(value)}; expected {wanted}.", near)

    def _unknown(self, path: KeyPath, known: Sequence[str]) -> None:
        name = path[-1]
        inside = path[2:] if path[0] == "paths" else path
        if len(inside) == 1 and name in top_names():
            self._add(
                path, f"{_dotted(path)}: a path pattern cannot set this.", f"Set {name} for the project."
            )
            return
        near = set(known)
        if len(inside) == 1:
            near |= {key for key in setting_keys() if key.partition(".")[0] in known}
        prefix = "" if len(inside) == 1 else f"{inside[0]}."
        next_step = _home_of(name, top_names()) or suggest(name, near, prefix)
        if not next_step:
            next_step = "Known here: " + ", ".join(known) + "."
        self._add(path, f"Unknown key {_dotted(path)}.", next_step)

    def _add(self, path: KeyPath, message: str, next_step: str) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            return
        place = self.source.position(path) if self.source else None
        self.problems.append(
            ConfigProblem(
                message=message,
                next_step=next_step,
                path=self.source.name if self.source else None,
                line=place[0] if place else None,
                column=place[1] if place else None,
                key=_dotted(path),
            )
        )


def nest_overrides(overrides: Mapping[str, object]) -> dict[str, object]:
    """`{"limits.unit_tokens": 900}` as nested tables; keys that are nested already stay so."""
    nested: dict[str, object] = {}
    for key, value in overrides.items():
        head, dot, rest = key.partition(".")
        if not dot:
            inside = nested.get(head)
            if isinstance(value, Mapping) and isinstance(inside, dict):
                value = {**cast("dict[str, object]", inside), **cast("Mapping[str, object]", value)}
            nested[head] = dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else value
            continue
        table = nested.setdefault(head, {})
        if isinstance(table, dict):
            cast("dict[str, object]", table)[rest] = value
        else:
            nested[key] = value  # told as an unknown key
    return nested


def _home_of(name: str, allowed: Sequence[str]) -> str:
    """A hint for a key that stands in the wrong table: `unit_tokens` belongs to `limits`."""
    for key in setting_keys():
        section, dot, leaf = key.partition(".")
        if dot and leaf == name and section in allowed:
            return f'Did you mean "{key}"?'
    return ""


def _dotted(path: KeyPath) -> str:
    """The key as a person writes it: a part that is no plain word is quoted."""
    plain = (part if part.replace("_", "").replace("-", "").isalnum() else f'"{part[:60]}"' for part in path)
    return ".".join(plain)
