"""Writes the reference page and the published schema from the settings.

    python -m aifirst_codebase.config.document docs/reference/configuration.md schema/aifirst.schema.json

A name that ends in `.json` gets the schema, any other the page. A test checks that both are current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from aifirst_codebase.config.merge import preset_layer
from aifirst_codebase.config.presets import ALIASES
from aifirst_codebase.config.schema import settings_schema
from aifirst_codebase.config.setting_keys import (
    PRESET_NAMES,
    PROJECT_WIDE,
    SEVERITIES,
    SettingKey,
    expected,
    path_sections,
    sections,
    setting_keys,
)

_INTRODUCTION = """\
# Configuration

<!-- Made by `docs/generate.py`; change the settings, not this page. -->

Settings stand in `aifirst.toml`, or under `[tool.aifirst]` in `pyproject.toml`. Where a folder has both,
`aifirst.toml` is read and a notice says so. Without either the defaults below hold. An unknown key, a
value of a wrong type and a value out of range are errors that name the file, the line and the key that
was probably meant. `aifirst config show` prints every value in force and where it comes from, and
[`schema/aifirst.schema.json`](../../schema/aifirst.schema.json) lets an editor complete and check the file.

## Which value holds

The nearest of these that has a key decides it:

1. a **file directive**: a comment on a line of its own in the first 20 lines of a file, such as
   `# aifirst: limits.unit_tokens=900, rules.AF101=off -- generated`; any comment prefix will do, and what
   follows ` -- ` is a reason. `# @NSS-CODER: philosophy_level=minimal` is read too:
   {levels}
2. the **command line**
3. the **nearest folder**'s own `aifirst.toml`, over those of folders further up
4. a **path pattern** in the project's file, `[paths."tests/**"]`; a later pattern over an earlier one
5. the **project**'s file
6. the **preset**
7. the **default**

A preset is only a set of defaults. Its name can be set anywhere in this order but in a path pattern, and
what it brings still lies below every value that is written out. A rule family set nearer (`AF1 = "off"` in
a folder) replaces the codes inside it that were set further away; within one layer a code is more exact
than its family.

Some keys concern the whole run, so only the project's file and the command line set them: {project_wide}.
A path pattern may set {path_sections} and `rules`.

A pattern follows the syntax of `.gitignore` without `!`: `*` and `?` stay inside a folder, `**` spans
folders, a pattern without a slash matches at any depth, and one that matches a folder means all of it.

The project is the nearest folder upwards with an `aifirst.toml`, a `[tool.aifirst]` or a `.git`. An
`aifirst.toml` inside a repository that is configured further up adds to that configuration.

A configuration file is at most 1 MB of UTF-8, a regular file, and lies inside the project.
"""


def settings_page() -> str:
    """The reference page as Markdown."""
    wide = ", ".join(f"`{name}`" for name in sorted(PROJECT_WIDE))
    parts = [
        _INTRODUCTION.format(
            levels="`full`, `moderate` for `balanced`, `minimal` for `legacy`, `custom` for no change",
            project_wide=wide,
            path_sections=", ".join(f"`{name}`" for name in path_sections()),
        ),
        _presets(),
    ]
    top = [key for name, key in setting_keys().items() if "." not in name]
    parts.append("## Top level\n\n" + _table(top))
    for name, section in sections().items():
        keys = [key for dotted, key in setting_keys().items() if dotted.startswith(name + ".")]
        meaning = " ".join((section.__doc__ or "").split())
        parts.append(f"## `[{name}]`\n\n{meaning}\n\n{_table(keys)}")
    severities = ", ".join(f"`{severity}`" for severity in SEVERITIES)
    parts.append(
        "## `[rules]`\n\nThe severity of a rule by its code (`AF101`), its family (`AF1`) or its name: "
        f"{severities}. Rules that are not named keep the severity that the rule states for the preset.\n"
    )
    parts.append(
        '## `[paths."…"]`\n\nSettings for the files a pattern matches:\n\n'
        '```toml\n[paths."tests/**"]\nlimits.unit_tokens = 1500\nlimits.unit_tokens_error = 0\n'
        'rules.AF2 = "off"\n```\n'
    )
    return "\n".join(parts)


def schema_text() -> str:
    """The schema as the published file holds it."""
    return json.dumps(settings_schema(), indent=2, ensure_ascii=False) + "\n"


def main(targets: Sequence[str]) -> None:
    """Writes each target, or the page to standard output where there is none."""
    if not targets:
        sys.stdout.write(settings_page())
    for target in targets:
        path = Path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = schema_text() if path.suffix == ".json" else settings_page()
        path.write_text(text, encoding="utf-8", newline="\n")


def _presets() -> str:
    """Which presets there are, with the values each one changes."""
    aliases = ", ".join(f"`{alias}` for `{name}`" for alias, name in ALIASES.items())
    changed = [key for key in setting_keys() if any(key in preset_layer(p).values for p in PRESET_NAMES)]
    rows = [
        [
            f"`{key}`",
            *(_value(preset_layer(p).values.get(key, setting_keys()[key].default)) for p in PRESET_NAMES),
        ]
        for key in changed
    ]
    return (
        "## Presets\n\nWhat differs between them; every other key has its default in all.\n\n"
        + _markdown_table(["Key", *(f"`{preset}`" for preset in PRESET_NAMES)], rows)
        + f"\nOther names for the same: {aliases}.\n"
    )


def _table(keys: Sequence[SettingKey]) -> str:
    """One row a key: key, type, default, what it means, and the presets that change it."""
    rows: list[list[str]] = []
    for key in keys:
        by_preset = ((p, preset_layer(p).values) for p in PRESET_NAMES)
        changes = ", ".join(
            f"{p} {_value(values[key.name])}" for p, values in by_preset if key.name in values
        )
        what = _words(key.type)
        rows.append([f"`{key.name}`", what, _value(key.default), key.description, changes or "same"])
    return _markdown_table(["Key", "Type", "Default", "What it means", "In other presets"], rows)


def _words(annotated: Any) -> str:
    """The type in words, its fixed values as code."""
    return expected(annotated).replace('"', "`")


def _value(value: object) -> str:
    """A value as TOML writes it."""
    return f"`{json.dumps(msgspec.to_builtins(value), ensure_ascii=False)}`"


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (head, *rows)]
    lines.insert(1, "|" + " --- |" * len(head))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
