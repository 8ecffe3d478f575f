"""The `aifirst.toml` that `aifirst init` writes: a preset, and commented examples to start from."""

from __future__ import annotations

from aifirst_codebase.config.presets import ALIASES
from aifirst_codebase.config.problems import ConfigError, ConfigProblem, suggest
from aifirst_codebase.config.setting_keys import PRESET_NAMES, setting_keys

_TEMPLATE = """\
# Settings of aifirst. `aifirst config show` lists every key, its value and where that comes from.

# Where to start from: full, balanced, gradual, legacy or prototype.
preset = "{preset}"

# Files that are never read, in the syntax of .gitignore.
# [discovery]
# exclude = ["third_party/", "*.snap"]

# A unit is a function with its docstring, or a class's own part. 0 turns a limit off.
# [limits]
# unit_tokens = {unit_tokens}
# file_lines = {file_lines}

# A rule by code, by family or by name: off, note, warning or error.
# [rules]
# AF2 = "off"

# Settings for the files that a pattern matches. A folder can also have an aifirst.toml of its own.
# [paths."tests/**".limits]
# unit_tokens = 1500
# unit_tokens_error = 0
"""


def write_starter(preset: str) -> str:
    """The text of a first `aifirst.toml`; raises `ConfigError` for a preset that does not exist."""
    name = ALIASES.get(preset, preset)
    if name not in PRESET_NAMES:
        raise ConfigError(
            [
                ConfigProblem(
                    message=f'There is no preset "{preset}"; there are {", ".join(PRESET_NAMES)}.',
                    next_step=suggest(preset, (*PRESET_NAMES, *ALIASES)),
                    key="preset",
                )
            ]
        )
    keys = setting_keys()
    return _TEMPLATE.format(
        preset=name,
        unit_tokens=keys["limits.unit_tokens"].default,
        file_lines=keys["limits.file_lines"].default,
    )
