"""The configuration of one run: every layer once, and the settings of any file in a dictionary look-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from aifirst_codebase.config.file_directives import has_directive, read_directives
from aifirst_codebase.config.layer import Layer, Origin
from aifirst_codebase.config.merge import (
    apply_values,
    build_settings,
    flatten_settings,
    preset_layer,
    preset_of,
)
from aifirst_codebase.config.path_patterns import PatternSet
from aifirst_codebase.config.presets import PRESETS
from aifirst_codebase.config.problems import ConfigProblem
from aifirst_codebase.config.rule_names import unknown_rules_of_layer
from aifirst_codebase.config.settings import Settings


class ExplainedValue(msgspec.Struct, frozen=True):
    """One key's effective value and where it comes from, for `aifirst config show`."""

    key: str
    value: object
    origin: Origin


class ProjectConfig:
    """Everything `load_config` read; picklable, so that a worker process can have it."""

    def __init__(
        self,
        root: Path,
        *,
        project: Layer,
        patterns: Mapping[str, Layer],
        folders: Mapping[str, Layer],
        command_line: Layer,
    ) -> None:
        self.root = root
        self._project = project
        self._patterns = dict(patterns)
        self._folders = dict(folders)
        self._command_line = command_line
        self.settings: Settings = build_settings((project, command_line), patterns)
        self.warnings: tuple[ConfigProblem, ...] = ()
        self._digest = ""
        self._pattern_layers = tuple(self._patterns.values())
        self._pattern_set = PatternSet(tuple(self._patterns))
        self._combinations: dict[tuple[tuple[int, ...], tuple[str, ...]], tuple[Settings, list[Layer]]] = {}
        self._by_folder: dict[str, dict[tuple[int, ...], Settings]] = {}

    @property
    def configured(self) -> bool:
        """Whether the project has settings of its own, in a file."""
        return self._project.source is not None

    @property
    def digest(self) -> str:
        """A hash over every value that can change a verdict; equal for equal values, however written."""
        if not self._digest:
            from hashlib import blake2b  # only runs with a cache ask for it

            parts = [
                msgspec.to_builtins(self.settings),
                list(self._patterns),
                PRESETS,
                [self._project.values, self._command_line.values],
                [(folder, self._folders[folder].values) for folder in sorted(self._folders)],
            ]
            encoded = msgspec.json.encode(parts, order="deterministic")
            self._digest = blake2b(encoded, digest_size=16).hexdigest()
        return self._digest

    def for_path(self, path: str) -> Settings:
        """The settings of a file, by its root-relative posix path; equal combinations share one object."""
        if not self._folders and not self._patterns:
            return self.settings
        matched = self._pattern_set.matching(path) if self._patterns else ()
        folder = path.rpartition("/")[0]
        known = self._by_folder.setdefault(folder, {})
        settings = known.get(matched)
        if settings is None:
            settings = known[matched] = self._combine(matched, folder)
        return settings

    def with_directives(self, settings: Settings, text: str) -> tuple[Settings, list[ConfigProblem]]:
        """The settings with a file's own directives over them, and what is wrong in those directives.

        `settings` is what `for_path` returned for the file. The problems have a line and a column, no path.
        """
        if not has_directive(text):
            return settings, []
        layer, problems = read_directives(text)
        if not layer.values:
            return settings, problems
        if layer.values.get("preset", settings.preset) == settings.preset:
            return apply_values(settings, layer.values), problems
        layers = self._layers_behind(settings)
        return msgspec.structs.replace(build_settings((*layers, layer)), paths=settings.paths), problems

    def explain(self, path: str | None = None, text: str | None = None) -> list[ExplainedValue]:
        """Every key with its value and origin, in the order of the reference, rules last.

        For the project, or for one file by its root-relative posix path, with the directives in its text.
        """
        layers = self._layers_behind(self.settings if path is None else self.for_path(path))
        if text is not None:
            layers = [*layers, read_directives(text)[0]]
        layers = [preset_layer(preset_of(layers)), *layers]
        values = flatten_settings(build_settings(layers))
        explained = [ExplainedValue(key, value, _origin(key, layers)) for key, value in values.items()]
        for pattern, layer in self._patterns.items() if path is None else ():
            explained.extend(
                ExplainedValue(f'paths."{pattern}".{key}', value, layer.origin(key))
                for key, value in sorted(layer.values.items())
            )
        return explained

    def unknown_rules(self, known: Collection[str]) -> list[ConfigProblem]:
        """The keys under `rules`, in any layer, that are no known code, name or family, with their place."""
        layers = (self._project, *self._pattern_layers, *self._folders.values(), self._command_line)
        return [problem for layer in layers for problem in unknown_rules_of_layer(layer, known)]

    def _combine(self, matched: tuple[int, ...], folder: str) -> Settings:
        chain = tuple(name for name in self._folders if folder == name or folder.startswith(name + "/"))
        if not matched and not chain:
            return self.settings
        combination = (matched, chain)
        if combination not in self._combinations:
            layers = [
                self._project,
                *(self._pattern_layers[index] for index in matched),
                *(self._folders[name] for name in chain),
                self._command_line,
            ]
            built = msgspec.structs.replace(build_settings(layers), paths=self.settings.paths)
            self._combinations[combination] = (built, layers)
        return self._combinations[combination][0]

    def _layers_behind(self, settings: Settings) -> list[Layer]:
        """The layers that gave these settings; for others, what they change over their preset."""
        if settings is self.settings:
            return [self._project, self._command_line]
        for built, layers in self._combinations.values():
            if built is settings:
                return layers
        plain = flatten_settings(build_settings([preset_layer(settings.preset)]))
        own = flatten_settings(settings)
        return [Layer("project", {key: value for key, value in own.items() if plain.get(key) != value})]


def _origin(key: str, layers: Sequence[Layer]) -> Origin:
    """The nearest layer with the key; a default where none has it."""
    for layer in reversed(layers):
        if key in layer.values:
            return layer.origin(key)
    return Origin("default", "built in")
