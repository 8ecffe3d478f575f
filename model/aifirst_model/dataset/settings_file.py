"""How a dataset is made, from a TOML file: the fields of `MakeSettings` and its parts, each a table of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, cast

import msgspec

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.make import MakeSettings
from aifirst_model.dataset.mixing import AI_FIRST, PARTS
from aifirst_model.dataset.pairs.makers import TASK_NAMES
from aifirst_model.dataset.record import TASKS

_STEP = "see docs/datasets.md for the settings there are"


def read_settings(path: Path, changed: dict[str, dict[str, object]]) -> MakeSettings:
    """The settings of a file, those of `changed` (by table, "" for none) put over them.

    Raises `DatasetError` for a file that is not there or broken, and for a setting that is unknown or cannot be.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"the settings {path} cannot be read: {error}", _STEP) from error
    return settings_of(given, changed, f"the settings {path}")


def settings_of(given: dict[str, Any], changed: dict[str, dict[str, object]], where: str) -> MakeSettings:
    """Settings of plain values; raises `DatasetError` with `where` they stand."""
    values = dict(given)
    for table, fields in changed.items():
        if table:
            inner = values.get(table, {})
            values[table] = (cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}) | fields
        else:
            values |= fields
    try:
        settings = msgspec.convert(values, MakeSettings)
    except msgspec.ValidationError as error:
        raise DatasetError(f"{where} cannot be: {error}", _STEP) from None
    _check(settings, where)
    return settings


def _check(settings: MakeSettings, where: str) -> None:
    unknown = [task for task in settings.pairs.tasks if task not in TASK_NAMES]
    if unknown:
        raise DatasetError(
            f"{where}: there is no task {unknown[0]!r}", f"the tasks are {', '.join(TASK_NAMES)}"
        )
    wrong = [part for part in settings.mix.shares if part not in PARTS and part not in TASKS]
    if wrong:
        raise DatasetError(
            f"{where}: there is no part {wrong[0]!r}",
            f"parts are {', '.join(PARTS)}, or a task: {', '.join(TASKS)}",
        )
    shares = [*settings.divide.shares, *settings.mix.shares.values()]
    if any(share < 0 for share in shares) or not any(settings.divide.shares):
        raise DatasetError(f"{where}: a share is negative, or all are 0", "give shares such as 90,5,5")
    if not 0 < settings.jaccard <= 1:
        raise DatasetError(
            f"{where}: a Jaccard index of {settings.jaccard:g} cannot be", "give one over 0 and up to 1"
        )
    if settings.mix.most_repeats < 1:
        raise DatasetError(
            f"{where}: no sample can stand {settings.mix.most_repeats} times", "give 1 or more"
        )


def shares_of(text: str) -> dict[str, float]:
    """Shares from `part=number,…`, or the AI-First mix from `ai-first`. Raises `DatasetError`."""
    if text.strip() == "ai-first":
        return dict(AI_FIRST)
    try:
        pairs = [one.split("=") for one in text.split(",") if one.strip()]
        return {part.strip(): float(share) for part, share in pairs}
    except ValueError:
        raise DatasetError(
            f"the shares {text!r} cannot be read",
            "give ai-first, or part=number,… such as examples=50,context=10",
        ) from None
