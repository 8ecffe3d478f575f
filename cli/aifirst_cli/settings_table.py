"""The settings as a table or as JSON, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from aifirst_codebase.config import ConfigError, ExplainedValue, find_folder_files, find_root, load_config

from aifirst_cli.judging import Failure


def settings_table(path: str | None, shape: str, changed: bool, overrides: Mapping[str, object]) -> str:
    """What `aifirst config show` prints; raises `Failure` for settings that cannot be used."""
    target = Path(path).resolve() if path else Path.cwd()
    root = find_root(target)
    inside = target.relative_to(root).as_posix() + ("/" if target.is_dir() else "")
    try:
        config = load_config(root, overrides=overrides, folder_files=find_folder_files(root, inside))
    except ConfigError as error:
        raise Failure(str(error)) from error
    if path and not target.exists():
        raise Failure(f"{path} does not exist. Give a file or folder of the project.")
    name = target.relative_to(root).as_posix() if path and target.is_file() else None
    text = target.read_text(encoding="utf-8", errors="replace") if name else None
    values = config.explain(name, text)
    if changed:
        values = [value for value in values if value.origin.layer != "default"]
    warnings = [str(problem) for problem in config.warnings]
    return _as_json(root, values, warnings) if shape == "json" else _as_text(root, values, warnings)


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
    return (
        value.origin.layer
        if value.origin.layer == "default"
        else f"{value.origin.layer}: {value.origin.where}"
    )
