"""The settings as a table or as JSON, each with its origin."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
from aifirst_codebase.config import ConfigError, ExplainedValue, find_folder_files, find_root, load_config
from aifirst_validator.rule_set import RuleSetError, load_rules

from aifirst_cli.failure import Failure
from aifirst_cli.run_options import RunOptions, current_folder, overrides_of

_HEAD_BYTES = 65_536
"""More than a file directive can reach into a file."""


def settings_table(path: str | None, shape: str, changed: bool, run: RunOptions) -> str:
    """What `aifirst config show` prints; raises `Failure` for settings that cannot be used."""
    target = (current_folder() / (path or ".")).resolve()
    if not target.exists():
        raise click.UsageError(f"{path} does not exist. Give a file or folder of the project.")
    root = find_root(target)
    # a folder is asked for its own settings too, so it is named as if a file stood in it
    inside = (target / "file" if target.is_dir() else target).relative_to(root).as_posix()
    try:
        config = load_config(root, overrides=overrides_of(run), folder_files=find_folder_files(root, inside))
        unknown = config.unknown_rules(load_rules().names)
    except (ConfigError, RuleSetError) as error:
        raise Failure(str(error)) from error
    name = target.relative_to(root).as_posix() if path and target.is_file() else None
    values = config.explain(name, _head(target) if name else None)
    if changed:
        values = [value for value in values if value.origin.layer != "default"]
    warnings = [str(problem) for problem in (*config.warnings, *unknown)]
    return _as_json(root, values, warnings) if shape == "json" else _as_text(root, values, warnings)


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES).decode("utf-8", errors="replace")


def _as_json(root: Path, values: list[ExplainedValue], warnings: list[str]) -> str:
    settings = [
        {"key": v.key, "value": v.value, "from": v.origin.layer, "where": v.origin.where} for v in values
    ]
    answer = {"version": 1, "root": str(root), "settings": settings, "warnings": warnings}
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()


def _as_text(root: Path, values: list[ExplainedValue], warnings: list[str]) -> str:
    rows = [(v.key, msgspec.json.encode(v.value).decode(), _where(v)) for v in values]
    wide = max((len(key) for key, _, _ in rows), default=0)
    middle = min(40, max((len(value) for _, value, _ in rows), default=0))
    lines = [f"Settings of {root}", ""]
    lines += [f"{key:<{wide}}  {value:<{middle}}  {where}" for key, value, where in rows]
    if not rows:
        lines.append("Everything is at its default.")
    return "\n".join([*lines, *(f"note: {warning}" for warning in warnings)])


def _where(value: ExplainedValue) -> str:
    if value.origin.layer == "default":
        return "default"
    return f"{value.origin.layer}: {value.origin.where}"
